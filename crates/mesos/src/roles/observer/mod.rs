//! The observer: the leader pings each of its agents, and learns which are unreachable.
//!
//! ```text
//! admit ──▶ active ──────link lost─────▶ disconnected     expect ──▶ expected
//!            │  ▲                          │  ▲
//!   no pongs │  │ pong            no pongs │  │ pong
//!            ▼  │                          ▼  │
//!         unanswered ────link lost──────▶ silent
//!
//! expected, disconnected, silent:  the registration is overdue ──▶ overdue
//! unanswered, silent, overdue:     the rate limit permits ───────▶ unreachable
//! all but unknown:                 registered ──▶ active, removed ──▶ unknown
//! ```
//!
//! | state | input | next | outputs |
//! |---|---|---|---|
//! | unknown | registered, pong, link lost, removed | stays | unknown |
//! | expected | registered | active | activated, ping |
//! | active | registered | stays | – |
//! | disconnected | registered | active | activated |
//! | unanswered | registered | active | canceled |
//! | silent | registered | active | canceled, activated |
//! | overdue | registered | active | canceled, activated, ping |
//! | unreachable | registered | active | readmitted, ping |
//! | active, disconnected | pong | stays | – |
//! | unanswered | pong | active | canceled |
//! | silent | pong | disconnected | canceled |
//! | expected, overdue, unreachable | pong | stays | – |
//! | active | link lost | disconnected | deactivated |
//! | unanswered | link lost | silent | deactivated |
//! | expected, disconnected, silent, overdue, unreachable | link lost | stays | – |
//! | expected, active, disconnected, unanswered, silent, overdue, unreachable | removed | unknown | – |
//! | unknown, expected, active, disconnected, unanswered, silent, overdue, unreachable | tick: too early | stays | – |
//! | active, disconnected | tick: ping due after a pong, tick: ping due without a pong | stays | ping |
//! | active, disconnected | tick: last ping due without a pong | unreachable | scheduled, unreachable |
//! | active | tick: last ping due without a pong against the limit | unanswered | scheduled, ping |
//! | disconnected | tick: last ping due without a pong against the limit | silent | scheduled, ping |
//! | unanswered, silent | tick: ping due without a pong | stays | ping |
//! | expected | tick: registration overdue | unreachable | scheduled, unreachable |
//! | expected | tick: registration overdue against the limit | overdue | scheduled |
//! | disconnected | tick: registration overdue | unreachable | scheduled, unreachable |
//! | disconnected | tick: registration overdue against the limit | overdue | scheduled |
//! | silent | tick: registration overdue against the limit | overdue | – |
//! | unanswered, silent, overdue | tick: the limit permits | unreachable | unreachable |
//! | unknown, expected, overdue, unreachable | tick: ping due after a pong, tick: ping due without a pong, tick: last ping due without a pong, tick: last ping due without a pong against the limit | cannot be | cannot be |
//! | unanswered, silent | tick: ping due after a pong, tick: last ping due without a pong, tick: last ping due without a pong against the limit | cannot be | cannot be |
//! | unknown, active, unanswered, overdue, unreachable | tick: registration overdue, tick: registration overdue against the limit | cannot be | cannot be |
//! | silent | tick: registration overdue | cannot be | cannot be |
//! | unknown, expected, active, disconnected, unreachable | tick: the limit permits | cannot be | cannot be |
//!
//! The lines speak of one agent; an observer has up to [`AGENTS_MAX`] of them. All have one timer: the next
//! instant is asked for with [`Observer::due`], and a `tick` serves at most [`TICK_MAX`] of them. To find the
//! next one, to answer a pong, to admit and to remove takes the same time whatever their number.
//!
//! The Mesos source is `master/master.cpp` (`SlaveObserver`).

mod agents;
mod line;
mod options;

pub use agents::{AgentKey, Input, Output, Reason, State};
pub use options::{Options, RemovalLimit};

use super::range::OutOfRange;
use alloc::vec::Vec;
use line::Line;
use tenure_election::Time;

/// The most agents of one observer.
pub const AGENTS_MAX: usize = 1_000_000;

/// The most timers that one [`Input::Tick`] serves, so that a host takes up answers between the pings of a
/// large cluster: [`Observer::due`] is then still in the past.
pub const TICK_MAX: usize = 1024;

