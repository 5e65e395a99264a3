//! The place of a run: three servers, client hosts, a register, each in a network namespace of its
//! own, and the clients.

mod cast;
mod compare;
mod lease;
mod look;
mod player;
mod stranger;

use crate::clock::Clock;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenure_chaos::history::{Entry, Header, LEASE_MAX, Writer};
use tenure_field::ensemble::Options;
use tenure_field::zookeeper::Config;
use tenure_field::{
    Ensemble, Host, Interrupt, Lab, Proxy, Zookeeper, boottime, ensemble, poll, try_poll,
};

pub(crate) use cast::Cast;
pub(crate) use lease::Lease;
pub(crate) use look::{Look, Member};
pub(crate) use player::{Job, Player, Spec, Way};

/// How many servers there are.
pub(crate) const SERVERS: usize = 3;
/// How long a healthy ensemble may be unable to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The options of servers and clients.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The command-line tool.
    pub(crate) tenure: PathBuf,
    /// T.
    pub(crate) session_timeout: Duration,
    /// The servers' tick.
    pub(crate) tick: Duration,
    /// The number of ticks after which servers give each other up.
    pub(crate) sync_limit: u32,
}

/// The reason for which a run ends before its time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C, or the time limit.
    Interrupted,
    /// It cannot continue.
    Failed(String),
}

/// See the [module](self). All processes that it started end with it.
pub(crate) struct Cluster {
    pub(crate) settings: Settings,
    pub(crate) header: Header,
    pub(crate) history: Arc<Writer>,
    // Clients end before the servers.
    pub(crate) cast: Cast,
    /// Before the servers, on the slow host.
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) ensemble: Ensemble,
    pub(crate) server_hosts: Vec<Host>,
    pub(crate) lab: Lab,
    /// The wall clock of the slow host's clients.
    pub(crate) clock: Option<Clock>,
    /// The groups whose path a stranger has deleted since all agreed.
    pub(crate) razed: BTreeSet<String>,
    interrupt: Interrupt,
}

impl Cluster {
    /// Starts the servers.
    pub(crate) fn new(
        lab: Lab,
        settings: Settings,
        header: Header,
        history: Arc<Writer>,
        interrupt: Interrupt,
    ) -> Result<Self, Stop> {
        lab.connect_hosts().map_err(Stop::Failed)?;
        let hosts: Vec<Host> = (1..=SERVERS)
            .map(|number| lab.host(&format!("server{number}")))
            .collect();
        let options = Options {
            server: Config {
                tick_ms: u32::try_from(settings.tick.as_millis()).unwrap_or(u32::MAX),
                ..Config::default()
            },
            sync_limit: settings.sync_limit,
            hosts: hosts.clone(),
            ..Options::default()
        };
        Ok(Self {
            ensemble: Ensemble::start_with(SERVERS, &options),
            cast: Cast::new(settings.clone(), Arc::clone(&history)),
            settings,
            header,
            history,
            proxies: Vec::new(),
            clock: None,
            razed: BTreeSet::new(),
            server_hosts: hosts,
            lab,
            interrupt,
        })
    }

    /// Puts proxies between `host` and the servers, and returns the URL of `path` through them.
    pub(crate) fn slow_url(&mut self, host: &Host, path: &str) -> String {
        if self.proxies.is_empty() {
            let upstreams = self.ensemble.addrs();
            self.proxies = host.netns().enter(|| {
                let local = std::net::Ipv4Addr::LOCALHOST.into();
                let start = |addr| Proxy::start_on(local, addr);
                upstreams.into_iter().map(start).collect()
            });
        }
        let addrs: Vec<_> = self.proxies.iter().map(Proxy::addr).collect();
        ensemble::url(&addrs, path)
    }

    /// Lets the slow host's wall clock show so many seconds more than the machine's.
    pub(crate) fn step_clock(&self, seconds: i64) -> Result<(), Stop> {
        let step = |clock: &Clock| clock.step(seconds).map_err(Stop::Failed);
        self.clock.as_ref().map_or(Ok(()), step)
    }

    /// Lets this much time pass, and reads the clients' lines.
    pub(crate) fn let_pass(&mut self, time: Duration) -> Result<(), Stop> {
        self.wait(time, |_| false).map(drop)
    }

    /// Reads the clients' lines until `seen` or the time is over; returns whether it was seen.
    pub(crate) fn wait(
        &mut self,
        at_most: Duration,
        mut seen: impl FnMut(&mut Self) -> bool,
    ) -> Result<bool, Stop> {
        let seen = try_poll(at_most, || {
            self.cast.listen();
            match self.interrupt.is_raised() {
                true => Err(Stop::Interrupted),
                false => Ok(seen(self).then_some(())),
            }
        })?;
        Ok(seen.is_some())
    }

