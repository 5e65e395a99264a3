//! Starting a server's process and waiting until it serves.

use std::fmt;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{Config, Quorum, cut_log};
use crate::child::OwnedChild;
use crate::tail::tail;
use crate::wait_until;

const LOG: &str = "server.log";

/// For tests: a quick start, few threads. The second compiler would cost half a second of start-up.
const JVM: [&str; 3] = [
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
    // A busy test machine is nothing to warn of.
    ("zookeeper.fsync.warningthresholdms", "10000"),
];

/// Where a line of log takes time: a line for each session that expires.
const EXPIRY_LINES: (&str, &str) = (
    "org.slf4j.simpleLogger.log.org.apache.zookeeper.server.ZooKeeperServer",
    "info",
);

/// The reason for which a server does not serve.
pub(crate) enum StartError {
    /// Another process has the port.
    PortTaken,
    /// The server ended by itself.
    Ended { status: ExitStatus, log: String },
    /// The server runs and does not serve.
    Late { deadline: Duration, log: String },
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
            Self::Late { deadline, log } => {
                write!(
                    f,
                    "ZooKeeper does not serve after {deadline:?}; its log:\n{}",
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
    /// `None` for a server that stands alone.
    pub(super) quorum: Option<&'a Quorum>,
    pub(super) directory: &'a Path,
}

impl Launch<'_> {
    /// Starts the process.
    pub(super) fn spawn(&self) -> Result<OwnedChild, StartError> {
        let command = self.command()?;
        Ok(OwnedChild::spawn(command, self.config.netns.as_ref()))
    }

    /// Waits until `ask_srvr` answers that the server serves, or `ended` that it has ended.
    pub(super) fn wait_serving(
        &self,
        deadline: Duration,
        ended: impl Fn() -> Option<ExitStatus>,
        ask_srvr: impl Fn() -> Option<String>,
    ) -> Result<(), StartError> {
        let what = format!(
            "ZooKeeper at {} to serve (see {})",
            self.addr,
            self.directory.display()
        );
        let started = Instant::now();
        // The log has the reason; a panic of `wait_until` would remove it, so that must not be the
        // end.
        wait_until(&what, deadline * 2, || {
            // A server that has its port but not yet its data, or no quorum, gives another answer.
            if ask_srvr().is_some_and(|answer| mode_in(&answer).is_some()) {
                return Some(Ok(()));
            }
            let status = ended();
            if status.is_none() && started.elapsed() < deadline {
                return None;
            }
            let log = read_log(self.directory);
            Some(Err(match status {
                _ if log.contains("Address already in use") => StartError::PortTaken,
                Some(status) => StartError::Ended { status, log },
                None => StartError::Late { deadline, log },
            }))
        })
    }

    fn command(&self) -> Result<Command, StartError> {
        let fail = |what: &str, error: std::io::Error| {
            StartError::Missing(format!("cannot write {what}: {error}"))
        };
        let (zoo_cfg, data) = (self.directory.join("zoo.cfg"), self.directory.join("data"));
        let text = self.config.zoo_cfg(self.addr.port(), &data, self.quorum);
        fs::write(&zoo_cfg, text).map_err(|error| fail("zoo.cfg", error))?;
        cut_log::remove_from(&data).map_err(|error| fail("the server's data", error))?;
        if let Some(quorum) = self.quorum {
            fs::create_dir_all(&data)
                .and_then(|()| fs::write(data.join("myid"), quorum.id.to_string()))
                .map_err(|error| fail("myid", error))?;
        }
        // A server that is started again continues its log: it has the reason of its end.
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.directory.join(LOG))
            .map_err(|error| fail(LOG, error))?;
        let (log, log_too) = match self.config.log_line_takes {
            Some(pause) => {
                let log = super::slow_log::start(log, pause).map_err(|error| fail(LOG, error))?;
                let log_too = log.try_clone().map_err(|error| fail(LOG, error))?;
                (Stdio::from(log), Stdio::from(log_too))
            }
            None => {
                let log_too = log.try_clone().map_err(|error| fail(LOG, error))?;
                (Stdio::from(log), Stdio::from(log_too))
            }
        };

        let mut command = Command::new("java");
        command.arg(format!("-Xmx{}m", self.config.heap_mb));
        command.args(JVM).arg("-cp").arg(
            self.config
                .version
                .class_path()
                .map_err(StartError::Missing)?,
        );
        let given = self
            .config
            .properties
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        command.args(
            PROPERTIES
                .into_iter()
                .chain(self.config.log_line_takes.map(|_| EXPIRY_LINES))
                .chain(given)
                .map(|(name, value)| format!("-D{name}={value}")),
        );
        command.arg(match self.quorum {
            Some(_) => "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            None => "org.apache.zookeeper.server.ZooKeeperServerMain",
        });
        command.arg(zoo_cfg);
        command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_too)
            .current_dir(self.directory);
        Ok(command)
    }
}

/// The mode in an answer to `srvr`; `None` from a server that does not serve.
pub(super) fn mode_in(srvr: &str) -> Option<&str> {
    srvr.lines().find_map(|line| line.strip_prefix("Mode: "))
}

pub(super) fn read_log(directory: &Path) -> String {
    fs::read(directory.join(LOG))
        .map(|log| String::from_utf8_lossy(&log).into_owned())
        .unwrap_or_default()
}
