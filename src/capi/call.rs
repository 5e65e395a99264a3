//! Calls under way, and their ends.

use super::failure::Failure;
use super::member::tenure_members;
use crate::api::{Error, ErrorKind, Member, Pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// The result of a call.
pub(super) enum Answer {
    Flag(bool),
    Member(Member),
    Members(tenure_members),
    Data(Option<Vec<u8>>),
}

/// A call that has ended.
pub(super) struct Done {
    pub(super) call: u64,
    pub(super) result: Result<Answer, Failure>,
}

impl From<bool> for Answer {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Flag(true)
    }
}

impl From<Member> for Answer {
    fn from(member: Member) -> Self {
        Self::Member(member)
    }
}

impl From<Vec<Member>> for Answer {
    fn from(list: Vec<Member>) -> Self {
        Self::Members(tenure_members::new(list))
    }
}

impl From<Option<Vec<u8>>> for Answer {
    fn from(data: Option<Vec<u8>>) -> Self {
        Self::Data(data)
    }
}

type Look = dyn FnMut(&mut Context<'_>) -> Poll<Result<Answer, Error>> + Send;

/// Waits for a call, for ever without a limit.
pub(super) fn wait<T>(pending: Pending<T>, limit: Option<Duration>) -> Result<T, Failure> {
    let answer = match limit {
        None => pending.wait(),
        Some(limit) => pending.wait_for(limit),
    };
    Ok(answer?)
}

/// A call under way, whatever the type of its result.
pub(super) struct Call(Box<Look>);

impl Call {
    pub(super) fn new<T: Into<Answer> + Send + 'static>(mut pending: Pending<T>) -> Self {
        Self(Box::new(move |cx| {
            Pin::new(&mut pending).poll(cx).map_ok(Into::into)
        }))
    }

    /// The closing of a client: one that was closed before is closed as the caller wants.
    pub(super) fn closing(mut pending: Pending<()>) -> Self {
        Self(Box::new(move |cx| {
            Pin::new(&mut pending).poll(cx).map(|end| match end {
                Err(error) if error.kind() != ErrorKind::Closed => Err(error),
                _ => Ok(().into()),
            })
        }))
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Answer, Failure>> {
        (self.0)(cx).map_err(Failure::from)
    }
}
