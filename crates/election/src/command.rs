//! The commands of users, and their answers.

use crate::contender::ContenderSpec;
use crate::event::Member;
use crate::strangers::Strangers;
use crate::{Handle, SESSION};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Names a call that waits for an [`Answer`]. The edge picks the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// A command of a user.
#[derive(Debug)]
pub enum Command {
    /// Contend; events come under `handle`.
    Contend {
        /// Names the contender.
        handle: Handle,
        /// The group, the payload, and the choices of the contender.
        spec: ContenderSpec,
    },
    /// Follow the leader of the group at `path`.
    Detect {
        /// Names the detector.
        handle: Handle,
        /// The group.
        path: String,
    },
    /// Open a group: the client sends nothing for it.
    Group {
        /// Names the group.
        handle: Handle,
        /// Its znode.
        path: String,
    },
    /// Report every change of the members from now on.
    Watch {
        /// The group.
        handle: Handle,
    },
    /// A call on a contender or a group: answered once.
    Call {
        /// The contender or the group.
        handle: Handle,
        /// Names the call.
        call: CallId,
        /// The call.
        what: Call,
    },
    /// The caller has given this call up: its answer is dropped.
    Forget {
        /// The handle of the call, or [`SESSION`].
        handle: Handle,
        /// The call.
        call: CallId,
    },
    /// The handle was dropped: its znodes are removed, its events stop.
    Drop {
        /// The handle.
        handle: Handle,
    },
    /// Close the session: answered by [`Answer::Closed`].
    Close {
        /// Names the call.
        call: CallId,
        /// How long to try to reach a server.
        patience: Duration,
    },
}

/// A call.
#[derive(Debug)]
pub enum Call {
    /// Withdraw a contender: answered by [`Answer::Removed`] when the znode is gone.
    Withdraw,
    /// Change a contender's payload: answered by [`Answer::Written`].
    SetData {
        /// The payload.
        data: Vec<u8>,
    },
    /// Join a group: answered by [`Answer::Joined`].
    Join {
        /// The part before `_` in the name of the member.
        label: Option<String>,
        /// The payload.
        data: Vec<u8>,
    },
    /// Leave a group: answered by [`Answer::Removed`].
    Cancel {
        /// The member's znode.
        path: String,
    },
    /// Change the payload of a membership of a group: answered by [`Answer::Written`].
    SetMemberData {
        /// The member's znode.
        path: String,
        /// The payload.
        data: Vec<u8>,
    },
    /// Wait for the end of a member of a group: answered by [`Answer::Removed`].
    AwaitEnd {
        /// The member's znode.
        path: String,
    },
    /// Delete a member of a group, of any session: answered by [`Answer::Removed`] when its znode is
    /// gone, with `true` if it stood.
    Evict {
        /// The member's znode.
        path: String,
        /// Its `czxid`: another znode of the same name is not touched.
        token: u64,
    },
    /// List the members of a group once: answered by [`Answer::Members`].
    Members,
    /// Look for members of other recipes among the children of a group: answered by
    /// [`Answer::Strangers`].
    Strangers,
    /// Read a member's payload: answered by [`Answer::Data`].
    Data {
        /// The member's znode.
        path: String,
    },
}

impl Command {
    /// The handle that the command concerns: [`SESSION`] for the client itself.
    pub fn handle(&self) -> Handle {
        match self {
            Self::Contend { handle, .. }
            | Self::Detect { handle, .. }
            | Self::Group { handle, .. }
            | Self::Watch { handle }
            | Self::Call { handle, .. }
            | Self::Forget { handle, .. }
            | Self::Drop { handle } => *handle,
            Self::Close { .. } => SESSION,
        }
    }
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The znode is gone; `true` when this call removed it (or, for an eviction whose reply was
    /// lost, when it stood before).
    Removed(bool),
    /// The own member.
    Joined(Member),
    /// Whether the znode has the payload now; `false` when there is no znode, or no longer one.
    Written(bool),
    /// All members, oldest first.
    Members(Vec<Member>),
    /// The members of other recipes, if there are any.
    Strangers(Option<Strangers>),
    /// The payload, or `None` when the member is gone.
    Data(Option<Vec<u8>>),
    /// The session is closed, and all its znodes and watches are gone.
    Closed,
}
