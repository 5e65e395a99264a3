//! A client that is cut off reports it in time: a view is unknown 2/3 T after a server last
//! answered, and a session is over after 4/3 T. (The library counts from the send time of the
//! answered request, which is sooner.)

use super::Broken;
use crate::judge::{Judge, World};
use std::time::Duration;
use tenure::core::{DetectorEvent, GroupEvent};

pub(super) fn check(world: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, user) in judge.awake(world).filter(|(_, user)| !user.closing) {
        let silence = world.hosts[id].clock.shows(world.now).since(user.received);
        let allowed = |part: Duration| part + Duration::from_millis(1);
        if user.session.is_some() && silence > allowed(user.timeout * 4 / 3) {
            return Err(format!(
                "client {id} got no answer for {silence:?} and keeps its session"
            ));
        }
        if silence <= allowed(user.timeout * 2 / 3) {
            continue;
        }
        let knows =
            |event: &DetectorEvent| matches!(event, DetectorEvent::None | DetectorEvent::Leader(_));
        let sees = user
            .detectors
            .values()
            .any(|v| v.told.as_ref().is_some_and(knows));
        let lists = |event: &GroupEvent| matches!(event, GroupEvent::Members(_));
        let watches = user
            .groups
            .values()
            .any(|v| v.told.as_ref().is_some_and(lists));
        if sees || watches {
            return Err(format!(
                "client {id} got no answer for {silence:?} and still reports its old view"
            ));
        }
    }
    Ok(())
}
