//! Errors of the library as exceptions of `tenure.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::time::Duration;
use tenure::{Error, ErrorKind};

/// The exception for an error; its class is chosen by `tenure.errors`.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    maker(py)?.call1((error.kind().name(), error.message()))
}

/// `tenure.errors.make`, which makes exceptions.
pub(crate) fn maker(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MAKE.import(py, "tenure.errors", "make")
}

/// The error as an exception to raise.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

fn out_of_time(limit: Duration) -> Error {
    let message = format!("no outcome within {limit:?}; the call may still take effect");
    Error::new(ErrorKind::Timeout, message)
}

pub(crate) fn timed_out(py: Python<'_>, limit: Duration) -> PyErr {
    raise(py, &out_of_time(limit))
}

/// The exception for a call that has not ended within `limit` nanoseconds.
#[pyfunction]
#[pyo3(name = "timed_out")]
pub(crate) fn make_timed_out(py: Python<'_>, limit: u64) -> PyResult<Bound<'_, PyAny>> {
    exception(py, &out_of_time(Duration::from_nanos(limit)))
}

/// A wait ended with an event that it does not wait for: a defect of the library.
pub(crate) fn unexpected(event: &dyn std::fmt::Debug) -> Error {
    let message = format!("this call does not wait for the event {event:?}: report it as a defect");
    Error::new(ErrorKind::Server, message)
}

/// Input that can never work, as an exception to raise.
pub(crate) fn invalid(py: Python<'_>, why: impl std::fmt::Display) -> PyErr {
    raise(py, &Error::new(ErrorKind::InvalidInput, why.to_string()))
}

/// `result`, with its error as an exception.
pub(crate) fn check<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| raise(py, &error))
}
