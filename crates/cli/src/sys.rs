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

/// `CLOCK_BOOTTIME` in nanoseconds: the clock that leases are read from.
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

/// Blocks until nobody reads any more what is written to the pipe `fd`. For a file that is for
/// ever.
///
/// # Errors
/// When `fd` is none that can be waited on.
pub(crate) fn wait_reader_gone(fd: BorrowedFd<'_>) -> io::Result<()> {
    // An end that is gone is reported although nothing is asked for.
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

/// Blocks until there is something to read, or nothing will ever come.
///
/// # Errors
/// When `fd` is none that can be waited on.
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

/// Has `command` start with `socket` open, under the number it has here, and with all signals
/// blocked: nothing can end it before it is ready. The socket closes here with `command`.
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

/// Has `command` start with no signal blocked, and the kernel kill it when the thread that spawns
/// it ends: at the latest with the process. A set-user-id program is exempt from that. Before it
/// becomes the command the new process sends `birth` of its number on `socket`, so that whoever
/// reads there knows of it before it can do anything; and if `kill_at` (`CLOCK_BOOTTIME`) has passed
/// by then it does not start, and spawning fails with `ETIME`.
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
        // The parent may have ended before; then no signal will come.
        if nix::unistd::Pid::parent() != parent {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        let packet = birth(std::process::id());
        // The parent's socket, which nothing closes in this process before `exec` does.
        send(socket, &packet, MsgFlags::MSG_NOSIGNAL)?;
        // The host may have slept since the parent looked.
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
/// When there is none.
pub(crate) fn adopt(fd: RawFd) -> io::Result<UnixStream> {
    if fd <= libc::STDERR_FILENO {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the descriptor is only borrowed, to ask whether it is open, which fails if not.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    fcntl(borrowed, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    // SAFETY: it is open, and nobody else in this process knows its number: it was opened before
    // the process began, for us.
    Ok(UnixStream::from(unsafe { OwnedFd::from_raw_fd(fd) }))
}

/// Whether this process was started with that signal ignored, and nothing has changed that.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: with no new action the call only writes the present one to `action`, which outlives
    // it; all zeroes is a valid `sigaction` should it fail.
    let action = unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}

/// Has children wait to be reaped, also where whoever started the tool ignores `SIGCHLD`.
///
/// # Errors
/// When the system refuses.
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
