//! What happened, and what an event shows of it. `event.rs` has the numbers that C sees.

use super::call::{Answer, Done};
use super::member::tenure_members;
use crate::api::{
    ContenderEvent, DetectorEvent, Error, Event, GroupEvent, LostReason, Member, SessionEvent, Time,
};

/// What happened.
pub(super) enum News {
    Session(SessionEvent),
    Contender(ContenderEvent),
    Detector(DetectorEvent),
    Members(tenure_members),
    Group(GroupEvent),
    Done(Done),
}

impl From<Event> for News {
    fn from(event: Event) -> Self {
        match event {
            Event::Session(event) => Self::Session(event),
            Event::Contender(event) => Self::Contender(event),
            Event::Detector(event) => Self::Detector(event),
            Event::Group(event) => event.into(),
        }
    }
}

impl From<DetectorEvent> for News {
    fn from(event: DetectorEvent) -> Self {
        Self::Detector(event)
    }
}

impl From<GroupEvent> for News {
    fn from(event: GroupEvent) -> Self {
        match event {
            // Its list becomes an object that can be lent.
            GroupEvent::Members(list) => Self::Members(tenure_members::new(list)),
            GroupEvent::Unknown { .. }
            | GroupEvent::Failed(_)
            | GroupEvent::MembershipLost { .. } => Self::Group(event),
        }
    }
}

impl From<Done> for News {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl News {
    pub(super) fn member(&self) -> Option<&Member> {
        match self {
            Self::Contender(event) => match event {
                ContenderEvent::Enrolling => None,
                ContenderEvent::Enrolled { member }
                | ContenderEvent::Standby { member, .. }
                | ContenderEvent::Leading { member, .. }
                | ContenderEvent::Jeopardy { member, .. } => Some(member),
                ContenderEvent::Blocked { member, .. } | ContenderEvent::Lost { member, .. } => {
                    member.as_ref()
                }
            },
            Self::Detector(DetectorEvent::Leader(leader)) => Some(&leader.member),
            Self::Group(GroupEvent::MembershipLost { member, .. }) => Some(member),
            Self::Done(Done {
                result: Ok(Answer::Member(member)),
                ..
            }) => Some(member),
            Self::Session(_)
            | Self::Detector(_)
            | Self::Group(_)
            | Self::Members(_)
            | Self::Done(_) => None,
        }
    }

    pub(super) fn reason(&self) -> Option<&LostReason> {
        match self {
            Self::Contender(ContenderEvent::Lost { reason, .. })
            | Self::Group(GroupEvent::MembershipLost { reason, .. }) => Some(reason),
            _ => None,
        }
    }

    /// The error that the event brings, if it brings one with a kind.
    pub(super) fn error(&self) -> Option<&Error> {
        match self {
            Self::Contender(ContenderEvent::Blocked { error, .. })
            | Self::Detector(DetectorEvent::Failed(error))
            | Self::Group(GroupEvent::Failed(error)) => Some(error),
            _ => match self.reason() {
                Some(LostReason::Failed(error)) => Some(error),
                _ => None,
            },
        }
    }

    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Self::Session(
                SessionEvent::Suspended { error, .. } | SessionEvent::Retrying { error, .. },
            ) => Some(error),
            Self::Done(done) => done.result.as_ref().err().map(|f| &*f.message),
            _ => self.error().map(Error::message),
        }
    }

    pub(super) fn since(&self) -> Option<Time> {
        match self {
            Self::Session(SessionEvent::Suspended { since, .. })
            | Self::Detector(DetectorEvent::Unknown { since })
            | Self::Group(GroupEvent::Unknown { since }) => Some(*since),
            _ => None,
        }
    }

    pub(super) fn lease_end(&self) -> Option<Time> {
        match self {
            Self::Contender(
                ContenderEvent::Leading { lease_end, .. }
                | ContenderEvent::Jeopardy { lease_end, .. },
            ) => Some(*lease_end),
            Self::Contender(ContenderEvent::Lost { led_until, .. }) => *led_until,
            _ => None,
        }
    }
}
