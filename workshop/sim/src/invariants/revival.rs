//! Nothing revives: no lease is renewed after its end, and no token leads again after its loss was
//! reported.

use super::Broken;
use crate::judge::{Judge, World};
use crate::user::Held;
use tenure::core::Handle;

pub(super) fn check(
    world: &World,
    judge: &Judge,
    id: usize,
    handle: Handle,
    held: Held,
) -> Result<(), Broken> {
    let Some(candidate) = judge.user(id).and_then(|u| u.candidates.get(&handle)) else {
        return Ok(());
    };
    if held.token <= candidate.lost {
        return Err(format!("client {id} leads again with token {}", held.token));
    }
    match candidate.held {
        Some(before) if before.token == held.token && before.until <= world.now => Err(format!(
            "client {id}: the lease of token {} is renewed after its end",
            held.token
        )),
        _ => Ok(()),
    }
}
