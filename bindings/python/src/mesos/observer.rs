//! An observer of agents, natively.

use super::output::{Made, Row, Rows};
use super::role::{Machine, instant, nanos, out_of_range, span};
use crate::error::raise;
use pyo3::prelude::*;
use tenure::mesos::roles::observer::{
    self, AGENTS_MAX, AgentKey, Input, Options, Output, RemovalLimit,
};
use tenure::{Error, ErrorKind};

/// The machine of an observer. Spans and instants are in nanoseconds; agents are numbers.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Observer(Machine<observer::Observer>);

impl Observer {
    fn give<'py>(&self, py: Python<'py>, now: Option<u64>, input: Input) -> Rows<'py> {
        self.0.give(py, now, |observer, now| {
            let mut outputs = Vec::new();
            observer.handle(input, now, &mut outputs);
            outputs
        })
    }
}

fn too_many(py: Python<'_>) -> PyErr {
    let message =
        format!("an observer has at most {AGENTS_MAX} agents: remove those that are gone");
    raise(py, &Error::new(ErrorKind::System, message))
}

#[pymethods]
impl Observer {
    /// `removals` is a number of agents, and a span.
    #[new]
    #[pyo3(signature = (agent_ping_timeout, max_agent_ping_timeouts, agent_reregister_timeout, removals))]
    fn new(
        py: Python<'_>,
        agent_ping_timeout: u64,
        max_agent_ping_timeouts: u32,
        agent_reregister_timeout: u64,
        removals: Option<(u32, u64)>,
    ) -> PyResult<Self> {
        let made = observer::Observer::new(Options {
            agent_ping_timeout: span(agent_ping_timeout),
            max_agent_ping_timeouts,
            agent_reregister_timeout: span(agent_reregister_timeout),
            agent_removal_rate_limit: removals.map(|(agents, each)| RemovalLimit {
                agents,
                each: span(each),
            }),
        });
        let made = made.map_err(|error| out_of_range(py, &error))?;
        Ok(Self(Machine::new(made)))
    }

    /// The number of agents.
    fn agents(&self) -> usize {
        self.0.lock().agents()
    }

    fn state(&self, agent: u64) -> &'static str {
        // Each name is one word.
        self.0.lock().state(AgentKey::from_u64(agent)).name()
    }

    #[getter]
    fn due(&self) -> Option<u64> {
        nanos(self.0.lock().due())
    }

    #[getter]
    fn total_ping_timeout(&self) -> f64 {
        self.0.lock().options().total_ping_timeout().as_secs_f64()
    }

    /// The agent, and the outputs.
    fn admit<'py>(&self, py: Python<'py>, now: Option<u64>) -> PyResult<(u64, Vec<Made<'py>>)> {
        let mut outputs: Vec<Output> = Vec::new();
        let agent = self.0.lock().admit(instant(now), &mut outputs);
        let agent = agent.ok_or_else(|| too_many(py))?;
        let rows: Rows<'py> = outputs.into_iter().map(|output| output.row(py)).collect();
        Ok((agent.as_u64(), rows?))
    }

    /// The agent.
    fn expect(&self, py: Python<'_>, now: Option<u64>) -> PyResult<u64> {
        let agent = self.0.lock().expect(instant(now));
        agent.map(AgentKey::as_u64).ok_or_else(|| too_many(py))
    }

    fn registered<'py>(&self, py: Python<'py>, agent: u64, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Registered(AgentKey::from_u64(agent)))
    }

    fn pong<'py>(&self, py: Python<'py>, agent: u64, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Pong(AgentKey::from_u64(agent)))
    }

    fn link_lost<'py>(&self, py: Python<'py>, agent: u64, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::LinkLost(AgentKey::from_u64(agent)))
    }

    fn removed<'py>(&self, py: Python<'py>, agent: u64, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Removed(AgentKey::from_u64(agent)))
    }

    fn tick<'py>(&self, py: Python<'py>, now: Option<u64>) -> Rows<'py> {
        self.give(py, now, Input::Tick)
    }
}
