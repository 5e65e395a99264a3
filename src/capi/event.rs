//! Events: what happened, and to which handle.

use super::call::{Answer, Done};
use super::data;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::member::{tenure_member, tenure_members};
use super::status::{self, TENURE_OK, tenure_status};
use super::text::tenure_str;
use crate::api::{
    ContenderEvent, DetectorEvent, Error, ExpiredBy, GroupEvent, LostReason, Member, SessionEvent,
    Time,
};
use std::ffi::{c_char, c_void};

/// What kind of event it is. The numbers are permanent; new ones may come, so pass over what you do
/// not know.
///
/// @since ABI 1
pub type tenure_event_kind = i32;

/// No event: of NULL.
pub const TENURE_EVENT_NOTHING: tenure_event_kind = 0;

/// A new session is being asked for.
pub const TENURE_EVENT_SESSION_CONNECTING: tenure_event_kind = 1;
/// A session stands, new or kept: tenure_event_session, tenure_event_timeout_ms.
pub const TENURE_EVENT_SESSION_CONNECTED: tenure_event_kind = 2;
/// The connection is lost; the session may live on: tenure_event_since_ns, tenure_event_message.
pub const TENURE_EVENT_SESSION_SUSPENDED: tenure_event_kind = 3;
/// An attempt to connect failed; the next follows by itself: tenure_event_attempt,
/// tenure_event_message.
pub const TENURE_EVENT_SESSION_RETRYING: tenure_event_kind = 4;
/// The session is over; a new one follows by itself: tenure_event_expired_by.
pub const TENURE_EVENT_SESSION_EXPIRED: tenure_event_kind = 5;
/// The server refused the credentials; the client is of no more use.
pub const TENURE_EVENT_SESSION_AUTH_FAILED: tenure_event_kind = 6;
/// The client was closed: the last event of its own.
pub const TENURE_EVENT_SESSION_CLOSED: tenure_event_kind = 7;

/// A candidacy begins: its znode is being created.
pub const TENURE_EVENT_CONTENDER_ENROLLING: tenure_event_kind = 20;
/// The znode stands: tenure_event_member.
pub const TENURE_EVENT_CONTENDER_ENROLLED: tenure_event_kind = 21;
/// Somebody else leads: tenure_event_member (the own), tenure_event_ahead.
pub const TENURE_EVENT_CONTENDER_STANDBY: tenure_event_kind = 22;
/// This contender leads: tenure_event_member, tenure_event_token, tenure_event_lease_end_ns. Ask
/// tenure_contender_is_leading before you act: events are news, the lease is truth.
pub const TENURE_EVENT_CONTENDER_LEADING: tenure_event_kind = 23;
/// It leads, but a renewal is overdue or the connection is lost: tenure_event_member,
/// tenure_event_token, tenure_event_lease_end_ns. LEADING follows with the same token, or LOST.
pub const TENURE_EVENT_CONTENDER_JEOPARDY: tenure_event_kind = 24;
/// The candidacy is over; exactly one for each: tenure_event_lost_reason, tenure_event_member,
/// tenure_event_lease_end_ns (until when it led, 0 if it did not), tenure_event_message.
pub const TENURE_EVENT_CONTENDER_LOST: tenure_event_kind = 25;
/// The candidacy cannot go on for now, and is tried again by itself; told once for each cause:
/// tenure_event_member (the own, if one stands), tenure_event_status, tenure_event_message.
pub const TENURE_EVENT_CONTENDER_BLOCKED: tenure_event_kind = 26;

/// Who leads cannot be known: no server has answered for too long. Not the same as nobody:
/// tenure_event_since_ns.
pub const TENURE_EVENT_DETECTOR_UNKNOWN: tenure_event_kind = 40;
/// Nobody leads: the group is empty.
pub const TENURE_EVENT_DETECTOR_NONE: tenure_event_kind = 41;
/// Somebody leads, or its payload has changed: tenure_event_member, tenure_event_token,
/// tenure_event_data, tenure_event_as_of_ns.
pub const TENURE_EVENT_DETECTOR_LEADER: tenure_event_kind = 42;
/// It may not look; tried again by itself: tenure_event_status, tenure_event_message.
pub const TENURE_EVENT_DETECTOR_FAILED: tenure_event_kind = 43;

