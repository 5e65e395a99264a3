//! Which sources an event queue has, and which of them have an event now. The queue guards this with
//! its lock.

use super::super::event::tenure_event;
use super::signal::Signal;
use super::source::{Has, Source};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};

pub(super) struct Slot {
    pub(super) source: Source,
    /// Wakes the queue for this source.
    pub(super) waker: Waker,
    /// Whether the waker was woken since the last look.
    pub(super) rings: Arc<AtomicBool>,
    /// A callback takes its events; here only their end counts.
    pub(super) has_callback: bool,
    /// Whether it stands among the ready ones.
    pub(super) ready: bool,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) slots: BTreeMap<u64, Slot>,
    /// The sources that have an event; the one that has waited longest is first.
    pub(super) ready: VecDeque<u64>,
    /// The sources that have ended, to be dropped without the lock.
    pub(super) ended: Vec<Source>,
    pub(super) signal: Option<Signal>,
}

impl State {
    /// Whether no event will ever follow.
    pub(super) fn is_over(&self) -> bool {
        self.slots.is_empty()
    }

    /// Makes the descriptor readable, or not.
    pub(super) fn show(&self) {
        if let Some(signal) = &self.signal {
            signal.set(!self.ready.is_empty() || self.is_over());
        }
    }

    /// Looks at a source whose waker was woken.
    pub(super) fn attend(&mut self, id: u64) {
        if let Some(slot) = self.slots.get(&id) {
            slot.rings.store(false, Ordering::SeqCst);
        }
        self.look(id);
    }

    /// Looks at a source again.
    pub(super) fn look(&mut self, id: u64) {
        let Some(slot) = self.slots.get_mut(&id) else {
            return;
        };
        let waker = slot.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let has = slot.source.look(id, slot.has_callback, &mut cx);
        if has == Has::Ended {
            let removed = self.remove(id);
            self.ended.extend(removed);
            return;
        }
        let ready = has == Has::Event;
        if ready != slot.ready {
            slot.ready = ready;
            if ready {
                self.ready.push_back(id);
            } else {
                self.ready.retain(|known| *known != id);
            }
        }
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Source> {
        let slot = self.slots.remove(&id)?;
        if slot.ready {
            self.ready.retain(|known| *known != id);
        }
        Some(slot.source)
    }

    /// Gives the events of a handle to its callback, or back to the queue. `false` if it has a
    /// callback already.
    pub(super) fn set_has_callback(&mut self, id: u64, has_callback: bool) -> bool {
        // A handle that is not here has ended: its callback will have no event.
        let Some(slot) = self.slots.get_mut(&id) else {
            return true;
        };
        if slot.has_callback && has_callback {
            return false;
        }
        slot.has_callback = has_callback;
        // The events that wait are the callback's.
        if has_callback && std::mem::take(&mut slot.ready) {
            self.ready.retain(|known| *known != id);
        }
        true
    }

    /// Takes the oldest event of the source that has waited longest.
    pub(super) fn take(&mut self) -> Option<tenure_event> {
        while let Some(id) = self.ready.pop_front() {
            let Some(slot) = self.slots.get_mut(&id) else {
                continue;
            };
            slot.ready = false;
            if matches!(slot.source, Source::Done(..)) {
                match self.remove(id) {
                    Some(Source::Done(owner, done)) => return Some(tenure_event::new(owner, done)),
                    Some(Source::Handle(_) | Source::Call(..)) | None => continue,
                }
            }
            let waker = slot.waker.clone();
            let event = slot.source.take(id, &Context::from_waker(&waker));
            // It goes to the end of the queue with its next event.
            self.look(id);
            if event.is_some() {
                return event;
            }
        }
        None
    }
}
