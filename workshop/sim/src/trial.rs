//! One world on trial: its plan, the world itself, and the judge. This file has the acts that hit a
//! mark or need an allowance; the other acts are those of the world.

use crate::acts;
use crate::judge::{Judge, World};
use crate::names::Phonebook;
use crate::plan::Plan;
use crate::user::Candidate;
use fastrand::Rng;
use std::rc::Rc;
use tenure::model::Ensemble;
use tenure_worlds::{Host, MS, Nanos, SECOND, span};

pub(crate) struct Trial {
    pub(crate) plan: Rc<Plan>,
    pub(crate) world: World,
    pub(crate) judge: Judge,
    /// Znodes that an administrator has closed to readers.
    pub(crate) locked: Vec<String>,
    /// When the readers were last let in again.
    pub(crate) unlocked: Nanos,
    /// The time until order returned.
    pub(crate) settled: Nanos,
}

impl Trial {
    pub(crate) fn new(seed: u64, plan: Plan, told: usize, cached_flag: bool) -> Self {
        let now = SECOND;
        let mut dice = Rng::with_seed(seed ^ 0x5e_ed0f_0a11_u64);
        let more = Rng::with_seed(seed ^ 0x0d_d50f_7b0b_u64);
        let mut ensemble = Ensemble::new(plan.ensemble(dice.u64(..)), span(now));
        ensemble.set_ping_lateness(span(plan.lateness));
        ensemble.set_closing_time(span(plan.hazards.closing));
        ensemble.set_touch_loss(plan.hazards.touches);
        if let Some(meagre) = plan.meagre {
            for server in (1..plan.servers()).step_by(2) {
                ensemble.set_max_session_timeout(server, span(meagre));
            }
        }
        let plan = Rc::new(plan);
        let names = Phonebook::new(&plan);
        let mut world = World::new(ensemble, now, names, dice, more, told);
        for node in &plan.nodes {
            let host = Host::new(node.clock, plan.servers(), node.quality);
            world.hosts.push(host);
        }
        Self {
            judge: Judge::new(Rc::clone(&plan), cached_flag),
            plan,
            world,
            locked: Vec::new(),
            unlocked: 0,
            settled: 0,
        }
    }

    // ---- time ----

    /// Lets time pass.
    pub(crate) fn run(&mut self, length: Nanos) {
        self.run_until(length, |_| false);
    }

    /// Lets time pass until a condition holds; returns whether it does.
    pub(crate) fn run_until(&mut self, length: Nanos, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.world.now + length;
        while self.world.broken().is_none() {
            if holds(self) {
                return true;
            }
            if !self.world.advance(&mut self.judge, end) {
                return holds(self);
            }
        }
        false
    }

    /// Sends the pending output of servers, after an act on the ensemble itself.
    pub(crate) fn collect(&mut self) {
        self.world.collect(&mut self.judge);
    }

    // ---- acts on machines ----

    pub(crate) fn pause(&mut self, id: usize) {
        if self.world.pause(id) && self.leads_any(id) {
            self.judge.marks.hit("client-paused-while-leading");
        }
    }

    /// The process resumes, and reads late the bytes that have arrived.
    pub(crate) fn resume(&mut self, id: usize) {
        let now = self.world.now;
        let late = |c: &Candidate| c.held.is_some_and(|held| held.until <= now);
        let user = self.judge.user(id);
        if self.world.hosts[id].is_paused() && user.is_some_and(|u| u.candidates.values().any(late))
        {
            self.judge.marks.hit("client-paused-past-lease");
        }
        self.world.resume(&mut self.judge, id, true);
    }

    /// The process is killed. If its machine dies with it, no server notices.
    pub(crate) fn kill(&mut self, id: usize, machine: bool) {
        if self.world.kill(id, machine) {
            self.judge.accounts[id].user = None;
            self.judge.marks.hit("client-killed");
        }
    }

    /// Every connection of a machine is reset.
    pub(crate) fn reset(&mut self, id: usize) {
        if let Some(user) = self.judge.user_mut(id) {
            user.dials.grant(2);
        }
        self.judge.marks.hit("reset");
        self.world.reset(id);
    }

    /// The server drops the next request of this client silently.
    pub(crate) fn drop_request(&mut self, id: usize) {
        if self.world.drop_request(id) {
            self.judge.marks.hit("request-dropped");
        }
    }

    /// An administrator is about to interfere with a group: for a while, that excuses what it may cause.
    pub(crate) fn excuse(&mut self, group: usize) {
        let until = self.world.now + acts::excuse(&self.plan);
        self.judge.checks.excuse(group, until);
    }

    // ---- acts on servers ----

    /// Ends a server's process, with its machine or without.
    pub(crate) fn crash(&mut self, server: usize, machine: bool) {
        if self.world.crash(&mut self.judge, server, machine) {
            self.judge.marks.hit(match machine {
                true => "server-crashed-without-a-word",
                false => "server-crashed",
            });
        }
    }

    pub(crate) fn restart(&mut self, server: usize) {
        self.world.restart(&mut self.judge, server);
    }

    /// A server comes back at another address, and its name points there.
    pub(crate) fn move_server(&mut self, server: usize) {
        self.judge.marks.hit("address-moved");
        self.world.note(|| format!("server {server} moves"));
        self.crash(server, true);
        self.world.names.move_server(server);
        let late = self.world.more.u64(0..500 * MS);
        self.run(late);
        self.restart(server);
    }

    // ---- looks at it ----

    pub(crate) fn leads_any(&self, id: usize) -> bool {
        self.judge.leads_any(&self.world, id)
    }

    /// The machine and the server of a leader.
    pub(crate) fn a_leader(&mut self) -> Option<(usize, usize)> {
        let leads = |id: &usize| self.leads_any(*id) && !self.world.hosts[*id].is_paused();
        let leaders: Vec<usize> = (0..self.plan.nodes.len()).filter(leads).collect();
        let id = self.world.dice.choice(&leaders).copied()?;
        let server = self.judge.user(id)?.server?;
        Some((id, server))
    }

    /// The present state, in words.
    pub(crate) fn state(&self) -> String {
        let ensemble = &self.world.ensemble;
        let mut words = format!("{ensemble:?}");
        for group in &self.plan.groups {
            for name in ensemble.children(group).unwrap_or_default() {
                let stat = ensemble.node(&format!("{group}/{name}"));
                let (token, owner) = stat.map_or((0, 0), |(_, s)| (s.czxid, s.ephemeral_owner));
                words += &format!("\n    {group}/{name}: token {token}, session {owner:#x}");
            }
        }
        for id in 0..self.plan.nodes.len() {
            let Some(user) = self.judge.user(id) else {
                words += &format!("\n    client {id} does not run");
                continue;
            };
            words += &format!(
                "\n    client {id}: session {:#x?}, attached {}, server {:?}",
                user.session, user.attached, user.server
            );
            for (handle, c) in &user.candidates {
                let path = c.member.as_ref().map(|m| m.path.as_str());
                words += &format!(
                    "\n        {} in group {}: {path:?}, leads {:?}, withdrawn {}, stopped {}",
                    handle.0, c.group, c.held, c.withdrawn, c.stopped
                );
            }
        }
        words
    }
}
