//! A real ZooKeeper server.

mod config;
mod counter;
mod cut_log;
mod four_letter;
mod jars;
mod launch;
mod slow_log;
mod version;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) use config::Quorum;
pub use config::{Config, Secure};
pub use counter::counting_from;
pub(crate) use launch::StartError;
pub use version::Version;

use crate::child::OwnedChild;
use crate::leftovers::{leftovers, own_prefix};
use crate::netns::Lab;
use crate::signal::Signal;
use crate::{ports, sys, wait_until};
use launch::Launch;

/// How long a server may take to serve. A JVM needs a second; several of them on
/// two busy cores need more.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// How long an orderly stop may take before it counts as a failure.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// How long the answer to a four-letter word may take. A paused server never answers.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);

/// The same while the server starts: if it gets the word after it has its port and before it has
/// its data, it fails and never answers.
const ANSWER_DEADLINE_AT_START: Duration = Duration::from_millis(200);

/// The same where no answer is an outcome, too: long enough for a busy machine, short enough for a
/// server that is paused.
const ANSWER_DEADLINE_OF_MODE: Duration = Duration::from_secs(2);

/// The beginning of the name of every server's directory; the PID follows.
const DIRECTORY_PREFIX: &str = "tenure-zookeeper";

/// How many times another port is tried when another process took ours first.
const PORT_ATTEMPTS_MAX: u32 = 8;

/// One ZooKeeper server in a process of its own with its data in a temporary directory. It ends
/// with this value. It is standalone, unless it belongs to an [`Ensemble`](crate::Ensemble).
///
/// ```no_run
/// let server = tenure_field::Zookeeper::start();
/// println!("{}", server.url("/group")); // zk://127.0.0.1:PORT/group
/// ```
///
/// All methods take `&self`: a server may be shared by tests and threads.
#[derive(Debug)]
pub struct Zookeeper {
    addr: SocketAddr,
    config: Config,
    quorum: Option<Quorum>,
    directory: TempDir,
    child: Mutex<Option<OwnedChild>>,
}

/// The counts of `srvr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packets {
    /// Requests that arrived, pings and connect requests among them. Each
    /// four-letter word counts as one too, this one included.
    pub received: u64,
    /// Replies and watch events that were sent.
    pub sent: u64,
}

