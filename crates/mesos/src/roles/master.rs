//! The master: it contends, and it leads or follows. One that led and lost must stop.
//!
//! ```text
//! candidate, standby, leaderless:  leader: another ─────▶ standby
//!                                  leader: itself ──────▶ candidate
//!                                  no leader, unknown ──▶ leaderless
//!                                  leading ─────────────▶ leader
//!                                  ended ───────────────▶ stopped
//!            jeopardy
//! leader ──────────────▶ jeopardy
//!        ◀──────────────
//!            leading
//!
//! leader, jeopardy:                lost, another candidacy, a younger leader, ended ──▶ stopped
//! jeopardy:                        the end of the lease ──▶ stopped
//! ```
//!
//! The contender alone decides whether this master leads, the detector alone which other master does.
//! Ask the contender's `is_leading()` before each action: events are news, the lease is the truth.
//!
//! | state | input | next | outputs |
//! |---|---|---|---|
//! | candidate, standby, leaderless | enrolling | stays | – |
//! | candidate, standby, leaderless | enrolled: its member, behind: its member | stays | – |
//! | candidate, leaderless | enrolled: a member it may follow | stays | – |
//! | standby | enrolled: a member it may follow | candidate | leaderless |
//! | candidate, standby, leaderless | leading: its member, leading: another member | leader | elected |
//! | candidate, standby, leaderless | jeopardy: its member, jeopardy: another member | stays | – |
//! | candidate, standby, leaderless | lost: it enrols again | stays | – |
//! | candidate, standby, leaderless | lost: it was asked to | stopped | stop |
//! | candidate, standby, leaderless | lost: for good | stopped | stop |
//! | candidate, leaderless | leader: itself | candidate | – |
//! | standby | leader: itself | candidate | leaderless |
//! | candidate, leaderless | leader: older, leader: older at another address, leader: younger | standby | following |
//! | standby | leader: older | stays | – |
//! | standby | leader: older at another address, leader: younger | stays | following |
//! | candidate, standby | no leader | leaderless | leaderless |
//! | candidate, standby | unknown | leaderless | leaderless |
//! | leaderless | no leader, unknown | stays | – |
//! | candidate, standby, leaderless | ended | stopped | stop |
//! | candidate, standby, leaderless, leader | tick: before the end of the lease, tick: at the end of the lease | stays | – |
//! | leader, jeopardy | enrolling, enrolled: its member, enrolled: a member it may follow, behind: its member | stopped | stop |
//! | leader | leading: its member | stays | – |
//! | jeopardy | leading: its member | leader | confirmed |
//! | leader, jeopardy | leading: another member, jeopardy: another member | stopped | stop |
//! | leader | jeopardy: its member | jeopardy | in jeopardy |
//! | jeopardy | jeopardy: its member | stays | – |
//! | leader, jeopardy | lost: it enrols again, lost: it was asked to, lost: for good | stopped | stop |
//! | leader, jeopardy | leader: itself | stays | – |
//! | leader, jeopardy | leader: older, leader: older at another address | stays | – |
//! | leader, jeopardy | leader: younger | stopped | stop |
//! | leader, jeopardy | no leader, unknown | stays | – |
//! | leader, jeopardy | ended | stopped | stop |
//! | jeopardy | tick: before the end of the lease | stays | – |
//! | jeopardy | tick: at the end of the lease | stopped | stop |
//! | stopped | enrolling, enrolled: its member, enrolled: a member it may follow, behind: its member, leading: its member, leading: another member, jeopardy: its member, jeopardy: another member, lost: it enrols again, lost: it was asked to, lost: for good, leader: itself, leader: older, leader: older at another address, leader: younger, no leader, unknown, ended, tick: before the end of the lease, tick: at the end of the lease | stays | – |
//!
//! `itself` is a leader that is this master's own member. An `older` one has a lower fencing token: the
//! news is out of date.
//! The Mesos source is `master/master.cpp`.

use super::leading::{Detection, Leading, MemberId};
use super::stop::{Stop, StopReason};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;
use tenure_election::words::Ending;
use tenure_election::{ContenderEvent, LostReason, Time};

/// The state of a master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does not lead. Nothing is known of a leader yet, or it is first itself and has no lease yet.
    Candidate,
    /// Another master leads.
    Standby,
    /// It does not lead, and no leader is known: there is none, or no server answers.
    Leaderless,
    /// It leads.
    Leader,
    /// It leads, but its lease may end soon.
    Jeopardy,
    /// It led and lost, or cannot contend any longer.
    Stopped,
}

names! { State:
    Candidate = "candidate",
    Standby = "standby",
    Leaderless = "leaderless",
    Leader = "leader",
    Jeopardy = "jeopardy",
    Stopped = "stopped",
}

