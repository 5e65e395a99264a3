//! The library's log lines, passed to a function.

use crate::entry;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tenure::{LogLevel, LogRecord, set_log, unset_log};

/// Has the dispatch thread call `function(level, client, message)` with each line of this level, as
/// `logging` numbers levels, and of higher levels; `None` ends the calls.
#[pyfunction]
#[pyo3(signature = (level, function))]
pub(crate) fn log(level: Option<u8>, function: Py<PyAny>) -> PyResult<()> {
    let level = match level {
        None => {
            unset_log();
            return Ok(());
        }
        Some(40) => LogLevel::Error,
        Some(30) => LogLevel::Warn,
        Some(20) => LogLevel::Info,
        Some(10) => LogLevel::Debug,
        Some(other) => {
            let message = format!("level must be 10, 20, 30 or 40, not {other}");
            return Err(PyValueError::new_err(message));
        }
    };
    set_log(level, move |record| call(&function, record));
    Ok(())
}

fn call(function: &Py<PyAny>, record: LogRecord) {
    let level = match record.level {
        LogLevel::Error => 40,
        LogLevel::Warn => 30,
        LogLevel::Info => 20,
        LogLevel::Debug => 10,
    };
    entry::enter(|py| {
        let called = function.call1(py, (level, record.client, record.message));
        entry::report(py, called, function);
    });
}
