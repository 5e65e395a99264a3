//! A run: one server, its clients, and the narration.

use std::path::PathBuf;
use std::time::Duration;

use tenure_field::tool::{Actor, Role, Tool};
use tenure_field::zookeeper::{Config, Zookeeper};
use tenure_field::{Interrupt, try_poll};
use tenure_observer::Observer;

use crate::background;
use crate::cast::Cast;
use crate::children;
use crate::failure::{self, Step, Stop};
use crate::human;
use crate::narrator::{Narrator, Tag};
use crate::progress::Until;
use crate::tenures::Led;

/// The group of all contenders and detectors.
pub(crate) const GROUP: &str = "/tenure/demo";
/// How long a JVM may take on a busy machine.
pub(crate) const SERVER: Duration = Duration::from_secs(20);
/// How much longer than promised the demo waits: so a slow machine can be distinguished from an
/// event that never comes.
const GRACE: Duration = Duration::from_secs(10);
/// The limit for an independent look.
const LOOK: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) tenure: PathBuf,
    /// T.
    pub(crate) session_timeout: Duration,
    pub(crate) tick: Duration,
}

/// Starts a server on a free port of the loopback device, with its data in a temporary folder.
pub(crate) fn start_server(narrator: &mut Narrator, tick: Duration) -> Step<Zookeeper> {
    let config = Config {
        tick_ms: u32::try_from(tick.as_millis()).unwrap_or(u32::MAX),
        ..Config::default()
    };
    let start = || Zookeeper::start_with(config);
    background::run(
        narrator,
        "a ZooKeeper server to serve",
        SERVER,
        |_| Ok(()),
        start,
    )
}

/// The parts of a run. Every process that it started ends with it.
pub(crate) struct Demo {
    pub(crate) settings: Settings,
    pub(crate) narrator: Narrator,
    pub(crate) cast: Cast,
    interrupt: Interrupt,
    /// The server's log before its restart.
    earlier_log: String,
    // Dropped last.
    server: Zookeeper,
}

impl Demo {
    /// A run without clients.
    pub(crate) fn new(
        settings: Settings,
        narrator: Narrator,
        interrupt: Interrupt,
        server: Zookeeper,
    ) -> Self {
        Self {
            settings,
            narrator,
            cast: Cast::default(),
            interrupt,
            earlier_log: String::new(),
            server,
        }
    }

    pub(crate) fn server(&self) -> &Zookeeper {
        &self.server
    }

    /// The whole log of the server.
    pub(crate) fn server_log(&self) -> String {
        self.earlier_log.clone() + &self.server.log()
    }

    /// Starts another contender, with its name as label and payload.
    pub(crate) fn enter_contender(&mut self, name: &str) {
        let words = ["--label", name, "--data", name];
        self.enter(name, Role::Contender, "contend", &words);
    }

    /// Starts another detector.
    pub(crate) fn enter_detector(&mut self, name: &str) {
        self.enter(name, Role::Detector, "detect", &[]);
    }

    fn enter(&mut self, name: &str, role: Role, command: &str, words: &[&str]) {
        let tool = Tool::new(&self.settings.tenure, self.settings.session_timeout);
        let process = tool.start(command, &self.server.url(GROUP), words);
        self.cast.enter(Actor::new(name, role, process));
    }

    /// Asks the process in this place to end (SIGTERM); returns the time.
    pub(crate) fn dismiss(&mut self, place: usize) -> Step<u64> {
        self.actor(place).map(Actor::dismiss)
    }

    /// Kills the process in this place (SIGKILL); returns the time.
    pub(crate) fn kill(&mut self, place: usize) -> Step<u64> {
        self.actor(place).map(Actor::kill)
    }

    fn actor(&mut self, place: usize) -> Step<&mut Actor> {
        let actor = self.cast.get_mut(place);
        actor.ok_or_else(|| Stop::failed("a process to signal", "there is none"))
    }