impl Zookeeper {
    /// Starts a server with [`Config::default`] and waits until it serves.
    ///
    /// # Panics
    /// When it does not; the message holds the end of its log.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(Config::default())
    }

    /// The same at the servers' address of a lab.
    ///
    /// # Panics
    /// When it does not serve; the message holds the end of its log.
    #[must_use]
    #[track_caller]
    pub fn start_in(lab: &Lab) -> Self {
        Self::start_with(Config {
            netns: Some(lab.servers().clone()),
            bind: lab.server_addr(),
            ..Config::default()
        })
    }

    /// Starts a server and waits until it serves.
    ///
    /// # Panics
    /// When it does not; the message holds the end of its log.
    #[must_use]
    #[track_caller]
    pub fn start_with(config: Config) -> Self {
        for _ in 0..PORT_ATTEMPTS_MAX {
            let port = config
                .port
                .unwrap_or_else(|| config.inside(|| ports::free_port(config.bind)));
            let mut config = config.clone();
            if let Some(secure) = &mut config.secure
                && secure.port.is_none()
            {
                secure.port = Some(ports::free_port(config.bind));
            }
            let server = Self::new(config.clone(), port, None);
            match server.launch() {
                Ok(()) => return server,
                Err(StartError::PortTaken) if config.port.is_none() => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("{PORT_ATTEMPTS_MAX} ports in a row were taken before ZooKeeper could bind them");
    }

    /// A server that is not started yet.
    #[track_caller]
    pub(crate) fn new(config: Config, port: u16, quorum: Option<Quorum>) -> Self {
        Self {
            addr: SocketAddr::new(config.bind, port),
            config,
            quorum,
            directory: new_directory(),
            child: Mutex::new(None),
        }
    }

    /// The address that clients connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `zk://ADDRESS:PORT` and `path`, which begins with a slash or is empty.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("zk://{}{path}", self.addr)
    }

    /// The server's address for TLS.
    ///
    /// # Panics
    /// When it is not configured.
    #[must_use]
    #[track_caller]
    pub fn secure_addr(&self) -> SocketAddr {
        let port = self.config.secure.as_ref().and_then(|secure| secure.port);
        SocketAddr::new(self.addr.ip(), port.expect("no port for TLS was asked for"))
    }

    /// The server's tick, as configured.
    #[must_use]
    pub fn tick(&self) -> Duration {
        Duration::from_millis(self.config.tick_ms.into())
    }

    /// The first of the instants at which this server ends sessions that is at least so far ahead.
    /// A session of timeout T that was touched for the last time at *t* ends at the first such
    /// instant after *t* + T. They are the multiples of the tick by the clock of [`Instant`] and
    /// Java's `System.nanoTime`.
    #[must_use]
    pub fn next_expiry(&self, ahead: Duration) -> Instant {
        let (now, now_ns) = (Instant::now(), sys::monotonic_ns());
        let tick_ns = u64::from(self.config.tick_ms) * 1_000_000;
        let ahead_ns = u64::try_from(ahead.as_nanos()).unwrap_or(u64::MAX);
        let at_ns = now_ns.saturating_add(ahead_ns).next_multiple_of(tick_ns);
        now + Duration::from_nanos(at_ns - now_ns)
    }

    /// The server's PID.
    ///
    /// # Panics
    /// When the server was stopped.
    #[must_use]
    #[track_caller]
    pub fn pid(&self) -> u32 {
        self.with_child(OwnedChild::pid)
    }

    /// The directory of the server's data and its log.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The server's log: warnings and errors.
    #[must_use]
    pub fn log(&self) -> String {
        launch::read_log(self.directory.path())
    }

    /// Ends the server by SIGTERM and waits for it. Sessions live on in its data.
    ///
    /// # Panics
    /// When it does not end in time, and when it was not running.
    #[track_caller]
    pub fn stop(&self) {
        let child = self.take_child();
        child.signal(Signal::Term);
        child.wait(STOP_DEADLINE);
    }

    /// Ends the server by SIGKILL.
    ///
    /// # Panics
    /// When it was not running.
    #[track_caller]
    pub fn kill(&self) {
        self.take_child().kill();
    }

    /// Starts the server again on the same port with the same data, after
    /// ending it by SIGKILL if it runs, and waits until it serves.
    ///
    /// # Panics
    /// When it does not serve.
    #[track_caller]
    pub fn restart(&self) {
        drop(self.child().take());
        // Another process's short connection may use the port for a moment, and the port of a
        // running test server must not change.
        wait_until(
            "ZooKeeper to get its port back",
            START_DEADLINE,
            || match self.launch() {
                Ok(()) => Some(()),
                Err(StartError::PortTaken) => None,
                Err(error) => panic!("{error}"),
            },
        );
    }

    /// Whether the server's process runs or is paused.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let child = self.child();
        child
            .as_ref()
            .is_some_and(|child| child.exit_status().is_none())
    }

    /// Starts a server that was stopped or killed, on the same port with the same
    /// data, and does not wait: one of an ensemble serves when there is a quorum.
    ///
    /// # Panics
    /// When the machine lacks something, and when the server runs.
    #[track_caller]
    pub fn start_again(&self) {
        assert!(self.child().is_none(), "ZooKeeper at {} runs", self.addr);
        if let Err(error) = self.spawn() {
            panic!("{error}");
        }
    }

    /// The state of the server: `standalone`, `leader`, `follower` or `read-only`; `None` while it
    /// does not serve or does not answer.
    #[must_use]
    pub fn mode(&self) -> Option<String> {
        let answer = self.ask("srvr", ANSWER_DEADLINE_OF_MODE).ok()?;
        launch::mode_in(&answer).map(str::to_owned)
    }

    /// Stops the server's process (SIGSTOP).
    ///
    /// # Panics
    /// When the server is not running.
    #[track_caller]
    pub fn pause(&self) {
        self.signal(Signal::Stop);
    }

    /// Resumes it (SIGCONT).
    ///
    /// # Panics
    /// When the server is not running.
    #[track_caller]
    pub fn resume(&self) {
        self.signal(Signal::Cont);
    }

    /// The answer to a four-letter word such as `srvr`, `mntr`, `cons`, `dump`.
    ///
    /// # Panics
    /// When the server does not answer.
    #[must_use]
    #[track_caller]
    pub fn four_letter(&self, word: &str) -> String {
        self.ask(word, ANSWER_DEADLINE).unwrap_or_else(|error| {
            panic!("ZooKeeper at {} does not answer {word}: {error}", self.addr)
        })
    }

    /// The answer to `mntr`, by name: `zk_ephemerals_count`, …
    #[must_use]
    #[track_caller]
    pub fn monitor(&self) -> BTreeMap<String, String> {
        let answer = self.four_letter("mntr");
        let pairs = answer.lines().filter_map(|line| line.split_once('\t'));
        pairs
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect()
    }

    /// How many watches the server has.
    #[must_use]
    #[track_caller]
    pub fn watch_count(&self) -> u64 {
        let monitor = self.monitor();
        let count = monitor
            .get("zk_watch_count")
            .and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("mntr has no zk_watch_count: {monitor:?}"))
    }

    /// How many packets the server has received and sent since it started.
    #[must_use]
    #[track_caller]
    pub fn packets(&self) -> Packets {
        let answer = self.four_letter("srvr");
        let number = |name: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|value| value.trim().parse().ok());
            number.unwrap_or_else(|| panic!("srvr has no {name:?}: {answer}"))
        };
        Packets {
            received: number("Received:"),
            sent: number("Sent:"),
        }
    }

    /// Starts the process and waits until it serves; a process that does not serve is ended.
    fn launch(&self) -> Result<(), StartError> {
        self.spawn()?;
        let served = self.wait_serving(START_DEADLINE);
        if served.is_err() {
            drop(self.child().take());
        }
        served
    }

    pub(crate) fn spawn(&self) -> Result<(), StartError> {
        let child = self.launcher().spawn()?;
        *self.child() = Some(child);
        Ok(())
    }

    pub(crate) fn wait_serving(&self, deadline: Duration) -> Result<(), StartError> {
        let ended = || self.with_child(OwnedChild::exit_status);
        let ask_srvr = || self.ask("srvr", ANSWER_DEADLINE_AT_START).ok();
        self.launcher().wait_serving(deadline, ended, ask_srvr)?;
        if self.config.secure.is_some() {
            // The server binds it after the plain one.
            let addr = self.secure_addr();
            let connect = || TcpStream::connect_timeout(&addr, ANSWER_DEADLINE).ok();
            wait_until("ZooKeeper's port for TLS", deadline, || {
                self.config.inside(connect).map(drop)
            });
        }
        Ok(())
    }

    fn launcher(&self) -> Launch<'_> {
        Launch {
            addr: self.addr,
            config: &self.config,
            quorum: self.quorum.as_ref(),
            directory: self.directory.path(),
        }
    }

    fn ask(&self, word: &str, patience: Duration) -> std::io::Result<String> {
        self.config
            .inside(|| four_letter::ask(self.addr, word, patience))
    }

    #[track_caller]
    fn signal(&self, signal: Signal) {
        let was_running = self.with_child(|child| child.signal(signal));
        assert!(
            was_running,
            "ZooKeeper at {} has ended by itself; its log:\n{}",
            self.addr,
            self.log()
        );
    }

    #[track_caller]
    fn with_child<T>(&self, act: impl FnOnce(&OwnedChild) -> T) -> T {
        let child = self.child();
        act(child
            .as_ref()
            .unwrap_or_else(|| panic!("ZooKeeper at {} was stopped", self.addr)))
    }

    #[track_caller]
    fn take_child(&self) -> OwnedChild {
        self.child()
            .take()
            .unwrap_or_else(|| panic!("ZooKeeper at {} was stopped already", self.addr))
    }

    fn child(&self) -> MutexGuard<'_, Option<OwnedChild>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A directory for one server's data. Those of servers in `static`s, which are never dropped, are
/// removed by a later test process.
#[track_caller]
fn new_directory() -> TempDir {
    let parent = std::env::temp_dir();
    for name in leftovers(&parent, DIRECTORY_PREFIX) {
        // Another process may be removing it, too.
        drop(std::fs::remove_dir_all(parent.join(name)));
    }
    tempfile::Builder::new()
        .prefix(&own_prefix(DIRECTORY_PREFIX))
        .tempdir_in(parent)
        .unwrap_or_else(|error| panic!("cannot make a directory for ZooKeeper's data: {error}"))
}
