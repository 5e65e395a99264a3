//! Events: what happened, and to which handle.

use super::call::{Answer, Done};
use super::data;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::member::{tenure_member, tenure_members};
use super::news::News;
use super::status::{self, TENURE_OK, tenure_status};
use super::text::tenure_str;
use super::words::{
    self, TENURE_EVENT_NOTHING, TENURE_EXPIRED_BY_NOBODY, TENURE_LOST_REASON_NONE,
    TENURE_SERVER_UNKNOWN, tenure_event_kind, tenure_expired_by, tenure_lost_reason,
    tenure_server_kind,
};
use crate::api::words::Part;
use crate::api::{DetectorEvent, LostReason, Time};
use std::ffi::{c_char, c_void};

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

    pub(super) fn news(&self) -> &News {
        &self.news
    }

    /// What a detector said, if it is that.
    pub(super) fn detector(&self) -> Option<&DetectorEvent> {
        match &self.news {
            News::Detector(event) => Some(event),
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

/// The kind of an event.
///
/// @param event  an event, or NULL
/// @return the kind; TENURE_EVENT_NOTHING if `event` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_type(event: *const tenure_event) -> tenure_event_kind {
    look(event, TENURE_EVENT_NOTHING, |news| Some(news.kind()))
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
    words::event_kind_name(kind).as_ptr()
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
        News::Done(Done {
            result: Ok(Answer::Data(data)),
            ..
        }) => Some(data.as_deref()),
        _ => news.leader().map(|leader| Some(leader.data.as_slice())),
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
    look(event, 0, |news| match news.part("session") {
        Some(Part::Session(session)) => Some(session),
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
    look(event, 0, |news| match news.part("timeout") {
        Some(Part::Span(timeout)) => Some(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX)),
        _ => None,
    })
}

/// The kind of the server that granted the session, for TENURE_EVENT_SESSION_CONNECTED.
///
/// @param event  an event, or NULL
/// @return TENURE_SERVER_ZOOKEEPER or TENURE_SERVER_OTHER; TENURE_SERVER_UNKNOWN for other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_server(event: *const tenure_event) -> tenure_server_kind {
    look(event, TENURE_SERVER_UNKNOWN, |news| {
        match news.part("server") {
            Some(Part::Server(kind)) => Some(kind.number()),
            _ => None,
        }
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
    look(event, 0, |news| {
        let attempt = news.count("attempt")?;
        Some(u32::try_from(attempt).unwrap_or(u32::MAX))
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
    look(event, TENURE_EXPIRED_BY_NOBODY, |news| {
        match news.part("by") {
            Some(Part::By(by)) => Some(by.number()),
            _ => None,
        }
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
    look(event, 0, |news| {
        let ahead = news.count("ahead")?;
        Some(usize::try_from(ahead).unwrap_or(usize::MAX))
    })
}

/// Until when a contender that is first waits for the lease of the leader before it, for
/// TENURE_EVENT_CONTENDER_STANDBY with TENURE_POLICY_GUARDED.
///
/// @param event  an event, or NULL
/// @return nanoseconds on the clock of tenure_boottime_ns; 0 while a member is ahead, and for other
///         events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_waits_until_ns(event: *const tenure_event) -> u64 {
    look(event, 0, |news| {
        news.time("waits_until").map(Time::as_nanos)
    })
}

/// The highest fencing token that was seen before it fell, for TENURE_EVENT_CONTENDER_TOKEN_FELL and
/// TENURE_EVENT_DETECTOR_TOKEN_FELL. The new one is tenure_event_token.
///
/// @param event  an event, or NULL
/// @return the token; 0 for other events
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_token_before(event: *const tenure_event) -> u64 {
    look(event, 0, |news| news.count("before"))
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
    look(event, 0, |news| news.time("since").map(Time::as_nanos))
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
    look(event, 0, |news| {
        news.leader().map(|leader| leader.as_of.as_nanos())
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
        news.reason().map(LostReason::number)
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
/// TENURE_EVENT_SESSION_SUSPENDED, TENURE_EVENT_SESSION_RETRYING and
/// TENURE_EVENT_CONTENDER_STRANGERS.
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
    use crate::api::{ContenderEvent, DetectorEvent, Error, ErrorKind, Event, Member};

    #[test]
    fn a_token_that_fell_shows_both() {
        let member = Member {
            path: "/g/0000000001".to_owned(),
            label: None,
            sequence: 1,
            token: 4,
        };
        let (contender, before) = (member.clone(), 56);
        let contender = ContenderEvent::TokenFell {
            member: contender,
            before,
        };
        let detector = DetectorEvent::TokenFell { member, before };
        for event in [Event::Contender(contender), Event::Detector(detector)] {
            let news = News::from(event);
            assert_eq!(news.member().map(|member| member.token), Some(4));
            assert_eq!(news.count("before"), Some(56));
        }
    }

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
            assert_eq!(news.kind(), words::TENURE_EVENT_CONTENDER_BLOCKED);
            assert_eq!(news.member(), member.as_ref());
            assert_eq!(news.error(), Some(&error));
            assert_eq!(news.message(), Some("give READ on /g"));
            assert_eq!(news.reason(), None);
            assert_eq!(news.lease_end(), None);
        }
    }
}
