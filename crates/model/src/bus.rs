//! The surroundings of a server: the time, the network, its clients' connections, and chance.

use super::network::Network;
use super::outputs::Outputs;
use super::packet::{Packet, Stream};
use super::rng::Rng;
use alloc::vec::Vec;

/// A connection to the model. Numbers rise and are not reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// An output of the model: an action for its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelOutput {
    /// Send these bytes, one whole frame, on this connection.
    Send {
        /// The connection.
        conn: ConnId,
        /// The frame.
        bytes: Vec<u8>,
    },
    /// Close this connection, after the frames that were sent on it. The model has already
    /// forgotten it.
    Close {
        /// The connection.
        conn: ConnId,
    },
}

pub(super) struct Bus {
    /// Nanoseconds.
    pub(super) now: u64,
    pub(super) rng: Rng,
    pub(super) network: Network,
    pub(super) outputs: Outputs,
    /// The greatest lateness of a leader's main loop.
    pub(super) lateness: u64,
    /// The longest time that it takes to close the sessions of one bucket.
    pub(super) closing_time: u64,
    /// How many of 1000 touches get lost among those that race with a learner's reply to a ping.
    pub(super) touch_loss: u32,
}

impl Bus {
    pub(super) fn now_ms(&self) -> u64 {
        self.now / 1_000_000
    }

    /// The lateness of the next round of a main loop.
    pub(super) fn draw_lateness(&mut self) -> u64 {
        match self.lateness {
            0 => 0,
            most => self.rng.between(0, most),
        }
    }

    pub(super) fn send(&mut self, from: usize, to: usize, stream: Stream, packet: Packet) {
        self.network
            .send((from, to), stream, packet, self.now, &mut self.rng);
    }
}
