//! The timeout of a session only falls: what an earlier server has granted less, no later one makes
//! good for what was proved before.

use super::Broken;
use crate::judge::Judge;
use tenure::core::SessionEvent;

pub(super) fn check(judge: &Judge, id: usize, event: &SessionEvent) -> Result<(), Broken> {
    let (SessionEvent::Connected { session, timeout }, Some(user)) = (event, judge.user(id)) else {
        return Ok(());
    };
    if user.session == Some(*session) && user.timeout < *timeout {
        return Err(format!(
            "client {id} reckons with {timeout:?} for a session that had {:?}",
            user.timeout
        ));
    }
    Ok(())
}
