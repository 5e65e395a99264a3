//! The library's log, told to a function.

use crate::entry;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tenure::{LogLevel, LogRecord, set_log, unset_log};

/// Has `function(level, client, message)` called with each line of this level (as `logging` numbers
/// them) and graver ones, by the dispatch thread; with nothing for `None`.
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
    set_log(level, move |record| tell(&function, record));
    Ok(())
}

fn tell(function: &Py<PyAny>, record: LogRecord) {
    let level = match record.level {
        LogLevel::Error => 40,
        LogLevel::Warn => 30,
        LogLevel::Info => 20,
        LogLevel::Debug => 10,
    };
    entry::enter(|py| {
        let told = function.call1(py, (level, record.client, record.message));
        if let Err(error) = told {
            error.write_unraisable(py, Some(function.bind(py)));
        }
    });
}