/// The members cannot be known: no server has answered for too long: tenure_event_since_ns.
pub const TENURE_EVENT_GROUP_UNKNOWN: tenure_event_kind = 60;
/// All members, oldest first: tenure_event_members.
pub const TENURE_EVENT_GROUP_MEMBERS: tenure_event_kind = 61;
/// It may not look; tried again by itself: tenure_event_status, tenure_event_message.
pub const TENURE_EVENT_GROUP_FAILED: tenure_event_kind = 62;
/// A membership that this group joined is over, and not by tenure_group_cancel:
/// tenure_event_member, tenure_event_lost_reason.
pub const TENURE_EVENT_GROUP_MEMBERSHIP_LOST: tenure_event_kind = 63;

/// A call that a function ending in `_start` began has ended: tenure_event_call,
/// tenure_event_status, tenure_event_message, and what the function says of its result.
pub const TENURE_EVENT_CALL_DONE: tenure_event_kind = 80;

/// Why a candidacy or a membership ended. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_lost_reason = i32;

/// It is not over, or it is no such event.
pub const TENURE_LOST_REASON_NONE: tenure_lost_reason = 0;
/// The session is over.
pub const TENURE_LOST_REASON_SESSION_EXPIRED: tenure_lost_reason = 1;
/// The lease ended before it could be renewed.
pub const TENURE_LOST_REASON_LEASE_LAPSED: tenure_lost_reason = 2;
/// Somebody else deleted the znode.
pub const TENURE_LOST_REASON_EVICTED: tenure_lost_reason = 3;
/// tenure_contender_withdraw was called.
pub const TENURE_LOST_REASON_WITHDRAWN: tenure_lost_reason = 4;
/// The client was closed.
pub const TENURE_LOST_REASON_CLOSED: tenure_lost_reason = 5;
/// The znode could not be created, and trying again cannot help: tenure_event_status says why.
pub const TENURE_LOST_REASON_FAILED: tenure_lost_reason = 6;

/// By whose word a session is over. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_expired_by = i32;

/// It is no such event.
pub const TENURE_EXPIRED_BY_NOBODY: tenure_expired_by = 0;
/// A server said so: everything of the session is gone.
pub const TENURE_EXPIRED_BY_SERVER: tenure_expired_by = 1;
/// The own clock did: no server answered for too long.
pub const TENURE_EXPIRED_BY_LOCAL_TIMEOUT: tenure_expired_by = 2;

/// An event. It never changes; any thread may read it. In a callback it lives until the callback
/// returns; what tenure_client_next_event and other functions gave you is yours until
/// tenure_event_free. What an accessor shows lives as long as the event.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_event {
    head: Head,
    source: u64,
    news: News,
}

/// What is told.
pub(super) enum News {
    Session(SessionEvent),
    Contender(ContenderEvent),
    Detector(DetectorEvent),
    Members(tenure_members),
    Group(GroupEvent),
    Done(Done),
}

impl Tagged for tenure_event {
    const TAG: u32 = 0x7465_0004;
    const NAME: &'static str = "a tenure_event";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_event {
    pub(super) fn new(source: u64, news: impl Into<News>) -> Self {
        Self {
            head: Head::new::<Self>(),
            source,
            news: news.into(),
        }
    }

    /// An event for the caller to keep; NULL for none.
    pub(super) fn give(event: Option<(u64, impl Into<News>)>) -> *mut Self {
        event.map_or(std::ptr::null_mut(), |(source, news)| {
            handle::make(Self::new(source, news))
        })
    }

    /// What a detector said, if it is that.
    pub(super) fn detector(&self) -> Option<&DetectorEvent> {
        match &self.news {
            News::Detector(event) => Some(event),
            _ => None,
        }
    }
}

