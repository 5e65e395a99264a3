//! Values of the library as those of `tenure.events`, and back.

use crate::error::exception;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};
use tenure::{
    ContenderEvent, DetectorEvent, ExpiredBy, GroupEvent, Leader, Leadership, LostReason, Member,
    SessionEvent,
};

/// What a call or an event brings.
pub(crate) enum Value {
    Nothing,
    Flag(bool),
    Data(Option<Vec<u8>>),
    Member(Member),
    Members(Vec<Member>),
    /// Token and end of the lease in nanoseconds.
    Lease(Leadership),
    Session(SessionEvent),
    Contender(ContenderEvent),
    Detector(DetectorEvent),
    Group(GroupEvent),
}

macro_rules! into_value {
    ($($from:ty => $kind:ident),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$kind(value)
            }
        })*
    };
}

into_value!(
    bool => Flag,
    Option<Vec<u8>> => Data,
    Member => Member,
    Vec<Member> => Members,
    Leadership => Lease,
    SessionEvent => Session,
    ContenderEvent => Contender,
    DetectorEvent => Detector,
    GroupEvent => Group,
);

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::Nothing
    }
}

impl Value {
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let value = match self {
            Self::Nothing => py.None().into_bound(py),
            Self::Flag(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
            Self::Data(None) => py.None().into_bound(py),
            Self::Data(Some(data)) => PyBytes::new(py, &data).into_any(),
            Self::Member(member) => make_member(py, member)?,
            Self::Members(members) => make_members(py, members)?.into_any(),
            Self::Lease(lease) => (lease.token(), lease.lease_end().as_nanos())
                .into_pyobject(py)?
                .into_any(),
            Self::Session(event) => session(py, event)?,
            Self::Contender(event) => contender(py, event)?,
            Self::Detector(event) => detector(py, event)?,
            Self::Group(event) => group(py, event)?,
        };
        Ok(value.unbind())
    }
}

type Made<'py> = PyResult<Bound<'py, PyAny>>;

/// An object of a class of `tenure.events`.
fn make<'py, A>(py: Python<'py>, class: &str, arguments: A) -> Made<'py>
where
    A: pyo3::call::PyCallArgs<'py>,
{
    events(py)?.getattr(class)?.call1(arguments)
}

/// The module `tenure.events`.
pub(crate) fn events(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static EVENTS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let events = EVENTS.get_or_try_init(py, || {
        Ok::<_, PyErr>(PyModule::import(py, "tenure.events")?.unbind())
    })?;
    Ok(events.bind(py))
}

