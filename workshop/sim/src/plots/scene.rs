//! The scene on which a formula of the lease is put to the test: a leader behind a learner, with
//! nobody else to turn to, links at their best, and ZooKeeper's pings at the moments that are worst.

use super::tools::{only, relay, timeout};
use crate::acts;
use crate::clock::{MS, Nanos};
use crate::node::What;
use crate::plan::Quality;
use crate::wire::Way;
use crate::world::{World, nanos, span};
use std::time::Duration;
use tenure::core::{Command, LeasePolicy};
use tenure::model::{LinkOptions, ServerState};

/// How long before a session's earliest end, less T, the ping is sent that brings the last touch.
const LEAD: Nanos = 5 * MS;
/// How exactly pings are moved there.
const EXACT: Nanos = 2 * MS;
/// How often they are moved before it is given up.
const MOVES_MAX: u32 = 12;

/// Who plays.
pub(super) struct Scene {
    /// The client that leads.
    pub(super) node: usize,
    /// The learner that it is attached to.
    pub(super) server: usize,
    /// Whom that learns from.
    pub(super) up: usize,
    /// T.
    pub(super) timeout: Nanos,
    /// R, as the client reckons it.
    pub(super) relay: Nanos,
}

impl Scene {
    /// Sets it, if somebody leads whose lease outlives its connection.
    pub(super) fn set(world: &mut World) -> Option<Self> {
        let node = somebody(world)?;
        let (server, up) = learner(world, node)?;
        only(world, node, server);
        world.heal(node, server, Way::Up, true);
        world.heal(node, server, Way::Down, true);
        world.set_quality(node, Quality::GOOD);
        world.set_links(&LinkOptions::default());
        world.ensemble.set_ping_lateness(Duration::ZERO);
        let there = move |w: &World| {
            let process = w.nodes[node].process.as_ref();
            process.is_some_and(|p| p.attached && p.server == Some(server))
        };
        if !there(world) {
            world.reset(node);
        }
        let patience = timeout(world, node);
        world.run_until(patience / 2, there);
        // By then the lease rests on proofs, not on the connection's handshake.
        world.run(patience / 2);
        let scene = Self {
            node,
            server,
            up,
            timeout: timeout(world, node),
            relay: relay(world, node),
        };
        if there(world) && world.leads_any(node) {
            return Some(scene);
        }
        scene.leave(world);
        None
    }

    /// Moves ZooKeeper's pings so that a touch which one of them brings lasts hardly longer than T,
    /// by stopping its leader for a moment at a time; ends shortly before that ping. False if it
    /// cannot be done.
    pub(super) fn aim(&self, world: &mut World, before: Nanos) -> bool {
        let half = world.plan.tick / 2;
        for _ in 0..MOVES_MAX {
            let Some((ping, late)) = self.next_ping(world) else {
                return false;
            };
            let shift = late % half;
            if shift > EXACT {
                let Some(leader) = world.ensemble.leader() else {
                    return false;
                };
                run_to(world, ping.saturating_sub(MS));
                acts::pause_server(world, leader);
                run_to(world, ping + shift.min(self.timeout / 12));
                acts::resume_server(world, leader);
            } else if late > EXACT || ping < world.now + before {
                run_to(world, ping + MS);
            } else {
                run_to(world, ping - before);
                return true;
            }
        }
        false
    }

    /// When the leader pings next, and how much later that had to be for a touch to last hardly
    /// longer than T.
    fn next_ping(&self, world: &World) -> Option<(Nanos, Nanos)> {
        let ping = nanos(world.ensemble.next_ping()?);
        let session = world.nodes[self.node].process.as_ref()?.session?;
        let expiry = nanos(world.ensemble.expiry(session)?);
        // Sessions end a tick apart.
        let wanted = i128::from(expiry) - i128::from(self.timeout) - i128::from(LEAD);
        let late = (wanted - i128::from(ping)).rem_euclid(i128::from(world.plan.tick));
        Some((ping, u64::try_from(late).ok()?))
    }

    /// Nothing that the learner says is heard any more, or nothing that its upstream says.
    pub(super) fn cut(&self, world: &mut World) {
        let (from, to) = match world.ensemble.leader() {
            Some(leader) if leader != self.up && world.dice.bool() => (self.up, leader),
            _ => (self.server, self.up),
        };
        cut_off(world, from, to);
    }

    /// A ping of the leader that woke is late, and two writes of the client are under way at once: the
    /// writes arrive, and the answer to the ping, behind them, does not.
    pub(super) fn pass_each_other(&self, world: &mut World, mark: &'static str) {
        cut_off(world, self.up, self.server);
        world.run(101 * MS);
        self.write_twice(world);
        world.run(8 * MS);
        world.marks.hit(mark);
        cut_off(world, self.server, self.up);
        world.ensemble.heal(self.up, self.server, span(world.now));
    }

