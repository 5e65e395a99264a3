//! What is done to the model from outside: faults, changes that no client makes, and looks.

use super::acl::Identity;
use super::server::{Model, ModelOutput};
use crate::proto::{Acl, CreateMode, ServerError, Stat, path};
use std::collections::BTreeMap;
use std::time::Duration;

/// `CONNECTIONLOSS`: what an act from outside meets while the server is down.
const CONNECTION_LOSS: ServerError = ServerError::Other(-4);

/// Acts from outside: faults, and changes that no client makes. They obey no ACL; while the server
/// is down they fail with error -4 (connection loss).
impl Model {
    /// The server stops: all connections close, watches are lost, znodes and sessions are kept.
    pub fn crash(&mut self, now: Duration) {
        self.advance(now);
        self.up = false;
        self.sessions.disarm_all();
        self.watches.clear();
        self.attached.clear();
        for conn in std::mem::take(&mut self.conns).into_keys() {
            self.outputs.push_back(ModelOutput::Close { conn });
        }
    }

    /// The server starts again, and gives each session the full timeout with which it was created.
    /// Nothing happens if it is up.
    pub fn restart(&mut self, now: Duration) {
        self.advance(now);
        if !self.up {
            self.up = true;
            self.sessions.arm_all(self.now_ms);
        }
    }

    /// Ends a session at once, as if it had expired. False if there is no such session.
    pub fn expire(&mut self, session: i64, now: Duration) -> bool {
        self.advance(now);
        let alive = self.up && self.sessions.contains(session);
        if alive {
            self.end_session(session);
        }
        alive
    }

    /// Creates a persistent znode that is open to anyone.
    ///
    /// # Errors
    /// Those of a client's create.
    pub fn create(&mut self, path: &str, data: &[u8], now: Duration) -> Result<Stat, ServerError> {
        self.administer(now)?;
        let mode = CreateMode::Persistent;
        let ids = [Identity::superuser()];
        let txn = self
            .tree
            .create(path, data.to_vec(), &Acl::open(), mode, 0, &ids);
        let stat = self.commit(txn)?;
        stat.ok_or(ServerError::NoNode)
    }

    /// Deletes a znode, whatever its version.
    ///
    /// # Errors
    /// Those of a client's delete.
    pub fn delete(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        self.administer(now)?;
        let txn = self.tree.delete(path, -1, &[Identity::superuser()]);
        self.commit(txn).map(|_| ())
    }

    /// Deletes a znode and all below it, the deepest first, each in a transaction of its own.
    ///
    /// # Errors
    /// Those of a client's delete; what was deleted before stays deleted.
    pub fn delete_tree(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        let mut doomed = vec![path.to_owned()];
        let mut at = 0;
        while let Some(parent) = doomed.get(at).cloned() {
            let names = self.children(&parent).unwrap_or_default();
            doomed.extend(names.iter().map(|n| path::child(&parent, n)));
            at += 1;
        }
        doomed
            .iter()
            .rev()
            .try_for_each(|path| self.delete(path, now))
    }

    /// Sets the counter from which sequential children of a znode get their numbers, to try what
    /// happens where it wraps. (The `cversion` in a stat is another number: all changes of the
    /// children, twice the counter less the children that are there.) False if there is no znode.
    pub fn set_counter(&mut self, path: &str, cversion: i32) -> bool {
        self.tree.set_counter(path, cversion)
    }

    fn administer(&mut self, now: Duration) -> Result<(), ServerError> {
        self.advance(now);
        if self.up {
            Ok(())
        } else {
            Err(CONNECTION_LOSS)
        }
    }
}

/// Looking at it.
impl Model {
    /// The sessions that are alive, lowest first.
    pub fn sessions(&self) -> Vec<i64> {
        self.sessions.ids()
    }

    /// A znode's data and stat.
    pub fn node(&self, path: &str) -> Option<(Vec<u8>, Stat)> {
        self.tree.data(path, &[Identity::superuser()]).ok()
    }

    /// The names of a znode's children, sorted; `None` if there is no such znode.
    pub fn children(&self, path: &str) -> Option<Vec<String>> {
        let found = self.tree.children(path, &[Identity::superuser()]);
        found.ok().map(|(children, _)| children)
    }

    /// How many watches are armed: a data watch and a child watch on one znode are two.
    pub fn watch_count(&self) -> usize {
        self.watches.count()
    }

    /// How many requests arrived, by the number of the operation. The handshake has none.
    pub fn requests(&self) -> &BTreeMap<i32, u64> {
        &self.requests
    }

    /// How many watch events were sent.
    pub fn events_sent(&self) -> u64 {
        self.events_sent
    }

    /// Sets both counts to zero.
    pub fn reset_counts(&mut self) {
        self.requests.clear();
        self.events_sent = 0;
    }
}
