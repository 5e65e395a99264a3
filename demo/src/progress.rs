//! What is waited for, and for how long at most: a bar on a terminal, a line now and then
//! elsewhere.

use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::human;

/// Shorter waits are not worth a look.
const SHOWN_FROM: Duration = Duration::from_millis(300);
/// How often a line says that the wait goes on, after a first one that says what it is for.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// One wait.
pub(crate) struct Progress {
    what: String,
    at_most: Duration,
    started: Instant,
    shown: Shown,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines { last: Duration },
}

impl Progress {
    /// Begins to wait for `what`.
    pub(crate) fn new(what: impl Into<String>, at_most: Duration) -> Self {
        Self {
            what: what.into(),
            at_most,
            started: Instant::now(),
            shown: Shown::Nothing,
        }
    }

    /// How long it has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Lets the bar move on; returns a line that is due instead.
    pub(crate) fn tick(&mut self) -> Option<String> {
        let elapsed = self.elapsed();
        let message = self.message(elapsed);
        match &mut self.shown {
            Shown::Nothing if elapsed >= SHOWN_FROM => {
                let Some(bar) = bar(self.at_most) else {
                    self.shown = Shown::Lines { last: elapsed };
                    return Some(message);
                };
                self.shown = Shown::Bar(bar);
            }
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                bar.set_position(millis(elapsed).min(millis(self.at_most)));
                bar.set_message(message);
                bar.tick();
            }
            Shown::Lines { last } if elapsed - *last >= BETWEEN_LINES => {
                *last = elapsed;
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
        let (seconds, at_most) = (elapsed.as_secs_f64(), human::setting(self.at_most));
        if elapsed <= self.at_most {
            format!(
                "waiting for {}: {seconds:.1} s of at most {at_most}",
                self.what
            )
        } else {
            format!(
                "waiting for {}: {seconds:.1} s, {at_most} were expected at most",
                self.what
            )
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

/// A bar, if both streams are a terminal: lines and bar would tear each other up otherwise.
fn bar(at_most: Duration) -> Option<ProgressBar> {
    let bar = ProgressBar::with_draw_target(Some(millis(at_most)), ProgressDrawTarget::stderr());
    if !Term::stdout().is_term() || bar.is_hidden() {
        return None;
    }
    let style = ProgressStyle::with_template("          {spinner} {bar:24} {wide_msg}");
    // The template is a constant; if it were wrong, indicatif's own would do.
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("━╸─"));
    }
    Some(bar)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
