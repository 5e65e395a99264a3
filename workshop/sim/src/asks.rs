//! The commands that users give to their clients.

use crate::invariants::traffic;
use crate::names;
use crate::trial::Trial;
use crate::user::{Candidate, User, View, What};
use tenure::core::{
    ANSWER_BYTES_MAX, Call, CallId, Client, Command, ContenderSpec, Handle, Input, Reenrol, Secret,
    SessionOptions,
};

/// The limit on answers in worlds with longer listings: a small limit makes these worlds cheaper.
const SHORT_ANSWERS: usize = 100_000;

impl Trial {
    fn command(&mut self, id: usize, command: Command) {
        let input = Input::Command(command);
        self.world.input(&mut self.judge, id, input);
    }

    /// Starts a process on a machine, with all handles of the machine's plan.
    pub(crate) fn start(&mut self, id: usize) {
        let seed = self.world.dice.u64(..);
        let plan = self.plan.nodes[id].clone();
        let credentials = plan.authenticates.then(|| Secret::new("user:secret"));
        let options = SessionOptions {
            servers: names::hosts(&plan.servers, plan.naming),
            timeout: plan.timeout,
            credentials,
            tick: plan.tick,
            answer_bytes_max: match self.plan.hazards.bulk {
                true => SHORT_ANSWERS,
                false => ANSWER_BYTES_MAX,
            },
        };
        let user = User::new(plan.timeout, plan.clock.shows(self.world.now));
        self.judge.accounts[id].user = Some(user);
        let client = Client::new(options, seed);
        self.world.start(&mut self.judge, id, client);
        for group in plan.contends {
            self.contend(id, group);
        }
        for group in plan.detects {
            let handle = self.judge.accounts[id].handle();
            let path = self.plan.groups[group].clone();
            if let Some(user) = self.judge.user_mut(id) {
                let view = View { group, told: None };
                user.detectors.insert(handle, view);
            }
            self.command(id, Command::Detect { handle, path });
        }
        for group in plan.watches {
            let handle = self.open(id, group);
            if let Some(user) = self.judge.user_mut(id) {
                let view = View { group, told: None };
                user.groups.insert(handle, view);
            }
            self.command(id, Command::Watch { handle });
        }
        for group in plan.joins {
            let handle = self.open(id, group);
            self.join(id, handle);
        }
    }

    pub(crate) fn open(&mut self, id: usize, group: usize) -> Handle {
        let handle = self.judge.accounts[id].handle();
        let path = self.plan.groups[group].clone();
        self.command(id, Command::Group { handle, path });
        handle
    }

    pub(crate) fn join(&mut self, id: usize, handle: Handle) {
        let label = Some("joined".to_owned());
        let data = format!("client {id}").into_bytes();
        if let Some(user) = self.judge.user_mut(id) {
            user.counts.begun += 1;
            user.memberships.entry(handle).or_default();
        }
        self.call(id, What::Join(handle), |call| Command::Call {
            handle,
            call,
            what: Call::Join { label, data },
        });
    }

    pub(crate) fn contend(&mut self, id: usize, group: usize) {
        let handle = self.judge.accounts[id].handle();
        let plan = &self.plan.nodes[id];
        let Some(user) = self.judge.user_mut(id) else {
            return;
        };
        // Each process of a machine has the same payload: a process must not adopt the znode that
        // an earlier one left behind.
        let data = format!("client {id}").into_bytes();
        let candidate = Candidate {
            group,
            policy: plan.policy,
            reenrols: plan.reenrols,
            held: None,
            open: false,
            leading: None,
            in_jeopardy: false,
            member: None,
            lost: 0,
            withdrawn: false,
            stopped: false,
            data: data.clone(),
        };
        user.candidates.insert(handle, candidate);
        let reenrol = match plan.reenrols {
            true => Reenrol::Always,
            false => Reenrol::Never,
        };
        let spec = ContenderSpec {
            label: Some("c".to_owned()),
            data,
            policy: plan.policy,
            reenrol,
            warm: plan.warm,
            lease: plan.lease,
            fail_over: plan.fail_over,
            ..ContenderSpec::new(&*self.plan.groups[group])
        };
        self.command(id, Command::Contend { handle, spec });
    }

    /// Makes a call.
    pub(crate) fn call(&mut self, id: usize, what: What, make: impl FnOnce(CallId) -> Command) {
        let call = self.judge.accounts[id].call();
        let crowd = traffic::crowd(&self.judge);
        let Some(user) = self.judge.user_mut(id) else {
            return;
        };
        user.calls.insert(call, what);
        user.requests.grant(6 + crowd);
        self.command(id, make(call));
    }
}
