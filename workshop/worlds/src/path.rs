//! The quality of a link, and the time that a segment takes on it.

use crate::time::{MS, Nanos, SECOND};
use fastrand::Rng;

/// After a cut the kernel sends again, but not at once: its wait grows with the length of the cut.
const RESEND_MAX: Nanos = 3 * SECOND;

/// The quality of the links between a host and the servers.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    /// The shortest delay of one way.
    pub base: Nanos,
    /// The most by which a delay is longer.
    pub jitter: Nanos,
    /// How many of 1000 segments are late.
    pub heavy_per_mille: u32,
    /// The most by which these are late.
    pub heavy: Nanos,
    /// How many of 1000 segments are lost and sent again.
    pub loss_per_mille: u32,
    /// How many bytes pass in a second; 0 if there is no limit.
    pub rate: u64,
    /// The additional delay of every segment for a process; the handshake of TCP has none.
    pub late: Nanos,
}

impl Quality {
    /// The best links.
    pub const GOOD: Self = Self {
        base: 100_000,
        jitter: 400_000,
        heavy_per_mille: 0,
        heavy: 0,
        loss_per_mille: 0,
        rate: 0,
        late: 0,
    };

    /// Always the same delay.
    #[must_use]
    pub const fn exact(delay: Nanos) -> Self {
        Self {
            base: delay,
            jitter: 0,
            ..Self::GOOD
        }
    }
}

/// One direction between a host and a server.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) quality: Quality,
    pub(crate) cut_since: Option<Nanos>,
}

impl Path {
    pub(crate) fn new(quality: Quality) -> Self {
        Self {
            quality,
            cut_since: None,
        }
    }

    /// The time that a segment takes.
    pub(crate) fn draw(&self, dice: &mut Rng) -> Nanos {
        let q = &self.quality;
        let mut delay = q.base + dice.u64(0..=q.jitter);
        if q.heavy_per_mille > 0 && dice.u32(0..1000) < q.heavy_per_mille {
            delay += dice.u64(0..=q.heavy);
        }
        let mut wait = 200 * MS;
        while q.loss_per_mille > 0 && wait < 4 * SECOND && dice.u32(0..1000) < q.loss_per_mille {
            delay += wait;
            wait *= 2;
        }
        delay
    }

    /// When the kernel sends the kept segments again, after the path was cut for `waited`.
    pub(crate) fn resends(&self, waited: Nanos, prompt: bool, dice: &mut Rng) -> Nanos {
        let late = if prompt {
            0
        } else {
            dice.u64(0..=waited.min(RESEND_MAX))
        };
        late + self.draw(dice)
    }
}
