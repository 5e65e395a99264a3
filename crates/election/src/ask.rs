//! All questions to the session: the machine that asks, and the purpose.

use super::contender::{ContenderAsk, RankAsk};
use super::detector::DetectorAsk;
use super::group::{GroupAsk, QuestionAsk};
use super::znode::{Look, ZnodeAsk, ZnodeId};
use super::{Handle, SESSION};
use alloc::vec::Vec;
use tenure_proto::{Request, Response, ServerError, op};
use tenure_session::Question;

/// The machine that asks, and the purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A proof of these own znodes, one for each operation: one that shows a beat, too, has two.
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

/// `RUNTIMEINCONSISTENCY`: the answer to the operations of a `multi` that come after the failed one.
const NOT_LOOKED_AT: ServerError = ServerError::Other(-2);

/// The operation that has made a `multi` fail: its place, and its error.
pub(crate) fn failed(outcomes: &[Result<Response, ServerError>]) -> Option<(usize, ServerError)> {
    let mut errors = outcomes.iter().enumerate().filter_map(|(at, outcome)| {
        let error = *outcome.as_ref().err()?;
        (error != NOT_LOOKED_AT).then_some((at, error))
    });
    errors.next()
}
