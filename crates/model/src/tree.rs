//! The znodes: a transaction with its zxid changes the tree (a server's `DataTree`). `prep.rs` has
//! the checks before requests become transactions.

use super::acl;
use super::acl::Identity;
use super::txn::{Outcome, Txn};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_proto::{Acl, Perms, ServerError, Stat, path};

/// Znodes of a new server, which no client can delete.
pub(super) const SPECIAL: [&str; 4] = ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"];

/// The owner of a container (`EphemeralType.CONTAINER_EPHEMERAL_OWNER`).
pub(super) const CONTAINER: i64 = i64::MIN;

/// All znodes, and their newest transaction.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    nodes: BTreeMap<Arc<str>, Node>,
    /// Session → its ephemeral znodes; and all containers.
    ephemerals: BTreeMap<i64, BTreeSet<Arc<str>>>,
    last_zxid: i64,
}

/// The change of a znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeKind {
    Created,
    Deleted,
    DataChanged,
}

/// A change that may fire watches, with the ACLs that show who may see it.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) kind: ChangeKind,
    pub(super) path: Arc<str>,
    pub(super) acl: Arc<[Acl]>,
    /// The ACL of the parent, when its children changed.
    pub(super) parent: Option<Arc<[Acl]>>,
}

/// The part of a znode that requests are checked against.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) version: i32,
    /// Number of creations of children.
    pub(super) cversion: i32,
    pub(super) children: i64,
    pub(super) acl: Arc<[Acl]>,
    pub(super) aversion: i32,
    pub(super) owner: i64,
}

impl View {
    /// Whether it is deleted with a session.
    pub(super) fn is_ephemeral(&self) -> bool {
        self.owner != 0 && self.owner != CONTAINER
    }
}

#[derive(Debug, Clone)]
struct Node {
    data: Arc<[u8]>,
    acl: Arc<[Acl]>,
    /// Their paths: sorted as their names.
    children: BTreeSet<Arc<str>>,
    czxid: i64,
    mzxid: i64,
    pzxid: i64,
    ctime: i64,
    mtime: i64,
    version: i32,
    /// Number of creations of children, from which sequential children get their numbers. Clients
    /// see another number, see [`Node::stat`].
    cversion: i32,
    aversion: i32,
    owner: i64,
}

impl Node {
    fn empty() -> Self {
        Self {
            data: Arc::from([]),
            acl: Arc::from([]),
            children: BTreeSet::new(),
            czxid: 0,
            mzxid: 0,
            pzxid: 0,
            ctime: 0,
            mtime: 0,
            version: 0,
            cversion: 0,
            aversion: 0,
            owner: 0,
        }
    }

    fn stat(&self) -> Stat {
        let num_children = i32::try_from(self.children.len()).unwrap_or(i32::MAX);
        Stat {
            czxid: self.czxid,
            mzxid: self.mzxid,
            ctime: self.ctime,
            mtime: self.mtime,
            version: self.version,
            // All changes: each creation, and each deletion of a child that is gone.
            cversion: self.cversion.wrapping_mul(2).wrapping_sub(num_children),
            aversion: self.aversion,
            ephemeral_owner: if self.owner == CONTAINER {
                0
            } else {
                self.owner
            },
            data_length: i32::try_from(self.data.len()).unwrap_or(i32::MAX),
            num_children,
            pzxid: self.pzxid,
        }
    }

    fn require(&self, perm: Perms, ids: &[Identity]) -> Result<(), ServerError> {
        if acl::allows(&self.acl, perm, ids) {
            Ok(())
        } else {
            Err(ServerError::NoAuth)
        }
    }
}

impl Tree {
    /// The znodes of a new server.
    pub(super) fn new() -> Self {
        let mut nodes: BTreeMap<_, _> = SPECIAL
            .iter()
            .map(|path| (Arc::from(*path), Node::empty()))
            .collect();
        for (path, children) in [
            ("/", &["/zookeeper"][..]),
            ("/zookeeper", &["/zookeeper/config", "/zookeeper/quota"]),
        ] {
            if let Some(node) = nodes.get_mut(path) {
                node.children = children.iter().map(|path| Arc::from(*path)).collect();
            }
        }
        if let Some(config) = nodes.get_mut("/zookeeper/config") {
            let mut acl = Acl::open();
            acl.iter_mut().for_each(|a| a.perms = Perms::READ);
            config.acl = acl.into();
            config.aversion = -1;
        }
        Self {
            nodes,
            ephemerals: BTreeMap::new(),
            last_zxid: 0,
        }
    }

    /// The newest transaction, or the start of a newer epoch.
    pub(super) fn last_zxid(&self) -> i64 {
        self.last_zxid
    }

    /// A new epoch has begun: its first number stands for no transaction.
    pub(super) fn begin_epoch(&mut self, zxid: i64) {
        self.last_zxid = self.last_zxid.max(zxid);
    }

