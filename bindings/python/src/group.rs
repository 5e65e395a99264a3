//! A group, natively.

use crate::call::Call;
use crate::error::{check, unexpected};
use crate::handle::Handle;
use crate::loop_slot::LoopSlot;
use crate::member::MemberArgument;
use pyo3::prelude::*;
use std::sync::Arc;
use tenure::{GroupEvent, Member};

/// The members of a group.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Group {
    handle: Arc<tenure::Group>,
    slot: Arc<LoopSlot>,
}

impl Group {
    pub(crate) fn new(py: Python<'_>, handle: tenure::Group) -> PyResult<Py<Self>> {
        let handle = Arc::new(handle);
        let (base, slot) = Handle::base(&handle, tenure::Group::events);
        Py::new(py, base.add_subclass(Self { handle, slot }))
    }
}

#[pymethods]
impl Group {
    fn watch(&self) {
        self.handle.watch();
    }

    fn join(&self, py: Python<'_>, data: Vec<u8>, label: Option<&str>) -> PyResult<Call> {
        check(py, self.handle.join(data, label)).map(Call::new)
    }

    fn cancel(&self, member: MemberArgument) -> Call {
        Call::new(self.handle.cancel(&member.into()))
    }

    fn evict(&self, member: MemberArgument) -> Call {
        Call::new(self.handle.evict(&member.into()))
    }

    fn members(&self) -> Call {
        Call::new(self.handle.members())
    }

    fn data(&self, member: MemberArgument) -> Call {
        Call::new(self.handle.data(&member.into()))
    }

    fn set_data(&self, py: Python<'_>, member: MemberArgument, data: Vec<u8>) -> PyResult<Call> {
        check(py, self.handle.set_data(&member.into(), data)).map(Call::new)
    }

    fn cancelled(&self, member: MemberArgument) -> Call {
        Call::new(self.handle.cancelled(&member.into()))
    }

    /// Ends when the members are known to differ from `expected`, with the members, or when they
    /// cannot be listed.
    fn changed(&self, expected: Option<Vec<MemberArgument>>) -> Call {
        self.handle.watch();
        let expected: Option<Vec<Member>> =
            expected.map(|members| members.into_iter().map(Member::from).collect());
        let handle = Arc::clone(&self.handle);
        Call::of_handle(&self.slot, async move {
            let differs = |event: &GroupEvent| match event {
                GroupEvent::Members(members) => expected.as_ref() != Some(members),
                GroupEvent::Failed(_) => true,
                _ => false,
            };
            match handle.events().until(differs).await? {
                GroupEvent::Members(members) => Ok(members),
                GroupEvent::Failed(error) => Err(error),
                other => Err(unexpected(&other)),
            }
        })
    }
}