fn make_member(py: Python<'_>, member: Member) -> Made<'_> {
    let Member {
        path,
        label,
        sequence,
        token,
    } = member;
    make(py, "Member", (path, label, sequence, token))
}

fn make_members(py: Python<'_>, members: Vec<Member>) -> PyResult<Bound<'_, PyTuple>> {
    let members = members.into_iter().map(|member| make_member(py, member));
    PyTuple::new(py, members.collect::<PyResult<Vec<_>>>()?)
}

fn make_leader(py: Python<'_>, leader: Leader) -> Made<'_> {
    let member = make_member(py, leader.member)?;
    let data = PyBytes::new(py, &leader.data);
    make(py, "Leader", (member, data, leader.as_of.as_nanos()))
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
        SessionEvent::Connecting => make(py, "SessionConnecting", ()),
        SessionEvent::Connected { session, timeout } => {
            make(py, "SessionConnected", (session, timeout.as_secs_f64()))
        }
        SessionEvent::Suspended { since, error } => {
            make(py, "SessionSuspended", (since.as_nanos(), error))
        }
        SessionEvent::Retrying { attempt, error } => make(py, "SessionRetrying", (attempt, error)),
        SessionEvent::Expired { by } => {
            let by = match by {
                ExpiredBy::Server => "server",
                ExpiredBy::LocalTimeout => "local_timeout",
            };
            make(py, "SessionExpired", (by,))
        }
        SessionEvent::AuthFailed => make(py, "SessionAuthFailed", ()),
        SessionEvent::Closed => make(py, "SessionClosed", ()),
        other => make(py, "SessionOther", (format!("{other:?}"),)),
    }
}

fn contender(py: Python<'_>, event: ContenderEvent) -> Made<'_> {
    match event {
        ContenderEvent::Enrolling => make(py, "Enrolling", ()),
        ContenderEvent::Enrolled { member } => make(py, "Enrolled", (make_member(py, member)?,)),
        ContenderEvent::Standby { member, ahead } => {
            make(py, "Standby", (make_member(py, member)?, ahead))
        }
        ContenderEvent::Leading { member, lease_end } => make(
            py,
            "Leading",
            (make_member(py, member)?, lease_end.as_nanos()),
        ),
        ContenderEvent::Jeopardy { member, lease_end } => make(
            py,
            "Jeopardy",
            (make_member(py, member)?, lease_end.as_nanos()),
        ),
        ContenderEvent::Blocked { member, error } => {
            let member = member.map(|member| make_member(py, member)).transpose()?;
            make(py, "Blocked", (member, exception(py, &error)?))
        }
        ContenderEvent::Lost {
            member,
            led_until,
            reason: why,
        } => {
            let member = member.map(|member| make_member(py, member)).transpose()?;
            let (why, error) = reason(py, &why)?;
            let until = led_until.map(tenure::Time::as_nanos);
            make(py, "Lost", (member, until, why, error))
        }
        other => make(py, "ContenderOther", (format!("{other:?}"),)),
    }
}

fn detector(py: Python<'_>, event: DetectorEvent) -> Made<'_> {
    match event {
        DetectorEvent::Unknown { since } => make(py, "LeaderUnknown", (since.as_nanos(),)),
        DetectorEvent::None => make(py, "NoLeader", ()),
        DetectorEvent::Leader(leader) => make(py, "LeaderKnown", (make_leader(py, leader)?,)),
        DetectorEvent::Failed(error) => make(py, "DetectionFailed", (exception(py, &error)?,)),
        other => make(py, "DetectorOther", (format!("{other:?}"),)),
    }
}

fn group(py: Python<'_>, event: GroupEvent) -> Made<'_> {
    match event {
        GroupEvent::Unknown { since } => make(py, "MembersUnknown", (since.as_nanos(),)),
        GroupEvent::Members(members) => make(py, "MembersKnown", (make_members(py, members)?,)),
        GroupEvent::Failed(error) => make(py, "ListingFailed", (exception(py, &error)?,)),
        GroupEvent::MembershipLost {
            member,
            reason: why,
        } => {
            let (why, error) = reason(py, &why)?;
            make(py, "MembershipLost", (make_member(py, member)?, why, error))
        }
        other => make(py, "GroupOther", (format!("{other:?}"),)),
    }
}

/// A `tenure.events.Member` that comes back.
#[derive(FromPyObject)]
pub(crate) struct MemberArgument {
    path: String,
    label: Option<String>,
    sequence: i32,
    token: u64,
}

impl From<MemberArgument> for Member {
    fn from(member: MemberArgument) -> Self {
        Self {
            path: member.path,
            label: member.label,
            sequence: member.sequence,
            token: member.token,
        }
    }
}

/// What a detector's event says, so that another can be told from it: an event that comes back.
pub(crate) fn detected(py: Python<'_>, event: &Bound<'_, PyAny>) -> PyResult<DetectorEvent> {
    let since = tenure::Time::default();
    let leader = event.getattr(intern!(py, "leader"))?;
    if !leader.is_none() {
        let member: MemberArgument = leader.getattr(intern!(py, "member"))?.extract()?;
        return Ok(DetectorEvent::Leader(Leader {
            member: member.into(),
            data: leader.getattr(intern!(py, "data"))?.extract()?,
            as_of: since,
        }));
    }
    let name = event.get_type().name()?;
    Ok(match name.to_cow()?.as_ref() {
        "NoLeader" => DetectorEvent::None,
        // Whatever follows a failure differs from this.
        _ => DetectorEvent::Unknown { since },
    })
}
