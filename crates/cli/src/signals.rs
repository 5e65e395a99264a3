//! The causes that end the tool: a signal, or the end of the reader of standard output.

use crossbeam_channel::{Receiver, Sender};
use nix::sys::signal::SigSet;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// Why the tool is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// SIGTERM, SIGINT or SIGHUP.
    Signal,
    /// Standard output has no reader left.
    ReaderGone,
}

/// A signal for a tool that runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caught {
    Signal(i32),
    /// SIGTERM or SIGINT once more.
    Again,
}

/// Signals so close together are one request: timeout(1), for example, signals the process and then
/// its group.
const SAME_REQUEST: Duration = Duration::from_millis(200);

/// Starts to catch signals. SIGHUP is one of them, unless it was ignored on entry (`nohup`). A
/// second SIGTERM or SIGINT ends the process at once, with the code `second`: its sender does not
/// wait for a server.
///
/// # Errors
/// If the system refuses a thread or a signal handler.
pub(crate) fn listen(second: u8) -> io::Result<Receiver<Stop>> {
    // One slot for each sender, so that none ever blocks.
    let (send, receive) = crossbeam_channel::bounded(2);
    let hangup = (!crate::sys::is_ignored(SIGHUP)).then_some(SIGHUP);
    let mut signals = Signals::new([SIGTERM, SIGINT].into_iter().chain(hangup))?;
    let gone = send.clone();
    spawn("signals", move || {
        let mut received = signals.forever();
        if received.next().is_some() {
            tell(&send, Stop::Signal);
        }
        let first = Instant::now();
        for signal in received {
            // A terminal and its shell may both send SIGHUP.
            if signal != SIGHUP && first.elapsed() > SAME_REQUEST {
                std::process::exit(second.into());
            }
        }
    })?;
    spawn("reader", move || {
        if crate::sys::wait_reader_gone(io::stdout().as_fd()).is_ok() {
            tell(&gone, Stop::ReaderGone);
        }
    })?;
    Ok(receive)
}

/// Unblocks all signals: a parent may have started the tool with some of them blocked, and then no
/// request to end would arrive. To be called before any thread is started.
///
/// # Errors
/// If the system refuses.
pub(crate) fn unblock() -> io::Result<()> {
    Ok(SigSet::all().thread_unblock()?)
}

/// The signals that are passed on to a command: all that a sender can mean for it. Not those by which
/// the system reports an error of this process, nor those that its own terminal and children cause.
fn passed_on() -> impl Iterator<Item = i32> {
    let standard = [
        SIGHUP,
        libc::SIGQUIT,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGALRM,
        libc::SIGCONT,
        libc::SIGURG,
        libc::SIGVTALRM,
        libc::SIGPROF,
        libc::SIGWINCH,
        libc::SIGIO,
        libc::SIGPWR,
    ];
    standard
        .into_iter()
        .chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

/// Whether this signal ends a tool that runs no command: a hang-up, or a service manager's request to
/// halt (`SIGRTMIN` + 3 to + 6 and `SIGPWR`, systemd(1)).
pub(crate) fn ends_a_waiting_tool(signal: i32) -> bool {
    let first = libc::SIGRTMIN();
    matches!(signal, SIGHUP | libc::SIGQUIT | libc::SIGPWR)
        || (first + 3..=first + 6).contains(&signal)
}

/// Starts to catch the signals for a command and the requests to end. Signals that were ignored on
/// entry (`nohup`, a shell's `&`) stay ignored. The third request to end ends the process.
///
/// # Errors
/// If the system refuses a thread or a signal handler.
pub(crate) fn catch() -> io::Result<Receiver<Caught>> {
    let wanted = passed_on()
        .chain([SIGINT])
        .filter(|signal| !crate::sys::is_ignored(*signal))
        .chain([SIGTERM]);
    let mut signals = Signals::new(wanted)?;
    let (send, receive) = crossbeam_channel::unbounded();
    spawn("signals", move || {
        let mut last: Option<Instant> = None;
        let mut wishes = 0;
        for signal in signals.forever() {
            let mut caught = Caught::Signal(signal);
            if signal == SIGTERM || signal == SIGINT {
                if last.is_some_and(|last| last.elapsed() <= SAME_REQUEST) {
                    continue;
                }
                last = Some(Instant::now());
                wishes += 1;
                match wishes {
                    1 => {}
                    2 => caught = Caught::Again,
                    // The guardian kills the command.
                    _ => std::process::exit(1),
                }
            }
            // An error means that the tool is already ending.
            let _ = send.try_send(caught);
        }
    })?;
    Ok(receive)
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(run).map(drop)
}

fn tell(send: &Sender<Stop>, stop: Stop) {
    // An error means that the tool is already ending.
    let _ = send.try_send(stop);
}
