//! The guardian: a process between the supervisor and the command, so that the command and all that
//! descends from it end with the lease, whatever happens to the supervisor.
//!
//! It is the tool itself, started again: one thread, no connection, all signals blocked. It starts
//! the command in its own process group and holds the deadline, on `CLOCK_BOOTTIME`:
//!
//! - The supervisor is stopped or starved: no new deadline arrives, and at the old one the command is
//!   asked to end, then killed. How late the guardian itself gets a processor is measured, and it
//!   begins earlier by that ([`lateness`](super::lateness)).
//! - The supervisor is killed: its socket closes, and all is killed at once. Only when nothing is left, the
//!   undertaker may close the supervisor's session: the guardian tells it so.
//! - The guardian itself is killed: the kernel kills the command (`PR_SET_PDEATHSIG`), and the
//!   supervisor kills the rest.
//!
//! Guardian and supervisor are subreapers: each orphan becomes a child of one of them
//! ([`descent`](super::descent)).

use super::cgroup::Cgroup;
use super::descent::Reaped;
use super::family::Family;
use super::killing::Survivor;
use super::lateness::{Lateness, PROBE};
use super::orders::{Notice, Order, PACKET_BYTES};
use crate::sys;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::Duration;

/// The program name of the guardian, which `ps` shows.
pub(super) const NAME: &str = "tenure-guardian";
/// The name that `killall` and `pkill` match: a command that kills every "tenure" must not kill
/// both.
const SHORT_NAME: &std::ffi::CStr = c"lease-guardian";

/// In the place of the number of a descriptor that there is not.
pub(super) const NO_DESCRIPTOR: &str = "-";

/// How long before the end of the lease all is killed.
pub(crate) const KILL_BEFORE: Duration = Duration::from_millis(100);

/// How often it is looked for processes that have not ended although they were killed.
const SWEEP: u64 = 5_000_000;

/// How late a timer on a slowed clock may be, in nanoseconds.
const PAUSE_MIN: u64 = 1_000_000;

/// What the supervisor tells the guardian at its start. Instants are nanoseconds on `CLOCK_BOOTTIME`.
pub(super) struct Words {
    /// When they were written.
    pub(super) at: u64,
    /// The end of the lease.
    pub(super) end: u64,
    pub(super) drain: u64,
    pub(super) stop_timeout: u64,
    /// Whether programs give the command privileges that it does not have.
    pub(super) new_privileges: bool,
    pub(super) cgroup: Option<Cgroup>,
}

impl Words {
    /// As arguments; without a control group the last is empty.
    pub(super) fn list(&self) -> [OsString; 6] {
        let number = |number: u64| OsString::from(number.to_string());
        let directory = self.cgroup.as_ref().map(Cgroup::directory);
        [
            number(self.at),
            number(self.end),
            number(self.drain),
            number(self.stop_timeout),
            number(self.new_privileges.into()),
            directory.map_or_else(OsString::new, OsString::from),
        ]
    }

    /// From arguments.
    fn read<'a>(words: &mut impl Iterator<Item = &'a OsString>) -> Option<Self> {
        let mut number = || words.next()?.to_str()?.parse::<u64>().ok();
        Some(Self {
            at: number()?,
            end: number()?,
            drain: number()?,
            stop_timeout: number()?,
            new_privileges: number()? != 0,
            cgroup: Some(words.next()?)
                .filter(|directory| !directory.is_empty())
                .map(Cgroup::at),
        })
    }
}

struct Arguments {
    socket: UnixStream,
    /// Where it says that nothing of the command is left: an undertaker waits for that before it closes the
    /// session of a supervisor that was killed.
    undertaker: Option<File>,
    words: Words,
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
            set_up(arguments.words.new_privileges)?;
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
    let mut descriptor = || {
        let word = words.next()?.to_str()?;
        match word {
            NO_DESCRIPTOR => Some(None),
            number => Some(Some(sys::adopt(number.parse().ok()?).ok()?)),
        }
    };
    let (socket, undertaker) = (descriptor()??, descriptor()?);
    Some(Arguments {
        socket: socket.into(),
        undertaker: undertaker.map(File::from),
        words: Words::read(&mut words)?,
        command: words.cloned().collect(),
    })
}

