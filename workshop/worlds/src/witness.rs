//! Who looks on. A world tells its witness each thing that happens, in order, and shows itself; it does
//! not know what the witness makes of it, except that it may object.

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
    /// At the host: what the bytes are, and what they answer.
    pub reply: Reply,
    /// The request that is answered.
    pub question: Option<Question>,
    /// Whether the server has answered the handshake on this connection.
    pub answered: bool,
}

/// What is told of a world. Everything but the objection has nothing to say by default.
#[allow(unused_variables)] // the defaults look at nothing
pub trait Witness<N: Names> {
    /// A process asks for a connection.
    fn dials(&mut self, world: &World<N>, host: usize, to: Target) {}

    /// A process asks a resolver for a name, which is answered after so long, or hangs.
    fn looks_up(&mut self, world: &World<N>, host: usize, name: &str, takes: Option<Nanos>) {}

    /// A process sends these frames (their bodies); none is its handshake.
    fn sends(&mut self, world: &World<N>, host: usize, bodies: &[&[u8]]) {}

    /// Bytes have reached a server, which is about to read them.
    fn server_reads(&mut self, world: &World<N>, arrival: Arrival) {}

    /// An answer was lost, or changed, by a [`Trap`](crate::Trap).
    fn trapped(&mut self, world: &World<N>, host: usize, reply: Reply) {}

    /// Bytes have reached a process, which is about to read them.
    fn reads(&mut self, world: &World<N>, arrival: Arrival) {}

    /// A client publishes a lease, or takes it back.
    fn lease(&mut self, world: &World<N>, host: usize, handle: Handle, lease: Option<Lease>) {}

    /// A client tells its user something.
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

    /// Everything that was due at this instant is done.
    fn stepped(&mut self, world: &World<N>) {}

    /// Why the world must end here, once: it is asked after each of these.
    fn objection(&mut self) -> Option<String>;
}
