//! The terminal, which only one process group may read at a time: that of the tool, until the command
//! needs it.

use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;

/// Gives the terminal to the command's group, if it is the tool's to give. Returns whether it was.
pub(super) fn give(group: Pid) -> bool {
    terminal().is_some_and(|terminal| {
        tcgetpgrp(&terminal).is_ok_and(|foreground| foreground == getpgrp())
            && tcsetpgrp(&terminal, group).is_ok()
    })
}

/// Takes the terminal back from the command's group, if that has it.
pub(super) fn take_back(group: Pid) {
    let Some(terminal) = terminal() else {
        return;
    };
    if tcgetpgrp(&terminal).is_ok_and(|foreground| foreground == group) {
        // A group in the background is stopped for that, unless it blocks the signal.
        let ttou = SigSet::from(Signal::SIGTTOU);
        let _ = ttou.thread_block();
        let _ = tcsetpgrp(&terminal, getpgrp());
        let _ = ttou.thread_unblock();
    }
}

fn terminal() -> Option<File> {
    let mut options = File::options();
    options.read(true).write(true).custom_flags(libc::O_NOCTTY);
    options.open("/dev/tty").ok()
}
