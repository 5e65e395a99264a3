//! Building programs of the Go module.

use crate::root;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use tenure_field::{Process, cabi};

/// A command of the Go module.
fn go() -> Command {
    static FOUND: OnceLock<()> = OnceLock::new();
    FOUND.get_or_init(|| {
        let version = Command::new("go").arg("version").output();
        assert!(
            version.is_ok_and(|output| output.status.success()),
            "no `go` runs on PATH; install the package golang-go, or run scripts/setup"
        );
    });
    let mut command = Command::new("go");
    command
        .current_dir(root().join("bindings/go"))
        // The one that was found; it fetches no other.
        .env("GOTOOLCHAIN", "local")
        // The race detector needs it, and so does the package.
        .env("CGO_ENABLED", "1");
    command
}

/// Lays the archive of this build beside the package, which is linked with it.
fn lay_library() {
    static LAID: OnceLock<()> = OnceLock::new();
    LAID.get_or_init(|| {
        cabi::say_or_fail(&mut Command::new(root().join("scripts/go-library")));
    });
}

/// Builds a program of `bindings/go/internal` with the race detector; once, for all tests.
pub(crate) fn program(name: &str) -> PathBuf {
    static MADE: Mutex<BTreeMap<String, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let made = {
        // A build that fails fails the test that needed it first, under no lock.
        let mut made = MADE.lock().unwrap();
        Arc::clone(made.entry(name.to_owned()).or_default())
    };
    made.get_or_init(|| build(name)).clone()
}

fn build(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
    std::fs::create_dir_all(&folder).unwrap();
    let out = folder.join(name);
    let mut build = go();
    lay_library();
    cabi::say_or_fail(
        build
            .args(["build", "-race", "-o"])
            .arg(&out)
            .arg(format!("./internal/{name}")),
    );
    out
}

/// Starts a program. It fails at its end if the race detector has found a race.
pub(crate) fn start(program: &Path, args: &[&str]) -> Process {
    Process::spawn(program, args, None)
}
