//! A user's function, called by the dispatch thread.

use crate::convert::Value;
use crate::entry;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The function of a handle. The handle owns it, so that the garbage collector finds a function
/// that holds its own handle; what the dispatch thread has is only a way to it.
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

    pub(crate) fn call(&self, value: Value) {
        entry::enter(|py| {
            let Some(function) = self.lock().as_ref().map(|f| f.clone_ref(py)) else {
                return;
            };
            let called = value
                .into_python(py)
                .and_then(|value| function.call1(py, (value,)));
            if let Err(error) = called {
                error.write_unraisable(py, Some(function.bind(py)));
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