    /// The part of this znode that requests are checked against.
    pub(super) fn view(&self, path: &str) -> Option<View> {
        self.nodes.get(or_root(path)).map(|node| View {
            version: node.version,
            cversion: node.cversion,
            children: i64::try_from(node.children.len()).unwrap_or(i64::MAX),
            acl: Arc::clone(&node.acl),
            aversion: node.aversion,
            owner: node.owner,
        })
    }

    // Reads.

    pub(super) fn stat(&self, path: &str, ids: &[Identity]) -> Result<Stat, ServerError> {
        let node = self.find(path)?;
        node.require(Perms::READ, ids)?;
        Ok(node.stat())
    }

    pub(super) fn data(
        &self,
        path: &str,
        ids: &[Identity],
    ) -> Result<(Vec<u8>, Stat), ServerError> {
        let node = self.find(path)?;
        node.require(Perms::READ, ids)?;
        Ok((node.data.to_vec(), node.stat()))
    }

    /// Sorted; a real server answers in the order of its hash set.
    pub(super) fn children(
        &self,
        path: &str,
        ids: &[Identity],
    ) -> Result<(Vec<String>, Stat), ServerError> {
        let node = self.find(path)?;
        node.require(Perms::READ, ids)?;
        let names = node.children.iter().map(|path| path::basename(path));
        Ok((names.map(ToOwned::to_owned).collect(), node.stat()))
    }

    /// A znode's list as these identities may see it.
    pub(super) fn acl(
        &self,
        path: &str,
        ids: &[Identity],
    ) -> Result<(Vec<Acl>, Stat), ServerError> {
        let node = self.find(path)?;
        node.require(Perms(Perms::READ.0 | acl::ADMIN.0), ids)?;
        Ok((acl::shown(&node.acl, ids), node.stat()))
    }

    pub(super) fn has_containers(&self) -> bool {
        self.ephemerals.contains_key(&CONTAINER)
    }

    /// The containers that have had children and have none left.
    pub(super) fn deserted(&self) -> Vec<String> {
        let containers = self.ephemerals.get(&CONTAINER).into_iter().flatten();
        let deserted = |node: &Node| node.children.is_empty() && node.cversion > 0;
        containers
            .filter(|path| self.nodes.get(*path).is_some_and(deserted))
            .map(|path| (**path).to_owned())
            .collect()
    }

    /// The ephemerals of a session under a *textual* prefix: `/a` finds `/ab/x` too. A blank
    /// prefix and the root find all.
    pub(super) fn ephemerals(&self, session: i64, prefix: &str) -> Vec<String> {
        let all = matches!(prefix.trim(), "" | "/");
        self.ephemerals
            .get(&session)
            .into_iter()
            .flatten()
            .filter(|path| all || path.starts_with(prefix))
            .map(|path| (**path).to_owned())
            .collect()
    }

    /// This path; the tree's own copy if it has one.
    pub(super) fn share(&self, path: &str) -> Arc<str> {
        match self.nodes.get_key_value(path) {
            Some((own, _)) => Arc::clone(own),
            None => path.into(),
        }
    }

    // Transactions.

    /// Applies a transaction under its zxid. Returns its outcome, and the changes that may fire
    /// watches.
    pub(super) fn apply(
        &mut self,
        zxid: i64,
        session: i64,
        txn: &Txn,
        time_ms: i64,
    ) -> (Outcome, Vec<Change>) {
        self.last_zxid = zxid;
        let mut changes = Vec::new();
        let outcome = match txn {
            Txn::Multi(txns) => self.apply_all(txns, time_ms, &mut changes),
            Txn::CloseSession => {
                let paths = self.ephemerals.remove(&session).unwrap_or_default();
                changes.reserve(paths.len());
                changes.extend(paths.into_iter().filter_map(|path| self.remove(path)));
                Outcome::Done
            }
            other => self.apply_one(other, time_ms, &mut changes),
        };
        (outcome, changes)
    }

    /// Applies all of them or, if one has failed, none.
    fn apply_all(&mut self, txns: &[Txn], time_ms: i64, changes: &mut Vec<Change>) -> Outcome {
        let failed = txns.iter().position(|txn| matches!(txn, Txn::Error(_)));
        let outcomes = txns.iter().enumerate().map(|(at, txn)| match failed {
            // The operations before the failed one are errors without number.
            Some(failed) if at < failed => Outcome::Failed(ServerError::Other(0)),
            Some(_) | None => self.apply_one(txn, time_ms, changes),
        });
        Outcome::Multi(outcomes.collect())
    }

