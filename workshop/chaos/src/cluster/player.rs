//! A client of a run, and its start.

use super::{Lease, Settings};
use std::net::SocketAddr;
use tenure_field::Host;
use tenure_field::process::Options;
use tenure_field::tool::{Actor, Role, Tool};

/// The job of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Contend,
    /// With a command that writes to the register there.
    Run(SocketAddr),
    Detect,
}

/// The way in which a writer leaves its command, so that its process group does not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is the command.
    None,
    /// A daemon in a session of its own.
    Daemon,
    /// In a process group of its own (`timeout`), and another session.
    Timeout,
    /// A process of another user.
    User,
}

impl Way {
    /// The words before the writer's.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Daemon => &[
                "sh",
                "-c",
                "(setsid \"$0\" \"$@\" &); while :; do sleep 1; done",
            ],
            Self::Timeout => &["setsid", "--wait", "timeout", "100000"],
            Self::User => &[
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "setsid",
                "--wait",
            ],
        }
    }
}

/// The options of a client, for each of its starts.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) job: Job,
    /// For a client with a command.
    pub(crate) way: Way,
    /// For a contender.
    pub(crate) lease: Lease,
    /// Whether a contender has an undertaker.
    pub(crate) undertaker: bool,
    pub(crate) host: Host,
    pub(crate) url: String,
    /// Additional variables of its environment.
    pub(crate) env: Vec<(String, String)>,
}

/// A client that was started. The name of the actor is the one in the history: one for each
/// process.
pub(crate) struct Player {
    pub(crate) spec: Spec,
    pub(crate) actor: Actor,
}

impl Spec {
    pub(crate) fn role(&self) -> Role {
        match self.job {
            Job::Contend | Job::Run(_) => Role::Contender,
            Job::Detect => Role::Detector,
        }
    }

    pub(super) fn start(self, settings: &Settings, name: &str) -> Player {
        let command = match self.job {
            Job::Contend => "contend",
            Job::Run(_) => "run",
            Job::Detect => "detect",
        };
        let mut words = self.lease.words();
        if self.role() == Role::Contender && !self.undertaker {
            words.push("--no-undertaker".to_owned());
        }
        if let Job::Run(register) = self.job {
            let writer = std::env::current_exe().unwrap_or_else(|_| "tenure-chaos".into());
            let writer = [
                &writer.to_string_lossy(),
                "writer",
                &register.to_string(),
                &self.group,
            ];
            words.push("--".to_owned());
            words.extend(self.way.words().iter().map(ToString::to_string));
            words.extend(writer.map(str::to_owned));
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let options = Options {
            netns: Some(self.host.netns().clone()),
            env: self.env.clone(),
            ..Options::default()
        };
        let tool = Tool::new(&settings.tenure, settings.session_timeout).with(options);
        let process = tool.start(command, &self.url, &words);
        Player {
            actor: Actor::new(name, self.role(), process),
            spec: self,
        }
    }
}
