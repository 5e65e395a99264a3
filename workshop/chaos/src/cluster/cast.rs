//! All clients, their lines, and the acts on them.

use super::{Player, Settings, Spec, Stop};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenure_chaos::history::{Change, Entry, Writer};
use tenure_field::boottime;
use tenure_field::tool::{Actor, Role};

/// The name of a guardian, as the kernel has it.
const GUARDIAN: &str = "lease-guardian";
/// The name of an undertaker, as the kernel has it.
const UNDERTAKER: &str = "undertaker";
/// How long a client may take to end after its guardian was killed.
const GUARDIAN_PATIENCE: Duration = Duration::from_secs(10);
const PACE: Duration = Duration::from_millis(5);

/// See the [module](self).
pub(crate) struct Cast {
    settings: Settings,
    history: Arc<Writer>,
    players: Vec<Player>,
    /// How many times each was started.
    lives: BTreeMap<String, u32>,
}

impl Cast {
    pub(super) fn new(settings: Settings, history: Arc<Writer>) -> Self {
        Self {
            settings,
            history,
            players: Vec::new(),
            lives: BTreeMap::new(),
        }
    }

    pub(crate) fn all(&self) -> &[Player] {
        &self.players
    }

    /// Starts a client and returns its place.
    pub(crate) fn start(&mut self, spec: Spec) -> usize {
        let player = self.enter(spec);
        self.players.push(player);
        self.players.len() - 1
    }

    fn enter(&mut self, spec: Spec) -> Player {
        let life = self.lives.entry(spec.name.clone()).or_default();
        *life += 1;
        let name = match *life {
            1 => spec.name.clone(),
            life => format!("{}#{life}", spec.name),
        };
        self.put_at(boottime::now_ns(), &spec, &name, Change::Started);
        spec.start(&self.settings, &name)
    }

    /// Reads the new lines of all clients.
    pub(crate) fn listen(&mut self) {
        for player in &mut self.players {
            listen(&self.history, &mut player.actor);
        }
    }

    /// Stops a client (SIGSTOP); with all its children if `tree`.
    pub(crate) fn stop(&mut self, place: usize, tree: bool) {
        let actor = &mut self.players[place].actor;
        if tree {
            actor.freeze();
        } else {
            actor.stop();
        }
        self.say_of(place, Change::Stopped);
    }

    /// Resumes a client.
    pub(crate) fn resume(&mut self, place: usize) {
        self.say_of(place, Change::Resumed);
        self.players[place].actor.resume();
    }

    /// Ends a client (SIGKILL).
    pub(crate) fn kill(&mut self, place: usize) {
        self.say_of(place, Change::Killing);
        let player = &mut self.players[place];
        player.actor.kill();
        let at_ns = boottime::now_ns();
        // All lines that it has printed come first.
        listen(&self.history, &mut player.actor);
        self.say_at(at_ns, place, Change::Ended);
    }

    /// Ends a client and its undertaker (SIGKILL): nothing is left that could close its session.
    pub(crate) fn kill_with_undertaker(&mut self, place: usize) -> Result<(), Stop> {
        let actor = &self.players[place].actor;
        if actor.process().kill_watcher_named(UNDERTAKER) != 1 {
            return Err(Stop::Failed(format!("{} has no undertaker", actor.name())));
        }
        self.kill(place);
        Ok(())
    }

    /// Kills the guardian of a client's command: the client kills the rest of the command, and ends by
    /// itself.
    pub(crate) fn kill_guardian(&mut self, place: usize) -> Result<(), Stop> {
        let process = self.players[place].actor.process();
        process.kill_child_named(GUARDIAN);
        let began = Instant::now();
        while process.exit_status().is_none() {
            if began.elapsed() > GUARDIAN_PATIENCE {
                let name = self.players[place].actor.name();
                let what = format!("{name} does not end although its guardian was killed");
                return Err(Stop::Failed(what));
            }
            std::thread::sleep(PACE);
        }
        self.kill(place);
        Ok(())
    }

