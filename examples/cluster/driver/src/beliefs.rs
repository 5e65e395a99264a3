//! The beliefs of each process over time, from the record: lanes of the timeline.

use crate::leaderships::Leadership;
use crate::record::{ENDED, Entry, STARTED};
use crate::timeline::{Lane, Span};

/// The part that a program plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Master,
    Agent,
    Scheduler,
}

/// What a process believes about itself and the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belief {
    /// There is no process.
    Down,
    /// It knows nothing yet.
    Candidate,
    Standby,
    /// It knows that it does not know a leader.
    Leaderless,
    Leader,
    Jeopardy,
    Stopped,
    /// It knows a leader, which has not confirmed it.
    Registering,
    Registered,
}

impl Belief {
    /// The word for people, which is also its class in the timeline.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Candidate => "candidate",
            Self::Standby => "standby",
            Self::Leaderless => "leaderless",
            Self::Leader => "leader",
            Self::Jeopardy => "jeopardy",
            Self::Stopped => "stopped",
            Self::Registering => "registering",
            Self::Registered => "registered",
        }
    }
}

/// A belief, and the leader to which it refers, by its address; empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) belief: Belief,
    pub(crate) leader: String,
}

impl State {
    fn new(belief: Belief) -> Self {
        Self {
            belief,
            leader: String::new(),
        }
    }
}

/// The state after an event; `None` if the event does not change it.
pub(crate) fn after(part: Part, before: &State, entry: &Entry) -> Option<State> {
    let about = |belief| State {
        belief,
        leader: match entry.text("leader") {
            "" => before.leader.clone(),
            address => address.to_owned(),
        },
    };
    Some(match (part, entry.event.as_str()) {
        (_, STARTED) => State::new(Belief::Candidate),
        (_, ENDED) => State::new(Belief::Down),
        (_, "stop") => State::new(Belief::Stopped),
        (Part::Master, "candidate") => State::new(Belief::Candidate),
        (Part::Master, "standby") => about(Belief::Standby),
        (Part::Master, "leaderless") => State::new(Belief::Leaderless),
        (Part::Master, "elected" | "confirmed") => State::new(Belief::Leader),
        (Part::Master, "jeopardy") => State::new(Belief::Jeopardy),
        (Part::Agent, "new_leader" | "same_leader") => about(Belief::Registering),
        (Part::Agent, "lost") => State::new(Belief::Leaderless),
        (Part::Agent | Part::Scheduler, "registered" | "reregistered") => about(Belief::Registered),
        (Part::Agent, "disconnected") => about(Belief::Registering),
        // The driver of a scheduler says only that it is not registered any longer.
        (Part::Scheduler, "disconnected") => State::new(Belief::Leaderless),
        _ => return None,
    })
}

/// The lane of a seat until `end_ns`. `name_of` names a leader by its address.
pub(crate) fn lane(
    name: &str,
    part: Part,
    seat: usize,
    entries: &[Entry],
    led: &[Leadership],
    end_ns: u64,
    name_of: impl Fn(&str) -> String,
) -> Lane {
    let mut own: Vec<&Entry> = entries.iter().filter(|entry| entry.seat == seat).collect();
    own.sort_by_key(|entry| (entry.life, entry.at_ns));
    let mut spans: Vec<(u64, State)> = Vec::new();
    for entry in own {
        let before = spans
            .last()
            .map_or_else(|| State::new(Belief::Down), |last| last.1.clone());
        if let Some(state) = after(part, &before, entry)
            && state != before
        {
            spans.push((entry.at_ns, state));
        }
    }
    let ends = spans.iter().skip(1).map(|next| next.0).chain([end_ns]);
    let spans = spans
        .iter()
        .zip(ends)
        .map(|((from_ns, state), until_ns)| Span {
            from_ns: *from_ns,
            until_ns: until_ns.max(*from_ns),
            class: state.belief.word(),
            label: match (state.belief, state.leader.as_str()) {
                (Belief::Leader, _) => "leads".to_owned(),
                (_, "") => String::new(),
                (_, leader) => name_of(leader),
            },
        });
    Lane {
        name: name.to_owned(),
        spans: spans
            .filter(|span| span.class != Belief::Down.word())
            .collect(),
        marks: led
            .iter()
            .filter(|led| led.seat == seat)
            .map(|led| led.lease_end_ns)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(seat: usize, at_ns: u64, event: &str, leader: &str) -> Entry {
        let line = json!({"event": event, "boottime_ns": at_ns.to_string(), "leader": leader});
        Entry::of_line(seat, 1, 0, line)
    }

    #[test]
    fn a_lane_has_a_span_for_each_belief() {
        let entries = [
            Entry::of_driver(0, 1, 10, STARTED),
            line(0, 20, "new_leader", "h:1"),
            line(0, 30, "registered", ""),
            line(0, 31, "pong", "h:1"),
            line(1, 32, "lost", ""), // another seat
            line(0, 40, "disconnected", ""),
            line(0, 41, "lost", ""),
            Entry::of_driver(0, 1, 50, ENDED),
        ];
        let lane = lane("a1", Part::Agent, 0, &entries, &[], 99, |address| {
            format!("<{address}>")
        });
        let spans: Vec<_> = lane
            .spans
            .iter()
            .map(|span| (span.from_ns, span.until_ns, span.class, span.label.as_str()))
            .collect();
        assert_eq!(
            spans,
            [
                (10, 20, "candidate", ""),
                (20, 30, "registering", "<h:1>"),
                (30, 40, "registered", "<h:1>"),
                (40, 41, "registering", "<h:1>"),
                (41, 50, "leaderless", ""),
            ]
        );
    }

    #[test]
    fn a_master_that_leads_is_in_jeopardy_confirmed_and_stops() {
        let events = [
            "candidate",
            "standby",
            "elected",
            "jeopardy",
            "confirmed",
            "stop",
        ];
        let entries: Vec<Entry> = events
            .iter()
            .zip(1..)
            .map(|(event, at)| line(0, at, event, ""))
            .collect();
        let lane = lane("m1", Part::Master, 0, &entries, &[], 9, str::to_owned);
        let classes: Vec<_> = lane.spans.iter().map(|span| span.class).collect();
        assert_eq!(
            classes,
            [
                "candidate",
                "standby",
                "leader",
                "jeopardy",
                "leader",
                "stopped"
            ]
        );
        assert_eq!(
            lane.spans.last().unwrap().until_ns,
            9,
            "the last one lasts until the end"
        );
    }
}
