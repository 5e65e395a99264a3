//! The supervisor's end of a guardian.

use super::guardian::{self, nanos};
use super::orders::{self, Order, PACKET_BYTES, Word};
use crate::sys;
use nix::sys::prctl;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid, waitpid};
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
            Some(Word::Born(pid)) => group = i32::try_from(pid).ok().map(Pid::from_raw),
            Some(word) => tell(Heard::Said(word)),
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
    // The command is our child now and was not reaped: the group is its own. If it is not, the
    // guardian has reaped it, and the number may be a stranger's.
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    if let Some(group) = group
        && waitid(Id::Pid(group), flags).is_ok()
    {
        let _ = killpg(group, Signal::SIGKILL);
        let _ = waitpid(group, None);
    }
    Heard::GuardianKilled
}

fn lock(guardian: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    guardian.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    fn guardian() -> Mutex<Child> {
        Mutex::new(Command::new("/bin/true").spawn().unwrap())
    }

    /// A process of a group of its own that runs until it is killed.
    fn endless() -> Child {
        Command::new("sleep")
            .arg("1000")
            .process_group(0)
            .spawn()
            .unwrap()
    }

    fn pid(child: &Child) -> Pid {
        Pid::from_raw(i32::try_from(child.id()).unwrap())
    }

    #[test]
    fn a_guardian_that_is_killed_before_it_says_started_leaves_no_command() {
        let mut command = endless();
        let (mut ours, mut theirs) = orders::pair().unwrap();
        theirs
            .write_all(&Word::Born(command.id()).packet())
            .unwrap();
        drop(theirs);
        let last = listen(&mut ours, &mut |heard| panic!("{heard:?}"));
        assert_eq!(last, (None, Some(pid(&command))));
        assert_eq!(bury(&ours, &guardian(), last), Heard::GuardianKilled);
        // It was killed, and reaped there.
        assert!(command.wait().is_err());
    }

    #[test]
    fn a_number_that_may_be_a_strangers_is_left_alone() {
        /// A grandchild of ours that leads a group, and what ended it.
        const SCRIPT: &str = "setsid sh -c 'echo $$; exec sleep 1000' & read end; kill -TERM $!; \
                              wait $!; echo $?";
        let mut shell = tenure_field::signal::defaults_for(&mut Command::new("sh"))
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(shell.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let stranger = Pid::from_raw(line.trim().parse().unwrap());
        let (ours, _theirs) = orders::pair().unwrap();
        assert_eq!(
            bury(&ours, &guardian(), (None, Some(stranger))),
            Heard::GuardianKilled
        );
        // What ended it was the shell's signal, and no other before that.
        drop(shell.stdin.take());
        line.clear();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), (128 + libc::SIGTERM).to_string());
        shell.wait().unwrap();
    }
}