/// One agent, or the place of one that was removed (`State::Unknown`).
#[derive(Debug, Clone)]
struct Slot {
    generation: u32,
    state: State,
    /// Whether the newest ping was answered.
    answered: bool,
    /// How many pings in a row were not.
    missed: u32,
    /// Why it is to be unreachable, while it waits for the rate limit.
    reason: Reason,
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Observer {
    options: Options,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// When each agent is pinged next.
    pings: Line,
    /// Until when agents must have registered again.
    deadlines: Line,
    /// The agents that wait for the rate limit.
    removals: Line,
    /// Before this instant no agent may become unreachable.
    permit: Time,
    now: Time,
}

impl Observer {
    /// An observer without agents.
    ///
    /// # Errors
    ///
    /// An option is out of its range.
    pub fn new(options: Options) -> Result<Self, OutOfRange> {
        options.check()?;
        Ok(Self {
            options,
            slots: Vec::new(),
            free: Vec::new(),
            pings: Line::new(),
            deadlines: Line::new(),
            removals: Line::new(),
            permit: Time::default(),
            now: Time::default(),
        })
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Takes a new agent that has just registered: it is `active`, and pinged at once. `None` if there are
    /// [`AGENTS_MAX`] agents.
    pub fn admit(&mut self, now: Time, outputs: &mut Vec<Output>) -> Option<AgentKey> {
        self.now = self.now.max(now);
        let slot = self.take_slot(State::Active)?;
        self.ping(slot, outputs);
        Some(self.key(slot))
    }

    /// Takes an agent that an earlier leader had: it is `expected` to register. `None` if there are
    /// [`AGENTS_MAX`] agents.
    pub fn expect(&mut self, now: Time) -> Option<AgentKey> {
        self.now = self.now.max(now);
        let slot = self.take_slot(State::Expected)?;
        self.await_registration(slot);
        Some(self.key(slot))
    }

    /// The number of agents, in all states but `unknown`.
    pub fn agents(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The state of an agent.
    pub fn state(&self, agent: AgentKey) -> State {
        self.slot(agent)
            .map_or(State::Unknown, |slot| self.slots[slot as usize].state)
    }

    /// The instant of the next [`Input::Tick`]; it may be in the past ([`TICK_MAX`]).
    pub fn due(&self) -> Option<Time> {
        let ping = self.pings.first().map(|(_, due)| due);
        let deadline = self.deadlines.first().map(|(_, due)| due);
        let removal = self.removals.first().map(|_| self.permit);
        [ping, deadline, removal].into_iter().flatten().min()
    }

    /// Takes an input, and appends the outputs.
    pub fn handle(&mut self, input: Input, now: Time, outputs: &mut Vec<Output>) {
        self.now = self.now.max(now);
        let (Input::Registered(agent)
        | Input::Pong(agent)
        | Input::LinkLost(agent)
        | Input::Removed(agent)) = input
        else {
            self.tick(outputs);
            return;
        };
        let Some(slot) = self.slot(agent) else {
            outputs.push(Output::Unknown(agent));
            return;
        };
        match input {
            Input::Registered(_) => self.registered(slot, outputs),
            Input::Pong(_) => self.pong(slot, outputs),
            Input::LinkLost(_) => self.link_lost(slot, outputs),
            Input::Removed(_) => self.release(slot),
            Input::Tick => {}
        }
    }

    fn registered(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        let agent = self.key(slot);
        let before = self.enter(slot, State::Active);
        let known = self.at(slot);
        (known.answered, known.missed) = (true, 0);
        self.deadlines.leave(slot);
        self.removals.leave(slot);
        if matches!(before, State::Unanswered | State::Silent | State::Overdue) {
            outputs.push(Output::Canceled(agent));
        }
        match before {
            State::Disconnected | State::Silent => outputs.push(Output::Activated(agent)),
            State::Expected | State::Overdue => {
                outputs.push(Output::Activated(agent));
                self.ping(slot, outputs);
            }
            State::Unreachable => {
                outputs.push(Output::Readmitted(agent));
                self.ping(slot, outputs);
            }
            State::Unknown | State::Active | State::Unanswered => {}
        }
    }

    fn pong(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        let known = self.at(slot);
        (known.answered, known.missed) = (true, 0);
        let back = match known.state {
            State::Unanswered => State::Active,
            State::Silent => State::Disconnected,
            // Only a registration brings these back, and the others are there.
            State::Unknown
            | State::Expected
            | State::Active
            | State::Disconnected
            | State::Overdue
            | State::Unreachable => return,
        };
        known.state = back;
        self.removals.leave(slot);
        outputs.push(Output::Canceled(self.key(slot)));
    }

    fn link_lost(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        let known = self.at(slot);
        known.state = match known.state {
            State::Active => State::Disconnected,
            State::Unanswered => State::Silent,
            State::Unknown
            | State::Expected
            | State::Disconnected
            | State::Silent
            | State::Overdue
            | State::Unreachable => return,
        };
        self.await_registration(slot);
        outputs.push(Output::Deactivated(self.key(slot)));
    }

    fn tick(&mut self, outputs: &mut Vec<Output>) {
        let now = self.now;
        for _ in 0..TICK_MAX {
            self.grant(outputs);
            let ping = self.pings.first().filter(|(_, due)| *due <= now);
            let deadline = self.deadlines.first().filter(|(_, due)| *due <= now);
            match (ping, deadline) {
                (_, Some((slot, _))) => self.overdue(slot, outputs),
                (Some((slot, _)), None) => self.ping_due(slot, outputs),
                (None, None) => break,
            }
        }
        self.grant(outputs);
    }

    /// An agent has not registered again in time.
    fn overdue(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        self.deadlines.leave(slot);
        self.pings.leave(slot);
        let time = self.options.agent_reregister_timeout;
        match self.enter(slot, State::Overdue) {
            State::Expected => self.schedule(slot, Reason::Failover(time), outputs),
            State::Disconnected => self.schedule(slot, Reason::Disconnected(time), outputs),
            // It waits for the rate limit already, in its place.
            State::Silent => {}
            // Not in this line.
            State::Unknown
            | State::Active
            | State::Unanswered
            | State::Overdue
            | State::Unreachable => {}
        }
    }

    /// The time for the answer is over, and the next ping is due.
    fn ping_due(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        let most = self.options.max_agent_ping_timeouts;
        let known = self.at(slot);
        if !known.answered {
            known.missed = known.missed.saturating_add(1);
        }
        if known.missed >= most {
            let waits = match known.state {
                State::Active => Some(State::Unanswered),
                State::Disconnected => Some(State::Silent),
                State::Unknown
                | State::Expected
                | State::Unanswered
                | State::Silent
                | State::Overdue
                | State::Unreachable => None,
            };
            if let Some(state) = waits {
                known.state = state;
                self.schedule(slot, Reason::NoPong, outputs);
                self.grant(outputs);
            }
        }
        if self.at(slot).state != State::Unreachable {
            self.ping(slot, outputs);
        }
    }

    /// An agent waits for the rate limit from now on.
    fn schedule(&mut self, slot: u32, reason: Reason, outputs: &mut Vec<Output>) {
        self.at(slot).reason = reason;
        self.removals.join(slot, self.now);
        let agent = self.key(slot);
        outputs.push(Output::Scheduled { agent, reason });
    }

    /// Makes the agents unreachable that the rate limit permits.
    fn grant(&mut self, outputs: &mut Vec<Output>) {
        while let Some((slot, _)) = self.removals.first().filter(|_| self.permit <= self.now) {
            let pause = self.options.removal_pause();
            if !pause.is_zero() {
                self.permit = self.now + pause;
            }
            self.leave_lines(slot);
            self.enter(slot, State::Unreachable);
            let (agent, reason) = (self.key(slot), self.at(slot).reason);
            outputs.push(Output::Unreachable { agent, reason });
        }
    }

    /// Pings an agent now, and again after the time between two pings.
    fn ping(&mut self, slot: u32, outputs: &mut Vec<Output>) {
        let agent = self.key(slot);
        let due = self.now + self.options.agent_ping_timeout;
        self.pings.join(slot, due);
        let known = self.at(slot);
        known.answered = false;
        let connected = matches!(known.state, State::Active | State::Unanswered);
        outputs.push(Output::Ping { agent, connected });
    }

    fn await_registration(&mut self, slot: u32) {
        let due = self.now + self.options.agent_reregister_timeout;
        self.deadlines.join(slot, due);
    }

    fn leave_lines(&mut self, slot: u32) {
        self.pings.leave(slot);
        self.deadlines.leave(slot);
        self.removals.leave(slot);
    }

    fn take_slot(&mut self, state: State) -> Option<u32> {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                if self.slots.len() >= AGENTS_MAX {
                    return None;
                }
                let slot = u32::try_from(self.slots.len()).ok()?;
                self.slots.push(Slot {
                    generation: 0,
                    state,
                    answered: false,
                    missed: 0,
                    reason: Reason::NoPong,
                });
                slot
            }
        };
        let known = self.at(slot);
        (known.state, known.answered, known.missed) = (state, false, 0);
        Some(slot)
    }

    fn release(&mut self, slot: u32) {
        self.leave_lines(slot);
        let known = self.at(slot);
        known.state = State::Unknown;
        known.generation = known.generation.wrapping_add(1);
        self.free.push(slot);
    }

    /// The slot of an agent, unless it is unknown.
    fn slot(&self, agent: AgentKey) -> Option<u32> {
        let slot = agent.slot();
        let known = self.slots.get(slot as usize)?;
        let lives = known.state != State::Unknown && self.key(slot) == agent;
        lives.then_some(slot)
    }

    fn key(&self, slot: u32) -> AgentKey {
        AgentKey::new(slot, self.slots[slot as usize].generation)
    }

    fn at(&mut self, slot: u32) -> &mut Slot {
        &mut self.slots[slot as usize]
    }

    /// Puts an agent into a state, and gives the one before.
    fn enter(&mut self, slot: u32, state: State) -> State {
        core::mem::replace(&mut self.at(slot).state, state)
    }
}
