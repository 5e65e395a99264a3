//! The state of znodes once all proposals are applied (`ZooKeeperServer.outstandingChanges`): a
//! leader checks requests against it.

use super::tree::{Tree, View, or_root};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Path → the newest proposal that changes it, and the result; `None` if it deletes it.
    views: BTreeMap<String, (i64, Option<View>)>,
    /// The changes, oldest first.
    order: VecDeque<(i64, String)>,
}

/// The state of znodes before a proposal, to restore it.
pub(super) type Undo = Vec<(String, Option<(i64, Option<View>)>)>;

impl Pending {
    /// The future state of the znode.
    pub(super) fn view(&self, path: &str, tree: &Tree) -> Option<View> {
        match self.views.get(or_root(path)) {
            Some((_, view)) => view.clone(),
            None => tree.view(path),
        }
    }

    /// The znodes that proposals will create for this session.
    pub(super) fn owned_by(&self, session: i64) -> Vec<String> {
        let owned = |view: &Option<View>| view.as_ref().is_some_and(|v| v.owner == session);
        let views = self.views.iter();
        views
            .filter(|(_, (_, view))| owned(view))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// A proposal changes this znode. Adds to `undo` the state to restore.
    pub(super) fn set(&mut self, zxid: i64, path: &str, view: Option<View>, undo: &mut Undo) {
        let path = or_root(path).to_owned();
        let old = self.views.insert(path.clone(), (zxid, view));
        self.order.push_back((zxid, path.clone()));
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
        while self.order.front().is_some_and(|(at, _)| *at <= zxid) {
            if let Some((at, path)) = self.order.pop_front()
                && self
                    .views
                    .get(&path)
                    .is_some_and(|(newest, _)| *newest == at)
            {
                self.views.remove(&path);
            }
        }
    }
}