    /// Records that nothing is broken any longer, waits until all agree or the time for that is
    /// over, and records the contents of the ensemble. Returns whether they agreed.
    pub(crate) fn settle(&mut self) -> Result<bool, Stop> {
        self.ensemble.wait_quorum();
        let healed_ns = boottime::now_ns();
        self.history.put(&Entry::Healed { at_ns: healed_ns });
        let started = Instant::now();
        let mut all_agreed = true;
        for (patience, groups) in self.patience() {
            all_agreed &= self.agree(started, patience, &groups)?;
        }
        self.razed.clear();
        Ok(all_agreed)
    }

    /// How long each group may take to agree, the shortest time first.
    fn patience(&self) -> BTreeMap<Duration, Vec<String>> {
        let mut patience: BTreeMap<Duration, Vec<String>> = BTreeMap::new();
        for group in self.cast.groups() {
            let lease = self
                .cast
                .lease(&group)
                .map(|lease| match self.razed.contains(&group) {
                    true => LEASE_MAX,
                    false => lease,
                });
            let healing = self.header.healing(lease.unwrap_or_default());
            // The last look itself must not be late.
            let healing = healing.saturating_sub(Duration::from_millis(500));
            patience.entry(healing).or_default().push(group);
        }
        patience
    }

    /// Waits until these groups agree, but not longer than `patience` since `started`, and records their
    /// contents. Returns whether they agreed.
    fn agree(
        &mut self,
        started: Instant,
        patience: Duration,
        groups: &[String],
    ) -> Result<bool, Stop> {
        let (agreed, truth) = loop {
            let agreed = self.wait(patience.saturating_sub(started.elapsed()), |cluster| {
                groups.iter().all(|group| {
                    let Some(token) = cluster.cast.agreed(group) else {
                        return false;
                    };
                    // A server that cannot answer now can answer later.
                    let members = cluster.look(|look| look.members(group)).unwrap_or_default();
                    let first = members.first().map(|member| member.token);
                    first == Some(token) && members.len() == cluster.cast.contenders(group)
                })
            })?;
            let mut truth = Vec::new();
            for group in groups {
                let members = self.look_until(|look| look.members(group))?;
                let token = members.first().map(|member| member.token);
                let at_ns = boottime::now_ns();
                truth.push((group, at_ns, token, members.len()));
            }
            // The lines up to that instant belong to it.
            self.let_pass(Duration::from_millis(50))?;
            // A contender that began to lead just before the faults ended may have led for a moment
            // only, and have lost it between the agreement and the look.
            let lasts = |(group, _, token, _): &(&String, u64, Option<u64>, usize)| {
                self.cast.agreed(group) == *token
            };
            if !agreed || truth.iter().all(lasts) || started.elapsed() >= patience {
                break (agreed, truth);
            }
        };
        if !agreed {
            self.compare_servers(groups)?;
        }
        for (group, at_ns, token, members) in truth {
            self.history.put(&Entry::Truth {
                at_ns,
                group: group.clone(),
                token,
                members,
            });
        }
        Ok(agreed)
    }

    /// A look at the contents of the server that leads, by a session of its own.
    fn look<T: Send>(&self, act: impl FnOnce(&mut Look) -> io::Result<T> + Send) -> io::Result<T> {
        let leads = |server: &Zookeeper| server.mode().as_deref() == Some("leader");
        let server = self.ensemble.servers().position(leads);
        let server = server.ok_or_else(|| io::Error::other("no server leads"))?;
        let addr = self.ensemble.server(server).addr();
        self.server_hosts[server].netns().enter(|| {
            let mut look = Look::open(addr)?;
            let result = act(&mut look);
            look.close();
            result
        })
    }

    /// The same, repeated while it fails: a server may just be giving up its lead.
    pub(crate) fn look_until<T: Send>(
        &self,
        act: impl Fn(&mut Look) -> io::Result<T> + Sync,
    ) -> Result<T, Stop> {
        let mut refused = None;
        let seen = poll(PATIENCE, || {
            let looked = self.look(&act).map_err(|error| refused = Some(error));
            looked.ok()
        });
        seen.ok_or_else(|| {
            let why = refused.map_or_else(String::new, |error| format!(": {error}"));
            Stop::Failed(format!("the ensemble cannot be looked at{why}"))
        })
    }
}
