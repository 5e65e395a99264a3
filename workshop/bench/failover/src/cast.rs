//! The ensemble and the contenders: processes, each on a host of its own where the machine allows that.

use crate::rows::{Library, Loss};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tenure_field::ensemble::Options;
use tenure_field::process::{Line, Options as ProcessOptions};
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Config;
use tenure_field::{Ensemble, Host, Lab, Process, Signal};

/// How long a contender may take to stand by: a JVM on a busy machine.
const READY: Duration = Duration::from_secs(120);

/// The programs that contend.
pub(crate) struct Programs {
    pub(crate) tenure: PathBuf,
    /// A Python that has kazoo.
    pub(crate) python: Option<PathBuf>,
    /// A class path with Curator and the compiled contender.
    pub(crate) curator: Option<String>,
}

impl Programs {
    pub(crate) fn have(&self, library: Library) -> bool {
        match library {
            Library::Tenure(_) => true,
            Library::Kazoo => self.python.is_some(),
            Library::Curator => self.curator.is_some(),
        }
    }
}

/// Three servers, and hosts for two contenders.
pub(crate) struct Cast {
    pub(crate) ensemble: Ensemble,
    hosts: Option<[Host; 2]>,
    // Last: the processes inside end before it.
    _lab: Option<Lab>,
    programs: Programs,
    timeout: Duration,
    groups: u32,
}

/// A contender, and its place.
pub(crate) struct Contender {
    pub(crate) process: Process,
    place: usize,
}

impl Cast {
    /// Starts the ensemble. The text is the reason why no host can be cut off here.
    pub(crate) fn new(programs: Programs, timeout: Duration) -> (Self, Option<String>) {
        let (lab, why) = match Lab::new() {
            Ok(lab) => (Some(lab), None),
            Err(why) => (None, Some(why)),
        };
        let hosts = lab
            .as_ref()
            .map(|lab| ["one", "two"].map(|name| lab.host(name)));
        // ZooKeeper's usual tick.
        let mut server = Config {
            tick_ms: 2_000,
            max_session_timeout_ms: Some(60_000),
            ..Config::default()
        };
        if let Some(lab) = &lab {
            server.netns = Some(lab.servers().clone());
            server.bind = lab.server_addr();
        }
        let options = Options {
            server,
            ..Options::default()
        };
        let cast = Self {
            ensemble: Ensemble::start_with(3, &options),
            hosts,
            _lab: lab,
            programs,
            timeout,
            groups: 0,
        };
        (cast, why)
    }

    /// Acts at the place of a contender.
    pub(crate) fn on_a_host<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        match &self.hosts {
            Some([host, _]) => host.netns().enter(act),
            None => act(),
        }
    }

    pub(crate) fn can_play(&self, library: Library, loss: Loss) -> Result<(), &'static str> {
        if !self.programs.have(library) {
            Err("its program was not given")
        } else if loss == Loss::CutOff && self.hosts.is_none() {
            Err("no network namespaces here")
        } else {
            Ok(())
        }
    }

    /// A path that no other row uses.
    pub(crate) fn group(&mut self) -> String {
        self.groups += 1;
        format!("/failover-{}", self.groups)
    }

    /// Starts a contender at one of the two places.
    pub(crate) fn enter(&self, library: Library, group: &str, place: usize) -> Contender {
        let netns = (self.hosts.as_ref()).map(|hosts| hosts[place].netns().clone());
        let options = ProcessOptions {
            netns,
            ..ProcessOptions::default()
        };
        let addrs: Vec<String> = (self.ensemble.addrs().iter().map(ToString::to_string)).collect();
        let (hosts, timeout) = (addrs.join(","), self.timeout.as_millis().to_string());
        let process = match library {
            Library::Tenure(words) => {
                let tool = Tool::new(&self.programs.tenure, self.timeout).with(options);
                tool.start("contend", &self.ensemble.url(group), words)
            }
            Library::Kazoo => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/kazoo_contender.py");
                let python = self.programs.python.as_ref().expect("it was checked");
                let words = [script, &hosts, group, &timeout];
                Process::spawn_with(python, words, options)
            }
            Library::Curator => {
                let path = self.programs.curator.as_ref().expect("it was checked");
                let quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
                let words = [quiet, "-cp", path, "Contender", &hosts, group, &timeout];
                Process::spawn_with(Path::new("java"), words, options)
            }
        };
        Contender { process, place }
    }

    /// Loses the leader; the instant just before.
    pub(crate) fn strike(&self, leader: &Contender, loss: Loss) -> Instant {
        let struck = Instant::now();
        match loss {
            Loss::HandOver => leader.process.signal(Signal::Term),
            Loss::Kill => leader.process.kill(),
            Loss::CutOff => self.host(leader).expect("it was checked").cut(),
        }
        struck
    }

    /// Ends what is left of a lost leader.
    pub(crate) fn clear(&self, leader: &Contender) {
        leader.process.kill();
        if let Some(host) = self.host(leader) {
            host.heal();
        }
    }

    fn host(&self, contender: &Contender) -> Option<&Host> {
        self.hosts.as_ref()?.get(contender.place)
    }
}

impl Contender {
    /// The place where it is not.
    pub(crate) fn other_place(&self) -> usize {
        1 - self.place
    }

    pub(crate) fn wait_standby(&self) {
        self.process.wait_for("standby", READY, is("standby"));
    }

    pub(crate) fn wait_leading(&self, limit: Duration) -> Line {
        self.process
            .wait_for_line("leadership", limit.max(READY), is("leading"))
    }
}
