//! Waiting by a thread, without the interpreter, so that Ctrl-C ends it.
//!
//! The main thread, which alone runs signal handlers, waits in poll(2) for an eventfd: a signal
//! interrupts poll(2) at once. Three things do not: a signal in the few instructions between the check
//! for signals and poll(2), a signal that another thread took, and `_thread.interrupt_main`, which
//! sends none. For these the main thread checks once a second. Other threads are parked and check
//! nothing.

use crate::ready_fd::ReadyFd;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{getpid, gettid};
use pyo3::prelude::*;
use std::cell::RefCell;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// How long the main thread waits between two checks for signals.
const CHECK: Duration = Duration::from_secs(1);

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// How one thread sleeps and is woken. It is kept for the life of the thread: a handle keeps wakers,
/// and must not keep one for each call that timed out.
#[derive(Clone)]
enum Sleeper {
    Main(Arc<ReadyFd>, Waker),
    Other(Waker),
}

thread_local! {
    /// With the process for which it was made: descriptors are shared by fork.
    static SLEEPER: RefCell<Option<(i32, Sleeper)>> = const { RefCell::new(None) };
}

impl Sleeper {
    fn of_this_thread() -> std::io::Result<Self> {
        let process = getpid();
        SLEEPER.with_borrow_mut(|known| match known {
            Some((made_for, sleeper)) if *made_for == process.as_raw() => Ok(sleeper.clone()),
            _ => {
                let new = Self::new(gettid() == process)?;
                *known = Some((process.as_raw(), new.clone()));
                Ok(new)
            }
        })
    }

    fn new(main: bool) -> std::io::Result<Self> {
        if main {
            let fd = Arc::new(ReadyFd::new()?);
            let waker = Waker::from(Arc::clone(&fd));
            Ok(Self::Main(fd, waker))
        } else {
            let parked = Arc::new(Parked(std::thread::current()));
            Ok(Self::Other(Waker::from(parked)))
        }
    }

    fn waker(&self) -> &Waker {
        match self {
            Self::Main(_, waker) | Self::Other(waker) => waker,
        }
    }

    /// Sleeps until it is woken, for `left`, or until a signal comes. It may end for no reason.
    fn sleep(&self, left: Option<Duration>) -> std::io::Result<()> {
        match self {
            Self::Main(fd, _) => {
                let span = left.map_or(CHECK, |left| left.min(CHECK));
                // Rounded up: a sleep that ends too early would spin.
                let millis = span.as_nanos().div_ceil(1_000_000);
                let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
                let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
                match poll(&mut fds, timeout) {
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(error) => return Err(error.into()),
                }
                fd.clear();
            }
            Self::Other(_) => match left {
                Some(left) => std::thread::park_timeout(left),
                None => std::thread::park(),
            },
        }
        Ok(())
    }
}

/// Blocks until `look` is ready, without the interpreter; `None` when the deadline passes first.
///
/// # Errors
/// The exception of a signal handler.
pub(crate) fn wait<T>(
    py: Python<'_>,
    deadline: Option<Instant>,
    mut look: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> PyResult<Option<T>> {
    let sleeper = Sleeper::of_this_thread()?;
    loop {
        if let Poll::Ready(value) = look(&mut Context::from_waker(sleeper.waker())) {
            return Ok(Some(value));
        }
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        py.check_signals()?;
        py.detach(|| sleeper.sleep(left))?;
    }
}