/// An input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The contender begins a candidacy.
    Enrolling,
    /// Its member exists.
    Enrolled(MemberId),
    /// Another member is before its own.
    Behind(MemberId),
    /// The contender leads.
    Leading {
        /// Its member.
        member: MemberId,
        /// The end of its lease, unless it is renewed.
        lease_end: Time,
    },
    /// The contender leads, and its lease may end soon.
    Jeopardy {
        /// Its member.
        member: MemberId,
        /// The end of its lease. `Leading` follows if it is renewed.
        lease_end: Time,
    },
    /// The candidacy is over.
    Lost(LostReason),
    /// The detector knows the leader.
    Leader(Leading),
    /// The detector knows that there is none.
    NoLeader,
    /// The detector cannot know the leader.
    Unknown,
    /// The client is closed, or its credentials were refused: there is no candidacy any more. The text says
    /// why.
    Ended(String),
    /// Time has passed.
    Tick,
}

names! { Input:
    Enrolling = "enrolling",
    Enrolled = "enrolled",
    Behind = "behind",
    Leading = "leading",
    Jeopardy = "jeopardy",
    Lost = "lost",
    Leader = "leader",
    NoLeader = "no leader",
    Unknown = "unknown",
    Ended = "ended",
    Tick = "tick",
}

impl Input {
    /// The input that an event of the contender is; `None` if the event changes no state.
    pub fn of(event: &ContenderEvent) -> Option<Self> {
        match event {
            ContenderEvent::Enrolling => Some(Self::Enrolling),
            ContenderEvent::Enrolled { member } => Some(Self::Enrolled(member.into())),
            ContenderEvent::Standby { member, .. } => Some(Self::Behind(member.into())),
            ContenderEvent::Leading { member, lease_end } => Some(Self::Leading {
                member: member.into(),
                lease_end: *lease_end,
            }),
            ContenderEvent::Jeopardy { member, lease_end } => Some(Self::Jeopardy {
                member: member.into(),
                lease_end: *lease_end,
            }),
            ContenderEvent::Lost { reason, .. } => Some(Self::Lost(reason.clone())),
            // `Blocked`, `Strangers` and `TokenFell` are news. So is every kind that may come:
            // `states_are_inputs` of the tests finds a new state.
            _ => None,
        }
    }
}

impl From<Detection> for Input {
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
    /// It leads from now on.
    Elected {
        /// Its member, with the fencing token of this leadership.
        member: MemberId,
        /// The end of its lease, unless it is renewed.
        lease_end: Time,
    },
    /// It leads until this instant, unless `confirmed` comes before.
    InJeopardy {
        /// The end of its lease.
        lease_end: Time,
    },
    /// It is no longer in jeopardy.
    Confirmed {
        /// The end of its lease, unless it is renewed.
        lease_end: Time,
    },
    /// Another master leads, or its address has changed.
    Following(Leading),
    /// No leader is known any more.
    Leaderless,
    /// The master has ended.
    Stop(Stop),
}

names! { Output:
    Elected = "elected",
    InJeopardy = "in jeopardy",
    Confirmed = "confirmed",
    Following = "following",
    Leaderless = "leaderless",
    Stop = "stop",
}

/// Where requests for the leader go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requests<'a> {
    /// This master answers them.
    Here,
    /// To this leader: a redirect, 307 (Mesos `master/http.cpp`).
    To(&'a Leading),
    /// No leader is known: 503.
    Nowhere,
}

