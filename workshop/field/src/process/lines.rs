//! Lines that a thread reads as they come, and that each look reads before it answers: a look sees
//! all lines that were written before it, even if the thread is late.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{boottime, sys};

/// How much is read at once: the size of a usual pipe.
const CHUNK_BYTES: usize = 64 * 1024;
/// How often a look reads at most: enough for the largest pipe of an unprivileged process, and not
/// without end.
const CHUNKS_MAX: usize = 16;

/// One line of a process, with the time at which it arrived here.
#[derive(Clone, Debug)]
pub struct Line {
    /// When it arrived.
    pub at: Instant,
    /// The same moment on the clock of leases, see [`boottime::now_ns`].
    pub boottime_ns: u64,
    /// The line as it was printed.
    pub text: String,
    /// Its JSON value; a string if it is not JSON.
    pub json: Value,
}

/// Whether a matching line is consumed, with all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Consume,
    Look,
}

/// All lines of one stream so far.
#[derive(Debug)]
pub(super) struct Lines {
    started: Instant,
    /// Read under the lock of `inner` alone, and only when a read does not block.
    stream: File,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    lines: Vec<Line>,
    /// How many of `lines` were consumed.
    consumed: usize,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    ended: bool,
}

impl Lines {
    /// Starts a thread that reads `stream`, a pipe, to its end.
    pub(super) fn read(stream: impl Into<OwnedFd>) -> Arc<Self> {
        let lines = Arc::new(Self {
            started: Instant::now(),
            stream: File::from(stream.into()),
            inner: Mutex::default(),
            changed: Condvar::new(),
        });
        let to_fill = Arc::clone(&lines);
        std::thread::Builder::new()
            .name("field-lines".into())
            .spawn(move || {
                while !to_fill.catch_up().ended {
                    sys::wait_readable(to_fill.stream.as_fd());
                }
            })
            .expect("cannot start a thread that reads lines");
        lines
    }

    /// Reads all that was written by now.
    fn catch_up(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chunk = Vec::new();
        for _ in 0..CHUNKS_MAX {
            if inner.ended || !sys::is_readable(self.stream.as_fd()) {
                break;
            }
            // Not before the first match fails: most looks find nothing.
            chunk.resize(CHUNK_BYTES, 0);
            // An error ends the stream as its end does.
            let len = (&self.stream).read(&mut chunk).unwrap_or(0);
            inner.add(&chunk[..len]);
            self.changed.notify_all();
        }
        inner
    }

    /// See [`Process::wait_for`](super::Process::wait_for), or with `Use::Look`
    /// [`Process::peek`](super::Process::peek). The error is the reason for which no line came.
    pub(super) fn wait(
        &self,
        used: Use,
        deadline: Duration,
        matches: impl Fn(&Value) -> bool,
    ) -> Result<Line, &'static str> {
        let end = Instant::now() + deadline;
        let mut inner = self.catch_up();
        let mut looked = inner.consumed;
        loop {
            // Another thread may have consumed meanwhile.
            looked = looked.max(inner.consumed);
            let found = inner.lines[looked..]
                .iter()
                .position(|line| matches(&line.json));
            if let Some(offset) = found {
                if used == Use::Consume {
                    inner.consumed = looked + offset + 1;
                }
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
        let mut inner = self.catch_up();
        let (from, len) = (inner.consumed, inner.lines.len());
        inner.consumed = len;
        inner.lines[from..].to_vec()
    }

    pub(super) fn all(&self) -> Vec<Line> {
        self.catch_up().lines.clone()
    }

    /// Waits for the end of the stream, no longer than `at_most`.
    pub(super) fn wait_end(&self, at_most: Duration) {
        // The caller does not distinguish the end of the stream from the time limit.
        drop(
            self.changed
                .wait_timeout_while(self.catch_up(), at_most, |inner| !inner.ended),
        );
    }

    /// The lines as text again.
    pub(super) fn text(&self) -> String {
        self.catch_up()
            .lines
            .iter()
            .map(|line| format!("{}\n", line.text))
            .collect()
    }

    /// The lines with the time since the start, consumed ones marked.
    pub(super) fn describe(&self) -> String {
        let inner = self.catch_up();
        let describe = |(index, line): (usize, &Line)| {
            let mark = if index < inner.consumed { ' ' } else { '*' };
            let since = line.at.duration_since(self.started).as_secs_f64();
            format!("  {mark} {since:9.3} s  {}\n", line.text)
        };
        let lines: String = inner.lines.iter().enumerate().map(describe).collect();
        format!("{lines}  (* not consumed; {} lines)\n", inner.lines.len())
    }
}

impl Inner {
    /// Adds the bytes that were read; no bytes mean the end of the stream, and of its last line.
    fn add(&mut self, read: &[u8]) {
        self.ended = read.is_empty();
        self.rest.extend_from_slice(read);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            self.push(&line);
        }
        if self.ended && !self.rest.is_empty() {
            let line = std::mem::take(&mut self.rest);
            self.push(&line);
        }
    }

    fn push(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        let json = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
        self.lines.push(Line {
            at: Instant::now(),
            boottime_ns: boottime::now_ns(),
            text,
            json,
        });
    }
}
