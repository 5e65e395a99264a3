//! A contender, natively.

use crate::call::Call;
use crate::error::check;
use crate::handle::Handle;
use crate::loop_slot::LoopSlot;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::ContenderEvent;

/// Contends for the leadership of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Contender {
    handle: Arc<tenure::Contender>,
    slot: Arc<LoopSlot>,
}

impl Contender {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Contender) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, slot) = Handle::base(&handle, tenure::Contender::events);
        Py::new(py, base.add_subclass(Self { handle, slot }))
    }
}

#[pymethods]
impl Contender {
    fn is_leading(&self) -> bool {
        self.handle.is_leading()
    }

    /// The token, the end of the lease and the time left, both in nanoseconds; `None` unless it leads
    /// right now.
    fn lease(&self) -> Option<(u64, u64, u64)> {
        let lease = self.handle.leadership()?;
        let left = u64::try_from(lease.remaining().as_nanos()).unwrap_or(u64::MAX);
        Some((lease.token(), lease.lease_end().as_nanos(), left))
    }

    /// Ends when it leads, with the token.
    fn leading(&self) -> Call {
        let handle = Arc::clone(&self.handle);
        Call::of_handle(
            &self.slot,
            async move { Ok(handle.leading().await?.token()) },
        )
    }

    /// Ends when the leadership with this token is over.
    fn lost(&self, token: u64) -> Call {
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.slot, async move {
            let lost = |event: &ContenderEvent| !is_leadership(event, token);
            handle.events().until(lost).await.map(|_| ())
        })
    }

    fn withdraw(&self) -> Call {
        Call::new(self.handle.withdraw())
    }

    fn set_data(&self, py: Python<'_>, data: Vec<u8>) -> PyResult<Call> {
        check(py, self.handle.set_data(data)).map(Call::new)
    }
}

/// Whether the event says that the leadership with this token lasts.
fn is_leadership(event: &ContenderEvent, token: u64) -> bool {
    match event {
        ContenderEvent::Leading { member, .. } | ContenderEvent::Jeopardy { member, .. } => {
            member.token == token
        }
        _ => false,
    }
}
