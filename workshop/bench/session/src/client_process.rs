//! The process under test, as the harness controls it.

use crate::{LIMIT, probe};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tenure_field::process::{Options, Stream};
use tenure_field::{Netns, Process, boottime, poll, stats};

/// How to start the process under test: a program that calls [`probe::run`].
#[derive(Clone, Debug)]
pub struct Launcher {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// The session timeout to request.
    pub timeout: Duration,
}

/// The resources of a process.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Threads now.
    pub threads: u64,
    /// Resident memory now, in MB.
    pub rss_mb: f64,
    /// The greatest resident memory so far, in MB.
    pub peak_mb: f64,
    /// The processor time so far, in seconds.
    pub cpu: f64,
    /// Context switches so far.
    pub switches: f64,
    /// Packets that came into the namespace so far, except on its loopback device.
    pub packets_in: f64,
    /// Packets that left it.
    pub packets_out: f64,
    /// Connection attempts in the namespace so far.
    pub connects: f64,
    /// Open sockets.
    pub sockets: usize,
}

/// The process under test.
#[derive(Debug)]
pub struct ClientProcess {
    process: Process,
}

impl ClientProcess {
    /// Starts it; it has not opened a client yet.
    #[must_use]
    #[track_caller]
    pub fn start(launcher: &Launcher, url: &str, netns: Option<&Netns>) -> Self {
        let options = Options {
            netns: netns.cloned(),
            events: Stream::Stderr,
            env: vec![
                (probe::URL.to_owned(), url.to_owned()),
                (
                    probe::TIMEOUT.to_owned(),
                    launcher.timeout.as_millis().to_string(),
                ),
            ],
            ..Options::default()
        };
        let process = Process::spawn_with(&launcher.program, &launcher.args, options);
        let client = Self { process };
        client.wait(0, "ready", |line| line["what"] == "ready");
        client
    }

    /// Sends it a command.
    #[track_caller]
    pub fn command(&self, line: &str) {
        self.process.write_stdin(format!("{line}\n").as_bytes());
    }

    /// The first line printed at `since` (nanoseconds) or later that matches.
    #[must_use]
    pub fn find(&self, since: u64, matches: impl Fn(&Value) -> bool) -> Option<Value> {
        let lines = self.process.lines().into_iter().map(|line| line.json);
        let mut lines = lines.filter(|line| line["at"].as_u64().is_some_and(|at| at >= since));
        lines.find(matches)
    }

    /// How many lines printed at `since` or later match.
    #[must_use]
    pub fn count(&self, since: u64, matches: impl Fn(&Value) -> bool) -> usize {
        let lines = self.process.lines().into_iter().map(|line| line.json);
        lines
            .filter(|line| line["at"].as_u64().is_some_and(|at| at >= since) && matches(line))
            .count()
    }

    /// Waits for a line as in [`find`](Self::find).
    ///
    /// # Panics
    /// If none comes; the message has all lines.
    #[track_caller]
    pub fn wait(&self, since: u64, what: &str, matches: impl Fn(&Value) -> bool) -> Value {
        poll(LIMIT, || self.find(since, &matches)).unwrap_or_else(|| {
            let lines = self.process.lines().into_iter();
            let all: String = lines.map(|line| line.text + "\n").collect();
            panic!("no {what} since {since}; its output:\n{all}")
        })
    }

    /// Waits for a state of the session; returns the time of the event, in seconds since `since`.
    #[track_caller]
    pub fn session(&self, since: u64, state: &str) -> f64 {
        let is = |line: &Value| line["what"] == "session" && line["state"] == state;
        seconds(since, &self.wait(since, state, is))
    }

    /// The time of an event with a state of the session, if there was one.
    #[must_use]
    pub fn session_if(&self, since: u64, state: &str) -> Option<f64> {
        let is = |line: &Value| line["what"] == "session" && line["state"] == state;
        self.find(since, is).map(|line| seconds(since, &line))
    }

    /// Waits for the answer to the call `id`.
    #[track_caller]
    pub fn answer(&self, id: &str) -> Value {
        let is = |line: &Value| line["what"] == "answer" && line["id"] == id;
        self.wait(0, &format!("answer to {id}"), is)
    }

