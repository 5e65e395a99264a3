//! The events of a handle as Python pulls them: taken, waited for, or announced by a descriptor.

use crate::call::Call;
use crate::callback::Callback;
use crate::error::check;
use crate::loop_slot::LoopSlot;
use crate::op::Op;
use crate::ready_fd::ReadyFd;
use crate::source::Source;
use pyo3::prelude::*;
use std::os::fd::RawFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

/// The events of one handle: the handle holds it, and so does each `Events` of the handle.
pub(crate) struct Stream {
    source: Arc<dyn Source>,
    slot: Arc<LoopSlot>,
    /// Readable while events wait; made when it is first asked for.
    ready: OnceLock<Mutex<Arc<ReadyFd>>>,
}

impl Stream {
    pub(crate) fn new(source: Arc<dyn Source>) -> Self {
        Self {
            source,
            slot: Arc::default(),
            ready: OnceLock::new(),
        }
    }

    pub(crate) fn slot(&self) -> &Arc<LoopSlot> {
        &self.slot
    }

    /// Has `function` called with each event.
    pub(crate) fn call_back(
        &self,
        py: Python<'_>,
        callback: &Callback,
        function: Py<PyAny>,
    ) -> PyResult<()> {
        // The function is set before the first call, and a second function replaces nothing.
        if callback.is_set() {
            return check(py, self.source.call_back(callback.clone()));
        }
        callback.set(function);
        let registered = self.source.call_back(callback.clone());
        if registered.is_err() {
            callback.clear();
        }
        check(py, registered)
    }

    /// Makes the descriptor unreadable unless another event waits.
    fn update(&self) {
        let Some(ready) = self.ready.get() else {
            return;
        };
        // One thread at a time: otherwise one could clear what another has just set.
        let ready = ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.clear();
        let waker = Waker::from(Arc::clone(&ready));
        let polled = self.source.poll_ready(&Context::from_waker(&waker));
        if polled.is_ready() {
            ready.set();
        }
    }
}

/// Takes the next event.
struct NextEvent(Arc<Stream>);

impl Op for NextEvent {
    fn advance(
        self: Pin<&mut Self>,
        py: Python<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<PyResult<Py<PyAny>>> {
        let polled = self.0.source.poll_next(py, cx);
        if polled.is_ready() {
            self.0.update();
        }
        polled
    }
}

/// The events of a handle.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Events(pub(crate) Arc<Stream>);

#[pymethods]
impl Events {
    /// Takes the oldest event that waits, if any does.
    fn take(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let taken = self.0.source.take(py);
        self.0.update();
        taken
    }

    /// Takes the next event, for a thread that waits.
    fn next(&self) -> Call {
        Call::of_handle(&self.0.slot, NextEvent(Arc::clone(&self.0)))
    }

    /// Ends when an event waits or none will ever come; takes nothing.
    fn ready(&self) -> Call {
        let stream = Arc::clone(&self.0);
        Call::of_handle(&self.0.slot, async move {
            std::future::poll_fn(|cx| stream.source.poll_ready(cx)).await;
            Ok(())
        })
    }

    /// The newest event that describes the state of the handle, taken or not.
    fn latest(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.0.source.latest(py)
    }

    /// A descriptor that is readable while events wait, or when none will ever come.
    fn fileno(&self) -> PyResult<RawFd> {
        let ready = match self.0.ready.get() {
            Some(ready) => ready,
            None => {
                let new = Mutex::new(Arc::new(ReadyFd::new()?));
                self.0.ready.get_or_init(|| new)
            }
        };
        let ready = ready.lock().unwrap_or_else(PoisonError::into_inner);
        let number = ready.number();
        drop(ready);
        self.0.update();
        Ok(number)
    }
}
