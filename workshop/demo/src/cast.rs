//! The processes of a run, and what they say together.

use std::time::{Duration, Instant};

use crate::actor::{Actor, Role};
use crate::event::{Event, Kind};
use crate::failure::{Step, Stop};
use crate::narrate;
use crate::tenures::{self, Tenure};
use crate::timeline::{Tag, Timeline};

/// How long the line of an old leader may be on its way when that of the new one is here. Both
/// say when they were written; no more than their order of arrival is excused.
const LATE_LINES: Duration = Duration::from_secs(1);

/// All processes of a run, those that have ended too.
#[derive(Default)]
pub(crate) struct Cast {
    actors: Vec<Actor>,
    conflict_since: Option<Instant>,
}

impl Cast {
    /// One more.
    pub(crate) fn enter(&mut self, actor: Actor) {
        self.actors.push(actor);
    }

    /// Reads what all have printed and tells it. An error if one of them has ended by itself,
    /// prints what is no line, or leads while another does.
    pub(crate) fn read(&mut self, timeline: &Timeline) -> Step<()> {
        let mut news: Vec<(u64, Tag, String)> = Vec::new();
        let mut first_error = Ok(());
        for actor in &mut self.actors {
            let known = actor.events().len();
            let read = actor.read().and_then(|()| actor.check_present());
            for index in known..actor.events().len() {
                let said = narrate::line(actor, index);
                news.extend(said.map(|(tag, text)| (actor.events()[index].boottime_ns, tag, text)));
            }
            first_error = first_error.and(read);
        }
        // As they happened, not as they arrived.
        news.sort_by_key(|(at_ns, _, _)| *at_ns);
        for (at_ns, tag, text) in news {
            timeline.say_at(at_ns, tag, text);
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

    /// Everybody who ever entered.
    pub(crate) fn everybody(&self) -> &[Actor] {
        &self.actors
    }

    /// Everybody who has this role and was not told to end.
    pub(crate) fn acting(&self, role: Role) -> impl Iterator<Item = &Actor> {
        let mut all = self.actors.iter();
        std::iter::from_fn(move || all.find(|actor| actor.role == role && actor.is_acting()))
    }

    /// The one in this place.
    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Actor> {
        self.actors.get_mut(place)
    }

    /// The one in this place.
    pub(crate) fn get(&self, place: usize) -> Option<&Actor> {
        self.actors.get(place)
    }

    /// Who led from when until when.
    pub(crate) fn tenures(&self) -> Vec<Tenure> {
        tenures::all(&self.actors)
    }

    /// The tenure that lasts.
    pub(crate) fn leader(&self) -> Option<Tenure> {
        self.tenures()
            .into_iter()
            .rfind(|tenure| tenure.until_ns.is_none())
    }

    /// The first tenure that began at `since_ns` or later.
    pub(crate) fn tenure_since(&self, since_ns: u64) -> Option<Tenure> {
        self.tenures()
            .into_iter()
            .find(|tenure| tenure.from_ns >= since_ns)
    }

    /// How many contenders stand by.
    pub(crate) fn standing_by(&self) -> usize {
        let contenders = self.acting(Role::Contender).filter_map(Actor::state);
        contenders
            .filter(|state| state.kind == Kind::Standby)
            .count()
    }

    /// When each detector first said, at `since_ns` or later, that this tenure's contender leads,
    /// with its payload, which is its name; nothing unless all say so now.
    pub(crate) fn known_since(&self, tenure: &Tenure, since_ns: u64) -> Option<Vec<u64>> {
        let names = |event: &Event| {
            event.kind == Kind::Leader
                && event.token == Some(tenure.token)
                && event.member == tenure.member
                && event.data.as_deref() == Some(tenure.name)
        };
        let known = self.acting(Role::Detector).map(|detector| {
            detector.state().filter(|state| names(state))?;
            detector
                .first(since_ns, names)
                .map(|event| event.boottime_ns)
        });
        known.collect()
    }

    /// Whether all detectors name this tenure's contender as the leader now.
    pub(crate) fn all_name(&self, tenure: &Tenure) -> bool {
        self.known_since(tenure, 0).is_some()
    }

    /// The last words of everybody.
    pub(crate) fn last_words(&self) -> String {
        self.actors.iter().map(Actor::last_words).collect()
    }
}
