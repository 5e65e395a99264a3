//! What must hold, one promise a file; and when each is looked at.

mod as_of;
mod bounds;
mod calls;
mod ghosts;
mod grant;
mod granted;
mod informed;
mod jeopardy;
mod order;
mod own;
mod past;
mod refused;
mod revival;
mod single_leader;
mod standing;
mod strict;
mod tokens;
mod told;
pub(crate) mod traffic;
mod views;

use crate::clock::Nanos;
use crate::node::Held;
use crate::plan::Plan;
use crate::wire::Question;
use crate::world::World;
use std::collections::BTreeMap;
use tenure::core::{ContenderEvent, Event, Handle, LeasePolicy};

/// Why a promise is broken.
pub(crate) type Broken = String;

/// What the checks remember.
#[derive(Debug)]
pub(crate) struct Checks {
    /// The newest tenure of each group: its token.
    tenures: Vec<u64>,
    /// Until when two may lead a group: an administrator has meddled.
    excused: Vec<Nanos>,
    /// Connections whose handshake a server with another session timeout has heard, and until when
    /// that excuses everything if the client never hears of it.
    unanswered: BTreeMap<usize, Nanos>,
    /// The newest transaction that any server has applied, when it was last looked.
    zxid: i64,
}

impl Checks {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            tenures: vec![0; plan.groups.len()],
            excused: vec![0; plan.groups.len()],
            unanswered: BTreeMap::new(),
            zxid: 0,
        }
    }

    /// A server hears a handshake, and grants less than others do.
    pub(crate) fn shortened(&mut self, conn: usize, until: Nanos) {
        self.unanswered.insert(conn, until);
    }

    /// Its answer has arrived.
    pub(crate) fn answered(&mut self, conn: usize) {
        self.unanswered.remove(&conn);
    }

    /// Somebody who may not has deleted something of this group, or ended a session.
    pub(crate) fn excuse(&mut self, group: usize, until: Nanos) {
        self.excused[group] = self.excused[group].max(until);
    }

    fn is_excused(&self, group: usize, now: Nanos) -> bool {
        now < self.excused[group] || self.unanswered.values().any(|until| now < *until)
    }
}

/// A leadership is published or taken back.
pub(crate) fn on_lease(world: &mut World, id: usize, handle: Handle, held: Option<Held>) {
    let candidate = |world: &World| {
        let process = world.nodes[id].process.as_ref()?;
        let candidate = process.candidates.get(&handle)?;
        Some((candidate.group, candidate.held))
    };
    let Some((group, before)) = candidate(world) else {
        return;
    };
    let begins = held.is_some_and(|held| before.is_none_or(|b| b.token != held.token));
    if let Some(held) = held {
        keep(world, |w| revival::check(w, id, handle, held));
        if begins {
            keep(world, |w| told::check(w, id, handle, group));
            keep(world, |w| grant::check(w, id, group, held));
            keep(world, |w| tokens::check(w, group, held));
            let newest = world.checks.tenures[group].max(held.token);
            world.checks.tenures[group] = newest;
        }
    }
    let process = world.nodes[id].process.as_mut();
    if let Some(candidate) = process.and_then(|p| p.candidates.get_mut(&handle)) {
        candidate.held = held;
    }
    if held.is_some() {
        keep(world, |w| single_leader::check(w, group));
    }
}

/// A server has taken a client up, and the client hears of it.
pub(crate) fn on_handshake(world: &mut World, id: usize, server: usize) {
    if past::is_forgotten(world, id)
        && let Some(process) = &mut world.nodes[id].process
    {
        process.zxid = 0;
    }
    keep(world, |w| past::check(w, id, server));
}

/// A write of a client is answered, and not with an error.
pub(crate) fn on_write(world: &mut World, id: usize, question: Option<Question>) {
    keep(world, |_| own::check(id, question));
}

/// A user is told something.
pub(crate) fn on_event(world: &mut World, id: usize, handle: Handle, event: &Event) {
    match event {
        Event::Contender(event) => {
            keep(world, |w| order::check(w, id, handle, event));
            keep(world, |_| refused::check(id, event));
            if let ContenderEvent::Jeopardy { lease_end, .. } = event {
                keep(world, |w| jeopardy::told(w, id, handle, *lease_end));
            }
        }
        Event::Detector(event) => keep(world, |w| as_of::check(w, id, event)),
        Event::Session(event) => keep(world, |w| granted::check(w, id, event)),
        Event::Group(_) => {}
    }
}

/// Everything that was due at this instant is done.
pub(crate) fn after_step(world: &mut World) {
    let servers = 0..world.ensemble.size();
    let zxid = servers.map(|s| world.ensemble.zxid(s)).max().unwrap_or(0);
    if std::mem::replace(&mut world.checks.zxid, zxid) != zxid {
        keep(world, standing::check);
    }
    keep(world, informed::check);
    keep(world, jeopardy::check);
    keep(world, traffic::check);
    keep(world, strict::check);
}

/// What is not in order yet, after everything was healed.
pub(crate) fn disorder(world: &World) -> Option<Broken> {
    let all = [views::leaders, views::agree, ghosts::check, calls::check];
    all.into_iter().find_map(|check| check(world).err())
}

/// All is in order: what is left over?
pub(crate) fn at_end(world: &mut World) {
    keep(world, bounds::check);
}

fn keep(world: &mut World, check: impl FnOnce(&World) -> Result<(), Broken>) {
    if world.broken.is_none()
        && let Err(what) = check(world)
    {
        world.fail(what);
    }
}

/// Everybody who believes to lead a group: machine, token.
fn believers(world: &World, group: usize) -> impl Iterator<Item = (usize, Held)> {
    world.nodes.iter().enumerate().flat_map(move |(id, node)| {
        let candidates = node.process.iter().flat_map(|p| p.candidates.values());
        candidates
            .filter(move |c| c.group == group && c.policy != LeasePolicy::Session)
            .filter(|c| world.believes(c))
            .filter_map(move |c| Some((id, c.held?)))
    })
}
