//! The way to a helper as all clients of this process hold it: the helper may be replaced by another one.

use super::charge::Charge;
use super::launch::launch;
use super::line::{Line, Sent};
use super::order::{Order, wills_that_fit};
use super::refused::Refused;
use crate::core::{Identity, Time, Will};
use rustix::process::{WaitId, WaitIdOptions, waitid};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How many helpers are started in the place of lost ones within [`RESTART_SPAN`]. A host that loses more of
/// them has a reason that another one does not mend.
const RESTARTS_MAX: usize = 3;
const RESTART_SPAN: Duration = Duration::from_secs(60);

/// Whether another helper is to be started in the place of a lost one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    /// Yes, by the caller.
    Now,
    /// Somebody else does it, or has done it.
    Elsewhere,
    /// No; and why not.
    No(&'static str),
}

/// The way to a helper, for all clients of the process that name its program. When the last of them lets it
/// go, the helper ends.
#[derive(Debug)]
pub(crate) struct Link {
    program: PathBuf,
    state: Mutex<State>,
    /// Counts the helpers: changed under the lock, read without.
    generation: AtomicU64,
    /// Held while a helper starts.
    starting: Mutex<()>,
    last: AtomicU64,
}

#[derive(Debug)]
struct State {
    line: Line,
    /// The reading ends of the pipes of all holds: every helper must know them before it knows a session.
    holds: BTreeMap<u64, OwnedFd>,
    /// A hold that no helper can be told about: none may act.
    is_retired: bool,
    /// The helper in whose place another one is being started.
    replaced: Option<u64>,
    restarts: VecDeque<Time>,
}

impl Link {
    /// Starts the program.
    pub(super) fn open(program: PathBuf) -> Result<Self, Refused> {
        let line = Line::to(launch(&program)?)?;
        Ok(Self {
            program,
            state: Mutex::new(State {
                line,
                holds: BTreeMap::new(),
                is_retired: false,
                replaced: None,
                restarts: VecDeque::new(),
            }),
            generation: AtomicU64::new(1),
            starting: Mutex::new(()),
            last: AtomicU64::new(0),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the present helper, from 1.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// A descriptor that is readable as soon as the present helper has ended, and its number.
    pub(crate) fn process(&self) -> io::Result<(u64, OwnedFd)> {
        let state = self.state();
        Ok((self.generation(), state.line.process()?))
    }

    pub(super) fn has_tls(&self) -> bool {
        self.state().line.tls
    }

    /// Whether the present helper has ended.
    pub(super) fn is_over(&self) -> bool {
        self.state().line.is_over()
    }

    /// Whether this process still has the socket. A program that closes all its descriptors has not.
    pub(crate) fn is_ours(&self) -> bool {
        self.state().line.is_ours()
    }

    /// Tells the helper the session of a client and the wills in it, or that it has none. Never waits.
    ///
    /// # Errors
    /// If the helper is lost.
    pub(crate) fn tell(
        &self,
        client: u64,
        charge: &Charge,
        identity: Option<&Identity>,
        wills: &[Will],
    ) -> io::Result<Sent> {
        let order = match identity {
            Some(identity) => Order::Put {
                client,
                charge: Box::new(charge.clone()),
                identity: identity.clone(),
                wills: wills_that_fit(wills).to_vec(),
            },
            None => Order::Remove { client },
        };
        self.state().line.send(&order, None)
    }

    /// What to do about the loss of the helper with this number. The answer `Now` counts as a restart.
    pub(crate) fn on_loss(&self, lost: u64, now: Time) -> Restart {
        let mut state = self.state();
        if self.generation() != lost || state.replaced == Some(lost) {
            return Restart::Elsewhere;
        }
        while (state.restarts.front()).is_some_and(|earlier| *earlier + RESTART_SPAN <= now) {
            state.restarts.pop_front();
        }
        if !state.line.is_ours() {
            return Restart::No("this program closes descriptors that are not its own");
        }
        if state.is_retired {
            return Restart::No("it could not be told that something acts under the lease");
        }
        if state.restarts.len() >= RESTARTS_MAX {
            return Restart::No("that did not help three times within a minute");
        }
        state.restarts.push_back(now);
        state.replaced = Some(lost);
        Restart::Now
    }

    /// Starts another helper in the place of the one with this number, if it is the present one. It knows all
    /// holds, and no session yet. Waits until it is ready.
    pub(crate) fn restart(&self, lost: u64) -> Result<(), Refused> {
        let _starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.generation() != lost {
            return Ok(());
        }
        if self.state().is_retired {
            return Err(retired());
        }
        let line = Line::to(launch(&self.program)?)?;
        let mut state = self.state();
        if state.is_retired {
            // Something has begun to act meanwhile that no helper knows of.
            line.kill();
            return Err(retired());
        }
        for (number, pipe) in &state.holds {
            let told = line.send(&Order::Hold { number: *number }, Some(pipe.as_fd()));
            if !matches!(told, Ok(Sent::Yes)) {
                line.kill();
                return Err(Refused::Unable(
                    "the undertaker cannot be told to wait for the guardian".to_owned(),
                ));
            }
        }
        std::mem::replace(&mut state.line, line).retire();
        self.generation.store(lost + 1, Ordering::Release);
        Ok(())
    }

    /// Has the helper wait, once this process is dead, for a byte in the pipe whose writing end is returned.
    /// A helper that cannot be told so is killed: it must not act. `None` if no helper could be told.
    pub(crate) fn hold(self: &Arc<Self>) -> Option<Hold> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        let Ok((reader, writer)) = io::pipe() else {
            state.is_retired = true;
            state.line.kill();
            return None;
        };
        let told = (state.line).send(&Order::Hold { number }, Some(reader.as_fd()));
        if !matches!(told, Ok(Sent::Yes)) {
            state.line.kill();
        }
        state.holds.insert(number, reader.into());
        Some(Hold {
            pipe: writer.into(),
            number,
            link: Arc::downgrade(self),
        })
    }

    fn release(&self, number: u64) {
        let mut state = self.state();
        state.holds.remove(&number);
        let _ = state.line.send(&Order::Release { number }, None);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // A helper that cannot read it ends with this process.
        let _ = self.state().line.send(&Order::Bye, None);
    }
}

/// While it lives, the helper, and any that replaces it, closes nothing before a byte was written to its pipe.
#[derive(Debug)]
pub struct Hold {
    pipe: OwnedFd,
    number: u64,
    link: Weak<Link>,
}

impl Hold {
    /// The writing end of the pipe. It closes on `exec`.
    pub fn pipe(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(link) = self.link.upgrade() {
            link.release(self.number);
        }
    }
}

fn retired() -> Refused {
    Refused::Unable("no undertaker may act for this process any longer".to_owned())
}

/// Reaps the helper, if it has become a child of this process: of PID 1, or of a subreaper.
pub(crate) fn reap(process: BorrowedFd<'_>) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    let _ = waitid(WaitId::PidFd(process), options);
}
