//! Requests in flight: who asked what, when it was sent, and the order in which a server must
//! answer.

use super::contender::ContenderAsk;
use super::detector::DetectorAsk;
use super::group::GroupAsk;
use super::seat::{SeatAsk, SeatId};
use super::time::Time;
use super::{Handle, watch::WatchKind};
use crate::proto::{Request, op};
use std::collections::VecDeque;

/// How many requests wait for an answer at once; more are held back. Real servers begin to
/// throttle at 1,000 over all their clients (`globalOutstandingLimit`).
pub(crate) const IN_FLIGHT_MAX: usize = 512;

/// Who asked, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Auth,
    CloseSession,
    /// A proof of the members of these seats.
    Proof(Vec<SeatId>),
    /// A proof of a member that is next in line, with a look at the member before it.
    IdleProof(Handle, SeatId),
    Seat(SeatId, SeatAsk),
    Contender(Handle, ContenderAsk),
    Detector(Handle, DetectorAsk),
    Group(Handle, GroupAsk),
}

/// A request that was sent and not yet answered.
#[derive(Debug)]
pub(crate) struct InFlight {
    pub(crate) xid: i32,
    pub(crate) op: i32,
    pub(crate) ask: Ask,
    /// Stamped before the bytes were handed to the socket.
    pub(crate) sent: Time,
    /// What it relies on, if it is a write that is committed.
    pub(crate) relayed: Option<Time>,
    /// The watch that the answer arms.
    pub(crate) watch: Option<(WatchKind, String)>,
}

/// The table of one connection. It dies with the connection: what was in flight then has an
/// unknown outcome, and its owners look.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    last_xid: i32,
    in_flight: VecDeque<InFlight>,
    held: VecDeque<(Ask, Request)>,
}

impl Requests {
    /// The table of the next connection of a session on which `last_xid` was the last number given
    /// out. Numbers go on for the life of the session: a server matches what is committed to what
    /// waits by session and number only (`CommitProcessor`), so that a write of an earlier
    /// connection could answer one of this connection that bears the same number.
    pub(crate) fn after(last_xid: i32) -> Self {
        Self {
            last_xid,
            ..Self::default()
        }
    }

    /// The last number given out.
    pub(crate) fn last_xid(&self) -> i32 {
        self.last_xid
    }

    /// Queues a request behind all that were queued before.
    pub(crate) fn push(&mut self, ask: Ask, request: Request) {
        self.held.push_back((ask, request));
    }

    /// Moves as many requests as may be in flight from the queue into `out`, stamped `now` and
    /// `relayed`. Says whether there were any.
    pub(crate) fn pump(&mut self, now: Time, relayed: Option<Time>, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        while self.in_flight.len() < IN_FLIGHT_MAX {
            let Some((ask, request)) = self.held.pop_front() else {
                break;
            };
            let xid = match request.op() {
                op::AUTH => crate::proto::xid::AUTH,
                _ => {
                    // Numbers stay positive for ever: the negative ones have other meanings.
                    self.last_xid = self.last_xid.checked_add(1).unwrap_or(1);
                    self.last_xid
                }
            };
            request.encode(xid, out);
            self.in_flight.push_back(InFlight {
                xid,
                op: request.op(),
                ask,
                sent: now,
                relayed,
                watch: WatchKind::armed_by(&request),
            });
        }
        out.len() > before
    }

    /// The request that must be answered next.
    pub(crate) fn oldest(&self) -> Option<&InFlight> {
        self.in_flight.front()
    }

    /// The operation of a request that waits for an answer.
    pub(crate) fn op_of(&self, xid: i32) -> Option<i32> {
        let mut waiting = self.in_flight.iter();
        waiting
            .find(|request| request.xid == xid)
            .map(|request| request.op)
    }

    /// Takes the oldest request if it has this xid. A server answers in order: with any other
    /// xid, a request was dropped on the way and nothing about the rest can be trusted.
    pub(crate) fn answer(&mut self, xid: i32) -> Option<InFlight> {
        if self.oldest()?.xid == xid {
            self.in_flight.pop_front()
        } else {
            None
        }
    }
}
