//! The output of lines: to standard output, flushed one by one, for programs or for people; errors
//! for people to standard error. If standard output belongs to a command, all lines go to standard
//! error.

use crate::lines::{self, Line};
use crate::sys;
use crossbeam_channel::{Receiver, Sender};
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::time::{Duration, SystemTime};
use tenure::{ContenderEvent, SessionEvent, Time};

/// The end of the year 9999, the last one that the format of dates can hold.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// How many lines wait for a slow reader of standard error; further lines are lost.
const WAITING_MAX: usize = 1000;
/// How long the tool waits for such a reader at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The destination of the lines.
enum Out {
    Stdout,
    /// Written by a thread of its own: a reader that stops reading must not stop the tool.
    Stderr(Sender<String>, Receiver<()>),
}

/// See the [module](self). When standard output fails, the report stops writing and keeps the
/// error.
pub(crate) struct Report {
    out: Out,
    json: bool,
    /// Whether to leave out the events of the session: only the answer is printed.
    answer_only: bool,
    broken: Option<io::Error>,
    session: Option<i64>,
    filter: ProblemFilter,
}

impl Report {
    pub(crate) fn new(json: bool, answer_only: bool) -> Self {
        Self {
            out: Out::Stdout,
            json,
            answer_only,
            broken: None,
            session: None,
            filter: ProblemFilter::default(),
        }
    }

    /// A report on standard error: standard output belongs to a command.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub(crate) fn to_stderr(json: bool) -> io::Result<Self> {
        let (lines, waiting) = crossbeam_channel::bounded::<String>(WAITING_MAX);
        let (done, ended) = crossbeam_channel::bounded::<()>(0);
        let write = move || {
            for line in waiting {
                // No stream is left to report that failure.
                drop(io::stderr().write_all(line.as_bytes()));
            }
            drop(done);
        };
        let thread = std::thread::Builder::new().name("report".to_owned());
        thread.spawn(write)?;
        let mut report = Self::new(json, false);
        report.out = Out::Stderr(lines, ended);
        Ok(report)
    }

    /// Waits until everything is written, up to a limit.
    pub(crate) fn finish(self) {
        if let Out::Stderr(lines, ended) = self.out {
            drop(lines);
            // The channel closes when its sender is dropped, or the time has passed: either is the
            // end.
            let _ = ended.recv_timeout(FLUSH_TIMEOUT);
        }
    }

    /// Whether printing has failed.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Why printing has failed, unless the reader just went away.
    pub(crate) fn fault(&self) -> Option<&io::Error> {
        let error = self.broken.as_ref();
        error.filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    /// The last problem that was reported.
    pub(crate) fn last_problem(&self) -> Option<&str> {
        self.filter.last.as_deref()
    }

    pub(crate) fn session(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Connecting => self.session = None,
            SessionEvent::Connected { session, .. } => {
                self.session = Some(*session);
                self.filter = ProblemFilter::default();
            }
            SessionEvent::Suspended { error, .. } => {
                self.filter.last = Some(error.clone());
            }
            SessionEvent::Retrying { attempt, error } => {
                self.problem(error, Some(*attempt));
            }
            _ => {}
        }
        if !self.answer_only
            && let Some(line) = lines::session(event, self.session)
        {
            self.put(line);
        }
    }

    pub(crate) fn contender(&mut self, event: &ContenderEvent) {
        let Some(line) = lines::contender(event) else {
            return;
        };
        let warning = matches!(
            event,
            ContenderEvent::Strangers { .. } | ContenderEvent::TokenFell { .. }
        );
        if warning && !self.json {
            self.print_error(&line.text);
            return;
        }
        if let ContenderEvent::Blocked { error, .. } = event {
            self.filter.last = Some(error.message().to_owned());
            // As every other problem: people read it on standard error.
            if !self.json {
                self.print_error(&line.text);
                return;
            }
        }
        self.put(line);
    }

    pub(crate) fn unknown(&mut self, since: Time) {
        self.put(lines::unknown(since));
    }

    /// A problem that may pass.
    pub(crate) fn problem(&mut self, message: &str, attempt: Option<u32>) {
        let is_new = self.filter.is_new(message, attempt);
        if self.json {
            self.put(lines::error(message, attempt));
        } else if is_new {
            self.print_error(message);
        }
    }

    /// The reason why the tool fails.
    pub(crate) fn failure(&mut self, message: &str) {
        if self.json {
            self.put(lines::error(message, None));
        }
        // There is one stream, and a reader of JSON expects nothing else on it.
        if !(self.json && matches!(self.out, Out::Stderr(..))) {
            self.print_error(message);
        }
    }

    /// A line of a command.
    pub(crate) fn line(&mut self, line: Line) {
        self.put(line);
    }

    fn print_error(&self, message: &str) {
        match &self.out {
            Out::Stdout => print_error(message),
            Out::Stderr(lines, _) => {
                drop(lines.try_send(format!("tenure: {}\n", lines::plain(message))));
            }
        }
    }

    fn put(&mut self, line: Line) {
        if self.broken.is_some() {
            return;
        }
        let text = if self.json {
            format!("{}\n", Value::Object(object(line)))
        } else {
            let stamp = stamp();
            // From "2026-01-31T12:34:56.789012Z".
            let time = stamp.get(11..23).unwrap_or_default();
            format!("{time}  {:<9} {}\n", line.event, line.text)
        };
        if let Out::Stderr(lines, _) = &self.out {
            drop(lines.try_send(text));
            return;
        }
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            self.broken = Some(error);
        }
    }
}

/// A line as JSON.
pub(crate) fn object(line: Line) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("event".to_owned(), line.event.into());
    object.insert("at".to_owned(), stamp().into());
    object.insert("boottime_ns".to_owned(), sys::boottime_ns().into());
    object.extend(line.fields);
    object
}

/// Decides which problems people see: the library retries a server that is down several times a
/// second.
#[derive(Default)]
struct ProblemFilter {
    last: Option<String>,
}

impl ProblemFilter {
    fn is_new(&mut self, message: &str, attempt: Option<u32>) -> bool {
        let same = self.last.as_deref() == Some(message);
        self.last = Some(message.to_owned());
        !same || attempt.is_none_or(u32::is_power_of_two)
    }
}

/// A line on standard error.
pub(crate) fn print_error(message: &str) {
    // No stream is left to report that failure.
    drop(writeln!(io::stderr(), "tenure: {}", lines::plain(message)));
}

/// UTC, to the microsecond.
fn stamp() -> String {
    let epoch = SystemTime::UNIX_EPOCH;
    let now = SystemTime::now().clamp(epoch, epoch + LAST_SECOND);
    humantime::format_rfc3339_micros(now).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_down_does_not_flood_the_terminal() {
        let mut filter = ProblemFilter::default();
        let shown: Vec<u32> = (1..100)
            .filter(|attempt| filter.is_new("refused", Some(*attempt)))
            .collect();
        assert_eq!(shown, [1, 2, 4, 8, 16, 32, 64]);
        assert!(filter.is_new("no route", Some(100)));
        assert!(!filter.is_new("no route", Some(101)));
        assert!(filter.is_new("no route", None));
    }

    #[test]
    fn stamps_have_microseconds() {
        let stamp = stamp();
        assert_eq!(stamp.len(), "2026-01-31T12:34:56.789012Z".len());
        assert_eq!(stamp.get(11..23).map(str::len), Some("12:34:56.789".len()));
    }
}