impl From<SessionEvent> for News {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

impl From<ContenderEvent> for News {
    fn from(event: ContenderEvent) -> Self {
        Self::Contender(event)
    }
}

impl From<DetectorEvent> for News {
    fn from(event: DetectorEvent) -> Self {
        Self::Detector(event)
    }
}

impl From<GroupEvent> for News {
    fn from(event: GroupEvent) -> Self {
        match event {
            // Its list becomes an object that can be lent.
            GroupEvent::Members(list) => Self::Members(tenure_members::new(list)),
            GroupEvent::Unknown { .. }
            | GroupEvent::Failed(_)
            | GroupEvent::MembershipLost { .. } => Self::Group(event),
        }
    }
}

impl From<Done> for News {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl News {
    fn kind(&self) -> tenure_event_kind {
        match self {
            Self::Session(event) => match event {
                SessionEvent::Connecting => TENURE_EVENT_SESSION_CONNECTING,
                SessionEvent::Connected { .. } => TENURE_EVENT_SESSION_CONNECTED,
                SessionEvent::Suspended { .. } => TENURE_EVENT_SESSION_SUSPENDED,
                SessionEvent::Retrying { .. } => TENURE_EVENT_SESSION_RETRYING,
                SessionEvent::Expired { .. } => TENURE_EVENT_SESSION_EXPIRED,
                SessionEvent::AuthFailed => TENURE_EVENT_SESSION_AUTH_FAILED,
                SessionEvent::Closed => TENURE_EVENT_SESSION_CLOSED,
            },
            Self::Contender(event) => match event {
                ContenderEvent::Enrolling => TENURE_EVENT_CONTENDER_ENROLLING,
                ContenderEvent::Enrolled { .. } => TENURE_EVENT_CONTENDER_ENROLLED,
                ContenderEvent::Standby { .. } => TENURE_EVENT_CONTENDER_STANDBY,
                ContenderEvent::Leading { .. } => TENURE_EVENT_CONTENDER_LEADING,
                ContenderEvent::Jeopardy { .. } => TENURE_EVENT_CONTENDER_JEOPARDY,
                ContenderEvent::Blocked { .. } => TENURE_EVENT_CONTENDER_BLOCKED,
                ContenderEvent::Lost { .. } => TENURE_EVENT_CONTENDER_LOST,
            },
            Self::Detector(event) => match event {
                DetectorEvent::Unknown { .. } => TENURE_EVENT_DETECTOR_UNKNOWN,
                DetectorEvent::None => TENURE_EVENT_DETECTOR_NONE,
                DetectorEvent::Leader(_) => TENURE_EVENT_DETECTOR_LEADER,
                DetectorEvent::Failed(_) => TENURE_EVENT_DETECTOR_FAILED,
            },
            Self::Members(_) => TENURE_EVENT_GROUP_MEMBERS,
            Self::Group(event) => match event {
                GroupEvent::Unknown { .. } => TENURE_EVENT_GROUP_UNKNOWN,
                GroupEvent::Members(_) => TENURE_EVENT_GROUP_MEMBERS,
                GroupEvent::Failed(_) => TENURE_EVENT_GROUP_FAILED,
                GroupEvent::MembershipLost { .. } => TENURE_EVENT_GROUP_MEMBERSHIP_LOST,
            },
            Self::Done(_) => TENURE_EVENT_CALL_DONE,
        }
    }

    fn member(&self) -> Option<&Member> {
        match self {
            Self::Contender(event) => match event {
                ContenderEvent::Enrolling => None,
                ContenderEvent::Enrolled { member }
                | ContenderEvent::Standby { member, .. }
                | ContenderEvent::Leading { member, .. }
                | ContenderEvent::Jeopardy { member, .. } => Some(member),
                ContenderEvent::Blocked { member, .. } | ContenderEvent::Lost { member, .. } => {
                    member.as_ref()
                }
            },
            Self::Detector(DetectorEvent::Leader(leader)) => Some(&leader.member),
            Self::Group(GroupEvent::MembershipLost { member, .. }) => Some(member),
            Self::Done(Done {
                result: Ok(Answer::Member(member)),
                ..
            }) => Some(member),
            Self::Session(_)
            | Self::Detector(_)
            | Self::Group(_)
            | Self::Members(_)
            | Self::Done(_) => None,
        }
    }

    fn reason(&self) -> Option<&LostReason> {
        match self {
            Self::Contender(ContenderEvent::Lost { reason, .. })
            | Self::Group(GroupEvent::MembershipLost { reason, .. }) => Some(reason),
            _ => None,
        }
    }

    /// The error that the event brings, if it brings one with a kind.
    fn error(&self) -> Option<&Error> {
        match self {
            Self::Contender(ContenderEvent::Blocked { error, .. })
            | Self::Detector(DetectorEvent::Failed(error))
            | Self::Group(GroupEvent::Failed(error)) => Some(error),
            _ => match self.reason() {
                Some(LostReason::Failed(error)) => Some(error),
                _ => None,
            },
        }
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::Session(
                SessionEvent::Suspended { error, .. } | SessionEvent::Retrying { error, .. },
            ) => Some(error),
            Self::Done(done) => done.result.as_ref().err().map(|f| &*f.message),
            _ => self.error().map(Error::message),
        }
    }

