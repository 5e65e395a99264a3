//! The state of znodes once all proposals are applied (`ZooKeeperServer.outstandingChanges`): a
//! leader checks requests against it.

use super::tree::{Tree, View, or_root};
use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

type Future = (i64, Option<View>);

#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Path → the newest proposal that changes it, and the result; `None` if it deletes it.
    views: BTreeMap<Arc<str>, Future>,
    /// The changes, oldest first.
    order: VecDeque<(i64, Arc<str>)>,
    /// Session → the proposal to close it, which deletes its ephemerals.
    closing: BTreeMap<i64, i64>,
}

/// The state of znodes before a proposal, to restore it.
pub(super) type Undo = Vec<(Arc<str>, Option<Future>)>;

impl Pending {
    /// The future state of the znode.
    pub(super) fn view(&self, path: &str, tree: &Tree) -> Option<View> {
        match self.views.get(or_root(path)) {
            Some((_, view)) => view.clone(),
            None => tree
                .view(path)
                .filter(|view| !self.closing.contains_key(&view.owner)),
        }
    }

    /// A proposal closes this session, and deletes the ephemerals that it has by then.
    pub(super) fn close(&mut self, zxid: i64, session: i64) {
        self.closing.insert(session, zxid);
        for (path, (newest, view)) in &mut self.views {
            if view.as_ref().is_some_and(|view| view.owner == session) {
                (*newest, *view) = (zxid, None);
                self.order.push_back((zxid, Arc::clone(path)));
            }
        }
    }

    /// A proposal changes this znode. Adds to `undo` the state to restore.
    pub(super) fn set(&mut self, zxid: i64, path: &str, view: Option<View>, undo: &mut Undo) {
        let path = Arc::<str>::from(or_root(path));
        let old = self.views.insert(Arc::clone(&path), (zxid, view));
        self.order.push_back((zxid, Arc::clone(&path)));
        undo.push((path, old));
    }

    /// Restores the state before a proposal.
    pub(super) fn take_back(&mut self, undo: Undo) {
        for (path, old) in undo.into_iter().rev() {
            self.order.pop_back();
            match old {
                Some(old) => self.views.insert(path, old),
                None => self.views.remove(&path),
            };
        }
    }

    /// Everything up to `zxid` is applied: the tree shows it now.
    pub(super) fn applied(&mut self, zxid: i64) {
        self.closing.retain(|_, at| *at > zxid);
        while self.order.front().is_some_and(|(at, _)| *at <= zxid) {
            if let Some((at, path)) = self.order.pop_front()
                && let Entry::Occupied(view) = self.views.entry(path)
                && view.get().0 == at
            {
                view.remove();
            }
        }
    }
}
