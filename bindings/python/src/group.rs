//! A group, natively.

use crate::call::Call;
use crate::convert::{MemberArgument, Value};
use crate::error::check;
use crate::handle::Handle;
use crate::loop_slot::Waking;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::{GroupEvent, Member};

/// The members of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Group {
    handle: Arc<tenure::Group>,
    waking: Arc<Waking>,
}

impl Group {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Group) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, waking) = Handle::new(&handle);
        let this = PyClassInitializer::from(base).add_subclass(Self { handle, waking });
        Py::new(py, this)
    }
}

#[pymethods]
impl Group {
    fn watch(&self) {
        self.handle.watch();
    }

    fn join(&self, py: Python<'_>, data: Vec<u8>, label: Option<&str>) -> PyResult<Call> {
        let joining = check(py, self.handle.join(data, label))?;
        Ok(Call::new(async { joining.await.map(Value::from) }))
    }

    fn cancel(&self, member: MemberArgument) -> Call {
        let cancelling = self.handle.cancel(&member.into());
        Call::new(async { cancelling.await.map(Value::from) })
    }

    fn evict(&self, member: MemberArgument) -> Call {
        let evicting = self.handle.evict(&member.into());
        Call::new(async { evicting.await.map(Value::from) })
    }

    fn members(&self) -> Call {
        let listing = self.handle.members();
        Call::new(async { listing.await.map(Value::from) })
    }

    fn data(&self, member: MemberArgument) -> Call {
        let reading = self.handle.data(&member.into());
        Call::new(async { reading.await.map(Value::from) })
    }

    fn set_data(&self, py: Python<'_>, member: MemberArgument, data: Vec<u8>) -> PyResult<Call> {
        let writing = check(py, self.handle.set_data(&member.into(), data))?;
        Ok(Call::new(async { writing.await.map(Value::from) }))
    }

    fn cancelled(&self, member: MemberArgument) -> Call {
        let ending = self.handle.cancelled(&member.into());
        Call::new(async { ending.await.map(Value::from) })
    }

    /// Ends when the members are known to differ from `expected`, or cannot be listed.
    fn changed(&self, expected: Option<Vec<MemberArgument>>) -> Call {
        self.handle.watch();
        let expected: Option<Vec<Member>> =
            expected.map(|members| members.into_iter().map(Member::from).collect());
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.waking, async move {
            let differs = |event: &GroupEvent| match event {
                GroupEvent::Members(members) => expected.as_ref() != Some(members),
                GroupEvent::Failed(_) => true,
                _ => false,
            };
            match handle.events().until(differs).await? {
                GroupEvent::Members(members) => Ok(Value::Members(members)),
                GroupEvent::Failed(error) => Err(error),
                other => Ok(Value::Group(other)),
            }
        })
    }
}
