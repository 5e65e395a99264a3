//! The plan that one seed gives: the ensemble, the clients, and their possible faults.

use crate::hazards::{Authenticated, Guarded, Hazard, Hazards, Naming};
use crate::options::Break;
use fastrand::Rng;
use std::time::Duration;
use tenure::core::{GUARD_MAX, LeasePolicy};
use tenure::model::{EnsembleOptions, LinkOptions, ModelOptions, Personality, Upstream};
use tenure::proto::op;
use tenure_worlds::{Clock, MS, Nanos, Quality, RATE_PPB_MAX, SECOND, nanos};

/// The plan of one world.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) voters: usize,
    pub(crate) observer: Option<Upstream>,
    pub(crate) tick: Nanos,
    pub(crate) sync_limit: u32,
    pub(crate) links: LinkOptions,
    /// The kind of the servers.
    pub(crate) personality: Personality,
    /// The operations that servers do not support: older releases lack them.
    pub(crate) unknown: Vec<i32>,
    pub(crate) groups: Vec<String>,
    pub(crate) nodes: Vec<NodePlan>,
    /// The time during which faults happen.
    pub(crate) safety: Nanos,
    /// Administrators delete znodes and end sessions.
    pub(crate) tampers: bool,
    /// The counters of the groups are about to wrap.
    pub(crate) wraps: bool,
    /// How late ZooKeeper's leader may be with its pings.
    pub(crate) lateness: Nanos,
    /// The servers with odd numbers grant at most this timeout.
    pub(crate) meagre: Option<Nanos>,
    /// Nothing except plots on good links, with any number of ticks in a session timeout and clocks
    /// that err as much as they may: the lease has only its margins.
    pub(crate) tight: bool,
    pub(crate) hazards: Hazards,
    /// In how many of 100 turns a plot comes, instead of an act of the dice.
    pub(crate) plots: u8,
}

/// The machine of one client.
#[derive(Debug, Clone)]
pub(crate) struct NodePlan {
    pub(crate) clock: Clock,
    pub(crate) timeout: Duration,
    pub(crate) tick: Option<Duration>,
    pub(crate) servers: Vec<usize>,
    pub(crate) policy: LeasePolicy,
    /// The length of its guarded lease, and the time in which it replaces a silent leader.
    pub(crate) lease: Option<Duration>,
    pub(crate) fail_over: Option<Duration>,
    pub(crate) reenrols: bool,
    /// A standby that is next in line keeps a lease ready.
    pub(crate) warm: bool,
    /// Groups that it contends for.
    pub(crate) contends: Vec<usize>,
    /// Groups whose leader it follows.
    pub(crate) detects: Vec<usize>,
    /// Groups whose members it watches.
    pub(crate) watches: Vec<usize>,
    /// Groups that it joins without contending.
    pub(crate) joins: Vec<usize>,
    pub(crate) quality: Quality,
    /// Set if the servers have names.
    pub(crate) naming: Option<Naming>,
    pub(crate) authenticates: bool,
}

/// The quality of a machine's links, drawn by the dice.
pub(crate) fn quality(dice: &mut Rng) -> Quality {
    match dice.u8(0..10) {
        0..6 => Quality {
            base: dice.u64(50_000..MS),
            jitter: dice.u64(1..2 * MS),
            ..Quality::GOOD
        },
        6..8 => Quality {
            base: dice.u64(MS..40 * MS),
            jitter: dice.u64(MS..20 * MS),
            ..Quality::GOOD
        },
        8 => Quality {
            heavy_per_mille: dice.u32(5..60),
            heavy: dice.u64(50 * MS..800 * MS),
            ..Quality::GOOD
        },
        _ => Quality {
            loss_per_mille: dice.u32(1..40),
            ..Quality::GOOD
        },
    }
}

