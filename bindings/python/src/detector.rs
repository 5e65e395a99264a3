//! A detector, natively.

use crate::call::Call;
use crate::error::unexpected;
use crate::handle::Handle;
use crate::known::{Known, is_failure};
use crate::loop_slot::LoopSlot;
use crate::value::IntoPython;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::DetectorEvent;

/// Follows the leader of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Detector {
    handle: Arc<tenure::Detector>,
    slot: Arc<LoopSlot>,
}

impl Detector {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Detector) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, slot) = Handle::base(&handle, tenure::Detector::events);
        Py::new(py, base.add_subclass(Self { handle, slot }))
    }
}

#[pymethods]
impl Detector {
    /// The state now.
    fn state(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.handle.state().into_python(py)
    }

    /// Ends when the state differs from `previous`, with the state.
    fn changed(&self, py: Python<'_>, previous: &Bound<'_, PyAny>) -> PyResult<Call> {
        let handle = Arc::clone(&self.handle);
        Ok(match Known::new(py, previous)? {
            Known::State(previous) => {
                Call::of_handle(&self.slot, async move { handle.detected(&previous).await })
            }
            Known::Failure(error) => Call::of_handle(&self.slot, async move {
                let differs = |event: &DetectorEvent| !is_failure(event, &error);
                handle.events().until(differs).await
            }),
        })
    }

    /// Ends when a leader is known, with the leader.
    fn leader(&self) -> Call {
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.slot, async move {
            let known = |event: &DetectorEvent| matches!(event, DetectorEvent::Leader(_));
            match handle.events().until(known).await? {
                DetectorEvent::Leader(leader) => Ok(leader),
                other => Err(unexpected(&other)),
            }
        })
    }
}
