//! The reasons why a run ends early.

use std::any::Any;
use std::fmt;

use tenure_field::{Interrupt, panic_text};

/// The result of a step, or the reason why the run ends here.
pub(crate) type Step<T> = Result<T, Stop>;

#[derive(Debug)]
pub(crate) enum Stop {
    /// By a signal, or because standard output has no reader.
    Interrupted,
    /// An assertion failed: the expectation and the observation.
    Failed { expected: String, seen: String },
}

impl Stop {
    pub(crate) fn failed(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::Failed {
            expected: expected.into(),
            seen: seen.into(),
        }
    }

    /// The field panics when it cannot go on.
    pub(crate) fn panicked(expected: impl Into<String>, panic: &(dyn Any + Send)) -> Self {
        Self::failed(expected, panic_text(panic))
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indented = |text: &str| text.trim_end().replace('\n', "\n            ");
        match self {
            Self::Interrupted => f.write_str("interrupted"),
            Self::Failed { expected, seen } => {
                writeln!(f, "  expected  {}", indented(expected))?;
                write!(f, "  seen      {}", indented(seen))
            }
        }
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