    /// Waits until `look` finds something. After `at_most` it is late, and after some more time the
    /// demo gives up.
    pub(crate) fn wait<T>(
        &mut self,
        what: &str,
        at_most: Duration,
        look: impl Fn(&Cast) -> Option<T>,
    ) -> Step<T> {
        self.narrator.begin_wait(what, Until::Seen(at_most));
        let found = self.look_until(at_most + GRACE, look);
        self.narrator.end_wait();
        found?.ok_or_else(|| {
            let (expected, patience) = (human::setting(at_most), human::setting(at_most + GRACE));
            Stop::failed(
                format!("{what}, within {expected}"),
                format!("not within {patience} either"),
            )
        })
    }

    /// Lets `span` pass while it reads the output of all processes.
    pub(crate) fn let_pass(&mut self, what: &str, span: Duration) -> Step<()> {
        self.narrator.begin_wait(what, Until::Passed(span));
        let passed = self.look_until(span, |_| None::<()>);
        self.narrator.end_wait();
        passed.map(drop)
    }

    fn look_until<T>(
        &mut self,
        deadline: Duration,
        look: impl Fn(&Cast) -> Option<T>,
    ) -> Step<Option<T>> {
        try_poll(deadline, || {
            self.narrator.tick();
            self.cast.read(&self.narrator)?;
            failure::check(&self.interrupt)?;
            Ok(look(&self.cast))
        })
    }

    /// Runs slow work on the server, and reads the output of all processes meanwhile.
    pub(crate) fn with_server<T: Send>(
        &mut self,
        what: &str,
        at_most: Duration,
        work: impl FnOnce(&Zookeeper) -> T + Send,
    ) -> Step<T> {
        let (cast, server) = (&mut self.cast, &self.server);
        let meanwhile = |narrator: &Narrator| cast.read(narrator);
        let done = background::run(&mut self.narrator, what, at_most, meanwhile, || {
            work(server)
        })?;
        failure::check(&self.interrupt).map(|()| done)
    }

    /// Starts the server again on its port with its data.
    pub(crate) fn restart_server(&mut self) -> Step<()> {
        self.earlier_log += &self.server.log();
        self.with_server("the server to serve again", SERVER, Zookeeper::restart)
    }

    /// Reads the server's state through a client that shares no code with tenure.
    pub(crate) fn look<T: Send>(
        &mut self,
        look: impl FnOnce(&Observer, &Zookeeper) -> T + Send,
    ) -> Step<T> {
        self.with_server("an independent look at the server", LOOK, |server| {
            look(&Observer::connect(server.addr()), server)
        })
    }

    /// An error if the run is to end early.
    pub(crate) fn check_wanted(&self) -> Step<()> {
        failure::check(&self.interrupt)
    }

    /// The present leader.
    pub(crate) fn leader(&self) -> Step<Led> {
        self.cast
            .leader()
            .ok_or_else(|| Stop::failed("a contender leads", "none does"))
    }

    /// Narrates that a promise holds, or ends the run.
    pub(crate) fn check(
        &self,
        promise: impl Into<String>,
        holds: bool,
        seen: impl FnOnce() -> String,
    ) -> Step<()> {
        let promise = promise.into();
        if !holds {
            return Err(Stop::failed(promise, seen()));
        }
        self.narrator.say(Tag::Check, promise);
        Ok(())
    }

    /// Ends every process; an error names the remaining processes.
    pub(crate) fn close(self) -> (Narrator, Result<(), String>) {
        let Self {
            narrator,
            cast,
            server,
            ..
        } = self;
        let directory = server.directory().to_owned();
        drop((cast, server));
        let mut left = children::of_this_process();
        left.extend(directory.exists().then(|| directory.display().to_string()));
        let clean = if left.is_empty() {
            Ok(())
        } else {
            Err(human::list(&left))
        };
        (narrator, clean)
    }
}