    fn since(&self) -> Option<Time> {
        match self {
            Self::Session(SessionEvent::Suspended { since, .. })
            | Self::Detector(DetectorEvent::Unknown { since })
            | Self::Group(GroupEvent::Unknown { since }) => Some(*since),
            _ => None,
        }
    }

    fn lease_end(&self) -> Option<Time> {
        match self {
            Self::Contender(ContenderEvent::Leading { lease_end, .. }) => Some(*lease_end),
            Self::Contender(ContenderEvent::Jeopardy { deadline, .. }) => Some(*deadline),
            Self::Contender(ContenderEvent::Lost { led_until, .. }) => *led_until,
            _ => None,
        }
    }
}

fn look<T>(
    event: *const tenure_event,
    otherwise: T,
    body: impl FnOnce(&'static News) -> Option<T>,
) -> T {
    let found = guard::look(event, None, |event| body(&event.news));
    found.unwrap_or(otherwise)
}

/// What kind of event it is.
///
/// @param event  an event, or NULL
/// @return the kind; of NULL TENURE_EVENT_NOTHING
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_type(event: *const tenure_event) -> tenure_event_kind {
    look(event, TENURE_EVENT_NOTHING, |news| Some(news.kind()))
}

/// The name of a kind in small letters: `"contender leading"`. Of a number that is no kind:
/// `"unknown event"`.
///
/// @param kind  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_event_kind_name(kind: tenure_event_kind) -> *const c_char {
    let name = match kind {
        TENURE_EVENT_NOTHING => c"nothing",
        TENURE_EVENT_SESSION_CONNECTING => c"session connecting",
        TENURE_EVENT_SESSION_CONNECTED => c"session connected",
        TENURE_EVENT_SESSION_SUSPENDED => c"session suspended",
        TENURE_EVENT_SESSION_RETRYING => c"session retrying",
        TENURE_EVENT_SESSION_EXPIRED => c"session expired",
        TENURE_EVENT_SESSION_AUTH_FAILED => c"session auth failed",
        TENURE_EVENT_SESSION_CLOSED => c"session closed",
        TENURE_EVENT_CONTENDER_ENROLLING => c"contender enrolling",
        TENURE_EVENT_CONTENDER_ENROLLED => c"contender enrolled",
        TENURE_EVENT_CONTENDER_STANDBY => c"contender standby",
        TENURE_EVENT_CONTENDER_LEADING => c"contender leading",
        TENURE_EVENT_CONTENDER_JEOPARDY => c"contender jeopardy",
        TENURE_EVENT_CONTENDER_LOST => c"contender lost",
        TENURE_EVENT_CONTENDER_BLOCKED => c"contender blocked",
        TENURE_EVENT_DETECTOR_UNKNOWN => c"detector unknown",
        TENURE_EVENT_DETECTOR_NONE => c"detector none",
        TENURE_EVENT_DETECTOR_LEADER => c"detector leader",
        TENURE_EVENT_DETECTOR_FAILED => c"detector failed",
        TENURE_EVENT_GROUP_UNKNOWN => c"group unknown",
        TENURE_EVENT_GROUP_MEMBERS => c"group members",
        TENURE_EVENT_GROUP_FAILED => c"group failed",
        TENURE_EVENT_GROUP_MEMBERSHIP_LOST => c"group membership lost",
        TENURE_EVENT_CALL_DONE => c"call done",
        _ => c"unknown event",
    };
    name.as_ptr()
}

/// Which handle it happened to: the number that tenure_client_id, tenure_contender_id,
/// tenure_detector_id or tenure_group_id gives. Of TENURE_EVENT_CALL_DONE it is the handle of the
/// call.
///
/// @param event  an event, or NULL
/// @return the number, never 0; of NULL 0
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_source(event: *const tenure_event) -> u64 {
    guard::look(event, 0, |event| event.source)
}

/// The member that an event is about: the own znode of a contender, the leader of a detector, a
/// membership, or the member that tenure_group_join_start made.
///
/// @param event  an event, or NULL
/// @return the member; NULL where there is none
///
/// Ownership: the member is the event's and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_member(event: *const tenure_event) -> *const tenure_member {
    look(event, std::ptr::null(), |news| {
        news.member().map(tenure_member::lend)
    })
}

/// The fencing token of an event's member: tenure_member_token of tenure_event_member.
///
/// @param event  an event, or NULL
/// @return the token; 0 where there is none
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_token(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.member().map(|member| member.token))
}

