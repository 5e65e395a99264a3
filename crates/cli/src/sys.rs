//! The system calls that neither the standard library nor `nix` offers safely.
#![allow(unsafe_code)] // each block says why it is sound

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::time::ClockId;
use nix::unistd::Pid;
use std::fs::File;
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

/// Makes `command` start with this descriptor open, under its present number. It closes here with `command`.
pub(crate) fn leave_open(command: &mut Command, descriptor: OwnedFd) {
    let before_exec = move || {
        fcntl(descriptor.as_fd(), FcntlArg::F_SETFD(FdFlag::empty()))?;
        Ok(())
    };
    // SAFETY: between fork and exec only fcntl is called, which is async-signal-safe; errors carry only an
    // OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// Makes `command` start with no signal blocked, in the control group with this entrance, and the
/// kernel kill it when the thread that spawns it ends: at the latest with the process. A set-user-ID
/// program is exempt from that. If `kill_at` (`CLOCK_BOOTTIME`) has passed by then it does not start,
/// and spawning fails with `ETIME`.
pub(crate) fn die_with_parent(command: &mut Command, kill_at: u64, entrance: Option<File>) {
    let parent = Pid::this();
    let before_exec = move || {
        SigSet::empty().thread_set_mask()?;
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // The parent may have ended before; then no signal comes.
        if Pid::parent() != parent {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        if let Some(entrance) = &entrance {
            // A control group that does not take it is not needed: see `run::cgroup`.
            let _ = nix::unistd::write(entrance, b"0");
        }
        // The host may have slept since the parent read the clock.
        if boottime_ns() >= kill_at {
            return Err(io::Error::from_raw_os_error(libc::ETIME));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls are made (sigemptyset,
    // pthread_sigmask, prctl, getppid, write, clock_gettime); nothing is allocated or locked, and
    // errors carry only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// Opens the process that has this PID now (pidfd_open(2)). It closes on `exec`.
///
/// # Errors
/// `ESRCH` if there is none; `ENOSYS` before Linux 5.3.
pub(crate) fn open_process(pid: Pid) -> Result<OwnedFd, Errno> {
    // SAFETY: the call takes two numbers and returns a new descriptor or -1.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) })?;
    let fd = RawFd::try_from(fd).map_err(|_| Errno::EBADF)?;
    // SAFETY: it is new, so nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Signals the process that [`open_process`] opened, even if another one has its PID by now.
///
/// # Errors
/// `ESRCH` if it has ended and was reaped; `EPERM` if this process may not.
pub(crate) fn signal_process(process: &OwnedFd, signal: Signal) -> Result<(), Errno> {
    let (fd, signal) = (process.as_raw_fd(), signal as i32);
    let info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the descriptor is open, and without a siginfo the kernel fills one in as for kill(2).
    let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, info, 0) };
    Errno::result(sent).map(drop)
}

/// Signals a process group: by a number, for real-time signals have no names.
pub(crate) fn signal_group(group: Pid, signal: i32) {
    // SAFETY: the call takes two numbers. An error leaves only processes that we may not signal.
    unsafe { libc::killpg(group.as_raw(), signal) };
}

/// Takes the next change of a child, whichever: its PID and wait status, ended or stopped. A PID of 0
/// stands for no change.
///
/// # Errors
/// `ECHILD` if there is no child.
pub(crate) fn wait_any() -> Result<(Pid, i32), Errno> {
    let mut status = 0;
    let flags = libc::WNOHANG | libc::WUNTRACED | libc::__WALL;
    // SAFETY: the call writes only to `status`, which outlives it.
    let pid = Errno::result(unsafe { libc::waitpid(-1, &raw mut status, flags) })?;
    Ok((Pid::from_raw(pid), status))
}

/// Gives this thread a processor before all ordinary ones, if the system allows it: neither they nor
/// a quota of processor time delay it then (sched(7)). Its children are ordinary.
pub(crate) fn precede_ordinary_threads() {
    let parameters = libc::sched_param { sched_priority: 1 };
    let policy = libc::SCHED_RR | libc::SCHED_RESET_ON_FORK;
    let parameters = &raw const parameters;
    // SAFETY: the call reads `parameters`, which outlive it, and changes nothing else. An error leaves
    // everything as it was. (musl's own function of the name always fails.)
    unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy, parameters) };
}

/// Takes over the descriptor that [`hand_over`] or [`leave_open`] left open under this number.
///
/// # Errors
/// If there is none.
pub(crate) fn adopt(fd: RawFd) -> io::Result<OwnedFd> {
    if fd <= libc::STDERR_FILENO {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the descriptor is only borrowed, for a call that fails if it is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    fcntl(borrowed, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    // SAFETY: it is open, and no other code in this process has its number: it was opened for us
    // before the process began.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
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

    #[test]
    fn a_command_does_not_start_after_its_time() {
        for (kill_at, starts) in [(u64::MAX, true), (boottime_ns(), false)] {
            let mut command = Command::new("/bin/true");
            die_with_parent(&mut command, kill_at, None);
            match command.spawn() {
                Ok(mut child) => assert!(starts && child.wait().unwrap().success()),
                Err(error) => {
                    assert_eq!((starts, error.raw_os_error()), (false, Some(libc::ETIME)));
                }
            }
        }
    }
}
