//! The events that wait for a slow consumer.
//!
//! It loses the oldest events, never the order, never the newest, never the newest end of a tenure
//! and, of the ends of memberships, only the oldest of very many: the last event that it reads describes
//! the present state. Long lists and payloads that a newer event supersedes go first.

use crate::core::{ContenderEvent, DetectorEvent, Event, GroupEvent, Member};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many events wait.
pub(super) const QUEUED_EVENTS_MAX: usize = 128;

/// How many bytes they hold together, about; the newest is kept even if it holds more.
const QUEUED_BYTES_MAX: usize = 4 << 20;

/// How many ends of memberships wait beside them: each belongs to a call that joined, and nothing
/// newer says the same.
const LOSSES_MAX: usize = 1 << 16;

struct Entry {
    number: u64,
    bytes: usize,
    event: Arc<Event>,
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Queue {
    last: u64,
    bytes: usize,
    events: VecDeque<Entry>,
    losses: VecDeque<Entry>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.losses.is_empty()
    }

    /// All events, in no order.
    #[cfg(any(feature = "capi", test))]
    pub(super) fn into_events(self) -> Vec<Arc<Event>> {
        let entries = self.events.into_iter().chain(self.losses);
        entries.map(|entry| entry.event).collect()
    }

    /// Takes the oldest event.
    pub(super) fn pop(&mut self) -> Option<Arc<Event>> {
        let first = |queue: &VecDeque<Entry>| queue.front().map_or(u64::MAX, |entry| entry.number);
        if first(&self.losses) < first(&self.events) {
            return self.losses.pop_front().map(|entry| entry.event);
        }
        let entry = self.events.pop_front()?;
        self.bytes -= entry.bytes;
        Some(entry.event)
    }

    /// Adds an event of so many bytes (see [`weigh`]), and returns the events that make room.
    pub(super) fn push(&mut self, event: Arc<Event>, bytes: usize) -> Vec<Arc<Event>> {
        self.last += 1;
        let is_loss = matches!(*event, Event::Group(GroupEvent::MembershipLost { .. }));
        let entry = Entry {
            number: self.last,
            bytes,
            event,
        };
        let mut gone = Vec::new();
        if is_loss {
            if self.losses.len() >= LOSSES_MAX {
                gone.extend(self.losses.pop_front().map(|entry| entry.event));
            }
            self.losses.push_back(entry);
            return gone;
        }
        self.bytes += bytes;
        self.events.push_back(entry);
        while let Some(victim) = self.victim() {
            if let Some(entry) = self.events.remove(victim) {
                self.bytes -= entry.bytes;
                gone.push(entry.event);
            }
        }
        gone
    }

    /// The event that must make room, if one must.
    fn victim(&self) -> Option<usize> {
        let is_end =
            |entry: &Entry| matches!(*entry.event, Event::Contender(ContenderEvent::Lost { .. }));
        let newest_end = self.events.iter().rposition(is_end);
        let last = self.events.len().checked_sub(1)?;
        let mut others = (0..last).filter(|at| Some(*at) != newest_end);
        if self.events.len() > QUEUED_EVENTS_MAX {
            others.next()
        } else if self.bytes > QUEUED_BYTES_MAX {
            // The heaviest, and of those the oldest.
            others.rev().max_by_key(|at| self.events[*at].bytes)
        } else {
            None
        }
    }
}

/// How many bytes an event holds, about.
pub(super) fn weigh(event: &Event) -> usize {
    let heap = match event {
        Event::Group(GroupEvent::Members(members)) => members.iter().map(member).sum(),
        Event::Detector(DetectorEvent::Leader(leader)) => {
            leader.data.len() + member(&leader.member)
        }
        // A path or a sentence at most.
        Event::Session(_) | Event::Contender(_) | Event::Detector(_) | Event::Group(_) => 0,
    };
    size_of::<Event>() + heap
}

fn member(member: &Member) -> usize {
    let label = member.label.as_ref().map_or(0, String::len);
    size_of::<Member>() + member.path.len() + label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::LostReason;

    fn a_member(n: u64) -> Member {
        Member {
            path: format!("/a/group/whose/path/is/long/{n:010}"),
            label: None,
            sequence: 0,
            token: n,
        }
    }

    fn list(length: u64) -> Event {
        Event::Group(GroupEvent::Members((0..length).map(a_member).collect()))
    }

    fn loss(n: u64) -> Event {
        Event::Group(GroupEvent::MembershipLost {
            member: a_member(n),
            reason: LostReason::Evicted,
        })
    }

    fn push(queue: &mut Queue, event: Event) -> usize {
        let bytes = weigh(&event);
        queue.push(Arc::new(event), bytes).len()
    }

    fn drain(queue: &mut Queue) -> Vec<Event> {
        let events = std::iter::from_fn(|| queue.pop());
        events.map(Arc::unwrap_or_clone).collect()
    }

    #[test]
    fn long_lists_make_room_and_the_newest_stays() {
        let mut queue = Queue::default();
        push(&mut queue, list(1));
        for length in 20_000..20_100 {
            push(&mut queue, list(length));
            assert!(queue.bytes <= QUEUED_BYTES_MAX);
        }
        // Longer than all events that may wait: kept alone, for it alone describes the state.
        push(&mut queue, list(100_000));
        assert_eq!(drain(&mut queue), [list(100_000)]);
        assert_eq!(queue.bytes, 0);
        // Long events do not push out small ones.
        push(&mut queue, list(1));
        push(&mut queue, list(20_000));
        push(&mut queue, list(30_000));
        push(&mut queue, list(2));
        assert_eq!(drain(&mut queue), [list(1), list(30_000), list(2)]);
    }

    #[test]
    fn ends_of_memberships_outlast_a_flood_of_lists_in_their_order() {
        let mut queue = Queue::default();
        for n in 0..1_000 {
            push(&mut queue, loss(n));
            push(&mut queue, list(n % 3));
        }
        let all = drain(&mut queue);
        let losses = all
            .iter()
            .filter(|event| matches!(event, Event::Group(GroupEvent::MembershipLost { .. })));
        assert!(losses.eq((0..1_000).map(loss).collect::<Vec<_>>().iter()));
        assert_eq!(all.len(), 1_000 + QUEUED_EVENTS_MAX);
        assert_eq!(all[all.len() - 2..], [loss(999), list(0)]);
    }

    #[test]
    fn of_very_many_ends_of_memberships_the_oldest_go() {
        let mut queue = Queue::default();
        let all = LOSSES_MAX as u64 + 10;
        let gone: usize = (0..all).map(|n| push(&mut queue, loss(n))).sum();
        assert_eq!(gone, 10);
        assert_eq!(drain(&mut queue).first(), Some(&loss(10)));
    }
}
