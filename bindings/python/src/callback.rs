//! A user's function, which the dispatch thread calls.

use crate::entry;
use crate::value::IntoPython;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The function of a handle. The handle owns the function, so that the garbage collector finds a
/// function that holds its own handle; the dispatch thread shares only the place of the function.
#[derive(Clone, Default)]
pub(crate) struct Callback(Arc<Mutex<Option<Py<PyAny>>>>);

impl Callback {
    fn lock(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.lock().is_some()
    }

    pub(crate) fn set(&self, function: Py<PyAny>) {
        let old = self.lock().replace(function);
        drop(old);
    }

    /// No call begins after this.
    pub(crate) fn clear(&self) {
        let old = self.lock().take();
        drop(old);
    }

    /// Calls the function, if it is still set. Only the dispatch thread does so.
    pub(crate) fn call(&self, value: impl IntoPython) {
        entry::enter(|py| {
            // Cloned, so that no lock is held while Python code runs.
            let function = self.lock().as_ref().map(|function| function.clone_ref(py));
            if let Some(function) = function {
                let called = value
                    .into_python(py)
                    .and_then(|value| function.call1(py, (value,)));
                entry::report(py, called, &function);
            }
        });
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // The lock is never held while Python code runs.
        match self.0.try_lock() {
            Ok(function) => visit.call(&*function),
            Err(_) => Ok(()),
        }
    }
}
