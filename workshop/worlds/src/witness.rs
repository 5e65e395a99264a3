//! The observer of a world. A world calls its witness at each event, in order, and shows itself;
//! the witness cannot change the world, except that it may object.

use crate::exchange::{Question, Reply};
use crate::names::{Names, Target};
use crate::time::Nanos;
use crate::world::World;
use tenure::core::{Answer, CallId, Error, Event, Handle, Lease};

/// Bytes that reach one end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The connection; each has its own number.
    pub conn: usize,
    /// The host at one end.
    pub host: usize,
    /// The server at the other.
    pub server: usize,
    /// At the host: the kind of the bytes, and the request that they answer.
    pub reply: Reply,
    /// The request that is answered.
    pub question: Option<Question>,
    /// Whether the server has answered the handshake on this connection.
    pub answered: bool,
}

/// The events of a world. By default a witness ignores each, and has no objection.
#[allow(unused_variables)] // the defaults ignore them
pub trait Witness<N: Names> {
    /// A process asks for a connection.
    fn dials(&mut self, world: &World<N>, host: usize, to: Target) {}

    /// A process asks a resolver for a name; the answer comes after this time, or the look-up
    /// hangs.
    fn looks_up(&mut self, world: &World<N>, host: usize, name: &str, takes: Option<Nanos>) {}

    /// A process sends these frames (their bodies); no body: it sends its handshake.
    fn sends(&mut self, world: &World<N>, host: usize, bodies: &[&[u8]]) {}

    /// Bytes have reached a server, which is about to read them.
    fn server_reads(&mut self, world: &World<N>, arrival: Arrival) {}

    /// An answer was lost, or changed, by a [`Trap`](crate::Trap).
    fn trapped(&mut self, world: &World<N>, host: usize, reply: Reply) {}

    /// Bytes have reached a process, which is about to read them.
    fn reads(&mut self, world: &World<N>, arrival: Arrival) {}

    /// A client publishes a lease, or takes it back.
    fn lease(&mut self, world: &World<N>, host: usize, handle: Handle, lease: Option<Lease>) {}

    /// A client's event for its user.
    fn event(&mut self, world: &World<N>, host: usize, handle: Handle, event: Event) {}

    /// A client answers a call.
    fn done(&mut self, world: &World<N>, host: usize, call: CallId, result: Result<Answer, Error>) {
    }

    /// A client has ended; whether its process exits, too.
    fn ended(&mut self, world: &World<N>, host: usize) -> bool {
        false
    }

    /// ZooKeeper has another leader, or none.
    fn elected(&mut self, world: &World<N>, leader: Option<usize>) {}

    /// Everything that was due at this instant has happened.
    fn stepped(&mut self, world: &World<N>) {}

    /// The reason for which the world must end here; the world asks after each of these calls.
    fn objection(&mut self) -> Option<String>;
}
