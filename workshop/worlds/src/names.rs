//! Names of servers: the duration of a look-up, its result, and the servers behind addresses. The
//! user of a world decides; the world keeps the look-ups.

use crate::time::Nanos;
use fastrand::Rng;
use std::net::SocketAddr;

/// The destination of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To this server.
    Server(usize),
    /// No server.
    Nothing {
        /// Whether the address refuses connections, instead of being silent.
        refuses: bool,
    },
}

/// Resolvers, and the addresses of servers.
pub trait Names {
    /// The destination of this address, for this host.
    fn target(&self, host: usize, to: SocketAddr) -> Target;

    /// The duration of a look-up; `None` if it hangs until [`World::answer_late`].
    ///
    /// # Errors
    /// The reason for which this host must not look this name up: it ends the world.
    ///
    /// [`World::answer_late`]: crate::World::answer_late
    fn takes(&mut self, host: usize, name: &str, dice: &mut Rng) -> Result<Option<Nanos>, String>;

    /// The result of a look-up.
    ///
    /// # Errors
    /// The message of a resolver that failed.
    fn answer(
        &mut self,
        host: usize,
        name: &str,
        dice: &mut Rng,
    ) -> Result<Vec<SocketAddr>, String>;
}

/// A look-up that was not answered yet.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub(crate) host: usize,
    pub(crate) incarnation: u32,
    pub(crate) number: u64,
    pub(crate) name: String,
    /// When it is answered; the end of time until that is known.
    pub(crate) at: Option<Nanos>,
}
