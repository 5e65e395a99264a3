//! An independent look at a healthy ZooKeeper.
//!
//! Tests read the state of a server through it, and use it to create and delete znodes
//! independently of tenure. The crate behind it, `zookeeper`, shares no code with tenure. It waits
//! without end for a server that cannot be reached: use it only for healthy servers.
//!
//! A failure panics with path and reason: a test needs the message at the line of the call.
#![allow(clippy::panic)] // see the paragraph above

mod mode;
mod stat;

use std::fmt::Display;
use std::time::Duration;

use zookeeper::{Acl, ZkError, ZkResult, ZooKeeper};

pub use mode::Mode;
pub use stat::Stat;

/// Long enough that a busy test machine does not end an observer's session.
const SESSION_TIMEOUT: Duration = Duration::from_secs(20);

/// A session with a healthy server. Dropping it closes the session.
pub struct Observer {
    zookeeper: ZooKeeper,
}

impl Observer {
    /// Opens a session with the server at `addr`, `HOST:PORT`.
    ///
    /// # Panics
    /// If there is no server.
    #[must_use]
    #[track_caller]
    pub fn connect(addr: impl Display) -> Self {
        let addr = addr.to_string();
        let zookeeper = ZooKeeper::connect(&addr, SESSION_TIMEOUT, |_event| {});
        let zookeeper = zookeeper
            .unwrap_or_else(|error| panic!("no healthy ZooKeeper to observe at {addr}: {error}"));
        Self { zookeeper }
    }

    /// The names of the children of `path`, sorted; none if there is no such znode.
    #[must_use]
    #[track_caller]
    pub fn children(&self, path: &str) -> Vec<String> {
        let children = self.zookeeper.get_children(path, false);
        let mut children = known("children of", path, children).unwrap_or_default();
        children.sort();
        children
    }

    /// The facts about the znode at `path`, if there is one.
    #[must_use]
    #[track_caller]
    pub fn stat(&self, path: &str) -> Option<Stat> {
        let stat = known("stat of", path, self.zookeeper.exists(path, false));
        stat.flatten().map(Stat::from)
    }

    /// The data of the znode at `path`, if there is one.
    #[must_use]
    #[track_caller]
    pub fn data(&self, path: &str) -> Option<Vec<u8>> {
        let data = known("data of", path, self.zookeeper.get_data(path, false));
        data.map(|(data, _stat)| data)
    }

    /// Creates a persistent znode at `path`, and its missing parents.
    #[track_caller]
    pub fn create(&self, path: &str, data: &[u8]) {
        let parents = path.match_indices('/').map(|(end, _slash)| &path[..end]);
        for parent in parents.filter(|parent| !parent.is_empty()) {
            match self.try_create(parent, b"", Mode::Persistent) {
                Ok(_) | Err(ZkError::NodeExists) => {}
                Err(error) => panic!("cannot create {parent}: {error}"),
            }
        }
        self.create_raw(path, data, Mode::Persistent);
    }

    /// Creates a znode and returns its path, which is longer than `path` if the
    /// mode is sequential. An ephemeral one lives as long as this observer.
    #[track_caller]
    pub fn create_raw(&self, path: &str, data: &[u8], mode: Mode) -> String {
        let created = self.try_create(path, data, mode);
        created.unwrap_or_else(|error| panic!("cannot create {path}: {error}"))
    }

    /// Sets the data of the znode at `path`, whatever its version.
    #[track_caller]
    pub fn set_data(&self, path: &str, data: &[u8]) {
        if let Err(error) = self.zookeeper.set_data(path, data.to_vec(), None) {
            panic!("cannot set the data of {path}: {error}");
        }
    }

    /// Deletes the znode at `path`, whatever its version; false if there is none.
    #[track_caller]
    pub fn delete(&self, path: &str) -> bool {
        known("deletion of", path, self.zookeeper.delete(path, None)).is_some()
    }

    /// Deletes the znode at `path` and all below it, while others may do the same.
    #[track_caller]
    pub fn delete_tree(&self, path: &str) {
        for child in self.children(path) {
            self.delete_tree(&format!("{}/{child}", path.trim_end_matches('/')));
        }
        self.delete(path);
    }

    fn try_create(&self, path: &str, data: &[u8], mode: Mode) -> ZkResult<String> {
        let acl = Acl::open_unsafe().clone();
        self.zookeeper.create(path, data.to_vec(), acl, mode.into())
    }
}

/// `None` for a missing znode.
#[track_caller]
fn known<T>(what: &str, path: &str, result: ZkResult<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(ZkError::NoNode) => None,
        Err(error) => panic!("no {what} {path}: {error}"),
    }
}
