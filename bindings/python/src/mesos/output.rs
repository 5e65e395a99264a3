//! The outputs of the machines for Python: the word of each, and its arguments. `tenure.mesos` makes objects of
//! them.

use super::role::word;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tenure::mesos::roles::observer::Reason;
use tenure::mesos::roles::{Leading, Stop, agent, driver, master, observer};

/// An output: its word, and its arguments.
pub(super) type Made<'py> = (String, Bound<'py, PyTuple>);

/// The outputs of one input.
pub(super) type Rows<'py> = PyResult<Vec<Made<'py>>>;

/// An output, as a word and arguments.
pub(super) trait Row {
    fn row(self, py: Python<'_>) -> PyResult<Made<'_>>;
}

fn arguments<'py, A>(py: Python<'py>, arguments: A) -> PyResult<Bound<'py, PyTuple>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
{
    arguments.into_pyobject(py)
}

/// The address, the path of the member, and the token.
pub(super) fn leader(leader: &Leading) -> (String, String, u64) {
    let address = String::from_utf8_lossy(&leader.address).into_owned();
    (address, leader.member.path.clone(), leader.member.token)
}

/// The reason, the line that Mesos logs, and the exit status.
fn stop(stop: &Stop) -> (String, String, i32) {
    (word(stop.reason.name()), stop.to_string(), stop.status())
}

/// The reason, and Mesos's text.
fn because(reason: Reason) -> (&'static str, String) {
    let name = match reason {
        Reason::NoPong => "no_pong",
        Reason::Disconnected(_) => "disconnected",
        Reason::Failover(_) => "failover",
    };
    (name, reason.to_string())
}

impl Row for master::Output {
    fn row(self, py: Python<'_>) -> PyResult<Made<'_>> {
        let row = match &self {
            Self::Elected { member, lease_end } => {
                arguments(py, (&member.path, member.token, lease_end.as_nanos()))
            }
            Self::InJeopardy { lease_end } | Self::Confirmed { lease_end } => {
                arguments(py, (lease_end.as_nanos(),))
            }
            Self::Following(other) => arguments(py, (leader(other),)),
            Self::Leaderless => Ok(PyTuple::empty(py)),
            Self::Stop(why) => arguments(py, stop(why)),
        };
        Ok((word(self.name()), row?))
    }
}

/// An output of an agent, and the leader that it has.
pub(super) struct OfAgent(pub(super) agent::Output, pub(super) Option<Leading>);

impl Row for OfAgent {
    fn row(self, py: Python<'_>) -> PyResult<Made<'_>> {
        use agent::Output;
        let Self(output, by) = &self;
        let by = by.as_ref().map(leader);
        let row = match output {
            Output::NewLeader(to)
            | Output::SameLeader(to)
            | Output::Register(to)
            | Output::Pong(to) => arguments(py, (leader(to),)),
            Output::Reregister { to, id } => arguments(py, (leader(to), id)),
            Output::Registered { id } => arguments(py, (by, id)),
            Output::Reregistered => arguments(py, (by,)),
            Output::Disconnected | Output::Lost | Output::Ignored => Ok(PyTuple::empty(py)),
            Output::Stop(why) => arguments(py, stop(why)),
        };
        Ok((word(output.name()), row?))
    }
}

impl Row for driver::Output {
    fn row(self, py: Python<'_>) -> PyResult<Made<'_>> {
        let row = match &self {
            Self::Subscribe { to, id, force } => arguments(py, (leader(to), id.as_ref(), *force)),
            Self::Registered { leader: by, id } => arguments(py, (leader(by), id)),
            Self::Reregistered(by) | Self::Send(by) => arguments(py, (leader(by),)),
            Self::TasksLost => arguments(py, (driver::MASTER_DISCONNECTED,)),
            Self::Disconnected | Self::Dropped | Self::Postponed | Self::Ignored => {
                Ok(PyTuple::empty(py))
            }
            Self::Stop(why) => arguments(py, stop(why)),
        };
        Ok((word(self.name()), row?))
    }
}

impl Row for observer::Output {
    fn row(self, py: Python<'_>) -> PyResult<Made<'_>> {
        let row = match &self {
            Self::Ping { agent, connected } => arguments(py, (agent.as_u64(), *connected)),
            Self::Scheduled { agent, reason } | Self::Unreachable { agent, reason } => {
                let (reason, message) = because(*reason);
                arguments(py, (agent.as_u64(), reason, message))
            }
            Self::Activated(agent)
            | Self::Deactivated(agent)
            | Self::Canceled(agent)
            | Self::Readmitted(agent)
            | Self::Unknown(agent) => arguments(py, (agent.as_u64(),)),
        };
        Ok((word(self.name()), row?))
    }
}
