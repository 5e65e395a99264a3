//! The registration of an agent or a framework with the leader: the part that both roles share.

use super::attempts::Attempts;
use super::leading::{Leading, MemberId, Sender};
use alloc::borrow::ToOwned;
use alloc::string::String;
use core::time::Duration;
use tenure_election::Time;

/// How far the registration is. All states are in the tables of [agents](super::agent) and
/// [drivers](super::driver).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No leader is known, and there is no id yet.
    Starting,
    /// A leader is known and is asked for an id.
    Registering,
    /// The leader has confirmed the registration.
    Registered,
    /// The leader with which it registered last has not confirmed the id again.
    Reregistering,
    /// Another leader than the one with which it registered last has not confirmed the id.
    Moving,
    /// No leader is known; the id is kept.
    Lost,
    /// The role has ended.
    Stopped,
}

names! { State:
    Starting = "starting",
    Registering = "registering",
    Registered = "registered",
    Reregistering = "re-registering",
    Moving = "moving",
    Lost = "lost",
    Stopped = "stopped",
}

/// The effect of a confirmation by a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// It did not come from the leader, or the role has ended.
    Ignored,
    /// It was confirmed before.
    Repeated,
    /// The first with this leader.
    New,
    /// One with the leader of the last registration.
    Renewed,
    /// The leader gave another id than the one that is kept.
    OtherId { known: String },
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub(super) struct Registration {
    state: State,
    leader: Option<Leading>,
    /// The leader with which it registered last.
    last: Option<MemberId>,
    id: Option<String>,
    attempts: Attempts,
}

impl Registration {
    /// `id` is that of an earlier run; `first` and `most` bound the spans of [`Attempts`].
    pub(super) fn new(id: Option<String>, first: Duration, most: Duration, seed: u64) -> Self {
        Self {
            state: match id {
                Some(_) => State::Lost,
                None => State::Starting,
            },
            leader: None,
            last: None,
            id,
            attempts: Attempts::new(first, most, seed),
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn leader(&self) -> Option<&Leading> {
        self.leader.as_ref()
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The instant of the next attempt to register.
    pub(super) fn due(&self) -> Option<Time> {
        self.attempts.due()
    }

    /// Whether the sender is the leader.
    pub(super) fn accepts(&self, sender: &Sender<'_>) -> bool {
        self.leader.as_ref().is_some_and(|known| known.sent(sender))
    }

    /// A leader is known from now on. True if it is the one of the last registration.
    pub(super) fn found(&mut self, leader: Leading, now: Time) -> bool {
        let same = self.last.as_ref() == Some(&leader.member);
        self.state = match (&self.id, same) {
            (None, _) => State::Registering,
            (Some(_), true) => State::Reregistering,
            (Some(_), false) => State::Moving,
        };
        self.leader = Some(leader);
        self.attempts.begin(now);
        same
    }

    /// No leader is known from now on. True if one was.
    pub(super) fn lost(&mut self) -> bool {
        self.state = match self.id {
            None => State::Starting,
            Some(_) => State::Lost,
        };
        self.attempts.end();
        self.leader.take().is_some()
    }

    /// The leader may no longer have the registration: asks again. Call it in the state `Registered`.
    pub(super) fn renew(&mut self, now: Time) {
        self.state = State::Reregistering;
        self.attempts.begin(now);
    }

    /// A sender has confirmed the registration of this id.
    pub(super) fn confirmed(&mut self, from: &Sender<'_>, id: &str) -> Confirmation {
        let Some(leader) = self.leader.as_ref().filter(|leader| leader.sent(from)) else {
            return Confirmation::Ignored;
        };
        if let Some(known) = self.id.as_deref().filter(|known| *known != id) {
            let known = known.to_owned();
            return Confirmation::OtherId { known };
        }
        let effect = match self.state {
            State::Registering | State::Moving => Confirmation::New,
            State::Reregistering => Confirmation::Renewed,
            State::Registered => Confirmation::Repeated,
            State::Starting | State::Lost | State::Stopped => return Confirmation::Ignored,
        };
        self.last = Some(leader.member.clone());
        self.id = Some(id.to_owned());
        self.state = State::Registered;
        self.attempts.end();
        effect
    }

    /// Whether the leader is to be asked now; the next attempt is set.
    pub(super) fn take_attempt(&mut self, now: Time) -> bool {
        self.attempts.take_due(now)
    }

    /// Ends for ever.
    pub(super) fn stop(&mut self) {
        self.state = State::Stopped;
        self.leader = None;
        self.attempts.end();
    }
}
