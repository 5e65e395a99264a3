//! The system calls that neither the standard library nor `nix` offers safely.
#![allow(unsafe_code)] // each block says why it is sound

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::socket::{MsgFlags, send};
use nix::time::ClockId;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// `CLOCK_BOOTTIME` in nanoseconds: the clock of leases.
pub(crate) fn boottime_ns() -> u64 {
    read(ClockId::CLOCK_BOOTTIME)
}

/// `CLOCK_MONOTONIC_RAW` in nanoseconds: no daemon slows it down, but it does not count sleep.
pub(crate) fn raw_ns() -> u64 {
    read(ClockId::CLOCK_MONOTONIC_RAW)
}

fn read(clock: ClockId) -> u64 {
    // Linux has had these clocks since 2.6.39, so the call cannot fail.
    let time = clock.now().map_or(Duration::ZERO, Duration::from);
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Blocks until the pipe `fd` has no reader left; for a file, for ever.
///
/// # Errors
/// If `fd` cannot be waited on.
pub(crate) fn wait_reader_gone(fd: BorrowedFd<'_>) -> io::Result<()> {
    // A closed end is reported although no event is requested.
    let mut fds = [PollFd::new(fd, PollFlags::empty())];
    loop {
        match poll(&mut fds, PollTimeout::NONE) {
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                let seen = fds[0].revents().unwrap_or(PollFlags::empty());
                if seen.contains(PollFlags::POLLNVAL) {
                    return Err(Errno::EBADF.into());
                }
                if seen.intersects(PollFlags::POLLERR | PollFlags::POLLHUP) {
                    return Ok(());
                }
            }
        }
    }
}

/// Blocks until `fd` can be read, or has reached its end.
///
/// # Errors
/// If `fd` cannot be waited on.
pub(crate) fn wait_readable(fd: &impl AsFd) -> io::Result<()> {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    loop {
        match poll(&mut fds, PollTimeout::NONE) {
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}

/// Makes `command` start with `socket` open, under its present number, and with all signals
/// blocked: no signal can end it before it is ready. The socket closes here with `command`.
pub(crate) fn hand_over(command: &mut Command, socket: UnixStream) {
    let before_exec = move || {
        fcntl(socket.as_fd(), FcntlArg::F_SETFD(FdFlag::empty()))?;
        SigSet::all().thread_block()?;
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls are made (fcntl, sigfillset,
    // pthread_sigmask); nothing is allocated or locked, and errors carry only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// Makes `command` start with no signal blocked, and the kernel kill it when the thread that spawns
/// it ends: at the latest with the process. A set-user-id program is exempt from that. Before the
/// new process becomes the command it sends `birth` of its PID on `socket`, so that the reader has
/// the PID before the command runs; and if `kill_at` (`CLOCK_BOOTTIME`) has passed by then it does
/// not start, and spawning fails with `ETIME`.
pub(crate) fn die_with_parent<const N: usize>(
    command: &mut Command,
    kill_at: u64,
    socket: &UnixStream,
    birth: fn(u32) -> [u8; N],
) {
    let parent = nix::unistd::Pid::this();
    let socket = socket.as_raw_fd();
    let before_exec = move || {
        SigSet::empty().thread_set_mask()?;
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // The parent may have ended before; then no signal comes.
        if nix::unistd::Pid::parent() != parent {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        let packet = birth(std::process::id());
        // The parent's socket: in this process only `exec` closes it.
        send(socket, &packet, MsgFlags::MSG_NOSIGNAL)?;
        // The host may have slept since the parent read the clock.
        if boottime_ns() >= kill_at {
            return Err(io::Error::from_raw_os_error(libc::ETIME));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls are made (sigemptyset,
    // pthread_sigmask, prctl, getppid, getpid, send, clock_gettime); `birth` only computes; nothing
    // is allocated or locked, and errors carry only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// Takes over the socket that [`hand_over`] left open under this number.
///
/// # Errors
/// If there is none.
pub(crate) fn adopt(fd: RawFd) -> io::Result<UnixStream> {
    if fd <= libc::STDERR_FILENO {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the descriptor is only borrowed, for a call that fails if it is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    fcntl(borrowed, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    // SAFETY: it is open, and no other code in this process has its number: it was opened for us
    // before the process began.
    Ok(UnixStream::from(unsafe { OwnedFd::from_raw_fd(fd) }))
}

/// Whether this process was started with that signal ignored, and still ignores it.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action the call only writes the present one to `action`, which outlives
    // it; if it fails, all zeroes is a valid `sigaction`.
    let action = unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}

/// Keeps ended children until they are reaped, even if the parent of the tool ignored `SIGCHLD`.
///
/// # Errors
/// If the system refuses.
pub(crate) fn default_sigchld() -> io::Result<()> {
    // SAFETY: the default action runs no code of ours.
    let was = unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
    if was == libc::SIG_ERR {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn start(kill_at: u64) -> (io::Result<()>, u32) {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let mut command = Command::new("/bin/true");
        die_with_parent(&mut command, kill_at, &theirs, u32::to_ne_bytes);
        let child = command.spawn();
        let mut packet = [0; 4];
        ours.read_exact(&mut packet).unwrap();
        let told = u32::from_ne_bytes(packet);
        let ended = child.map(|mut child| {
            assert_eq!(child.id(), told);
            assert!(child.wait().unwrap().success());
        });
        (ended, told)
    }

    #[test]
    fn a_command_is_known_before_it_runs_and_does_not_start_after_its_time() {
        assert!(start(u64::MAX).0.is_ok());
        let (late, told) = start(boottime_ns());
        assert_eq!(late.unwrap_err().raw_os_error(), Some(libc::ETIME));
        assert_ne!(told, std::process::id());
    }
}
