//! The observer's lines.

use crate::table::{Played, Role};
use core::time::Duration;
use tenure_election::Time;
use tenure_mesos::roles::observer::{
    AgentKey, Input, Observer, Options, Output, RemovalLimit, State,
};

pub(crate) const ROLE: Role = Role {
    name: "observer",
    file: "observer/mod.rs",
    states: State::NAMES,
    inputs: Input::NAMES,
    cases: &[
        "registered",
        "pong",
        "link lost",
        "removed",
        "tick: too early",
        "tick: ping due after a pong",
        "tick: ping due without a pong",
        "tick: last ping due without a pong",
        "tick: last ping due without a pong against the limit",
        "tick: registration overdue",
        "tick: registration overdue against the limit",
        "tick: the limit permits",
    ],
    play,
    answer,
};

/// When the observed agent comes; then the rate limit forbids for an hour, if it is used up.
const BEGIN: u64 = 1_000;
const HOUR: u64 = 3_600;

fn at(seconds: u64) -> Time {
    Time::from_nanos(seconds * 1_000_000_000)
}

/// An observer, the observed agent, and the time.
struct Scene {
    observer: Observer,
    agent: AgentKey,
    now: u64,
    outputs: Vec<Output>,
}

impl Scene {
    /// Whether the agent is to be expected, or admitted; whether another agent has used up the rate limit.
    fn new(expected: bool, forbids: bool) -> Self {
        let limit = RemovalLimit {
            agents: 1,
            each: Duration::from_secs(HOUR),
        };
        let options = Options {
            agent_removal_rate_limit: Some(limit),
            ..Options::default()
        };
        let mut observer = Observer::new(options).unwrap();
        let mut outputs = Vec::new();
        if forbids {
            observer.expect(at(BEGIN - 600)).unwrap();
            observer.handle(Input::Tick, at(BEGIN), &mut outputs);
            assert!(matches!(outputs[1], Output::Unreachable { .. }));
        }
        let agent = match expected {
            true => observer.expect(at(BEGIN)),
            false => observer.admit(at(BEGIN), &mut outputs),
        };
        Self {
            observer,
            agent: agent.unwrap(),
            now: BEGIN,
            outputs,
        }
    }

    fn play(&mut self, input: Input) -> Played {
        self.outputs.clear();
        self.observer.handle(input, at(self.now), &mut self.outputs);
        let names = self.outputs.iter().map(|output| output.name()).collect();
        (self.observer.state(self.agent).name(), names)
    }

    /// Ticks at once, and then each 15 s, until some seconds after now, without any pong.
    fn pass(&mut self, seconds: u64) {
        let end = self.now + seconds;
        while self.now < end {
            self.now += 15.min(end - self.now);
            self.play(Input::Tick);
        }
    }

    /// Answers each ping until some seconds after now.
    fn answer(&mut self, seconds: u64) {
        for _ in 0..seconds / 15 {
            self.play(Input::Pong(self.agent));
            self.pass(15);
        }
    }
}

/// An observer with an agent in this state.
fn reach(state: &str, forbids: bool) -> Scene {
    // These wait for the rate limit.
    let waits = ["unanswered", "silent", "overdue"].contains(&state);
    let mut scene = Scene::new(["expected", "overdue"].contains(&state), forbids || waits);
    match state {
        "unknown" => {
            scene.play(Input::Removed(scene.agent));
        }
        "expected" | "active" => {}
        "disconnected" => {
            scene.play(Input::LinkLost(scene.agent));
        }
        "unanswered" => scene.pass(75),
        "silent" => {
            scene.play(Input::LinkLost(scene.agent));
            scene.pass(75);
        }
        "overdue" => scene.pass(600),
        "unreachable" => scene.pass(if forbids { 75 + HOUR } else { 75 }),
        other => panic!("{other}"),
    }
    assert_eq!(scene.observer.state(scene.agent).name(), state);
    scene
}

/// Whether the agent is pinged, if all that is due in the next 15 s happens.
fn answer(state: &str) -> &'static str {
    let mut scene = reach(state, false);
    scene.pass(15);
    let pinged = |output: &Output| match output {
        Output::Ping { agent, connected } => {
            assert_eq!(*connected, ["active", "unanswered"].contains(&state));
            *agent == scene.agent
        }
        _ => false,
    };
    match scene.outputs.iter().any(pinged) {
        true => "yes",
        false => "no",
    }
}

fn play(state: &str, case: &str) -> Option<Played> {
    let forbids = case.ends_with("against the limit");
    let mut scene = reach(state, forbids);
    let agent = scene.agent;
    let pinged = ["active", "disconnected"].contains(&state);
    let waits = ["unanswered", "silent", "overdue"].contains(&state);
    let input = match case {
        "registered" => Input::Registered(agent),
        "pong" => Input::Pong(agent),
        "link lost" => Input::LinkLost(agent),
        "removed" => Input::Removed(agent),
        "tick: too early" => Input::Tick,
        "tick: ping due after a pong" if pinged => {
            scene.play(Input::Pong(agent));
            scene.now += 15;
            Input::Tick
        }
        "tick: ping due without a pong" if pinged || ["unanswered", "silent"].contains(&state) => {
            scene.now += 15;
            Input::Tick
        }
        "tick: last ping due without a pong"
        | "tick: last ping due without a pong against the limit"
            if pinged =>
        {
            scene.pass(60);
            scene.now += 15;
            Input::Tick
        }
        "tick: registration overdue" | "tick: registration overdue against the limit"
            if state == "expected" =>
        {
            scene.now += 600;
            Input::Tick
        }
        "tick: registration overdue" | "tick: registration overdue against the limit"
            if state == "disconnected" =>
        {
            scene.answer(585);
            scene.play(Input::Pong(agent));
            scene.now += 15;
            Input::Tick
        }
        "tick: registration overdue against the limit" if state == "silent" => {
            scene.pass(510);
            scene.now += 15;
            Input::Tick
        }
        "tick: the limit permits" if waits => {
            scene.now = BEGIN + HOUR;
            Input::Tick
        }
        _ => {
            assert!(case.starts_with("tick: "), "{case}");
            return None;
        }
    };
    Some(scene.play(input))
}
