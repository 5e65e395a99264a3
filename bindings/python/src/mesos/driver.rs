//! A scheduler driver, natively.

use super::output::{Rows, leader};
use super::role::{
    LeaderArgument, Machine, leading, nanos, out_of_range, seed, sender, span, word,
};
use pyo3::prelude::*;
use tenure::mesos::roles::driver::{self, Call, Input, Options};

/// The machine of a driver. Spans and instants are in nanoseconds.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Driver(Machine<driver::Driver>);

impl Driver {
    fn give<'py>(&self, py: Python<'py>, now: Option<u64>, input: Input<'_>) -> Rows<'py> {
        self.0
            .give(py, now, |driver, now| driver.handle(input, now))
    }
}

#[pymethods]
impl Driver {
    #[new]
    #[pyo3(signature = (id, backoff, failover_timeout, seed))]
    fn new(
        py: Python<'_>,
        id: Option<String>,
        backoff: u64,
        failover_timeout: u64,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let options = Options {
            id,
            backoff: span(backoff),
            failover_timeout: span(failover_timeout),
        };
        let made = driver::Driver::new(options, self::seed(seed));
        let made = made.map_err(|error| out_of_range(py, &error))?;
        Ok(Self(Machine::new(made)))
    }

    #[getter]
    fn state(&self) -> String {
        word(self.0.lock().state().name())
    }

    #[getter]
    fn id(&self) -> Option<String> {
        self.0.lock().id().map(str::to_owned)
    }

    #[getter]
    fn leader(&self) -> Option<(String, String, u64)> {
        self.0.lock().leader().map(leader)
    }

    #[getter]
    fn due(&self) -> Option<u64> {
        nanos(self.0.lock().due())
    }

    fn accepts(&self, address: &str, token: Option<u64>) -> bool {
        self.0.lock().accepts(&sender(address, token))
    }

    fn found<'py>(&self, py: Python<'py>, leader: LeaderArgument, now: Option<u64>) -> Rows<'py> {
        let input = Input::Leader(leading(leader));
        self.give(py, now, input)
    }

    fn no_leader<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::NoLeader;
        self.give(py, now, input)
    }

    fn unknown<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::Unknown;
        self.give(py, now, input)
    }

    fn tick<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::Tick;
        self.give(py, now, input)
    }

    fn registered<'py>(
        &self,
        py: Python<'py>,
        address: &str,
        token: Option<u64>,
        id: &str,
        now: Option<u64>,
    ) -> Rows<'py> {
        let from = sender(address, token);
        let input = Input::Registered { from, id };
        self.give(py, now, input)
    }

    fn error<'py>(
        &self,
        py: Python<'py>,
        address: &str,
        token: Option<u64>,
        why: &str,
        now: Option<u64>,
    ) -> Rows<'py> {
        let from = sender(address, token);
        let input = Input::Error { from, why };
        self.give(py, now, input)
    }

    fn link_lost<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::LinkLost;
        self.give(py, now, input)
    }

    fn call<'py>(&self, py: Python<'py>, kind: &str, now: Option<u64>) -> Rows<'py> {
        // Python has refused other names.
        let input = Input::Call(match kind {
            "launch" => Call::Launch,
            "update_framework" => Call::UpdateFramework,
            _ => Call::Other,
        });
        self.give(py, now, input)
    }

    fn stop<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::Stop;
        self.give(py, now, input)
    }
}