fn set_up(new_privileges: bool) -> io::Result<()> {
    // Only SIGKILL ends it; SIGCHLD is read from a file descriptor.
    SigSet::all().thread_block()?;
    // The parent of the tool may have set SIGCHLD to be ignored.
    sys::default_sigchld()?;
    prctl::set_name(SHORT_NAME)?;
    prctl::set_child_subreaper(true)?;
    if !new_privileges {
        prctl::set_no_new_privs()?;
    }
    sys::precede_ordinary_threads();
    Ok(())
}

fn guard(mut arguments: Arguments) -> io::Result<()> {
    let undertaker = arguments.undertaker.take();
    let (mut guardian, command) = Guardian::start(arguments)?;
    let Some(mut command) = command else {
        tell(undertaker);
        guardian.wait_closed();
        return Ok(());
    };
    // A reader of the tool's output waits for the command, not for the guardian.
    let null = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    drop(null);
    while !guardian.is_over(&mut command) {
        guardian.act(&mut command)?;
        guardian.wait()?;
        guardian.take_orders(&mut command);
    }
    tell(undertaker);
    if guardian.killed {
        guardian.report(Notice::Killed);
    }
    guardian.report(Notice::Ended(command.status().unwrap_or_default()));
    command.remove_cgroup();
    guardian.wait_closed();
    Ok(())
}

/// Tells the undertaker that nothing of the command is left. In every other case of our end the pipe ends
/// without a word, and the session is left to its timeout.
fn tell(undertaker: Option<File>) {
    if let Some(mut pipe) = undertaker {
        // Without a reader there is no undertaker.
        drop(pipe.write(b"."));
    }
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
    lateness: Lateness,
    socket: UnixStream,
    children: SignalFd,
    timer: TimerFd,
    /// When the timer ends.
    due: Option<u64>,
    end: u64,
    drain: u64,
    /// The most by which it begins earlier.
    margin_max: u64,
    stop_timeout: u64,
    /// The command was asked to end; at this time it is killed.
    stopping: Option<u64>,
    /// Its time was over.
    killed: bool,
    /// All is being killed, because its time is over or the command has ended.
    killing: bool,
    orphaned: bool,
}