impl Plan {
    pub(crate) fn new(seed: u64, broken: Option<Break>, only: Option<Hazard>) -> Self {
        let mut hazards = Hazards::draw(seed, only, broken == Some(Break::Doom));
        if broken == Some(Break::Timeout) {
            // With this break, a grant need not reach the client.
            hazards.meagre = false;
        }
        // Seeds that follow each other must not give worlds that resemble each other.
        let mut dice = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x7e4e_u64);
        let dice = &mut dice;
        let tight = dice.u8(0..5) < 2;
        let voters = match pick(dice, &[3, 3, 3, 3, 3, 3, 3, 3, 5, 1]) {
            1 if tight => 3,
            voters => voters,
        };
        let observer = match dice.u8(0..12) {
            0 if voters > 1 => Some(Upstream::Leader),
            1 if voters > 1 => Some(Upstream::Follower(dice.usize(0..voters))),
            _ => None,
        };
        let tick = pick(dice, &[250, 400, 500, 500, 750, 1000]) * MS;
        let relays = if matches!(observer, Some(Upstream::Follower(_))) {
            2
        } else {
            1
        };
        let links = if tight {
            LinkOptions::default()
        } else {
            links(dice)
        };
        // A lease needs three commits in a row that fit into its remaining time.
        let commits = links.delay_max * 50;
        let shortest = (2 * SECOND).max(2 * tick * relays).max(nanos(commits));
        let longest = match tight {
            true => shortest.max(tick * dice.u64(2..=20)).min(10 * SECOND),
            false => 10 * SECOND,
        };
        let wish = dice.u64(shortest..=longest) / MS * MS;
        let told = dice.bool() || relays > 1 || tight;
        let ticks = told.then(|| {
            let tick = tick * relays;
            Duration::from_nanos(match broken {
                Some(Break::Tick) => tick / 8,
                Some(Break::Clock | Break::Timeout | Break::Doom) | None => tick,
            })
        });
        let mut groups = (0..pick(dice, &[1, 1, 1, 2, 2, 3]))
            .map(|n| format!("/app/group{n}"))
            .collect::<Vec<_>>();
        let servers = voters + usize::from(observer.is_some());
        let count = dice.usize(3..=7);
        let mut nodes: Vec<NodePlan> = (0..count)
            .map(|_| NodePlan::draw(dice, servers, groups.len(), wish, ticks, broken))
            .collect();
        // At least one client contends, and at least one detects.
        for (n, node) in nodes.iter_mut().enumerate() {
            if n < 2 && !node.contends.contains(&0) {
                node.contends.push(0);
            }
            if n == 2 && node.detects.is_empty() {
                node.detects.push(0);
            }
        }
        if tight {
            nodes.iter_mut().for_each(|n| n.tighten(dice, servers));
        }
        if let Some(Upstream::Follower(_)) = observer {
            // It is useless to a client while that server leads: a client needs another one, too.
            for node in &mut nodes {
                if node.servers == [voters] {
                    node.servers.push(0);
                }
            }
        }
        if hazards.bulk {
            // One client detects and contends nowhere; some others detect, too.
            let bulk = groups.len();
            groups.push("/app/bulk".to_owned());
            if let Some(clerk) = nodes.last_mut() {
                clerk.contends.clear();
                clerk.joins.clear();
                clerk.watches = vec![bulk];
            }
        }
        let mut more = Rng::with_seed(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x11a2);
        for (n, node) in nodes.iter_mut().enumerate() {
            node.naming = (hazards.names && more.u8(0..4) > 0).then(|| Naming::draw(&mut more));
            node.authenticates = match hazards.credentials {
                None => false,
                Some(Authenticated::All) => true,
                Some(Authenticated::Some) => n % 2 == 1,
            };
        }
        let mut plan = Self {
            voters,
            observer,
            tick,
            sync_limit: match tight {
                true => pick(dice, &[2, 2, 3, 4, 6, 8]),
                false => dice.u32(2..=12),
            },
            links,
            personality: Personality::ZooKeeper,
            unknown: match dice.u8(0..12) {
                0 => vec![op::GET_EPHEMERALS],
                1 => vec![op::GET_EPHEMERALS, op::CREATE2],
                _ => Vec::new(),
            },
            groups,
            nodes,
            safety: 60 * SECOND,
            tampers: dice.u8(0..8) == 0 && hazards.credentials != Some(Authenticated::Some),
            wraps: dice.u8(0..12) == 0,
            lateness: pick(dice, &[0, 0, 0, 100]) * MS,
            // With room for a lease all the same.
            meagre: (broken == Some(Break::Timeout) || hazards.meagre)
                .then_some((wish / 2).max(3 * tick).max(1500 * MS).max(nanos(commits))),
            tight,
            hazards,
            plots: if tight {
                100
            } else {
                pick(dice, &[0, 50, 80, 100])
            },
        };
        // If a create's answer was lost and its znode may not be read, the client cannot
        // distinguish that znode from others' there: it makes another one, and the first one stays.
        plan.hazards.acls &= plan.unknown.is_empty();
        if plan.hazards.guarded.is_some() && broken.is_none() {
            plan.guard(seed);
        }
        plan
    }

    /// Gives contenders guarded leases.
    fn guard(&mut self, seed: u64) {
        let dice = &mut Rng::with_seed(seed.wrapping_mul(0x6c62_272e_07bb_0142) ^ 0x9a4d);
        // Late answers leave no room for short leases.
        self.hazards.slow = None;
        self.tight = false;
        self.plots = pick(dice, &[30, 60, 90]);
        // The creator of a group excludes others from it: no path may be deleted if only some authenticate.
        let all_alike = self.hazards.credentials != Some(Authenticated::Some);
        self.tampers = self.all_guarded() && all_alike || self.tampers;
        if self.tick >= 750 * MS && self.meagre.is_none() && dice.u8(0..3) == 0 {
            // Longer than any wait: what was sent before it may arrive after it.
            for node in &mut self.nodes {
                node.timeout = Duration::from_nanos(20 * self.tick);
            }
        }
        if self.all_guarded() && self.observer.is_none() {
            self.personality = pick(
                dice,
                &[
                    Personality::ZooKeeper,
                    Personality::ZooKeeper,
                    Personality::Keeper,
                    Personality::Keeper,
                    Personality::OldKeeper,
                    Personality::RaftKeeper,
                ],
            );
        }
        if !self.is_zookeeper() {
            self.unknown = Vec::new();
            self.meagre = None;
            self.hazards.meagre = false;
            // A znode that may not be read is found by `getEphemerals`, which these servers lack.
            self.hazards.acls = false;
        }
        let commit = nanos(self.links.delay_max) / MS;
        let most = self.shortest() / MS;
        // A lost packet is sent again after a while, and each write waits for it.
        let quick = self.links.loss_per_mille == 0 && self.all_guarded();
        for node in &mut self.nodes {
            if !self
                .hazards
                .guarded
                .is_some_and(|guarded| guarded == Guarded::All || dice.bool())
            {
                continue;
            }
            node.policy = LeasePolicy::Guarded;
            let least = (20 * commit).max(100);
            let soonest = (40 * commit).max(250);
            match dice.u8(0..4) {
                0 if quick && soonest < most / 2 => {
                    let within = dice.u64(soonest..=most / 2);
                    node.fail_over = Some(Duration::from_millis(within));
                }
                1 | 2 if least < most => {
                    let length = dice.u64(least..=most);
                    node.lease = Some(Duration::from_millis(length).min(GUARD_MAX));
                }
                _ => {}
            }
        }
    }

    /// Whether all leases are guarded, so that nothing excuses two leaders.
    pub(crate) fn all_guarded(&self) -> bool {
        self.hazards.guarded == Some(Guarded::All)
    }

    pub(crate) fn is_zookeeper(&self) -> bool {
        self.personality == Personality::ZooKeeper
    }

    /// Whether members may vanish while their leases run.
    pub(crate) fn members_vanish(&self) -> bool {
        !self.is_zookeeper() || self.nodes.iter().any(|node| node.fail_over.is_some())
    }

    pub(crate) fn servers(&self) -> usize {
        self.voters + usize::from(self.observer.is_some())
    }

    pub(crate) fn ensemble(&self, seed: u64) -> EnsembleOptions {
        EnsembleOptions {
            server: ModelOptions {
                tick: Duration::from_nanos(self.tick),
                personality: self.personality,
                // All kinds of servers get those of ZooKeeper.
                min_session_timeout: Some(Duration::from_nanos(2 * self.tick)),
                max_session_timeout: Some(Duration::from_nanos(20 * self.tick)),
                unknown: self.unknown.clone(),
                seed,
                ..ModelOptions::default()
            },
            voters: self.voters,
            observers: self.observer.into_iter().collect(),
            init_limit: 10,
            sync_limit: self.sync_limit,
            link: self.links.clone(),
            ..EnsembleOptions::default()
        }
    }

    /// The shortest session timeout that any client gets.
    pub(crate) fn shortest(&self) -> Nanos {
        self.meagre.unwrap_or(Nanos::MAX).min(self.timeout())
    }

    /// The longest session timeout that any client gets.
    pub(crate) fn timeout(&self) -> Nanos {
        let longest = self.nodes.iter().map(|node| node.timeout).max();
        let wish = longest.map_or(0, |t| u64::try_from(t.as_nanos()).unwrap_or(u64::MAX));
        wish.clamp(2 * self.tick, 20 * self.tick)
    }
}

