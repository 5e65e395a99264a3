//! One program of the cluster: its process, its paths to the others, and its log.

use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tenure_field::process::Options;
use tenure_field::proxy::Cut;
use tenure_field::{Process, Proxy, boottime, ensemble, ports};

use crate::beliefs::{Belief, Part, State, after};
use crate::failure::{Step, Stop};
use crate::link::Link;
use crate::programs::{self, GROUP, Programs};
use crate::record::{ENDED, Entry, STARTED};

/// How long after its end a process is started again.
const RESTART_AFTER: Duration = Duration::from_secs(1);
/// How often it is started at most: a program that ends again and again is broken.
const LIVES_MAX: u32 = 50;
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A program, over all its lives. Its process ends with this value.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) part: Part,
    /// Where the others reach it.
    pub(crate) address: String,
    pub(crate) state: State,
    pub(crate) life: u32,
    number: usize,
    port: u16,
    /// One before each server.
    access: Vec<Proxy>,
    is_cut: bool,
    /// Of an agent: the path of masters to it, and its path to masters.
    front: Option<Link>,
    out: Option<Link>,
    process: Option<Process>,
    ended: Option<Instant>,
    /// The exit status of each life that has ended.
    exits: Vec<(u32, ExitStatus)>,
    log: File,
    complaints: File,
}

impl Seat {
    /// A seat whose process is not started yet. `number` is its place in the record.
    pub(crate) fn new(
        name: &str,
        part: Part,
        number: usize,
        servers: &[SocketAddr],
        logs: &Path,
    ) -> std::io::Result<Self> {
        let port = ports::free_port(LOCAL);
        let at = SocketAddr::new(LOCAL, port);
        let (front, out) = match part {
            Part::Agent => (Some(Link::to(at)?), Some(Link::out()?)),
            Part::Master | Part::Scheduler => (None, None),
        };
        Ok(Self {
            name: name.to_owned(),
            part,
            address: front.as_ref().map_or(at, Link::addr).to_string(),
            state: State {
                belief: Belief::Down,
                leader: String::new(),
            },
            life: 0,
            number,
            port,
            access: servers.iter().map(|server| Proxy::start(*server)).collect(),
            is_cut: false,
            front,
            out,
            process: None,
            ended: None,
            exits: Vec::new(),
            log: File::create(logs.join(format!("{name}.jsonl")))?,
            complaints: File::create(logs.join(format!("{name}.stderr")))?,
        })
    }

