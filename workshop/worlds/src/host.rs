//! A host: its clock, its links, the process on it, and the bytes that its kernel has received
//! while the process is stopped.

use crate::conn::{Segment, Way};
use crate::path::{Path, Quality};
use crate::time::{Clock, Nanos};
use std::collections::{BTreeMap, VecDeque};
use tenure::core::{Client, Published, Time};

/// A change to the next answer of a server to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// The answer to a handshake is lost, with its connection.
    Handshake,
    /// A reply to this operation is lost, with its connection.
    ReplyTo(i32),
    /// A reply to this operation has this error, although the operation was carried out.
    Disguise(i32, i32),
}

/// A machine that runs a client, or can run one.
pub struct Host {
    /// Its clock.
    pub clock: Clock,
    /// The client on it, if one runs.
    pub process: Option<Process>,
    /// Set to lose or change an answer; cleared when that has happened.
    pub trap: Option<Trap>,
    /// How many processes it has run.
    pub(crate) incarnation: u32,
    pub(crate) paused: bool,
    /// The bytes that the kernel has received meanwhile, by connection.
    pub(crate) inbox: BTreeMap<usize, VecDeque<Segment>>,
    pub(crate) answering: Option<Time>,
    /// Server by server, up and down.
    paths: Vec<Path>,
}

/// A running client, and the state that its program would keep for it.
pub struct Process {
    /// The client.
    pub core: Client,
    /// Its connections: its own name for each, and the world's.
    pub(crate) conns: BTreeMap<u64, usize>,
    /// The leases that it has published.
    pub(crate) leases: Published,
    /// When it is to be called next, in true time.
    pub(crate) wakes: Option<Nanos>,
}

impl Host {
    /// A host without a process, with links of this quality to so many servers.
    #[must_use]
    pub fn new(clock: Clock, servers: usize, quality: Quality) -> Self {
        Self {
            clock,
            process: None,
            trap: None,
            incarnation: 0,
            paused: false,
            inbox: BTreeMap::new(),
            answering: None,
            paths: vec![Path::new(quality); 2 * servers],
        }
    }

    /// Whether its process is stopped (SIGSTOP).
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// The send time of the request that the bytes answer which the process is reading, by its
    /// clock.
    #[must_use]
    pub fn answering(&self) -> Option<Time> {
        self.answering
    }

    pub(crate) fn path(&self, server: usize, way: Way) -> &Path {
        &self.paths[2 * server + usize::from(way == Way::Down)]
    }

    pub(crate) fn path_mut(&mut self, server: usize, way: Way) -> &mut Path {
        &mut self.paths[2 * server + usize::from(way == Way::Down)]
    }
}
