//! The library as it was just built, programs made with it, and their runs.

use super::api::root;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use tenure_testkit::Process;
use tenure_testkit::process::Options;

/// How long any program may take on a machine that is busy.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);

/// Whether everything is to be run, and for long (`make check-abi`).
pub(crate) fn is_long() -> bool {
    std::env::var_os("TENURE_ABI_LONG").is_some()
}

/// Where tests may write.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("abi")
        .join(name);
    fs::create_dir_all(&path).unwrap();
    path
}

/// The shared library that was built for this very test: cargo builds it beside the test, for both
/// are made of the same crate, and only `cargo build` would copy it one folder up.
pub(crate) fn shared() -> PathBuf {
    let path = beside("libtenure.so");
    assert!(path.exists(), "{} was not built", path.display());
    path
}

pub(crate) fn archive() -> PathBuf {
    let path = beside("libtenure.a");
    assert!(path.exists(), "{} was not built", path.display());
    path
}

fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().join(name)
}

/// A folder with the library under the names by which linkers look for it, without what only a
/// debugger wants: valgrind would read that at each start.
pub(crate) fn libraries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch("lib");
        let real = folder.join(soname());
        let made = folder.join("made.so");
        say_or_fail(
            Command::new("strip")
                .arg("--strip-debug")
                .args(["-o".as_ref(), made.as_os_str()])
                .arg(shared()),
        );
        fs::rename(&made, &real).unwrap();
        let link = folder.join("libtenure.so");
        drop(fs::remove_file(&link));
        symlink(soname(), &link).unwrap();
        folder
    })
}

pub(crate) fn soname() -> String {
    format!("libtenure.so.{}", super::api::define("TENURE_ABI_VERSION"))
}

/// Runs a tool, and returns what it printed; fails with its words if it does.
pub(crate) fn say_or_fail(command: &mut Command) -> String {
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

pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// How a program is made and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Under {
    Nothing,
    /// The address and undefined-behaviour sanitizers. The library itself is not instrumented: its
    /// allocations and leaks are seen, and every access of the C side.
    Address,
    /// The thread sanitizer, over the C side alone: it cannot see how the library orders its threads,
    /// so what is called from within it is left out (tests/c/tsan.supp).
    Thread,
    Valgrind,
}

impl Under {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Nothing | Self::Valgrind => &["-O1"],
            Self::Address => &[
                "-O1",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
            ],
            Self::Thread => &["-O1", "-fsanitize=thread"],
        }
    }
}

/// Makes a program of one source, and returns it.
pub(crate) fn program(source: &Path, under: Under) -> PathBuf {
    static MADE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let folder = match under {
        Under::Nothing | Under::Valgrind => "plain",
        Under::Address => "address",
        Under::Thread => "thread",
    };
    let out = scratch(folder).join(source.file_stem().unwrap());
    let mut made = MADE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if made.contains(&out) {
        return out;
    }
    say_or_fail(
        Command::new("gcc")
            .args([
                "-std=gnu11",
                "-g",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Wconversion",
                "-Werror",
            ])
            .args(under.flags())
            .arg("-I")
            .arg(root().join("include"))
            .arg("-I")
            .arg(root().join("tests/c"))
            .args(["-o".as_ref(), out.as_os_str()])
            .arg(source)
            .arg("-L")
            .arg(libraries())
            .arg(format!("-Wl,-rpath,{}", libraries().display()))
            .args(["-ltenure", "-pthread"]),
    );
    made.insert(out.clone());
    out
}

/// Runs a program to its end, and returns what it printed; fails if it does.
pub(crate) fn run<S: AsRef<OsStr>>(program: &Path, args: &[S], under: Under) -> String {
    let env = |name: &str, value: String| (name.to_owned(), value);
    let suppressions = super::api::c_file("tsan.supp");
    let options = Options {
        env: vec![
            env("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0".to_owned()),
            env("UBSAN_OPTIONS", "print_stacktrace=1".to_owned()),
            env(
                "TSAN_OPTIONS",
                format!("suppressions={}", suppressions.display()),
            ),
        ],
        ..Options::default()
    };
    let args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
    let process = if under == Under::Valgrind {
        let tool = [
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect",
        ];
        let words = tool
            .iter()
            .map(OsStr::new)
            .chain([program.as_os_str()])
            .chain(args);
        Process::spawn_with(Path::new("valgrind"), words, options)
    } else {
        Process::spawn_with(program, args, options)
    };
    let status = process.wait_exit(LIMIT);
    let lines: String = process
        .lines()
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect();
    assert!(
        status.success(),
        "{} under {under:?}: {status}\n{lines}{}",
        program.display(),
        process.text()
    );
    lines
}
