//! The kinds of trouble beside links, machines and administrators. Dice of their own draw the
//! hazards, so that a world can have one hazard alone (`--hazard`).

use clap::ValueEnum;
use fastrand::Rng;
use tenure_worlds::{MS, Nanos, SECOND};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hazard {
    /// No hazard.
    None,
    /// Servers have names and move; a resolver answers late, never or with a failure.
    Names,
    /// Servers grant different session timeouts, and report them.
    Meagre,
    /// Clients authenticate, all of them or some.
    Credentials,
    /// Hundreds of members, long listings, narrow links.
    Bulk,
    /// Sessions end in two steps: from the first to the second they are doomed.
    Doom,
    /// Followers lose touches that race with their answer to a ping.
    Touches,
    /// Administrators forbid reading members.
    Acls,
    /// Servers refuse requests and do not carry them out.
    Refusals,
    /// Servers are slow.
    Slow,
    /// Leases are guarded, and administrators delete anything at any time.
    Guarded,
    /// Administrators change the payloads of members.
    Payloads,
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
    /// The longest time until ZooKeeper's leader has closed the last session of a tick.
    pub(crate) closing: Nanos,
    /// How many of 1000 touches that can be lost are lost.
    pub(crate) touches: u32,
    pub(crate) acls: bool,
    /// How many of 1000 requests servers refuse.
    pub(crate) refusals: Option<u32>,
    /// The delay of each request at a server, in thousandths of the shortest session timeout.
    pub(crate) slow: Option<u64>,
    pub(crate) guarded: Option<Guarded>,
    pub(crate) payloads: bool,
}

/// The contenders whose leases are guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarded {
    /// All: nothing that happens to a znode or a session excuses two leaders.
    All,
    /// Some; the others have other policies.
    Some,
}

/// The time that `GUARANTEES.md` allows a ZooKeeper leader for closing the sessions of a tick.
const CLOSING_MAX: Nanos = 100 * MS;
/// The time with `--break doom`.
const CLOSING_BROKEN: Nanos = 500 * MS;

/// The clients that authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authenticated {
    All,
    /// Every other client; the groups exist before, and are open to all clients.
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
            guarded: Guarded::draw(seed, only),
            payloads: payloads(seed, only),
        }
    }
}

/// Dice of its own: see [`Guarded::draw`].
fn payloads(seed: u64, only: Option<Hazard>) -> bool {
    let mut dice = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x9a71_0ad5);
    match only {
        None => dice.u8(0..8) == 0,
        Some(only) => only == Hazard::Payloads,
    }
}

impl Guarded {
    /// Dice of its own: the worlds without it are the same as if there were none with it.
    fn draw(seed: u64, only: Option<Hazard>) -> Option<Self> {
        let mut dice = Rng::with_seed(seed.wrapping_mul(0xa076_1d64_78bd_642f) ^ 0x6a4d_ed11);
        let is_met = match only {
            None => dice.u8(0..4) == 0,
            Some(only) => only == Hazard::Guarded,
        };
        is_met.then(|| match dice.u8(0..4) {
            0 => Self::Some,
            _ => Self::All,
        })
    }
}

/// The behaviour of a machine's resolver.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver {
    /// The bounds of the time that an answer takes.
    pub(crate) least: Nanos,
    pub(crate) most: Nanos,
    pub(crate) mood: Mood,
}

/// The present state of a resolver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    /// The resolver answers nothing until it works again.
    Hangs,
    Fails,
    /// Names exist, but have no address.
    Empty,
}

/// The names that a client has for the servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming {
    /// All servers have one name, instead of one each.
    pub(crate) one: bool,
    /// How many addresses without a server each name has in addition.
    pub(crate) dead: u8,
    /// Such an address refuses connections; else it does not answer.
    pub(crate) refuses: bool,
    pub(crate) resolver: Resolver,
}

impl Naming {
    pub(crate) fn draw(dice: &mut Rng) -> Self {
        // With a dead first name server, a resolver asks the second after five seconds.
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
