//! The log line of each event.

use super::log::LogLevel;
use crate::core::words::Ending;
use crate::core::{
    ContenderEvent, DetectorEvent, Event, ExpiredBy, GroupEvent, LostReason, Member, ServerKind,
    SessionEvent,
};

const NO_LINE: &str = "an event without a line";

/// The level of the line of an event.
pub(super) fn level(event: &Event) -> LogLevel {
    match event {
        Event::Session(event) => match event {
            SessionEvent::Connecting => LogLevel::Debug,
            SessionEvent::Connected { .. }
            | SessionEvent::UndertakerReplaced
            | SessionEvent::Closed => LogLevel::Info,
            SessionEvent::Suspended { .. }
            | SessionEvent::Retrying { .. }
            | SessionEvent::UndertakerLost { .. }
            | SessionEvent::Expired { .. } => LogLevel::Warn,
            SessionEvent::AuthFailed => LogLevel::Error,
            _ => LogLevel::Info,
        },
        Event::Contender(event) => match event {
            ContenderEvent::Enrolling
            | ContenderEvent::Enrolled { .. }
            | ContenderEvent::Standby { .. } => LogLevel::Debug,
            ContenderEvent::Leading { .. } => LogLevel::Info,
            ContenderEvent::Jeopardy { .. } => LogLevel::Warn,
            ContenderEvent::Lost { reason, .. } => match reason.ending() {
                Ending::Wanted => LogLevel::Info,
                Ending::Involuntary => LogLevel::Warn,
                Ending::Final => LogLevel::Error,
            },
            ContenderEvent::Blocked { .. }
            | ContenderEvent::Strangers { .. }
            | ContenderEvent::TokenFell { .. } => LogLevel::Error,
            _ => LogLevel::Info,
        },
        Event::Detector(event) => match event {
            DetectorEvent::Leader(_) | DetectorEvent::None => LogLevel::Info,
            DetectorEvent::Unknown { .. } => LogLevel::Warn,
            DetectorEvent::Failed(_) | DetectorEvent::TokenFell { .. } => LogLevel::Error,
            _ => LogLevel::Info,
        },
        Event::Group(event) => match event {
            GroupEvent::Members(_) => LogLevel::Debug,
            GroupEvent::Unknown { .. } | GroupEvent::MembershipLost { .. } => LogLevel::Warn,
            GroupEvent::Failed(_) => LogLevel::Error,
            _ => LogLevel::Info,
        },
    }
}

/// The event in words; `about` is the group of its handle.
pub(super) fn line(event: &Event, about: &str) -> String {
    match event {
        Event::Session(event) => session(event),
        Event::Contender(event) => format!("contender of {about}: {}", contender(event)),
        Event::Detector(event) => format!("detector of {about}: {}", detector(event)),
        Event::Group(event) => format!("group {about}: {}", group(event)),
    }
}

fn session(event: &SessionEvent) -> String {
    match event {
        SessionEvent::Connecting => "connecting".to_owned(),
        SessionEvent::Connected {
            session,
            timeout,
            server,
        } => {
            let note = match server {
                ServerKind::Other => "; the server is not ZooKeeper",
                _ => "",
            };
            format!("connected, session 0x{session:x}, session timeout {timeout:?}{note}")
        }
        SessionEvent::Suspended { error, .. } => format!("connection lost: {error}"),
        SessionEvent::Retrying { attempt, error } => {
            format!("attempt {attempt} to connect failed: {error}")
        }
        SessionEvent::Expired { by } => match by {
            ExpiredBy::Server => "session expired: a server has ended it".to_owned(),
            ExpiredBy::LocalTimeout => {
                "session expired by the client's own clock: no server has answered for too long"
                    .to_owned()
            }
        },
        SessionEvent::UndertakerLost { error } => error.clone(),
        SessionEvent::UndertakerReplaced => "another undertaker has taken its place".to_owned(),
        SessionEvent::AuthFailed => "the server refused the credentials".to_owned(),
        SessionEvent::Closed => "closed".to_owned(),
        other => without_line(other.name()),
    }
}

