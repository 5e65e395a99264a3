//! One process of the cast, and all it has said.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tenure_field::{Process, Signal, boottime};

use crate::event::{Event, Kind};
use crate::failure::{Step, Stop};

/// How long the last lines of an ended process may take to arrive.
const LAST_LINES: Duration = Duration::from_secs(5);
/// How much of what a process printed is shown after a failure.
const LINES_SHOWN: usize = 5;

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Stands for the leadership.
    Contender,
    /// Follows the leader.
    Detector,
}

/// How a process is to end, if it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Acting,
    Leaving,
    Killed { at_ns: u64 },
}

/// One process of the cast.
pub(crate) struct Actor {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    process: Process,
    events: Vec<Event>,
    presence: Presence,
}

impl Actor {
    /// Starts `tenure` with these arguments.
    pub(crate) fn start(name: &'static str, role: Role, tenure: &Path, args: &[String]) -> Self {
        Self {
            name,
            role,
            process: Process::spawn(tenure, args, None),
            events: Vec::new(),
            presence: Presence::Acting,
        }
    }

    /// Reads what it has printed since the last call.
    pub(crate) fn read(&mut self) -> Step<()> {
        for line in self.process.drain() {
            let event = Event::read(&line.json).map_err(|why| {
                let expected = format!("{} prints lines as documented", self.name);
                Stop::failed(expected, format!("{why}, in: {}", line.text))
            })?;
            self.events.push(event);
        }
        Ok(())
    }

    /// An error if it has ended although nobody asked it to.
    pub(crate) fn check_present(&self) -> Step<()> {
        let Presence::Acting = self.presence else {
            return Ok(());
        };
        let Some(status) = self.process.exit_status() else {
            return Ok(());
        };
        // So that the report has its last words.
        self.process.wait_exit(LAST_LINES);
        let expected = format!("{} runs until it is told to end", self.name);
        Err(Stop::failed(
            expected,
            format!("it ended by itself ({status}){}", self.complaint()),
        ))
    }

    /// Whether it has not been told to end.
    pub(crate) fn is_acting(&self) -> bool {
        self.presence == Presence::Acting
    }

    /// Tells it to end; returns when.
    pub(crate) fn dismiss(&mut self) -> u64 {
        let at_ns = boottime::now_ns();
        self.presence = Presence::Leaving;
        self.process.signal(Signal::Term);
        at_ns
    }

    /// Ends it without a chance to say a word; returns when.
    pub(crate) fn kill(&mut self) -> u64 {
        let at_ns = boottime::now_ns();
        self.presence = Presence::Killed { at_ns };
        self.process.signal(Signal::Kill);
        at_ns
    }

    /// When it was killed, if it was.
    pub(crate) fn killed_ns(&self) -> Option<u64> {
        match self.presence {
            Presence::Killed { at_ns } => Some(at_ns),
            Presence::Acting | Presence::Leaving => None,
        }
    }

    /// Its exit status, once it has ended.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        let status = self.process.exit_status()?;
        self.process.wait_exit(LAST_LINES);
        Some(status)
    }

    /// All it has said.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// The first that it said at `since_ns` or later and that matches.
    pub(crate) fn first(&self, since_ns: u64, matches: impl Fn(&Event) -> bool) -> Option<&Event> {
        let mut said = self.events.iter();
        said.find(|event| event.boottime_ns >= since_ns && matches(event))
    }

    /// How things are for it now: the last it said that is not news of the session.
    pub(crate) fn state(&self) -> Option<&Event> {
        self.events.iter().rfind(|event| event.kind != Kind::Other)
    }

    /// What it printed last, for the report of a failure.
    pub(crate) fn last_words(&self) -> String {
        let how = match (self.process.exit_status(), self.presence) {
            (None, _) => format!("runs, pid {}", self.process.pid()),
            (Some(status), Presence::Acting) => format!("ended by itself, {status}"),
            (Some(status), _) => format!("ended as told, {status}"),
        };
        let lines = self.process.lines();
        let skipped = lines.len().saturating_sub(LINES_SHOWN);
        let mut words = format!("  {} ({how})\n", self.name);
        if skipped > 0 {
            words += &format!("      … {skipped} lines before\n");
        }
        for line in &lines[skipped..] {
            words += &format!("      {}\n", line.text);
        }
        let complaints = self.process.text();
        let complaints: Vec<&str> = complaints.lines().collect();
        for line in &complaints[complaints.len().saturating_sub(LINES_SHOWN)..] {
            words += &format!("      on standard error: {line}\n");
        }
        words
    }

    /// All it printed, as it printed it: its lines, and standard error.
    pub(crate) fn output(&self) -> (String, String) {
        let lines = self.process.lines().into_iter();
        (
            lines.map(|line| line.text + "\n").collect(),
            self.process.text(),
        )
    }

    fn complaint(&self) -> String {
        match self.process.text().trim() {
            "" => String::new(),
            text => format!(" and said: {text}"),
        }
    }
}
