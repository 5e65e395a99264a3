//! Nobody reports a token that fell: the ensembles of the worlds lose no committed write. The tests of
//! the core empty one.

use super::Broken;
use tenure::core::{ContenderEvent, DetectorEvent, Member};

pub(super) fn contender(id: usize, event: &ContenderEvent) -> Result<(), Broken> {
    match event {
        ContenderEvent::TokenFell { member, before } => Err(broken(id, member, *before)),
        _ => Ok(()),
    }
}

pub(super) fn detector(id: usize, event: &DetectorEvent) -> Result<(), Broken> {
    match event {
        DetectorEvent::TokenFell { member, before } => Err(broken(id, member, *before)),
        _ => Ok(()),
    }
}

fn broken(id: usize, member: &Member, before: u64) -> Broken {
    let token = member.token;
    format!("client {id} reports that the token fell from {before} to {token}")
}
