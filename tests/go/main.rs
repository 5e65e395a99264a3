//! Go: programs that use the package in `bindings/go`, built with the library of this build and Go's
//! race detector, and their runs against real servers. Go's own tests are beside the package.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod leader;
mod make;
mod outside;
mod scenarios;
mod undertaker;

use std::path::Path;
use std::sync::OnceLock;
use tenure_field::Zookeeper;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The server that well-behaved tests share. It ends with the process.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}
