//! The agent: it registers with the leader, obeys it alone, and answers its pings.
//!
//! ```text
//! starting ──leader──▶ registering ──registered──▶ registered
//!     ▲                     │
//!     └─no leader, unknown──┘
//!
//! registered, re-registering, moving, lost:  the same leader ──▶ re-registering ──registered──▶ registered
//!                                            another leader ───▶ moving ──────────registered──▶ registered
//! registered, re-registering, moving:        no leader, unknown ──▶ lost
//! registered:                                link lost, no ping in time, the leader has lost it ──▶ re-registering
//! ```
//!
//! From every state a wrong id, a refusal by the leader or a shutdown leads to `stopped`.
//!
//! | state | input | next | outputs |
//! |---|---|---|---|
//! | starting, registering | leader: the same, leader: another | registering | new leader |
//! | registered | leader: the same | re-registering | disconnected, same leader |
//! | registered | leader: another | moving | disconnected, new leader |
//! | re-registering, moving, lost | leader: the same | re-registering | same leader |
//! | re-registering, moving, lost | leader: another | moving | new leader |
//! | starting, lost | no leader, unknown | stays | – |
//! | registering | no leader, unknown | starting | lost |
//! | registered | no leader, unknown | lost | disconnected, lost |
//! | re-registering, moving | no leader, unknown | lost | lost |
//! | registering | registered: by the leader, registered: by the leader under another id | registered | registered |
//! | re-registering, moving | registered: by the leader | registered | re-registered |
//! | registered | registered: by the leader | stays | – |
//! | re-registering, moving, registered | registered: by the leader under another id | stopped | stop |
//! | starting, lost | registered: by the leader, registered: by the leader under another id | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | registered: by another master | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | registered: by an old master at the leader's address | stays | ignored |
//! | registering, re-registering, moving | refused: by the leader | stopped | stop |
//! | registered | refused: by the leader | stays | ignored |
//! | starting, lost | refused: by the leader | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | refused: by another master | stays | ignored |
//! | registering, re-registering, moving | ping: from the leader, ping: from the leader that has lost the agent | stays | pong |
//! | registered | ping: from the leader | stays | pong |
//! | registered | ping: from the leader that has lost the agent | re-registering | pong, disconnected |
//! | starting, lost | ping: from the leader, ping: from the leader that has lost the agent | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | ping: from another master, ping: from an old master at the leader's address | stays | ignored |
//! | registered | link lost | re-registering | disconnected |
//! | starting, registering, re-registering, moving, lost | link lost | stays | – |
//! | starting, registering, registered, re-registering, moving, lost | shutdown: by the host | stopped | stop |
//! | registering, registered, re-registering, moving | shutdown: by the leader | stopped | stop |
//! | starting, lost | shutdown: by the leader | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | shutdown: by another master | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | tick: too early | stays | – |
//! | registering | tick: due | stays | register |
//! | re-registering, moving | tick: due | stays | re-register |
//! | registered | tick: due | re-registering | disconnected |
//! | starting, lost | tick: due | stays | – |
//! | stopped | leader: the same, leader: another, no leader, unknown, registered: by the leader, registered: by the leader under another id, registered: by another master, registered: by an old master at the leader's address, refused: by the leader, refused: by another master, ping: from the leader, ping: from the leader that has lost the agent, ping: from another master, ping: from an old master at the leader's address, link lost, shutdown: by the host, shutdown: by the leader, shutdown: by another master, tick: too early, tick: due | stays | – |
//!
//! `same leader` is the one with which the agent registered last; its address may be another now.
//! The Mesos sources are `slave/slave.cpp` and `slave/constants.hpp`.

use super::leading::{Detection, Leading, Sender};
use super::range::{self, OutOfRange};
use super::registration::{Confirmation, Registration, State};
use super::stop::{Stop, StopReason};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use core::time::Duration;
use tenure_election::Time;

/// The options of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The id that a leader gave to an earlier run of this agent.
    pub id: Option<String>,
    /// The first attempt to register comes after a random part of this span, later ones after a random part
    /// of twice, four times, … it: `registration_backoff_factor`. 0 to 15 min; 1 s by default.
    pub backoff: Duration,
    /// The longest span: `REGISTER_RETRY_INTERVAL_MAX`. 1 s to 15 min; 1 min by default.
    pub backoff_max: Duration,
    /// The time without a ping after which the agent registers again, unless the leader gives another one:
    /// `DEFAULT_MASTER_PING_TIMEOUT`. 1 s to 1 day; 75 s by default.
    pub ping_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            id: None,
            backoff: Duration::from_secs(1),
            backoff_max: Duration::from_secs(60),
            ping_timeout: Duration::from_secs(75),
        }
    }
}

