//! A process and all that it has started, stopped as one: what a paused machine does.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Process;
use crate::signal::Signal;
use crate::{stats, sys, wait_until};

/// The processes below one that [`Process::freeze`] has stopped. They run on when this
/// is dropped: whoever has lost its parent meanwhile must be able to end.
#[derive(Debug)]
#[must_use = "thaw needs it"]
pub struct Frozen(Vec<u32>);

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.drain(..).rev().for_each(resume);
    }
}

fn resume(pid: u32) {
    // Who is stopped does not end, except by SIGKILL, and is not reaped by a parent that is
    // stopped, too.
    drop(sys::kill(pid, Signal::Cont.number()));
}

impl Process {
    /// Stops the process, its children, theirs and so on, and returns when all stand.
    ///
    /// # Panics
    /// When the process has ended.
    #[track_caller]
    pub fn freeze(&self) -> Frozen {
        self.pause();
        let mut stopped = BTreeSet::new();
        // Parents before children: who is stopped neither starts nor reaps, so that
        // a number that was seen stays that process's own.
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
                // Gone meanwhile if it fails; nobody was there to stop.
                if sys::kill(pid, Signal::Stop.number()).is_ok() {
                    wait_until("a descendant to stop", Duration::from_secs(5), || {
                        (!stats::is_alive(pid) || stats::is_stopped(pid)).then_some(())
                    });
                    order.push(pid);
                }
            }
        }
    }

    /// Lets the youngest run on first, and the process itself last, `between` apart: who
    /// is to be watched has that long without its watcher.
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
