//! A place to wait for a change, at which whoever makes the change never waits: there is no lock
//! that a thread which is stopped could hold.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A `futex(2)`: a count of changes, and how many threads wait for it to move on.
#[derive(Debug, Default)]
pub(super) struct Gate {
    changes: AtomicU32,
    waiting: AtomicU32,
}

impl Gate {
    /// How many changes there were. To be asked before one looks whether one must wait.
    pub(super) fn seen(&self) -> u32 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Says that something has changed, to all who wait.
    pub(super) fn open(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            let wake = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: the word outlives the call, which only compares its address.
            unsafe { libc::syscall(libc::SYS_futex, self.changes.as_ptr(), wake, i32::MAX) };
        }
    }

    /// Waits until something has changed since `seen`, or for `limit` (for ever without one). It may
    /// return sooner.
    pub(super) fn wait(&self, seen: u32, limit: Option<Duration>) {
        // Beyond what the system can count is for ever.
        let limit = limit.and_then(|limit| {
            Some(libc::timespec {
                tv_sec: libc::time_t::try_from(limit.as_secs()).ok()?,
                tv_nsec: limit.subsec_nanos().into(),
            })
        });
        let limit = limit
            .as_ref()
            .map_or(std::ptr::null(), std::ptr::from_ref::<libc::timespec>);
        let wait = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // SAFETY: word and limit outlive the call. It waits only while the word is `seen`.
        unsafe { libc::syscall(libc::SYS_futex, self.changes.as_ptr(), wait, seen, limit) };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Instant;

    #[test]
    fn no_change_is_missed() {
        let gate = Arc::new(Gate::default());
        let (there, back) = (Arc::clone(&gate), Arc::new(Gate::default()));
        let answer = Arc::clone(&back);
        let other = std::thread::spawn(move || {
            for round in 0..10_000 {
                while there.seen() == round {
                    there.wait(round, None);
                }
                answer.open();
            }
        });
        for round in 0..10_000 {
            gate.open();
            while back.seen() == round {
                back.wait(round, None);
            }
        }
        other.join().unwrap();
    }

    #[test]
    fn a_limit_ends_the_waiting() {
        let (gate, began) = (Gate::default(), Instant::now());
        let limit = Duration::from_millis(5);
        while began.elapsed() < limit {
            gate.wait(gate.seen(), Some(limit));
        }
        // What has changed before is not waited for.
        let seen = gate.seen();
        gate.open();
        gate.wait(seen, None);
        gate.wait(seen, Some(Duration::MAX));
    }
}
