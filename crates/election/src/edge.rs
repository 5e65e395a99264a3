//! The interface of a client to the edge: inputs, and outputs in the order in which the edge must carry
//! them out.

use crate::command::{Answer, CallId, Command};
use crate::error::Error;
use crate::event::Event;
use crate::shared_lease::Basis;
use crate::{Handle, Host, SessionWake, Time};
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// A report of the edge.
#[derive(Debug)]
pub enum Input<'a> {
    /// A deadline has passed, or may have.
    Tick,
    /// A name was looked up.
    Resolved {
        /// The number from [`Output::Resolve`].
        lookup: u64,
        /// The addresses, or why there are none.
        result: Result<Vec<SocketAddr>, String>,
    },
    /// A connection is established.
    Connected {
        /// The number from [`Output::Connect`].
        conn: u64,
    },
    /// Bytes arrived.
    Received {
        /// The connection.
        conn: u64,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A connection could not be established, or has ended.
    Disconnected {
        /// The connection.
        conn: u64,
        /// Why, for people.
        why: String,
    },
    /// The user has given a command.
    Command(Command),
}

/// A leadership as it is published for `is_leading`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The fencing token.
    pub token: u64,
    /// The instant until which it is valid.
    pub end: Time,
}

/// The reason for which the core must be called at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// For the session, or for a request in the place of a ping.
    Session(SessionWake),
    /// A lease is about to end, or a leader to be in jeopardy.
    Lease,
    /// Knowledge is about to be too old: a detector's view, the session.
    Knowledge,
    /// A machine repeats a request that was refused.
    Again,
}

/// An action for the edge; the edge carries outputs out in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Look up a name, off the I/O thread.
    Resolve {
        /// Names the look-up.
        lookup: u64,
        /// The host to look up.
        host: Host,
    },
    /// Connect.
    Connect {
        /// Names the connection.
        conn: u64,
        /// The server as the user named it: what its certificate must name.
        host: Host,
        /// The address to connect to.
        address: SocketAddr,
    },
    /// Send bytes.
    Send {
        /// The connection.
        conn: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close a connection. No input about it may follow.
    Close {
        /// The connection.
        conn: u64,
    },
    /// Publish (or, with `None`, take back) a leadership before anything that follows.
    Lease {
        /// The contender.
        handle: Handle,
        /// The leadership from now on.
        lease: Option<Lease>,
        /// The basis whose renewals move its end; without one it is not renewed.
        renewed_by: Option<Basis>,
    },
    /// Move the ends of all leaderships that are renewed by this basis, before anything that follows.
    Renewal {
        /// The basis.
        basis: Basis,
        /// The end of all of them from now on.
        end: Time,
    },
    /// Report an event to the user.
    Event {
        /// The handle that has the event.
        handle: Handle,
        /// The event.
        event: Event,
    },
    /// Answer a call.
    Done {
        /// The call.
        call: CallId,
        /// Its answer.
        result: Result<Answer, Error>,
    },
    /// The last output: call with [`Input::Tick`] at this instant, if any.
    Wait {
        /// When, and why.
        until: Option<(Time, Wake)>,
    },
}

/// The queue of outputs, in the order in which the edge must carry them out.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Output>);

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.0.push_back(output);
    }

    pub(crate) fn pop(&mut self) -> Option<Output> {
        self.0.pop_front()
    }

    pub(crate) fn event(&mut self, handle: Handle, event: Event) {
        self.push(Output::Event { handle, event });
    }

    pub(crate) fn done(&mut self, call: CallId, result: Result<Answer, Error>) {
        self.push(Output::Done { call, result });
    }
}

impl tenure_session::Outputs for Outbox {
    fn put(&mut self, output: tenure_session::Output) {
        self.push(match output {
            tenure_session::Output::Resolve { lookup, host } => Output::Resolve { lookup, host },
            tenure_session::Output::Connect {
                conn,
                host,
                address,
            } => Output::Connect {
                conn,
                host,
                address,
            },
            tenure_session::Output::Send { conn, bytes } => Output::Send { conn, bytes },
            tenure_session::Output::Close { conn } => Output::Close { conn },
        });
    }
}
