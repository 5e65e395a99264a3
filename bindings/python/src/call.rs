//! A call that is under way, to be waited for by a thread or run by an event loop.

use crate::bridge::Bridge;
use crate::convert::Value;
use crate::error::{raise, timed_out};
use crate::loop_slot::Waking;
use crate::wait::wait;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a call does until it has its value.
pub(crate) type Op = Pin<Box<dyn Future<Output = Result<Value, tenure::Error>> + Send>>;

/// A call; it ends once, and is given up when it is dropped.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Call {
    op: Mutex<Option<Op>>,
    waking: Option<Arc<Waking>>,
}

impl Call {
    /// A call that only its own end wakes.
    pub(crate) fn new(
        op: impl Future<Output = Result<Value, tenure::Error>> + Send + 'static,
    ) -> Self {
        Self {
            op: Mutex::new(Some(Box::pin(op))),
            waking: None,
        }
    }

    /// A call that waits for events of a handle. The wakers of those stay with the handle until an
    /// event comes, so there must be one for each event loop and not one for each call.
    pub(crate) fn of_handle(
        waking: &Arc<Waking>,
        op: impl Future<Output = Result<Value, tenure::Error>> + Send + 'static,
    ) -> Self {
        Self {
            waking: Some(Arc::clone(waking)),
            ..Self::new(op)
        }
    }

    fn take(&self) -> PyResult<Op> {
        let mut op = self.op.lock().unwrap_or_else(PoisonError::into_inner);
        op.take()
            .ok_or_else(|| PyRuntimeError::new_err("this call was waited for already"))
    }
}

#[pymethods]
impl Call {
    /// Blocks until the call has ended, at most for `timeout` nanoseconds, and gives its value.
    #[pyo3(signature = (timeout))]
    fn wait(&self, py: Python<'_>, timeout: Option<u64>) -> PyResult<Py<PyAny>> {
        let limit = timeout.map(Duration::from_nanos);
        // A limit beyond the end of the clock is none.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut op = self.take()?;
        match wait(py, deadline, |cx| op.as_mut().poll(cx))? {
            Some(Ok(value)) => value.into_python(py),
            Some(Err(error)) => Err(raise(py, &error)),
            None => Err(timed_out(py, limit.unwrap_or_default())),
        }
    }

    /// Runs the call by an event loop, which sets the result of `future`. Gives the number by
    /// which it can be cancelled.
    fn start(&self, py: Python<'_>, bridge: &Bridge, future: Py<PyAny>) -> PyResult<u64> {
        let slot = match &self.waking {
            Some(waking) => waking.slot(bridge),
            None => bridge.slot(),
        };
        bridge.run(py, slot, self.take()?, future)
    }
}
