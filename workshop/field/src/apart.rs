//! An ensemble whose servers have a host each.

use crate::ensemble::{Ensemble, Options};
use crate::netns::{Host, Lab};

/// Servers that can be cut off from one another while clients still reach them. Clients live on
/// further hosts of the [`lab`](Self::lab).
#[derive(Debug)]
pub struct Apart {
    /// The servers; they end before their hosts do.
    pub ensemble: Ensemble,
    /// The host of each server.
    pub hosts: Vec<Host>,
    /// The lab with all hosts.
    pub lab: Lab,
}

impl Apart {
    /// Starts three servers; `options.hosts` is replaced.
    ///
    /// # Errors
    /// When this machine does not allow it; the text has the reason. A test
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

    /// Cuts a server off from the others. Clients still reach it.
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