    /// Starts a client again that was killed.
    pub(crate) fn start_again(&mut self, place: usize) {
        let spec = self.players[place].spec.clone();
        self.players[place] = self.enter(spec);
    }

    /// Ends all clients, also the stopped ones.
    pub(crate) fn end(&mut self) {
        for place in 0..self.players.len() {
            if self.players[place].actor.process().exit_status().is_none() {
                self.kill(place);
            }
            let actor = &self.players[place].actor;
            let text = actor.process().text();
            for line in text.lines().filter(|line| line.contains("panicked")) {
                self.history.put(&Entry::Client {
                    client: actor.name().to_owned(),
                    line: line.into(),
                });
            }
        }
    }

    /// Clients that have ended by themselves, with the reason that they printed.
    pub(crate) fn deserters(&self) -> Vec<String> {
        let ended = self.players.iter().filter_map(|player| {
            let actor = &player.actor;
            let (name, status) = (actor.name(), actor.deserted()?);
            let text = actor.process().text();
            Some(format!("{name} ended by itself ({status}): {text}"))
        });
        ended.collect()
    }

    pub(crate) fn groups(&self) -> Vec<String> {
        let groups = self.players.iter().map(|player| player.spec.group.clone());
        groups.collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(crate) fn contenders(&self, group: &str) -> usize {
        self.of(group, Role::Contender).count()
    }

    fn of<'a>(&'a self, group: &'a str, role: Role) -> impl Iterator<Item = &'a Actor> {
        let here = self
            .players
            .iter()
            .filter(move |player| player.spec.group == group);
        let actors = here.map(|player| &player.actor);
        actors.filter(move |actor| actor.role() == role)
    }

    /// The place of the contender that believes that it leads `group`.
    pub(crate) fn leader(&self, group: &str) -> Option<usize> {
        let leads = |player: &Player| player.spec.group == group && player.actor.leads().is_some();
        self.players.iter().position(leads)
    }

    /// The token of the contender that believes that it leads `group`, if all its detectors know
    /// it.
    pub(crate) fn agreed(&self, group: &str) -> Option<u64> {
        let mut leading = self.of(group, Role::Contender).filter_map(Actor::leads);
        let token = leading.next()?;
        let known = |actor: &Actor| actor.knows() == Some(token);
        (leading.next().is_none() && self.of(group, Role::Detector).all(known)).then_some(token)
    }

    /// The longest lease in a group, if all leases in it are guarded.
    pub(crate) fn lease(&self, group: &str) -> Option<Duration> {
        let here =
            |player: &&Player| player.spec.group == group && player.spec.role() == Role::Contender;
        let lengths = self
            .players
            .iter()
            .filter(here)
            .map(|player| self.length(&player.spec));
        lengths
            .collect::<Option<Vec<Duration>>>()?
            .into_iter()
            .max()
    }

    fn length(&self, spec: &Spec) -> Option<Duration> {
        spec.lease.length(self.settings.session_timeout)
    }

    fn say_of(&self, place: usize, change: Change) {
        self.say_at(boottime::now_ns(), place, change);
    }

    fn say_at(&self, at_ns: u64, place: usize, change: Change) {
        let Player { spec, actor } = &self.players[place];
        self.put_at(at_ns, spec, actor.name(), change);
    }

    fn put_at(&self, at_ns: u64, spec: &Spec, name: &str, change: Change) {
        let length = self.length(spec);
        self.history.put(&Entry::Process {
            at_ns,
            client: name.to_owned(),
            group: spec.group.clone(),
            role: spec.role(),
            change,
            lease_ms: length.map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX)),
        });
    }
}

/// Lines that are not the tool's are recorded, too: the checks find them.
fn listen(history: &Writer, actor: &mut Actor) {
    for printed in actor.listen() {
        history.put(&Entry::Client {
            client: actor.name().to_owned(),
            line: printed.line.json,
        });
    }
}