    /// Waits for what must not happen, and leaves.
    pub(super) fn wreck(&self, world: &mut World) {
        let heard = |w: &World| w.nodes[self.node].process.as_ref().map(|p| p.heard);
        let (leads, before) = (world.leads_any(self.node), heard(world));
        self.ask(world);
        world.run(self.timeout * 12 / 10);
        let process = world.nodes[self.node].process.as_ref();
        let stays = process.is_some_and(|p| p.server == Some(self.server));
        if leads && stays && heard(world) > before && !world.leads_any(self.node) {
            world.marks.hit("follower-kept-answering-past-lease");
        }
        self.leave(world);
    }

    fn leave(&self, world: &mut World) {
        let (links, quality) = (
            world.plan.links.clone(),
            world.nodes[self.node].plan.quality,
        );
        world.set_links(&links);
        world.set_quality(self.node, quality);
        world.ensemble.set_ping_lateness(span(world.plan.lateness));
        for server in 0..world.plan.servers() {
            acts::resume_server(world, server);
        }
        acts::heal_servers(world);
        world.heal_client(self.node, true);
    }

    // ---- what the client does ----

    /// Asks for a write, if none is under way.
    pub(super) fn write(&self, world: &mut World) {
        if !self.is_writing(world) {
            acts::set_data(world, self.node);
        }
    }

    pub(super) fn is_writing(&self, world: &World) -> bool {
        let process = world.nodes[self.node].process.as_ref();
        process.is_some_and(|p| p.calls.values().any(|call| call.what == What::Write))
    }

    /// Two writes in one segment: a payload, and a member that joins.
    pub(super) fn write_twice(&self, world: &mut World) {
        let handle = world.open(self.node, 0);
        world.join(self.node, handle);
        self.write(world);
    }

    /// Takes back what has joined.
    pub(super) fn take_back(&self, world: &mut World) {
        let Some(process) = &mut world.nodes[self.node].process else {
            return;
        };
        let joined: Vec<_> = process.memberships.iter_mut().collect();
        let joined = joined.into_iter().flat_map(|(handle, members)| {
            let paths = members.drain(..).map(|member| member.path);
            paths.map(|path| (*handle, path))
        });
        for (handle, path) in joined.collect::<Vec<_>>() {
            world.call(self.node, What::Cancel(handle), |call| Command::Cancel {
                handle,
                call,
                path,
            });
        }
    }

    /// Writes, and waits until that is done.
    pub(super) fn write_through(&self, world: &mut World) {
        self.write(world);
        world.run_until(50 * MS, |w| !self.is_writing(w));
    }

    /// Asks for something that the learner answers by itself.
    pub(super) fn ask(&self, world: &mut World) {
        let id = self.node;
        let Some(process) = &world.nodes[id].process else {
            return;
        };
        let handle = match process.asker {
            Some(handle) => handle,
            None => {
                let handle = world.open(id, 0);
                if let Some(process) = &mut world.nodes[id].process {
                    process.asker = Some(handle);
                }
                handle
            }
        };
        world.call(id, What::Ask, |call| Command::Members { handle, call });
    }

    /// Writes again and again.
    pub(super) fn write_until(&self, world: &mut World, end: Nanos) {
        while world.now < end && world.broken.is_none() {
            self.write(world);
            run_to(world, (world.now + MS).min(end));
        }
    }

    /// Asks again and again.
    pub(super) fn ask_until(&self, world: &mut World, end: Nanos) {
        while world.now < end && world.broken.is_none() {
            self.ask(world);
            run_to(world, (world.now + 10 * MS).min(end));
        }
    }
}

pub(super) fn run_to(world: &mut World, at: Nanos) {
    let length = at.saturating_sub(world.now);
    world.run(length);
}

fn somebody(world: &mut World) -> Option<usize> {
    let leads = |id: &usize| {
        let node = &world.nodes[*id];
        let process = node.process.iter().filter(|p| !p.closing && !node.paused);
        let mut all = process.flat_map(|p| p.candidates.values());
        all.any(|c| c.policy == LeasePolicy::Verified && world.believes(c))
    };
    let leaders: Vec<usize> = (0..world.nodes.len()).filter(leads).collect();
    world.dice.choice(&leaders).copied()
}

fn learner(world: &mut World, node: usize) -> Option<(usize, usize)> {
    let listed = world.nodes[node].plan.servers.iter();
    let learns = |server: &usize| match world.ensemble.state(*server) {
        ServerState::Following {
            upstream,
            serving: true,
        } => Some((*server, upstream)),
        _ => None,
    };
    let learners: Vec<_> = listed.filter_map(learns).collect();
    world.dice.choice(&learners).copied()
}

/// What one server says does not reach another one from now on.
fn cut_off(world: &mut World, from: usize, to: usize) {
    world.note(|| format!("cut: server {from} to {to}"));
    world.ensemble.cut(from, to, span(world.now));
}
