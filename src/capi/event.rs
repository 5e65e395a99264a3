//! Events: what happened, and to which handle.

use super::call::{Answer, Done};
use super::data;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::member::{tenure_member, tenure_members};
use super::news::News;
use super::status::{self, TENURE_OK, tenure_status};
use super::text::tenure_str;
use crate::api::{
    ContenderEvent, DetectorEvent, ExpiredBy, GroupEvent, LostReason, SessionEvent, Time,
};
use std::ffi::{c_char, c_void};

/// The kind of an event. Each kind names its main accessors after the colon. The numbers are
/// permanent; new ones may come, so ignore unknown ones.
///
/// @since ABI 1
pub type tenure_event_kind = i32;

/// No event: the kind of NULL.
pub const TENURE_EVENT_NOTHING: tenure_event_kind = 0;

/// The client asks for a new session.
pub const TENURE_EVENT_SESSION_CONNECTING: tenure_event_kind = 1;
/// A session is established, new or kept: tenure_event_session, tenure_event_timeout_ms.
pub const TENURE_EVENT_SESSION_CONNECTED: tenure_event_kind = 2;
/// The connection is lost; the session may live on: tenure_event_since_ns, tenure_event_message.
pub const TENURE_EVENT_SESSION_SUSPENDED: tenure_event_kind = 3;
/// An attempt to connect failed; the next follows by itself: tenure_event_attempt,
/// tenure_event_message.
pub const TENURE_EVENT_SESSION_RETRYING: tenure_event_kind = 4;
/// The session is over; a new one follows by itself: tenure_event_expired_by.
pub const TENURE_EVENT_SESSION_EXPIRED: tenure_event_kind = 5;
/// The server refused the credentials; the client is no longer usable.
pub const TENURE_EVENT_SESSION_AUTH_FAILED: tenure_event_kind = 6;
/// The client was closed; this is the last event of the client itself.
pub const TENURE_EVENT_SESSION_CLOSED: tenure_event_kind = 7;

/// A candidacy begins: its znode is being created.
pub const TENURE_EVENT_CONTENDER_ENROLLING: tenure_event_kind = 20;
/// The znode exists: tenure_event_member.
pub const TENURE_EVENT_CONTENDER_ENROLLED: tenure_event_kind = 21;
/// Another member leads: tenure_event_member (the own), tenure_event_ahead.
pub const TENURE_EVENT_CONTENDER_STANDBY: tenure_event_kind = 22;
/// This contender leads: tenure_event_member, tenure_event_token, tenure_event_lease_end_ns. Ask
/// tenure_contender_is_leading before you act: events are news, the lease is the truth.
pub const TENURE_EVENT_CONTENDER_LEADING: tenure_event_kind = 23;
/// It leads, but a renewal is overdue or the connection is lost: tenure_event_member,
/// tenure_event_token, tenure_event_lease_end_ns. LEADING with the same token follows, or LOST.
pub const TENURE_EVENT_CONTENDER_JEOPARDY: tenure_event_kind = 24;
/// The candidacy is over; exactly one event for each candidacy: tenure_event_lost_reason,
/// tenure_event_member, tenure_event_lease_end_ns (until when it led, 0 if it did not),
/// tenure_event_message.
pub const TENURE_EVENT_CONTENDER_LOST: tenure_event_kind = 25;
/// The candidacy cannot go on for now, and the contender tries again by itself; one event for each
/// cause: tenure_event_member (the own, if it exists), tenure_event_status, tenure_event_message.
pub const TENURE_EVENT_CONTENDER_BLOCKED: tenure_event_kind = 26;

/// The leader cannot be known: no server has answered for too long. It is not the same as NONE:
/// tenure_event_since_ns.
pub const TENURE_EVENT_DETECTOR_UNKNOWN: tenure_event_kind = 40;
/// No leader: the group is empty.
pub const TENURE_EVENT_DETECTOR_NONE: tenure_event_kind = 41;
/// A member leads, or the leader's payload has changed: tenure_event_member, tenure_event_token,
/// tenure_event_data, tenure_event_as_of_ns.
pub const TENURE_EVENT_DETECTOR_LEADER: tenure_event_kind = 42;
/// The group cannot be read, and the library tries again by itself: tenure_event_status,
/// tenure_event_message.
pub const TENURE_EVENT_DETECTOR_FAILED: tenure_event_kind = 43;

/// The members cannot be known: no server has answered for too long: tenure_event_since_ns.
pub const TENURE_EVENT_GROUP_UNKNOWN: tenure_event_kind = 60;
/// All members, oldest first: tenure_event_members.
pub const TENURE_EVENT_GROUP_MEMBERS: tenure_event_kind = 61;
/// The group cannot be read, and the library tries again by itself: tenure_event_status,
/// tenure_event_message.
pub const TENURE_EVENT_GROUP_FAILED: tenure_event_kind = 62;
/// A membership that this group joined has ended, and not by tenure_group_cancel:
/// tenure_event_member, tenure_event_lost_reason.
pub const TENURE_EVENT_GROUP_MEMBERSHIP_LOST: tenure_event_kind = 63;

