//! The way from the library's wakers to one event loop: an eventfd that the loop reads, and the
//! calls that wait in it. No thread, and no Python code but the loop's own.

use crate::call::Op;
use crate::error::raise;
use nix::sys::eventfd::{EfdFlags, EventFd};
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, intern};
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

/// What wakers see of a loop.
struct Door {
    bell: EventFd,
    ready: Mutex<Vec<Arc<Slot>>>,
}

/// What is woken as one: all calls that wait for the same handle, or one call.
pub(crate) struct Slot {
    number: u64,
    queued: AtomicBool,
    /// A loop that is gone needs no waking.
    door: Weak<Door>,
}

impl Wake for Slot {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(door) = self.door.upgrade() {
            lock(&door.ready).push(Arc::clone(self));
            // A counter that is full is readable, too.
            let _ = door.bell.write(1);
        }
    }
}

struct Running {
    number: u64,
    op: Op,
    /// The loop's future, whose result is awaited.
    future: Py<PyAny>,
}

/// The calls that run in one event loop. All methods are called by the thread of that loop.
#[pyclass(frozen, weakref, module = "tenure._tenure")]
pub(crate) struct Bridge {
    door: Arc<Door>,
    running: Mutex<BTreeMap<u64, Vec<Running>>>,
    last: AtomicU64,
}

impl Bridge {
    fn fresh(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn slot(&self) -> Arc<Slot> {
        Arc::new(Slot {
            number: self.fresh(),
            queued: AtomicBool::new(false),
            door: Arc::downgrade(&self.door),
        })
    }

    pub(crate) fn owns(&self, slot: &Slot) -> bool {
        Weak::ptr_eq(&slot.door, &Arc::downgrade(&self.door))
    }

    /// Runs a call as far as it gets now, and the rest of it when it is woken.
    pub(crate) fn run(
        &self,
        py: Python<'_>,
        slot: Arc<Slot>,
        op: Op,
        future: Py<PyAny>,
    ) -> PyResult<u64> {
        let (number, place) = (self.fresh(), slot.number);
        let running = Running { number, op, future };
        if let Some(waiting) = advance(py, slot, running)? {
            lock(&self.running).entry(place).or_default().push(waiting);
        }
        Ok(number)
    }
}

#[pymethods]
impl Bridge {
    #[new]
    fn new() -> PyResult<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let bell = EventFd::from_value_and_flags(0, flags).map_err(std::io::Error::from)?;
        Ok(Self {
            door: Arc::new(Door {
                bell,
                ready: Mutex::default(),
            }),
            running: Mutex::default(),
            last: AtomicU64::new(0),
        })
    }

    /// The descriptor that is readable when `dispatch` is due.
    fn fileno(&self) -> RawFd {
        self.door.bell.as_raw_fd()
    }

    /// Carries on with every call that was woken.
    fn dispatch(&self, py: Python<'_>) -> PyResult<()> {
        // Nothing to read: somebody else was as fast.
        let _ = self.door.bell.read();
        for slot in std::mem::take(&mut *lock(&self.door.ready)) {
            // Before the look, so that what comes after it wakes again.
            slot.queued.store(false, Ordering::Release);
            let place = slot.number;
            let due = lock(&self.running).remove(&place).unwrap_or_default();
            for running in due {
                if let Some(waiting) = advance(py, Arc::clone(&slot), running)? {
                    lock(&self.running).entry(place).or_default().push(waiting);
                }
            }
        }
        Ok(())
    }

    /// Gives up a call; nothing happens if it has ended.
    fn cancel(&self, number: u64) {
        let mut given_up = Vec::new();
        let mut running = lock(&self.running);
        running.retain(|_, calls| {
            given_up.extend(calls.extract_if(.., |call| call.number == number));
            !calls.is_empty()
        });
        drop(running);
        // What is dropped now may run code: no lock is held.
        drop(given_up);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Nobody holds the lock while Python code runs, so nobody holds it here.
        if let Ok(running) = self.running.try_lock() {
            for call in running.values().flatten() {
                visit.call(&call.future)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        let running = std::mem::take(&mut *lock(&self.running));
        drop(running);
    }
}

/// Looks at a call: ends the loop's future if it has its value, or gives it back.
fn advance(py: Python<'_>, slot: Arc<Slot>, mut running: Running) -> PyResult<Option<Running>> {
    let future = running.future.bind(py);
    // It may have been cancelled, and nobody has told us yet. What is not taken is undone.
    if future.call_method0(intern!(py, "done"))?.is_truthy()? {
        return Ok(None);
    }
    let waker = Waker::from(slot);
    let result = match running.op.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Pending => return Ok(Some(running)),
        Poll::Ready(result) => result
            .map_err(|error| raise(py, &error))
            .and_then(|value| value.into_python(py)),
    };
    match result {
        Ok(value) => future.call_method1(intern!(py, "set_result"), (value,))?,
        Err(error) => future.call_method1(intern!(py, "set_exception"), (error,))?,
    };
    Ok(None)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
