//! The gate by which the dispatch thread enters Python, and which closes before Python ends: a
//! thread that asks for an interpreter that is being torn down is ended inside of it.

use pyo3::prelude::*;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The process whose dispatch thread is inside; 0 for none. It is a process and not a flag, for
/// after a fork that thread is not there, wherever it was.
static INSIDE: AtomicU32 = AtomicU32::new(0);
/// The process that lets nobody in any more.
static CLOSED: AtomicU32 = AtomicU32::new(0);

/// Runs `act` in Python, unless that ends.
pub(crate) fn enter(act: impl FnOnce(Python<'_>)) {
    let own = process::id();
    INSIDE.store(own, Ordering::SeqCst);
    if CLOSED.load(Ordering::SeqCst) != own {
        Python::try_attach(act);
    }
    INSIDE.store(0, Ordering::SeqCst);
}

/// Lets no callback begin any more, and waits for the one that runs. Called when Python exits.
#[pyfunction]
pub(crate) fn leave(py: Python<'_>) -> PyResult<()> {
    let own = process::id();
    CLOSED.store(own, Ordering::SeqCst);
    while INSIDE.load(Ordering::SeqCst) == own {
        // At exit only, and only while a callback runs: nobody would be woken otherwise.
        py.detach(|| std::thread::sleep(Duration::from_millis(1)));
        py.check_signals()?;
    }
    Ok(())
}
