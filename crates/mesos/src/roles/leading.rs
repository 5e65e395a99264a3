//! The leading master as the roles know it, and the senders of messages.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use tenure_election::{DetectorEvent, Leader, Member};

/// A member of the group of masters: one candidacy of one process. Two candidacies have different ids, also
/// those of one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberId {
    /// The path of the member's znode.
    pub path: String,
    /// Its fencing token: the `czxid` of the znode. A later member has a higher one. 0 for a fixed leader,
    /// which has no znode.
    pub token: u64,
}

impl From<&Member> for MemberId {
    fn from(member: &Member) -> Self {
        Self {
            path: member.path.clone(),
            token: member.token,
        }
    }
}

/// The leading master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leading {
    /// Its member.
    pub member: MemberId,
    /// The address from which its messages come: any bytes, compared as they are. A host that decodes the
    /// leader's payload puts the address of its `MasterInfo` here.
    pub address: Vec<u8>,
}

impl From<&Leader> for Leading {
    /// The address is the whole payload.
    fn from(leader: &Leader) -> Self {
        Self {
            member: MemberId::from(&leader.member),
            address: leader.data.clone(),
        }
    }
}

impl Leading {
    /// Whether a message of this sender is one of this master.
    pub fn sent(&self, sender: &Sender<'_>) -> bool {
        let token = sender.token.unwrap_or(self.member.token);
        self.address == sender.address && self.member.token == token
    }
}

/// The sender of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender<'a> {
    /// The address from which the message came.
    pub address: &'a [u8],
    /// The fencing token that the message names. `None` if it names none, as messages of Mesos: then a
    /// deposed master at the address of the leader passes for the leader.
    pub token: Option<u64>,
}

impl<'a> From<&'a Leading> for Sender<'a> {
    fn from(leading: &'a Leading) -> Self {
        Self {
            address: &leading.address,
            token: Some(leading.member.token),
        }
    }
}

/// A detector's knowledge of the leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detection {
    /// This master leads, or its address has changed.
    Leader(Leading),
    /// No master leads: the group is empty.
    NoLeader,
    /// The leader cannot be known. The reason is a sentence for people.
    Unknown(String),
}

impl Detection {
    /// The knowledge that an event of a detector reports; `None` if the event changes no knowledge. The
    /// address of the leader is the whole payload.
    pub fn of(event: &DetectorEvent) -> Option<Self> {
        match event {
            DetectorEvent::Leader(leader) => Some(Self::Leader(leader.into())),
            DetectorEvent::None => Some(Self::NoLeader),
            DetectorEvent::Unknown { .. } => {
                let reason = "no server has answered for too long";
                Some(Self::Unknown(reason.to_owned()))
            }
            DetectorEvent::Failed(error) => Some(Self::Unknown(alloc::format!("{error}"))),
            // A fallen token is news. So is every kind that may come: `states_are_inputs` of the tests finds
            // a new state.
            _ => None,
        }
    }
}
