//! Everything that is asked through the session: by which machine, and what for.

use super::contender::ContenderAsk;
use super::detector::DetectorAsk;
use super::group::{GroupAsk, What};
use super::session::Question;
use super::znode::{Look, SeatAsk, SeatId};
use super::{Handle, SESSION};
use crate::proto::{Request, op};

/// The machine that asks, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A proof of the members of these seats.
    Proof(Vec<SeatId>),
    /// A proof of a member that is next in line, with a look at the member before it.
    IdleProof(Handle, SeatId),
    Seat(SeatId, SeatAsk),
    Contender(Handle, ContenderAsk),
    Detector(Handle, DetectorAsk),
    Group(Handle, GroupAsk),
}

impl Question for Ask {
    type Turn = Handle;

    /// The reads that a view, a census or a user's calls ask at once.
    fn bulk(&self, request: &Request) -> Option<Handle> {
        let reads = matches!(
            request.op(),
            op::EXISTS | op::GET_DATA | op::GET_CHILDREN2 | op::GET_EPHEMERALS
        );
        let handle = match self {
            Self::Detector(handle, _)
            | Self::Group(handle, _)
            | Self::Contender(handle, ContenderAsk::Count(..)) => Some(*handle),
            Self::Seat(_, SeatAsk::Look(_, Look::Suspect(_))) => Some(SESSION),
            Self::Proof(_) | Self::IdleProof(..) | Self::Seat(..) | Self::Contender(..) => None,
        };
        handle.filter(|_| reads)
    }

    /// A view asks again at leisure, and a user's call is answered with the error.
    fn may_fail(&self) -> bool {
        match self {
            Self::Detector(..) | Self::Group(..) => true,
            Self::Proof(_) | Self::IdleProof(..) | Self::Seat(..) | Self::Contender(..) => false,
        }
    }

    fn begins_call(&self) -> bool {
        matches!(self, Self::Group(_, GroupAsk::Query(_, what)) if !matches!(what, What::Count(_)))
    }
}