/// A call that a function ending in `_start` began has ended: tenure_event_call,
/// tenure_event_status, tenure_event_message, and the accessor that the function names for its
/// result.
pub const TENURE_EVENT_CALL_DONE: tenure_event_kind = 80;

/// Why a candidacy or a membership ended. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_lost_reason = i32;

/// The event is not the end of a candidacy or membership.
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

/// Which side declared a session over. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_expired_by = i32;

/// Neither: the event is of another kind.
pub const TENURE_EXPIRED_BY_NOBODY: tenure_expired_by = 0;
/// A server: everything of the session is gone.
pub const TENURE_EXPIRED_BY_SERVER: tenure_expired_by = 1;
/// The client's own clock: no server answered for too long.
pub const TENURE_EXPIRED_BY_LOCAL_TIMEOUT: tenure_expired_by = 2;

/// An event. It never changes; any thread may read it. In a callback it lives until the callback
/// returns; an event that tenure_client_next_event or another function returned is yours until
/// tenure_event_free. The results of accessors live as long as the event.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_event {
    head: Head,
    source: u64,
    news: News,
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

/// The number of its kind.
fn kind(news: &News) -> tenure_event_kind {
    match news {
        News::Session(event) => match event {
            SessionEvent::Connecting => TENURE_EVENT_SESSION_CONNECTING,
            SessionEvent::Connected { .. } => TENURE_EVENT_SESSION_CONNECTED,
            SessionEvent::Suspended { .. } => TENURE_EVENT_SESSION_SUSPENDED,
            SessionEvent::Retrying { .. } => TENURE_EVENT_SESSION_RETRYING,
            SessionEvent::Expired { .. } => TENURE_EVENT_SESSION_EXPIRED,
            SessionEvent::AuthFailed => TENURE_EVENT_SESSION_AUTH_FAILED,
            SessionEvent::Closed => TENURE_EVENT_SESSION_CLOSED,
        },
        News::Contender(event) => match event {
            ContenderEvent::Enrolling => TENURE_EVENT_CONTENDER_ENROLLING,
            ContenderEvent::Enrolled { .. } => TENURE_EVENT_CONTENDER_ENROLLED,
            ContenderEvent::Standby { .. } => TENURE_EVENT_CONTENDER_STANDBY,
            ContenderEvent::Leading { .. } => TENURE_EVENT_CONTENDER_LEADING,
            ContenderEvent::Jeopardy { .. } => TENURE_EVENT_CONTENDER_JEOPARDY,
            ContenderEvent::Blocked { .. } => TENURE_EVENT_CONTENDER_BLOCKED,
            ContenderEvent::Lost { .. } => TENURE_EVENT_CONTENDER_LOST,
        },
        News::Detector(event) => match event {
            DetectorEvent::Unknown { .. } => TENURE_EVENT_DETECTOR_UNKNOWN,
            DetectorEvent::None => TENURE_EVENT_DETECTOR_NONE,
            DetectorEvent::Leader(_) => TENURE_EVENT_DETECTOR_LEADER,
            DetectorEvent::Failed(_) => TENURE_EVENT_DETECTOR_FAILED,
        },
        News::Members(_) => TENURE_EVENT_GROUP_MEMBERS,
        News::Group(event) => match event {
            GroupEvent::Unknown { .. } => TENURE_EVENT_GROUP_UNKNOWN,
            GroupEvent::Members(_) => TENURE_EVENT_GROUP_MEMBERS,
            GroupEvent::Failed(_) => TENURE_EVENT_GROUP_FAILED,
            GroupEvent::MembershipLost { .. } => TENURE_EVENT_GROUP_MEMBERSHIP_LOST,
        },
        News::Done(_) => TENURE_EVENT_CALL_DONE,
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

/// The kind of an event.
///
/// @param event  an event, or NULL
/// @return the kind; TENURE_EVENT_NOTHING if `event` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_type(event: *const tenure_event) -> tenure_event_kind {
    look(event, TENURE_EVENT_NOTHING, |news| Some(kind(news)))
}

/// The name of a kind in small letters: `"contender leading"`; `"unknown event"` for a number that
/// is no kind.
///
/// @param kind  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
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

/// The handle of the event: the number that tenure_client_id, tenure_contender_id,
/// tenure_detector_id or tenure_group_id returns. For TENURE_EVENT_CALL_DONE, the handle of the
/// call.
///
/// @param event  an event, or NULL
/// @return the number, never 0; 0 if `event` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_source(event: *const tenure_event) -> u64 {
    guard::look(event, 0, |event| event.source)
}

/// The member of an event: the own znode of a contender, the leader of a detector, a membership, or
/// the member that tenure_group_join_start made.
///
/// @param event  an event, or NULL
/// @return the member; NULL where there is none
///
/// Ownership: the member belongs to the event and lives as long as it. Threading: any thread.
/// Blocking: never.
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

