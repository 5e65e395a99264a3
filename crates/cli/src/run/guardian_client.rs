//! The supervisor's side of a guardian: starts it, sends it orders, reads its messages, reaps it.

use super::guardian::{self, nanos};
use super::orders::{self, Notice, Order, PACKET_BYTES};
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

/// An event of a guarded command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GuardianEvent {
    Notice(Notice),
    /// The guardian was killed, and the command with it.
    Killed,
}

/// The command to run, and its limits.
pub(super) struct Terms<'a> {
    pub(super) command: &'a [OsString],
    pub(super) token: u64,
    pub(super) member: &'a str,
    /// On `CLOCK_BOOTTIME`, in nanoseconds.
    pub(super) lease_end: u64,
    pub(super) drain: Duration,
    pub(super) stop_timeout: Duration,
}

/// A guardian and its command.
pub(super) struct GuardianClient {
    socket: UnixStream,
    guardian: Arc<Mutex<Child>>,
}

impl GuardianClient {
    /// Starts a guardian, which starts the command. `notify` is called with each event; the last
    /// one follows the end of both processes.
    pub(super) fn start(
        terms: &Terms<'_>,
        mut notify: impl FnMut(GuardianEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (ours, theirs) = orders::pair()?;
        // If the guardian is killed, the command becomes our child: no other process reaps it.
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
        // Closes our copy of the guardian's end: otherwise its death would go unnoticed.
        drop(command);
        let mut reader = ours.try_clone()?;
        let child = Arc::clone(&guardian);
        let listen = move || {
            let last = listen(&mut reader, &mut notify);
            notify(reap(&reader, &child, last));
        };
        std::thread::Builder::new()
            .name("guardian".to_owned())
            .spawn(listen)?;
        Ok(Self {
            socket: ours,
            guardian,
        })
    }

    /// Sends an order. A guardian that cannot receive it acts on the previous one.
    pub(super) fn send(&mut self, order: Order) {
        drop(self.socket.write(&order.packet()));
    }

    /// For a late guardian: the kernel kills the command with it.
    pub(super) fn give_up(&self) {
        // An error means that it has ended.
        drop(lock(&self.guardian).kill());
    }
}

/// The last message, and the process group of the command.
type Last = (Option<Notice>, Option<Pid>);

fn listen(reader: &mut UnixStream, notify: &mut impl FnMut(GuardianEvent)) -> Last {
    let mut packet = [0; PACKET_BYTES];
    let mut group = None;
    loop {
        if sys::wait_readable(reader).is_err() {
            return (None, group);
        }
        let notice = match reader.read(&mut packet) {
            Ok(PACKET_BYTES) => Notice::read(&packet),
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
        match notice {
            Some(notice @ (Notice::Ended(_) | Notice::NotStarted(_) | Notice::Late)) => {
                return (Some(notice), group);
            }
            Some(Notice::Forked(pid)) => group = i32::try_from(pid).ok().map(Pid::from_raw),
            Some(notice) => notify(GuardianEvent::Notice(notice)),
            None => {}
        }
    }
}

/// Reaps the guardian; if it was killed, kills and reaps the command's group.
fn reap(socket: &UnixStream, guardian: &Mutex<Child>, (notice, group): Last) -> GuardianEvent {
    if notice.is_some() {
        // Processes that left the command's group live on as they would without us.
        let _ = prctl::set_child_subreaper(false);
    }
    drop(socket.shutdown(Shutdown::Both));
    // It has finished, or has failed: there is no reason to wait for it.
    drop(lock(guardian).kill());
    drop(lock(guardian).wait());
    if let Some(notice) = notice {
        return GuardianEvent::Notice(notice);
    }
    // If the command is our child and was not reaped, the group is its own. Otherwise the guardian
    // has reaped it, and the PID may belong to an unrelated process.
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    if let Some(group) = group
        && waitid(Id::Pid(group), flags).is_ok()
    {
        let _ = killpg(group, Signal::SIGKILL);
        let _ = waitpid(group, None);
    }
    GuardianEvent::Killed
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

    /// A process in its own group that runs until it is killed.
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
    fn a_guardian_that_is_killed_before_it_reports_started_leaves_no_command() {
        let mut command = endless();
        let (mut ours, mut theirs) = orders::pair().unwrap();
        theirs
            .write_all(&Notice::Forked(command.id()).packet())
            .unwrap();
        drop(theirs);
        let last = listen(&mut ours, &mut |event| panic!("{event:?}"));
        assert_eq!(last, (None, Some(pid(&command))));
        assert_eq!(reap(&ours, &guardian(), last), GuardianEvent::Killed);
        // It was killed, and reaped there.
        assert!(command.wait().is_err());
    }

    #[test]
    fn a_pid_that_may_belong_to_an_unrelated_process_is_left_alone() {
        /// A grandchild of ours that leads a group, and the signal that ended it.
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
        let unrelated = Pid::from_raw(line.trim().parse().unwrap());
        let (ours, _theirs) = orders::pair().unwrap();
        assert_eq!(
            reap(&ours, &guardian(), (None, Some(unrelated))),
            GuardianEvent::Killed
        );
        // The shell's signal ended it, and no other before that.
        drop(shell.stdin.take());
        line.clear();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), (128 + libc::SIGTERM).to_string());
        shell.wait().unwrap();
    }
}