    /// Starts the process.
    pub(crate) fn start(&mut self, programs: &Programs) -> Entry {
        let addrs: Vec<SocketAddr> = self.access.iter().map(Proxy::addr).collect();
        let url = ensemble::url(&addrs, GROUP);
        let out = self
            .out
            .as_ref()
            .map(|out| out.addr().to_string())
            .unwrap_or_default();
        let (program, words) = match self.part {
            Part::Master => (
                &programs.master,
                programs::master(&url, &self.name, self.port),
            ),
            Part::Agent => {
                let words = programs::agent(&url, &self.name, self.port, &self.address, &out);
                (&programs.agent, words)
            }
            Part::Scheduler => (
                &programs.python,
                programs::scheduler(&url, &self.name, self.port),
            ),
        };
        let options = Options {
            directory: (self.part == Part::Scheduler).then(|| programs.scheduler.clone()),
            env: vec![("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned())],
            ..Options::default()
        };
        self.life += 1;
        self.ended = None;
        let entry = Entry::of_driver(self.number, self.life, boottime::now_ns(), STARTED);
        self.process = Some(Process::spawn_with(program, words, options));
        self.note(&entry);
        entry
    }

    /// Follows the beliefs of the process.
    fn note(&mut self, entry: &Entry) {
        if let Some(state) = after(self.part, &self.state, entry) {
            self.state = state;
        }
    }

    /// The events since the last call. A process that has ended is started again after a while.
    pub(crate) fn read(&mut self, programs: &Programs) -> Step<Vec<Entry>> {
        let mut entries = Vec::new();
        if let Some(process) = &self.process {
            // In this order: then the lines are all that it has printed.
            let status = process.exit_status();
            entries.extend(self.drain());
            if let Some(status) = status {
                entries.push(self.end());
                if status.code() == Some(2) || self.life >= LIVES_MAX {
                    let seen = format!(
                        "it ended ({status}), life {} of it; its log is {}.stderr",
                        self.life, self.name
                    );
                    return Err(Stop::failed(format!("{} runs", self.name), seen));
                }
            }
        } else if self
            .ended
            .is_some_and(|ended| ended.elapsed() >= RESTART_AFTER)
        {
            entries.push(self.start(programs));
        }
        Ok(entries)
    }

    /// Ends the process by SIGKILL; the entry of the end is among those returned.
    pub(crate) fn kill(&mut self) -> Vec<Entry> {
        let Some(process) = &self.process else {
            return Vec::new();
        };
        process.kill();
        let mut entries = self.drain();
        entries.push(self.end());
        entries
    }

    fn drain(&mut self) -> Vec<Entry> {
        let lines = self
            .process
            .as_ref()
            .map(Process::drain)
            .unwrap_or_default();
        for line in &lines {
            // A log that cannot be written is no reason to end a run.
            drop(writeln!(self.log, "{}", line.text));
        }
        let mut entries = Vec::new();
        for line in lines {
            let entry = Entry::of_line(self.number, self.life, line.boottime_ns, line.json);
            self.note(&entry);
            entries.push(entry);
        }
        entries
    }

    fn end(&mut self) -> Entry {
        self.write_complaints();
        let process = self.process.take();
        let status = process.as_ref().and_then(Process::exit_status);
        self.exits.extend(status.map(|status| (self.life, status)));
        self.ended = Some(Instant::now());
        let entry = Entry::of_driver(self.number, self.life, boottime::now_ns(), ENDED);
        self.note(&entry);
        entry
    }

    fn write_complaints(&mut self) {
        let text = self.process.as_ref().map(Process::text).unwrap_or_default();
        if !text.is_empty() {
            drop(writeln!(self.complaints, "life {}:\n{text}", self.life));
        }
    }

    /// Cuts it off from ZooKeeper, silently.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
        for proxy in &self.access {
            proxy.hold();
        }
    }

    /// Cuts an agent off from all masters, silently.
    pub(crate) fn isolate(&self) {
        for link in self.links() {
            link.cut();
        }
    }

    /// Ends all cuts. The connections to ZooKeeper from before are gone: the path has forgotten them. A seat without
    /// a cut keeps its own.
    pub(crate) fn heal(&mut self) {
        if std::mem::take(&mut self.is_cut) {
            for proxy in &self.access {
                proxy.cut_connections(Cut::Reset);
                proxy.release();
            }
        }
        for link in self.links() {
            link.heal();
        }
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        self.front.iter().chain(&self.out)
    }

    /// The exit status of one of its lives, once that has ended.
    pub(crate) fn exit_of(&self, life: u32) -> Option<ExitStatus> {
        let mut exits = self.exits.iter();
        exits.find(|exit| exit.0 == life).map(|exit| exit.1)
    }

    /// The PID of the present process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// Where it listens itself, without a path that can be cut.
    pub(crate) fn own_address(&self) -> String {
        SocketAddr::new(LOCAL, self.port).to_string()
    }

    /// The last lines of its log and its complaints, for a report.
    pub(crate) fn last_words(&self) -> String {
        let Some(process) = &self.process else {
            return format!("{}: no process", self.name);
        };
        let lines = process.lines();
        let last: Vec<&str> = lines
            .iter()
            .rev()
            .take(3)
            .map(|line| line.text.as_str())
            .collect();
        let last: String = last
            .iter()
            .rev()
            .map(|line| format!("\n    {line}"))
            .collect();
        let text = process.text();
        let complaint = text
            .lines()
            .last()
            .map(|line| format!("\n    stderr: {line}"));
        format!("{}:{last}{}", self.name, complaint.unwrap_or_default())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.write_complaints();
    }
}
