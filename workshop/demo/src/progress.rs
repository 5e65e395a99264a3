//! A wait and its limit: a bar on a terminal, an occasional line elsewhere.

use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::human;

/// A bar appears after this time: shorter waits need none.
const BAR_FROM: Duration = Duration::from_millis(300);
/// A first line appears after this time.
const LINE_FROM: Duration = Duration::from_secs(1);
/// The time between lines about the same wait.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// The end of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Something is seen; that should take at most this time.
    Seen(Duration),
    Passed(Duration),
}

impl Until {
    fn span(self) -> Duration {
        match self {
            Self::Seen(span) | Self::Passed(span) => span,
        }
    }
}

pub(crate) struct Progress {
    what: String,
    until: Until,
    started: Instant,
    shown: Shown,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines { next: Duration },
}

impl Progress {
    /// Begins to wait for `what`.
    pub(crate) fn new(what: impl Into<String>, until: Until) -> Self {
        Self {
            what: what.into(),
            until,
            started: Instant::now(),
            shown: Shown::Nothing,
        }
    }

    /// Moves the bar; returns a line that is due instead.
    pub(crate) fn tick(&mut self) -> Option<String> {
        let elapsed = self.started.elapsed();
        let message = self.message(elapsed);
        match &mut self.shown {
            Shown::Nothing if elapsed >= BAR_FROM => {
                let lines = Shown::Lines { next: LINE_FROM };
                self.shown = bar(self.until.span()).map_or(lines, Shown::Bar);
            }
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                bar.set_position(millis(elapsed.min(self.until.span())));
                bar.set_message(message);
                bar.tick();
            }
            Shown::Lines { next } if elapsed >= *next => {
                *next += BETWEEN_LINES;
                return Some(message);
            }
            Shown::Lines { .. } => {}
        }
        None
    }

    /// Prints without disturbing the bar.
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(print),
            Shown::Nothing | Shown::Lines { .. } => print(),
        }
    }

    fn message(&self, elapsed: Duration) -> String {
        // The numbers first: a narrow terminal cuts off the end.
        let (what, seconds) = (&self.what, elapsed.as_secs_f64());
        let span = human::setting(self.until.span());
        match self.until {
            Until::Passed(_) => format!("{seconds:.1} s of {span}: {what}"),
            Until::Seen(at_most) if elapsed <= at_most => {
                format!("{seconds:.1} s of at most {span}: waiting for {what}")
            }
            Until::Seen(_) => {
                format!("{seconds:.1} s, longer than the expected {span}: waiting for {what}")
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

/// A bar, if both streams are a terminal: otherwise lines and bar would disturb each other.
fn bar(span: Duration) -> Option<ProgressBar> {
    let bar = ProgressBar::with_draw_target(Some(millis(span)), ProgressDrawTarget::stderr());
    if !Term::stdout().is_term() || bar.is_hidden() {
        return None;
    }
    let style = ProgressStyle::with_template("          {spinner} {bar:24} {wide_msg}");
    // The template is a constant; if it were wrong, indicatif's own would be used.
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("━╸─"));
    }
    Some(bar)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
