//! The servers behind `memory://`, natively.

use crate::error::check;
use pyo3::prelude::*;
use tenure::{MemoryServer, Url};

/// A server inside this process.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Memory(MemoryServer);

#[pymethods]
impl Memory {
    #[new]
    fn new(py: Python<'_>, url: &str) -> PyResult<Self> {
        let url = check(py, Url::parse(url))?;
        check(py, MemoryServer::of(&url)).map(Self)
    }

    /// Ends a session, or all of them; says how many ended.
    #[pyo3(signature = (session))]
    fn expire(&self, py: Python<'_>, session: Option<i64>) -> PyResult<usize> {
        let ended = py.detach(|| match session {
            Some(session) => self.0.expire(session).map(usize::from),
            None => self.0.expire_all(),
        });
        check(py, ended)
    }

    fn cut(&self, py: Python<'_>) -> PyResult<()> {
        check(py, py.detach(|| self.0.cut()))
    }

    fn heal(&self, py: Python<'_>) -> PyResult<()> {
        check(py, py.detach(|| self.0.heal()))
    }

    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        check(py, py.detach(|| self.0.stop()))
    }

    fn start(&self, py: Python<'_>) -> PyResult<()> {
        check(py, py.detach(|| self.0.start()))
    }
}