/// All members: of TENURE_EVENT_GROUP_MEMBERS, and of a call that tenure_group_members_start began.
///
/// @param event  an event, or NULL
/// @return the list; NULL where there is none
///
/// Ownership: the list is the event's and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_members(event: *const tenure_event) -> *const tenure_members {
    look(event, std::ptr::null(), |news| match news {
        News::Members(members)
        | News::Done(Done {
            result: Ok(Answer::Members(members)),
            ..
        }) => Some(std::ptr::from_ref(members)),
        _ => None,
    })
}

/// A payload: the leader's of TENURE_EVENT_DETECTOR_LEADER, or of a call that
/// tenure_group_data_start began.
///
/// @param event    an event, or NULL
/// @param len_out  how many bytes are written here; may be NULL
/// @return the first byte; NULL where there is no payload (an empty one is not NULL)
///
/// Ownership: the bytes are the event's and live as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_data(
    event: *const tenure_event,
    len_out: *mut usize,
) -> *const c_void {
    let found: Option<&[u8]> = look(event, None, |news| match news {
        News::Detector(DetectorEvent::Leader(leader)) => Some(Some(leader.data.as_slice())),
        News::Done(Done {
            result: Ok(Answer::Data(data)),
            ..
        }) => Some(data.as_deref()),
        _ => None,
    });
    found.map_or_else(
        || data::nothing(len_out),
        |bytes| data::lend(bytes, len_out),
    )
}

/// The number of the session of TENURE_EVENT_SESSION_CONNECTED.
///
/// @param event  an event, or NULL
/// @return the number; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_session(event: *const tenure_event) -> i64 {
    look(event, 0, |news| match news {
        News::Session(SessionEvent::Connected { session, .. }) => Some(*session),
        _ => None,
    })
}

/// The session timeout that the server granted, of TENURE_EVENT_SESSION_CONNECTED.
///
/// @param event  an event, or NULL
/// @return milliseconds; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_timeout_ms(event: *const tenure_event) -> i64 {
    look(event, 0, |news| match news {
        News::Session(SessionEvent::Connected { timeout, .. }) => {
            Some(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX))
        }
        _ => None,
    })
}

/// How many attempts to connect have failed since the last connection, of
/// TENURE_EVENT_SESSION_RETRYING.
///
/// @param event  an event, or NULL
/// @return the number, from 1; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_attempt(event: *const tenure_event) -> u32 {
    look(event, 0, |news| match news {
        News::Session(SessionEvent::Retrying { attempt, .. }) => Some(*attempt),
        _ => None,
    })
}

/// By whose word the session is over, of TENURE_EVENT_SESSION_EXPIRED.
///
/// @param event  an event, or NULL
/// @return TENURE_EXPIRED_BY_SERVER or TENURE_EXPIRED_BY_LOCAL_TIMEOUT; TENURE_EXPIRED_BY_NOBODY of
///         other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_expired_by(event: *const tenure_event) -> tenure_expired_by {
    look(event, TENURE_EXPIRED_BY_NOBODY, |news| match news {
        News::Session(SessionEvent::Expired { by }) => Some(match by {
            ExpiredBy::Server => TENURE_EXPIRED_BY_SERVER,
            ExpiredBy::LocalTimeout => TENURE_EXPIRED_BY_LOCAL_TIMEOUT,
        }),
        _ => None,
    })
}

/// How many members stood before the own one when that was last looked at, of
/// TENURE_EVENT_CONTENDER_STANDBY.
///
/// @param event  an event, or NULL
/// @return the number; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_ahead(event: *const tenure_event) -> usize {
    look(event, 0, |news| match news {
        News::Contender(ContenderEvent::Standby { ahead, .. }) => Some(*ahead),
        _ => None,
    })
}

/// When the lease of a leadership ends, or ended, on the boot-time clock: of
/// TENURE_EVENT_CONTENDER_LEADING until when it leads unless it is renewed (renewals are no events),
/// of TENURE_EVENT_CONTENDER_JEOPARDY when it ends unless it is renewed before, of
/// TENURE_EVENT_CONTENDER_LOST until when it led.
///
/// @param event  an event, or NULL
/// @return nanoseconds, to be compared with tenure_boottime_ns; 0 where there is no lease
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_lease_end_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.lease_end().map(Time::as_nanos))
}

/// Since when it has been so, on the boot-time clock: of TENURE_EVENT_SESSION_SUSPENDED when the
/// connection was lost, of the two UNKNOWN events when what was known was last confirmed.
///
/// @param event  an event, or NULL
/// @return nanoseconds, to be compared with tenure_boottime_ns; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_since_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.since().map(Time::as_nanos))
}

