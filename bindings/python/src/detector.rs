//! A detector, natively.

use crate::call::Call;
use crate::convert::{Value, detected};
use crate::handle::Handle;
use crate::loop_slot::Waking;
use pyo3::prelude::*;
use std::sync::Arc;

/// Follows the leader of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Detector {
    handle: Arc<tenure::Detector>,
    waking: Arc<Waking>,
}

impl Detector {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Detector) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, waking) = Handle::new(&handle);
        let this = PyClassInitializer::from(base).add_subclass(Self { handle, waking });
        Py::new(py, this)
    }
}

#[pymethods]
impl Detector {
    /// What is known now.
    fn state(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Value::Detector(self.handle.state()).into_python(py)
    }

    /// Ends when what is known differs from `previous`.
    fn changed(&self, py: Python<'_>, previous: &Bound<'_, PyAny>) -> PyResult<Call> {
        let previous = detected(py, previous)?;
        let handle = Arc::clone(&self.handle);
        Ok(Call::of_handle(&self.waking, async move {
            handle.detected(&previous).await.map(Value::from)
        }))
    }
}