/// The range of [`Options::backoff`].
const BACKOFF: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(900);
/// The range of [`Options::backoff_max`].
const BACKOFF_MAX: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(900);
/// The range of [`Options::ping_timeout`].
const PING_TIMEOUT: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// An input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// A master leads.
    Leader(Leading),
    /// No master leads.
    NoLeader,
    /// The leader cannot be known.
    Unknown,
    /// A master has registered the agent, for the first time or again.
    Registered {
        /// The sender.
        from: Sender<'a>,
        /// The agent's id.
        id: &'a str,
        /// The time without a ping after which the agent shall register again, if the leader gives one;
        /// the nearest value of the range of [`Options::ping_timeout`] is taken.
        ping_timeout: Option<Duration>,
    },
    /// A master has refused the agent's credentials.
    Refused {
        /// The sender.
        from: Sender<'a>,
        /// The master's reason.
        why: &'a str,
    },
    /// A master asks whether the agent is alive.
    Ping {
        /// The sender.
        from: Sender<'a>,
        /// Whether the agent is connected, as that master believes.
        connected: bool,
    },
    /// The connection to the leader broke.
    LinkLost,
    /// The agent shall end.
    Shutdown {
        /// The sender; `None` if the host asks for it.
        from: Option<Sender<'a>>,
    },
    /// Time has passed.
    Tick,
}

names! { Input<'_>:
    Leader = "leader",
    NoLeader = "no leader",
    Unknown = "unknown",
    Registered = "registered",
    Refused = "refused",
    Ping = "ping",
    LinkLost = "link lost",
    Shutdown = "shutdown",
    Tick = "tick",
}

impl From<Detection> for Input<'_> {
    fn from(detection: Detection) -> Self {
        match detection {
            Detection::Leader(leader) => Self::Leader(leader),
            Detection::NoLeader => Self::NoLeader,
            Detection::Unknown(_) => Self::Unknown,
        }
    }
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// The registration no longer counts: status updates wait until the next registration. Tasks go on.
    Disconnected,
    /// The leader is another one than that of the last registration, or there was none. `register` or
    /// `re-register` follows after a random delay.
    NewLeader(Leading),
    /// The leader of the last registration leads. `re-register` follows after a random delay.
    SameLeader(Leading),
    /// No leader is known any more. Tasks go on.
    Lost,
    /// Ask the leader for an id.
    Register(Leading),
    /// Ask the leader to take the agent with its id and its tasks.
    Reregister {
        /// The leader.
        to: Leading,
        /// The agent's id.
        id: String,
    },
    /// The leader has the agent, for the first time: the host keeps the id.
    Registered {
        /// The agent's id.
        id: String,
    },
    /// The leader has the agent again, with its id. Status updates that are not acknowledged are sent again.
    Reregistered,
    /// Answer the ping of the leader.
    Pong(Leading),
    /// The message did not come from the leader.
    Ignored,
    /// The agent has ended.
    Stop(Stop),
}

