//! The events of one handle of the library, with their type erased: each becomes a Python object here.

use crate::callback::Callback;
use crate::error::check;
use crate::value::IntoPython;
use pyo3::prelude::*;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tenure::{Error, ErrorKind, HandleEvent};

/// Events of any type.
pub(crate) trait Source: Send + Sync {
    /// Takes the oldest event, if there is one.
    fn take(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>>;
    /// Takes the oldest event, or has `cx` woken by the next one.
    fn poll_next(&self, py: Python<'_>, cx: &Context<'_>) -> Poll<PyResult<Py<PyAny>>>;
    /// Ready if `take` would return an event or raise.
    fn poll_ready(&self, cx: &Context<'_>) -> Poll<()>;
    /// The newest event that describes the state of the handle, taken or not.
    fn latest(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>>;
    /// Has `callback` called with each event, by the dispatch thread.
    fn call_back(&self, callback: Callback) -> Result<(), Error>;
}

struct Typed<T, E> {
    handle: Arc<T>,
    events: fn(&T) -> &tenure::Events<E>,
}

impl<T, E> Typed<T, E> {
    fn events(&self) -> &tenure::Events<E> {
        (self.events)(&self.handle)
    }
}

/// The events of `handle`, which `events` finds.
pub(crate) fn source<T, E>(handle: &Arc<T>, events: fn(&T) -> &tenure::Events<E>) -> Arc<dyn Source>
where
    T: Send + Sync + 'static,
    E: HandleEvent + IntoPython,
{
    Arc::new(Typed {
        handle: Arc::clone(handle),
        events,
    })
}

impl<T, E> Source for Typed<T, E>
where
    T: Send + Sync,
    E: HandleEvent + IntoPython,
{
    fn take(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match self.events().next(Some(Duration::ZERO)) {
            Err(error) if error.kind() == ErrorKind::Timeout => Ok(None),
            taken => check(py, taken)?.into_python(py).map(Some),
        }
    }

    fn poll_next(&self, py: Python<'_>, cx: &Context<'_>) -> Poll<PyResult<Py<PyAny>>> {
        self.events()
            .poll_next(cx)
            .map(|event| check(py, event)?.into_python(py))
    }

    fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        self.events().poll_ready(cx)
    }

    fn latest(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let latest = self.events().latest();
        latest.map(|event| event.into_python(py)).transpose()
    }

    fn call_back(&self, callback: Callback) -> Result<(), Error> {
        self.events().on_each(move |event| callback.call(event))
    }
}
