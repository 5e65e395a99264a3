//! The slot of a handle in an event loop.

use crate::bridge::Bridge;
use crate::loop_inbox::Slot;
use std::sync::{Arc, Mutex, PoisonError};

/// The slot of a handle in the event loop that used the handle last. Wakers stay with a handle until
/// an event comes, so a handle has one slot for all of its calls in a loop, not one for each call.
#[derive(Default)]
pub(crate) struct LoopSlot(Mutex<Option<Arc<Slot>>>);

impl LoopSlot {
    /// The slot in this event loop: always the same one while no other loop uses the handle.
    pub(crate) fn get(&self, bridge: &Bridge) -> Arc<Slot> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(slot) if bridge.owns(slot) => Arc::clone(slot),
            _ => Arc::clone(last.insert(bridge.slot())),
        }
    }
}
