//! Values of the library as those of `tenure.events`, and back.

use crate::error::exception;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};
use tenure::words::{Part, Word};
use tenure::{
    ContenderEvent, DetectorEvent, GroupEvent, Leader, Leadership, LostReason, Member, SessionEvent,
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
            Self::Session(told) => event(py, told.word(), told.parts())?,
            Self::Contender(told) => event(py, told.word(), told.parts())?,
            Self::Detector(told) => event(py, told.word(), told.parts())?,
            Self::Group(told) => event(py, told.word(), told.parts())?,
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

/// An event, as an object of its class: each part is an argument, and a reason is two, its name and
/// the error behind it.
fn event<'py>(py: Python<'py>, word: &Word, parts: Vec<Part<'_>>) -> Made<'py> {
    let mut arguments = Vec::with_capacity(parts.len() + 1);
    for part in parts {
        let argument = match part {
            Part::Member(None) | Part::Time(None) => py.None().into_bound(py),
            Part::Member(Some(member)) => make_member(py, member.clone())?,
            Part::Members(members) => make_members(py, members.to_vec())?.into_any(),
            Part::Leader(leader) => make_leader(py, leader.clone())?,
            Part::Time(Some(time)) => time.as_nanos().into_pyobject(py)?.into_any(),
            Part::Span(span) => span.as_secs_f64().into_pyobject(py)?.into_any(),
            Part::Session(number) => number.into_pyobject(py)?.into_any(),
            Part::Count(count) => count.into_pyobject(py)?.into_any(),
            Part::Text(text) => text.into_pyobject(py)?.into_any(),
            Part::Error(error) => exception(py, error)?,
            Part::By(by) => by.name().into_pyobject(py)?.into_any(),
            Part::Reason(reason) => {
                arguments.push(reason.name().into_pyobject(py)?.into_any());
                match reason {
                    LostReason::Failed(error) => exception(py, error)?,
                    _ => py.None().into_bound(py),
                }
            }
        };
        arguments.push(argument);
    }
    make(py, word.python, PyTuple::new(py, arguments)?)
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
