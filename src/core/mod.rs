//! Pure state machines: the session, the own znodes, contenders, detectors, groups.
//!
//! # The machine contract
//!
//! [`Client`] is the only machine that the edge owns. After each [`Client::handle`] the edge
//! drains [`Client::poll_output`] to the end, in order, before it calls `handle` again; the last
//! output is always [`Output::Wait`] with the instant of the next [`Input::Tick`] and its reason.
//!
//! - Time comes in with each input, once, and never runs backwards (an earlier `now` counts as
//!   the latest one seen). Bytes count as sent at the `now` of the call that put them out.
//! - A tick too early or too often is harmless.
//! - There is no clock, thread, socket, environment or source of randomness in here; the seed
//!   comes in at construction. Nothing iterates over a hash map. The same inputs give the same
//!   outputs, which is what makes simulation honest.
//! - A broken invariant loses leadership, it never keeps it.
//!
//! ```
//! use tenure::core::{Client, Host, Input, Output, SessionOptions, Time};
//! let options = SessionOptions {
//!     servers: vec![Host { name: "127.0.0.1".into(), port: 2181 }],
//!     timeout: std::time::Duration::from_secs(4),
//!     credentials: None,
//!     tick: None,
//!     answer_bytes_max: tenure::core::ANSWER_BYTES_MAX,
//! };
//! let mut client = Client::new(options, 7);
//! client.handle(Input::Tick, Time::from_nanos(1));
//! let mut connects = 0;
//! while let Some(output) = client.poll_output() {
//!     if matches!(output, Output::Connect { .. }) {
//!         connects += 1;
//!     }
//! }
//! assert_eq!(connects, 1);
//! ```

mod again;
mod ask;
mod client;
mod contender;
mod detector;
mod error;
mod event;
mod group;
mod members;
#[cfg(feature = "mutants")]
pub mod mutant;
#[cfg(not(feature = "mutants"))]
mod mutant;
mod session;
mod shared;
mod watches;
mod znode;

pub use client::Client;
pub use contender::{ContenderSpec, Reenrol};
pub use error::{Error, ErrorKind};
pub use event::{
    ContenderEvent, DetectorEvent, Event, ExpiredBy, GroupEvent, Leader, LostReason, Member,
    SessionEvent,
};
pub use lease::LeasePolicy;
pub use session::secret::Secret;
pub use session::servers::Host;
pub use session::time::Time;
pub use session::{ANSWER_BYTES_MAX, SessionOptions, SessionWake};
use session::{lease, time, verdict};

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// Names a contender, detector or group of one client. The edge picks the numbers; [`SESSION`]
/// is the client itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u64);

/// The handle of a client's own events.
pub const SESSION: Handle = Handle(0);

/// Names a call that waits for an [`Answer`]. The edge picks the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// What the edge reports.
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
    /// A connection stands.
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
    /// A connection could not be made, or has ended.
    Disconnected {
        /// The connection.
        conn: u64,
        /// Why, for people.
        why: String,
    },
    /// The user wants something.
    Command(Command),
}

