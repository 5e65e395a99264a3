//! The list of servers: the one to try next, and when to try it.

use super::lease;
use super::rng::Rng;
use super::time::Time;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// The pause after the first round of failures; it doubles with each further round.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest pause; it is shorter for a session timeout of less than twelve seconds.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// The most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 16;
/// The time after which a look-up counts as lost, so that another look-up of the name begins. If its
/// answer comes later, it is used all the same.
const LOOKUP_LOST: Duration = Duration::from_secs(60);
/// The most look-ups that are awaited at once; beyond that the oldest is forgotten.
const LOOKUPS_MAX: usize = 64;

/// A server as the user named it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// A host name or a numeric address (an IPv6 address without its brackets).
    pub name: String,
    /// The client port.
    pub port: u16,
}

impl core::fmt::Display for Host {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

/// The next step towards a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Wait for the answer of the look-up; no address of this host is known.
    Await(Host),
    /// The same, but the answer is overdue already: the client does not wait for it again.
    Overdue(Host),
    Connect(Host, SocketAddr),
    Pause(Time),
}

/// The result of a look-up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The addresses are known now.
    Addresses,
    /// There are no new addresses, for this reason; those that were known before stay.
    Nothing { name: String, why: String },
}

#[derive(Debug)]
struct Server {
    host: Host,
    is_named: bool,
    /// Its last known addresses: for a numeric host the address itself, for a name those in the newest
    /// answer.
    known: Vec<SocketAddr>,
}

#[derive(Debug)]
struct LookUp {
    id: u64,
    name: String,
    asked: Time,
}

/// Tries one server after another: all addresses of one, then those of the next, and pauses with jitter
/// after each round in which no server answered.
///
/// At each turn of a name the client looks it up again, unless a look-up of it is under way, and tries
/// its last known addresses meanwhile: it waits for a resolver only if it knows no address. It uses each
/// answer for the next attempt, however late the answer comes.
#[derive(Debug)]
pub(crate) struct Servers {
    servers: Vec<Server>,
    next: usize,
    look_ups: VecDeque<LookUp>,
    last_look_up: u64,
    /// Look-ups to begin.
    wanted: VecDeque<(u64, Host)>,
    /// Addresses to try before the next server's turn.
    queue: VecDeque<(Host, SocketAddr)>,
    /// Addresses that were tried in this round.
    tried: BTreeSet<SocketAddr>,
    left_in_round: usize,
    rounds_failed: u32,
    attempts: u32,
    /// The address whose connection was lost last: if there is another one, it is not the next to try.
    last: Option<SocketAddr>,
    /// Whether the next connection may be lost at once without a pause before the next attempt. Only a
    /// connection that lived makes it so, which slows down a loop of losses.
    forgiving: bool,
}

impl Servers {
    /// The servers in an order that `rng` picks, which spreads many clients over them.
    pub(crate) fn new(mut hosts: Vec<Host>, rng: &mut Rng) -> Self {
        rng.shuffle(&mut hosts);
        let servers = hosts
            .into_iter()
            .map(|host| match host.name.parse::<IpAddr>() {
                Ok(ip) => Server {
                    known: vec![SocketAddr::new(ip, host.port)],
                    is_named: false,
                    host,
                },
                Err(_) => Server {
                    known: Vec::new(),
                    is_named: true,
                    host,
                },
            });
        let servers: Vec<Server> = servers.collect();
        Self {
            left_in_round: servers.len(),
            servers,
            next: 0,
            look_ups: VecDeque::new(),
            last_look_up: 0,
            wanted: VecDeque::new(),
            queue: VecDeque::new(),
            tried: BTreeSet::new(),
            rounds_failed: 0,
            attempts: 0,
            last: None,
            forgiving: true,
        }
    }

    /// How many servers there are, as far as is known: a name counts for each of its addresses.
    pub(crate) fn len(&self) -> usize {
        let known: BTreeSet<SocketAddr> = self.addresses().collect();
        let unknown = self.servers.iter().filter(|s| s.known.is_empty());
        known.len() + unknown.count()
    }

    fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.servers.iter().flat_map(|s| s.known.iter().copied())
    }

    /// Whether a server has this address, by the newest answers.
    pub(crate) fn know(&self, address: SocketAddr) -> bool {
        self.addresses().any(|known| known == address)
    }

    /// Whether an address waits to be tried before any pause.
    pub(crate) fn has_untried(&self) -> bool {
        !self.queue.is_empty()
    }

    /// How many attempts have failed since a server last answered.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How many rounds have failed since a server last answered.
    pub(crate) fn rounds_failed(&self) -> u32 {
        self.rounds_failed
    }

    /// The next look-up to begin.
    pub(crate) fn next_look_up(&mut self) -> Option<(u64, Host)> {
        self.wanted.pop_front()
    }

    /// The next step, for a session with this timeout. Call [`next_look_up`](Self::next_look_up) after
    /// it.
    pub(crate) fn step(&mut self, now: Time, timeout: Duration, rng: &mut Rng) -> Step {
        if let Some((host, address)) = self.queue.pop_front() {
            self.tried.insert(address);
            return Step::Connect(host, address);
        }
        if self.left_in_round == 0 {
            self.left_in_round = self.servers.len();
            let pause = PAUSE_MIN
                .saturating_mul(1 << self.rounds_failed.min(10))
                .min((timeout / 6).clamp(PAUSE_MIN, PAUSE_MAX));
            self.rounds_failed += 1;
            // Between half the pause and the whole: clients that lost the same server at the
            // same instant do not come back at the same instant.
            let half = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX) / 2;
            return Step::Pause(now + Duration::from_nanos(half + rng.below(half + 1)));
        }
        if self.left_in_round == self.servers.len() {
            self.tried.clear();
        }
        self.left_in_round -= 1;
        let at = self.next % self.servers.len();
        self.next = (at + 1) % self.servers.len();
        if self.servers[at].is_named {
            self.look_up(at, now);
        }
        let server = &self.servers[at];
        let mut addresses = server.known.clone();
        if server.is_named {
            rng.shuffle(&mut addresses);
        }
        addresses.sort_by_key(|address| self.last == Some(*address));
        let host = server.host.clone();
        let mut addresses = addresses.into_iter();
        let Some(first) = addresses.next() else {
            let asked = self.look_ups.iter().rfind(|l| l.name == host.name);
            return match asked {
                Some(l) if l.asked + lease::attempt_limit(timeout) <= now => Step::Overdue(host),
                _ => Step::Await(host),
            };
        };
        self.queue = addresses.map(|address| (host.clone(), address)).collect();
        self.tried.insert(first);
        Step::Connect(host, first)
    }

    /// Begins a look-up of the name, unless one is under way.
    fn look_up(&mut self, at: usize, now: Time) {
        let host = &self.servers[at].host;
        let is_awaited = |l: &LookUp| l.name == host.name && now < l.asked + LOOKUP_LOST;
        if self.look_ups.iter().any(is_awaited) {
            return;
        }
        self.last_look_up += 1;
        self.look_ups.push_back(LookUp {
            id: self.last_look_up,
            name: host.name.clone(),
            asked: now,
        });
        if self.look_ups.len() > LOOKUPS_MAX {
            self.look_ups.pop_front();
        }
        self.wanted.push_back((self.last_look_up, host.clone()));
    }

    /// A look-up has ended. Unless the session is `attached`, the new addresses are tried next.
    pub(crate) fn resolved(
        &mut self,
        id: u64,
        result: Result<Vec<SocketAddr>, String>,
        attached: bool,
        rng: &mut Rng,
    ) -> Option<Found> {
        let at = self.look_ups.iter().position(|l| l.id == id)?;
        let name = self.look_ups.remove(at)?.name;
        let why = match result {
            Ok(addresses) if addresses.is_empty() => format!("{name} has no address"),
            Ok(mut addresses) => {
                // An earlier look-up that is answered later would bring older addresses.
                self.look_ups.retain(|l| l.name != name || l.id > id);
                rng.shuffle(&mut addresses);
                addresses.truncate(ADDRESSES_MAX);
                self.learn(&name, &addresses, attached);
                return Some(Found::Addresses);
            }
            Err(why) => format!("cannot look up {name}: {why}"),
        };
        let is_known = |s: &Server| s.host.name == name && !s.known.is_empty();
        let why = match self.servers.iter().any(is_known) {
            true => format!("{why}; its last known addresses stay in use"),
            false => why,
        };
        Some(Found::Nothing { name, why })
    }

    fn learn(&mut self, name: &str, addresses: &[SocketAddr], attached: bool) {
        let named = self.servers.iter_mut().filter(|s| s.host.name == name);
        for server in named {
            let host = &server.host;
            let with_port = addresses.iter().map(|address| {
                let mut address = *address;
                address.set_port(host.port);
                address
            });
            server.known = with_port.collect();
            self.queue
                .retain(|(of, address)| of != host || server.known.contains(address));
            for address in server.known.iter().filter(|_| !attached) {
                let waits = self.queue.iter().any(|(_, queued)| queued == address);
                if !waits && !self.tried.contains(address) {
                    self.queue.push_back((host.clone(), *address));
                }
            }
        }
    }

    /// An attempt failed.
    pub(crate) fn failed(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
    }

    /// A connection to this address was lost.
    pub(crate) fn lost(&mut self, address: SocketAddr) {
        self.last = Some(address);
    }

    /// A server answered a request on a connection, which has `lived` or has not yet: after the next loss
    /// of a connection the client may retry at once.
    pub(crate) fn answered(&mut self, lived: bool) {
        if lived || self.forgiving {
            self.queue.clear();
            self.tried.clear();
            self.left_in_round = self.servers.len();
            self.rounds_failed = 0;
            self.attempts = 0;
        }
        self.forgiving = lived;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    const T: Duration = Duration::from_secs(60);

    fn host(name: &str) -> Host {
        Host {
            name: name.into(),
            port: 2181,
        }
    }

    #[test]
    fn every_server_is_tried_before_a_pause_and_pauses_grow_to_a_cap() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("127.0.0.1"), host("127.0.0.2")], &mut rng);
        let now = Time::from_nanos(0);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let (a, b) = (
                servers.step(now, T, &mut rng),
                servers.step(now, T, &mut rng),
            );
            assert!(matches!((&a, &b), (Step::Connect(_, x), Step::Connect(_, y)) if x != y));
            let Step::Pause(until) = servers.step(now, T, &mut rng) else {
                unreachable!("a round has two servers");
            };
            pauses.push(until.since(now));
        }
        let expected = [100, 200, 400, 800, 1600, 2000, 2000, 2000].map(Duration::from_millis);
        for (pause, full) in pauses.iter().zip(expected) {
            assert!(
                *pause >= full / 2 && *pause <= full,
                "{pause:?} of {full:?}"
            );
        }
        servers.answered(true);
        assert!(matches!(servers.step(now, T, &mut rng), Step::Connect(..)));
    }

    const HALF: Duration = Duration::from_millis(50);

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// The step of the next attempt, and the look-up that begins with it.
    fn step(servers: &mut Servers, at: Duration, rng: &mut Rng) -> (Step, Option<u64>) {
        let step = servers.step(Time::from_nanos(0) + at, T, rng);
        (step, servers.next_look_up().map(|(id, _)| id))
    }

    #[test]
    fn names_are_looked_up_each_time() {
        let mut rng = Rng::new(1);
        let zk = || host("zk.example");
        let mut servers = Servers::new(vec![zk()], &mut rng);
        let (old, new) = (address("127.0.0.9:2181"), address("127.0.0.8:2181"));
        let now = Duration::ZERO;
        assert_eq!(
            step(&mut servers, now, &mut rng),
            (Step::Await(zk()), Some(1))
        );
        let found = servers.resolved(1, Ok(vec![old]), false, &mut rng);
        assert_eq!(found, Some(Found::Addresses));
        assert_eq!(
            step(&mut servers, now, &mut rng),
            (Step::Connect(zk(), old), None)
        );
        assert!(matches!(
            step(&mut servers, now, &mut rng),
            (Step::Pause(_), None)
        ));
        assert_eq!(
            step(&mut servers, HALF, &mut rng),
            (Step::Connect(zk(), old), Some(2))
        );
        // One look-up at a time.
        assert!(matches!(
            step(&mut servers, HALF, &mut rng),
            (Step::Pause(_), None)
        ));
        assert_eq!(
            step(&mut servers, HALF, &mut rng),
            (Step::Connect(zk(), old), None)
        );
        let failed = Err("the resolver is on fire".to_owned());
        let Some(Found::Nothing { why, .. }) = servers.resolved(2, failed, false, &mut rng) else {
            unreachable!("it failed");
        };
        assert!(why.contains("fire") && why.contains("stay in use"), "{why}");
        assert!(matches!(
            step(&mut servers, HALF, &mut rng),
            (Step::Pause(_), None)
        ));
        assert_eq!(
            step(&mut servers, HALF, &mut rng),
            (Step::Connect(zk(), old), Some(3))
        );
        assert!(matches!(
            step(&mut servers, HALF, &mut rng),
            (Step::Pause(_), None)
        ));
        // It has moved: no pause before the new address, and the old one is forgotten.
        servers.resolved(3, Ok(vec![new]), false, &mut rng);
        assert!(servers.has_untried() && !servers.know(old));
        assert_eq!(
            step(&mut servers, HALF, &mut rng),
            (Step::Connect(zk(), new), None)
        );
    }

    #[test]
    fn an_answer_that_says_nothing_new_does_not_shorten_the_pause() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("zk.example")], &mut rng);
        let known = address("127.0.0.9:2181");
        step(&mut servers, Duration::ZERO, &mut rng);
        servers.resolved(1, Ok(vec![known]), false, &mut rng);
        step(&mut servers, Duration::ZERO, &mut rng);
        assert!(matches!(
            step(&mut servers, Duration::ZERO, &mut rng),
            (Step::Pause(_), None)
        ));
        assert!(matches!(
            step(&mut servers, HALF, &mut rng),
            (Step::Connect(..), Some(2))
        ));
        assert!(matches!(
            step(&mut servers, HALF, &mut rng),
            (Step::Pause(_), None)
        ));
        servers.resolved(2, Ok(vec![known]), false, &mut rng);
        assert!(!servers.has_untried());
    }

    #[test]
    fn a_look_up_counts_as_lost_at_last_and_both_answers_are_used() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("zk.example")], &mut rng);
        let mut asked = Vec::new();
        for second in 0..130 {
            let (step, look_up) = step(&mut servers, Duration::from_secs(second), &mut rng);
            asked.extend(look_up.map(|_| second));
            let waits = matches!(step, Step::Await(_) | Step::Overdue(_) | Step::Pause(_));
            assert!(waits, "{step:?}");
        }
        assert!(
            asked.len() == 3 && asked[1] >= 60 && asked[2] >= 120,
            "{asked:?}"
        );
        let found = servers.resolved(1, Ok(vec![address("127.0.0.9:1")]), false, &mut rng);
        assert_eq!(found, Some(Found::Addresses));
        // With the port of the host, whatever the answer says.
        assert!(servers.know(address("127.0.0.9:2181")));
        let found = servers.resolved(2, Ok(vec![address("127.0.0.8:1")]), false, &mut rng);
        assert_eq!(found, Some(Found::Addresses));
        assert!(!servers.know(address("127.0.0.9:2181")));
    }

    #[test]
    fn a_name_counts_for_each_of_its_addresses_and_the_one_that_was_lost_is_the_last_to_try() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("zk.example")], &mut rng);
        assert_eq!(servers.len(), 1);
        step(&mut servers, Duration::ZERO, &mut rng);
        let all = [1, 2, 3].map(|n| address(&format!("127.0.0.{n}:2181")));
        servers.resolved(1, Ok(all.to_vec()), false, &mut rng);
        assert_eq!(servers.len(), 3);
        for bad in all.into_iter().cycle().take(12) {
            servers.answered(true);
            servers.lost(bad);
            let mut tried = Vec::new();
            while let (Step::Connect(_, address), _) = step(&mut servers, Duration::ZERO, &mut rng)
            {
                tried.push(address);
            }
            assert!(tried.len() == 3 && tried[2] == bad, "{tried:?}");
        }
    }

    #[test]
    fn a_connection_that_did_not_live_is_forgiven_once() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("127.0.0.1")], &mut rng);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            while let Step::Pause(until) = servers.step(Time::from_nanos(0), T, &mut rng) {
                pauses.push(until.since(Time::from_nanos(0)));
            }
            servers.answered(false);
            servers.answered(false);
        }
        assert_eq!(pauses.len(), 6, "{pauses:?}");
        assert!(pauses[5] > Duration::from_secs(1), "{pauses:?}");
        servers.answered(true);
        assert!(matches!(
            servers.step(Time::from_nanos(0), T, &mut rng),
            Step::Connect(..)
        ));
    }
}
