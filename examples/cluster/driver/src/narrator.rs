//! The narration, line by line: `+12.34s  master    m2 leads (token 12)`.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use console::{StyledObject, style};
use tenure_field::{Interrupt, boottime};

/// The topic of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// An act of the driver.
    Driver,
    Leader,
    Master,
    Agent,
    Scheduler,
    /// A leadership or a process has ended.
    Lost,
    /// An assertion holds.
    Check,
    Wait,
}

impl Tag {
    fn styled(self) -> StyledObject<&'static str> {
        match self {
            Self::Driver => style("driver").bold(),
            Self::Leader => style("leader").green().bold(),
            Self::Master => style("master").blue(),
            Self::Agent => style("agent").cyan(),
            Self::Scheduler => style("scheduler").magenta(),
            Self::Lost => style("lost").red(),
            Self::Check => style("check ✓").green(),
            Self::Wait => style("wait").dim(),
        }
    }
}

/// The narration, on standard output; or none.
#[derive(Debug)]
pub(crate) struct Narrator {
    started_ns: u64,
    interrupt: Interrupt,
    is_silent: bool,
}

impl Narrator {
    /// A narration that begins now. The run ends when standard output has no reader left.
    pub(crate) fn new(interrupt: Interrupt, is_silent: bool) -> Self {
        Self {
            started_ns: boottime::now_ns(),
            interrupt,
            is_silent,
        }
    }

    pub(crate) fn started_ns(&self) -> u64 {
        self.started_ns
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(boottime::now_ns().saturating_sub(self.started_ns))
    }

    /// An event that happens now.
    pub(crate) fn say(&self, tag: Tag, text: impl Display) {
        self.say_at(boottime::now_ns(), tag, text);
    }

    /// An event at this instant of the boot-time clock.
    pub(crate) fn say_at(&self, at_ns: u64, tag: Tag, text: impl Display) {
        let since = Duration::from_nanos(at_ns.saturating_sub(self.started_ns)).as_secs_f64();
        // Formatting a styled text pads the visible text, not its escape codes.
        let (time, tag) = (style(format!("{since:+7.2}s")).dim(), tag.styled());
        self.print(&format!("{time}  {tag:<9} {text}"));
    }

    /// A step begins.
    pub(crate) fn heading(&self, title: &str, about: &str) {
        self.print(&format!("\n{}", style(title).bold().underlined()));
        self.print(&format!("{}\n", style(about).dim()));
    }

    /// Text without a time.
    pub(crate) fn print(&self, text: &str) {
        if !self.is_silent {
            self.print_always(text);
        }
    }

    /// Text that is printed also without a narration.
    pub(crate) fn print_always(&self, text: &str) {
        let mut out = io::stdout().lock();
        if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
            self.interrupt.raise();
        }
    }
}
