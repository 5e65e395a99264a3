//! What the owner of a session must do for it: look-ups, connections, bytes.

use super::servers::Host;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// An action for the owner; the owner carries outputs out in the order in which they are put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Look up a name, off the I/O thread.
    Resolve {
        /// The number of the look-up.
        lookup: u64,
        /// The host to look up.
        host: Host,
    },
    /// Connect.
    Connect {
        /// The number of the connection.
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
}

/// Where a session puts its outputs.
pub trait Outputs {
    /// Puts an output behind all others.
    fn put(&mut self, output: Output);
}

impl Outputs for VecDeque<Output> {
    fn put(&mut self, output: Output) {
        self.push_back(output);
    }
}

/// The reason for which a session must be called at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionWake {
    /// A pause between attempts to connect is over.
    Retry,
    /// An attempt to connect has taken too long.
    Attempt,
    /// An answer is overdue.
    Answer,
    /// It is time to ping.
    Ping,
    /// It is time to prove that the session is alive, or a proof is overdue.
    Proof,
    /// Closing has taken as long as the caller waits for it.
    Patience,
}
