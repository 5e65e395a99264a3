//! One-shot watches, per connection.

use super::bus::ConnId;
use super::tree::{Change, ChangeKind};
use crate::proto::{Acl, EventKind, WatchEvent};
use std::collections::{BTreeMap, BTreeSet};

/// Path → the connections that watch it.
type Table = BTreeMap<String, BTreeSet<ConnId>>;

/// The watches of one server. They are a connection's, not a session's: they go with it.
#[derive(Debug, Default)]
pub(super) struct Watches {
    /// Armed by `exists` and `getData`.
    data: Table,
    /// Armed by `getChildren2`.
    children: Table,
}

/// An event to be sent, unless the connection may not read by this ACL.
#[derive(Debug)]
pub(super) struct Fired<'a> {
    pub(super) conn: ConnId,
    pub(super) event: WatchEvent,
    pub(super) acl: &'a [Acl],
}

impl Watches {
    pub(super) fn watch_data(&mut self, path: &str, conn: ConnId) {
        self.data.entry(path.to_owned()).or_default().insert(conn);
    }

    pub(super) fn watch_children(&mut self, path: &str, conn: ConnId) {
        self.children
            .entry(path.to_owned())
            .or_default()
            .insert(conn);
    }

    /// Forgets a connection.
    pub(super) fn remove(&mut self, conn: ConnId) {
        for table in [&mut self.data, &mut self.children] {
            table.retain(|_, conns| {
                conns.remove(&conn);
                !conns.is_empty()
            });
        }
    }

    pub(super) fn count(&self) -> usize {
        [&self.data, &self.children]
            .iter()
            .flat_map(|table| table.values())
            .map(BTreeSet::len)
            .sum()
    }

    /// Takes the watches that this change fires, in the order of `DataTree`: those on the znode,
    /// then the child watches of its parent. Child watches on a deleted znode are used up, but a
    /// connection that has its data watch told of the deletion is not told twice.
    pub(super) fn trigger<'a>(&mut self, change: &'a Change) -> Vec<Fired<'a>> {
        let mut fired = Vec::new();
        let mut tell = |conns: BTreeSet<ConnId>, kind, path: &str, acl| {
            fired.extend(conns.into_iter().map(|conn| Fired {
                conn,
                event: WatchEvent {
                    kind,
                    path: path.to_owned(),
                },
                acl,
            }));
        };
        let (path, acl) = (change.path.as_str(), &*change.acl);
        let on_data = self.data.remove(path).unwrap_or_default();
        match change.kind {
            ChangeKind::Created => tell(on_data, EventKind::Created, path, acl),
            ChangeKind::DataChanged => tell(on_data, EventKind::DataChanged, path, acl),
            ChangeKind::Deleted => {
                let mut on_children = self.children.remove(path).unwrap_or_default();
                on_children.retain(|conn| !on_data.contains(conn));
                tell(on_data, EventKind::Deleted, path, acl);
                tell(on_children, EventKind::Deleted, path, acl);
            }
        }
        if let Some((parent, parent_acl)) = &change.parent {
            let on_parent = self.children.remove(parent).unwrap_or_default();
            tell(on_parent, EventKind::ChildrenChanged, parent, parent_acl);
        }
        fired
    }
}
