//! A process and all its descendants, stopped as one: as on a machine that is paused.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Process;
use crate::signal::Signal;
use crate::{stats, sys, wait_until};

/// The processes below one that [`Process::freeze`] has stopped. They resume when this is dropped:
/// a process that has lost its parent meanwhile must be able to end.
#[derive(Debug)]
#[must_use = "thaw needs it"]
pub struct Frozen(Vec<u32>);

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.drain(..).rev().for_each(resume);
    }
}

fn resume(pid: u32) {
    // A stopped process does not end, except by SIGKILL, and a parent that is stopped, too, does
    // not reap it.
    drop(sys::kill(pid, Signal::Cont.number()));
}

impl Process {
    /// Kills its child whose program has this name, as the kernel has it (`/proc/PID/comm`).
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn kill_child_named(&self, name: &str) {
        // A stopped process reaps nothing, so the PID stays the child's own.
        self.pause();
        for pid in stats::descendants(self.pid()) {
            let comm = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            if comm.trim_end() == name {
                // A failure means that it has ended.
                drop(sys::kill(pid, Signal::Kill.number()));
            }
        }
        self.resume();
    }

    /// Kills each process whose program has this name, as the kernel has it, and that holds a pidfd of this
    /// one: it waits for this one's end and need not be its child. Returns how many there were.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn kill_watcher_named(&self, name: &str) -> usize {
        // A stopped process starts no other watcher.
        self.pause();
        let watchers: Vec<u32> = stats::named(name)
            .into_iter()
            .filter(|pid| stats::holds_pidfd_of(*pid, self.pid()))
            .collect();
        for pid in &watchers {
            // A failure means that it has ended.
            drop(sys::kill(*pid, Signal::Kill.number()));
        }
        self.resume();
        watchers.len()
    }

    /// Stops the process and all its descendants, and returns when all are stopped.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn freeze(&self) -> Frozen {
        self.pause();
        let mut stopped = BTreeSet::new();
        // Parents before children: a stopped process neither starts nor reaps children, so a PID
        // that was seen stays that process's own.
        let mut order = Vec::new();
        loop {
            let new: Vec<u32> = stats::descendants(self.pid())
                .into_iter()
                .filter(|pid| stopped.insert(*pid))
                .collect();
            if new.is_empty() {
                return Frozen(order);
            }
            for pid in new {
                // A failure means that it has ended meanwhile.
                if sys::kill(pid, Signal::Stop.number()).is_ok() {
                    wait_until("a descendant to stop", Duration::from_secs(5), || {
                        (!stats::is_alive(pid) || stats::is_stopped(pid)).then_some(())
                    });
                    order.push(pid);
                }
            }
        }
    }

    /// Resumes the youngest first, and the process itself last, `between` apart: a child runs that
    /// long without its guardian.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn thaw(&self, mut frozen: Frozen, between: Duration) {
        for pid in frozen.0.drain(..).rev() {
            resume(pid);
            std::thread::sleep(between);
        }
        self.resume();
    }
}
