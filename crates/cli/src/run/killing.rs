//! The killing of everything that descends from the command, in rounds, until nothing is left: by the guardian,
//! or by the supervisor if the guardian was killed.

use super::cgroup::Cgroup;
use super::descent;
use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long a process that was killed may take to end before that is reported.
const SLOW_TO_DIE: Duration = Duration::from_secs(1);
/// How many are reported: such a process may start others all the time.
const REPORTED_MAX: usize = 8;

#[derive(Default)]
pub(super) struct Killing {
    since: Option<Instant>,
    /// Those that were found alive after they were killed, and reported.
    reported: BTreeSet<Pid>,
    cannot: bool,
}

/// A process that is alive although it was killed.
pub(super) struct Survivor {
    pub(super) pid: u32,
    /// The error that kept it from being killed; 0 if it is slow to die.
    pub(super) errno: i32,
}

/// The outcome of a round.
pub(super) struct Round {
    /// No process was alive.
    pub(super) found_none: bool,
    /// Those to report, each once.
    pub(super) survivors: Vec<Survivor>,
}

impl Killing {
    /// Kills all that live, except the children `spared` and their descendants.
    pub(super) fn round(&mut self, cgroup: Option<&Cgroup>, spared: &[Pid]) -> Round {
        let since = *self.since.get_or_insert_with(Instant::now);
        if let Some(cgroup) = cgroup {
            cgroup.kill();
        }
        let living = descent::living(spared);
        self.cannot = !living.is_empty();
        let mut survivors = Vec::new();
        for process in &living {
            let errno = process.signal(Signal::SIGKILL).err();
            self.cannot &= errno == Some(Errno::EPERM);
            let is_news = errno.is_some() || since.elapsed() >= SLOW_TO_DIE;
            if is_news && self.reported.len() < REPORTED_MAX && self.reported.insert(process.pid) {
                survivors.push(Survivor {
                    pid: process.pid.as_raw().unsigned_abs(),
                    errno: errno.map_or(0, |errno| errno as i32),
                });
            }
        }
        Round {
            found_none: living.is_empty(),
            survivors,
        }
    }

    /// Whether the last round found only processes that may not be killed.
    pub(super) fn cannot(&self) -> bool {
        self.cannot
    }
}
