//! The timeout of a session only falls: if one server granted less, a later server cannot extend
//! the lease of what was proved before.

use super::Broken;
use crate::judge::Judge;
use tenure::core::SessionEvent;

pub(super) fn check(judge: &Judge, id: usize, event: &SessionEvent) -> Result<(), Broken> {
    let (
        SessionEvent::Connected {
            session, timeout, ..
        },
        Some(user),
    ) = (event, judge.user(id))
    else {
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
