//! An ensemble each of whose servers has a host of its own.

use crate::ensemble::{Ensemble, Options};
use crate::netns::{Host, Lab};

/// Servers that can be cut off from one another, and go on being reached by clients. Clients live on
/// further hosts of the [`lab`](Self::lab).
#[derive(Debug)]
pub struct Apart {
    /// The servers; they end before their hosts do.
    pub ensemble: Ensemble,
    /// The host of each.
    pub hosts: Vec<Host>,
    /// Where all of it is.
    pub lab: Lab,
}

impl Apart {
    /// Three servers; the hosts of `options` are these.
    ///
    /// # Errors
    /// When this machine does not allow it; the text says why. A test
    /// [skips](crate::or_skip).
    ///
    /// # Panics
    /// As [`Ensemble::start_with`] does.
    #[track_caller]
    pub fn start(options: Options) -> Result<Self, String> {
        let lab = Lab::new()?;
        lab.connect_hosts()?;
        let hosts: Vec<Host> = ["z1", "z2", "z3"].map(|name| lab.host(name)).into();
        let options = Options {
            hosts: hosts.clone(),
            ..options
        };
        Ok(Self {
            ensemble: Ensemble::start_with(hosts.len(), &options),
            hosts,
            lab,
        })
    }

    /// Cuts a server off from the others. Clients reach it all the same.
    ///
    /// # Panics
    /// When that cannot be done.
    #[track_caller]
    pub fn cut_off(&self, server: usize) {
        for other in self.others(server) {
            self.lab.cut_between(&self.hosts[server], other);
        }
    }

    /// Undoes [`cut_off`](Self::cut_off).
    ///
    /// # Panics
    /// When that cannot be done.
    #[track_caller]
    pub fn heal(&self, server: usize) {
        for other in self.others(server) {
            self.lab.heal_between(&self.hosts[server], other);
        }
    }

    fn others(&self, server: usize) -> impl Iterator<Item = &Host> {
        let hosts = self.hosts.iter().enumerate();
        hosts.filter_map(move |(index, host)| (index != server).then_some(host))
    }
}
