//! The content of an event, whatever its kind.

use super::call::{Answer, Done};
use super::member::tenure_members;
use super::words::{TENURE_EVENT_CALL_DONE, TENURE_EVENT_GROUP_MEMBERS, tenure_event_kind};
use crate::api::words::Part;
use crate::api::{
    ContenderEvent, DetectorEvent, Error, Event, GroupEvent, Leader, LostReason, Member,
    SessionEvent, Time,
};

/// The content of an event.
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
            other => Self::Group(other),
        }
    }
}

impl From<Done> for News {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl News {
    /// The number of its kind.
    pub(super) fn kind(&self) -> tenure_event_kind {
        match self {
            Self::Session(event) => event.number(),
            Self::Contender(event) => event.number(),
            Self::Detector(event) => event.number(),
            Self::Members(_) => TENURE_EVENT_GROUP_MEMBERS,
            Self::Group(event) => event.number(),
            Self::Done(_) => TENURE_EVENT_CALL_DONE,
        }
    }

    /// What the event brings under this name in Rust.
    pub(super) fn part(&self, name: &str) -> Option<Part<'_>> {
        match self {
            Self::Session(event) => event.part(name),
            Self::Contender(event) => event.part(name),
            Self::Detector(event) => event.part(name),
            Self::Group(event) => event.part(name),
            Self::Members(_) | Self::Done(_) => None,
        }
    }

    pub(super) fn leader(&self) -> Option<&Leader> {
        match self.part("leader") {
            Some(Part::Leader(leader)) => Some(leader),
            _ => None,
        }
    }

    pub(super) fn member(&self) -> Option<&Member> {
        match self {
            Self::Done(Done {
                result: Ok(Answer::Member(member)),
                ..
            }) => Some(member),
            _ => match self.part("member") {
                Some(Part::Member(member)) => member,
                _ => self.leader().map(|leader| &leader.member),
            },
        }
    }

    pub(super) fn reason(&self) -> Option<&LostReason> {
        match self.part("reason") {
            Some(Part::Reason(reason)) => Some(reason),
            _ => None,
        }
    }

    /// The error that the event brings, if it brings one with a kind.
    pub(super) fn error(&self) -> Option<&Error> {
        match self.part("error") {
            Some(Part::Error(error)) => Some(error),
            _ => match self.reason() {
                Some(LostReason::Failed(error)) => Some(error),
                _ => None,
            },
        }
    }

    pub(super) fn message(&self) -> Option<&str> {
        match (self, self.part("error")) {
            (Self::Done(done), _) => done.result.as_ref().err().map(|f| &*f.message),
            (_, Some(Part::Text(error))) => Some(error),
            _ => self.error().map(Error::message),
        }
    }

    pub(super) fn time(&self, name: &str) -> Option<Time> {
        match self.part(name) {
            Some(Part::Time(time)) => time,
            _ => None,
        }
    }

    pub(super) fn lease_end(&self) -> Option<Time> {
        let end = self.time("lease_end");
        end.or_else(|| self.time("led_until"))
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        match self.part(name) {
            Some(Part::Count(count)) => Some(count),
            _ => None,
        }
    }
}
