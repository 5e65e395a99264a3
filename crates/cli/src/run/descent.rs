//! The processes that descend from this one, whatever their session, process group or user.
//!
//! This process must be a subreaper (`PR_SET_CHILD_SUBREAPER`, prctl(2)): an orphan among its
//! descendants becomes its child. So it has no child left only when no descendant is left, and that
//! needs no look at `/proc`, where a process that forks can be missed.

use crate::sys;
use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::io;

/// A process, as `/proc/PID/stat` shows it (proc(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) group: Pid,
    parent: Pid,
    /// When it began, in ticks since the boot: with the PID it names one process for ever.
    start: u64,
    has_ended: bool,
}

/// Whether the descendants of this process can be found: if not, why.
///
/// # Errors
/// If `/proc` does not show this process.
pub(super) fn check() -> io::Result<()> {
    match stat(Pid::this()) {
        Some(_) => Ok(()),
        None => Err(io::Error::other(
            "/proc does not show this process: the tool could not find what the command starts; \
             mount it (`mount -t proc proc /proc`)",
        )),
    }
}

/// The descendants that have not ended, without the children in `spared` and their descendants.
pub(super) fn living(spared: &[Pid]) -> Vec<Process> {
    let mut children: BTreeMap<Pid, Vec<Process>> = BTreeMap::new();
    for process in all() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = children.remove(&Pid::this()).unwrap_or_default();
    found.retain(|child| !spared.contains(&child.pid));
    let mut next = 0;
    while let Some(pid) = found.get(next).map(|process| process.pid) {
        found.append(&mut children.remove(&pid).unwrap_or_default());
        next += 1;
    }
    found.retain(|process| !process.has_ended);
    found
}

/// The children of this process, ended or not.
pub(super) fn children() -> Vec<Pid> {
    let own = all()
        .into_iter()
        .filter(|process| process.parent == Pid::this());
    own.map(|process| process.pid).collect()
}

fn all() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| stat(Pid::from_raw(pid)))
        .collect()
}

fn stat(pid: Pid) -> Option<Process> {
    parse(pid, &std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The name of the program, the second field, may hold any bytes.
fn parse(pid: Pid, stat: &[u8]) -> Option<Process> {
    let behind_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let rest = std::str::from_utf8(stat.get(behind_name..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse().ok().map(Pid::from_raw);
    Some(Process {
        pid,
        parent: number(1)?,
        group: number(2)?,
        start: fields.get(19)?.parse().ok()?,
        has_ended: matches!(*fields.first()?, "Z" | "X" | "x"),
    })
}

impl Process {
    /// Signals it, and no process that has its PID by now.
    ///
    /// # Errors
    /// `EPERM` if this process may not. It is no error if it has ended.
    pub(super) fn signal(&self, signal: Signal) -> Result<(), Errno> {
        let sent = match sys::open_process(self.pid) {
            Ok(process) => match stat(self.pid) {
                Some(now) if now.start == self.start => sys::signal_process(&process, signal),
                _ => Ok(()),
            },
            // Linux before 5.3. Nobody else reaps a child of ours, so its PID is still its own. The
            // others become our children as their parents end.
            Err(Errno::ENOSYS | Errno::EMFILE | Errno::ENFILE) if self.parent == Pid::this() => {
                nix::sys::signal::kill(self.pid, signal)
            }
            Err(Errno::EPERM) => Err(Errno::EPERM),
            Err(_) => Ok(()),
        };
        match sent {
            Err(Errno::ESRCH) => Ok(()),
            sent => sent,
        }
    }
}

/// A change of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaped {
    /// It ended with this wait status.
    Ended(Pid, i32),
    /// It was stopped by this signal.
    Stopped(Pid, i32),
    /// Nothing has changed, and children are left.
    Nothing,
    /// No child is left.
    NoChild,
}

/// Reaps a child that has ended, or notices one that was stopped.
pub(super) fn reap() -> Reaped {
    loop {
        return match sys::wait_any() {
            Ok((pid, _)) if pid.as_raw() == 0 => Reaped::Nothing,
            Ok((pid, status)) if libc::WIFSTOPPED(status) => {
                Reaped::Stopped(pid, libc::WSTOPSIG(status))
            }
            Ok((pid, status)) => Reaped::Ended(pid, status),
            Err(Errno::EINTR) => continue,
            Err(_) => Reaped::NoChild,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_may_have_any_name() {
        let line = b"7 (a) R 1 (\xff\n) S 3 4 5 0 -1 0 0 0 0 0 0 0 0 0 0 0 1 0 99 0 0";
        let process = parse(Pid::from_raw(7), line).unwrap();
        let of = |process: &Process| (process.parent.as_raw(), process.group.as_raw());
        assert_eq!(of(&process), (3, 4));
        assert_eq!((process.start, process.has_ended), (99, false));
        assert_eq!(parse(Pid::from_raw(7), b"7 (a) S"), None);
        assert_eq!(parse(Pid::from_raw(7), b""), None);
    }

    #[test]
    fn a_pid_that_belongs_to_another_process_by_now_gets_no_signal() {
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let mut process = stat(pid).unwrap();
        process.start += 1;
        assert_eq!(process.signal(Signal::SIGKILL), Ok(()));
        assert_eq!(child.try_wait().unwrap(), None);
        process.start -= 1;
        assert_eq!(process.signal(Signal::SIGKILL), Ok(()));
        child.wait().unwrap();
        assert_eq!(process.signal(Signal::SIGKILL), Ok(()));
    }
}
