//! What a session must know of the questions that it carries for those above it.

use core::fmt::Debug;
use tenure_proto::Request;

/// A question: the name under which its answer comes back, and how it is to be sent.
pub trait Question: Debug {
    /// Those who take turns with bulk reads.
    type Turn: Debug + Copy + Ord;

    /// Whose turn it takes, if it is one of many reads that are asked at once and that nothing is in
    /// a hurry for.
    fn bulk(&self, request: &Request) -> Option<Self::Turn>;

    /// Whether nothing is lost if it fails.
    fn may_fail(&self) -> bool;

    /// Whether a user's call begins with it: it is refused when too many requests are held back.
    fn begins_call(&self) -> bool;
}
