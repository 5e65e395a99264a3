//! One run of the command, as the supervisor sees it.

use super::guardian_client::GuardianClient;
use super::orders::Order;
use super::terminal;
use nix::unistd::Pid;
use tenure::undertaker::Hold;

/// Why a running command is to end.
pub(super) enum Why {
    /// A signal requested it.
    Asked,
    /// Leadership is over, or about to be.
    Lost,
    /// The tool cannot continue.
    Failed,
}

impl Why {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Lost => "lost",
            Self::Failed => "failed",
        }
    }
}

/// One run of the command.
pub(super) struct Run {
    pub(super) number: u64,
    pub(super) guardian: GuardianClient,
    pub(super) token: u64,
    pub(super) pid: Option<u32>,
    /// The lease end that the guardian received last, on `CLOCK_BOOTTIME`.
    pub(super) lease_end: u64,
    pub(super) why: Option<Why>,
    /// The leadership has ended, and the guardian has received the order to stop.
    pub(super) lost: bool,
    pub(super) given_up: bool,
    /// It was stopped because it needs the terminal, which the tool did not have.
    pub(super) waits_for_terminal: bool,
    /// Processes that were killed and live on, for the last words of the tool.
    pub(super) survivors: Vec<u32>,
    /// While it lives, an undertaker closes nothing before the guardian says that the command is gone.
    pub(super) _hold: Option<Hold>,
}

impl Run {
    /// The process group of the command.
    pub(super) fn group(&self) -> Option<Pid> {
        Some(Pid::from_raw(i32::try_from(self.pid?).ok()?))
    }

    /// Gives the terminal to a command that was stopped because it needs it, if the tool has it by now:
    /// not every shell tells a job that it has brought it to the foreground.
    pub(super) fn give_terminal(&mut self) -> bool {
        let given = self.waits_for_terminal && self.group().is_some_and(terminal::give);
        if given {
            self.waits_for_terminal = false;
            self.guardian.send(Order::Signal(libc::SIGCONT));
        }
        given
    }
}
