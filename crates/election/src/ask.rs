//! All questions to the session: the machine that asks, and the purpose.

use super::contender::{ContenderAsk, RankAsk};
use super::detector::DetectorAsk;
use super::group::{GroupAsk, QuestionAsk};
use super::znode::{Look, ZnodeAsk, ZnodeId};
use super::{Handle, SESSION};
use alloc::vec::Vec;
use tenure_proto::{Request, op};
use tenure_session::Question;

/// The machine that asks, and the purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A proof of these own znodes.
    Proof(Vec<ZnodeId>),
    /// A proof of a member that is next in line, with a look at the member before it.
    IdleProof(Handle, ZnodeId),
    Znode(ZnodeId, ZnodeAsk),
    Contender(Handle, ContenderAsk),
    Detector(Handle, DetectorAsk),
    Group(Handle, GroupAsk),
}

impl Question for Ask {
    type Turn = Handle;

    /// Reads of which a view, a count or the calls of a user ask many at once.
    fn bulk(&self, request: &Request) -> Option<Handle> {
        let reads = matches!(
            request.op(),
            op::EXISTS | op::GET_DATA | op::GET_CHILDREN2 | op::GET_EPHEMERALS
        );
        let handle = match self {
            Self::Detector(handle, _)
            | Self::Group(handle, _)
            | Self::Contender(
                handle,
                ContenderAsk {
                    what: RankAsk::Count(_),
                    ..
                },
            ) => Some(*handle),
            Self::Znode(_, ZnodeAsk::Look(_, Look::Suspect(_))) => Some(SESSION),
            Self::Proof(_) | Self::IdleProof(..) | Self::Znode(..) | Self::Contender(..) => None,
        };
        handle.filter(|_| reads)
    }

    /// A view asks again later, and a user's call is answered with the error.
    fn may_fail(&self) -> bool {
        match self {
            Self::Detector(..) | Self::Group(..) => true,
            Self::Proof(_) | Self::IdleProof(..) | Self::Znode(..) | Self::Contender(..) => false,
        }
    }

    fn begins_call(&self) -> bool {
        matches!(self, Self::Group(_, GroupAsk::Question(_, ask)) if !matches!(ask, QuestionAsk::Count(_)))
    }
}
