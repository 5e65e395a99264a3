//! Changes that no client makes, and reads of the state.

use super::acl::Identity;
use super::ensemble::Ensemble;
use super::server::{Role, Server};
use super::txn::Write;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_proto::{Acl, CreateMode, ServerError, Stat, path};

/// `CONNECTIONLOSS`: the error of a change from outside while there is no leader.
pub(super) const CONNECTION_LOSS: ServerError = ServerError::Other(-4);

/// Changes that no client makes. They obey no ACL. The leading server proposes them, and they take
/// effect when a majority has logged them, which may be never. Without a leader, or while it is
/// paused, they fail with error -4 (connection loss).
impl Ensemble {
    /// Ends a session, as if it had expired. False if there is no such session, or no leader.
    pub fn expire(&mut self, session: i64, now: Duration) -> bool {
        self.advance(now);
        let Some(leader) = self.acting_leader() else {
            return false;
        };
        let server = &mut self.servers[leader];
        let lives = server.expiry(session).is_some();
        if lives {
            server.propose(session, 0, None, &[], Write::CloseSession, &mut self.bus);
        }
        lives
    }

    /// Creates a persistent znode that is open to anyone.
    ///
    /// # Errors
    /// The errors of a client's create, if they are known at once.
    pub fn create(&mut self, path: &str, data: &[u8], now: Duration) -> Result<(), ServerError> {
        let write = Write::Create {
            path: path.to_owned(),
            data: data.to_vec(),
            acl: Acl::open(),
            mode: CreateMode::Persistent,
        };
        self.administer(write, now)
    }

    /// Changes the data of a znode, whatever its version.
    ///
    /// # Errors
    /// As those of a `setData`.
    pub fn set_data(&mut self, path: &str, data: &[u8], now: Duration) -> Result<(), ServerError> {
        let write = Write::SetData {
            path: path.to_owned(),
            data: data.to_vec(),
            version: -1,
        };
        self.administer(write, now)
    }

    /// Deletes a znode, whatever its version.
    ///
    /// # Errors
    /// The errors of a client's delete, if they are known at once.
    pub fn delete(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        let path = path.to_owned();
        let version = -1;
        self.administer(Write::Delete { path, version }, now)
    }

    /// Deletes a znode and all below it, the deepest first, each in its own transaction.
    ///
    /// # Errors
    /// The errors of a client's delete; znodes that were deleted before the error stay deleted.
    pub fn delete_tree(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        self.advance(now);
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

    /// Replaces a znode's ACL, whatever the version of the list.
    ///
    /// # Errors
    /// The errors of a client's `setACL`, if they are known at once.
    pub fn set_acl(&mut self, path: &str, acl: &[Acl], now: Duration) -> Result<(), ServerError> {
        let write = Write::SetAcl {
            path: path.to_owned(),
            acl: acl.to_vec(),
            version: -1,
        };
        self.administer(write, now)
    }

    /// Sets the counter from which sequential children of a znode get their numbers, on all
    /// servers, to test its wrap-around. (The `cversion` in a stat is another number: all changes
    /// of the children, twice the counter less the number of children.) False if no server has the
    /// znode.
    pub fn set_counter(&mut self, path: &str, cversion: i32) -> bool {
        let mut set = false;
        for server in &mut self.servers {
            set |= server.tree.set_counter(path, cversion);
        }
        set
    }

    fn administer(&mut self, write: Write, now: Duration) -> Result<(), ServerError> {
        self.advance(now);
        let leader = self.acting_leader().ok_or(CONNECTION_LOSS)?;
        let ids = [Identity::superuser()];
        let server = &mut self.servers[leader];
        server.propose_outside(&ids, write, &mut self.bus)
    }

    fn acting_leader(&self) -> Option<usize> {
        self.leader().filter(|leader| !self.is_paused(*leader))
    }
}

/// The committed state, as far as a server knows it: the state of the server that has applied most.
impl Ensemble {
    /// The live sessions, lowest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<i64> {
        self.newest().timeouts.keys().copied().collect()
    }

    /// A znode's data and stat.
    #[must_use]
    pub fn node(&self, path: &str) -> Option<(Vec<u8>, Stat)> {
        self.newest().node(path)
    }

    /// A znode's data and stat on one server.
    #[must_use]
    pub fn node_at(&self, server: usize, path: &str) -> Option<(Vec<u8>, Stat)> {
        self.servers[server].node(path)
    }

    /// The names of a znode's children, sorted; `None` if there is no such znode.
    #[must_use]
    pub fn children(&self, path: &str) -> Option<Vec<String>> {
        let found = self.newest().tree.children(path, &[Identity::superuser()]);
        found.ok().map(|(children, _)| children)
    }

    /// The newest transaction that any server has applied.
    #[must_use]
    pub fn zxid(&self, server: usize) -> i64 {
        self.servers[server].tree.last_zxid()
    }

    /// How many watches are armed on all servers: a data watch and a child watch on one znode are
    /// two.
    #[must_use]
    pub fn watch_count(&self) -> usize {
        let servers = self.servers.iter();
        servers.map(|server| server.clients.watches.count()).sum()
    }
}

impl Server {
    fn node(&self, path: &str) -> Option<(Vec<u8>, Stat)> {
        self.tree.data(path, &[Identity::superuser()]).ok()
    }

    /// When this server ends a session without further touches, in nanoseconds; `None` if it does
    /// not lead, or if it is already ending the session.
    pub(super) fn expiry(&self, session: i64) -> Option<u64> {
        match &self.role {
            Role::Leading(_) if !self.is_zookeeper() => self.deadline_of(session),
            Role::Leading(leader) => {
                let at = leader.sessions.expiry_ms(session)?;
                let doomed = leader.closings.of(session);
                Some(doomed.unwrap_or_else(|| self.instant_of(at)))
            }
            Role::Looking { .. } | Role::Learning(_) => None,
        }
    }
}
