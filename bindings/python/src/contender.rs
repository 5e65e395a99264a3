//! A contender, natively.

use crate::call::Call;
use crate::convert::Value;
use crate::error::check;
use crate::handle::Handle;
use crate::loop_slot::Waking;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::ContenderEvent;

/// Stands for the leadership of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Contender {
    handle: Arc<tenure::Contender>,
    waking: Arc<Waking>,
}

impl Contender {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Contender) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, waking) = Handle::new(&handle);
        let this = PyClassInitializer::from(base).add_subclass(Self { handle, waking });
        Py::new(py, this)
    }
}

#[pymethods]
impl Contender {
    fn is_leading(&self) -> bool {
        self.handle.is_leading()
    }

    /// Token, end of the lease and what is left of it, in nanoseconds, if it leads right now.
    fn lease(&self) -> Option<(u64, u64, u64)> {
        let lease = self.handle.leadership()?;
        let left = u64::try_from(lease.remaining().as_nanos()).unwrap_or(u64::MAX);
        Some((lease.token(), lease.lease_end().as_nanos(), left))
    }

    /// Ends when it leads: with token and end of the lease.
    fn leading(&self) -> Call {
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.waking, async move {
            handle.leading().await.map(Value::from)
        })
    }

    /// Ends when the tenure with this token is over: with the newest event.
    fn lost(&self, token: u64) -> Call {
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.waking, async move {
            let newest = handle
                .events()
                .until(|event| !is_tenure(event, token))
                .await;
            newest.map(Value::from)
        })
    }

    fn withdraw(&self) -> Call {
        let withdrawing = self.handle.withdraw();
        Call::new(async { withdrawing.await.map(Value::from) })
    }

    fn set_data(&self, py: Python<'_>, data: Vec<u8>) -> PyResult<Call> {
        let writing = check(py, self.handle.set_data(data))?;
        Ok(Call::new(async { writing.await.map(Value::from) }))
    }
}

/// Whether the event is of the tenure with this token.
fn is_tenure(event: &ContenderEvent, token: u64) -> bool {
    match event {
        ContenderEvent::Leading { member, .. } | ContenderEvent::Jeopardy { member, .. } => {
            member.token == token
        }
        _ => false,
    }
}