names! { Output:
    Disconnected = "disconnected",
    NewLeader = "new leader",
    SameLeader = "same leader",
    Lost = "lost",
    Register = "register",
    Reregister = "re-register",
    Registered = "registered",
    Reregistered = "re-registered",
    Pong = "pong",
    Ignored = "ignored",
    Stop = "stop",
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Agent {
    registration: Registration,
    options: Options,
    /// As the leader gave it, or as in the options.
    ping_timeout: Duration,
    /// When the agent registers again unless there is a ping.
    ping_due: Option<Time>,
    now: Time,
}

impl Agent {
    /// An agent that knows no leader yet. The seed gives the delays of attempts to register: each agent has
    /// another one.
    ///
    /// # Errors
    ///
    /// An option is out of its range.
    pub fn new(options: Options, seed: u64) -> Result<Self, OutOfRange> {
        range::check("registration_backoff_factor", &options.backoff, &BACKOFF)?;
        range::check(
            "registration_backoff_max",
            &options.backoff_max,
            &BACKOFF_MAX,
        )?;
        range::check("ping_timeout", &options.ping_timeout, &PING_TIMEOUT)?;
        let (first, most) = (options.backoff, options.backoff_max);
        Ok(Self {
            registration: Registration::new(options.id.clone(), first, most, seed),
            ping_timeout: options.ping_timeout,
            options,
            ping_due: None,
            now: Time::default(),
        })
    }

    /// The state.
    pub fn state(&self) -> State {
        self.registration.state()
    }

    /// The id, once a leader has given one.
    pub fn id(&self) -> Option<&str> {
        self.registration.id()
    }

    /// The leader, if it is known.
    pub fn leader(&self) -> Option<&Leading> {
        self.registration.leader()
    }

    /// Whether a message of this sender is to be obeyed: it is the leader. False for every sender while the
    /// leader is not known. Every message of a master is checked by this, without exception.
    pub fn accepts(&self, sender: &Sender<'_>) -> bool {
        self.registration.accepts(sender)
    }

    /// The instant of the next [`Input::Tick`].
    pub fn due(&self) -> Option<Time> {
        self.registration.due().or(self.ping_due)
    }

    /// Takes an input.
    pub fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Output> {
        self.now = self.now.max(now);
        if self.state() == State::Stopped {
            return Vec::new();
        }
        match input {
            Input::Leader(leader) => self.found(leader),
            Input::NoLeader | Input::Unknown => self.lost(),
            Input::Registered {
                from,
                id,
                ping_timeout,
            } => self.registered(&from, id, ping_timeout),
            Input::Refused { from, why } => match self.state() {
                State::Registering | State::Reregistering | State::Moving
                    if self.accepts(&from) =>
                {
                    self.stop(StopReason::Refused(why.into()))
                }
                _ => vec![Output::Ignored],
            },
            Input::Ping { from, connected } => self.ping(&from, connected),
            Input::LinkLost => self.renew(),
            Input::Shutdown { from } => match from {
                Some(from) if !self.accepts(&from) => vec![Output::Ignored],
                Some(_) | None => self.stop(StopReason::Asked),
            },
            Input::Tick => self.tick(),
        }
    }

    fn found(&mut self, leader: Leading) -> Vec<Output> {
        let mut outputs = self.disconnect();
        outputs.push(match self.registration.found(leader.clone(), self.now) {
            true => Output::SameLeader(leader),
            false => Output::NewLeader(leader),
        });
        outputs
    }

    fn lost(&mut self) -> Vec<Output> {
        let mut outputs = self.disconnect();
        if self.registration.lost() {
            outputs.push(Output::Lost);
        }
        outputs
    }

    /// The registration no longer counts, whatever follows.
    fn disconnect(&mut self) -> Vec<Output> {
        self.ping_due = None;
        match self.state() {
            State::Registered => vec![Output::Disconnected],
            _ => Vec::new(),
        }
    }

    fn renew(&mut self) -> Vec<Output> {
        if self.state() != State::Registered {
            return Vec::new();
        }
        let outputs = self.disconnect();
        self.registration.renew(self.now);
        outputs
    }

    fn registered(
        &mut self,
        from: &Sender<'_>,
        id: &str,
        ping_timeout: Option<Duration>,
    ) -> Vec<Output> {
        let was_new = self.id().is_none();
        let outputs = match self.registration.confirmed(from, id) {
            Confirmation::Ignored => return vec![Output::Ignored],
            Confirmation::OtherId { known } => {
                let given = id.into();
                return self.stop(StopReason::OtherId { known, given });
            }
            Confirmation::Repeated => Vec::new(),
            Confirmation::New if was_new => vec![Output::Registered { id: id.into() }],
            Confirmation::New | Confirmation::Renewed => vec![Output::Reregistered],
        };
        let (least, most) = (*PING_TIMEOUT.start(), *PING_TIMEOUT.end());
        self.ping_timeout =
            ping_timeout.map_or(self.options.ping_timeout, |given| given.clamp(least, most));
        self.ping_due = Some(self.now + self.ping_timeout);
        outputs
    }

    fn ping(&mut self, from: &Sender<'_>, connected: bool) -> Vec<Output> {
        let Some(leader) = self.leader().filter(|leader| leader.sent(from)) else {
            return vec![Output::Ignored];
        };
        let mut outputs = vec![Output::Pong(leader.clone())];
        match (self.state(), connected) {
            (State::Registered, true) => self.ping_due = Some(self.now + self.ping_timeout),
            (State::Registered, false) => outputs.extend(self.renew()),
            _ => {}
        }
        outputs
    }

    fn tick(&mut self) -> Vec<Output> {
        if self.ping_due.is_some_and(|due| due <= self.now) {
            return self.renew();
        }
        let now = self.now;
        if !self.registration.take_attempt(now) {
            return Vec::new();
        }
        let leader = self.leader().cloned();
        let id = self.id().map(String::from);
        leader.map_or_else(Vec::new, |to| {
            vec![match id {
                Some(id) => Output::Reregister { to, id },
                None => Output::Register(to),
            }]
        })
    }

    fn stop(&mut self, reason: StopReason) -> Vec<Output> {
        self.registration.stop();
        self.ping_due = None;
        vec![Output::Stop(Stop { reason })]
    }
}
