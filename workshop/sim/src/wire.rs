//! TCP between clients and servers: each direction of a connection delivers in order or not at
//! all, however late. Cuts and qualities belong to the path between two machines, so what an
//! older connection has sent can arrive after what a newer one sends.

use crate::clock::{MS, Nanos, SECOND};
use crate::plan::Quality;
use fastrand::Rng;
use std::collections::VecDeque;
use tenure::core::Time;
use tenure::model::ConnId;

/// After a cut the kernel sends again, but not at once: it has been waiting longer and longer.
const RESEND_MAX: Nanos = 3 * SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    Up,
    Down,
}

#[derive(Debug)]
pub(crate) enum Segment {
    /// Up: a connection is asked for. Down: it stands.
    Syn,
    Data {
        bytes: Vec<u8>,
        reply: Reply,
        /// What it answers.
        question: Option<Question>,
    },
    /// The sender closes, or refuses.
    Fin,
}

/// A request that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Question {
    /// When it was sent, by the client's clock.
    pub(crate) sent: Time,
    /// What any server had applied by then.
    pub(crate) before: i64,
    /// What the server had applied when it answered.
    pub(crate) zxid: i64,
}

/// What the simulation must know of a frame that a server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Up, or a piece.
    None,
    Event,
    Handshake,
    Ping,
    /// The operation that was asked for, and whether it failed.
    Of(i32, bool),
}

/// Into how many pieces a long segment is cut on a narrow path, at most.
const PIECES_MAX: usize = 16;
/// A segment that is no longer goes in one piece.
const PIECE_MIN: usize = 1024;

impl Segment {
    /// What arrives one after another on a path with this many bytes a second (0: no limit).
    pub(crate) fn pieces(self, rate: u64) -> Vec<Self> {
        match self {
            Self::Data {
                bytes,
                reply,
                question,
            } if rate > 0 && bytes.len() > PIECE_MIN => {
                let size = bytes.len().div_ceil(PIECES_MAX).max(PIECE_MIN);
                let last = bytes.len().div_ceil(size) - 1;
                let cut = bytes
                    .chunks(size)
                    .enumerate()
                    .map(|(at, piece)| Self::Data {
                        bytes: piece.to_vec(),
                        reply: if at == last { reply } else { Reply::None },
                        question: question.filter(|_| at == last),
                    });
                cut.collect()
            }
            whole => vec![whole],
        }
    }

    /// How long it takes on such a path.
    pub(crate) fn takes(&self, rate: u64) -> Nanos {
        match self {
            Self::Data { bytes, .. } if rate > 0 => bytes.len() as u64 * SECOND / rate,
            Self::Data { .. } | Self::Syn | Self::Fin => 0,
        }
    }
}

/// One direction between a client's machine and a server.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) quality: Quality,
    pub(crate) cut_since: Option<Nanos>,
}

impl Path {
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

/// One direction of a connection.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    pub(crate) flying: VecDeque<(Nanos, Segment)>,
    newest: Nanos,
    /// Its first segment has its turn in the queue of the world.
    pub(crate) armed: bool,
}

impl Pipe {
    /// Nothing arrives before what was sent before it, and on a narrow path a segment takes its time
    /// behind that.
    pub(crate) fn push(&mut self, at: Nanos, takes: Nanos, segment: Segment) {
        self.newest = self.newest.max(at) + takes;
        self.flying.push_back((self.newest, segment));
    }

    pub(crate) fn delay(&mut self, until: Nanos) {
        for (at, _) in &mut self.flying {
            *at = (*at).max(until);
        }
        self.newest = self.newest.max(until);
    }

    pub(crate) fn first(&self) -> Option<Nanos> {
        self.flying.front().map(|(at, _)| *at)
    }
}

#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) node: usize,
    /// Which process of that machine.
    pub(crate) incarnation: u32,
    /// What the process calls it.
    pub(crate) core: u64,
    pub(crate) server: usize,
    pub(crate) remote: Option<ConnId>,
    /// The process has not closed it, nor seen it closed.
    pub(crate) open: bool,
    /// The client's handshake was sent.
    pub(crate) greeted: bool,
    /// The server's was.
    pub(crate) answered: bool,
    /// Nothing comes to the client any more.
    pub(crate) deaf: bool,
    /// Operations in flight, by xid.
    pub(crate) asked: VecDeque<(i32, i32, Option<Question>)>,
    pub(crate) up: Pipe,
    pub(crate) down: Pipe,
}

impl Conn {
    pub(crate) fn pipe(&mut self, way: Way) -> &mut Pipe {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}
