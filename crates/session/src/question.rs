//! What a session must know about the questions that it sends for the machines above it.

use core::fmt::Debug;
use tenure_proto::Request;

/// A question: it comes back with its answer, and says how to send its request.
pub trait Question: Debug {
    /// Names the parties that take turns with bulk reads.
    type Turn: Debug + Copy + Ord;

    /// The party whose turn the request takes, if it is one of many reads that are asked at once and are
    /// not urgent.
    fn bulk(&self, request: &Request) -> Option<Self::Turn>;

    /// Whether a failure loses nothing.
    fn may_fail(&self) -> bool;

    /// Whether a user's call begins with it: it is refused if too many requests are held back.
    fn begins_call(&self) -> bool;
}
