//! How a process is to be started.

use std::path::PathBuf;

use crate::netns::Netns;

/// One of the two streams that a program prints on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error, where a program prints its events whose child owns
    /// standard output.
    Stderr,
}

/// How a process is to be started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where it runs; `None` is the test's own namespace.
    pub netns: Option<Netns>,
    /// The stream to read as JSON.
    pub events: Stream,
    /// Environment variables to set; the rest is the test's own.
    pub env: Vec<(String, String)>,
    /// Files that it sees in the place of others, as (own file, place), by mounts that
    /// nobody else sees. Needs the rights to mount, as a [`Lab`](crate::Lab) does.
    pub binds: Vec<(PathBuf, PathBuf)>,
    /// Its working directory; `None` is the test's own.
    pub directory: Option<PathBuf>,
}
