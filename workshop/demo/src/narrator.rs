//! The narration, line by line: `+12.34s  leader    w2 leads (token 12)`.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use console::{StyledObject, style};
use tenure_field::{Interrupt, boottime};

use crate::human;
use crate::progress::{Progress, Until};

/// The topic of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// An action of the demo.
    Demo,
    /// An event of the server.
    Server,
    /// A contender begins to lead, or still leads.
    Leader,
    /// A contender is a standby.
    Standby,
    /// A leader cannot renew its lease.
    Jeopardy,
    /// A leadership or a candidacy has ended.
    Lost,
    /// The knowledge of a detector.
    Detector,
    /// A promise holds.
    Check,
    /// A promise is broken.
    Failure,
    /// A wait.
    Wait,
}

impl Tag {
    fn styled(self) -> StyledObject<&'static str> {
        match self {
            Self::Demo => style("demo").bold(),
            Self::Server => style("server").magenta(),
            Self::Leader => style("leader").green().bold(),
            Self::Standby => style("standby").blue(),
            Self::Jeopardy => style("jeopardy").yellow().bold(),
            Self::Lost => style("lost").red(),
            Self::Detector => style("detector").cyan(),
            Self::Check => style("check ✓").green(),
            Self::Failure => style("failure").red().bold(),
            Self::Wait => style("wait").dim(),
        }
    }
}

/// The narration, on standard output.
pub(crate) struct Narrator {
    started_ns: u64,
    interrupt: Interrupt,
    waiting: Option<Progress>,
    part: String,
}

impl Narrator {
    /// A narration that begins now. The run ends when standard output has no reader left.
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        Self {
            started_ns: boottime::now_ns(),
            interrupt,
            waiting: None,
            part: "Before the first act".to_owned(),
        }
    }

    /// How long it has lasted.
    pub(crate) fn elapsed(&self) -> Duration {
        human::between(self.started_ns, boottime::now_ns())
    }

    /// An event that happens now.
    pub(crate) fn say(&self, tag: Tag, text: impl Display) {
        self.say_at(boottime::now_ns(), tag, text);
    }

    /// An event at this instant of CLOCK_BOOTTIME.
    pub(crate) fn say_at(&self, at_ns: u64, tag: Tag, text: impl Display) {
        let seconds = human::between(self.started_ns, at_ns).as_secs_f64();
        // Formatting a styled text pads the visible text, not its escape codes.
        let (time, tag) = (style(format!("{seconds:+7.2}s")).dim(), tag.styled());
        self.print(&format!("{time}  {tag:<9} {text}"));
    }

    /// A part of the run begins.
    pub(crate) fn heading(&mut self, title: &str, about: &str) {
        self.part = title.to_owned();
        self.print(&format!("\n{}", style(title).bold().underlined()));
        self.print(&format!("{}\n", style(about).dim()));
    }

    /// The title of the part that began last.
    pub(crate) fn part(&self) -> &str {
        &self.part
    }

    /// Text without a time.
    pub(crate) fn print(&self, text: &str) {
        let print = || writeln!(io::stdout().lock(), "{text}");
        let printed = match &self.waiting {
            Some(progress) => progress.suspend(print),
            None => print(),
        };
        if printed.is_err() {
            self.interrupt.raise();
        }
    }

    /// Begins to show a wait.
    pub(crate) fn begin_wait(&mut self, what: &str, until: Until) {
        self.waiting = Some(Progress::new(what, until));
    }

    /// Shows that the wait continues.
    pub(crate) fn tick(&mut self) {
        if let Some(line) = self.waiting.as_mut().and_then(Progress::tick) {
            self.say(Tag::Wait, style(line).dim());
        }
    }

    /// The wait is over.
    pub(crate) fn end_wait(&mut self) {
        self.waiting = None;
    }
}
