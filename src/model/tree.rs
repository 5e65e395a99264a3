//! The znodes. A request becomes a transaction against what is there ([`Tree::create`] and its
//! like, a server's `PrepRequestProcessor`); a transaction with its zxid changes the tree
//! ([`Tree::apply`], a server's `DataTree`). The two halves are apart because in an ensemble one
//! server does the first and all do the second.

use super::acl::{self, Identity, WRITE};
use crate::proto::{Acl, CreateMode, Perms, ServerError, Stat, path};
use std::collections::{BTreeMap, BTreeSet};

/// Znodes that a server brings along and that nobody can delete.
const SPECIAL: [&str; 4] = ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"];

/// All znodes, and the newest transaction among them.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: BTreeMap<String, Node>,
    /// Session → its ephemeral znodes.
    ephemerals: BTreeMap<i64, BTreeSet<String>>,
    last_zxid: i64,
}

/// A change that was found possible.
#[derive(Debug)]
pub(super) enum Txn {
    Create {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        owner: i64,
        parent_cversion: i32,
    },
    Delete {
        path: String,
    },
    SetData {
        path: String,
        data: Vec<u8>,
        version: i32,
    },
    /// Only takes a zxid: the session itself is not in the tree.
    CreateSession,
    CloseSession {
        session: i64,
    },
    /// A request that failed takes a zxid like any other.
    Error,
}

/// What has become of a znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeKind {
    Created,
    Deleted,
    DataChanged,
}

/// A change that watches want to know of, with the ACLs that say who may.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) kind: ChangeKind,
    pub(super) path: String,
    pub(super) acl: Vec<Acl>,
    /// The parent, when its children changed.
    pub(super) parent: Option<(String, Vec<Acl>)>,
}

#[derive(Debug, Default)]
struct Node {
    data: Vec<u8>,
    acl: Vec<Acl>,
    children: BTreeSet<String>,
    czxid: i64,
    mzxid: i64,
    pzxid: i64,
    ctime: i64,
    mtime: i64,
    version: i32,
    /// Number of creations of children, from which sequential children get their numbers. What
    /// clients are shown is another number, see [`Node::stat`].
    cversion: i32,
    aversion: i32,
    owner: i64,
}

