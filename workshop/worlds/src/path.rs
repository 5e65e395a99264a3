//! What a link is like, and how long it takes what is sent.

use crate::time::{MS, Nanos, SECOND};
use fastrand::Rng;

/// After a cut the kernel sends again, but not at once: it has been waiting longer and longer.
const RESEND_MAX: Nanos = 3 * SECOND;

/// What the links of a host to the servers are like.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    /// The shortest delay of one way.
    pub base: Nanos,
    /// By how much a delay is longer, at most.
    pub jitter: Nanos,
    /// How many of 1000 segments are late, and by how much at most.
    pub heavy_per_mille: u32,
    /// By how much these are late at most.
    pub heavy: Nanos,
    /// How many of 1000 segments are lost and sent again.
    pub loss_per_mille: u32,
    /// How many bytes pass in a second; 0 if it does not matter.
    pub rate: u64,
}

impl Quality {
    /// As good as links are.
    pub const GOOD: Self = Self {
        base: 100_000,
        jitter: 400_000,
        heavy_per_mille: 0,
        heavy: 0,
        loss_per_mille: 0,
        rate: 0,
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

    /// How long a segment takes.
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

    /// When the kernel tries again what was kept, after the path was cut for `waited`.
    pub(crate) fn resends(&self, waited: Nanos, prompt: bool, dice: &mut Rng) -> Nanos {
        let late = if prompt {
            0
        } else {
            dice.u64(0..=waited.min(RESEND_MAX))
        };
        late + self.draw(dice)
    }
}
