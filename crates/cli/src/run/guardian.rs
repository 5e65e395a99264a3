//! The guardian: a process between the supervisor and the command, so that the command ends with
//! the lease, whatever happens to the supervisor.
//!
//! It is the tool itself, started again: one thread, no connection, all signals blocked. It starts
//! the command in its own process group and holds the deadline, on `CLOCK_BOOTTIME`:
//!
//! - The supervisor is stopped or starved: no new deadline arrives, and at the old one the group is
//!   asked to end, then killed.
//! - The supervisor is killed: its socket closes, and the group is killed at once.
//! - The guardian itself is killed: the kernel kills the command (`PR_SET_PDEATHSIG`), and the
//!   supervisor kills the rest of the group.
//!
//! It never signals an unrelated process: it is the parent of the command and reaps it only after
//! its last signal, and until then the system gives the PID to no other process or group. If the
//! guardian is killed, the command becomes a child of the supervisor (a subreaper while it has a
//! guardian), and the same holds there.

use super::orders::{Notice, Order, PACKET_BYTES};
use crate::sys;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, getpgid};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

/// The program name of the guardian, which `ps` shows.
pub(super) const NAME: &str = "tenure-guardian";
/// The name that `killall` and `pkill` match: a command that kills every "tenure" must not kill
/// both.
const SHORT_NAME: &std::ffi::CStr = c"lease-guardian";

/// How long before the end of the lease the group is killed.
pub(super) const KILL_BEFORE: Duration = Duration::from_millis(100);

/// How late a timer on a slowed clock may be, in nanoseconds.
const PAUSE_MIN: u64 = 1_000_000;

struct Arguments {
    socket: UnixStream,
    end: u64,
    drain: u64,
    stop_timeout: u64,
    command: Vec<OsString>,
}

/// Runs as the guardian if the arguments are a guardian's.
pub(crate) fn main(words: &[OsString]) -> Option<ExitCode> {
    if words.first().is_none_or(|name| name != NAME) {
        return None;
    }
    let ended = read(words)
        .ok_or_else(|| io::Error::other("only `tenure run` starts the guardian"))
        .and_then(|arguments| {
            set_up()?;
            guard(arguments)
        });
    Some(match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            crate::report::print_error(&format!("{NAME}: {error}"));
            ExitCode::FAILURE
        }
    })
}

fn read(words: &[OsString]) -> Option<Arguments> {
    let mut words = words.iter().skip(1);
    let mut number = || words.next()?.to_str()?.parse::<u64>().ok();
    let (socket, end, drain, stop_timeout) = (number()?, number()?, number()?, number()?);
    Some(Arguments {
        socket: sys::adopt(i32::try_from(socket).ok()?).ok()?,
        end,
        drain,
        stop_timeout,
        command: words.cloned().collect(),
    })
}

fn set_up() -> io::Result<()> {
    // Only SIGKILL ends it; SIGCHLD is read from a file descriptor.
    SigSet::all().thread_block()?;
    // The parent of the tool may have set SIGCHLD to be ignored.
    sys::default_sigchld()?;
    prctl::set_name(SHORT_NAME)?;
    // The command's orphans become our children: so we know when its group is gone.
    prctl::set_child_subreaper(true)?;
    Ok(())
}

fn guard(arguments: Arguments) -> io::Result<()> {
    let mut guardian = Guardian::start(arguments)?;
    let Some(mut group) = guardian.group.take() else {
        guardian.wait_closed();
        return Ok(());
    };
    // A reader of the tool's output waits for the command, not for the guardian.
    let null = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    drop(null);
    while !group.is_over(guardian.stopping.is_some()) {
        guardian.act(&group)?;
        guardian.wait()?;
        guardian.take_orders(&group);
    }
    let status = group.reap()?;
    guardian.report(Notice::Ended(status));
    guardian.wait_closed();
    Ok(())
}

/// The time, on `CLOCK_BOOTTIME`, since the supervisor's last order; or more, if that clock has
/// been slowed down since (`chrony` does that, by up to a twelfth) and would make the lease longer.
struct Clock {
    boot: u64,
    raw: u64,
}

impl Clock {
    fn start() -> Self {
        Self {
            boot: sys::boottime_ns(),
            raw: sys::raw_ns(),
        }
    }

    fn now(&self) -> u64 {
        let passed = sys::raw_ns().saturating_sub(self.raw);
        sys::boottime_ns().max(self.boot.saturating_add(passed))
    }
}

