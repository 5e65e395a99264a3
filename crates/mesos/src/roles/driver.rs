//! The scheduler driver: it registers a framework with the leader, and passes on messages of the leader alone.
//!
//! ```text
//! starting ──leader──▶ registering ──registered──▶ registered
//!     ▲                     │
//!     └─no leader, unknown──┘
//!
//! registered, re-registering, moving, lost:  the same leader ──▶ re-registering ──registered──▶ registered
//!                                            another leader ───▶ moving ──────────registered──▶ registered
//! registered, re-registering, moving:        no leader, unknown ──▶ lost
//! registered:                                link lost ──▶ re-registering
//! ```
//!
//! From every state an error of the leader, a wrong id or `stop` leads to `stopped`.
//!
//! | state | input | next | outputs |
//! |---|---|---|---|
//! | starting, registering | leader: the same, leader: another | registering | – |
//! | registered | leader: the same | re-registering | disconnected |
//! | registered | leader: another | moving | disconnected |
//! | re-registering, moving, lost | leader: the same | re-registering | – |
//! | re-registering, moving, lost | leader: another | moving | – |
//! | starting, lost | no leader, unknown | stays | – |
//! | registering | no leader, unknown | starting | – |
//! | registered | no leader, unknown | lost | disconnected |
//! | re-registering, moving | no leader, unknown | lost | – |
//! | registering | registered: by the leader, registered: by the leader under another id | registered | registered |
//! | moving | registered: by the leader | registered | registered |
//! | re-registering | registered: by the leader | registered | re-registered |
//! | registered | registered: by the leader | stays | – |
//! | registered, re-registering, moving | registered: by the leader under another id | stopped | stop |
//! | starting, lost | registered: by the leader, registered: by the leader under another id | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | registered: by another master | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | registered: by an old master at the leader's address | stays | ignored |
//! | registering, registered, re-registering, moving | error: by the leader | stopped | stop |
//! | starting, lost | error: by the leader | stays | ignored |
//! | starting, registering, registered, re-registering, moving, lost | error: by another master | stays | ignored |
//! | registered | link lost | re-registering | disconnected |
//! | starting, registering, re-registering, moving, lost | link lost | stays | – |
//! | registered | call: launch, call: update of the framework, call: any other | stays | send |
//! | starting, registering, re-registering, moving, lost | call: launch | stays | tasks lost |
//! | starting, registering, re-registering, moving, lost | call: update of the framework | stays | postponed |
//! | starting, registering, re-registering, moving, lost | call: any other | stays | dropped |
//! | starting, registering, registered, re-registering, moving, lost | stop | stopped | stop |
//! | starting, registering, registered, re-registering, moving, lost | tick: too early | stays | – |
//! | registering, re-registering, moving | tick: due | stays | subscribe |
//! | starting, registered, lost | tick: due | stays | – |
//! | stopped | call: launch, call: update of the framework, call: any other | stays | dropped |
//! | stopped | leader: the same, leader: another, no leader, unknown, registered: by the leader, registered: by the leader under another id, registered: by another master, registered: by an old master at the leader's address, error: by the leader, error: by another master, link lost, stop, tick: too early, tick: due | stays | – |
//!
//! `same leader` is the one with which the framework registered last; its address may be another now.
//! The Mesos sources are `sched/sched.cpp` and `sched/constants.hpp`.

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

/// The options of a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The id of a framework that fails over: another instance of the scheduler had it.
    pub id: Option<String>,
    /// The first attempt to register comes after a random part of this span, later ones after a random part
    /// of twice, four times, … it. 0 to 15 min; 2 s by default.
    pub backoff: Duration,
    /// The time after which the master removes the framework if its scheduler is away. A tenth of it, at
    /// least 1 ms and at most 1 min, is the longest span between attempts. 0 to 10 years; 0 by default, and
    /// then the longest span is 1 min.
    pub failover_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            id: None,
            backoff: Duration::from_secs(2),
            failover_timeout: Duration::ZERO,
        }
    }
}

/// The range of [`Options::backoff`].
const BACKOFF: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(900);
/// The range of [`Options::failover_timeout`].
const FAILOVER_TIMEOUT: RangeInclusive<Duration> =
    Duration::ZERO..=Duration::from_secs(10 * 365 * 86_400);
