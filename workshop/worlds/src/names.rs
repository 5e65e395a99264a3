//! Names of servers: how long a look-up takes, what it says, and where addresses lead. The user of a
//! world decides; the world keeps the look-ups.

use crate::time::Nanos;
use fastrand::Rng;
use std::net::SocketAddr;

/// Where a connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To this server.
    Server(usize),
    /// Nothing is there.
    Nothing {
        /// Whether something says so.
        refuses: bool,
    },
}

/// Resolvers, and the addresses of servers.
pub trait Names {
    /// Where this address leads, from this host.
    fn target(&self, host: usize, to: SocketAddr) -> Target;

    /// How long a look-up takes; `None` if it hangs until [`World::answer_late`].
    ///
    /// # Errors
    /// Why this host must not look this name up: the world ends with it.
    ///
    /// [`World::answer_late`]: crate::World::answer_late
    fn takes(&mut self, host: usize, name: &str, dice: &mut Rng) -> Result<Option<Nanos>, String>;

    /// What it says.
    ///
    /// # Errors
    /// What a resolver says that failed.
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
    /// When it is answered; never, as long as nobody says when.
    pub(crate) at: Option<Nanos>,
}
