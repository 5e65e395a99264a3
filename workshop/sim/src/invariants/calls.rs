//! Every call ends.

use super::Broken;
use crate::judge::{Judge, World};

pub(super) fn check(_: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, user) in judge.users() {
        if let Some((call, what)) = user.calls.first_key_value() {
            return Err(format!("client {id}: call {} waits: {what:?}", call.0));
        }
    }
    Ok(())
}
