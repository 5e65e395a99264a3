//! The leader's observer and its agents: processor time of an hour of pings and pongs, in simulated time.

use crate::usage::processor_time;
use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Duration;
use tenure::Time;
use tenure::mesos::roles::agent::{self, Agent};
use tenure::mesos::roles::observer::{AgentKey, Input, Observer, Options, Output};
use tenure::mesos::roles::{Leading, MemberId, Sender};

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
/// How long a pong is under way.
const ANSWER: Duration = Duration::from_millis(100);
const BEGIN: Time = Time::from_nanos(1_000_000_000);
const CALLS: u64 = 10_000_000;
const ADDRESS: &[u8] = b"10.0.0.1:5050";

/// The cost of one hour, and of calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Pings of the hour, each with its pong.
    pub(crate) pings: u64,
    /// Processor time of the observer, in seconds.
    pub(crate) observer: f64,
    /// The same with all agents in the same process.
    pub(crate) both: f64,
    /// A call of `accepts` for the leader, in nanoseconds.
    pub(crate) accepted: f64,
    /// A call of `accepts` for another sender, in nanoseconds.
    pub(crate) refused: f64,
}

fn leader() -> Leading {
    Leading {
        member: MemberId {
            path: "/mesos/json.info_0000000003".into(),
            token: 42,
        },
        address: ADDRESS.to_vec(),
    }
}

/// So many agents that are registered with the leader.
fn agents(count: u64) -> Result<Vec<Agent>, String> {
    let make = |seed| {
        let mut agent = Agent::new(agent::Options::default(), seed).map_err(|e| e.to_string())?;
        let leader = leader();
        agent.handle(agent::Input::Leader(leader.clone()), BEGIN);
        let id = format!("agent-{seed}");
        let registered = agent::Input::Registered {
            from: Sender::from(&leader),
            id: &id,
            ping_timeout: Some(Options::default().total_ping_timeout()),
        };
        agent.handle(registered, BEGIN);
        Ok(agent)
    };
    (0..count).map(make).collect()
}

/// Plays an hour; a ping is a pong a moment later, from the agent if there are any. Gives the number of pongs.
fn hour(count: u64, mut agents: Option<&mut [Agent]>) -> Result<u64, String> {
    let mut observer = Observer::new(Options::default()).map_err(|e| e.to_string())?;
    let leader = leader();
    let from = Sender::from(&leader);
    let (mut outputs, mut answers) = (Vec::new(), VecDeque::<(Time, AgentKey)>::new());
    let (mut now, mut pongs) = (BEGIN, 0);
    for _ in 0..count {
        // All within a second: a cluster after a fail-over.
        now = now + Duration::from_secs(1) / u32::try_from(count).map_err(|e| e.to_string())?;
        observer.admit(now, &mut outputs).ok_or("too many agents")?;
    }
    loop {
        for output in outputs.drain(..) {
            let Output::Ping { agent, connected } = output else {
                return Err(format!("{} is no ping", output.name()));
            };
            if let Some(agents) = agents.as_deref_mut() {
                // The keys of a new observer are numbered as its agents, from 1.
                let number = usize::try_from(agent.as_u64() & 0xffff_ffff).unwrap_or(usize::MAX);
                let machine = agents
                    .get_mut(number.wrapping_sub(1))
                    .ok_or("an unknown agent")?;
                let answered = machine.handle(agent::Input::Ping { from, connected }, now);
                if !matches!(*answered, [agent::Output::Pong(_)]) {
                    return Err(format!("an agent answers {answered:?}"));
                }
                black_box(machine.due());
            }
            answers.push_back((now + ANSWER, agent));
        }
        let tick = observer.due().ok_or("the observer waits for nothing")?;
        match answers.front().copied() {
            Some((at, agent)) if at <= tick => {
                answers.pop_front();
                now = at.max(now);
                if now > BEGIN + HOUR {
                    return Ok(pongs);
                }
                observer.handle(Input::Pong(agent), now, &mut outputs);
                pongs += 1;
            }
            _ => {
                now = tick.max(now);
                observer.handle(Input::Tick, now, &mut outputs);
            }
        }
    }
}

fn seconds(act: impl FnOnce() -> Result<u64, String>) -> Result<(f64, u64), String> {
    let began = processor_time()?;
    let result = act()?;
    Ok(((processor_time()? - began).as_secs_f64(), result))
}

/// Nanoseconds of one call of `accepts`.
fn accepts(agent: &Agent, sender: Sender<'_>, expected: bool) -> Result<f64, String> {
    let (spent, accepted) = seconds(|| {
        let mut accepted = 0;
        for _ in 0..CALLS {
            accepted += u64::from(black_box(agent).accepts(black_box(&sender)));
        }
        Ok(accepted)
    })?;
    if accepted != CALLS * u64::from(expected) {
        return Err(format!(
            "{accepted} of {CALLS} messages of {sender:?} are accepted"
        ));
    }
    Ok(spent * 1e9 / CALLS as f64)
}

/// Measures once.
pub(crate) fn measure(count: u64) -> Result<Cost, String> {
    let mut machines = agents(count)?;
    let (observer, pings) = seconds(|| hour(count, None))?;
    let (both, _) = seconds(|| hour(count, Some(&mut machines)))?;
    let agent = machines.first().ok_or("there is no agent")?;
    let leader = leader();
    let other = Sender {
        address: b"10.0.0.9:5050",
        token: Some(41),
    };
    Ok(Cost {
        pings,
        observer,
        both,
        accepted: accepts(agent, Sender::from(&leader), true)?,
        refused: accepts(agent, other, false)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_is_pinged_each_fifteen_seconds_and_answers() {
        let mut machines = agents(10).expect("agents");
        let pongs = hour(10, Some(&mut machines)).expect("an hour");
        assert!((10 * 239..=10 * 241).contains(&pongs), "{pongs}");
    }
}
