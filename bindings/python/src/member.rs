//! Members and leaders as objects of `tenure.events`, and back.

use crate::classes::{Made, classes, make};
use crate::value::IntoPython;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use tenure::{Leader, Member};

classes!(Member, Leader);

pub(crate) fn make_member(py: Python<'_>, member: Member) -> Made<'_> {
    let Member {
        path,
        label,
        sequence,
        token,
    } = member;
    make(py, &classes(py)?.Member, (path, label, sequence, token))
}

pub(crate) fn make_members(py: Python<'_>, members: Vec<Member>) -> PyResult<Bound<'_, PyTuple>> {
    let members = members.into_iter().map(|member| make_member(py, member));
    PyTuple::new(py, members.collect::<PyResult<Vec<_>>>()?)
}

pub(crate) fn make_leader(py: Python<'_>, leader: Leader) -> Made<'_> {
    let member = make_member(py, leader.member)?;
    let data = PyBytes::new(py, &leader.data);
    let as_of = leader.as_of.as_nanos();
    make(py, &classes(py)?.Leader, (member, data, as_of))
}

impl IntoPython for Member {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        make_member(py, self).map(Bound::unbind)
    }
}

impl IntoPython for Vec<Member> {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        make_members(py, self).map(|members| members.into_any().unbind())
    }
}

impl IntoPython for Leader {
    fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        make_leader(py, self).map(Bound::unbind)
    }
}

/// A `tenure.events.Member` as an argument.
#[derive(FromPyObject)]
pub(crate) struct MemberArgument {
    path: String,
    label: Option<String>,
    sequence: i32,
    token: u64,
}

impl From<MemberArgument> for Member {
    fn from(member: MemberArgument) -> Self {
        Self {
            path: member.path,
            label: member.label,
            sequence: member.sequence,
            token: member.token,
        }
    }
}
