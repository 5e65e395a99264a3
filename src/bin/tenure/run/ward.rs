//! The supervisor's end of a guardian.

use super::guardian::{self, nanos};
use super::orders::{self, Order, PACKET_BYTES, Word};
use crate::sys;
use nix::sys::prctl;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is heard of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    Said(Word),
    /// The guardian was killed, and the command with it.
    GuardianKilled,
}

/// What to run, and on what terms.
pub(super) struct Terms<'a> {
    pub(super) command: &'a [OsString],
    pub(super) token: u64,
    pub(super) member: &'a str,
    /// On `CLOCK_BOOTTIME`, in nanoseconds.
    pub(super) lease_end: u64,
    pub(super) drain: Duration,
    pub(super) stop_timeout: Duration,
}

/// A command under guard.
pub(super) struct Ward {
    socket: UnixStream,
    guardian: Arc<Mutex<Child>>,
}

impl Ward {
    /// Starts a guardian, which starts the command. `tell` hears what becomes of it, last that it
    /// has ended, when the guardian is gone too.
    pub(super) fn start(
        terms: &Terms<'_>,
        mut tell: impl FnMut(Heard) + Send + 'static,
    ) -> io::Result<Self> {
        let (ours, theirs) = orders::pair()?;
        // The guardian may be killed: then the command comes here, and nobody else reaps it.
        prctl::set_child_subreaper(true)?;
        let mut command = Command::new("/proc/self/exe");
        command
            .arg0(guardian::NAME)
            .arg(theirs.as_raw_fd().to_string())
            .arg(terms.lease_end.to_string())
            .arg(nanos(terms.drain).to_string())
            .arg(nanos(terms.stop_timeout).to_string())
            .args(terms.command)
            .env("TENURE_TOKEN", terms.token.to_string())
            .env("TENURE_MEMBER", terms.member)
            // Signals to the supervisor's group are not for the guardian.
            .process_group(0);
        sys::hand_over(&mut command, theirs);
        let guardian = Arc::new(Mutex::new(command.spawn()?));
        // Closes our copy of the guardian's end: else its death would not be seen.
        drop(command);
        let mut reader = ours.try_clone()?;
        let child = Arc::clone(&guardian);
        let listen = move || {
            let last = listen(&mut reader, &mut tell);
            tell(bury(&reader, &child, last));
        };
        std::thread::Builder::new()
            .name("guardian".to_owned())
            .spawn(listen)?;
        Ok(Self {
            socket: ours,
            guardian,
        })
    }

    /// Tells the guardian. One that cannot hear acts on what it heard last.
    pub(super) fn order(&mut self, order: Order) {
        drop(self.socket.write(&order.packet()));
    }

    /// For a guardian that did not do its duty in time: the kernel kills the command with it.
    pub(super) fn give_up(&self) {
        // An error means that it has ended.
        drop(lock(&self.guardian).kill());
    }
}

/// The last word, and the number of the command's group.
type Last = (Option<Word>, Option<Pid>);

fn listen(reader: &mut UnixStream, tell: &mut impl FnMut(Heard)) -> Last {
    let mut packet = [0; PACKET_BYTES];
    let mut group = None;
    loop {
        if sys::wait_readable(reader).is_err() {
            return (None, group);
        }
        let word = match reader.read(&mut packet) {
            Ok(PACKET_BYTES) => Word::read(&packet),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                ) =>
            {
                continue;
            }
            _ => return (None, group),
        };
        match word {
            Some(word @ (Word::Ended(_) | Word::NotStarted(_) | Word::Late)) => {
                return (Some(word), group);
            }
            Some(word) => {
                if let Word::Started(pid) = word {
                    group = i32::try_from(pid).ok().map(Pid::from_raw);
                }
                tell(Heard::Said(word));
            }
            None => {}
        }
    }
}

/// Reaps the guardian; if it was killed, kills and reaps what it guarded.
fn bury(socket: &UnixStream, guardian: &Mutex<Child>, (word, group): Last) -> Heard {
    if word.is_some() {
        // What the command has let go elsewhere goes on as it would without us.
        let _ = prctl::set_child_subreaper(false);
    }
    drop(socket.shutdown(Shutdown::Both));
    // It has done its duty, or cannot any more: in no case is it waited for.
    drop(lock(guardian).kill());
    drop(lock(guardian).wait());
    if let Some(word) = word {
        return Heard::Said(word);
    }
    if let Some(group) = group {
        // The command is our child now and was not reaped: the group is its own.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = waitpid(group, None);
    }
    Heard::GuardianKilled
}

fn lock(guardian: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    guardian.lock().unwrap_or_else(PoisonError::into_inner)
}
