//! The reasons why a run ends early.

use std::any::Any;
use std::fmt;

use tenure_field::{Interrupt, panic_text};

/// The result of a step, or the reason why the run ends here.
pub(crate) type Step<T> = Result<T, Stop>;

/// The reason why a run ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// By a signal, or because standard output has no reader.
    Interrupted,
    /// A check failed.
    Failed(Failure),
}

/// The expectation and the observation.
#[derive(Debug)]
pub(crate) struct Failure {
    expected: String,
    seen: String,
}

impl Stop {
    /// Ends the run because `expected` does not hold.
    pub(crate) fn failed(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::Failed(Failure {
            expected: expected.into(),
            seen: seen.into(),
        })
    }

    /// Ends the run because of a panic: the field panics when it fails.
    pub(crate) fn panicked(expected: impl Into<String>, panic: &(dyn Any + Send)) -> Self {
        Self::failed(expected, panic_text(panic))
    }

    /// Ends the run because of an error of the library in this process.
    pub(crate) fn library(expected: impl Into<String>, error: &tenure::Error) -> Self {
        Self::failed(expected, format!("the library reported: {error}"))
    }
}

/// An error once the run is to end.
pub(crate) fn check(interrupt: &Interrupt) -> Step<()> {
    if interrupt.is_raised() {
        Err(Stop::Interrupted)
    } else {
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indented = |text: &str| text.trim_end().replace('\n', "\n            ");
        writeln!(f, "  expected  {}", indented(&self.expected))?;
        writeln!(f, "  seen      {}", indented(&self.seen))
    }
}
