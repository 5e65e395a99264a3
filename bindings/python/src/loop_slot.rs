//! Which slot of which event loop is woken by the events of a handle.

use crate::bridge::{Bridge, Slot};
use std::sync::{Arc, Mutex, PoisonError};

/// The slot of the event loop that used a handle last.
#[derive(Default)]
pub(crate) struct Waking(Mutex<Option<Arc<Slot>>>);

impl Waking {
    /// The slot of this handle in an event loop, always the same while no other loop uses it.
    pub(crate) fn slot(&self, bridge: &Bridge) -> Arc<Slot> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(slot) if bridge.owns(slot) => Arc::clone(slot),
            _ => Arc::clone(last.insert(bridge.slot())),
        }
    }
}
