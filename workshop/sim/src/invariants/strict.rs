//! A leader with the policy `strict` has a connection.

use super::Broken;
use crate::judge::{Judge, World};
use tenure::core::LeasePolicy;

pub(super) fn check(_: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, user) in judge.users().filter(|(_, user)| !user.attached) {
        for candidate in user.candidates.values() {
            if candidate.policy == LeasePolicy::Strict && candidate.held.is_some() {
                return Err(format!(
                    "client {id} leads by the strict policy without a connection"
                ));
            }
        }
    }
    Ok(())
}
