//! TCP between hosts and servers: each direction of a connection delivers in order or not at all,
//! however late. Cuts and qualities belong to the path between two machines, so what an older
//! connection has sent can arrive after what a newer one sends.

use crate::exchange::{Exchange, Question, Reply};
use crate::time::{Nanos, SECOND};
use std::collections::VecDeque;
use tenure::model::ConnId;

/// The most pieces into which a long segment is cut on a narrow path.
const PIECES_MAX: usize = 16;
/// A segment up to this length goes in one piece.
const PIECE_MIN: usize = 1024;

/// A direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// To the server.
    Up,
    /// To the client.
    Down,
}

impl Way {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Up, Self::Down];
}

#[derive(Debug)]
pub(crate) enum Segment {
    /// Up: a connection is requested. Down: it is established.
    Syn,
    Data {
        bytes: Vec<u8>,
        reply: Reply,
        /// The request that it answers.
        question: Option<Question>,
    },
    /// The sender closes, or refuses.
    Fin,
}

impl Segment {
    /// Segments that arrive one after another on a path with this many bytes a second (0: no
    /// limit).
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

    /// The time that it takes on such a path.
    pub(crate) fn takes(&self, rate: u64) -> Nanos {
        match self {
            Self::Data { bytes, .. } if rate > 0 => bytes.len() as u64 * SECOND / rate,
            Self::Data { .. } | Self::Syn | Self::Fin => 0,
        }
    }
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    pub(crate) flying: VecDeque<(Nanos, Segment)>,
    newest: Nanos,
    /// Whether its first segment is in the queue of the world.
    pub(crate) armed: bool,
}

impl Pipe {
    /// A segment arrives after the segments that were sent before it, and on a narrow path it takes
    /// its own time after them.
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
    pub(crate) host: usize,
    /// The number of the process on that host.
    pub(crate) incarnation: u32,
    /// The process's name for it.
    pub(crate) number: u64,
    pub(crate) server: usize,
    /// The server's name for it, from its acceptance until the server has noticed its end.
    pub(crate) remote: Option<ConnId>,
    /// The process has neither closed it nor seen it closed.
    pub(crate) open: bool,
    /// Nothing arrives at the client any longer.
    pub(crate) deaf: bool,
    /// A part of it was lost for good: nothing passes any longer, in either direction.
    pub(crate) lost: bool,
    pub(crate) exchange: Exchange,
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
