//! One process of the tool.

use super::Settings;
use std::net::SocketAddr;
use tenure_chaos::history::{News, Role};
use tenure_field::process::{Frozen, Options, Stream};
use tenure_field::{Host, Process};

/// What a client does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Contend,
    /// With a command that writes to the register there.
    Run(SocketAddr),
    Detect,
}

/// How a client is started, and started again.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) job: Job,
    pub(crate) host: Host,
    pub(crate) url: String,
    /// More for its environment.
    pub(crate) env: Vec<(String, String)>,
}

/// A client that was started.
pub(crate) struct Actor {
    pub(crate) spec: Spec,
    /// Its name in the history: one for each process.
    pub(crate) name: String,
    pub(crate) process: Process,
    pub(crate) frozen: Option<Frozen>,
    /// What it said last of who leads.
    pub(crate) last: Option<News>,
}

impl Spec {
    pub(crate) fn role(&self) -> Role {
        match self.job {
            Job::Contend | Job::Run(_) => Role::Contender,
            Job::Detect => Role::Detector,
        }
    }

    pub(super) fn start(&self, settings: &Settings) -> Process {
        let timeout = format!("{}ms", settings.session_timeout.as_millis());
        let word = match self.job {
            Job::Contend => "contend",
            Job::Run(_) => "run",
            Job::Detect => "detect",
        };
        let mut words: Vec<String> = [word, &self.url, "--json", "--session-timeout", &timeout]
            .map(str::to_owned)
            .to_vec();
        let mut events = Stream::Stdout;
        if let Job::Run(register) = self.job {
            events = Stream::Stderr;
            let writer = std::env::current_exe().unwrap_or_else(|_| "tenure-chaos".into());
            words.extend(["--".to_owned(), writer.display().to_string()]);
            words.extend(["writer", &register.to_string(), &self.group].map(str::to_owned));
        }
        let options = Options {
            netns: Some(self.host.netns().clone()),
            events,
            env: self.env.clone(),
            ..Options::default()
        };
        Process::spawn_with(&settings.tenure, words, options)
    }
}

impl Actor {
    /// The token with which it believes to lead, by what it said last.
    pub(crate) fn leads(&self) -> Option<u64> {
        match self.last {
            Some(News::Leading { token, .. } | News::Jeopardy { token, .. }) => Some(token),
            _ => None,
        }
    }

    /// The leader that it knows, as a detector.
    pub(crate) fn knows(&self) -> Option<u64> {
        match self.last {
            Some(News::Leader { token, .. }) => Some(token),
            _ => None,
        }
    }
}
