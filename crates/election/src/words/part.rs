//! The parts of words, without their types: a face that does not know every event converts the parts of
//! each in the same way.

use super::{ExpiredBy, LostReason, ServerKind};
use crate::error::{Error, ErrorKind};
use crate::event::{Leader, Member};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_session::Time;

/// A part of an event.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// A member; `None` if there is none.
    Member(Option<&'a Member>),
    /// Members.
    Members(&'a [Member]),
    /// The leader.
    Leader(&'a Leader),
    /// An instant; `None` if there is none.
    Time(Option<Time>),
    /// A span of time.
    Span(Duration),
    /// The number of a session.
    Session(i64),
    /// A number.
    Count(u64),
    /// A sentence for people.
    Text(&'a str),
    /// An error.
    Error(&'a Error),
    /// Why a candidacy or a membership ended.
    Reason(&'a LostReason),
    /// Which side declared a session over.
    By(ExpiredBy),
    /// The kind of a server.
    Server(ServerKind),
}

/// The type of a [`Part`], and whether the part may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // as in `Part`
pub enum Shape {
    Member,
    MaybeMember,
    Members,
    Leader,
    Time,
    MaybeTime,
    Span,
    Session,
    Count,
    Text,
    Error,
    Reason,
    By,
    Server,
}

/// A type of parts of events.
pub trait IsPart: Sized {
    /// The shape of the part.
    const SHAPE: Shape;

    /// The value without its type.
    fn part(&self) -> Part<'_>;

    /// A value for tests: with everything that it may have, or with nothing that may be missing.
    fn sample(full: bool) -> Self;
}

macro_rules! is_part {
    ($Type:ty, $shape:ident, $self:ident => $part:expr, $full:ident => $sample:expr) => {
        impl IsPart for $Type {
            const SHAPE: Shape = Shape::$shape;

            fn part(&$self) -> Part<'_> {
                $part
            }

            fn sample($full: bool) -> Self {
                $sample
            }
        }
    };
}

is_part!(Member, Member, self => Part::Member(Some(self)), full => Self {
    path: if full { "/g/l_0000000001" } else { "/g/0000000001" }.to_owned(),
    label: full.then(|| "l".to_owned()),
    sequence: 1,
    token: 7,
});
is_part!(Option<Member>, MaybeMember, self => Part::Member(self.as_ref()), full => {
    full.then(|| Member::sample(true))
});
is_part!(Vec<Member>, Members, self => Part::Members(self), full => {
    Vec::from_iter(full.then(|| Member::sample(true)))
});
is_part!(Leader, Leader, self => Part::Leader(self), full => Self {
    member: Member::sample(full),
    data: if full { b"text".to_vec() } else { vec![0xff] },
    as_of: Time::sample(full),
});
is_part!(Time, Time, self => Part::Time(Some(*self)), _full => Self::from_nanos(7));
is_part!(Option<Time>, MaybeTime, self => Part::Time(*self), full => {
    full.then(|| Time::sample(true))
});
is_part!(Duration, Span, self => Part::Span(*self), _full => Self::from_secs(4));
is_part!(i64, Session, self => Part::Session(*self), _full => 1);
is_part!(u32, Count, self => Part::Count(u64::from(*self)), _full => 1);
is_part!(u64, Count, self => Part::Count(*self), _full => 9);
// No process counts more than 2⁶⁴ of anything.
is_part!(usize, Count, self => Part::Count(u64::try_from(*self).unwrap_or(u64::MAX)), _full => 1);
is_part!(String, Text, self => Part::Text(self), _full => "why".to_owned());
is_part!(Error, Error, self => Part::Error(self), _full => Self::new(ErrorKind::NoAuth, "why"));
is_part!(LostReason, Reason, self => Part::Reason(self), full => {
    if full { Self::Failed(Error::sample(true)) } else { Self::Evicted }
});
is_part!(ExpiredBy, By, self => Part::By(*self), full => {
    if full { Self::Server } else { Self::LocalTimeout }
});
is_part!(ServerKind, Server, self => Part::Server(*self), full => {
    if full { Self::ZooKeeper } else { Self::Other }
});
