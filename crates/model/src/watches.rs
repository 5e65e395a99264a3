//! Watches, per connection.

use super::bus::ConnId;
use super::tree::{Change, ChangeKind};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::{Acl, EventKind, WatchEvent, WatchMode, WatchTable, path};

/// Path → the connections that watch it, and how: each in only one way, the newest
/// (`WatcherModeManager` of the 3.8 line).
type Table = BTreeMap<String, BTreeMap<ConnId, Mode>>;

/// The mode of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is removed when it fires.
    Once,
    /// It stays armed.
    Persistent,
    /// It stays armed, and fires for all below its path.
    Recursive,
}

impl From<WatchMode> for Mode {
    fn from(mode: WatchMode) -> Self {
        match mode {
            WatchMode::Persistent => Self::Persistent,
            WatchMode::Recursive => Self::Recursive,
        }
    }
}

/// The watches of one server. They belong to a connection, not to a session, and end with it.
#[derive(Debug, Default)]
pub(super) struct Watches {
    /// Armed by `exists` and `getData`.
    data: Table,
    /// Armed by `getChildren2`.
    children: Table,
}

/// An event to send, unless the connection may not read by this ACL.
#[derive(Debug)]
pub(super) struct Fired<'a> {
    pub(super) conn: ConnId,
    pub(super) event: WatchEvent,
    pub(super) acl: &'a [Acl],
}

impl Watches {
    pub(super) fn watch_data(&mut self, path: &str, conn: ConnId, mode: Mode) {
        let watching = self.data.entry(path.to_owned()).or_default();
        watching.insert(conn, mode);
    }

    pub(super) fn watch_children(&mut self, path: &str, conn: ConnId, mode: Mode) {
        let watching = self.children.entry(path.to_owned()).or_default();
        watching.insert(conn, mode);
    }

    /// On data and on children.
    pub(super) fn watch_all(&mut self, path: &str, conn: ConnId, mode: Mode) {
        self.watch_data(path, conn, mode);
        self.watch_children(path, conn, mode);
    }

    /// Removes a connection's watches on a path. False if there are none.
    pub(super) fn unwatch(&mut self, path: &str, conn: ConnId, table: WatchTable) -> bool {
        let tables = match table {
            WatchTable::Children => vec![&mut self.children],
            WatchTable::Data => vec![&mut self.data],
            WatchTable::Any => vec![&mut self.children, &mut self.data],
        };
        let mut removed = false;
        for table in tables {
            if let Some(watching) = table.get_mut(path) {
                removed |= watching.remove(&conn).is_some();
                if watching.is_empty() {
                    table.remove(path);
                }
            }
        }
        removed
    }

    pub(super) fn remove(&mut self, conn: ConnId) {
        for table in [&mut self.data, &mut self.children] {
            table.retain(|_, watching| {
                watching.remove(&conn);
                !watching.is_empty()
            });
        }
    }

    pub(super) fn count(&self) -> usize {
        [&self.data, &self.children]
            .iter()
            .flat_map(|table| table.values())
            .map(BTreeMap::len)
            .sum()
    }

    /// Takes the watches that this change fires, in the order of `DataTree`: those on the znode,
    /// then the child watches of its parent. Child watches on a deleted znode are removed, but a
    /// connection whose data watch reports the deletion gets no second event.
    pub(super) fn trigger<'a>(&mut self, change: &'a Change) -> Vec<Fired<'a>> {
        let mut fired = Vec::new();
        let mut fire = |conns: BTreeSet<ConnId>, kind, path: &str, acl| {
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
        let kind = match change.kind {
            ChangeKind::Created => EventKind::Created,
            ChangeKind::DataChanged => EventKind::DataChanged,
            ChangeKind::Deleted => EventKind::Deleted,
        };
        let on_data = take(&mut self.data, path, kind);
        if change.kind == ChangeKind::Deleted {
            let mut on_children = take(&mut self.children, path, kind);
            on_children.retain(|conn| !on_data.contains(conn));
            fire(on_data, kind, path, acl);
            fire(on_children, kind, path, acl);
        } else {
            fire(on_data, kind, path, acl);
        }
        if let Some((parent, parent_acl)) = &change.parent {
            let kind = EventKind::ChildrenChanged;
            let on_parent = take(&mut self.children, parent, kind);
            fire(on_parent, kind, parent, parent_acl);
        }
        fired
    }
}

/// The connections that watch this path, or all below one of its ancestors; removes the watches
/// that fire once.
fn take(table: &mut Table, path: &str, kind: EventKind) -> BTreeSet<ConnId> {
    let mut found = BTreeSet::new();
    if let Some(watching) = table.get_mut(path) {
        watching.retain(|conn, mode| {
            if *mode != Mode::Recursive {
                found.insert(*conn);
            }
            *mode != Mode::Once
        });
        if watching.is_empty() {
            table.remove(path);
        }
    }
    if kind != EventKind::ChildrenChanged {
        for above in itself_and_above(path) {
            let watching = table.get(above).into_iter().flatten();
            let recursive = watching.filter(|(_, mode)| **mode == Mode::Recursive);
            found.extend(recursive.map(|(conn, _)| *conn));
        }
    }
    found
}

fn itself_and_above(path: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(path), |path| path::parent(path))
}
