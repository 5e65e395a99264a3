//! Detectors.

use super::callback::{tenure_destroy_fn, tenure_event_fn};
use super::client::tenure_client;
use super::error::tenure_error;
use super::event::tenure_event;
use super::failure::Failure;
use super::guard;
use super::handle::{self, must_have};
use super::owned::{self, EventHandle, Owned};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::{Detector, DetectorEvent, Time};
use std::ffi::c_void;
use std::sync::Arc;

/// A detector: follows the leader of a group without being a member. Any thread may use it, also
/// several at once. It keeps its session open.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_detector {
    owned: Owned<Detector>,
}

impl EventHandle for tenure_detector {
    type Object = Detector;
    const TAG: u32 = 0x7465_000a;
    const NAME: &'static str = "a tenure_detector";

    fn owned(&self) -> &Owned<Detector> {
        &self.owned
    }
}

/// Follows the leader of a group. If the path does not exist, the detector waits for it. If the
/// client's URL is a standalone leader's address, the detector reports that leader at once and for
/// ever.
///
/// @param client        a client
/// @param path          the group's znode; the empty text for the path of the client's URL
/// @param detector_out  the detector is written here, on success only
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a path that ZooKeeper does not
///         allow; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
///
/// Ownership: the caller owns the detector and frees it with tenure_detector_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_new(
    client: *mut tenure_client,
    path: tenure_str,
    detector_out: *mut *mut tenure_detector,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(detector_out, "detector_out")?;
        let path = client.group(path.read("path")?);
        let detector = client.client().detect(path)?;
        let owned = Owned::new::<tenure_detector>(detector, Arc::clone(client.queue()))?;
        handle::put(detector_out, || handle::make(tenure_detector { owned }));
        Ok(())
    })
}

/// The number that names this detector in events: tenure_event_source.
///
/// @param detector  a detector, or NULL
/// @return the number, never 0; 0 if `detector` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_id(detector: *const tenure_detector) -> u64 {
    owned::id(detector)
}

/// The current knowledge of the leader, as an event: TENURE_EVENT_DETECTOR_LEADER, _NONE, _UNKNOWN
/// (also before the first answer) or _FAILED.
///
/// @param detector  a detector, or NULL
/// @return the event, to be freed with tenure_event_free; NULL if `detector` is NULL
///
/// Ownership: the caller owns the event. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_state(
    detector: *const tenure_detector,
) -> *mut tenure_event {
    let known = guard::look(detector, None, |detector| {
        let owned = &detector.owned;
        Some((owned.id(), owned.object().state()))
    });
    tenure_event::give(known)
}

/// Waits until the state (tenure_detector_state) differs from `previous`; it may differ already.
/// Pass the event of the last call, and you never miss the current state; pass NULL at first, which
/// stands for UNKNOWN.
///
/// @param detector    a detector
/// @param previous    an event of this or another detector, or NULL
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param event_out   the new state is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_CLOSED when the
///         client was closed; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
///         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL where it is not allowed, for an
///         event that is not a detector's, and for another negative timeout
///
/// Ownership: the caller owns the event and frees it with tenure_event_free; the caller keeps
/// previous. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_detect(
    detector: *mut tenure_detector,
    previous: *const tenure_event,
    timeout_ms: i64,
    event_out: *mut *mut tenure_event,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(detector, error_out, |detector| {
        must_have(event_out, "event_out")?;
        let limit = guard::patience(timeout_ms)?;
        let unknown = DetectorEvent::Unknown {
            since: Time::default(),
        };
        let previous = if previous.is_null() {
            &unknown
        } else {
            handle::get(previous)?
                .detector()
                .ok_or_else(|| Failure::invalid("previous is no event of a detector"))?
        };
        let owned = &detector.owned;
        let event = owned.object().detect(previous, limit)?;
        handle::put(event_out, || {
            handle::make(tenure_event::new(owned.id(), event))
        });
        Ok(())
    })
}

/// Registers a callback for the events of this detector (TENURE_EVENT_DETECTOR_...): each change of
/// the leader. The callback first gets the events that wait in the queue. From then on they no
/// longer come to the queue. A handle keeps its callback for life.
///
/// @param detector   a detector
/// @param callback   called on the library's dispatch thread; see tenure_event_fn
/// @param user_data  passed to callback and to destroy
/// @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
///         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_set_callback(
    detector: *mut tenure_detector,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::set_callback(detector, callback, user_data, destroy, error_out)
}

/// Frees a detector. Events that were not fetched are lost; its callback gets no more events, but a
/// call that is under way goes on, and destroy follows it.
///
/// @param detector  a detector; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the detector. Threading: any thread, and not while another uses it. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_detector_free(detector: *mut tenure_detector) {
    guard::free(detector);
}
