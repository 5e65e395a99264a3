//! Building programs.

use crate::{LIMIT, root, scratch};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use tenure_field::Process;
use tenure_field::cabi;
use tenure_field::process::Options;

const STRICT: &[&str] = &[
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wshadow",
    "-Werror",
];

/// The kind of a build.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Build {
    pub(crate) standard: &'static str,
    /// With the address and undefined-behaviour sanitizers. The library itself is not instrumented:
    /// they see its allocations and leaks, and every access of the C++ side.
    pub(crate) sanitized: bool,
}

pub(crate) const PLAIN: Build = Build {
    standard: "c++17",
    sanitized: false,
};

pub(crate) const SANITIZED: Build = Build {
    standard: "c++20",
    sanitized: true,
};

/// The sanitizer of objects' types is out of place: where a part has no types at run time
/// (-fno-rtti), the linker may keep its table of a class's functions, which names none.
const SANITIZERS: &[&str] = &[
    "-fsanitize=address,undefined",
    "-fno-sanitize=vptr",
    "-fno-sanitize-recover=all",
];

/// The comment of a source that is to be compiled without exceptions.
const WITHOUT_EXCEPTIONS: &str = "// Compiled with -fno-exceptions -fno-rtti";

fn compiler() -> String {
    std::env::var("CXX").unwrap_or_else(|_| "g++".to_owned())
}

/// A folder with the library under the names by which linkers and loaders look for it.
fn libraries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch("lib");
        cabi::link_names(&cabi::soname(cabi::shared()), &folder);
        folder
    })
}

fn compile(compiler: &str, standard: &str, source: &Path) -> Command {
    let mut command = Command::new(compiler);
    command
        .arg(format!("-std={standard}"))
        // Lines for the sanitizers' reports.
        .args(["-g1", "-O0"])
        .args(STRICT)
        .arg("-I")
        .arg(root().join("include"));
    let text = std::fs::read_to_string(source).unwrap();
    if text.starts_with(WITHOUT_EXCEPTIONS) {
        command.args(["-fno-exceptions", "-fno-rtti"]);
    }
    command.arg(source);
    command
}

/// Compiles a source without a result, to check it.
pub(crate) fn check(compiler: &str, standard: &str, source: &Path) {
    cabi::say_or_fail(compile(compiler, standard, source).arg("-fsyntax-only"));
}

/// Builds a program of these sources, each compiled on its own; once, for all tests.
pub(crate) fn program(name: &str, sources: &[PathBuf], build: Build) -> PathBuf {
    static MADE: Mutex<BTreeMap<PathBuf, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let kind = if build.sanitized {
        "sanitized"
    } else {
        "plain"
    };
    let folder = scratch(&format!("{kind}/{name}"));
    let made = {
        // A compiler that fails fails the test that needed it first, under no lock.
        let mut made = MADE.lock().unwrap();
        Arc::clone(made.entry(folder.clone()).or_default())
    };
    made.get_or_init(|| link(&folder, sources, build)).clone()
}

fn link(folder: &Path, sources: &[PathBuf], build: Build) -> PathBuf {
    let sanitizers = if build.sanitized { SANITIZERS } else { &[] };
    let objects: Vec<PathBuf> = at_once(sources, |source| {
        let object = folder.join(source.file_stem().unwrap()).with_extension("o");
        cabi::say_or_fail(
            compile(&compiler(), build.standard, source)
                .args(sanitizers)
                .args(["-c", "-o"])
                .arg(&object),
        );
        object
    });
    let out = folder.join("program");
    let libraries = libraries().display();
    cabi::say_or_fail(
        Command::new(compiler())
            .args(sanitizers)
            .args(objects)
            .arg(format!("-L{libraries}"))
            .arg(format!("-Wl,-rpath,{libraries}"))
            .args(["-ltenure", "-pthread", "-o"])
            .arg(&out),
    );
    out
}

/// Builds a shared library of one source and a program of another, both of which export only their
/// declared symbols.
pub(crate) fn in_parts(library: &Path, program: &Path) -> PathBuf {
    let folder = scratch("parts");
    let out = folder.join("program");
    let libraries = libraries().display();
    let hidden = ["-fvisibility=hidden", "-fvisibility-inlines-hidden"];
    cabi::say_or_fail(
        compile(&compiler(), "c++17", library)
            .args(hidden)
            .args(["-fPIC", "-shared", "-o"])
            .arg(folder.join("libpart.so"))
            .arg(format!("-L{libraries}"))
            .arg("-ltenure"),
    );
    cabi::say_or_fail(
        compile(&compiler(), "c++17", program)
            .args(hidden)
            .arg(format!("-L{}", folder.display()))
            .arg(format!("-L{libraries}"))
            .arg(format!("-Wl,-rpath,{}:{libraries}", folder.display()))
            .args(["-lpart", "-ltenure", "-o"])
            .arg(&out),
    );
    out
}

/// Runs a job for each of these, on two threads.
pub(crate) fn at_once<T: Sync, R: Send>(things: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let half = things.len().div_ceil(2);
    let each = |part: &[T]| part.iter().map(&act).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let (first, second) = things.split_at(half);
        let other = scope.spawn(|| each(second));
        let mut made = each(first);
        made.extend(other.join().unwrap());
        made
    })
}

/// The C++ sources in a folder, in the order of their names.
pub(crate) fn sources(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension() == Some(OsStr::new("cpp")))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{folder} holds no C++");
    found
}

/// Starts a program.
pub(crate) fn start<S: AsRef<OsStr>>(program: &Path, args: &[S]) -> Process {
    let options = Options {
        env: vec![("UBSAN_OPTIONS".to_owned(), "print_stacktrace=1".to_owned())],
        ..Options::default()
    };
    Process::spawn_with(program, args.iter().map(AsRef::as_ref), options)
}

/// The standard output of a program.
pub(crate) fn printed(process: &Process) -> String {
    let lines = process.lines();
    lines
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect()
}

/// Waits for the end of a program, which must be a success, and returns its output.
#[track_caller]
pub(crate) fn finish(process: &Process) -> String {
    let status = process.wait_exit(LIMIT);
    let printed = printed(process);
    assert!(status.success(), "{status}\n{printed}{}", process.text());
    printed
}