impl Guardian {
    /// Starts the command, unless its lease has expired already.
    fn start(arguments: Arguments) -> io::Result<(Self, Option<Family>)> {
        let Arguments {
            socket,
            words,
            command,
            ..
        } = arguments;
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGCHLD);
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let mut guardian = Self {
            clock: Clock::start(),
            lateness: Lateness::default(),
            children: SignalFd::with_flags(&signals, flags)?,
            timer: TimerFd::new(
                ClockId::CLOCK_BOOTTIME,
                TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK,
            )?,
            due: None,
            socket,
            end: words.end,
            drain: words.drain,
            margin_max: words.end.saturating_sub(words.at) / 2,
            stop_timeout: words.stop_timeout,
            stopping: None,
            killed: false,
            killing: false,
            orphaned: false,
        };
        // The start of a program takes some milliseconds, and that is in it.
        guardian.lateness.saw(words.at, guardian.clock.now());
        let kill_at = guardian.kill_at();
        if sys::boottime_ns() >= kill_at {
            guardian.report(Notice::Late);
            return Ok((guardian, None));
        }
        let command = match Family::start(&command, words.cgroup, kill_at) {
            Ok(command) => {
                guardian.report(Notice::Started(command.pid()));
                Some(command)
            }
            // The host slept between our reading of the clock and the start of the command.
            Err(error) if error.raw_os_error() == Some(libc::ETIME) => {
                guardian.report(Notice::Late);
                None
            }
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(libc::EINVAL);
                guardian.report(Notice::NotStarted(errno));
                None
            }
        };
        Ok((guardian, command))
    }

    fn margin(&self) -> u64 {
        self.lateness.margin().min(self.margin_max)
    }

    fn kill_at(&self) -> u64 {
        let lease = self.end.saturating_sub(nanos(KILL_BEFORE));
        let lease = lease.saturating_sub(self.margin());
        self.stopping.map_or(lease, |at| at.min(lease))
    }

    fn stop_at(&self) -> u64 {
        let drain = self.drain.saturating_add(self.margin());
        self.end.saturating_sub(drain)
    }

    /// Whether nothing of the command is left. When it ends by itself, the rest is killed; when it was
    /// asked to end, the rest has the same time as the command.
    fn is_over(&mut self, command: &mut Family) -> bool {
        let mut is_over = false;
        loop {
            match command.reap() {
                Reaped::Ended(..) => {}
                Reaped::Stopped(pid, signal) => self.on_stopped(command, pid.as_raw(), signal),
                Reaped::Nothing => break,
                Reaped::NoChild => {
                    is_over = command.is_empty();
                    break;
                }
            }
        }
        if command.status().is_some() && self.stopping.is_none() && !is_over {
            self.killing = true;
        }
        is_over
    }

    fn on_stopped(&mut self, command: &Family, pid: i32, signal: i32) {
        if u32::try_from(pid) != Ok(command.pid()) {
            return;
        }
        match signal {
            // The lease goes on: a leader cannot be suspended from the keyboard.
            libc::SIGTSTP => command.signal_group(libc::SIGCONT),
            libc::SIGTTIN | libc::SIGTTOU => self.report(Notice::Stopped(signal)),
            _ => {}
        }
    }

    /// Takes the actions that are due, and sets the timer for the next one.
    fn act(&mut self, command: &mut Family) -> io::Result<()> {
        let now = self.clock.now();
        if self.stopping.is_none() && now >= self.stop_at() {
            self.stopping = Some(now.saturating_add(self.stop_timeout));
            command.ask_to_end(Signal::SIGTERM);
            self.report(Notice::Stopping);
        }
        if !self.killed && now >= self.kill_at() {
            self.kill();
        }
        let left = if self.killing {
            for Survivor { pid, errno } in command.kill() {
                self.report(Notice::Survives { pid, errno });
            }
            if self.orphaned && command.cannot_be_killed() {
                return Err(io::Error::from_raw_os_error(libc::EPERM));
            }
            SWEEP
        } else {
            let next = match self.stopping {
                None => self.stop_at().min(self.kill_at()),
                Some(_) => self.kill_at(),
            };
            pause(next.saturating_sub(now)).min(PROBE)
        };
        // Zero would stop the timer. Time during which the host sleeps counts.
        let left = left.max(1);
        self.due = (!self.killing).then(|| self.clock.now().saturating_add(left));
        let at = Expiration::OneShot(TimeSpec::from_duration(Duration::from_nanos(left)));
        self.timer.set(at, TimerSetTimeFlags::empty())?;
        Ok(())
    }

    fn kill(&mut self) {
        self.killed = true;
        self.killing = true;
    }

    /// Blocks until the socket, the children or the timer are ready.
    fn wait(&mut self) -> io::Result<()> {
        let mut fds = [
            PollFd::new(self.socket.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.children.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.timer.as_fd(), PollFlags::POLLIN),
        ];
        // The death of the supervisor is already handled: its socket would be ready for ever.
        let fds = if self.orphaned {
            &mut fds[1..]
        } else {
            &mut fds
        };
        match poll(fds, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        while let Ok(Some(_)) = self.children.read_signal() {}
        let now = self.clock.now();
        if let Some(due) = self.due.filter(|due| *due <= now) {
            self.lateness.saw(due, now);
        }
        Ok(())
    }

    /// Reads the supervisor's orders, and notices its death.
    fn take_orders(&mut self, command: &mut Family) {
        let mut packet = [0; PACKET_BYTES];
        while !self.orphaned && self.is_ready() {
            match self.socket.read(&mut packet) {
                Ok(PACKET_BYTES) => {
                    if let Some(order) = Order::read(&packet) {
                        self.obey(order, command);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => {
                    self.orphaned = true;
                    self.kill();
                }
            }
        }
    }

    fn is_ready(&self) -> bool {
        let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }

    fn obey(&mut self, order: Order, command: &mut Family) {
        match order {
            Order::Lease { end, drain } => {
                self.clock = Clock::start();
                self.margin_max = end.saturating_sub(self.clock.now()) / 2;
                self.end = end;
                self.drain = drain;
                self.due = None;
            }
            Order::Signal(signal) => {
                command.signal_group(signal);
            }
            Order::Stop { signal, kill_at } => {
                let sooner = self.stopping.map_or(kill_at, |at| at.min(kill_at));
                self.stopping = Some(sooner);
                if let Ok(signal) = Signal::try_from(signal) {
                    command.ask_to_end(signal);
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
