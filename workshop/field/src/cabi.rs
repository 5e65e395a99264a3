//! Programs of other languages, made with the shared library that cargo built for the very test
//! that runs.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file of this name that cargo built beside the running test. A library that stands in the same
/// package as its test is built there for it, in all its forms; only `cargo build` would copy it one
/// folder up, where an older one may be.
///
/// # Panics
/// When there is none.
#[must_use]
#[track_caller]
pub fn beside_test(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a process has a program");
    let path = test.with_file_name(name);
    assert!(path.exists(), "{} was not built", path.display());
    path
}

/// The name by which loaders look for a shared library, as it says itself.
///
/// # Panics
/// When it says none, or `readelf` is not there.
#[must_use]
#[track_caller]
pub fn soname(library: &Path) -> String {
    let section = say_or_fail(Command::new("readelf").args(["-d", "-W"]).arg(library));
    let (_, rest) = section
        .split_once("Library soname: [")
        .unwrap_or_else(|| panic!("{} has no soname:\n{section}", library.display()));
    rest.split(']').next().unwrap_or_default().to_owned()
}

/// Fills `folder` with the shared library `library` of this build, under the names by which linkers
/// (`library`) and loaders (`soname`) look for it. What only a debugger wants is left out: valgrind
/// would read it at each start.
///
/// # Panics
/// When the library was not built, or `strip` is not there.
#[track_caller]
pub fn link_names(library: &str, soname: &str, folder: &Path) {
    let real = folder.join(soname);
    let made = folder.join("made.so");
    say_or_fail(
        Command::new("strip")
            .args(["--strip-debug", "-o"])
            .arg(&made)
            .arg(beside_test(library)),
    );
    std::fs::rename(&made, &real).expect("the folder can be written to");
    let link = folder.join(library);
    drop(std::fs::remove_file(&link));
    symlink(soname, &link).expect("the folder can be written to");
}

/// Runs a tool to its end, and returns what it printed.
///
/// # Panics
/// When it fails, with its words; when it is not there.
#[track_caller]
pub fn say_or_fail(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}; scripts/setup installs it"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    said
}