/// The time for a timer on `CLOCK_BOOTTIME`, for a deadline this far away: the timer ends early
/// enough to check the clock again before it can be late.
fn pause(left: u64) -> u64 {
    let early = left / 12;
    let early = if early < PAUSE_MIN { 0 } else { early };
    left - early
}

struct Guardian {
    clock: Clock,
    socket: UnixStream,
    children: SignalFd,
    timer: TimerFd,
    end: u64,
    drain: u64,
    stop_timeout: u64,
    /// The command was asked to end; at this time it is killed.
    stopping: Option<u64>,
    killed: bool,
    group: Option<Group>,
}

impl Guardian {
    /// Starts the command, unless its lease has expired already.
    fn start(arguments: Arguments) -> io::Result<Self> {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGCHLD);
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let mut guardian = Self {
            clock: Clock::start(),
            children: SignalFd::with_flags(&signals, flags)?,
            timer: TimerFd::new(
                ClockId::CLOCK_BOOTTIME,
                TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK,
            )?,
            socket: arguments.socket,
            end: arguments.end,
            drain: arguments.drain,
            stop_timeout: arguments.stop_timeout,
            stopping: None,
            killed: false,
            group: None,
        };
        if sys::boottime_ns() >= guardian.kill_at() {
            guardian.report(Notice::Late);
            return Ok(guardian);
        }
        match Group::start(&arguments.command, guardian.kill_at(), &guardian.socket) {
            Ok(group) => {
                guardian.report(Notice::Started(group.child.id()));
                guardian.group = Some(group);
            }
            // The host slept between our reading of the clock and the start of the command.
            Err(error) if error.raw_os_error() == Some(libc::ETIME) => {
                guardian.report(Notice::Late)
            }
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(libc::EINVAL);
                guardian.report(Notice::NotStarted(errno));
            }
        }
        Ok(guardian)
    }

    fn kill_at(&self) -> u64 {
        let lease = self.end.saturating_sub(nanos(KILL_BEFORE));
        self.stopping.map_or(lease, |at| at.min(lease))
    }

    fn stop_at(&self) -> u64 {
        self.end.saturating_sub(self.drain)
    }

    /// Takes the actions that are due, and sets the timer for the next one.
    fn act(&mut self, group: &Group) -> io::Result<()> {
        let now = self.clock.now();
        if self.stopping.is_none() && now >= self.stop_at() {
            self.stopping = Some(now.saturating_add(self.stop_timeout));
            group.ask_to_end(Signal::SIGTERM);
            self.report(Notice::Stopping);
        }
        if !self.killed && now >= self.kill_at() {
            self.kill(group);
            self.report(Notice::Killed);
        }
        let next = match (self.killed, self.stopping) {
            (true, _) => None,
            (false, None) => Some(self.stop_at().min(self.kill_at())),
            (false, Some(_)) => Some(self.kill_at()),
        };
        match next {
            // Zero would stop the timer. Time during which the host sleeps counts.
            Some(at) => self.timer.set(
                Expiration::OneShot(TimeSpec::from_duration(Duration::from_nanos(
                    pause(at.saturating_sub(now)).max(1),
                ))),
                TimerSetTimeFlags::empty(),
            )?,
            None => self.timer.unset()?,
        }
        Ok(())
    }

    fn kill(&mut self, group: &Group) {
        self.killed = true;
        group.signal(Signal::SIGKILL);
    }

    /// Blocks until the socket, the children or the timer are ready.
    fn wait(&self) -> io::Result<()> {
        let mut fds = [
            PollFd::new(self.socket.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.children.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.timer.as_fd(), PollFlags::POLLIN),
        ];
        // The death of the supervisor is already handled: its socket would be ready for ever.
        let fds = if self.killed { &mut fds[1..] } else { &mut fds };
        match poll(fds, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        while let Ok(Some(_)) = self.children.read_signal() {}
        Ok(())
    }

    /// Reads the supervisor's orders, and notices its death.
    fn take_orders(&mut self, group: &Group) {
        let mut packet = [0; PACKET_BYTES];
        while !self.killed && self.is_ready() {
            match self.socket.read(&mut packet) {
                Ok(PACKET_BYTES) => {
                    if let Some(order) = Order::read(&packet) {
                        self.obey(order, group);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => self.kill(group),
            }
        }
    }

    fn is_ready(&self) -> bool {
        let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }

    fn obey(&mut self, order: Order, group: &Group) {
        match order {
            Order::Lease { end, drain } => {
                self.end = end;
                self.drain = drain;
                self.clock = Clock::start();
            }
            Order::Signal(signal) => {
                if let Ok(signal) = Signal::try_from(signal) {
                    group.signal(signal);
                }
            }
            Order::Stop { signal, kill_at } => {
                let sooner = self.stopping.map_or(kill_at, |at| at.min(kill_at));
                self.stopping = Some(sooner);
                if let Ok(signal) = Signal::try_from(signal) {
                    group.ask_to_end(signal);
                }
            }
        }
    }

    fn report(&mut self, notice: Notice) {
        // The next read notices a dead supervisor.
        drop(self.socket.write(&notice.packet()));
    }

    /// Waits until the supervisor has closed the socket.
    fn wait_closed(&mut self) {
        let mut packet = [0; PACKET_BYTES];
        loop {
            match self.socket.read(&mut packet) {
                Ok(0) => return,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
                _ => {}
            }
        }
    }
}

/// The command and its process group.
struct Group {
    child: Child,
    pid: Pid,
}

impl Group {
    /// The supervisor receives the PID on `socket` before the command starts: the guardian may be
    /// killed before it can report that the command runs.
    fn start(words: &[OsString], kill_at: u64, socket: &UnixStream) -> io::Result<Self> {
        let (program, rest) = words
            .split_first()
            .ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))?;
        let mut command = Command::new(program);
        command.args(rest).process_group(0);
        let birth = |pid| Notice::Forked(pid).packet();
        sys::die_with_parent(&mut command, kill_at, socket, birth);
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        Ok(Self {
            child,
            pid: Pid::from_raw(pid),
        })
    }

    fn signal(&self, signal: Signal) {
        // The command was not reaped, so the group is still its own. An error leaves only processes
        // that we may not signal.
        let _ = killpg(self.pid, signal);
    }

    /// A stopped process handles no signal: SIGCONT wakes it up.
    fn ask_to_end(&self, signal: Signal) {
        self.signal(signal);
        self.signal(Signal::SIGCONT);
    }

    /// Whether the whole group has ended. When the command ends by itself, the rest of its group is
    /// killed; when it was asked to end, the rest has the same time as the command.
    fn is_over(&self, asked: bool) -> bool {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        if matches!(waitid(Id::Pid(self.pid), flags), Ok(WaitStatus::StillAlive)) {
            return false;
        }
        if !asked {
            self.signal(Signal::SIGKILL);
        }
        !self.has_survivors()
    }

    /// Whether other processes of the group are left; those that have ended are reaped.
    fn has_survivors(&self) -> bool {
        let id = std::process::id();
        // Without this file (a kernel option, on everywhere) the rest is killed with the command.
        let Ok(list) = std::fs::read_to_string(format!("/proc/self/task/{id}/children")) else {
            return false;
        };
        let children = list.split_ascii_whitespace().filter_map(|c| c.parse().ok());
        let mut survivors = false;
        for child in children.map(Pid::from_raw).filter(|c| *c != self.pid) {
            let reaped = waitpid(child, Some(WaitPidFlag::WNOHANG));
            survivors |= matches!(reaped, Ok(WaitStatus::StillAlive))
                && getpgid(Some(child)) == Ok(self.pid);
        }
        survivors
    }

    /// Kills the rest and reaps the command.
    fn reap(&mut self) -> io::Result<i32> {
        self.signal(Signal::SIGKILL);
        Ok(self.child.wait()?.into_raw())
    }
}

pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_slowed_down_makes_no_lease_longer() {
        let second = 1_000_000_000;
        let Clock { boot, raw } = Clock::start();
        let slowed = Clock {
            boot,
            raw: raw - second,
        };
        assert!(slowed.now() >= boot + second);
        // A host that has slept: the other clock does not count that.
        let slept = Clock {
            boot: boot - second,
            raw,
        };
        let now = slept.now();
        assert!(now >= boot && now < boot + second);
    }

    #[test]
    fn a_timer_that_is_slowed_down_is_looked_at_before_it_is_late() {
        let (mut left, mut looks) = (4_000_000_000, 0);
        while left > 0 {
            // Slower than it should be by ten parts in 120.
            let passed = pause(left) * 12 / 11;
            assert!(passed <= left + PAUSE_MIN * 2, "{left}");
            left = left.saturating_sub(passed);
            looks += 1;
        }
        assert!(looks < 8, "{looks}");
        assert_eq!([pause(0), pause(1)], [0, 1]);
    }
}