/// What a user wants.
#[derive(Debug)]
pub enum Command {
    /// Contend; events come under `handle`.
    Contend {
        /// Names the contender.
        handle: Handle,
        /// What to contend for, and with what.
        spec: ContenderSpec,
    },
    /// Withdraw: answered by [`Answer::Removed`] when the znode is gone.
    Withdraw {
        /// The contender.
        handle: Handle,
        /// Names the call.
        call: CallId,
    },
    /// Follow the leader of the group at `path`.
    Detect {
        /// Names the detector.
        handle: Handle,
        /// The group.
        path: String,
    },
    /// Open a group: nothing is sent for it.
    Group {
        /// Names the group.
        handle: Handle,
        /// Its znode.
        path: String,
    },
    /// Join a group: answered by [`Answer::Joined`].
    Join {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// What stands before `_` in the name of the member.
        label: Option<String>,
        /// The payload.
        data: Vec<u8>,
    },
    /// Leave a group: answered by [`Answer::Removed`].
    Cancel {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The member's znode.
        path: String,
    },
    /// Change a contender's payload: answered by [`Answer::Written`].
    SetData {
        /// The contender.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The payload.
        data: Vec<u8>,
    },
    /// Change the payload of a membership of a group: answered by [`Answer::Written`].
    SetMemberData {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The member's znode.
        path: String,
        /// The payload.
        data: Vec<u8>,
    },
    /// Wait for the end of a member: answered by [`Answer::Removed`].
    AwaitEnd {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The member's znode.
        path: String,
    },
    /// Delete a member, whoever owns it: answered by [`Answer::Removed`] when its znode is gone,
    /// with `true` if it stood.
    Evict {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The member's znode.
        path: String,
        /// Its `czxid`: another znode of the same name is not touched.
        token: u64,
    },
    /// List the members once: answered by [`Answer::Members`].
    Members {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
    },
    /// Read a member's payload: answered by [`Answer::Data`].
    Data {
        /// The group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The member's znode.
        path: String,
    },
    /// Tell of every change of the members from now on.
    Watch {
        /// The group.
        handle: Handle,
    },
    /// Nobody waits for this call any more.
    Forget {
        /// The call.
        call: CallId,
    },
    /// A handle is of no more use: its znodes are removed, its events stop.
    Drop {
        /// The handle.
        handle: Handle,
    },
    /// Close the session: answered by [`Answer::Closed`].
    Close {
        /// Names the call.
        call: CallId,
        /// How long to keep trying to tell a server.
        patience: Duration,
    },
}

/// What a call was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The znode is gone; `true` when this call removed it (or, for an eviction whose reply was
    /// lost, when it stood before).
    Removed(bool),
    /// The own member.
    Joined(Member),
    /// Whether the znode bears the payload now; `false` when there is none (any more).
    Written(bool),
    /// All members, oldest first.
    Members(Vec<Member>),
    /// The payload, or `None` when the member is gone.
    Data(Option<Vec<u8>>),
    /// The session is closed and all that belonged to it is gone.
    Closed,
}

/// A leadership as it is published for `is_leading`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The fencing token.
    pub token: u64,
    /// Until when it may be believed.
    pub end: Time,
}

/// Why the core wants to be called at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// For the session, or to ask something in the place of a ping.
    Session(SessionWake),
    /// A lease is about to end, or a leader to be in jeopardy.
    Lease,
    /// What is known is about to be too old: a detector's view, the session.
    Knowledge,
    /// A machine wants to try again what was refused.
    Again,
}

/// What the edge must do, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Look up a name, off the I/O thread.
    Resolve {
        /// Names the look-up.
        lookup: u64,
        /// What to look up.
        host: Host,
    },
    /// Connect.
    Connect {
        /// Names the connection.
        conn: u64,
        /// The server as the user named it: what its certificate must name.
        host: Host,
        /// Where to.
        address: SocketAddr,
    },
    /// Send bytes.
    Send {
        /// The connection.
        conn: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close a connection. No input about it is expected any more.
    Close {
        /// The connection.
        conn: u64,
    },
    /// Publish (or, with `None`, take back) a leadership before anything that follows.
    Lease {
        /// The contender.
        handle: Handle,
        /// What holds from now on.
        lease: Option<Lease>,
    },
    /// Tell the user.
    Event {
        /// Whose event.
        handle: Handle,
        /// What happened.
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

/// The queue of outputs, in the order in which they must be carried out.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Output>);

impl Outbox {
    pub(crate) fn push(&mut self, output: Output) {
        self.0.push_back(output);
    }

    pub(crate) fn event(&mut self, handle: Handle, event: Event) {
        self.push(Output::Event { handle, event });
    }

    pub(crate) fn done(&mut self, call: CallId, result: Result<Answer, Error>) {
        self.push(Output::Done { call, result });
    }
}

impl session::Outputs for Outbox {
    fn put(&mut self, output: session::Output) {
        self.push(match output {
            session::Output::Resolve { lookup, host } => Output::Resolve { lookup, host },
            session::Output::Connect {
                conn,
                host,
                address,
            } => Output::Connect {
                conn,
                host,
                address,
            },
            session::Output::Send { conn, bytes } => Output::Send { conn, bytes },
            session::Output::Close { conn } => Output::Close { conn },
        });
    }
}
