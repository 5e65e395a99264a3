//! The base of all handles: their events, and the function that is called with them.

use crate::callback::Callback;
use crate::events::{Events, Stream};
use crate::loop_slot::LoopSlot;
use crate::source::source;
use crate::value::IntoPython;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::HandleEvent;

/// A handle of the library, whatever its type.
#[pyclass(frozen, subclass, module = "tenure._tenure")]
pub(crate) struct Handle {
    stream: Arc<Stream>,
    callback: Callback,
}

impl Handle {
    /// The base of `handle`, whose events `events` finds; and the slot of all its calls in a loop.
    pub(crate) fn base<T, E>(
        handle: &Arc<T>,
        events: fn(&T) -> &tenure::Events<E>,
    ) -> (PyClassInitializer<Self>, Arc<LoopSlot>)
    where
        T: Send + Sync + 'static,
        E: HandleEvent + IntoPython,
    {
        let stream = Arc::new(Stream::new(source(handle, events)));
        let slot = Arc::clone(stream.slot());
        let callback = Callback::default();
        (Self { stream, callback }.into(), slot)
    }
}

#[pymethods]
impl Handle {
    fn events(&self) -> Events {
        Events(Arc::clone(&self.stream))
    }

    /// Has the dispatch thread call `function` with each event.
    fn on_each(&self, py: Python<'_>, function: Py<PyAny>) -> PyResult<()> {
        self.stream.call_back(py, &self.callback, function)
    }

    /// Whether a function is called with the events.
    fn calls(&self) -> bool {
        self.callback.is_set()
    }

    /// Ends the calls of the function: none begins after this.
    fn silence(&self) {
        self.callback.clear();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.callback.traverse(&visit)
    }

    fn __clear__(&self) {
        self.callback.clear();
    }
}
