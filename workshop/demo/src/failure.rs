//! Why a run ends early.

use std::any::Any;
use std::fmt;

use tenure_field::{Interrupt, panic_text};

/// What a step gives, or why the run ends here.
pub(crate) type Step<T> = Result<T, Stop>;

/// Why a run ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// By a signal, or because nobody reads what is printed.
    Interrupted,
    /// Something did not do what it says.
    Failed(Failure),
}

/// What was expected and what was seen instead.
#[derive(Debug)]
pub(crate) struct Failure {
    expected: String,
    seen: String,
}

impl Stop {
    /// Ends the run because `expected` is not so.
    pub(crate) fn failed(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::Failed(Failure {
            expected: expected.into(),
            seen: seen.into(),
        })
    }

    /// Ends the run because of a panic: the field says so when it cannot go on.
    pub(crate) fn panicked(expected: impl Into<String>, panic: &(dyn Any + Send)) -> Self {
        Self::failed(expected, panic_text(panic))
    }

    /// Ends the run because of what the library in this process answered.
    pub(crate) fn library(expected: impl Into<String>, error: &tenure::Error) -> Self {
        Self::failed(expected, format!("the library said: {error}"))
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
