//! The machines that a change of a znode concerns.
//!
//! Only the read of a znode arms a watch on it, so the known state and the watched one cannot differ.
//! Servers forget the watches of a connection with the connection, and so does this registry: after a
//! reconnection each machine reads again the znodes that it relies on. For a client with one detector
//! this costs as many requests as a replay of the watches with `setWatches`. It needs no rule about
//! changes that a replay cannot distinguish (deleted and created again), and leaves every answer fresh.

use super::Handle;
use super::znode::ZnodeId;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_proto::EventKind;
use tenure_session::WatchKind;

/// The owner of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watcher {
    Znode(ZnodeId),
    Handle(Handle),
}

impl Watcher {
    const FIRST: Self = Self::Znode(ZnodeId::FIRST);
    const LAST: Self = Self::Handle(Handle(u64::MAX));
}

/// The watches that are armed on the present connection.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    by_path: BTreeSet<(Arc<str>, WatchKind, Watcher)>,
    by_watcher: BTreeSet<(Watcher, Arc<str>, WatchKind)>,
}

impl Watches {
    pub(crate) fn arm(&mut self, kind: WatchKind, path: &str, watcher: Watcher) {
        let path = Arc::<str>::from(path);
        // Watches of one path share its text.
        let first = (Arc::clone(&path), WatchKind::Data, Watcher::FIRST);
        let path = match self.by_path.range(first..).next() {
            Some((other, ..)) if *other == path => Arc::clone(other),
            _ => path,
        };
        if self.by_path.insert((Arc::clone(&path), kind, watcher)) {
            self.by_watcher.insert((watcher, path, kind));
        }
    }

    /// Removes the watches that this event fires, and returns their owners.
    pub(crate) fn fire(&mut self, kind: EventKind, path: &str) -> BTreeSet<Watcher> {
        let path = Arc::<str>::from(path);
        let mut watchers = BTreeSet::new();
        for kind in WatchKind::fired_by(kind) {
            let of = |watcher| (Arc::clone(&path), *kind, watcher);
            let fired = self.by_path.range(of(Watcher::FIRST)..=of(Watcher::LAST));
            let fired: Vec<Watcher> = fired.map(|(_, _, watcher)| *watcher).collect();
            for watcher in fired {
                self.by_path.remove(&of(watcher));
                self.by_watcher.remove(&(watcher, Arc::clone(&path), *kind));
                watchers.insert(watcher);
            }
        }
        watchers
    }

    /// Forgets a watcher that is gone.
    pub(crate) fn forget(&mut self, watcher: Watcher) {
        let first = (watcher, Arc::default(), WatchKind::Data);
        let armed = self.by_watcher.range(first..);
        let armed: Vec<_> = armed
            .take_while(|(owner, ..)| *owner == watcher)
            .cloned()
            .collect();
        for (_, path, kind) in armed {
            self.by_path.remove(&(Arc::clone(&path), kind, watcher));
            self.by_watcher.remove(&(watcher, path, kind));
        }
    }

    /// Forgets all watches: the connection is gone.
    pub(crate) fn clear(&mut self) {
        self.by_path.clear();
        self.by_watcher.clear();
    }

    /// The number of watches: each watcher counts once for each path and kind.
    pub(crate) fn len(&self) -> usize {
        self.by_watcher.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_fires_both_kinds_once_for_each_watcher() {
        let mut watches = Watches::default();
        let (a, b) = (Watcher::Handle(Handle(1)), Watcher::Handle(Handle(2)));
        watches.arm(WatchKind::Data, "/g", a);
        watches.arm(WatchKind::Children, "/g", a);
        watches.arm(WatchKind::Children, "/g", b);
        watches.arm(WatchKind::Data, "/h", b);
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
            watches.arm(WatchKind::Data, "/same", watcher);
            watches.forget(watcher);
        }
        assert_eq!(watches.len(), 0);
        assert!(watches.by_path.is_empty() && watches.by_watcher.is_empty());
    }
}