/// How fresh the answer is, of TENURE_EVENT_DETECTOR_LEADER: when the server that gave it was asked,
/// on the boot-time clock.
///
/// @param event  an event, or NULL
/// @return nanoseconds, to be compared with tenure_boottime_ns; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_as_of_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| match news {
        News::Detector(DetectorEvent::Leader(leader)) => Some(leader.as_of.as_nanos()),
        _ => None,
    })
}

/// Why a candidacy or membership ended, of TENURE_EVENT_CONTENDER_LOST and
/// TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
///
/// @param event  an event, or NULL
/// @return the reason; TENURE_LOST_REASON_NONE of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_lost_reason(
    event: *const tenure_event,
) -> tenure_lost_reason {
    look(event, TENURE_LOST_REASON_NONE, |news| {
        news.reason().map(|reason| match reason {
            LostReason::SessionExpired => TENURE_LOST_REASON_SESSION_EXPIRED,
            LostReason::LeaseLapsed => TENURE_LOST_REASON_LEASE_LAPSED,
            LostReason::Evicted => TENURE_LOST_REASON_EVICTED,
            LostReason::Withdrawn => TENURE_LOST_REASON_WITHDRAWN,
            LostReason::Closed => TENURE_LOST_REASON_CLOSED,
            LostReason::Failed(_) => TENURE_LOST_REASON_FAILED,
        })
    })
}

/// What went wrong: of the FAILED events, of TENURE_EVENT_CONTENDER_BLOCKED, of a reason TENURE_LOST_REASON_FAILED, and of
/// TENURE_EVENT_CALL_DONE.
///
/// @param event  an event, or NULL
/// @return the status; TENURE_OK where nothing went wrong, and of NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_status(event: *const tenure_event) -> tenure_status {
    look(event, TENURE_OK, |news| match news {
        News::Done(done) => done.result.as_ref().err().map(|failure| failure.status),
        _ => news.error().map(|error| status::of(error.kind())),
    })
}

/// What went wrong, in a sentence for people: where tenure_event_status is not TENURE_OK, and of
/// TENURE_EVENT_SESSION_SUSPENDED and TENURE_EVENT_SESSION_RETRYING.
///
/// @param event  an event, or NULL
/// @return the sentence; the empty text where there is none
///
/// Ownership: the text is the event's and lives as long as it. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_message(event: *const tenure_event) -> tenure_str {
    look(event, tenure_str::EMPTY, |news| {
        news.message().map(tenure_str::of)
    })
}

/// Which call has ended, of TENURE_EVENT_CALL_DONE: the number that the function ending in `_start`
/// gave.
///
/// @param event  an event, or NULL
/// @return the number; 0 of other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_call(event: *const tenure_event) -> u64 {
    look(event, 0, |news| match news {
        News::Done(done) => Some(done.call),
        _ => None,
    })
}

/// The yes or no of a call that has ended, of TENURE_EVENT_CALL_DONE: what the function without
/// `_start` writes to its `bool` result.
///
/// @param event  an event, or NULL
/// @return the answer; false where there is none
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_call_result(event: *const tenure_event) -> bool {
    look(event, false, |news| match news {
        News::Done(Done {
            result: Ok(Answer::Flag(flag)),
            ..
        }) => Some(*flag),
        _ => None,
    })
}

/// Frees an event that a function gave you. One that a callback was given is left alone.
///
/// @param event  an event, which must not be used any more, nor what it shows, or NULL, which is
///               nothing
///
/// Ownership: takes the event. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_free(event: *mut tenure_event) {
    guard::free(event);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorKind;

    #[test]
    fn a_blocked_candidacy_shows_its_member_and_its_error() {
        let member = Member {
            path: "/g/0000000001".to_owned(),
            label: None,
            sequence: 1,
            token: 7,
        };
        for member in [Some(member), None] {
            let error = Error::new(ErrorKind::NoAuth, "give READ on /g");
            let blocked = ContenderEvent::Blocked {
                member: member.clone(),
                error: error.clone(),
            };
            let news = News::from(blocked);
            assert_eq!(news.kind(), TENURE_EVENT_CONTENDER_BLOCKED);
            assert_eq!(news.member(), member.as_ref());
            assert_eq!(news.error(), Some(&error));
            assert_eq!(news.message(), Some("give READ on /g"));
            assert_eq!(news.reason(), None);
            assert_eq!(news.lease_end(), None);
        }
    }
}