/// All members: for TENURE_EVENT_GROUP_MEMBERS, and for a call that tenure_group_members_start
/// began.
///
/// @param event  an event, or NULL
/// @return the list; NULL where there is none
///
/// Ownership: the list belongs to the event and lives as long as it. Threading: any thread.
/// Blocking: never.
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

/// A payload: the leader's for TENURE_EVENT_DETECTOR_LEADER, or the result of a call that
/// tenure_group_data_start began.
///
/// @param event    an event, or NULL
/// @param len_out  the number of bytes is written here; may be NULL
/// @return the first byte; NULL where there is no payload (an empty one is not NULL)
///
/// Ownership: the bytes belong to the event and live as long as it. Threading: any thread.
/// Blocking: never.
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

/// The number of the session, for TENURE_EVENT_SESSION_CONNECTED.
///
/// @param event  an event, or NULL
/// @return the number; 0 for other events
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

/// The session timeout that the server granted, for TENURE_EVENT_SESSION_CONNECTED.
///
/// @param event  an event, or NULL
/// @return milliseconds; 0 for other events
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

/// How many attempts to connect have failed since the last connection, for
/// TENURE_EVENT_SESSION_RETRYING.
///
/// @param event  an event, or NULL
/// @return the number, from 1; 0 for other events
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

/// Which side declared the session over, for TENURE_EVENT_SESSION_EXPIRED.
///
/// @param event  an event, or NULL
/// @return TENURE_EXPIRED_BY_SERVER or TENURE_EXPIRED_BY_LOCAL_TIMEOUT; TENURE_EXPIRED_BY_NOBODY
///         for other events
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

/// How many members were ahead of the own one at the last look, for TENURE_EVENT_CONTENDER_STANDBY.
///
/// @param event  an event, or NULL
/// @return the number; 0 for other events
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

/// When the lease of a leadership ends, or ended, on the boot-time clock: for
/// TENURE_EVENT_CONTENDER_LEADING and TENURE_EVENT_CONTENDER_JEOPARDY the end of the lease unless
/// it is renewed before (renewals are no events), for TENURE_EVENT_CONTENDER_LOST the time until
/// which the contender led.
///
/// @param event  an event, or NULL
/// @return nanoseconds on the clock of tenure_boottime_ns; 0 where there is no lease
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_lease_end_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.lease_end().map(Time::as_nanos))
}

/// Since when the state has lasted, on the boot-time clock: for TENURE_EVENT_SESSION_SUSPENDED the
/// loss of the connection, for the two UNKNOWN events the last confirmation of the previous state.
///
/// @param event  an event, or NULL
/// @return nanoseconds on the clock of tenure_boottime_ns; 0 for other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_since_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.since().map(Time::as_nanos))
}

/// How fresh the answer is, for TENURE_EVENT_DETECTOR_LEADER: when the client asked the server that
/// answered, on the boot-time clock.
///
/// @param event  an event, or NULL
/// @return nanoseconds on the clock of tenure_boottime_ns; 0 for other events
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

/// Why a candidacy or membership ended, for TENURE_EVENT_CONTENDER_LOST and
/// TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
///
/// @param event  an event, or NULL
/// @return the reason; TENURE_LOST_REASON_NONE for other events
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

/// What went wrong: for the FAILED events, for TENURE_EVENT_CONTENDER_BLOCKED, for the reason
/// TENURE_LOST_REASON_FAILED, and for TENURE_EVENT_CALL_DONE.
///
/// @param event  an event, or NULL
/// @return the status; TENURE_OK if nothing went wrong, and if `event` is NULL
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

/// What went wrong, in a sentence for people: if tenure_event_status is not TENURE_OK, and for
/// TENURE_EVENT_SESSION_SUSPENDED and TENURE_EVENT_SESSION_RETRYING.
///
/// @param event  an event, or NULL
/// @return the sentence; the empty text where there is none
///
/// Ownership: the text belongs to the event and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_message(event: *const tenure_event) -> tenure_str {
    look(event, tenure_str::EMPTY, |news| {
        news.message().map(tenure_str::of)
    })
}

/// The call that has ended, for TENURE_EVENT_CALL_DONE: the number that the function ending in
/// `_start` gave.
///
/// @param event  an event, or NULL
/// @return the number; 0 for other events
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

/// The yes or no of a call that has ended, for TENURE_EVENT_CALL_DONE: the value that the function
/// without `_start` writes to its `bool` result.
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

/// Frees an event that a function gave you. It has no effect on the event of a callback.
///
/// @param event  an event; neither it nor its results may be used afterwards. NULL has no effect
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
    use crate::api::{Error, ErrorKind, Event, Member};

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
            let news = News::from(Event::Contender(blocked));
            assert_eq!(kind(&news), TENURE_EVENT_CONTENDER_BLOCKED);
            assert_eq!(news.member(), member.as_ref());
            assert_eq!(news.error(), Some(&error));
            assert_eq!(news.message(), Some("give READ on /g"));
            assert_eq!(news.reason(), None);
            assert_eq!(news.lease_end(), None);
        }
    }
}
