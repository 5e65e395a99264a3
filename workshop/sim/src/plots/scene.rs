//! The scene that tests a formula of the lease: a leader behind a learner, without another server
//! to use, the best links, and ZooKeeper's pings at the worst moments.

use super::tools::{only, relay, timeout};
use crate::acts;
use crate::trial::Trial;
use crate::user::What;
use std::time::Duration;
use tenure::core::{Call, Command};
use tenure::model::{LinkOptions, ServerState};
use tenure_worlds::{MS, Nanos, Quality, Way, nanos, span};

/// How long before a session's earliest end, less T, the ping with the last touch is sent.
const LEAD: Nanos = 5 * MS;
/// How exactly pings are moved there.
const EXACT: Nanos = 2 * MS;
/// The number of tries to move them.
const MOVES_MAX: u32 = 12;

/// The participants.
pub(super) struct Scene {
    /// The client that leads.
    pub(super) node: usize,
    /// The learner to which it is attached.
    pub(super) server: usize,
    /// The server that the learner follows.
    pub(super) up: usize,
    /// T.
    pub(super) timeout: Nanos,
    /// R, as the client computes it.
    pub(super) relay: Nanos,
}

impl Scene {
    /// Sets the scene, if a contender leads whose lease outlives its connection.
    pub(super) fn set(trial: &mut Trial) -> Option<Self> {
        let node = somebody(trial)?;
        let (server, up) = learner(trial, node)?;
        only(trial, node, server);
        trial.world.heal(node, server, Way::Up, true);
        trial.world.heal(node, server, Way::Down, true);
        trial.world.set_quality(node, Quality::GOOD);
        trial.world.set_links(&LinkOptions::default());
        trial.world.ensemble.set_ping_lateness(Duration::ZERO);
        let there = move |w: &Trial| {
            let user = w.judge.user(node);
            user.is_some_and(|u| u.attached && u.server == Some(server))
        };
        if !there(trial) {
            trial.reset(node);
        }
        let patience = timeout(trial, node);
        trial.run_until(patience / 2, there);
        // By then the lease rests on proofs, not on the connection's handshake.
        trial.run(patience / 2);
        let scene = Self {
            node,
            server,
            up,
            timeout: timeout(trial, node),
            relay: relay(trial, node),
        };
        if there(trial) && trial.leads_any(node) {
            return Some(scene);
        }
        scene.leave(trial);
        None
    }

    /// Moves ZooKeeper's pings so that a touch which one of them brings lasts hardly longer than T,
    /// by stopping its leader for a moment at a time; ends shortly before that ping. False if that
    /// is not possible.
    pub(super) fn aim(&self, trial: &mut Trial, before: Nanos) -> bool {
        let half = trial.plan.tick / 2;
        for _ in 0..MOVES_MAX {
            let Some((ping, late)) = self.next_ping(trial) else {
                return false;
            };
            let shift = late % half;
            if shift > EXACT {
                let Some(leader) = trial.world.ensemble.leader() else {
                    return false;
                };
                run_to(trial, ping.saturating_sub(MS));
                acts::pause_server(trial, leader);
                run_to(trial, ping + shift.min(self.timeout / 12));
                acts::resume_server(trial, leader);
            } else if late > EXACT || ping < trial.world.now + before {
                run_to(trial, ping + MS);
            } else {
                run_to(trial, ping - before);
                return true;
            }
        }
        false
    }

    /// The time of the leader's next ping, and how much later it would have to be for a touch to
    /// last hardly longer than T.
    fn next_ping(&self, trial: &Trial) -> Option<(Nanos, Nanos)> {
        let ping = nanos(trial.world.ensemble.next_ping()?);
        let session = trial.judge.user(self.node)?.session?;
        let expiry = nanos(trial.world.ensemble.expiry(session)?);
        // Sessions end a tick apart.
        let wanted = i128::from(expiry) - i128::from(self.timeout) - i128::from(LEAD);
        let late = (wanted - i128::from(ping)).rem_euclid(i128::from(trial.plan.tick));
        Some((ping, u64::try_from(late).ok()?))
    }

    /// From now on, no message of the learner arrives, or none of its upstream.
    pub(super) fn cut(&self, trial: &mut Trial) {
        let (from, to) = match trial.world.ensemble.leader() {
            Some(leader) if leader != self.up && trial.world.dice.bool() => (self.up, leader),
            _ => (self.server, self.up),
        };
        cut_off(trial, from, to);
    }

    /// A ping of the leader that woke is late, and two writes of the client are under way at once:
    /// the writes arrive, and the answer to the ping, behind them, does not.
    pub(super) fn pass_each_other(&self, trial: &mut Trial, mark: &'static str) {
        cut_off(trial, self.up, self.server);
        trial.run(101 * MS);
        self.write_twice(trial);
        trial.run(8 * MS);
        trial.judge.marks.hit(mark);
        cut_off(trial, self.server, self.up);
        trial
            .world
            .ensemble
            .heal(self.up, self.server, span(trial.world.now));
    }

