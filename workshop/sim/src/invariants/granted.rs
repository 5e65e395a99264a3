//! The timeout of a session only falls: what an earlier server has granted less, no later one makes
//! good for what was proved before.

use super::Broken;
use crate::world::World;
use tenure::core::SessionEvent;

pub(super) fn check(world: &World, id: usize, event: &SessionEvent) -> Result<(), Broken> {
    let (SessionEvent::Connected { session, timeout }, Some(process)) =
        (event, &world.nodes[id].process)
    else {
        return Ok(());
    };
    if process.session == Some(*session) && process.timeout < *timeout {
        return Err(format!(
            "client {id} reckons with {timeout:?} for a session that had {:?}",
            process.timeout
        ));
    }
    Ok(())
}
