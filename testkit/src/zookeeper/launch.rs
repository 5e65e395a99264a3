//! Starting a server's process and seeing it serve.

use std::fmt;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::Config;
use super::jars::class_path;
use crate::child::OwnedChild;
use crate::tail::tail;
use crate::wait_until;

const LOG: &str = "server.log";

/// For tests: little memory, a quick start, few threads. Half a second of
/// start-up is what the second compiler would cost.
const JVM: [&str; 4] = [
    "-Xmx128m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
];

const PROPERTIES: [(&str, &str); 4] = [
    ("org.slf4j.simpleLogger.defaultLogLevel", "warn"),
    // A crash of the machine is not among the tests; an fsync for each
    // transaction would only make them slow.
    ("zookeeper.forceSync", "no"),
    // In KiB. The default of 64 MiB for each transaction log fills small disks.
    ("zookeeper.preAllocSize", "1024"),
    // A busy test machine is no news.
    ("zookeeper.fsync.warningthresholdms", "10000"),
];

/// Why a server does not serve.
pub(super) enum StartError {
    /// Another process has the port.
    PortTaken,
    /// The server ended by itself.
    Ended { status: ExitStatus, log: String },
    /// The machine lacks something.
    Missing(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortTaken => write!(f, "ZooKeeper's port is taken"),
            Self::Ended { status, log } => {
                write!(
                    f,
                    "ZooKeeper ended while it started ({status}); its log:\n{}",
                    tail(log, 40)
                )
            }
            Self::Missing(text) => f.write_str(text),
        }
    }
}

/// One start of a server.
pub(super) struct Launch<'a> {
    pub(super) addr: SocketAddr,
    pub(super) config: &'a Config,
    pub(super) directory: &'a Path,
}

impl Launch<'_> {
    /// Starts the process and waits until `ask_srvr` says that it serves.
    pub(super) fn run(
        &self,
        deadline: Duration,
        ask_srvr: impl Fn() -> Option<String>,
    ) -> Result<OwnedChild, StartError> {
        let child = OwnedChild::spawn(self.command()?, self.config.netns.as_ref());
        let what = format!(
            "ZooKeeper at {} to serve (see {})",
            self.addr,
            self.directory.display()
        );
        let ended = wait_until(&what, deadline, || {
            if let Some(status) = child.exit_status() {
                return Some(Some(status));
            }
            // A server that has its port but not yet its data answers in other words.
            ask_srvr()
                .is_some_and(|answer| answer.contains("\nMode: "))
                .then_some(None)
        });
        let Some(status) = ended else {
            return Ok(child);
        };
        let log = read_log(self.directory);
        if log.contains("Address already in use") {
            return Err(StartError::PortTaken);
        }
        Err(StartError::Ended { status, log })
    }

    fn command(&self) -> Result<Command, StartError> {
        let fail = |what: &str, error: std::io::Error| {
            StartError::Missing(format!("cannot write {what}: {error}"))
        };
        let zoo_cfg = self.directory.join("zoo.cfg");
        let text = self
            .config
            .zoo_cfg(self.addr.port(), &self.directory.join("data"));
        fs::write(&zoo_cfg, text).map_err(|error| fail("zoo.cfg", error))?;
        // A server that is started again goes on with its log: what ended it is in there.
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.directory.join(LOG))
            .map_err(|error| fail(LOG, error))?;
        let log_too = log.try_clone().map_err(|error| fail(LOG, error))?;

        let mut command = Command::new("java");
        command
            .args(JVM)
            .arg("-cp")
            .arg(class_path().map_err(StartError::Missing)?);
        let given = self
            .config
            .properties
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        command.args(
            PROPERTIES
                .into_iter()
                .chain(given)
                .map(|(name, value)| format!("-D{name}={value}")),
        );
        command
            .arg("org.apache.zookeeper.server.ZooKeeperServerMain")
            .arg(zoo_cfg);
        command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_too)
            .current_dir(self.directory);
        Ok(command)
    }
}

pub(super) fn read_log(directory: &Path) -> String {
    fs::read(directory.join(LOG))
        .map(|log| String::from_utf8_lossy(&log).into_owned())
        .unwrap_or_default()
}
