//! Programs of other languages, built with the C libraries of the last `cargo build`.

use crate::built::built;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The package of these libraries.
const PACKAGE: &str = "tenure-clib";

/// The shared library, as cargo built it last.
///
/// # Panics
/// When it is missing, or is older than its sources. The text has the command that builds it.
#[must_use]
#[track_caller]
pub fn shared() -> &'static Path {
    static SHARED: OnceLock<PathBuf> = OnceLock::new();
    SHARED.get_or_init(|| built("libtenure.so", PACKAGE))
}

/// The archive, as cargo built it last.
///
/// # Panics
/// As [`shared`].
#[must_use]
#[track_caller]
pub fn archive() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| built("libtenure.a", PACKAGE))
}

/// The name by which loaders look for a shared library, from the library itself.
///
/// # Panics
/// When it has none, or `readelf` is missing.
#[must_use]
#[track_caller]
pub fn soname(library: &Path) -> String {
    let section = say_or_fail(Command::new("readelf").args(["-d", "-W"]).arg(library));
    let (_, rest) = section
        .split_once("Library soname: [")
        .unwrap_or_else(|| panic!("{} has no soname:\n{section}", library.display()));
    rest.split(']').next().unwrap_or_default().to_owned()
}

/// Fills `folder` with the shared library, under the names by which linkers and loaders (`soname`)
/// look for it. Removes debugging information: valgrind would read it at each start.
///
/// # Panics
/// When the library was not built, or `strip` is missing.
#[track_caller]
pub fn link_names(soname: &str, folder: &Path) {
    let real = folder.join(soname);
    let made = folder.join("made.so");
    say_or_fail(
        Command::new("strip")
            .args(["--strip-debug", "-o"])
            .arg(&made)
            .arg(shared()),
    );
    std::fs::rename(&made, &real).expect("the folder can be written to");
    let link = folder.join("libtenure.so");
    drop(std::fs::remove_file(&link));
    symlink(soname, &link).expect("the folder can be written to");
}

/// Runs a tool to its end, and returns what it printed.
///
/// # Panics
/// When it fails, with its output; when it is missing.
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
