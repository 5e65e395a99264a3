//! What else may go wrong in a world, beside links, machines and administrators. Each hazard is
//! drawn by dice of its own, so that one can be had alone (`--hazard`).

use clap::ValueEnum;
use fastrand::Rng;
use tenure_worlds::{MS, Nanos, SECOND};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hazard {
    /// None of these.
    None,
    /// Servers have names, which a resolver looks up late, never, or in vain, and which move.
    Names,
    /// Servers grant different session timeouts, and answer.
    Meagre,
    /// Clients authenticate, all of them or some.
    Credentials,
    /// Hundreds of members, long listings, narrow links.
    Bulk,
    /// Sessions end in two steps: from the first to the second they are doomed.
    Doom,
    /// Touches are lost that race with the answer to a ping.
    Touches,
    /// Administrators forbid to read members.
    Acls,
    /// Servers refuse what they do not carry out.
    Refusals,
    /// Servers are slow.
    Slow,
}

impl Hazard {
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The hazards of one world.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hazards {
    pub(crate) names: bool,
    pub(crate) meagre: bool,
    pub(crate) credentials: Option<Authenticated>,
    pub(crate) bulk: bool,
    /// How long it takes at most until the last session of a tick is closed.
    pub(crate) closing: Nanos,
    /// How many of 1000 touches are lost that can be lost.
    pub(crate) touches: u32,
    pub(crate) acls: bool,
    /// How many of 1000 requests servers refuse.
    pub(crate) refusals: Option<u32>,
    /// How late servers take up each request, in thousandths of the shortest session timeout.
    pub(crate) slow: Option<u64>,
}

/// What `GUARANTEES.md` grants to a ZooKeeper leader that closes the sessions of a tick.
const CLOSING_MAX: Nanos = 100 * MS;
/// What `--break doom` takes.
const CLOSING_BROKEN: Nanos = 500 * MS;

/// Who authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authenticated {
    All,
    /// Every other client; the groups are there before, and open to all.
    Some,
}

impl Hazards {
    pub(crate) fn draw(seed: u64, only: Option<Hazard>, doomed: bool) -> Self {
        let mut dice = Rng::with_seed(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0xba0b_ab00);
        let mut met = |hazard: Hazard, one_in: u32| match only {
            None => dice.u32(0..one_in) == 0,
            Some(only) => only == hazard,
        };
        let (names, meagre) = (met(Hazard::Names, 4), met(Hazard::Meagre, 8));
        let (credentials, bulk) = (met(Hazard::Credentials, 6), met(Hazard::Bulk, 10));
        let (doom, touches) = (met(Hazard::Doom, 1), met(Hazard::Touches, 2));
        let (acls, refusals) = (met(Hazard::Acls, 5), met(Hazard::Refusals, 6));
        let slow = met(Hazard::Slow, 8);
        let most = if doomed { CLOSING_BROKEN } else { CLOSING_MAX };
        let mix = [Authenticated::All, Authenticated::Some];
        Self {
            names,
            meagre,
            credentials: credentials.then(|| mix[dice.usize(0..2)]),
            bulk,
            closing: match dice.u8(0..4) {
                _ if !doom && !doomed => 0,
                0 => most,
                _ => dice.u64(0..=most),
            },
            touches: if touches { dice.u32(1..=300) } else { 0 },
            acls,
            refusals: refusals.then(|| if dice.bool() { 0 } else { dice.u32(1..20) }),
            slow: slow.then(|| dice.u64(1..=100)),
        }
    }
}

/// What a machine's resolver is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver {
    /// An answer takes so long at least and at most.
    pub(crate) least: Nanos,
    pub(crate) most: Nanos,
    pub(crate) mood: Mood,
}

/// How a resolver is disposed at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    /// Nothing is answered until it works again.
    Hangs,
    Fails,
    /// Names are known, but have no address.
    Empty,
}

/// What a client calls the servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming {
    /// All servers bear one name, instead of one each.
    pub(crate) one: bool,
    /// With each name come so many addresses at which nothing is.
    pub(crate) dead: u8,
    /// What is at such an address refuses connections; else it says nothing.
    pub(crate) refuses: bool,
    pub(crate) resolver: Resolver,
}

impl Naming {
    pub(crate) fn draw(dice: &mut Rng) -> Self {
        // A first name server that is dead costs five seconds before the second is asked.
        let (least, most) = match dice.u8(0..10) {
            0..4 => (0, 5 * MS),
            4..7 => {
                let base = dice.u64(50 * MS..2500 * MS);
                (base, base + 50 * MS)
            }
            7 => (5 * SECOND, 5 * SECOND + 20 * MS),
            _ => (MS, dice.u64(100 * MS..6 * SECOND)),
        };
        Self {
            one: dice.u8(0..3) == 0,
            dead: match dice.u8(0..4) {
                0 => dice.u8(1..3),
                _ => 0,
            },
            refuses: dice.bool(),
            resolver: Resolver {
                least,
                most,
                mood: Mood::Works,
            },
        }
    }
}
