//! The processes of a run, and their common state.

use std::time::{Duration, Instant};

use tenure_field::tool::{Actor, Event, Role, What};

use crate::failure::{Step, Stop};
use crate::narrate;
use crate::narrator::{Narrator, Tag};
use crate::tenures::{self, Led};

/// How late the line of an old leader may arrive after that of the new one. Both have the times at
/// which they were written; only their order of arrival is excused.
const LATE_LINES: Duration = Duration::from_secs(1);
/// How many lines of a process are shown after a failure.
const LINES_SHOWN: usize = 5;

/// All processes of a run, including those that have ended.
#[derive(Default)]
pub(crate) struct Cast {
    actors: Vec<Actor>,
    conflict_since: Option<Instant>,
}

impl Cast {
    pub(crate) fn enter(&mut self, actor: Actor) {
        self.actors.push(actor);
    }

    /// Reads the output of all processes and narrates it. An error if one of them has ended by
    /// itself, prints an invalid line, or leads while another does.
    pub(crate) fn read(&mut self, narrator: &Narrator) -> Step<()> {
        let mut news: Vec<(u64, Tag, String)> = Vec::new();
        let mut first_error = Ok(());
        for actor in &mut self.actors {
            let known = actor.events().len();
            let read = listen(actor).and_then(|()| check_present(actor));
            for index in known..actor.events().len() {
                let said = narrate::line(actor, index);
                news.extend(said.map(|(tag, text)| (actor.events()[index].at_ns, tag, text)));
            }
            first_error = first_error.and(read);
        }
        // In the order of the events, not of their arrival.
        news.sort_by_key(|(at_ns, _, _)| *at_ns);
        for (at_ns, tag, text) in news {
            narrator.say_at(at_ns, tag, text);
        }
        first_error?;
        self.check_one_leader()
    }

    fn check_one_leader(&mut self) -> Step<()> {
        let Some(conflict) = tenures::conflict(&self.tenures()) else {
            self.conflict_since = None;
            return Ok(());
        };
        let since = *self.conflict_since.get_or_insert_with(Instant::now);
        if since.elapsed() < LATE_LINES {
            return Ok(());
        }
        let expected = "one leader at a time, each with a higher token than the one before";
        Err(Stop::failed(expected, conflict))
    }

    /// All processes that were ever started.
    pub(crate) fn everybody(&self) -> &[Actor] {
        &self.actors
    }

    /// The processes with this role that were not asked to end.
    pub(crate) fn acting(&self, role: Role) -> impl Iterator<Item = &Actor> {
        let mut all = self.actors.iter();
        std::iter::from_fn(move || all.find(|actor| actor.role() == role && actor.is_acting()))
    }

    /// The process in this place.
    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Actor> {
        self.actors.get_mut(place)
    }

    /// The process in this place.
    pub(crate) fn get(&self, place: usize) -> Option<&Actor> {
        self.actors.get(place)
    }

    /// The leaderships so far, with their times.
    pub(crate) fn tenures(&self) -> Vec<Led> {
        tenures::all(&self.actors)
    }

    /// The present leadership.
    pub(crate) fn leader(&self) -> Option<Led> {
        self.tenures()
            .into_iter()
            .rfind(|led| led.tenure.end_ns.is_none())
    }

    /// The first leadership that began at `since_ns` or later.
    pub(crate) fn tenure_since(&self, since_ns: u64) -> Option<Led> {
        self.tenures()
            .into_iter()
            .find(|led| led.tenure.begin_ns >= since_ns)
    }

    /// The number of standbys.
    pub(crate) fn standing_by(&self) -> usize {
        let contenders = self.acting(Role::Contender).filter_map(Actor::state);
        contenders
            .filter(|state| state.what == What::Standby)
            .count()
    }

    /// When each detector first reported, at `since_ns` or later, that this contender leads, with
    /// its payload, which is its name; `None` unless all report it now.
    pub(crate) fn known_since(&self, led: &Led, since_ns: u64) -> Option<Vec<u64>> {
        let names = |event: &Event| {
            event.leader().is_some_and(|leader| {
                leader.token == led.tenure.token
                    && leader.member == led.tenure.member
                    && leader.data.as_ref() == Some(&led.name)
            })
        };
        let known = self.acting(Role::Detector).map(|detector| {
            detector.state().filter(|state| names(state))?;
            detector.first(since_ns, names).map(|event| event.at_ns)
        });
        known.collect()
    }

    /// Whether all detectors name this contender as the leader now.
    pub(crate) fn all_name(&self, led: &Led) -> bool {
        self.known_since(led, 0).is_some()
    }

    /// The last lines of all processes.
    pub(crate) fn last_words(&self) -> String {
        self.actors.iter().map(last_words).collect()
    }
}

/// Reads the output of `actor`; an error if it is not a line of the tool.
fn listen(actor: &mut Actor) -> Step<()> {
    let bad = actor.listen().into_iter().find_map(|line| line.bad);
    bad.map_or(Ok(()), |bad| {
        let expected = format!("{} prints lines as documented", actor.name());
        Err(Stop::failed(expected, bad.to_string()))
    })
}

/// An error if `actor` has ended without being asked to.
fn check_present(actor: &Actor) -> Step<()> {
    let Some(status) = actor.deserted() else {
        return Ok(());
    };
    let complaint = match actor.process().text().trim() {
        "" => String::new(),
        text => format!(" and printed: {text}"),
    };
    let expected = format!("{} runs until it is asked to end", actor.name());
    let seen = format!("it ended by itself ({status}){complaint}");
    Err(Stop::failed(expected, seen))
}

/// The last lines of `actor`, for the report of a failure.
fn last_words(actor: &Actor) -> String {
    let process = actor.process();
    let how = match (process.exit_status(), actor.is_acting()) {
        (None, _) => format!("runs, pid {}", process.pid()),
        (Some(status), true) => format!("ended by itself, {status}"),
        (Some(status), false) => format!("ended as asked, {status}"),
    };
    let lines = process.lines();
    let skipped = lines.len().saturating_sub(LINES_SHOWN);
    let mut words = format!("  {} ({how})\n", actor.name());
    if skipped > 0 {
        words += &format!("      … {skipped} earlier lines\n");
    }
    for line in &lines[skipped..] {
        words += &format!("      {}\n", line.text);
    }
    let complaints = process.text();
    let complaints: Vec<&str> = complaints.lines().collect();
    for line in &complaints[complaints.len().saturating_sub(LINES_SHOWN)..] {
        words += &format!("      on standard error: {line}\n");
    }
    words
}