impl NodePlan {
    /// All that is left of the lease is its margins.
    fn tighten(&mut self, dice: &mut Rng, servers: usize) {
        let rate = &mut self.clock.rate_ppb;
        // A slow clock makes a lease last longer.
        *rate = -rate.abs();
        if dice.u8(0..5) > 0 {
            self.servers = (0..servers).collect();
        }
        self.policy = LeasePolicy::Verified;
        self.quality = Quality::GOOD;
    }

    fn draw(
        dice: &mut Rng,
        servers: usize,
        groups: usize,
        wish: Nanos,
        tick: Option<Duration>,
        broken: Option<Break>,
    ) -> Self {
        let bound = match broken {
            Some(Break::Clock) => 150 * RATE_PPB_MAX,
            Some(Break::Tick | Break::Timeout | Break::Doom) | None => RATE_PPB_MAX,
        };
        let rate_ppb = match dice.u8(0..4) {
            0 => bound,
            1 => -bound,
            _ => dice.i64(-bound..=bound),
        };
        let mut listed: Vec<usize> = (0..servers).collect();
        dice.shuffle(&mut listed);
        listed.truncate(match dice.u8(0..10) {
            0..2 => 1,
            2 => 2,
            _ => servers,
        });
        let some = |dice: &mut Rng, of_10: u8| -> Vec<usize> {
            (0..groups).filter(|_| dice.u8(0..10) < of_10).collect()
        };
        Self {
            clock: Clock {
                offset: dice.u64(0..1_000_000 * SECOND),
                rate_ppb,
            },
            timeout: Duration::from_nanos(wish),
            tick,
            servers: listed,
            policy: match dice.u8(0..5) {
                0 => LeasePolicy::Strict,
                _ => LeasePolicy::Verified,
            },
            lease: None,
            fail_over: None,
            reenrols: dice.u8(0..10) != 0,
            warm: dice.u8(0..3) == 0,
            contends: some(dice, 7),
            detects: some(dice, 4),
            watches: some(dice, 2),
            joins: some(dice, 1),
            quality: quality(dice),
            naming: None,
            authenticates: false,
        }
    }
}

fn links(dice: &mut Rng) -> LinkOptions {
    let (low, high) = match dice.u8(0..10) {
        0..6 => (100_000, MS),
        6..8 => (MS, 10 * MS),
        _ => (100_000, 80 * MS),
    };
    LinkOptions {
        delay_min: Duration::from_nanos(low),
        delay_max: Duration::from_nanos(high),
        loss_per_mille: if dice.u8(0..8) == 0 { 5 } else { 0 },
        ..LinkOptions::default()
    }
}

fn pick<T: Copy>(dice: &mut Rng, from: &[T]) -> T {
    from[dice.usize(0..from.len())]
}