/// The longest span between attempts (Mesos `sched/constants.hpp`).
const BACKOFF_MAX: Duration = Duration::from_secs(60);

/// A call of the scheduler to the master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Launches tasks, or accepts offers with tasks in them.
    Launch,
    /// Changes the framework's description.
    UpdateFramework,
    /// Any other: kill, decline, revive, suppress, acknowledge, message, reconcile, request.
    Other,
}

/// An input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// A master leads.
    Leader(Leading),
    /// No master leads.
    NoLeader,
    /// The leader cannot be known.
    Unknown,
    /// A master has registered the framework, for the first time or again.
    Registered {
        /// The sender.
        from: Sender<'a>,
        /// The framework's id.
        id: &'a str,
    },
    /// A master ends the framework.
    Error {
        /// The sender.
        from: Sender<'a>,
        /// The master's reason.
        why: &'a str,
    },
    /// The connection to the leader broke.
    LinkLost,
    /// The scheduler makes a call.
    Call(Call),
    /// The scheduler stops or aborts the driver.
    Stop,
    /// Time has passed.
    Tick,
}

names! { Input<'_>:
    Leader = "leader",
    NoLeader = "no leader",
    Unknown = "unknown",
    Registered = "registered",
    Error = "error",
    LinkLost = "link lost",
    Call = "call",
    Stop = "stop",
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
    /// Call the scheduler's `disconnected`: no master receives its calls until `registered` or
    /// `re-registered`.
    Disconnected,
    /// Ask the leader to register the framework.
    Subscribe {
        /// The leader.
        to: Leading,
        /// The id that the framework keeps; `None` if it has none yet.
        id: Option<String>,
        /// Whether another instance with this id is to be removed: this driver was made with the id, and has
        /// not been registered since.
        force: bool,
    },
    /// Call the scheduler's `registered`: the leader is another one than that of the last registration, or
    /// there was none.
    Registered {
        /// The leader.
        leader: Leading,
        /// The framework's id: always the same for one driver.
        id: String,
    },
    /// Call the scheduler's `reregistered`: the leader is that of the last registration.
    Reregistered(Leading),
    /// Send the call to the leader.
    Send(Leading),
    /// No master is there for the call: it is not sent, and the host returns an error to the scheduler.
    Dropped,
    /// No master is there for the tasks: each is reported to the scheduler as `TASK_LOST`, or `TASK_DROPPED`
    /// if the framework is partition-aware, with reason `REASON_MASTER_DISCONNECTED`, source
    /// `SOURCE_MASTER` and the message [`MASTER_DISCONNECTED`].
    TasksLost,
    /// The host keeps the new description: the next `subscribe` brings it.
    Postponed,
    /// The message did not come from the leader.
    Ignored,
    /// The driver has ended; after an error call the scheduler's `error` with the text.
    Stop(Stop),
}

/// The text of the status of a task that could not be launched ([`Output::TasksLost`]).
pub const MASTER_DISCONNECTED: &str = "Master disconnected";

