//! The output of lines: to standard output, one by one, for programs or for people; errors for
//! people to standard error. If standard output belongs to a command, all lines go to standard
//! error. Only [`Report::finish`] waits for a reader.

use crate::lines::{self, Line};
use crate::output::{self, Item, Kind, Output, Stamp, Stream};
use crate::sys;
use crossbeam_channel::Receiver;
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::time::{Duration, SystemTime};
use tenure::{ContenderEvent, SessionEvent, Time};

/// The end of the year 9999, the last one that the format of dates can hold.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// See the [module](self). When standard output fails, the report stops writing and keeps the
/// error.
pub(crate) struct Report {
    /// `None` if standard output belongs to a command.
    out: Option<Output>,
    /// The same as `out` if both streams are one file.
    err: Output,
    json: bool,
    /// Whether to leave out the events of the session: only the answer is printed.
    answer_only: bool,
    /// Whether a reader may take its time at the end.
    patient: bool,
    session: Option<i64>,
    filter: ProblemFilter,
}

impl Report {
    /// # Errors
    /// If the system refuses a thread.
    pub(crate) fn new(json: bool, answer_only: bool) -> io::Result<Self> {
        let out = Output::start(Stream::Stdout)?;
        let err = if output::is_one_file() {
            out.clone()
        } else {
            Output::start(Stream::Stderr)?
        };
        Ok(Self {
            out: Some(out),
            err,
            json,
            answer_only,
            patient: answer_only,
            session: None,
            filter: ProblemFilter::default(),
        })
    }

    /// A report on standard error: standard output belongs to a command.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub(crate) fn to_stderr(json: bool) -> io::Result<Self> {
        Ok(Self {
            out: None,
            err: Output::start(Stream::Stderr)?,
            json,
            answer_only: false,
            patient: false,
            session: None,
            filter: ProblemFilter::default(),
        })
    }

    /// The tool was asked to end: from now on no reader may take its time.
    pub(crate) fn hurry(&mut self) {
        self.patient = false;
    }

    /// Waits for the readers, and returns whether standard output has all that it must have. A
    /// reader of one answer may take its time until there is a message in `stops`, and must have
    /// all of it; any other must read at once, or does not get the rest.
    pub(crate) fn finish<T>(&mut self, stops: &Receiver<T>) -> bool {
        let mut complete = true;
        if let Some(out) = &self.out {
            complete = out.flush(self.patient.then_some(stops)) || !self.answer_only;
            // A reader that went away has read enough.
            let fault = out.broken(|error| {
                (error.kind() != io::ErrorKind::BrokenPipe).then(|| error.to_string())
            });
            if let Some(fault) = fault.flatten() {
                complete = false;
                self.remark(&format!("cannot write to standard output: {fault}"));
            }
        }
        self.err.flush::<T>(None);
        complete
    }

    /// Whether printing has failed.
    pub(crate) fn is_broken(&self) -> bool {
        let broken = self.out.as_ref().and_then(|out| out.broken(|_| ()));
        broken.is_some()
    }

    /// A channel that ends when printing fails.
    pub(crate) fn end(&self) -> Receiver<()> {
        self.out.as_ref().unwrap_or(&self.err).end()
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
            self.remark(&line.text);
            return;
        }
        if let ContenderEvent::Blocked { error, .. } = event {
            self.filter.last = Some(error.message().to_owned());
            // As every other problem: people read it on standard error.
            if !self.json {
                self.remark(&line.text);
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
            self.remark(message);
        }
    }

    /// The reason why the tool fails.
    pub(crate) fn failure(&mut self, message: &str) {
        if self.json {
            self.write(lines::error(message, None), true);
        }
        // There is one stream, and a reader of JSON expects nothing else on it.
        if !(self.json && self.out.is_none()) {
            self.say(message, true);
        }
    }

    /// A line of a command.
    pub(crate) fn line(&mut self, line: Line) {
        self.put(line);
    }

    /// A text on standard error.
    pub(crate) fn remark(&self, message: &str) {
        self.say(message, false);
    }

    fn say(&self, message: &str, keep: bool) {
        self.err.push(Item {
            stream: Stream::Stderr,
            text: error_text(message),
            kind: Kind::Problem,
            keep,
            stamp: stamp(),
            notice: |count, _| error_text(&lines::dropped(count).text),
        });
    }

    fn put(&self, line: Line) {
        let is_end = line.event == "lost";
        self.write(line, is_end);
    }

    fn write(&self, line: Line, keep: bool) {
        let (out, stream) = match &self.out {
            Some(out) => (out, Stream::Stdout),
            None => (&self.err, Stream::Stderr),
        };
        let kind = match line.event {
            "session" => Kind::Session,
            "started" | "stopping" | "killed" | "ended" => Kind::Command,
            "error" | "blocked" => Kind::Problem,
            _ => Kind::State,
        };
        let stamp = stamp();
        let (text, notice): (_, fn(u64, &Stamp) -> String) = if self.json {
            let notice = |count, stamp: &Stamp| json(lines::dropped(count), stamp);
            (json(line, &stamp), notice)
        } else {
            let notice = |count, stamp: &Stamp| text(&lines::dropped(count), stamp);
            (text(&line, &stamp), notice)
        };
        out.push(Item {
            stream,
            text,
            kind,
            keep,
            stamp,
            notice,
        });
    }
}

fn json(line: Line, stamp: &Stamp) -> String {
    let json = Value::Object(object(line, stamp)).to_string();
    format!("{}\n", lines::plain_json(&json))
}

fn text(line: &Line, stamp: &Stamp) -> String {
    // From "2026-01-31T12:34:56.789012Z".
    let time = stamp.at.get(11..23).unwrap_or_default();
    format!("{time}  {:<9} {}\n", line.event, line.text)
}

/// A line as JSON.
pub(crate) fn object(line: Line, stamp: &Stamp) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("event".to_owned(), line.event.into());
    object.insert("at".to_owned(), stamp.at.clone().into());
    object.insert("boottime_ns".to_owned(), stamp.boottime_ns.into());
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

/// A line on standard error, without a report: it waits for the reader.
pub(crate) fn print_error(message: &str) {
    // No stream is left to report that failure.
    drop(io::stderr().write_all(error_text(message).as_bytes()));
}

fn error_text(message: &str) -> String {
    format!("tenure: {}\n", lines::plain(message))
}

/// Now.
pub(crate) fn stamp() -> Stamp {
    let epoch = SystemTime::UNIX_EPOCH;
    let now = SystemTime::now().clamp(epoch, epoch + LAST_SECOND);
    Stamp {
        at: humantime::format_rfc3339_micros(now).to_string(),
        boottime_ns: sys::boottime_ns(),
    }
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
        let stamp = stamp().at;
        assert_eq!(stamp.len(), "2026-01-31T12:34:56.789012Z".len());
        assert_eq!(stamp.get(11..23).map(str::len), Some("12:34:56.789".len()));
    }
}
