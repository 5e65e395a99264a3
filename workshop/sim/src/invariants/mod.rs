//! The promises, one a file, and the moments at which each is checked.

mod another;
mod as_of;
mod bounds;
mod calls;
mod deposed;
mod fell;
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

use crate::judge::{Judge, World};
use crate::plan::Plan;
use crate::user::Held;
use std::collections::BTreeMap;
use tenure::core::{ContenderEvent, Event, Handle, LeasePolicy};
use tenure_worlds::{Nanos, Question};

/// The reason for which a promise is broken.
pub(crate) type Broken = String;

/// The state that the checks keep.
#[derive(Debug)]
pub(crate) struct Checks {
    /// The token of the newest tenure of each group.
    tenures: Vec<u64>,
    /// Until when two may lead a group, because an administrator has interfered.
    excused: Vec<Nanos>,
    /// Connections whose handshake reached a server with another session timeout, and the instant
    /// until which that excuses everything if the server's answer never reaches the client.
    unanswered: BTreeMap<usize, Nanos>,
    /// The newest transaction that any server had applied at the last check.
    zxid: i64,
    /// The newest change of the data of each group.
    beats: Vec<deposed::Beat>,
}

impl Checks {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            tenures: vec![0; plan.groups.len()],
            excused: vec![0; plan.groups.len()],
            unanswered: BTreeMap::new(),
            zxid: 0,
            beats: vec![deposed::Beat::default(); plan.groups.len()],
        }
    }

    /// A handshake reaches a server that grants less than others.
    pub(crate) fn shortened(&mut self, conn: usize, until: Nanos) {
        self.unanswered.insert(conn, until);
    }

    /// The server's answer has arrived at the client.
    pub(crate) fn answered(&mut self, conn: usize) {
        self.unanswered.remove(&conn);
    }

    /// An administrator has deleted a znode of this group, or ended a session.
    pub(crate) fn excuse(&mut self, group: usize, until: Nanos) {
        self.excused[group] = self.excused[group].max(until);
    }

    fn is_excused(&self, group: usize, now: Nanos) -> bool {
        now < self.excused[group] || self.unanswered.values().any(|until| now < *until)
    }
}

/// A leadership is published or taken back.
pub(crate) fn on_lease(
    judge: &mut Judge,
    world: &World,
    id: usize,
    handle: Handle,
    held: Option<Held>,
) {
    let candidate = judge.user(id).and_then(|u| u.candidates.get(&handle));
    let Some((group, before)) = candidate.map(|c| (c.group, c.held)) else {
        return;
    };
    let begins = held.is_some_and(|held| before.is_none_or(|b| b.token != held.token));
    if let Some(held) = held {
        judge.keep(world, |j| revival::check(world, j, id, handle, held));
        if begins {
            judge.keep(world, |j| told::check(world, j, id, handle, group));
            judge.keep(world, |j| grant::check(world, j, id, group, held));
            judge.keep(world, |j| tokens::check(world, j, group, held));
            let newest = judge.checks.tenures[group].max(held.token);
            judge.checks.tenures[group] = newest;
        }
    }
    let user = judge.user_mut(id);
    if let Some(candidate) = user.and_then(|u| u.candidates.get_mut(&handle)) {
        candidate.held = held;
    }
    if held.is_some() {
        judge.keep(world, |j| single_leader::check(world, j, group));
    }
}

/// A server has accepted a client, and its answer reaches the client.
pub(crate) fn on_handshake(judge: &mut Judge, world: &World, id: usize, server: usize) {
    if past::is_forgotten(world, judge, id)
        && let Some(user) = judge.user_mut(id)
    {
        user.zxid = 0;
    }
    judge.keep(world, |j| past::check(world, j, id, server));
}

/// A client sends a request.
pub(crate) fn on_request(judge: &mut Judge, world: &World, id: usize, body: &[u8]) {
    judge.keep(world, |j| another::check(world, j, id, body));
}

/// A server answers a write of a client without an error.
pub(crate) fn on_write(judge: &mut Judge, world: &World, id: usize, question: Option<Question>) {
    judge.keep(world, |_| own::check(id, question));
}

/// A user gets an event.
pub(crate) fn on_event(judge: &mut Judge, world: &World, id: usize, handle: Handle, event: &Event) {
    match event {
        Event::Contender(event) => {
            judge.keep(world, |j| order::check(j, id, handle, event));
            judge.keep(world, |_| fell::contender(id, event));
            judge.keep(world, |_| refused::check(id, event));
            judge.keep(world, |j| deposed::check(world, j, id, handle, event));
            if let ContenderEvent::Jeopardy { lease_end, .. } = event {
                judge.keep(world, |j| jeopardy::told(world, j, id, handle, *lease_end));
            }
        }
        Event::Detector(event) => {
            judge.keep(world, |_| fell::detector(id, event));
            judge.keep(world, |_| as_of::check(world, id, event));
        }
        Event::Session(event) => judge.keep(world, |j| granted::check(j, id, event)),
        Event::Group(_) => {}
    }
}

/// Everything that was due at this instant has happened.
pub(crate) fn after_step(judge: &mut Judge, world: &World) {
    let servers = 0..world.ensemble.size();
    let zxid = servers.map(|s| world.ensemble.zxid(s)).max().unwrap_or(0);
    if std::mem::replace(&mut judge.checks.zxid, zxid) != zxid {
        judge.keep(world, |j| standing::check(world, j));
        deposed::note(judge, world);
    }
    for check in [
        informed::check,
        jeopardy::check,
        traffic::check,
        strict::check,
    ] {
        judge.keep(world, |j| check(world, j));
    }
}

/// The first thing that is not in order yet, after everything was healed.
pub(crate) fn disorder(world: &World, judge: &Judge) -> Option<Broken> {
    let all = [views::leaders, views::agree, ghosts::check, calls::check];
    all.into_iter().find_map(|check| check(world, judge).err())
}

/// All is in order: reports what is left over.
pub(crate) fn at_end(world: &World, judge: &Judge) -> Result<(), Broken> {
    bounds::check(world, judge)
}

/// All contenders that believe that they lead a group: machine, token.
fn believers<'a>(
    world: &'a World,
    judge: &'a Judge,
    group: usize,
) -> impl Iterator<Item = (usize, Held)> + 'a {
    judge.users().flat_map(move |(id, user)| {
        let candidates = user.candidates.values();
        candidates
            .filter(move |c| c.group == group && c.policy != LeasePolicy::Session)
            .filter(|c| judge.believes(world, c))
            .filter_map(move |c| Some((id, c.held?)))
    })
}
