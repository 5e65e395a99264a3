//! The parts that the machines of all roles share.

use super::output::{Row, Rows};
use crate::error::invalid;
use pyo3::prelude::*;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tenure::Time;
use tenure::mesos::roles::{Leading, MemberId, OutOfRange, Sender};

/// A machine. No Python code runs while it is locked, so no thread holds it while another one forks.
pub(super) struct Machine<T>(Mutex<T>);

impl<T> Machine<T> {
    pub(super) fn new(machine: T) -> Self {
        Self(Mutex::new(machine))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the machine an input, and its outputs to Python.
    pub(super) fn give<'py, O: Row>(
        &self,
        py: Python<'py>,
        now: Option<u64>,
        input: impl FnOnce(&mut T, Time) -> Vec<O>,
    ) -> Rows<'py> {
        let outputs = input(&mut self.lock(), instant(now));
        outputs.into_iter().map(|output| output.row(py)).collect()
    }
}

/// The time of an input: nanoseconds of the boot-time clock, or that clock's time now.
pub(super) fn instant(now: Option<u64>) -> Time {
    now.map_or_else(tenure::now, Time::from_nanos)
}

/// The seed of random delays; one that no other process has if none is given.
pub(super) fn seed(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| RandomState::new().hash_one(std::process::id()))
}

/// An option is out of its range: the exception names it as in Python, too.
pub(super) fn out_of_range(py: Python<'_>, error: &OutOfRange) -> PyErr {
    match error.option {
        "registration_backoff_factor" => invalid(py, format!("backoff: {error}")),
        "registration_backoff_max" => invalid(py, format!("backoff_max: {error}")),
        _ => invalid(py, error),
    }
}

pub(super) fn span(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

pub(super) fn sender(address: &str, token: Option<u64>) -> Sender<'_> {
    let address = address.as_bytes();
    Sender { address, token }
}

pub(super) fn member(path: String, token: u64) -> MemberId {
    MemberId { path, token }
}

/// A leader as an argument: its address, the path of its member, and its token.
pub(super) type LeaderArgument = (String, String, u64);

pub(super) fn leading((address, path, token): LeaderArgument) -> Leading {
    Leading {
        member: member(path, token),
        address: address.into_bytes(),
    }
}

/// A name of `docs/roles.md` as a word of the library: `re-registering` is `reregistering`.
pub(super) fn word(name: &str) -> String {
    let letters = name.chars().filter(|letter| *letter != '-');
    letters.map(|c| if c == ' ' { '_' } else { c }).collect()
}

/// An instant for Python.
pub(super) fn nanos(due: Option<Time>) -> Option<u64> {
    due.map(Time::as_nanos)
}
