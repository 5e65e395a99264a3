//! The programs of the cluster, and their arguments.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// T: how long a session lives without a message of its client.
pub(crate) const SESSION_TIMEOUT: Duration = Duration::from_secs(4);
/// The tick of the servers, which end sessions on a tick.
pub(crate) const TICK: Duration = Duration::from_millis(500);
/// The time between two pings of an agent, and how many may be left unanswered.
pub(crate) const PING: Duration = Duration::from_secs(1);
pub(crate) const PINGS_MAX: u32 = 3;
/// How long each pretend task runs: longer than a fail-over takes, so that tasks go on during each.
const TASK: &str = "6s";
/// The time between two launches.
const INTERVAL: &str = "1s";
/// The first attempt to register comes after a random part of it.
const BACKOFF: &str = "500ms";

/// The znode of the group.
pub(crate) const GROUP: &str = "/cluster";

/// Where the programs are.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) master: PathBuf,
    pub(crate) agent: PathBuf,
    pub(crate) python: PathBuf,
    /// The folder in which `python -m scheduler` finds it.
    pub(crate) scheduler: PathBuf,
}

impl Programs {
    /// Those of a folder that `scripts/cluster` has filled.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, String> {
        // A program may run in another folder. Not the canonical path: an environment's Python is a link.
        let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let programs = Self {
            master: folder.join("master/tenure-cluster-master"),
            agent: folder.join("tenure-cluster-agent"),
            python: folder.join("venv/bin/python"),
            scheduler: sources.map(Path::to_owned).unwrap_or_default(),
        };
        for path in [&programs.master, &programs.agent, &programs.python] {
            if !path.exists() {
                return Err(format!(
                    "{} is missing: build it with `make cluster`",
                    path.display()
                ));
            }
        }
        Ok(programs)
    }
}

/// The arguments of a master.
pub(crate) fn master(url: &str, name: &str, port: u16) -> Vec<String> {
    let mut words = strings(&["--zk", url, "--ip", "127.0.0.1", "--id", name, "--json"]);
    words.extend(["--port".to_owned(), port.to_string()]);
    for (flag, span) in [
        ("--session-timeout", SESSION_TIMEOUT),
        ("--tick", TICK),
        ("--agent-ping-timeout", PING),
    ] {
        words.extend([flag.to_owned(), format!("{}ms", span.as_millis())]);
    }
    words.extend([
        "--max-agent-ping-timeouts".to_owned(),
        PINGS_MAX.to_string(),
    ]);
    words.extend(strings(&["--agent-reregister-timeout", "30s"]));
    words
}

/// The arguments of an agent that masters reach at `front`, and that reaches them through the proxy `out`.
pub(crate) fn agent(url: &str, name: &str, port: u16, front: &str, out: &str) -> Vec<String> {
    let out = format!("socks5://{out}");
    let mut words = strings(&[
        "--master",
        url,
        "--ip",
        "127.0.0.1",
        "--hostname",
        name,
        "--advertise",
        front,
        "--proxy",
        &out,
        "--backoff",
        BACKOFF,
        "--json",
    ]);
    words.extend(["--port".to_owned(), port.to_string()]);
    words.extend(session());
    words
}

/// The arguments of a scheduler, for Python.
pub(crate) fn scheduler(url: &str, name: &str, port: u16) -> Vec<String> {
    let mut words = strings(&[
        "-m",
        "scheduler",
        "--master",
        url,
        "--name",
        name,
        "--interval",
        INTERVAL,
        "--duration",
        TASK,
        "--backoff",
        BACKOFF,
        "--json",
    ]);
    words.extend(["--port".to_owned(), port.to_string()]);
    words.extend(session());
    words
}

fn session() -> [String; 2] {
    [
        "--session-timeout".to_owned(),
        format!("{}ms", SESSION_TIMEOUT.as_millis()),
    ]
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