fn contender(event: &ContenderEvent) -> String {
    match event {
        ContenderEvent::Enrolling => "enrolling".to_owned(),
        ContenderEvent::Enrolled { member } => format!("enrolled as {}", member.path),
        ContenderEvent::Standby {
            member,
            waits_until: Some(_),
            ..
        } => format!(
            "{} is first, and waits for the lease of the leader before it",
            member.path
        ),
        ContenderEvent::Standby { member, ahead, .. } => {
            format!("{} stands by, {ahead} ahead", member.path)
        }
        ContenderEvent::Leading { member, .. } => {
            format!("{} leads with token {}", member.path, member.token)
        }
        ContenderEvent::Jeopardy { member, .. } => format!(
            "{} leads in jeopardy: a renewal is overdue or the connection lost",
            member.path
        ),
        ContenderEvent::Blocked { member, error } => {
            format!(
                "candidacy{} cannot go on for now: {error}",
                of(member.as_ref())
            )
        }
        ContenderEvent::Strangers { error, .. } => error.clone(),
        ContenderEvent::TokenFell { member, before } => token_fell(member, *before),
        ContenderEvent::Lost {
            member,
            led_until,
            reason,
        } => {
            let what = if led_until.is_some() {
                "leadership"
            } else {
                "candidacy"
            };
            format!("{what}{} is over: {}", of(member.as_ref()), lost(reason))
        }
        other => without_line(other.name()),
    }
}

/// The line of a kind of event that has none here. A test finds such kinds: the compiler cannot, for
/// users must expect kinds that they do not know.
fn without_line(kind: &str) -> String {
    format!("{kind} ({NO_LINE})")
}

/// The znode of a candidacy, if it exists.
fn of(member: Option<&Member>) -> String {
    member.map_or_else(String::new, |member| format!(" of {}", member.path))
}

fn token_fell(member: &Member, before: u64) -> String {
    format!(
        "the token fell from {before} to {} of {}: the ensemble was emptied or restored; reset the resources \
         that remember {before}",
        member.token, member.path
    )
}

fn lost(reason: &LostReason) -> String {
    match reason {
        LostReason::Failed(error) => error.to_string(),
        reason => reason.word().log.to_owned(),
    }
}

fn detector(event: &DetectorEvent) -> String {
    match event {
        DetectorEvent::Unknown { .. } => {
            "the leader is not known: no server has answered for too long".to_owned()
        }
        DetectorEvent::None => "there is no leader: the group is empty".to_owned(),
        DetectorEvent::Leader(leader) => format!(
            "{} leads with token {}",
            leader.member.path, leader.member.token
        ),
        DetectorEvent::TokenFell { member, before } => token_fell(member, *before),
        DetectorEvent::Failed(error) => error.to_string(),
        other => without_line(other.name()),
    }
}

fn group(event: &GroupEvent) -> String {
    match event {
        GroupEvent::Unknown { .. } => {
            "the members are not known: no server has answered for too long".to_owned()
        }
        GroupEvent::Members(members) => format!("{} members", members.len()),
        GroupEvent::Failed(error) => error.to_string(),
        GroupEvent::MembershipLost { member, reason } => {
            format!("membership {} is over: {}", member.path, lost(reason))
        }
        other => without_line(other.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Error, ErrorKind};

    #[test]
    fn every_kind_of_event_has_a_line() {
        let sessions = SessionEvent::samples().into_iter().map(Event::Session);
        let contenders = ContenderEvent::samples().into_iter().map(Event::Contender);
        let detectors = DetectorEvent::samples().into_iter().map(Event::Detector);
        let groups = GroupEvent::samples().into_iter().map(Event::Group);
        for event in sessions.chain(contenders).chain(detectors).chain(groups) {
            let line = line(&event, "/g");
            assert!(!line.contains(NO_LINE), "log_lines.rs: {line}");
        }
    }

    #[test]
    fn a_candidacy_that_cannot_go_on_says_whose_it_is_and_why() {
        let member = Member {
            path: "/g/0000000001".to_owned(),
            label: None,
            sequence: 1,
            token: 7,
        };
        let said = |member| {
            let error = Error::new(ErrorKind::NoAuth, "give READ on /g");
            let event = Event::Contender(ContenderEvent::Blocked { member, error });
            assert_eq!(level(&event), LogLevel::Error);
            line(&event, "/g")
        };
        let [standing, without] = [Some(member), None].map(said);
        assert_eq!(
            standing,
            "contender of /g: candidacy of /g/0000000001 cannot go on for now: give READ on /g"
        );
        assert_eq!(
            without,
            "contender of /g: candidacy cannot go on for now: give READ on /g"
        );
    }
}
