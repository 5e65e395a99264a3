//! All own znodes of a client, by number, by group, and by the time at which one wants to try something
//! again.

use super::{OwnZnode, ZnodeId};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_session::Time;

/// The table. Whichever znode is lent out to be changed is put at its new time when the times are next
/// asked for.
#[derive(Debug, Default)]
pub(super) struct Table {
    all: BTreeMap<ZnodeId, Entry>,
    by_group: BTreeSet<(Arc<str>, ZnodeId)>,
    due: BTreeSet<(Time, ZnodeId)>,
    /// Those that were lent out since the times were asked for.
    lent: Vec<ZnodeId>,
    last: u64,
}

#[derive(Debug)]
struct Entry {
    znode: Box<OwnZnode>,
    /// The time at which it stands in the table.
    due: Option<Time>,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn contains(&self, id: ZnodeId) -> bool {
        self.all.contains_key(&id)
    }

    pub(super) fn get(&self, id: ZnodeId) -> Option<&OwnZnode> {
        self.all.get(&id).map(|entry| &*entry.znode)
    }

    pub(super) fn get_mut(&mut self, id: ZnodeId) -> Option<&mut OwnZnode> {
        let entry = self.all.get_mut(&id)?;
        if self.lent.last() != Some(&id) {
            self.lent.push(id);
        }
        Some(&mut *entry.znode)
    }

    pub(super) fn ids(&self) -> Vec<ZnodeId> {
        self.all.keys().copied().collect()
    }

    /// Those of one group.
    pub(super) fn of_group(&self, group: &Arc<str>) -> impl Iterator<Item = (ZnodeId, &OwnZnode)> {
        let of = |id| (Arc::clone(group), id);
        let own = self.by_group.range(of(ZnodeId::FIRST)..=of(ZnodeId::LAST));
        own.filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    pub(super) fn add(&mut self, znode: OwnZnode) -> ZnodeId {
        self.last += 1;
        let id = ZnodeId(self.last);
        self.by_group.insert((Arc::clone(&znode.group), id));
        let znode = Box::new(znode);
        self.all.insert(id, Entry { znode, due: None });
        self.lent.push(id);
        id
    }

    pub(super) fn remove(&mut self, id: ZnodeId) -> Option<OwnZnode> {
        let Entry { znode, due } = self.all.remove(&id)?;
        if let Some(at) = due {
            self.due.remove(&(at, id));
        }
        self.by_group.remove(&(Arc::clone(&znode.group), id));
        Some(*znode)
    }

    /// Empties the table.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = (ZnodeId, Box<OwnZnode>)> + use<> {
        self.by_group.clear();
        self.due.clear();
        self.lent.clear();
        let all = core::mem::take(&mut self.all);
        all.into_iter().map(|(id, entry)| (id, entry.znode))
    }

    /// When one of them wants to try something again.
    pub(super) fn due_at(&mut self) -> Option<Time> {
        self.put_back();
        self.due.first().map(|(at, _)| *at)
    }

    /// Those that want to by now, in the order of their numbers.
    pub(super) fn due_by(&mut self, now: Time) -> BTreeSet<ZnodeId> {
        self.put_back();
        let due = self.due.range(..=(now, ZnodeId::LAST));
        due.map(|(_, id)| *id).collect()
    }

    fn put_back(&mut self) {
        for id in self.lent.drain(..) {
            let Some(entry) = self.all.get_mut(&id) else {
                continue;
            };
            let znode = &entry.znode;
            let due = znode.again.at().into_iter().chain(znode.rewrite.at()).min();
            if due == entry.due {
                continue;
            }
            if let Some(at) = core::mem::replace(&mut entry.due, due) {
                self.due.remove(&(at, id));
            }
            if let Some(at) = due {
                self.due.insert((at, id));
            }
        }
    }
}
