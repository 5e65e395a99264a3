//! Events of the library as objects of `tenure.events`.

use crate::classes::{Made, make};
use crate::error::exception;
use crate::member::{make_leader, make_member, make_members};
use crate::value::IntoPython;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use std::collections::BTreeMap;
use tenure::words::{Part, Word};
use tenure::{ContenderEvent, DetectorEvent, GroupEvent, LostReason, SessionEvent};

macro_rules! into_python {
    ($($event:ty),*) => {
        $(impl IntoPython for $event {
            fn into_python(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                event(py, self.word(), self.parts()).map(Bound::unbind)
            }
        })*
    };
}

into_python!(SessionEvent, ContenderEvent, DetectorEvent, GroupEvent);

/// The classes of events, by their names. `prepare` calls it when the package is imported; it raises
/// `AttributeError` when `tenure.events` lacks a class.
pub(crate) fn classes(py: Python<'_>) -> PyResult<&'static BTreeMap<&'static str, Py<PyAny>>> {
    static CLASSES: PyOnceLock<BTreeMap<&'static str, Py<PyAny>>> = PyOnceLock::new();
    CLASSES.get_or_try_init(py, || {
        let events = PyModule::import(py, "tenure.events")?;
        let words = [
            SessionEvent::WORDS,
            ContenderEvent::WORDS,
            DetectorEvent::WORDS,
            GroupEvent::WORDS,
        ];
        let names = words.into_iter().flatten().map(|word| word.python);
        names
            .map(|name| Ok((name, events.getattr(name)?.unbind())))
            .collect()
    })
}

fn class(py: Python<'_>, word: &Word) -> PyResult<&'static Py<PyAny>> {
    let class = classes(py)?.get(word.python);
    class.ok_or_else(|| PyKeyError::new_err(word.python))
}

/// An event, as an object of its class: each part is an argument, and a reason is two, its name and
/// the error behind it.
fn event<'py>(py: Python<'py>, word: &Word, parts: Vec<Part<'_>>) -> Made<'py> {
    let mut arguments = Vec::with_capacity(parts.len() + 1);
    for part in parts {
        let argument = match part {
            Part::Member(None) | Part::Time(None) => py.None().into_bound(py),
            Part::Member(Some(member)) => make_member(py, member.clone())?,
            Part::Members(members) => make_members(py, members.to_vec())?.into_any(),
            Part::Leader(leader) => make_leader(py, leader.clone())?,
            Part::Time(Some(time)) => time.as_nanos().into_pyobject(py)?.into_any(),
            Part::Span(span) => span.as_secs_f64().into_pyobject(py)?.into_any(),
            Part::Session(number) => number.into_pyobject(py)?.into_any(),
            Part::Count(count) => count.into_pyobject(py)?.into_any(),
            Part::Text(text) => text.into_pyobject(py)?.into_any(),
            Part::Error(error) => exception(py, error)?,
            Part::By(by) => by.name().into_pyobject(py)?.into_any(),
            Part::Server(kind) => kind.name().into_pyobject(py)?.into_any(),
            Part::Reason(reason) => {
                arguments.push(reason.name().into_pyobject(py)?.into_any());
                match reason {
                    LostReason::Failed(error) => exception(py, error)?,
                    _ => py.None().into_bound(py),
                }
            }
        };
        arguments.push(argument);
    }
    make(py, class(py, word)?, PyTuple::new(py, arguments)?)
}
