//! The options of a process.

use std::path::PathBuf;

use crate::netns::Netns;

/// One of the two streams that a program prints on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error; a program whose child uses standard output prints its events there.
    Stderr,
}

/// The options of a process.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Its namespace; `None` is the test's own.
    pub netns: Option<Netns>,
    /// The stream to read as JSON.
    pub events: Stream,
    /// Environment variables to set; the rest is the test's own.
    pub env: Vec<(String, String)>,
    /// Files that replace others for the process, as (own file, place), by mounts that no other
    /// process sees. Needs the rights to mount, as a [`Lab`](crate::Lab) does.
    pub binds: Vec<(PathBuf, PathBuf)>,
    /// Its working directory; `None` is the test's own.
    pub directory: Option<PathBuf>,
}
