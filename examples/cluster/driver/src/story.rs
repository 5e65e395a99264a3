//! A run: the cluster, its narration, and waiting for what must come.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tenure_field::{Ensemble, Interrupt, boottime, try_poll};

use crate::beliefs::Part;
use crate::cluster::{Cluster, Led};
use crate::failure::{Step, Stop, check};
use crate::human;
use crate::narrate;
use crate::narrator::{Narrator, Tag};
use crate::web::Answer;

/// The name of the thread that works on the servers.
pub(crate) const SERVERS_THREAD: &str = "cluster-servers";
/// How long an event may take that must come: far longer than it does, so that a busy machine is no failure.
const LONG: Duration = Duration::from_secs(40);
/// The time between lines about the same wait.
const BETWEEN_LINES: Duration = Duration::from_secs(3);

pub(crate) struct Story {
    pub(crate) cluster: Cluster,
    pub(crate) narrator: Narrator,
    interrupt: Interrupt,
}

impl Story {
    pub(crate) fn new(cluster: Cluster, narrator: Narrator, interrupt: Interrupt) -> Self {
        Self {
            cluster,
            narrator,
            interrupt,
        }
    }

    /// Reads all lines, narrates those that matter, and keeps the processes running.
    pub(crate) fn turn(&mut self) -> Step<()> {
        let read = self.cluster.read();
        let first = read
            .as_ref()
            .map_or(self.cluster.record.entries.len(), |first| *first);
        for entry in &self.cluster.record.entries[first..] {
            if let Some((tag, text)) = narrate::line(&self.cluster, entry) {
                self.narrator.say_at(entry.at_ns, tag, human::plain(&text));
            }
        }
        read?;
        check(&self.interrupt)
    }

    /// Waits until `look` finds something; it fails when that takes too long.
    pub(crate) fn wait<T>(
        &mut self,
        what: &str,
        look: impl FnMut(&Cluster) -> Option<T>,
    ) -> Step<T> {
        self.wait_at_most(what, LONG, look)
    }

    /// The same with a limit.
    pub(crate) fn wait_at_most<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut(&Cluster) -> Option<T>,
    ) -> Step<T> {
        let started = Instant::now();
        let mut next_line = BETWEEN_LINES;
        let found = try_poll(limit, || {
            self.turn()?;
            let found = look(&self.cluster);
            if found.is_none() && started.elapsed() >= next_line {
                next_line += BETWEEN_LINES;
                let elapsed = human::span(started.elapsed());
                self.narrator
                    .say(Tag::Wait, format!("{elapsed}: waiting for {what}"));
            }
            Ok(found)
        })?;
        found.ok_or_else(|| Stop::failed(what, format!("not within {}", human::span(limit))))
    }

    /// Runs slow work on the servers, and reads all lines meanwhile.
    pub(crate) fn with_servers(&mut self, what: &str, work: fn(&Ensemble)) -> Step<()> {
        let ensemble = Arc::clone(&self.cluster.ensemble);
        let thread = thread::Builder::new().name(SERVERS_THREAD.to_owned());
        let thread = thread.spawn(move || work(&ensemble));
        let thread = thread.map_err(|error| Stop::failed("a new thread", error.to_string()))?;
        let turned = try_poll(Duration::MAX, || {
            self.turn()?;
            Ok(thread.is_finished().then_some(()))
        });
        // An error of the turn does not leave the work half done.
        let done = thread.join();
        done.map_err(|panic| Stop::panicked(what, &*panic))?;
        turned.map(drop)
    }

    /// Narrates that an assertion holds, or ends the run.
    pub(crate) fn check(
        &self,
        expected: impl Into<String>,
        holds: bool,
        seen: impl FnOnce() -> String,
    ) -> Step<()> {
        let expected = expected.into();
        if !holds {
            return Err(Stop::failed(expected, seen()));
        }
        self.narrator.say(Tag::Check, expected);
        Ok(())
    }

    /// The driver acts.
    pub(crate) fn act(&self, text: impl std::fmt::Display) {
        self.narrator.say(Tag::Driver, text);
    }

    /// The present leader, which must be there.
    pub(crate) fn leader(&self) -> Step<Led> {
        let none = || Stop::failed("one master leads", "none does, or two do");
        self.cluster.leader().ok_or_else(none)
    }

    pub(crate) fn get(&self, seat: usize, path: &str) -> Step<Answer> {
        let address = self.cluster.address(seat);
        let got = self.cluster.web.get(address, path);
        got.map_err(|error| {
            Stop::failed(format!("{} answers {path}", self.cluster.name(seat)), error)
        })
    }

    /// The seat of an agent, by its number.
    pub(crate) fn agent(&self, number: usize) -> usize {
        self.cluster.of(Part::Agent)[number - 1]
    }

    pub(crate) fn scheduler(&self) -> usize {
        self.cluster.of(Part::Scheduler)[0]
    }

    /// How long ago an instant was, for people.
    pub(crate) fn since(&self, from_ns: u64) -> String {
        human::between(from_ns, boottime::now_ns())
    }
}
