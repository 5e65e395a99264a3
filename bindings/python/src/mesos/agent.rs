//! An agent, natively.

use super::output::{OfAgent, Rows, leader};
use super::role::{
    LeaderArgument, Machine, leading, nanos, out_of_range, seed, sender, span, word,
};
use pyo3::prelude::*;
use tenure::mesos::roles::agent::{self, Input, Options};

/// The machine of an agent. Spans and instants are in nanoseconds.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Agent(Machine<agent::Agent>);

impl Agent {
    fn give<'py>(&self, py: Python<'py>, now: Option<u64>, input: Input<'_>) -> Rows<'py> {
        self.0.give(py, now, |agent, now| {
            let outputs = agent.handle(input, now).into_iter();
            // Whoever registered the agent is the leader.
            let leader = agent.leader().cloned();
            let told = outputs.map(|output| OfAgent(output, leader.clone()));
            told.collect::<Vec<_>>()
        })
    }
}

#[pymethods]
impl Agent {
    #[new]
    #[pyo3(signature = (id, backoff, backoff_max, ping_timeout, seed))]
    fn new(
        py: Python<'_>,
        id: Option<String>,
        backoff: u64,
        backoff_max: u64,
        ping_timeout: u64,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let options = Options {
            id,
            backoff: span(backoff),
            backoff_max: span(backoff_max),
            ping_timeout: span(ping_timeout),
        };
        let made = agent::Agent::new(options, self::seed(seed));
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
        ping_timeout: Option<u64>,
        now: Option<u64>,
    ) -> Rows<'py> {
        let input = Input::Registered {
            from: sender(address, token),
            id,
            ping_timeout: ping_timeout.map(span),
        };
        self.give(py, now, input)
    }

    fn refused<'py>(
        &self,
        py: Python<'py>,
        address: &str,
        token: Option<u64>,
        why: &str,
        now: Option<u64>,
    ) -> Rows<'py> {
        let from = sender(address, token);
        let input = Input::Refused { from, why };
        self.give(py, now, input)
    }

    fn ping<'py>(
        &self,
        py: Python<'py>,
        address: &str,
        token: Option<u64>,
        connected: bool,
        now: Option<u64>,
    ) -> Rows<'py> {
        let from = sender(address, token);
        let input = Input::Ping { from, connected };
        self.give(py, now, input)
    }

    fn link_lost<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        let input = Input::LinkLost;
        self.give(py, now, input)
    }

    /// Without an address the host asks for it.
    fn shutdown<'py>(
        &self,
        py: Python<'py>,
        address: Option<&str>,
        token: Option<u64>,
        now: Option<u64>,
    ) -> Rows<'py> {
        let from = address.map(|address| sender(address, token));
        let input = Input::Shutdown { from };
        self.give(py, now, input)
    }
}
