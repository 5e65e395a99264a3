//! The counts of a proxy.

use std::collections::BTreeMap;

use super::frame::Kind;

/// The counts of a [`Proxy`](super::Proxy).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were accepted.
    pub connections: u64,
    /// Connect requests, of new sessions and of reattaching ones.
    pub connects: u64,
    /// Requests by opcode, without pings and connect requests.
    pub requests: BTreeMap<i32, u64>,
    /// Replies by the opcode of their request, without those to pings and connect requests.
    pub replies: BTreeMap<i32, u64>,
    /// Replies by error code, without those that have none.
    pub errors: BTreeMap<i32, u64>,
    /// Watch events.
    pub watch_events: u64,
    /// Pings.
    pub pings: u64,
    /// Replies to pings.
    pub pongs: u64,
    /// Frames that vanished by a rule. They are in the other counts too.
    pub swallowed: u64,
    /// Requests that a rule refused. They are in the other counts too.
    pub refused: u64,
}

impl Counts {
    /// How many requests of `opcode` there were.
    #[must_use]
    pub fn request(&self, opcode: i32) -> u64 {
        self.requests.get(&opcode).copied().unwrap_or(0)
    }

    /// How many replies to requests of `opcode` there were.
    #[must_use]
    pub fn reply(&self, opcode: i32) -> u64 {
        self.replies.get(&opcode).copied().unwrap_or(0)
    }

    /// How many requests there were, without pings and connect requests.
    #[must_use]
    pub fn total_requests(&self) -> u64 {
        self.requests.values().sum()
    }

    /// How many replies there were, without those to pings and connect requests.
    #[must_use]
    pub fn total_replies(&self) -> u64 {
        self.replies.values().sum()
    }

    pub(super) fn count(&mut self, kind: Kind, error: i32) {
        match kind {
            Kind::Connect => self.connects += 1,
            Kind::ConnectResponse => {}
            Kind::Request(opcode) => *self.requests.entry(opcode).or_default() += 1,
            Kind::Reply(opcode) => *self.replies.entry(opcode).or_default() += 1,
            Kind::WatchEvent => self.watch_events += 1,
            Kind::Ping => self.pings += 1,
            Kind::Pong => self.pongs += 1,
        }
        // A watch event's header has no outcome.
        if error != 0 && matches!(kind, Kind::Reply(_) | Kind::Pong) {
            *self.errors.entry(error).or_default() += 1;
        }
    }
}
