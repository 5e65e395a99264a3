//! What all handles have: events, and a function that is called with them.

use crate::callback::Callback;
use crate::events::{Events, Stream, Tells};
use crate::loop_slot::Waking;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use std::sync::Arc;

/// What has events: the base of all handles.
#[pyclass(frozen, subclass, module = "tenure._tenure")]
pub(crate) struct Handle {
    stream: Arc<Stream>,
    callback: Callback,
}

impl Handle {
    /// The base of a handle, and what is woken by its events.
    pub(crate) fn new<T: Tells>(handle: &Arc<T>) -> (Self, Arc<Waking>) {
        let stream = Arc::new(Stream::new(handle));
        let waking = Arc::clone(stream.waking());
        let callback = Callback::default();
        (Self { stream, callback }, waking)
    }
}

#[pymethods]
impl Handle {
    fn events(&self) -> Events {
        Events(Arc::clone(&self.stream))
    }

    /// Has `function` called with each event, by the dispatch thread.
    fn on_each(&self, py: Python<'_>, function: Py<PyAny>) -> PyResult<()> {
        self.stream.call_back(py, &self.callback, function)
    }

    /// Whether a function is called with the events.
    fn calls(&self) -> bool {
        self.callback.is_set()
    }

    /// Has nothing called any more.
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
