//! Errors of the library as exceptions of `tenure.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::time::Duration;
use tenure::{Error, ErrorKind};

/// The exception for an error; its class is chosen by `tenure.errors`.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    maker(py)?.call1((error.kind().name(), error.message()))
}

/// What makes exceptions.
pub(crate) fn maker(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MAKE.import(py, "tenure.errors", "make")
}

/// The error, to be raised.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

pub(crate) fn timed_out(py: Python<'_>, limit: Duration) -> PyErr {
    let message = format!("not known within {limit:?}; what was asked for may still happen");
    raise(py, &Error::new(ErrorKind::Timeout, message))
}

/// `result`, or its error raised.
pub(crate) fn check<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| raise(py, &error))
}
