//! Creates that are carried out after the look that found nothing.
//!
//! The look is behind a write of the present connection, and servers keep the requests of a
//! connection in order. Requests of an earlier connection are mostly refused as soon as the session
//! has moved (`SessionMoved`), except where ZooKeeper's leader cannot tell the two servers apart: a
//! follower passes on the requests and the sessions of the observers that learn from it
//! (`ObserverMaster`) as if they were its own. If a client leaves such an observer for the follower or
//! for another of its observers, a request that the first one has yet to pass on is carried out when
//! it arrives. An observer gives its connection up after `syncLimit` × `tickTime`, but nobody tells
//! a client these numbers, and no limit on delays is known in general.
//!
//! So a lost create that no look has found leaves an own znode of the client itself, one for each
//! group and label. It looks for ghosts T, 3T, 7T … after: a ghost that arrives late stands for no
//! longer than it took to arrive, plus T. After the sixth look (63T, at least 126 ticks) the create
//! counts as never carried out, as it does at the end of its session. (A create that was held back
//! and never sent is not told apart: it costs six looks.)
//!
//! A late ghost makes no second leader: nobody leads by it, whether it is before or behind our own
//! znode. It is deleted by the same rule as any ghost: our session owns it, no own znode claims it,
//! and none of its group is in doubt.

use super::{OwnZnode, State, ZnodeId, ZnodeNews, finish};
use crate::SESSION;
use crate::shared::Shared;

/// How often a create is looked for after the look that found nothing; each pause is twice as long
/// as the one before.
const LOOKS: u32 = 6;

/// The create of this own znode was lost with its connection, and a look is over; `found` if it adopts
/// a znode, which may be that of an earlier create if one is still looked for.
pub(super) fn expect(shared: &mut Shared, id: ZnodeId, found: bool) {
    let Some(znode) = shared.znodes.get(id) else {
        return;
    };
    let (group, label) = (znode.group.clone(), znode.label.clone());
    let looked_for = |(_, other): &(ZnodeId, &OwnZnode)| {
        other.owner == SESSION && matches!(other.state, State::Late) && other.label == label
    };
    let earlier = shared.znodes.all.of_group(&group).find(looked_for);
    let id = match earlier.map(|(id, _)| id) {
        Some(id) => id,
        None if found => return,
        None => {
            let mut late = OwnZnode::new(SESSION, &group, label, &[]);
            late.released = true;
            shared.znodes.add(late)
        }
    };
    if let Some(late) = shared.znodes.get_mut(id) {
        late.looks = 0;
    }
    wait(shared, id);
}

/// A look is over: until the next one.
pub(super) fn wait(shared: &mut Shared, id: ZnodeId) {
    let (now, timeout) = (shared.now, shared.session.timeout());
    let Some(late) = shared.znodes.get_mut(id) else {
        return;
    };
    if late.looks == LOOKS {
        finish(shared, id, ZnodeNews::Left { by_us: false });
        return;
    }
    late.state = State::Late;
    late.again.over();
    late.again.at_time(now + timeout * (1 << late.looks));
    late.looks += 1;
}
