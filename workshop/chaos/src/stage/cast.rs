//! All clients, what they say, and what is done to them.

use super::{Actor, Settings, Spec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tenure_chaos::history::{Change, Entry, News, Role, Writer};
use tenure_field::boottime;

/// How long a killed process may take to be gone.
const END: Duration = Duration::from_secs(10);
/// How long the youngest process of a tree that was frozen runs without its parents.
const BETWEEN_THAWS: Duration = Duration::from_millis(60);

/// See the [module](self).
pub(crate) struct Cast {
    settings: Settings,
    history: Arc<Writer>,
    actors: Vec<Actor>,
    /// How often each was started.
    lives: BTreeMap<String, u32>,
}

impl Cast {
    pub(super) fn new(settings: Settings, history: Arc<Writer>) -> Self {
        Self {
            settings,
            history,
            actors: Vec::new(),
            lives: BTreeMap::new(),
        }
    }

    pub(crate) fn all(&self) -> &[Actor] {
        &self.actors
    }

    /// Starts a client and returns its place.
    pub(crate) fn start(&mut self, spec: Spec) -> usize {
        let actor = self.enter(spec);
        self.actors.push(actor);
        self.actors.len() - 1
    }

    fn enter(&mut self, spec: Spec) -> Actor {
        let life = self.lives.entry(spec.name.clone()).or_default();
        *life += 1;
        let name = match *life {
            1 => spec.name.clone(),
            life => format!("{}#{life}", spec.name),
        };
        self.say(&spec, &name, Change::Started);
        Actor {
            process: spec.start(&self.settings),
            spec,
            name,
            frozen: None,
            last: None,
        }
    }

    /// Reads what all have said.
    pub(crate) fn listen(&mut self) {
        for actor in &mut self.actors {
            listen(&self.history, actor);
        }
    }

    /// Stops a client (SIGSTOP); with all its children if `tree`.
    pub(crate) fn stop(&mut self, place: usize, tree: bool) {
        let actor = &mut self.actors[place];
        if tree {
            actor.frozen = Some(actor.process.freeze());
        } else {
            actor.process.pause();
        }
        self.say_of(place, Change::Stopped);
    }

    /// Lets a client run on.
    pub(crate) fn resume(&mut self, place: usize) {
        self.say_of(place, Change::Resumed);
        let actor = &mut self.actors[place];
        match actor.frozen.take() {
            Some(frozen) => actor.process.thaw(frozen, BETWEEN_THAWS),
            None => actor.process.resume(),
        }
    }

    /// Ends a client (SIGKILL).
    pub(crate) fn kill(&mut self, place: usize) {
        let actor = &mut self.actors[place];
        actor.process.kill();
        // Its guardian must be able to end, too.
        drop(actor.frozen.take());
        let ended = self.now_of(place, Change::Ended);
        let actor = &mut self.actors[place];
        // All that it had said is read first.
        actor.process.wait_exit(END);
        listen(&self.history, actor);
        actor.last = None;
        self.history.put(&ended);
    }

    /// Starts a client again that was killed.
    pub(crate) fn start_again(&mut self, place: usize) {
        let spec = self.actors[place].spec.clone();
        self.actors[place] = self.enter(spec);
    }

    /// Ends all clients; whoever is stopped is still so.
    pub(crate) fn end(&mut self) {
        for place in 0..self.actors.len() {
            if self.actors[place].process.exit_status().is_none() {
                self.kill(place);
            }
            let text = self.actors[place].process.text();
            let name = &self.actors[place].name;
            for line in text.lines().filter(|line| line.contains("panicked")) {
                self.history.put(&Entry::Client {
                    client: name.clone(),
                    line: line.into(),
                });
            }
        }
    }

    /// Clients that have ended by themselves, with what they said of it.
    pub(crate) fn deserters(&self) -> Vec<String> {
        let ended = self.actors.iter().filter_map(|actor| {
            let status = actor.process.exit_status()?;
            Some(format!(
                "{} ended by itself ({status}): {}",
                actor.name,
                actor.process.text()
            ))
        });
        ended.collect()
    }

    pub(crate) fn groups(&self) -> Vec<String> {
        let groups = self.actors.iter().map(|actor| actor.spec.group.clone());
        groups.collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(crate) fn contenders(&self, group: &str) -> usize {
        self.of(group, Role::Contender).count()
    }

    fn of<'a>(&'a self, group: &'a str, role: Role) -> impl Iterator<Item = &'a Actor> {
        let here = move |actor: &&Actor| actor.spec.group == group && actor.spec.role() == role;
        self.actors.iter().filter(here)
    }

    /// The place of the one who believes to lead `group`.
    pub(crate) fn leader(&self, group: &str) -> Option<usize> {
        let leads = |actor: &Actor| actor.spec.group == group && actor.leads().is_some();
        self.actors.iter().position(leads)
    }

    /// The token of the one who believes to lead `group`, if all its detectors know it.
    pub(crate) fn agreed(&self, group: &str) -> Option<u64> {
        let mut leading = self.of(group, Role::Contender).filter_map(Actor::leads);
        let token = leading.next()?;
        let known = |actor: &Actor| actor.knows() == Some(token);
        (leading.next().is_none() && self.of(group, Role::Detector).all(known)).then_some(token)
    }

    fn say_of(&self, place: usize, change: Change) {
        self.history.put(&self.now_of(place, change));
    }

    fn now_of(&self, place: usize, change: Change) -> Entry {
        let actor = &self.actors[place];
        entry(&actor.spec, &actor.name, change)
    }

    fn say(&self, spec: &Spec, name: &str, change: Change) {
        self.history.put(&entry(spec, name, change));
    }
}

fn entry(spec: &Spec, name: &str, change: Change) -> Entry {
    Entry::Process {
        at_ns: boottime::now_ns(),
        client: name.to_owned(),
        group: spec.group.clone(),
        role: spec.role(),
        change,
    }
}

fn listen(history: &Writer, actor: &mut Actor) {
    for line in actor.process.drain() {
        let news = News::read(&line.json);
        if let Ok(news) = news
            && news != News::Other
        {
            actor.last = Some(news);
        }
        history.put(&Entry::Client {
            client: actor.name.clone(),
            line: line.json,
        });
    }
}
