//! The machines that a change of a znode concerns.
//!
//! Only the read of a znode arms a watch on it, so the known state and the watched one cannot differ.
//! Servers forget the watches of a connection with the connection, and so does this registry: after a
//! reconnection each machine reads again the znodes that it relies on. For a client with one detector
//! this costs as many requests as a replay of the watches with `setWatches`. It needs no rule about
//! changes that a replay cannot distinguish (deleted and created again), and leaves every answer fresh.

use super::Handle;
use super::znode::ZnodeId;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use tenure_proto::EventKind;
use tenure_session::WatchKind;

/// The owner of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watcher {
    Znode(ZnodeId),
    Handle(Handle),
}

type Key = (String, WatchKind);

/// The watches that are armed on the present connection.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    by_key: BTreeMap<Key, BTreeSet<Watcher>>,
    by_watcher: BTreeMap<Watcher, BTreeSet<Key>>,
}

impl Watches {
    pub(crate) fn arm(&mut self, kind: WatchKind, path: String, watcher: Watcher) {
        let key = (path, kind);
        self.by_watcher
            .entry(watcher)
            .or_default()
            .insert(key.clone());
        self.by_key.entry(key).or_default().insert(watcher);
    }

    /// Removes the watches that this event fires, and returns their owners.
    pub(crate) fn fire(&mut self, kind: EventKind, path: &str) -> BTreeSet<Watcher> {
        let mut watchers = BTreeSet::new();
        for watch in WatchKind::fired_by(kind) {
            let key = (path.to_owned(), *watch);
            for watcher in self.by_key.remove(&key).unwrap_or_default() {
                if let Some(keys) = self.by_watcher.get_mut(&watcher) {
                    keys.remove(&key);
                    if keys.is_empty() {
                        self.by_watcher.remove(&watcher);
                    }
                }
                watchers.insert(watcher);
            }
        }
        watchers
    }

    /// Forgets a watcher that is gone.
    pub(crate) fn forget(&mut self, watcher: Watcher) {
        for key in self.by_watcher.remove(&watcher).unwrap_or_default() {
            if let Some(watchers) = self.by_key.get_mut(&key) {
                watchers.remove(&watcher);
                if watchers.is_empty() {
                    self.by_key.remove(&key);
                }
            }
        }
    }

    /// Forgets all watches: the connection is gone.
    pub(crate) fn clear(&mut self) {
        self.by_key.clear();
        self.by_watcher.clear();
    }

    /// The number of watches: each watcher counts once for each path and kind.
    pub(crate) fn len(&self) -> usize {
        self.by_watcher.values().map(BTreeSet::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_fires_both_kinds_once_for_each_watcher() {
        let mut watches = Watches::default();
        let (a, b) = (Watcher::Handle(Handle(1)), Watcher::Handle(Handle(2)));
        watches.arm(WatchKind::Data, "/g".into(), a);
        watches.arm(WatchKind::Children, "/g".into(), a);
        watches.arm(WatchKind::Children, "/g".into(), b);
        watches.arm(WatchKind::Data, "/h".into(), b);
        assert_eq!(
            watches.fire(EventKind::DataChanged, "/g"),
            BTreeSet::from([a])
        );
        assert_eq!(
            watches.fire(EventKind::Deleted, "/g"),
            BTreeSet::from([a, b])
        );
        assert!(watches.fire(EventKind::Deleted, "/g").is_empty());
        assert_eq!(watches.len(), 1);
    }

    #[test]
    fn watchers_that_left_leave_nothing() {
        let mut watches = Watches::default();
        for n in 0..1000 {
            let watcher = Watcher::Handle(Handle(n));
            watches.arm(WatchKind::Data, "/same".into(), watcher);
            watches.forget(watcher);
        }
        assert_eq!(watches.len(), 0);
        assert!(watches.by_key.is_empty() && watches.by_watcher.is_empty());
    }
}
