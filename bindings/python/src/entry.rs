//! The one entry of the dispatch thread into Python. It is closed before Python ends: a thread that
//! asks for an interpreter that is being torn down is killed inside the request.

use pyo3::prelude::*;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The PID of the process whose dispatch thread is in Python; 0 if none is. It is a PID and not a
/// flag because a forked child has no dispatch thread, wherever the parent's was.
static INSIDE: AtomicU32 = AtomicU32::new(0);
/// The PID of the process whose entry is closed; 0 if none is.
static CLOSED: AtomicU32 = AtomicU32::new(0);

/// Runs `act` in Python, unless Python ends.
pub(crate) fn enter(act: impl FnOnce(Python<'_>)) {
    let own = process::id();
    INSIDE.store(own, Ordering::SeqCst);
    if CLOSED.load(Ordering::SeqCst) != own {
        Python::try_attach(act);
    }
    INSIDE.store(0, Ordering::SeqCst);
}

/// Hands what `function` raised to `sys.unraisablehook`: the dispatch thread has no caller.
pub(crate) fn report(py: Python<'_>, called: PyResult<Py<PyAny>>, function: &Py<PyAny>) {
    if let Err(error) = called {
        error.write_unraisable(py, Some(function.bind(py)));
    }
}

/// Closes the entry, and waits until the dispatch thread has left. Called when Python exits.
#[pyfunction]
pub(crate) fn leave(py: Python<'_>) -> PyResult<()> {
    let own = process::id();
    CLOSED.store(own, Ordering::SeqCst);
    while INSIDE.load(Ordering::SeqCst) == own {
        // At exit only, and only while a callback runs: nothing would wake this thread.
        py.detach(|| std::thread::sleep(Duration::from_millis(1)));
        py.check_signals()?;
    }
    Ok(())
}
