//! Waiting by a thread, with the interpreter let go, so that Ctrl-C ends it.
//!
//! The main thread, which alone runs signal handlers, waits in poll(2) for an eventfd: a signal
//! interrupts that at once. Three things do not: a signal in the few instructions between the look
//! for it and poll(2), one that another thread took, and `_thread.interrupt_main`, which sends none.
//! For their sake it looks once a second. Other threads are parked and look at nothing.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::{getpid, gettid};
use pyo3::prelude::*;
use std::cell::RefCell;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// How long the main thread waits before it looks for signals in vain.
const LOOK: Duration = Duration::from_secs(1);

struct Bell(EventFd);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // A counter that is full is readable, too.
        let _ = self.0.write(1);
    }
}

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// How one thread waits. It is kept for the life of the thread: a handle remembers whom to wake,
/// and must not remember one for each call that timed out.
#[derive(Clone)]
enum Seat {
    Main(Arc<Bell>, Waker),
    Other(Waker),
}

thread_local! {
    /// With the process for which it was made: descriptors are shared by fork.
    static SEAT: RefCell<Option<(i32, Seat)>> = const { RefCell::new(None) };
}

impl Seat {
    fn of_this_thread() -> PyResult<Self> {
        let process = getpid();
        SEAT.with_borrow_mut(|seat| match seat {
            Some((made_for, seat)) if *made_for == process.as_raw() => Ok(seat.clone()),
            _ => {
                let new = Self::new(gettid() == process)?;
                *seat = Some((process.as_raw(), new.clone()));
                Ok(new)
            }
        })
    }

    fn new(main: bool) -> PyResult<Self> {
        if !main {
            let parked = Arc::new(Parked(std::thread::current()));
            return Ok(Self::Other(Waker::from(parked)));
        }
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let bell = EventFd::from_value_and_flags(0, flags).map_err(std::io::Error::from)?;
        let bell = Arc::new(Bell(bell));
        Ok(Self::Main(Arc::clone(&bell), Waker::from(bell)))
    }

    fn waker(&self) -> &Waker {
        match self {
            Self::Main(_, waker) | Self::Other(waker) => waker,
        }
    }

    /// Waits until it is woken, for `left`, or for a signal. It may end for no reason.
    fn sit(&self, left: Option<Duration>) -> std::io::Result<()> {
        match self {
            Self::Main(bell, _) => {
                let span = left.map_or(LOOK, |left| left.min(LOOK));
                // Rounded up: a wait that ends too early would spin.
                let millis = span.as_nanos().div_ceil(1_000_000);
                let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
                let mut fds = [PollFd::new(bell.0.as_fd(), PollFlags::POLLIN)];
                match poll(&mut fds, timeout) {
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(error) => return Err(error.into()),
                }
                // Nothing to read: it was a signal, or the time.
                let _ = bell.0.read();
            }
            Self::Other(_) => match left {
                Some(left) => std::thread::park_timeout(left),
                None => std::thread::park(),
            },
        }
        Ok(())
    }
}

/// Blocks until `look` is ready (`None` when the deadline passes first), without the interpreter.
///
/// # Errors
/// What a signal handler raised.
pub(crate) fn wait<T>(
    py: Python<'_>,
    deadline: Option<Instant>,
    mut look: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> PyResult<Option<T>> {
    let seat = Seat::of_this_thread()?;
    loop {
        if let Poll::Ready(value) = look(&mut Context::from_waker(seat.waker())) {
            return Ok(Some(value));
        }
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        py.check_signals()?;
        py.detach(|| seat.sit(left))?;
    }
}
