//! The future of a call. Its type is erased here, and its value becomes a Python object here: both
//! once, where the call leaves Rust.

use crate::error::check;
use crate::value::IntoPython;
use pyo3::prelude::*;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is polled with the interpreter held, and gives a Python object or raises.
pub(crate) trait Op: Send {
    fn advance(
        self: Pin<&mut Self>,
        py: Python<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<PyResult<Py<PyAny>>>;
}

/// An [`Op`] of any type.
pub(crate) type AnyOp = Pin<Box<dyn Op>>;

impl<F, T> Op for F
where
    F: Future<Output = Result<T, tenure::Error>> + Send,
    T: IntoPython,
{
    fn advance(
        self: Pin<&mut Self>,
        py: Python<'_>,
        cx: &mut Context<'_>,
    ) -> Poll<PyResult<Py<PyAny>>> {
        self.poll(cx)
            .map(|outcome| check(py, outcome)?.into_python(py))
    }
}
