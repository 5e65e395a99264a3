//! The bridge to one event loop: the loop reads a descriptor, and advances the calls that were woken.
//! There is no thread, and no Python code except the loop's own.

use crate::loop_inbox::{LoopInbox, Slot};
use crate::op::AnyOp;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, intern};
use std::collections::BTreeMap;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

struct Running {
    number: u64,
    op: AnyOp,
    /// The loop's future, whose result is awaited.
    future: Py<PyAny>,
}

/// The calls that run in one event loop. The thread of that loop calls all methods.
#[pyclass(frozen, weakref, module = "tenure._tenure")]
pub(crate) struct Bridge {
    inbox: Arc<LoopInbox>,
    /// By the number of the slot that wakes them.
    running: Mutex<BTreeMap<u64, Vec<Running>>>,
    last: AtomicU64,
}

impl Bridge {
    fn fresh(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A new slot of this loop.
    pub(crate) fn slot(&self) -> Arc<Slot> {
        Slot::new(self.fresh(), &self.inbox)
    }

    pub(crate) fn owns(&self, slot: &Slot) -> bool {
        slot.is_of(&self.inbox)
    }

    /// Advances a call as far as it gets now, and again each time its slot is woken. Returns the
    /// number by which the call can be cancelled.
    pub(crate) fn run(
        &self,
        py: Python<'_>,
        slot: &Arc<Slot>,
        op: AnyOp,
        future: Py<PyAny>,
    ) -> PyResult<u64> {
        let number = self.fresh();
        self.advance(py, slot, Running { number, op, future })?;
        Ok(number)
    }

    /// Polls a call: sets the result of the loop's future if the call has ended, or keeps the call.
    fn advance(&self, py: Python<'_>, slot: &Arc<Slot>, mut running: Running) -> PyResult<()> {
        let future = running.future.bind(py);
        // A future may be cancelled before `cancel` is called. Its call is dropped and not polled: the
        // library undoes a join whose outcome nobody took.
        if future.call_method0(intern!(py, "done"))?.is_truthy()? {
            return Ok(());
        }
        let waker = Waker::from(Arc::clone(slot));
        let polled = running
            .op
            .as_mut()
            .advance(py, &mut Context::from_waker(&waker));
        match polled {
            Poll::Pending => self.lock().entry(slot.number()).or_default().push(running),
            Poll::Ready(Ok(value)) => {
                future.call_method1(intern!(py, "set_result"), (value,))?;
            }
            Poll::Ready(Err(error)) => {
                future.call_method1(intern!(py, "set_exception"), (error,))?;
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Vec<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Bridge {
    #[new]
    fn new() -> PyResult<Self> {
        Ok(Self {
            inbox: Arc::new(LoopInbox::new()?),
            running: Mutex::default(),
            last: AtomicU64::new(0),
        })
    }

    /// The descriptor that is readable when `dispatch` is due.
    fn fileno(&self) -> RawFd {
        self.inbox.fd()
    }

    /// Advances every call that was woken.
    fn dispatch(&self, py: Python<'_>) -> PyResult<()> {
        for slot in self.inbox.take() {
            let due = self.lock().remove(&slot.number()).unwrap_or_default();
            for running in due {
                self.advance(py, &slot, running)?;
            }
        }
        Ok(())
    }

    /// Gives up a call; nothing happens if it has ended.
    fn cancel(&self, number: u64) {
        let mut given_up = Vec::new();
        let mut running = self.lock();
        running.retain(|_, calls| {
            given_up.extend(calls.extract_if(.., |call| call.number == number));
            !calls.is_empty()
        });
        drop(running);
        // Dropping a call may run Python code: no lock is held.
        drop(given_up);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // No thread holds the lock while Python code runs, so none holds it here.
        if let Ok(running) = self.running.try_lock() {
            for call in running.values().flatten() {
                visit.call(&call.future)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        let running = std::mem::take(&mut *self.lock());
        drop(running);
    }
}
