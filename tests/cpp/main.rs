//! C++: programs that use `include/tenure.hpp` and `include/tenure_mesos.hpp`, built with `$CXX` (g++) and the library of this
//! build, and their runs. The examples and the README's code are among them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod examples;
mod make;
mod master;
mod readme;
mod scenarios;
mod undertaker;
mod unit;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::Zookeeper;

/// How long any program may take on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(300);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder in which tests may write.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cpp")
        .join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The server that well-behaved tests share. It ends with the process.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}