names! { Requests<'_>:
    Here = "here",
    To = "the leader",
    Nowhere = "503",
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Master {
    state: State,
    /// Its newest own member; kept when the candidacy is lost, because the znode may live on for a while,
    /// and requests must not go round in a circle then.
    own: Option<MemberId>,
    /// The other master that leads, in the state `Standby`.
    leader: Option<Leading>,
    /// In the state `Jeopardy`.
    lease_end: Option<Time>,
    now: Time,
}

impl Default for Master {
    fn default() -> Self {
        Self::new()
    }
}

impl Master {
    /// A master whose contender and detector have just been made.
    pub const fn new() -> Self {
        Self {
            state: State::Candidate,
            own: None,
            leader: None,
            lease_end: None,
            now: Time::from_nanos(0),
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Its newest member; its znode may be gone.
    pub fn member(&self) -> Option<&MemberId> {
        self.own.as_ref()
    }

    /// Where requests for the leader go. A master that does not answer `Here` drops every message of agents
    /// and schedulers.
    pub fn requests(&self) -> Requests<'_> {
        match (self.state, &self.leader) {
            (State::Leader | State::Jeopardy, _) => Requests::Here,
            (State::Standby, Some(leader)) => Requests::To(leader),
            (State::Standby | State::Candidate | State::Leaderless | State::Stopped, _) => {
                Requests::Nowhere
            }
        }
    }

    /// The instant of the next [`Input::Tick`].
    pub fn due(&self) -> Option<Time> {
        self.lease_end
    }

    /// Takes an input.
    pub fn handle(&mut self, input: Input, now: Time) -> Vec<Output> {
        self.now = self.now.max(now);
        match self.state {
            State::Candidate | State::Standby | State::Leaderless => self.follow(input),
            State::Leader | State::Jeopardy => self.lead(input),
            State::Stopped => Vec::new(),
        }
    }

    fn follow(&mut self, input: Input) -> Vec<Output> {
        match input {
            Input::Enrolling => Vec::new(),
            Input::Enrolled(member) | Input::Behind(member) | Input::Jeopardy { member, .. } => {
                let follows_itself = self
                    .leader
                    .as_ref()
                    .is_some_and(|leader| leader.member == member);
                self.own = Some(member);
                match follows_itself {
                    true => self.unfollow(State::Candidate),
                    false => Vec::new(),
                }
            }
            Input::Leading { member, lease_end } => {
                self.state = State::Leader;
                self.leader = None;
                self.own = Some(member.clone());
                vec![Output::Elected { member, lease_end }]
            }
            Input::Lost(reason) => match reason.ending() {
                Ending::Involuntary => Vec::new(),
                Ending::Wanted => self.stop(StopReason::Asked),
                Ending::Final => {
                    let why = match reason {
                        LostReason::Failed(error) => alloc::format!("{error}"),
                        other => other.name().into(),
                    };
                    self.stop(StopReason::CannotContend(why))
                }
            },
            Input::Leader(leader) if self.own.as_ref() == Some(&leader.member) => {
                self.unfollow(State::Candidate)
            }
            Input::Leader(leader) => {
                self.state = State::Standby;
                match self.leader.replace(leader.clone()) {
                    Some(known) if known == leader => Vec::new(),
                    _ => vec![Output::Following(leader)],
                }
            }
            Input::NoLeader | Input::Unknown => match self.state {
                State::Leaderless => Vec::new(),
                _ => {
                    self.unfollow(State::Leaderless);
                    vec![Output::Leaderless]
                }
            },
            Input::Ended(why) => self.stop(StopReason::CannotContend(why)),
            Input::Tick => Vec::new(),
        }
    }

    /// No other master is known to lead.
    fn unfollow(&mut self, state: State) -> Vec<Output> {
        self.state = state;
        match self.leader.take() {
            Some(_) => vec![Output::Leaderless],
            None => Vec::new(),
        }
    }

    fn lead(&mut self, input: Input) -> Vec<Output> {
        match input {
            // The report of the loss is missing.
            Input::Enrolling | Input::Enrolled(_) | Input::Behind(_) => {
                self.stop(StopReason::LostCandidacy(None))
            }
            Input::Leading { member, .. } | Input::Jeopardy { member, .. }
                if self.own.as_ref() != Some(&member) =>
            {
                self.stop(StopReason::LostCandidacy(None))
            }
            Input::Leading { lease_end, .. } => {
                self.lease_end = None;
                match mem::replace(&mut self.state, State::Leader) {
                    State::Jeopardy => vec![Output::Confirmed { lease_end }],
                    _ => Vec::new(),
                }
            }
            Input::Jeopardy { lease_end, .. } => {
                self.lease_end = Some(lease_end);
                match mem::replace(&mut self.state, State::Jeopardy) {
                    State::Jeopardy => Vec::new(),
                    _ => vec![Output::InJeopardy { lease_end }],
                }
            }
            Input::Lost(reason) => self.stop(StopReason::LostCandidacy(Some(reason))),
            Input::Leader(leader) => match &self.own {
                Some(own) if *own == leader.member || leader.member.token < own.token => Vec::new(),
                _ => self.stop(StopReason::Conceded(leader)),
            },
            Input::NoLeader | Input::Unknown => Vec::new(),
            Input::Ended(_) => self.stop(StopReason::LostCandidacy(None)),
            Input::Tick => match self.lease_end {
                Some(end) if end <= self.now => self.stop(StopReason::LeaseEnded),
                _ => Vec::new(),
            },
        }
    }

    fn stop(&mut self, reason: StopReason) -> Vec<Output> {
        *self = Self {
            state: State::Stopped,
            now: self.now,
            ..Self::new()
        };
        vec![Output::Stop(Stop { reason })]
    }
}
