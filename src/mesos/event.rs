//! A detector's knowledge of the leading master.

use super::info::{self, DecodeError, MasterInfo};
use super::roles::{Detection, Leading, MemberId};
use crate::api::{DetectorEvent, Error, Leader, Member, Time};

/// The leading master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Master {
    /// Its member: the znode, and the fencing token of its leadership. A master that leads without ZooKeeper
    /// has the token 0.
    pub member: Member,
    /// What it says of itself.
    pub info: MasterInfo,
    /// When a server confirmed that it leads: see [`Leader::as_of`].
    pub as_of: Time,
}

/// A change of the knowledge of the leading master: a [`DetectorEvent`] with the payload decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // such events are rare, and nearly all of them are this variant
pub enum MasterEvent {
    /// The leader cannot be known: no server has answered for two thirds of the session timeout.
    Unknown {
        /// Since when.
        since: Time,
    },
    /// No master leads.
    None,
    /// This master leads, or its `MasterInfo` has changed.
    Leader(Master),
    /// A member leads whose payload is no `MasterInfo`. In Mesos each detector fails by it, and masters and
    /// agents exit; here it is news, and the next leader is an event again.
    Undecodable {
        /// The leader, with its payload.
        leader: Leader,
        /// Why the payload cannot be read.
        error: DecodeError,
    },
    /// The group may not be read: [`DetectorEvent::Failed`].
    Failed(Error),
    /// Any other event of the detector. It is news, and changes no knowledge:
    /// [`DetectorEvent::TokenFell`].
    News(DetectorEvent),
}

impl MasterEvent {
    /// Decodes the payload of a detector's event.
    pub fn of(event: DetectorEvent) -> Self {
        match event {
            DetectorEvent::Unknown { since } => Self::Unknown { since },
            DetectorEvent::None => Self::None,
            DetectorEvent::Leader(leader) => match decode(&leader) {
                Ok(info) => Self::Leader(Master {
                    member: leader.member,
                    info,
                    as_of: leader.as_of,
                }),
                Err(error) => Self::Undecodable { leader, error },
            },
            DetectorEvent::Failed(error) => Self::Failed(error),
            news => Self::News(news),
        }
    }

    /// The knowledge, for an [agent](super::roles::agent), a [driver](super::roles::driver) or a [master](super::roles::master);
    /// `None` if the event changes none. A leader whose payload cannot be read is as good as unknown: nobody
    /// can talk to it.
    pub fn detection(&self) -> Option<Detection> {
        match self {
            Self::Leader(master) => Some(Detection::Leader(Leading {
                member: MemberId::from(&master.member),
                address: master.info.sender_address().into_bytes(),
            })),
            Self::Undecodable { error, .. } => Some(Detection::Unknown(format!(
                "the payload of the leader cannot be read: {error}"
            ))),
            Self::None => Some(Detection::NoLeader),
            Self::Unknown { since } => Detection::of(&DetectorEvent::Unknown { since: *since }),
            Self::Failed(error) => Some(Detection::Unknown(error.to_string())),
            Self::News(_) => None,
        }
    }

    /// Whether both say the same, whenever they said it. A master is the same if its member and all of its
    /// `MasterInfo` are; Mesos compares [less](MasterInfo::is_same_master), and misses a change of `address`.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown { .. }, Self::Unknown { .. }) => true,
            (Self::Leader(a), Self::Leader(b)) => a.member == b.member && a.info == b.info,
            (Self::Undecodable { leader: a, .. }, Self::Undecodable { leader: b, .. }) => {
                a.member == b.member && a.data == b.data
            }
            _ => self == other,
        }
    }
}

/// The `MasterInfo` of a leader, by its label; of a fixed leader, its address.
///
/// # Errors
/// As of [`info::decode`].
pub(crate) fn decode(leader: &Leader) -> Result<MasterInfo, DecodeError> {
    let member = &leader.member;
    if member.token == 0 && member.label.is_none() && member.path.as_bytes() == leader.data {
        return MasterInfo::at_address(&member.path);
    }
    info::decode(member.label.as_deref(), &leader.data)
}