impl Node {
    fn stat(&self) -> Stat {
        let num_children = i32::try_from(self.children.len()).unwrap_or(i32::MAX);
        Stat {
            czxid: self.czxid,
            mzxid: self.mzxid,
            ctime: self.ctime,
            mtime: self.mtime,
            version: self.version,
            // All changes: each creation, and each deletion of what is not there any more.
            cversion: self.cversion.wrapping_mul(2).wrapping_sub(num_children),
            aversion: self.aversion,
            ephemeral_owner: self.owner,
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
    /// What a new server holds.
    pub(super) fn new() -> Self {
        let mut nodes: BTreeMap<_, _> = SPECIAL
            .iter()
            .map(|path| ((*path).to_owned(), Node::default()))
            .collect();
        for (path, children) in [
            ("/", &["zookeeper"][..]),
            ("/zookeeper", &["config", "quota"]),
        ] {
            if let Some(node) = nodes.get_mut(path) {
                node.children = children.iter().map(|name| (*name).to_owned()).collect();
            }
        }
        if let Some(config) = nodes.get_mut("/zookeeper/config") {
            config.acl = Acl::open();
            config.acl.iter_mut().for_each(|a| a.perms = Perms::READ);
            config.aversion = -1;
        }
        Self {
            nodes,
            ephemerals: BTreeMap::new(),
            last_zxid: 0,
        }
    }

    /// The newest transaction.
    pub(super) fn last_zxid(&self) -> i64 {
        self.last_zxid
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
        Ok((node.data.clone(), node.stat()))
    }

    /// Sorted; a real server answers in the order of its hash set.
    pub(super) fn children(
        &self,
        path: &str,
        ids: &[Identity],
    ) -> Result<(Vec<String>, Stat), ServerError> {
        let node = self.find(path)?;
        node.require(Perms::READ, ids)?;
        Ok((node.children.iter().cloned().collect(), node.stat()))
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
            .cloned()
            .collect()
    }

    // Requests to transactions: the checks are in a server's order, for only the first shows.

    pub(super) fn create(
        &self,
        path: &str,
        data: Vec<u8>,
        acl: &[Acl],
        mode: CreateMode,
        session: i64,
        ids: &[Identity],
    ) -> Result<Txn, ServerError> {
        let (parent, _) = split(path)?;
        let acl = acl::fixup(acl, ids)?;
        let parent = self.find(parent)?;
        parent.require(Perms::CREATE, ids)?;
        let (path, owner) = match mode {
            CreateMode::Persistent => (path.to_owned(), 0),
            // The number is signed: a counter that has wrapped makes `x_-000000005`.
            CreateMode::EphemeralSequential => (format!("{path}{:010}", parent.cversion), session),
        };
        validate(&path)?;
        if self.nodes.contains_key(&path) {
            return Err(ServerError::NodeExists);
        }
        if parent.owner != 0 {
            return Err(ServerError::NoChildrenForEphemerals);
        }
        Ok(Txn::Create {
            path,
            data,
            acl,
            owner,
            parent_cversion: parent.cversion.wrapping_add(1),
        })
    }

    pub(super) fn delete(
        &self,
        path: &str,
        version: i32,
        ids: &[Identity],
    ) -> Result<Txn, ServerError> {
        let (parent, _) = split(path)?;
        if SPECIAL.contains(&path) {
            return Err(ServerError::BadArguments);
        }
        self.find(parent)?.require(Perms::DELETE, ids)?;
        let node = self.find(path)?;
        next_version(node.version, version)?;
        if !node.children.is_empty() {
            return Err(ServerError::NotEmpty);
        }
        Ok(Txn::Delete {
            path: path.to_owned(),
        })
    }

    /// What a `check` in a `multi` asks.
    pub(super) fn check(
        &self,
        path: &str,
        version: i32,
        ids: &[Identity],
    ) -> Result<(), ServerError> {
        let node = self.find(path)?;
        node.require(Perms::READ, ids)?;
        next_version(node.version, version).map(|_| ())
    }

    pub(super) fn set_data(
        &self,
        path: &str,
        data: Vec<u8>,
        version: i32,
        ids: &[Identity],
    ) -> Result<Txn, ServerError> {
        validate(path)?;
        let node = self.find(path)?;
        node.require(WRITE, ids)?;
        Ok(Txn::SetData {
            path: path.to_owned(),
            data,
            version: next_version(node.version, version)?,
        })
    }

    // Transactions.

    /// Applies a transaction under the next zxid. Answers the stat of the znode that was created or
    /// set, and what watches want to know.
    pub(super) fn apply(&mut self, txn: Txn, time_ms: i64) -> (Option<Stat>, Vec<Change>) {
        self.last_zxid += 1;
        match txn {
            Txn::Create {
                path,
                data,
                acl,
                owner,
                parent_cversion,
            } => self.insert(path, data, acl, owner, parent_cversion, time_ms),
            Txn::Delete { path } => (None, self.remove(&path).into_iter().collect()),
            Txn::SetData {
                path,
                data,
                version,
            } => self.replace(path, data, version, time_ms),
            Txn::CloseSession { session } => {
                let paths = self.ephemerals.remove(&session).unwrap_or_default();
                let removed = paths.iter().filter_map(|path| self.remove(path));
                (None, removed.collect())
            }
            Txn::CreateSession | Txn::Error => (None, Vec::new()),
        }
    }

    fn insert(
        &mut self,
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        owner: i64,
        parent_cversion: i32,
        time_ms: i64,
    ) -> (Option<Stat>, Vec<Change>) {
        let zxid = self.last_zxid;
        let parent = self.link(&path, |parent, name| {
            parent.children.insert(name);
            // Not when it is smaller (`DataTree.createNode`): at 2³¹ − 1 the counter stays where it
            // is, and the next sequential child of the same prefix finds its name taken.
            if parent_cversion > parent.cversion {
                parent.cversion = parent_cversion;
                parent.pzxid = zxid;
            }
        });
        let node = Node {
            data,
            acl: acl.clone(),
            czxid: zxid,
            mzxid: zxid,
            pzxid: zxid,
            ctime: time_ms,
            mtime: time_ms,
            owner,
            ..Node::default()
        };
        let stat = node.stat();
        self.nodes.insert(path.clone(), node);
        if owner != 0 {
            let own = self.ephemerals.entry(owner).or_default();
            own.insert(path.clone());
        }
        let change = Change {
            kind: ChangeKind::Created,
            path,
            acl,
            parent,
        };
        (Some(stat), vec![change])
    }

    fn remove(&mut self, path: &str) -> Option<Change> {
        let zxid = self.last_zxid;
        let node = self.nodes.remove(path)?;
        if let Some(own) = self.ephemerals.get_mut(&node.owner) {
            own.remove(path);
            if own.is_empty() {
                self.ephemerals.remove(&node.owner);
            }
        }
        let parent = self.link(path, |parent, name| {
            parent.children.remove(&name);
            parent.pzxid = zxid;
        });
        Some(Change {
            kind: ChangeKind::Deleted,
            path: path.to_owned(),
            acl: node.acl,
            parent,
        })
    }

    fn replace(
        &mut self,
        path: String,
        data: Vec<u8>,
        version: i32,
        time_ms: i64,
    ) -> (Option<Stat>, Vec<Change>) {
        let zxid = self.last_zxid;
        let Some(node) = self.nodes.get_mut(&path) else {
            return (None, Vec::new());
        };
        node.data = data;
        node.version = version;
        node.mzxid = zxid;
        node.mtime = time_ms;
        let change = Change {
            kind: ChangeKind::DataChanged,
            path,
            acl: node.acl.clone(),
            parent: None,
        };
        (Some(node.stat()), vec![change])
    }

    /// Changes the parent of `path`, with the name of the child; answers the parent and its ACL.
    fn link(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Node, String),
    ) -> Option<(String, Vec<Acl>)> {
        let (parent, name) = split(path).ok()?;
        let parent = or_root(parent);
        let node = self.nodes.get_mut(parent)?;
        change(node, name.to_owned());
        Some((parent.to_owned(), node.acl.clone()))
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
fn or_root(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

/// Parent and name, at the last slash; nothing else is looked at.
fn split(path: &str) -> Result<(&str, &str), ServerError> {
    path.rsplit_once('/')
        .filter(|_| !path.contains('\0'))
        .ok_or(ServerError::BadArguments)
}

/// `PathUtils.validatePath`. Java reads characters above U+FFFF as two surrogates, and refuses them.
fn validate(path: &str) -> Result<(), ServerError> {
    if path::validate(path).is_err() || path.chars().any(|c| c > '\u{ffff}') {
        return Err(ServerError::BadArguments);
    }
    Ok(())
}

fn next_version(current: i32, expected: i32) -> Result<i32, ServerError> {
    if expected != -1 && expected != current {
        return Err(ServerError::BadVersion);
    }
    Ok(current.wrapping_add(1))
}
