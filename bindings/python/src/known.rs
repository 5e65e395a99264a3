//! A detector's event as an argument, to be compared with the state of a detector.

use crate::classes::classes;
use crate::error::exception;
use crate::member::MemberArgument;
use pyo3::intern;
use pyo3::prelude::*;
use tenure::{DetectorEvent, Error, Leader, Time};

classes!(NoLeader, DetectionFailed);

/// What a program knows already. Instants do not count.
pub(crate) enum Known {
    State(DetectorEvent),
    /// The exception of a `DetectionFailed`.
    Failure(Py<PyAny>),
}

impl Known {
    pub(crate) fn new(py: Python<'_>, event: &Bound<'_, PyAny>) -> PyResult<Self> {
        let classes = classes(py)?;
        let since = Time::default();
        let leader = event.getattr(intern!(py, "leader"))?;
        if !leader.is_none() {
            let member: MemberArgument = leader.getattr(intern!(py, "member"))?.extract()?;
            return Ok(Self::State(DetectorEvent::Leader(Leader {
                member: member.into(),
                data: leader.getattr(intern!(py, "data"))?.extract()?,
                as_of: since,
            })));
        }
        if event.is_instance(classes.DetectionFailed.bind(py))? {
            let error = event.getattr(intern!(py, "error"))?;
            return Ok(Self::Failure(error.unbind()));
        }
        let nobody = event.is_instance(classes.NoLeader.bind(py))?;
        Ok(Self::State(match nobody {
            true => DetectorEvent::None,
            false => DetectorEvent::Unknown { since },
        }))
    }
}

/// Whether the event reports the failure that Python knows by this exception.
pub(crate) fn is_failure(event: &DetectorEvent, known: &Py<PyAny>) -> bool {
    match event {
        DetectorEvent::Failed(error) => {
            Python::attach(|py| is_same(py, error, known.bind(py)).unwrap_or(false))
        }
        _ => false,
    }
}

/// Whether class and message are the same: exceptions themselves compare by identity.
fn is_same(py: Python<'_>, error: &Error, known: &Bound<'_, PyAny>) -> PyResult<bool> {
    let error = exception(py, error)?;
    let is_same_class = error.get_type().is(known.get_type());
    Ok(is_same_class && error.str()?.to_cow()? == known.str()?.to_cow()?)
}
