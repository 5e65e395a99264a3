//! Signals by name.

use std::process::Command;

use crate::sys;

/// A signal that a test may send to a process it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Asks to end.
    Term,
    /// What Ctrl-C sends.
    Int,
    /// What a closed terminal sends.
    Hup,
    /// Ends without a chance to clean up.
    Kill,
    /// Stops the process; no program can block it.
    Stop,
    /// Resumes a stopped process.
    Cont,
    /// Has the meaning that the program gives it.
    Usr1,
    /// Has the meaning that the program gives it.
    Usr2,
}

impl Signal {
    /// The system's number of it.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Term => libc::SIGTERM,
            Self::Int => libc::SIGINT,
            Self::Hup => libc::SIGHUP,
            Self::Kill => libc::SIGKILL,
            Self::Stop => libc::SIGSTOP,
            Self::Cont => libc::SIGCONT,
            Self::Usr1 => libc::SIGUSR1,
            Self::Usr2 => libc::SIGUSR2,
        }
    }
}

/// From now on SIGPIPE has its default action in this process, as in a program that is not written
/// in Rust: writing to a connection whose peer is gone ends it.
pub fn default_sigpipe() {
    sys::die_of_broken_pipes();
}

/// Makes the child of `command` begin with the default action for each signal and with none
/// blocked, whatever the parent of the tests ignores or blocks: `nohup` SIGHUP, a shell's `&`
/// SIGINT and SIGQUIT. A [`Process`](crate::Process) begins so.
pub fn defaults_for(command: &mut Command) -> &mut Command {
    sys::default_signals(command);
    command
}
