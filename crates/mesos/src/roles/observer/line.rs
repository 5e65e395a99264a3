//! A queue of agents in the order of their due times.

use alloc::vec::Vec;
use tenure_election::Time;

/// The end of the line, in both directions.
const NOBODY: u32 = u32::MAX;

/// A place in the line; there is one for each slot of the observer.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// `None` if the slot is not in the line.
    due: Option<Time>,
    before: u32,
    behind: u32,
}

/// All waits of one kind have the same length, so whoever joins later is due later: the line is sorted
/// without sorting. To join, to leave and to find the first takes the same time whatever its length, and
/// its memory is that of the slots: those that left leave nothing behind.
#[derive(Debug, Clone)]
pub(super) struct Line {
    places: Vec<Place>,
    first: u32,
    last: u32,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            places: Vec::new(),
            first: NOBODY,
            last: NOBODY,
        }
    }

    /// The slot that is due first, and when.
    pub(super) fn first(&self) -> Option<(u32, Time)> {
        let due = self.places.get(self.first as usize)?.due?;
        Some((self.first, due))
    }

    /// Puts a slot at the end; it leaves its place, if it had one. `due` is not before that of the last one.
    pub(super) fn join(&mut self, slot: u32, due: Time) {
        self.leave(slot);
        let place = Place {
            due: Some(due),
            before: self.last,
            behind: NOBODY,
        };
        let index = slot as usize;
        if self.places.len() <= index {
            let empty = Place {
                due: None,
                before: NOBODY,
                behind: NOBODY,
            };
            self.places.resize(index + 1, empty);
        }
        self.places[index] = place;
        match self.places.get_mut(self.last as usize) {
            Some(last) => {
                debug_assert!(
                    last.due <= Some(due),
                    "the line is in the order of due times"
                );
                last.behind = slot;
            }
            None => self.first = slot,
        }
        self.last = slot;
    }

    /// Takes a slot out, if it is in the line.
    pub(super) fn leave(&mut self, slot: u32) {
        let Some(place) = self.places.get_mut(slot as usize) else {
            return;
        };
        if place.due.take().is_none() {
            return;
        }
        let Place { before, behind, .. } = *place;
        match self.places.get_mut(before as usize) {
            Some(place) => place.behind = behind,
            None => self.first = behind,
        }
        match self.places.get_mut(behind as usize) {
            Some(place) => place.before = before,
            None => self.last = before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_queue_from_which_anyone_may_leave() {
        let mut rng = fastrand::Rng::with_seed(1);
        let (mut line, mut model) = (Line::new(), Vec::<(u32, Time)>::new());
        for step in 0..20_000 {
            let (slot, due) = (rng.u32(..20), Time::from_nanos(step));
            model.retain(|(known, _)| *known != slot);
            match rng.bool() {
                true => {
                    line.join(slot, due);
                    model.push((slot, due));
                }
                false => line.leave(slot),
            }
            assert_eq!(line.first(), model.first().copied());
        }
        while let Some((slot, _)) = line.first() {
            assert_eq!(model.remove(0).0, slot);
            line.leave(slot);
        }
        assert!(model.is_empty());
    }
}
