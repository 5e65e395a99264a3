//! The library of the last build, programs that are linked with it, and their runs.

use super::api::root;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
pub(crate) use tenure_field::cabi::{archive, say_or_fail, shared};
use tenure_field::process::Options;
use tenure_field::{Process, cabi};

/// How long any program may take on a machine that is busy.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);

/// Whether all programs run, and for long (`make check-abi`).
pub(crate) fn is_long() -> bool {
    std::env::var_os("TENURE_ABI_LONG").is_some()
}

/// The folder in which tests may write.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("abi")
        .join(name);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A folder with the library under the names by which linkers and loaders look for it.
pub(crate) fn libraries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch("lib");
        cabi::link_names(&soname(), &folder);
        folder
    })
}

pub(crate) fn soname() -> String {
    format!("libtenure.so.{}", super::api::define("TENURE_ABI_VERSION"))
}

pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// How a program is built and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Under {
    Nothing,
    /// The address and undefined-behaviour sanitizers. The library itself is not instrumented: they
    /// see its allocations and leaks, and every access of the C side.
    Address,
    /// The thread sanitizer, over the C side alone: it cannot see how the library orders its
    /// threads, so calls from within the library are excluded (tests/c/tsan.supp).
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

/// Runs a program to its end, and returns its output; fails if the program fails.
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