    /// Joins and waits for it; returns the path of the znode.
    #[track_caller]
    pub fn join(&self, id: &str) -> String {
        self.command(&format!("join {id} 0"));
        let answer = self.answer(id);
        let path = answer["path"].as_str();
        path.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Waits for a state of the contender `id`; returns the line.
    #[track_caller]
    pub fn contender(&self, since: u64, id: &str, state: &str) -> Value {
        self.wait(since, &format!("{state} of {id}"), |line| {
            line["what"] == "contender" && line["id"] == id && line["state"] == state
        })
    }

    /// The resources of the process.
    #[must_use]
    #[track_caller]
    pub fn usage(&self) -> Usage {
        let pid = self.process.pid();
        let read = |path: &str| {
            fs::read_to_string(format!("/proc/{pid}/{path}")).expect("the process lives")
        };
        let (mut cpu, mut switches) = (0, 0);
        for task in fs::read_dir(format!("/proc/{pid}/task"))
            .expect("it lives")
            .flatten()
        {
            // A thread that has just ended is not counted; threads under test do not end.
            let text = |file| fs::read_to_string(task.path().join(file)).unwrap_or_default();
            cpu += text("schedstat")
                .split_whitespace()
                .next()
                .and_then(|ns| ns.parse::<u64>().ok())
                .unwrap_or(0);
            let status = text("status");
            switches += status
                .lines()
                .filter(|line| line.contains("ctxt_switches"))
                .map(last_number)
                .sum::<u64>();
        }
        let status = read("status");
        let kib = |key: &str| {
            status
                .lines()
                .find(|l| l.starts_with(key))
                .map_or(0, last_number)
        };
        let (mut packets_in, mut packets_out) = (0, 0);
        for line in read("net/dev")
            .lines()
            .filter(|line| line.contains("eth0:"))
        {
            let fields: Vec<u64> = line
                .split_whitespace()
                .skip(1)
                .map(|n| n.parse().expect("a number"))
                .collect();
            packets_in += fields[1];
            packets_out += fields[9];
        }
        let fds = fs::read_dir(format!("/proc/{pid}/fd"))
            .expect("it lives")
            .flatten();
        let is_socket = |fd: fs::DirEntry| {
            let target = fs::read_link(fd.path()).unwrap_or_default();
            target.display().to_string().starts_with("socket:")
        };
        Usage {
            threads: stats::threads(pid),
            rss_mb: number(kib("VmRSS:")) / 1024.0,
            peak_mb: number(kib("VmHWM:")) / 1024.0,
            cpu: number(cpu) / 1e9,
            switches: number(switches),
            packets_in: number(packets_in),
            packets_out: number(packets_out),
            connects: number(active_opens(&read("net/snmp"))),
            sockets: fds.map(is_socket).filter(|is| *is).count(),
        }
    }
}

/// The time from `since`, in nanoseconds, to the time of a line, in seconds.
#[must_use]
pub(crate) fn seconds(since: u64, line: &Value) -> f64 {
    span(since, line["at"].as_u64().expect("each line has a time"))
}

/// From one instant in nanoseconds to another, in seconds.
#[must_use]
pub(crate) fn span(from: u64, to: u64) -> f64 {
    number(to.saturating_sub(from)) / 1e9
}

/// Now, in nanoseconds.
#[must_use]
pub(crate) fn now() -> u64 {
    boottime::now_ns()
}

fn last_number(line: &str) -> u64 {
    let mut words = line.split_whitespace().filter_map(|word| word.parse().ok());
    words.next_back().unwrap_or(0)
}

/// `ActiveOpens` of the line `Tcp:`; the first such line names the fields.
fn active_opens(snmp: &str) -> u64 {
    let mut tcp = snmp.lines().filter(|line| line.starts_with("Tcp:"));
    let (names, values) = (tcp.next().expect("names"), tcp.next().expect("values"));
    let mut pairs = names.split_whitespace().zip(values.split_whitespace());
    let (_, value) = pairs
        .find(|(name, _)| *name == "ActiveOpens")
        .expect("known");
    value.parse().expect("a number")
}

#[allow(clippy::cast_precision_loss)] // measurements stay far below 2^53
fn number(value: u64) -> f64 {
    value as f64
}
