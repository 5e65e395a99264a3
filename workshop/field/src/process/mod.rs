//! A program under test, and the JSON lines that it prints.

mod lines;
mod options;
mod priority;
mod tree;

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use lines::Line;
pub use options::{Options, Stream};
pub use tree::Frozen;

use crate::child::OwnedChild;
use crate::netns::Netns;
use crate::signal::Signal;
use crate::{stats, sys, wait_until};
use lines::{Lines, Use};

/// How many lines of text a panic message shows.
const TEXT_SHOWN_LINES: usize = 60;

/// A child process whose lines are read as JSON while it runs. It is killed and
/// reaped with this value, and by the kernel if the test process ends first.
///
/// A line that is not JSON is kept as a JSON string. The other stream is kept as text
/// ([`Process::text`]).
#[derive(Debug)]
pub struct Process {
    name: String,
    child: OwnedChild,
    events: Arc<Lines>,
    text: Arc<Lines>,
}

impl Process {
    /// Starts `program`, in the namespace `netns` if there is one, and reads
    /// JSON lines from its standard output.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn spawn<S: AsRef<OsStr>>(
        program: &Path,
        args: impl IntoIterator<Item = S>,
        netns: Option<&Netns>,
    ) -> Self {
        Self::spawn_with(
            program,
            args,
            Options {
                netns: netns.cloned(),
                ..Options::default()
            },
        )
    }

    /// As [`spawn`](Self::spawn), with options.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn spawn_with<S: AsRef<OsStr>>(
        program: &Path,
        args: impl IntoIterator<Item = S>,
        options: Options,
    ) -> Self {
        let mut command = Command::new(program);
        command.args(args).envs(options.env);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(directory) = options.directory {
            command.current_dir(directory);
        }
        let arguments = command
            .get_args()
            .map(OsStr::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ");
        let program = program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_string_lossy();
        let name = format!("{program} {arguments}");
        if !options.binds.is_empty() {
            sys::bind_files(&mut command, &options.binds);
        }
        let child = OwnedChild::spawn(command, options.netns.as_ref());
        let (stdout, stderr) = child.with(|child| (child.stdout.take(), child.stderr.take()));
        let stdout = stdout.expect("standard output is a pipe");
        let stderr = stderr.expect("standard error is a pipe");
        let (events, text) = match options.events {
            Stream::Stdout => (Lines::read(stdout), Lines::read(stderr)),
            Stream::Stderr => (Lines::read(stderr), Lines::read(stdout)),
        };
        Self {
            name,
            child,
            events,
            text,
        }
    }

    /// Starts this same program again, as the process under test: it runs `test`, one of its
    /// ignored tests. Its lines are on standard error, because the harness uses standard output.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn spawn_test(test: &str, options: Options) -> Self {
        let program = std::env::current_exe().expect("a process has a program");
        let words = ["--exact", test, "--ignored", "--nocapture"];
        let events = Stream::Stderr;
        Self::spawn_with(&program, words, Options { events, ..options })
    }

    /// Looks at each line from the first unconsumed one on, future lines included, and returns the
    /// first that matches. It and all before it are consumed: the next call begins after it.
    ///
    /// # Panics
    /// When none came within `deadline`, or none can come because the process closed the stream.
    /// The message shows all lines.
    #[track_caller]
    pub fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        matches: impl Fn(&Value) -> bool,
    ) -> Value {
        self.wait_for_line(what, deadline, matches).json
    }

    /// As [`wait_for`](Self::wait_for), with the time of arrival.
    ///
    /// # Panics
    /// As `wait_for` does.
    #[track_caller]
    pub fn wait_for_line(
        &self,
        what: &str,
        deadline: Duration,
        matches: impl Fn(&Value) -> bool,
    ) -> Line {
        self.wait(Use::Consume, what, deadline, matches)
    }

    /// As [`wait_for`](Self::wait_for), but consumes nothing: for lines without an order among
    /// them, as events of several handles. [`drain`](Self::drain) before the act excludes the lines
    /// of earlier acts.
    ///
    /// # Panics
    /// As `wait_for` does.
    #[track_caller]
    pub fn peek(&self, what: &str, deadline: Duration, matches: impl Fn(&Value) -> bool) -> Value {
        self.wait(Use::Look, what, deadline, matches).json
    }

    #[track_caller]
    fn wait(
        &self,
        used: Use,
        what: &str,
        deadline: Duration,
        matches: impl Fn(&Value) -> bool,
    ) -> Line {
        let found = self.events.wait(used, deadline, matches);
        found.unwrap_or_else(|why| {
            panic!(
                "no {what} from `{}` within {deadline:?}: {why}\n{}",
                self.name,
                self.describe()
            )
        })
    }

    /// Consumes all lines that have arrived so far and returns them. A test
    /// calls it before it acts, so that a later `wait_for` sees only what follows.
    pub fn drain(&self) -> Vec<Line> {
        self.events.drain()
    }

    /// The first line so far that matches, consumed or not.
    #[must_use]
    pub fn find(&self, matches: impl Fn(&Value) -> bool) -> Option<Value> {
        self.lines().into_iter().map(|line| line.json).find(matches)
    }

    /// All lines so far, consumed or not.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.events.all()
    }

    /// The text that the process has printed so far on the stream that is not read as JSON:
    /// standard error, unless [`Options::events`] has it.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.text()
    }

    /// Writes to the process's standard input.
    ///
    /// # Panics
    /// When the process has closed it, or [`close_stdin`](Self::close_stdin) has.
    #[track_caller]
    pub fn write_stdin(&self, bytes: &[u8]) {
        self.child.with(|child| {
            let stdin = child.stdin.as_mut().expect("standard input was closed");
            stdin
                .write_all(bytes)
                .and_then(|()| stdin.flush())
                .unwrap_or_else(|error| panic!("`{}` does not read its input: {error}", self.name));
        });
    }

    /// Closes the process's standard input.
    pub fn close_stdin(&self) {
        drop(self.child.with(|child| child.stdin.take()));
    }

    /// Waits until the process has ended. A look at its lines or its text then sees all that it has
    /// printed: no look waits for a thread that reads.
    ///
    /// # Panics
    /// When it does not end within `deadline`. The message shows all lines.
    #[track_caller]
    pub fn wait_exit(&self, deadline: Duration) -> ExitStatus {
        let started = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.exit_status() {
                return status;
            }
            let left = deadline.saturating_sub(started.elapsed());
            assert!(
                !left.is_zero(),
                "`{}` did not end within {deadline:?}\n{}",
                self.name,
                self.describe()
            );
            // The end of the stream usually is the end of the process.
            self.events.wait_end(left.min(Duration::from_millis(5)));
        }
    }

    /// The exit status if the process has ended.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.child.exit_status()
    }

    /// Sends `signal`.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        let was_running = self.child.signal(signal);
        assert!(
            was_running,
            "`{}` has ended; no {signal:?} for it\n{}",
            self.name,
            self.describe()
        );
    }

    /// Ends the process by SIGKILL and reaps it, even if it has ended already.
    pub fn kill(&self) {
        self.child.kill();
    }

    /// Stops the process (SIGSTOP) and returns when all its threads are stopped.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn pause(&self) {
        self.signal(Signal::Stop);
        wait_until(
            &format!("`{}` to stop", self.name),
            Duration::from_secs(5),
            || stats::is_stopped(self.pid()).then_some(()),
        );
    }

    /// Resumes it (SIGCONT).
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn resume(&self) {
        self.signal(Signal::Cont);
    }

    /// The PID.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Its [`stats::cpu_time`].
    #[must_use]
    #[track_caller]
    pub fn cpu_time(&self) -> Duration {
        stats::cpu_time(self.pid())
    }

    /// Its [`stats::threads`].
    #[must_use]
    #[track_caller]
    pub fn threads(&self) -> u64 {
        stats::threads(self.pid())
    }

    /// Its [`stats::open_fds`].
    #[must_use]
    #[track_caller]
    pub fn open_fds(&self) -> usize {
        stats::open_fds(self.pid())
    }

    /// Its [`stats::rss_kib`].
    #[must_use]
    #[track_caller]
    pub fn rss_kib(&self) -> u64 {
        stats::rss_kib(self.pid())
    }

    /// Its [`stats::peak_rss_kib`].
    #[must_use]
    #[track_caller]
    pub fn peak_rss_kib(&self) -> u64 {
        stats::peak_rss_kib(self.pid())
    }

    /// Everything that the reader of a failed test needs.
    fn describe(&self) -> String {
        let state = match self.child.exit_status() {
            Some(status) => format!("ended ({status})"),
            None => format!("still runs (pid {})", self.pid()),
        };
        let text = crate::tail::tail(&self.text(), TEXT_SHOWN_LINES);
        format!(
            "the process {state}; its lines:\n{}its other stream:\n{text}",
            self.events.describe()
        )
    }
}
