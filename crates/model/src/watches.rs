//! Watches, per connection.

use super::bus::ConnId;
use super::tree::{Change, ChangeKind};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::{Acl, EventKind, WatchMode, WatchTable, path};

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

#[derive(Debug, Default)]
struct Table {
    /// Path → the connections that watch it, sorted, and how: each in only one way, the newest
    /// (`WatcherModeManager` of the 3.8 line).
    by_path: BTreeMap<Arc<str>, Vec<(ConnId, Mode)>>,
    /// How many of them are recursive.
    recursive: usize,
}

/// An event to send, unless the connection may not read by this ACL.
#[derive(Debug)]
pub(super) struct Fired<'a> {
    pub(super) conn: ConnId,
    pub(super) kind: EventKind,
    pub(super) path: &'a str,
    pub(super) acl: &'a [Acl],
}

impl Watches {
    pub(super) fn watch_data(&mut self, path: Arc<str>, conn: ConnId, mode: Mode) {
        self.data.arm(path, conn, mode);
    }

    pub(super) fn watch_children(&mut self, path: Arc<str>, conn: ConnId, mode: Mode) {
        self.children.arm(path, conn, mode);
    }

    /// On data and on children.
    pub(super) fn watch_all(&mut self, path: Arc<str>, conn: ConnId, mode: Mode) {
        self.watch_data(Arc::clone(&path), conn, mode);
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
            removed |= table.disarm(path, conn);
        }
        removed
    }

    pub(super) fn remove(&mut self, conn: ConnId) {
        self.data.forget(conn);
        self.children.forget(conn);
    }

    pub(super) fn count(&self) -> usize {
        [&self.data, &self.children]
            .iter()
            .flat_map(|table| table.by_path.values())
            .map(Vec::len)
            .sum()
    }

    /// Takes the watches that this change fires, in the order of `DataTree`: those on the znode,
    /// then the child watches of its parent. Child watches on a deleted znode are removed, but a
    /// connection whose data watch reports the deletion gets no second event.
    pub(super) fn trigger<'a>(&mut self, change: &'a Change) -> Vec<Fired<'a>> {
        let mut fired = Vec::new();
        let mut fire = |conns: Vec<ConnId>, kind, path, acl| {
            fired.extend(conns.into_iter().map(|conn| Fired {
                conn,
                kind,
                path,
                acl,
            }));
        };
        let (path, acl) = (&*change.path, &*change.acl);
        let kind = match change.kind {
            ChangeKind::Created => EventKind::Created,
            ChangeKind::DataChanged => EventKind::DataChanged,
            ChangeKind::Deleted => EventKind::Deleted,
        };
        let on_data = self.data.take(path, kind);
        if change.kind == ChangeKind::Deleted {
            let mut on_children = self.children.take(path, kind);
            on_children.retain(|conn| !on_data.contains(conn));
            fire(on_data, kind, path, acl);
            fire(on_children, kind, path, acl);
        } else {
            fire(on_data, kind, path, acl);
        }
        if let Some(parent_acl) = &change.parent
            && let Some(parent) = path::parent(path)
        {
            let kind = EventKind::ChildrenChanged;
            let on_parent = self.children.take(parent, kind);
            fire(on_parent, kind, parent, parent_acl);
        }
        fired
    }
}

impl Table {
    fn arm(&mut self, path: Arc<str>, conn: ConnId, mode: Mode) {
        // Most paths have one watch.
        let watching = self.by_path.entry(path);
        let watching = watching.or_insert_with(|| Vec::with_capacity(1));
        self.recursive += usize::from(mode == Mode::Recursive);
        match watching.binary_search_by_key(&conn, |(conn, _)| *conn) {
            Ok(at) => {
                let old = core::mem::replace(&mut watching[at].1, mode);
                self.recursive -= usize::from(old == Mode::Recursive);
            }
            Err(at) => watching.insert(at, (conn, mode)),
        }
    }

    /// Returns whether there was a watch.
    fn disarm(&mut self, path: &str, conn: ConnId) -> bool {
        let Some(watching) = self.by_path.get_mut(path) else {
            return false;
        };
        let Ok(at) = watching.binary_search_by_key(&conn, |(conn, _)| *conn) else {
            return false;
        };
        let (_, mode) = watching.remove(at);
        self.recursive -= usize::from(mode == Mode::Recursive);
        if watching.is_empty() {
            self.by_path.remove(path);
        }
        true
    }

    fn forget(&mut self, conn: ConnId) {
        let recursive = &mut self.recursive;
        self.by_path.retain(|_, watching| {
            if let Ok(at) = watching.binary_search_by_key(&conn, |(conn, _)| *conn) {
                let (_, mode) = watching.remove(at);
                *recursive -= usize::from(mode == Mode::Recursive);
            }
            !watching.is_empty()
        });
    }

    /// The connections that watch this path, or all below one of its ancestors, sorted; removes the
    /// watches that fire once.
    fn take(&mut self, path: &str, kind: EventKind) -> Vec<ConnId> {
        let mut found = Vec::new();
        if let Some((path, mut watching)) = self.by_path.remove_entry(path) {
            watching.retain(|(conn, mode)| {
                if *mode != Mode::Recursive {
                    found.push(*conn);
                }
                *mode != Mode::Once
            });
            if !watching.is_empty() {
                self.by_path.insert(path, watching);
            }
        }
        if kind != EventKind::ChildrenChanged && self.recursive > 0 {
            for above in itself_and_above(path) {
                let watching = self.by_path.get(above).into_iter().flatten();
                let recursive = watching.filter(|(_, mode)| *mode == Mode::Recursive);
                found.extend(recursive.map(|(conn, _)| *conn));
            }
            found.sort_unstable();
            found.dedup();
        }
        found
    }
}

fn itself_and_above(path: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(path), |path| path::parent(path))
}
