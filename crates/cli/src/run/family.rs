//! The command, and everything that descends from it, as the guardian sees them: it is their subreaper.

use super::cgroup::Cgroup;
use super::descent::{self, Process, Reaped};
use super::killing::{Killing, Survivor};
use crate::sys;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

pub(super) struct Family {
    /// The PID of the command, and the number of its process group.
    pid: Pid,
    /// The command has ended and was reaped: the system may give its PID to another process.
    status: Option<i32>,
    cgroup: Option<Cgroup>,
    killing: Killing,
}

impl Family {
    /// Starts the command as the leader of a new process group, unless `kill_at` has passed.
    pub(super) fn start(
        words: &[OsString],
        cgroup: Option<Cgroup>,
        kill_at: u64,
    ) -> io::Result<Self> {
        let (program, rest) = words
            .split_first()
            .ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))?;
        let mut command = Command::new(program);
        command.args(rest).process_group(0);
        let entrance = cgroup.as_ref().and_then(Cgroup::entrance);
        sys::die_with_parent(&mut command, kill_at, entrance);
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        Ok(Self {
            pid: Pid::from_raw(pid),
            status: None,
            cgroup,
            killing: Killing::default(),
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// The wait status of the command, once it has ended.
    pub(super) fn status(&self) -> Option<i32> {
        self.status
    }

    /// Reaps the next child that has ended: the command or an orphan.
    pub(super) fn reap(&mut self) -> Reaped {
        let reaped = descent::reap();
        if let Reaped::Ended(pid, status) = reaped
            && pid == self.pid
            && self.status.is_none()
        {
            self.status = Some(status);
        }
        reaped
    }

    /// Whether the control group, if there is one, is empty too.
    pub(super) fn is_empty(&self) -> bool {
        self.cgroup
            .as_ref()
            .is_none_or(|cgroup| !cgroup.is_populated())
    }

    /// Signals the command's process group: by a number, for real-time signals have no names.
    pub(super) fn signal_group(&self, signal: i32) {
        if self.status.is_none() {
            // The command was not reaped, so the group is still its own.
            sys::signal_group(self.pid, signal);
        } else if let Ok(signal) = Signal::try_from(signal) {
            self.signal_each(&[signal], |process| process.group == self.pid);
        }
    }

    /// Asks everything to end. A stopped process handles no signal: SIGCONT wakes it up.
    pub(super) fn ask_to_end(&self, signal: Signal) {
        let signals = [signal, Signal::SIGCONT];
        if self.status.is_none() {
            for signal in signals {
                sys::signal_group(self.pid, signal as i32);
            }
        }
        // One look at all processes: a host may be short of processor time.
        self.signal_each(&signals, |process| {
            self.status.is_some() || process.group != self.pid
        });
    }

    fn signal_each(&self, signals: &[Signal], wanted: impl Fn(&Process) -> bool) {
        for process in descent::living(&[])
            .iter()
            .filter(|process| wanted(process))
        {
            // An error leaves a process that is killed later, or reported then.
            for signal in signals {
                let _ = process.signal(*signal);
            }
        }
    }

    /// Kills everything. To be called until nothing is left. Returns those to report.
    pub(super) fn kill(&mut self) -> Vec<Survivor> {
        if self.status.is_none() {
            sys::signal_group(self.pid, libc::SIGKILL);
        }
        self.killing.round(self.cgroup.as_ref(), &[]).survivors
    }

    /// Whether the last [`kill`](Self::kill) found only processes that may not be killed.
    pub(super) fn cannot_be_killed(&self) -> bool {
        self.killing.cannot()
    }

    /// Removes its control group, which is empty.
    pub(super) fn remove_cgroup(&self) {
        if let Some(cgroup) = &self.cgroup {
            cgroup.remove();
        }
    }
}
