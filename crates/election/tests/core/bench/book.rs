//! Names that can be looked up, and addresses without a server.

use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;
use tenure_worlds::{Names, Nanos, Target, nanos};

/// The answer of a resolver to a look-up of a name.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    /// How long the answer takes.
    pub(crate) takes: Duration,
    pub(crate) answer: Result<Vec<SocketAddr>, String>,
}

#[derive(Default)]
pub(crate) struct Book {
    /// Names that can be looked up.
    pub(crate) names: BTreeMap<String, Resolver>,
    /// Addresses without a server; all others are the server's.
    pub(crate) silent: BTreeSet<SocketAddr>,
}

impl Names for Book {
    fn target(&self, _: usize, to: SocketAddr) -> Target {
        if self.silent.contains(&to) {
            Target::Nothing { refuses: false }
        } else {
            Target::Server(super::ALONE)
        }
    }

    fn takes(&mut self, _: usize, name: &str, _: &mut Rng) -> Result<Option<Nanos>, String> {
        Ok(Some(nanos(self.names[name].takes)))
    }

    fn answer(&mut self, _: usize, name: &str, _: &mut Rng) -> Result<Vec<SocketAddr>, String> {
        self.names[name].answer.clone()
    }
}