    fn apply_one(&mut self, txn: &Txn, time_ms: i64, changes: &mut Vec<Change>) -> Outcome {
        match txn {
            Txn::Create {
                path,
                data,
                acl,
                owner,
                parent_cversion,
            } => {
                let (data, acl) = (Arc::clone(data), Arc::clone(acl));
                let (stat, change) =
                    self.insert(path, data, acl, *owner, *parent_cversion, time_ms);
                changes.push(change);
                let path = path.clone();
                Outcome::Created { path, stat }
            }
            Txn::Delete { path } => {
                changes.extend(self.remove(path.as_str().into()));
                Outcome::Done
            }
            Txn::SetData {
                path,
                data,
                version,
            } => match self.replace(path, Arc::clone(data), *version, time_ms) {
                Some((stat, change)) => {
                    changes.push(change);
                    Outcome::Set(stat)
                }
                None => Outcome::Failed(ServerError::NoNode),
            },
            Txn::SetAcl { path, acl, version } => match self.nodes.get_mut(or_root(path)) {
                Some(node) => {
                    node.acl = Arc::clone(acl);
                    node.aversion = *version;
                    Outcome::Set(node.stat())
                }
                None => Outcome::Failed(ServerError::NoNode),
            },
            Txn::Error(error) => Outcome::Failed(*error),
            Txn::Check
            | Txn::Touch
            | Txn::Multi(_)
            | Txn::CreateSession { .. }
            | Txn::CloseSession => Outcome::Done,
        }
    }

    fn insert(
        &mut self,
        path: &str,
        data: Arc<[u8]>,
        acl: Arc<[Acl]>,
        owner: i64,
        parent_cversion: i32,
        time_ms: i64,
    ) -> (Stat, Change) {
        let zxid = self.last_zxid;
        let path = Arc::<str>::from(path);
        let parent = self.change_parent(&path, |parent| {
            parent.children.insert(Arc::clone(&path));
            // Not when it is smaller (`DataTree.createNode`): at 2³¹ − 1 the counter stays where it
            // is, and the next sequential child of the same prefix finds its name taken.
            if parent_cversion > parent.cversion {
                parent.cversion = parent_cversion;
                parent.pzxid = zxid;
            }
        });
        let node = Node {
            data,
            acl: Arc::clone(&acl),
            czxid: zxid,
            mzxid: zxid,
            pzxid: zxid,
            ctime: time_ms,
            mtime: time_ms,
            owner,
            ..Node::empty()
        };
        let stat = node.stat();
        self.nodes.insert(Arc::clone(&path), node);
        if owner != 0 {
            let own = self.ephemerals.entry(owner).or_default();
            own.insert(Arc::clone(&path));
        }
        let change = Change {
            kind: ChangeKind::Created,
            path,
            acl,
            parent,
        };
        (stat, change)
    }

    fn remove(&mut self, path: Arc<str>) -> Option<Change> {
        let zxid = self.last_zxid;
        let node = self.nodes.remove(&path)?;
        if let Some(own) = self.ephemerals.get_mut(&node.owner) {
            own.remove(&path);
            if own.is_empty() {
                self.ephemerals.remove(&node.owner);
            }
        }
        let parent = self.change_parent(&path, |parent| {
            parent.children.remove(&path);
            parent.pzxid = zxid;
        });
        Some(Change {
            kind: ChangeKind::Deleted,
            path,
            acl: node.acl,
            parent,
        })
    }

    fn replace(
        &mut self,
        path: &str,
        data: Arc<[u8]>,
        version: i32,
        time_ms: i64,
    ) -> Option<(Stat, Change)> {
        let zxid = self.last_zxid;
        let node = self.nodes.get_mut(path)?;
        node.data = data;
        node.version = version;
        node.mzxid = zxid;
        node.mtime = time_ms;
        let change = Change {
            kind: ChangeKind::DataChanged,
            path: path.into(),
            acl: Arc::clone(&node.acl),
            parent: None,
        };
        Some((node.stat(), change))
    }

    /// Changes the parent of `path`; returns its ACL.
    fn change_parent(&mut self, path: &str, change: impl FnOnce(&mut Node)) -> Option<Arc<[Acl]>> {
        let (parent, _) = split(path).ok()?;
        let node = self.nodes.get_mut(or_root(parent))?;
        change(node);
        Some(Arc::clone(&node.acl))
    }

    /// Sets the number that the next sequential child gets. No transaction does this.
    pub(super) fn set_counter(&mut self, path: &str, cversion: i32) -> bool {
        self.nodes.get_mut(path).is_some_and(|node| {
            node.cversion = cversion;
            true
        })
    }

    fn find(&self, path: &str) -> Result<&Node, ServerError> {
        self.nodes.get(or_root(path)).ok_or(ServerError::NoNode)
    }
}

/// A server knows the root under two names.
pub(super) fn or_root(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

/// Parent and name, split at the last slash; nothing else is checked.
pub(super) fn split(path: &str) -> Result<(&str, &str), ServerError> {
    path.rsplit_once('/')
        .filter(|_| !path.contains('\0'))
        .ok_or(ServerError::BadArguments)
}
