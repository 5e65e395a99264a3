//! A call in progress: a thread waits for it, or an event loop runs it.

use crate::bridge::Bridge;
use crate::error::timed_out;
use crate::loop_slot::LoopSlot;
use crate::op::{AnyOp, Op};
use crate::wait::wait;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A call: it ends once, and dropping it gives it up.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Call {
    op: Mutex<Option<AnyOp>>,
    slot: Option<Arc<LoopSlot>>,
}

impl Call {
    /// A call that only its own end wakes.
    pub(crate) fn new(op: impl Op + 'static) -> Self {
        Self {
            op: Mutex::new(Some(Box::pin(op))),
            slot: None,
        }
    }

    /// A call that waits for events of the handle that has this slot.
    pub(crate) fn of_handle(slot: &Arc<LoopSlot>, op: impl Op + 'static) -> Self {
        Self {
            slot: Some(Arc::clone(slot)),
            ..Self::new(op)
        }
    }

    fn take(&self) -> PyResult<AnyOp> {
        let mut op = self.op.lock().unwrap_or_else(PoisonError::into_inner);
        op.take()
            .ok_or_else(|| PyRuntimeError::new_err("this call was waited for already"))
    }
}

#[pymethods]
impl Call {
    /// Blocks until the call has ended, at most for `timeout` nanoseconds, and returns its value.
    #[pyo3(signature = (timeout))]
    fn wait(&self, py: Python<'_>, timeout: Option<u64>) -> PyResult<Py<PyAny>> {
        let limit = timeout.map(Duration::from_nanos);
        // A limit beyond the end of the clock is no limit.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut op = self.take()?;
        wait(py, deadline, |cx| op.as_mut().advance(py, cx))?
            .unwrap_or_else(|| Err(timed_out(py, limit.unwrap_or_default())))
    }

    /// Has an event loop run the call and set the result of `future`. Returns the number by which the
    /// bridge can cancel the call.
    fn start(&self, py: Python<'_>, bridge: &Bridge, future: Py<PyAny>) -> PyResult<u64> {
        let slot = match &self.slot {
            Some(slot) => slot.get(bridge),
            None => bridge.slot(),
        };
        bridge.run(py, &slot, self.take()?, future)
    }
}
