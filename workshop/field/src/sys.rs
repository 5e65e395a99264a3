//! The system calls that the standard library does not offer. The only file of
//! this crate with `unsafe`.
#![allow(unsafe_code)] // each block has the reason for which it is sound

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::ptr;

/// Makes the child of `command` die with the thread that spawns it, and live in the network
/// namespace `netns` if there is one.
///
/// The descriptor must stay open until the command was spawned.
pub(crate) fn prepare_child(command: &mut Command, netns: Option<BorrowedFd<'_>>) {
    let parent = std::process::id();
    let netns = netns.map(|fd| fd.as_raw_fd());
    let before_exec = move || {
        die_with_parent(parent)?;
        if let Some(fd) = netns {
            setns(fd)?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls are made
    // (prctl, getppid, setns); nothing is allocated or locked, and errors carry
    // only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// Makes the child of `command` begin with the default action for each signal and with none
/// blocked.
pub(crate) fn default_signals(command: &mut Command) {
    // SAFETY: all zeroes is a valid set, and the call writes an empty one to it.
    let none = unsafe {
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        none
    };
    let last = libc::SIGRTMAX();
    let before_exec = move || {
        for signal in 1..=last {
            // SAFETY: SIG_DFL is a valid disposition. SIGKILL, SIGSTOP and those of the C library
            // are refused: they have no other.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        // SAFETY: `none` is a set that outlives the call; the old one is not requested.
        match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut()) }
        {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    };
    // SAFETY: between fork and exec only async-signal-safe calls are made (signal,
    // pthread_sigmask); nothing is allocated or locked, and errors carry only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

/// From now on a write to a connection that its peer has reset ends this process, as in a program
/// that is not written in Rust: Rust's runtime has such writes fail instead.
pub(crate) fn die_of_broken_pipes() {
    // SAFETY: SIG_DFL is a valid disposition; this signal may be set, so it cannot fail.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

fn die_with_parent(parent: u32) -> io::Result<()> {
    // SAFETY: PR_SET_PDEATHSIG takes a signal number and touches no memory.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })?;
    // The parent may have died between fork and prctl; then no signal will come.
    // SAFETY: getppid takes nothing and cannot fail.
    if unsafe { libc::getppid() }.unsigned_abs() == parent {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(libc::ESRCH))
    }
}

/// Replaces files for the child of `command`, as (own file, place), by mounts in a namespace that
/// is the child's alone.
pub(crate) fn bind_files(command: &mut Command, binds: &[(PathBuf, PathBuf)]) {
    let text = |path: &PathBuf| {
        CString::new(path.as_os_str().as_bytes()).expect("a path without a zero byte")
    };
    let binds: Vec<_> = binds
        .iter()
        .map(|(own, at)| (text(own), text(at)))
        .collect();
    let before_exec = move || {
        // SAFETY: unshare takes flags and touches no memory.
        check(unsafe { libc::unshare(libc::CLONE_NEWNS) })?;
        mount(c"none", c"/", libc::MS_REC | libc::MS_PRIVATE)?;
        binds
            .iter()
            .try_for_each(|(own, at)| mount(own, at, libc::MS_BIND))
    };
    // SAFETY: between fork and exec only system calls are made; nothing is
    // allocated or locked, and errors carry only an OS code.
    unsafe { command.pre_exec(before_exec) };
}

fn mount(source: &CStr, target: &CStr, flags: libc::c_ulong) -> io::Result<()> {
    let (kind, data) = (ptr::null(), ptr::null());
    // SAFETY: both texts end with a zero byte and outlive the call; a kind and data
    // are not looked at for these flags.
    check(unsafe { libc::mount(source.as_ptr(), target.as_ptr(), kind, flags, data) })
}

/// Moves the calling thread into the network namespace `netns`.
pub(crate) fn enter_netns(netns: BorrowedFd<'_>) -> io::Result<()> {
    setns(netns.as_raw_fd())
}

fn setns(fd: i32) -> io::Result<()> {
    // SAFETY: setns takes a descriptor and a flag and touches no memory; on a
    // wrong descriptor it fails.
    check(unsafe { libc::setns(fd, libc::CLONE_NEWNET) })
}

/// Sends `signal` to `pid`, which must be a child that was not reaped yet.
pub(crate) fn kill(pid: u32, signal: i32) -> io::Result<()> {
    let pid = i32::try_from(pid).map_err(|_| io::Error::from_raw_os_error(libc::ESRCH))?;
    // SAFETY: kill takes two numbers and touches no memory of this process.
    check(unsafe { libc::kill(pid, signal) })
}

/// Stops a listening socket: connection attempts are refused from now on and a
/// blocked `accept` returns with an error. The socket keeps its port.
pub(crate) fn stop_listening(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: shutdown takes a descriptor, which the borrow keeps open.
    match check(unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_RD) }) {
        // It did not listen.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
        result => result,
    }
}

/// Makes a bound socket listen (again).
pub(crate) fn listen(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: listen takes a descriptor, which the borrow keeps open.
    check(unsafe { libc::listen(socket.as_raw_fd(), 128) })
}

/// Makes closing the last descriptor of `socket` send a reset instead of a FIN.
pub(crate) fn reset_on_close(socket: BorrowedFd<'_>) -> io::Result<()> {
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    let len = libc::socklen_t::try_from(size_of_val(&linger)).expect("a few bytes");
    // SAFETY: the option's value is a `linger` that outlives the call, and `len`
    // is its size.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            len,
        )
    })
}

/// Makes a pipe hold as little as the kernel allows: a page.
pub(crate) fn narrow_pipe(pipe: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: fcntl takes a descriptor, which the borrow keeps open, and numbers.
    check(unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, 1) })
}

/// Whether a read from `pipe` would not block: there are bytes, or the stream has ended.
pub(crate) fn is_readable(pipe: BorrowedFd<'_>) -> bool {
    poll_readable(pipe, 0)
}

/// Blocks until a read from `pipe` would not.
pub(crate) fn wait_readable(pipe: BorrowedFd<'_>) {
    while !poll_readable(pipe, -1) {}
}

fn poll_readable(pipe: BorrowedFd<'_>, timeout_ms: i32) -> bool {
    let mut poll = libc::pollfd {
        fd: pipe.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: `poll` is one pollfd that outlives the call; the borrow keeps its descriptor open.
    // An interruption is no answer; another error cannot be with one valid pollfd.
    unsafe { libc::poll(&raw mut poll, 1, timeout_ms) > 0 }
}

/// CLOCK_MONOTONIC in nanoseconds: what Java's `System.nanoTime` reads on Linux.
pub(crate) fn monotonic_ns() -> u64 {
    clock_ns(libc::CLOCK_MONOTONIC)
}

/// CLOCK_BOOTTIME in nanoseconds.
pub(crate) fn boottime_ns() -> u64 {
    clock_ns(libc::CLOCK_BOOTTIME)
}

fn clock_ns(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a timespec that the call may write.
    check(unsafe { libc::clock_gettime(clock, &raw mut time) }).expect("Linux has this clock");
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// How many clock ticks `/proc/PID/stat` counts in a second.
pub(crate) fn clock_ticks_per_second() -> u64 {
    // SAFETY: sysconf takes a number and touches no memory.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    u64::try_from(ticks)
        .ok()
        .filter(|ticks| *ticks > 0)
        .expect("_SC_CLK_TCK is known on Linux")
}

fn check(result: i32) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
