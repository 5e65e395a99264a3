//! Lines that a thread reads as they come.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::boottime;

/// One line of a process, with the time at which it arrived here.
#[derive(Clone, Debug)]
pub struct Line {
    /// When it arrived.
    pub at: Instant,
    /// The same moment on the clock of leases, see [`boottime::now_ns`].
    pub boottime_ns: u64,
    /// The line as it was printed.
    pub text: String,
    /// What it says; a string if it is no JSON.
    pub json: Value,
}

/// All lines of one stream so far.
#[derive(Debug)]
pub(super) struct Lines {
    started: Instant,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    lines: Vec<Line>,
    /// How many of `lines` were consumed.
    consumed: usize,
    ended: bool,
}

impl Lines {
    /// Starts a thread that reads `stream` to its end.
    pub(super) fn read(stream: impl Read + Send + 'static) -> Arc<Self> {
        let lines = Arc::new(Self {
            started: Instant::now(),
            inner: Mutex::default(),
            changed: Condvar::new(),
        });
        let to_fill = Arc::clone(&lines);
        std::thread::Builder::new()
            .name("testkit-lines".into())
            .spawn(move || to_fill.fill(BufReader::new(stream)))
            .expect("cannot start a thread that reads lines");
        lines
    }

    fn fill(&self, mut stream: impl BufRead) {
        let mut bytes = Vec::new();
        // An error ends the stream as its end does.
        while stream
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|len| len > 0)
        {
            let (at, boottime_ns) = (Instant::now(), boottime::now_ns());
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            let json = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
            self.lock().lines.push(Line {
                at,
                boottime_ns,
                text,
                json,
            });
            self.changed.notify_all();
            bytes.clear();
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// See [`Process::wait_for`](super::Process::wait_for). The error says why
    /// there is nothing.
    pub(super) fn consume(
        &self,
        deadline: Duration,
        matches: impl Fn(&Value) -> bool,
    ) -> Result<Line, &'static str> {
        let end = Instant::now() + deadline;
        let mut inner = self.lock();
        let mut looked = inner.consumed;
        loop {
            // Another thread may have consumed meanwhile.
            looked = looked.max(inner.consumed);
            let found = inner.lines[looked..]
                .iter()
                .position(|line| matches(&line.json));
            if let Some(offset) = found {
                inner.consumed = looked + offset + 1;
                return Ok(inner.lines[looked + offset].clone());
            }
            looked = inner.lines.len();
            if inner.ended {
                return Err("it closed the stream");
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err("the time is over");
            }
            inner = self
                .changed
                .wait_timeout(inner, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Consumes and returns all unconsumed lines.
    pub(super) fn drain(&self) -> Vec<Line> {
        let mut inner = self.lock();
        let (from, len) = (inner.consumed, inner.lines.len());
        inner.consumed = len;
        inner.lines[from..].to_vec()
    }

    pub(super) fn all(&self) -> Vec<Line> {
        self.lock().lines.clone()
    }

    /// Waits for the end of the stream, no longer than `at_most`.
    pub(super) fn wait_end(&self, at_most: Duration) {
        // Whether it ended or the time did is the same to the caller.
        drop(
            self.changed
                .wait_timeout_while(self.lock(), at_most, |inner| !inner.ended),
        );
    }

    /// The lines as text again.
    pub(super) fn text(&self) -> String {
        self.lock()
            .lines
            .iter()
            .map(|line| format!("{}\n", line.text))
            .collect()
    }

    /// The lines with the time since the start, consumed ones marked.
    pub(super) fn describe(&self) -> String {
        let inner = self.lock();
        let describe = |(index, line): (usize, &Line)| {
            let mark = if index < inner.consumed { ' ' } else { '*' };
            let since = line.at.duration_since(self.started).as_secs_f64();
            format!("  {mark} {since:9.3} s  {}\n", line.text)
        };
        let lines: String = inner.lines.iter().enumerate().map(describe).collect();
        format!("{lines}  (* not consumed; {} lines)\n", inner.lines.len())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
