//! A master, natively.

use super::output::{Rows, leader};
use super::role::{LeaderArgument, Machine, leading, member, nanos, word};
use pyo3::prelude::*;
use tenure::mesos::roles::master::{self, Input, Requests};
use tenure::{Error, ErrorKind, LostReason, Time};

/// The machine of a master. Instants are in nanoseconds.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Master(Machine<master::Master>);

impl Master {
    fn give<'py>(&self, py: Python<'py>, now: Option<u64>, input: Input) -> Rows<'py> {
        self.0
            .give(py, now, |master, now| master.handle(input, now))
    }
}

#[pymethods]
impl Master {
    #[new]
    fn new() -> Self {
        Self(Machine::new(master::Master::new()))
    }

    #[getter]
    fn state(&self) -> String {
        word(self.0.lock().state().name())
    }

    /// The path of its newest member, and its token.
    #[getter]
    fn member(&self) -> Option<(String, u64)> {
        let master = self.0.lock();
        let member = master.member()?;
        Some((member.path.clone(), member.token))
    }

    /// Whether this master answers requests, and otherwise the leader that does, if one is known.
    #[getter]
    fn requests(&self) -> (bool, Option<(String, String, u64)>) {
        match self.0.lock().requests() {
            Requests::Here => (true, None),
            Requests::To(other) => (false, Some(leader(other))),
            Requests::Nowhere => (false, None),
        }
    }

    #[getter]
    fn due(&self) -> Option<u64> {
        nanos(self.0.lock().due())
    }

    fn found<'py>(&self, py: Python<'py>, leader: LeaderArgument, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Leader(leading(leader)))
    }

    fn no_leader<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::NoLeader)
    }

    fn unknown<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Unknown)
    }

    fn tick<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Tick)
    }

    fn enrolling<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Enrolling)
    }

    fn enrolled<'py>(
        &self,
        py: Python<'py>,
        path: String,
        token: u64,
        now: Option<u64>,
    ) -> Rows<'py> {
        self.give(py, now, Input::Enrolled(member(path, token)))
    }

    fn behind<'py>(
        &self,
        py: Python<'py>,
        path: String,
        token: u64,
        now: Option<u64>,
    ) -> Rows<'py> {
        self.give(py, now, Input::Behind(member(path, token)))
    }

    fn leading<'py>(
        &self,
        py: Python<'py>,
        path: String,
        token: u64,
        lease_end: u64,
        now: Option<u64>,
    ) -> Rows<'py> {
        let (member, lease_end) = (member(path, token), Time::from_nanos(lease_end));
        self.give(py, now, Input::Leading { member, lease_end })
    }

    fn jeopardy<'py>(
        &self,
        py: Python<'py>,
        path: String,
        token: u64,
        lease_end: u64,
        now: Option<u64>,
    ) -> Rows<'py> {
        let (member, lease_end) = (member(path, token), Time::from_nanos(lease_end));
        self.give(py, now, Input::Jeopardy { member, lease_end })
    }

    /// `error` says why trying again cannot help.
    fn lost<'py>(
        &self,
        py: Python<'py>,
        reason: &str,
        error: Option<String>,
        now: Option<u64>,
    ) -> Rows<'py> {
        let reason = match (reason, error) {
            ("session_expired", None) => LostReason::SessionExpired,
            ("lease_lapsed", None) => LostReason::LeaseLapsed,
            ("evicted", None) => LostReason::Evicted,
            ("withdrawn", None) => LostReason::Withdrawn,
            ("closed", None) => LostReason::Closed,
            (other, error) => {
                let message = error.unwrap_or_else(|| other.to_owned());
                LostReason::Failed(Error::new(ErrorKind::Server, message))
            }
        };
        self.give(py, now, Input::Lost(reason))
    }

    fn ended<'py>(&self, py: Python<'py>, why: String, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Ended(why))
    }
}