names! { Output:
    Disconnected = "disconnected",
    Subscribe = "subscribe",
    Registered = "registered",
    Reregistered = "re-registered",
    Send = "send",
    Dropped = "dropped",
    TasksLost = "tasks lost",
    Postponed = "postponed",
    Ignored = "ignored",
    Stop = "stop",
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Driver {
    registration: Registration,
    /// Whether no master has registered this driver since it was made.
    is_first: bool,
    now: Time,
}

impl Driver {
    /// A driver that knows no leader yet. The seed gives the delays of attempts to register.
    ///
    /// # Errors
    ///
    /// An option is out of its range.
    pub fn new(options: Options, seed: u64) -> Result<Self, OutOfRange> {
        range::check("registration_backoff_factor", &options.backoff, &BACKOFF)?;
        let failover_timeout = options.failover_timeout;
        range::check("failover_timeout", &failover_timeout, &FAILOVER_TIMEOUT)?;
        let most = match failover_timeout.is_zero() {
            true => BACKOFF_MAX,
            false => (failover_timeout / 10).clamp(Duration::from_millis(1), BACKOFF_MAX),
        };
        Ok(Self {
            registration: Registration::new(options.id, options.backoff, most, seed),
            is_first: true,
            now: Time::default(),
        })
    }

    /// The state.
    pub fn state(&self) -> State {
        self.registration.state()
    }

    /// The framework's id, once there is one.
    pub fn id(&self) -> Option<&str> {
        self.registration.id()
    }

    /// The leader, if it is known.
    pub fn leader(&self) -> Option<&Leading> {
        self.registration.leader()
    }

    /// Whether a message of this sender is for the scheduler: the framework is registered, and the sender is
    /// the leader. Offers, rescinded offers, status updates, lost agents and executors, and messages of
    /// executors are all checked by this.
    pub fn accepts(&self, sender: &Sender<'_>) -> bool {
        self.state() == State::Registered && self.registration.accepts(sender)
    }

    /// The instant of the next [`Input::Tick`].
    pub fn due(&self) -> Option<Time> {
        self.registration.due()
    }

    /// Takes an input.
    pub fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Output> {
        self.now = self.now.max(now);
        if self.state() == State::Stopped {
            return match input {
                Input::Call(_) => vec![Output::Dropped],
                Input::Leader(_)
                | Input::NoLeader
                | Input::Unknown
                | Input::Registered { .. }
                | Input::Error { .. }
                | Input::LinkLost
                | Input::Stop
                | Input::Tick => Vec::new(),
            };
        }
        match input {
            Input::Leader(leader) => {
                let outputs = self.disconnect();
                self.registration.found(leader, self.now);
                outputs
            }
            Input::NoLeader | Input::Unknown => {
                let outputs = self.disconnect();
                self.registration.lost();
                outputs
            }
            Input::Registered { from, id } => self.registered(&from, id),
            Input::Error { from, why } => match self.registration.accepts(&from) {
                true => self.stop(StopReason::Failed(why.into())),
                false => vec![Output::Ignored],
            },
            Input::LinkLost => {
                let outputs = self.disconnect();
                if self.state() == State::Registered {
                    self.registration.renew(self.now);
                }
                outputs
            }
            Input::Call(call) => vec![self.call(call)],
            Input::Stop => self.stop(StopReason::Asked),
            Input::Tick => self.tick(),
        }
    }

    /// The scheduler learns that it is disconnected, if it believed to be connected.
    fn disconnect(&self) -> Vec<Output> {
        match self.state() {
            State::Registered => vec![Output::Disconnected],
            _ => Vec::new(),
        }
    }

    fn registered(&mut self, from: &Sender<'_>, id: &str) -> Vec<Output> {
        let confirmation = self.registration.confirmed(from, id);
        let Some(leader) = self.leader().cloned() else {
            return vec![Output::Ignored];
        };
        match confirmation {
            Confirmation::Ignored => vec![Output::Ignored],
            Confirmation::Repeated => Vec::new(),
            Confirmation::OtherId { known } => {
                let given = id.into();
                self.stop(StopReason::OtherId { known, given })
            }
            Confirmation::New => {
                self.is_first = false;
                let id = id.into();
                vec![Output::Registered { leader, id }]
            }
            Confirmation::Renewed => vec![Output::Reregistered(leader)],
        }
    }

    fn call(&self, call: Call) -> Output {
        let leader = self.leader().filter(|_| self.state() == State::Registered);
        match (leader, call) {
            (Some(leader), _) => Output::Send(leader.clone()),
            (None, Call::Launch) => Output::TasksLost,
            (None, Call::UpdateFramework) => Output::Postponed,
            (None, Call::Other) => Output::Dropped,
        }
    }

    fn tick(&mut self) -> Vec<Output> {
        if !self.registration.take_attempt(self.now) {
            return Vec::new();
        }
        let id = self.id().map(String::from);
        let force = self.is_first && id.is_some();
        let subscribe = |to| vec![Output::Subscribe { to, id, force }];
        self.leader().cloned().map_or_else(Vec::new, subscribe)
    }

    fn stop(&mut self, reason: StopReason) -> Vec<Output> {
        self.registration.stop();
        vec![Output::Stop(Stop { reason })]
    }
}
