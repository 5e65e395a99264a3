//! Bounds on what must not grow: a client's handles, own znodes and watches, the servers' watches,
//! and the number of creates that were sent — one for each candidacy and join, one more for each
//! that was refused, and for each disturbance at most one for each own znode.

use super::Broken;
use crate::judge::{Judge, World};

/// Watches of a handle: on the znode that it follows, on its former predecessor, on its own znode, on the group's, and
/// with `fail_over` on the member before the one that it follows.
const WATCHES_PER_HANDLE: usize = 5;

pub(super) fn check(world: &World, judge: &Judge) -> Result<(), Broken> {
    let mut watchers = 0;
    for (id, user) in judge.users() {
        let Some(client) = world.client(id) else {
            continue;
        };
        let [machines, znodes, watches] = client.footprint();
        let handles = user.candidates.len() + user.detectors.len();
        let groups = user.groups.len() + user.memberships.len();
        let open = user.candidates.values().filter(|c| c.open).count();
        let joined = user.memberships.values().map(Vec::len).sum::<usize>();
        if znodes != open + joined {
            return Err(format!(
                "client {id} holds {znodes} znodes for {open} candidacies and {joined} memberships"
            ));
        }
        // A contender that was withdrawn exists until it is dropped.
        let dropped = usize::try_from(judge.accounts[id].handles()).unwrap_or(usize::MAX);
        if machines < handles || machines > dropped {
            return Err(format!("client {id} holds {machines} machines"));
        }
        // A handle that was withdrawn and not dropped may still have the watches that it armed. A
        // look at a predecessor that has just gone leaves a watch on a znode that never comes back,
        // until the connection ends: at most one for each member of a crowd.
        let gone = usize::try_from(judge.crowd).unwrap_or(usize::MAX);
        if watches > WATCHES_PER_HANDLE * (machines.max(handles) + groups + 1) + gone {
            return Err(format!("client {id} holds {watches} watches"));
        }
        watchers += watches;
        let counts = &user.counts;
        let allowed = counts.begun + counts.refused + counts.disturbed;
        if counts.creates > allowed {
            return Err(format!("client {id} sent too many creates: {counts:?}"));
        }
    }
    let armed = world.ensemble.watch_count();
    if armed > watchers + world.hosts.len() {
        return Err(format!("servers hold {armed} watches, clients {watchers}"));
    }
    Ok(())
}
