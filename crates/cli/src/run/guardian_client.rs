//! The supervisor's side of a guardian: starts it, sends it orders, reads its messages, reaps it.

use super::cgroup::Cgroup;
use super::descent;
use super::guardian::{self, Words, nanos};
use super::killing::{Killing, Survivor};
use super::orders::{self, Notice, Order, PACKET_BYTES};
use crate::sys;
use nix::sys::prctl;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is looked for what a killed guardian has left.
const SWEEP: Duration = Duration::from_millis(5);

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
    pub(super) new_privileges: bool,
    /// Distinguishes the runs of this process.
    pub(super) number: u64,
    /// Where the guardian tells an undertaker that nothing of the command is left.
    pub(super) undertaker: Option<BorrowedFd<'a>>,
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
        // If the guardian is killed, everything that descends from it becomes our child.
        prctl::set_child_subreaper(true)?;
        let spared = descent::children();
        let cgroup = Cgroup::create(terms.number);
        let words = Words {
            at: sys::boottime_ns(),
            end: terms.lease_end,
            drain: nanos(terms.drain),
            stop_timeout: nanos(terms.stop_timeout),
            new_privileges: terms.new_privileges,
            cgroup: cgroup.clone(),
        };
        let pipe = terms.undertaker.map(|pipe| pipe.try_clone_to_owned());
        let pipe = pipe.transpose()?;
        let number_of_pipe = pipe.as_ref().map(|pipe| pipe.as_raw_fd().to_string());
        let mut command = Command::new("/proc/self/exe");
        command
            .arg0(guardian::NAME)
            .arg(theirs.as_raw_fd().to_string())
            .arg(number_of_pipe.as_deref().unwrap_or(guardian::NO_DESCRIPTOR))
            .args(words.list())
            .args(terms.command)
            .env("TENURE_TOKEN", terms.token.to_string())
            .env("TENURE_MEMBER", terms.member)
            // Signals to the supervisor's group are not for the guardian.
            .process_group(0);
        sys::hand_over(&mut command, theirs);
        if let Some(pipe) = pipe {
            sys::leave_open(&mut command, pipe);
        }
        let spawned = command.spawn();
        let guardian = Arc::new(Mutex::new(spawned.inspect_err(|_| {
            cgroup.iter().for_each(Cgroup::remove);
        })?));
        // Closes our copy of the guardian's end: otherwise its death would go unnoticed.
        drop(command);
        let mut reader = ours.try_clone()?;
        let child = Arc::clone(&guardian);
        let listen = move || {
            let last = listen(&mut reader, &mut notify);
            drop(reader.shutdown(Shutdown::Both));
            // It has finished, or has failed: there is no reason to wait for it.
            drop(lock(&child).kill());
            drop(lock(&child).wait());
            let event = match last {
                Some(notice) => GuardianEvent::Notice(notice),
                None => {
                    clean_up(cgroup.as_ref(), &spared, &mut notify);
                    GuardianEvent::Killed
                }
            };
            cgroup.iter().for_each(Cgroup::remove);
            notify(event);
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

/// Passes the guardian's messages on, and returns the last one; `None` if it was killed.
fn listen(reader: &mut UnixStream, notify: &mut impl FnMut(GuardianEvent)) -> Option<Notice> {
    let mut packet = [0; PACKET_BYTES];
    loop {
        sys::wait_readable(reader).ok()?;
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
            _ => return None,
        };
        match notice {
            Some(notice @ (Notice::Ended(_) | Notice::NotStarted(_) | Notice::Late)) => {
                return Some(notice);
            }
            Some(notice) => notify(GuardianEvent::Notice(notice)),
            None => {}
        }
    }
}

/// Kills what a killed guardian has left, until nothing is left. The children that this process had
/// before, `spared`, are not of it.
fn clean_up(cgroup: Option<&Cgroup>, spared: &[Pid], notify: &mut impl FnMut(GuardianEvent)) {
    let mut killing = Killing::default();
    loop {
        let round = killing.round(cgroup, spared);
        for Survivor { pid, errno } in round.survivors {
            notify(GuardianEvent::Notice(Notice::Survives { pid, errno }));
        }
        for child in descent::children()
            .into_iter()
            .filter(|child| !spared.contains(child))
        {
            let _ = waitpid(child, Some(WaitPidFlag::WNOHANG));
        }
        if round.found_none && !cgroup.is_some_and(Cgroup::is_populated) {
            return;
        }
        std::thread::sleep(SWEEP);
    }
}

fn lock(guardian: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    guardian.lock().unwrap_or_else(PoisonError::into_inner)
}
