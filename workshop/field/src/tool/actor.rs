//! A client of a run: one process of the tool, and its lines.

use std::process::ExitStatus;

use serde::{Deserialize, Serialize};

use super::event::{BadLine, Event, What};
use super::tenure::{Tenure, tenures};
use crate::boottime;
use crate::process::{Frozen, Line, Process};
use crate::signal::Signal;
use std::time::Duration;

/// How long the youngest process of a tree that was frozen runs without its parents.
const BETWEEN_THAWS: Duration = Duration::from_millis(60);

/// The role of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// To lead: `tenure contend` or `tenure run`.
    Contender,
    /// To follow the leader: `tenure detect`.
    Detector,
}

/// How the harness has ended a client, if it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Acting,
    Leaving,
    Killed { at_ns: u64 },
}

/// One process of the tool.
#[derive(Debug)]
pub struct Actor {
    name: String,
    role: Role,
    process: Process,
    events: Vec<Event>,
    presence: Presence,
    frozen: Option<Frozen>,
}

/// One line that an [`Actor`] has printed.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The line as it was printed.
    pub line: Line,
    /// The fault of the line, if it is not a line of the tool.
    pub bad: Option<BadLine>,
}

impl Actor {
    /// A client that [`Tool::start`](super::Tool::start) has just started.
    #[must_use]
    pub fn new(name: impl Into<String>, role: Role, process: Process) -> Self {
        Self {
            name: name.into(),
            role,
            process,
            events: Vec::new(),
            presence: Presence::Acting,
            frozen: None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is there for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Reads the lines that it has printed since the last call.
    pub fn listen(&mut self) -> Vec<Printed> {
        let mut printed = Vec::new();
        for line in self.process.drain() {
            let bad = match Event::read(&line.json) {
                Ok(event) => {
                    self.events.push(event);
                    None
                }
                Err(bad) => Some(bad),
            };
            printed.push(Printed { line, bad });
        }
        printed
    }

    /// All events that [`listen`](Self::listen) has read so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The first event at `since_ns` or later that matches.
    pub fn first(&self, since_ns: u64, matches: impl Fn(&Event) -> bool) -> Option<&Event> {
        let mut events = self.events.iter();
        events.find(|event| event.at_ns >= since_ns && matches(event))
    }

    /// Its last event as a contender or detector; `None` after a kill.
    #[must_use]
    pub fn state(&self) -> Option<&Event> {
        match self.presence {
            Presence::Acting | Presence::Leaving => {
                self.events.iter().rfind(|event| event.what != What::Other)
            }
            Presence::Killed { .. } => None,
        }
    }

    /// The token with which it believes that it leads, by its last event.
    #[must_use]
    pub fn leads(&self) -> Option<u64> {
        self.state()?.lead().map(|lead| lead.token)
    }

    /// The token of the leader that it knows, by its last event.
    #[must_use]
    pub fn knows(&self) -> Option<u64> {
        self.state()?.leader().map(|leader| leader.token)
    }

    /// Its tenures so far.
    #[must_use]
    pub fn tenures(&self) -> Vec<Tenure> {
        let killed_ns = match self.presence {
            Presence::Killed { at_ns } => Some(at_ns),
            Presence::Acting | Presence::Leaving => None,
        };
        tenures(&self.events, killed_ns)
    }

    /// Whether the harness has not ended it.
    #[must_use]
    pub fn is_acting(&self) -> bool {
        self.presence == Presence::Acting
    }

    /// Its exit status, if it has ended by itself.
    #[must_use]
    pub fn deserted(&self) -> Option<ExitStatus> {
        let status = self.is_acting().then(|| self.process.exit_status());
        status.flatten()
    }

    /// Ends it (SIGTERM), and returns the instant before that.
    ///
    /// # Panics
    /// When it has ended.
    #[track_caller]
    pub fn dismiss(&mut self) -> u64 {
        let at_ns = boottime::now_ns();
        self.presence = Presence::Leaving;
        self.process.signal(Signal::Term);
        at_ns
    }

    /// Ends it (SIGKILL), and returns the instant before that. Its last lines are still to be
    /// [read](Self::listen).
    pub fn kill(&mut self) -> u64 {
        let at_ns = boottime::now_ns();
        self.presence = Presence::Killed { at_ns };
        self.process.kill();
        // The guardian of `tenure run` must be able to end, too.
        drop(self.frozen.take());
        at_ns
    }

    /// Stops it (SIGSTOP).
    ///
    /// # Panics
    /// When it has ended.
    #[track_caller]
    pub fn stop(&self) {
        self.process.pause();
    }

    /// Stops it with all processes below it.
    ///
    /// # Panics
    /// When it has ended.
    #[track_caller]
    pub fn freeze(&mut self) {
        self.frozen = Some(self.process.freeze());
    }

    /// Ends [`stop`](Self::stop) or [`freeze`](Self::freeze): of a frozen tree the youngest resumes
    /// first.
    ///
    /// # Panics
    /// When it has ended.
    #[track_caller]
    pub fn resume(&mut self) {
        match self.frozen.take() {
            Some(frozen) => self.process.thaw(frozen, BETWEEN_THAWS),
            None => self.process.resume(),
        }
    }
}
