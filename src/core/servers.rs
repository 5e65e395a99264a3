//! The list of servers: which one to try next, and when.

use super::rng::Rng;
use super::time::Time;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// The pause after the first round of failures; it doubles with each further round.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest pause; a session that is at stake for less than twelve seconds gets less.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// A server as the user named it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// A host name or a numeric address (an IPv6 address without its brackets).
    pub name: String,
    /// The client port.
    pub port: u16,
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

/// What to do next to reach a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Resolve(Host),
    Connect(Host, SocketAddr),
    Pause(Time),
}

/// Goes round the servers: all addresses of one, then the next, names looked up anew each time;
/// a pause with jitter after each round in which nothing answered.
#[derive(Debug)]
pub(crate) struct Servers {
    hosts: Vec<Host>,
    next: usize,
    /// Of the host that was looked up last.
    addresses: VecDeque<SocketAddr>,
    looked_up: Option<Host>,
    left_in_round: usize,
    rounds_failed: u32,
    attempts: u32,
}

impl Servers {
    /// The servers in an order that `rng` picks, so that many clients spread over them.
    pub(crate) fn new(mut hosts: Vec<Host>, rng: &mut Rng) -> Self {
        rng.shuffle(&mut hosts);
        Self {
            left_in_round: hosts.len(),
            hosts,
            next: 0,
            addresses: VecDeque::new(),
            looked_up: None,
            rounds_failed: 0,
            attempts: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.hosts.len()
    }

    /// How many attempts have failed since a server last answered.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How many rounds have failed since a server last answered.
    pub(crate) fn rounds_failed(&self) -> u32 {
        self.rounds_failed
    }

    /// What to do now, for a session with this timeout.
    pub(crate) fn step(&mut self, now: Time, timeout: Duration, rng: &mut Rng) -> Step {
        if let Some(host) = &self.looked_up
            && let Some(address) = self.addresses.pop_front()
        {
            return Step::Connect(host.clone(), address);
        }
        if self.left_in_round == 0 {
            self.left_in_round = self.hosts.len();
            let pause = PAUSE_MIN
                .saturating_mul(1 << self.rounds_failed.min(10))
                .min((timeout / 6).clamp(PAUSE_MIN, PAUSE_MAX));
            self.rounds_failed += 1;
            // Between half the pause and the whole: clients that lost the same server at the
            // same instant do not come back at the same instant.
            let half = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX) / 2;
            return Step::Pause(now + Duration::from_nanos(half + rng.below(half + 1)));
        }
        self.left_in_round -= 1;
        let host = self.hosts[self.next % self.hosts.len()].clone();
        self.next = (self.next + 1) % self.hosts.len();
        match host.name.parse::<IpAddr>() {
            Ok(ip) => {
                let address = SocketAddr::new(ip, host.port);
                Step::Connect(host, address)
            }
            Err(_) => {
                self.looked_up = Some(host.clone());
                Step::Resolve(host)
            }
        }
    }

    /// A name was looked up.
    pub(crate) fn resolved(&mut self, mut addresses: Vec<SocketAddr>, rng: &mut Rng) {
        rng.shuffle(&mut addresses);
        addresses.truncate(16);
        self.addresses = addresses.into();
    }

    /// An attempt failed.
    pub(crate) fn failed(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
    }

    /// A server answered a request: the next loss of a connection may retry at once.
    pub(crate) fn answered(&mut self) {
        self.addresses.clear();
        self.left_in_round = self.hosts.len();
        self.rounds_failed = 0;
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        servers.answered();
        assert!(matches!(servers.step(now, T, &mut rng), Step::Connect(..)));
    }

    #[test]
    fn names_are_looked_up_each_time() {
        let mut rng = Rng::new(1);
        let mut servers = Servers::new(vec![host("zk.example")], &mut rng);
        let now = Time::from_nanos(0);
        assert_eq!(
            servers.step(now, T, &mut rng),
            Step::Resolve(host("zk.example"))
        );
        let address: SocketAddr = "127.0.0.9:2181".parse().unwrap();
        servers.resolved(vec![address], &mut rng);
        assert_eq!(
            servers.step(now, T, &mut rng),
            Step::Connect(host("zk.example"), address)
        );
        assert!(matches!(servers.step(now, T, &mut rng), Step::Pause(_)));
        assert_eq!(
            servers.step(now, T, &mut rng),
            Step::Resolve(host("zk.example"))
        );
    }
}