    /// Waits for the violation that must not occur, and ends the scene.
    pub(super) fn wreck(&self, trial: &mut Trial) {
        let received = |w: &Trial| w.judge.user(self.node).map(|u| u.received);
        let (leads, before) = (trial.leads_any(self.node), received(trial));
        self.ask(trial);
        trial.run(self.timeout * 12 / 10);
        let user = trial.judge.user(self.node);
        let stays = user.is_some_and(|u| u.server == Some(self.server));
        if leads && stays && received(trial) > before && !trial.leads_any(self.node) {
            trial.judge.marks.hit("follower-kept-answering-past-lease");
        }
        self.leave(trial);
    }

    fn leave(&self, trial: &mut Trial) {
        let (links, quality) = (
            trial.plan.links.clone(),
            trial.plan.nodes[self.node].quality,
        );
        trial.world.set_links(&links);
        trial.world.set_quality(self.node, quality);
        trial
            .world
            .ensemble
            .set_ping_lateness(span(trial.plan.lateness));
        for server in 0..trial.plan.servers() {
            acts::resume_server(trial, server);
        }
        acts::heal_servers(trial);
        trial.world.heal_client(self.node, true);
    }

    // ---- acts of the client ----

    /// Sends a write, if none is under way.
    pub(super) fn write(&self, trial: &mut Trial) {
        if !self.is_writing(trial) {
            acts::set_data(trial, self.node);
        }
    }

    pub(super) fn is_writing(&self, trial: &Trial) -> bool {
        let user = trial.judge.user(self.node);
        user.is_some_and(|u| u.calls.values().any(|call| *call == What::Write))
    }

    /// Two writes in one segment: a payload, and a member that joins.
    pub(super) fn write_twice(&self, trial: &mut Trial) {
        let handle = trial.open(self.node, 0);
        trial.join(self.node, handle);
        self.write(trial);
    }

    /// Withdraws the member that has joined.
    pub(super) fn take_back(&self, trial: &mut Trial) {
        let Some(user) = trial.judge.user_mut(self.node) else {
            return;
        };
        let joined: Vec<_> = user.memberships.iter_mut().collect();
        let joined = joined.into_iter().flat_map(|(handle, members)| {
            let paths = members.drain(..).map(|member| member.path);
            paths.map(|path| (*handle, path))
        });
        for (handle, path) in joined.collect::<Vec<_>>() {
            trial.call(self.node, What::Cancel(handle), |call| Command::Call {
                handle,
                call,
                what: Call::Cancel { path },
            });
        }
    }

    /// Writes, and waits for the answer.
    pub(super) fn write_through(&self, trial: &mut Trial) {
        self.write(trial);
        trial.run_until(50 * MS, |w| !self.is_writing(w));
    }

    /// Sends a request that the learner answers by itself.
    pub(super) fn ask(&self, trial: &mut Trial) {
        let id = self.node;
        let Some(user) = trial.judge.user(id) else {
            return;
        };
        let handle = match user.asker {
            Some(handle) => handle,
            None => {
                let handle = trial.open(id, 0);
                if let Some(user) = trial.judge.user_mut(id) {
                    user.asker = Some(handle);
                }
                handle
            }
        };
        trial.call(id, What::Ask, |call| Command::Call {
            handle,
            call,
            what: Call::Members,
        });
    }

    /// Writes repeatedly.
    pub(super) fn write_until(&self, trial: &mut Trial, end: Nanos) {
        while trial.world.now < end && trial.world.broken().is_none() {
            self.write(trial);
            run_to(trial, (trial.world.now + MS).min(end));
        }
    }

    /// Sends requests repeatedly.
    pub(super) fn ask_until(&self, trial: &mut Trial, end: Nanos) {
        while trial.world.now < end && trial.world.broken().is_none() {
            self.ask(trial);
            run_to(trial, (trial.world.now + 10 * MS).min(end));
        }
    }
}

pub(super) fn run_to(trial: &mut Trial, at: Nanos) {
    let length = at.saturating_sub(trial.world.now);
    trial.run(length);
}

fn somebody(trial: &mut Trial) -> Option<usize> {
    let leaders = trial.judge.proven(&trial.world);
    trial.world.dice.choice(&leaders).copied()
}

fn learner(trial: &mut Trial, node: usize) -> Option<(usize, usize)> {
    let listed = trial.plan.nodes[node].servers.iter();
    let learns = |server: &usize| match trial.world.ensemble.state(*server) {
        ServerState::Following {
            upstream,
            serving: true,
        } => Some((*server, upstream)),
        _ => None,
    };
    let learners: Vec<_> = listed.filter_map(learns).collect();
    trial.world.dice.choice(&learners).copied()
}

/// From now on, no message of one server reaches another one.
fn cut_off(trial: &mut Trial, from: usize, to: usize) {
    trial.world.note(|| format!("cut: server {from} to {to}"));
    trial.world.ensemble.cut(from, to, span(trial.world.now));
}
