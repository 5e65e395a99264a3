//! What a client has done so far, counted by the I/O thread and read by anybody.

use crate::core::{ContenderEvent, Event, SessionEvent};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a client has done since it was opened: counters that only rise, but for those that say
/// otherwise. They are read one after the other, not at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Connections that stood, with the handshake still before them.
    pub connections: u64,
    /// Attempts to connect that failed, those that failed in the handshake included.
    pub failed_attempts: u64,
    /// Connections that were lost after a session had been confirmed on them.
    pub suspensions: u64,
    /// Times that a session was confirmed: a new one, or the same on another connection.
    pub sessions_confirmed: u64,
    /// Sessions that expired, by whoever's word.
    pub sessions_expired: u64,
    /// Bytes that were handed to connections.
    pub bytes_sent: u64,
    /// Bytes that were read from connections.
    pub bytes_received: u64,
    /// Events of all handles, consumed or not.
    pub events: u64,
    /// Leaderships that began.
    pub leaderships: u64,
    /// Leaderships that ended.
    pub leaderships_ended: u64,
    /// Times that the lease of a leadership was extended: with all leaderships of a session by one
    /// proof, each of them counts.
    pub renewals: u64,
    /// Contenders, detectors and groups that are open now. It rises and falls.
    pub handles: u64,
    /// Calls that wait for an answer now. It rises and falls.
    pub calls: u64,
}

macro_rules! meter {
    ($($name:ident),+ $(,)?) => {
        /// The counters behind [`Metrics`].
        #[derive(Debug, Default)]
        pub(super) struct Meter {
            $(pub(super) $name: Count,)+
        }

        impl Meter {
            pub(super) fn read(&self) -> Metrics {
                Metrics { $($name: self.$name.0.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

meter!(
    connections,
    failed_attempts,
    suspensions,
    sessions_confirmed,
    sessions_expired,
    bytes_sent,
    bytes_received,
    events,
    leaderships,
    leaderships_ended,
    renewals,
    handles,
    calls,
);

/// A number with one writer at a time.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, n: usize) {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }

    pub(super) fn set(&self, n: usize) {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.0.store(n, Ordering::Relaxed);
    }
}

impl Meter {
    /// Counts an event.
    pub(super) fn event(&self, event: &Event) {
        self.events.one();
        match event {
            Event::Session(SessionEvent::Connected { .. }) => self.sessions_confirmed.one(),
            Event::Session(SessionEvent::Suspended { .. }) => self.suspensions.one(),
            Event::Session(SessionEvent::Retrying { .. }) => self.failed_attempts.one(),
            Event::Session(SessionEvent::Expired { .. }) => self.sessions_expired.one(),
            Event::Session(
                SessionEvent::Connecting | SessionEvent::AuthFailed | SessionEvent::Closed,
            )
            | Event::Detector(_)
            | Event::Group(_) => {}
            Event::Contender(event) => match event {
                ContenderEvent::Lost {
                    led_until: Some(_), ..
                } => self.leaderships_ended.one(),
                ContenderEvent::Lost {
                    led_until: None, ..
                }
                | ContenderEvent::Enrolling
                | ContenderEvent::Enrolled { .. }
                | ContenderEvent::Standby { .. }
                | ContenderEvent::Leading { .. }
                | ContenderEvent::Jeopardy { .. }
                | ContenderEvent::Blocked { .. } => {}
            },
        }
    }
}
