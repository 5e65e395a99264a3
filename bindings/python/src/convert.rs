//! Events of the library as objects of `tenure.events`.

use crate::classes::{Made, classes, make};
use crate::error::exception;
use crate::member::{make_leader, make_member, make_members};
use crate::value::IntoPython;
use pyo3::prelude::*;
use tenure::{ContenderEvent, DetectorEvent, ExpiredBy, GroupEvent, LostReason, SessionEvent};

classes!(
    SessionConnecting,
    SessionConnected,
    SessionSuspended,
    SessionRetrying,
    SessionExpired,
    SessionAuthFailed,
    SessionClosed,
    SessionOther,
    Enrolling,
    Enrolled,
    Standby,
    Leading,
    Jeopardy,
    Blocked,
    Lost,
    ContenderOther,
    LeaderUnknown,
    NoLeader,
    LeaderKnown,
    DetectionFailed,
    DetectorOther,
    MembersUnknown,
    MembersKnown,
    ListingFailed,
    MembershipLost,
    GroupOther,
);

impl IntoPython for SessionEvent {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        session(py, self).map(Bound::unbind)
    }
}

impl IntoPython for ContenderEvent {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        contender(py, self).map(Bound::unbind)
    }
}

impl IntoPython for DetectorEvent {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        detector(py, self).map(Bound::unbind)
    }
}

impl IntoPython for GroupEvent {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        group(py, self).map(Bound::unbind)
    }
}

/// The reason as a word, and the error behind it.
fn reason<'py>(py: Python<'py>, reason: &LostReason) -> PyResult<(String, Bound<'py, PyAny>)> {
    let (word, error) = match reason {
        LostReason::Failed(error) => ("failed", exception(py, error)?),
        LostReason::SessionExpired => ("session_expired", py.None().into_bound(py)),
        LostReason::LeaseLapsed => ("lease_lapsed", py.None().into_bound(py)),
        LostReason::Evicted => ("evicted", py.None().into_bound(py)),
        LostReason::Withdrawn => ("withdrawn", py.None().into_bound(py)),
        LostReason::Closed => ("closed", py.None().into_bound(py)),
        // A kind that this module does not know yet.
        other => return Ok((format!("{other:?}"), py.None().into_bound(py))),
    };
    Ok((word.to_owned(), error))
}

fn session(py: Python<'_>, event: SessionEvent) -> Made<'_> {
    match event {
        SessionEvent::Connecting => make(py, &classes(py)?.SessionConnecting, ()),
        SessionEvent::Connected { session, timeout } => make(
            py,
            &classes(py)?.SessionConnected,
            (session, timeout.as_secs_f64()),
        ),
        SessionEvent::Suspended { since, error } => make(
            py,
            &classes(py)?.SessionSuspended,
            (since.as_nanos(), error),
        ),
        SessionEvent::Retrying { attempt, error } => {
            make(py, &classes(py)?.SessionRetrying, (attempt, error))
        }
        SessionEvent::Expired { by } => {
            let by = match by {
                ExpiredBy::Server => "server",
                ExpiredBy::LocalTimeout => "local_timeout",
            };
            make(py, &classes(py)?.SessionExpired, (by,))
        }
        SessionEvent::AuthFailed => make(py, &classes(py)?.SessionAuthFailed, ()),
        SessionEvent::Closed => make(py, &classes(py)?.SessionClosed, ()),
        other => make(py, &classes(py)?.SessionOther, (format!("{other:?}"),)),
    }
}

fn contender(py: Python<'_>, event: ContenderEvent) -> Made<'_> {
    match event {
        ContenderEvent::Enrolling => make(py, &classes(py)?.Enrolling, ()),
        ContenderEvent::Enrolled { member } => {
            make(py, &classes(py)?.Enrolled, (make_member(py, member)?,))
        }
        ContenderEvent::Standby { member, ahead } => {
            make(py, &classes(py)?.Standby, (make_member(py, member)?, ahead))
        }
        ContenderEvent::Leading { member, lease_end } => make(
            py,
            &classes(py)?.Leading,
            (make_member(py, member)?, lease_end.as_nanos()),
        ),
        ContenderEvent::Jeopardy { member, lease_end } => make(
            py,
            &classes(py)?.Jeopardy,
            (make_member(py, member)?, lease_end.as_nanos()),
        ),
        ContenderEvent::Blocked { member, error } => {
            let member = member.map(|member| make_member(py, member)).transpose()?;
            make(py, &classes(py)?.Blocked, (member, exception(py, &error)?))
        }
        ContenderEvent::Lost {
            member,
            led_until,
            reason: why,
        } => {
            let member = member.map(|member| make_member(py, member)).transpose()?;
            let (why, error) = reason(py, &why)?;
            let until = led_until.map(tenure::Time::as_nanos);
            make(py, &classes(py)?.Lost, (member, until, why, error))
        }
        other => make(py, &classes(py)?.ContenderOther, (format!("{other:?}"),)),
    }
}

fn detector(py: Python<'_>, event: DetectorEvent) -> Made<'_> {
    match event {
        DetectorEvent::Unknown { since } => {
            make(py, &classes(py)?.LeaderUnknown, (since.as_nanos(),))
        }
        DetectorEvent::None => make(py, &classes(py)?.NoLeader, ()),
        DetectorEvent::Leader(leader) => {
            make(py, &classes(py)?.LeaderKnown, (make_leader(py, leader)?,))
        }
        DetectorEvent::Failed(error) => {
            make(py, &classes(py)?.DetectionFailed, (exception(py, &error)?,))
        }
        other => make(py, &classes(py)?.DetectorOther, (format!("{other:?}"),)),
    }
}

fn group(py: Python<'_>, event: GroupEvent) -> Made<'_> {
    match event {
        GroupEvent::Unknown { since } => {
            make(py, &classes(py)?.MembersUnknown, (since.as_nanos(),))
        }
        GroupEvent::Members(members) => make(
            py,
            &classes(py)?.MembersKnown,
            (make_members(py, members)?,),
        ),
        GroupEvent::Failed(error) => {
            make(py, &classes(py)?.ListingFailed, (exception(py, &error)?,))
        }
        GroupEvent::MembershipLost {
            member,
            reason: why,
        } => {
            let (why, error) = reason(py, &why)?;
            make(
                py,
                &classes(py)?.MembershipLost,
                (make_member(py, member)?, why, error),
            )
        }
        other => make(py, &classes(py)?.GroupOther, (format!("{other:?}"),)),
    }
}
