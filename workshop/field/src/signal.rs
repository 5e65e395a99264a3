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
    /// Stops the process where it stands; no program can refuse.
    Stop,
    /// Lets a stopped process run on.
    Cont,
    /// For the program to give a meaning.
    Usr1,
    /// For the program to give a meaning.
    Usr2,
}

impl Signal {
    /// The number that the system knows it by.
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

/// Has the child of `command` begin with the default action for each signal and with none blocked,
/// whatever whoever runs the tests has them ignore or block: `nohup` SIGHUP, a shell's `&` SIGINT
/// and SIGQUIT. A [`Process`](crate::Process) begins so.
pub fn defaults_for(command: &mut Command) -> &mut Command {
    sys::default_signals(command);
    command
}
