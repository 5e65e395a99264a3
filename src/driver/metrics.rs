//! The metrics of a client: the I/O thread counts, any thread reads.

use crate::core::{ContenderEvent, Event, SessionEvent};
use std::sync::atomic::{AtomicU64, Ordering};

/// The metrics of a client, counted since it was opened. Values only rise, except where a metric
/// says otherwise. They are read one after the other, not at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Established connections, counted before the handshake.
    pub connections: u64,
    /// Attempts to connect that failed, including attempts that failed in the handshake.
    pub failed_attempts: u64,
    /// Connections that were lost after a session had been confirmed on them.
    pub suspensions: u64,
    /// How often a session was confirmed: a new session, or the same one on another connection.
    pub sessions_confirmed: u64,
    /// Sessions that expired, whichever side declared them over.
    pub sessions_expired: u64,
    /// Bytes that were passed to connections.
    pub bytes_sent: u64,
    /// Bytes that were read from connections.
    pub bytes_received: u64,
    /// Events of all handles, fetched or not.
    pub events: u64,
    /// Leaderships that began.
    pub leaderships: u64,
    /// Leaderships that ended.
    pub leaderships_ended: u64,
    /// How often the lease of a leadership was extended. If one proof extends the leases of several
    /// leaderships, each of them counts.
    pub renewals: u64,
    /// Contenders, detectors and groups that are open now. It rises and falls.
    pub handles: u64,
    /// Calls that wait for an answer now. It rises and falls.
    pub calls: u64,
}

macro_rules! counters {
    ($($name:ident),+ $(,)?) => {
        /// The counters behind [`Metrics`].
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Count,)+
        }

        impl Counters {
            pub(super) fn read(&self) -> Metrics {
                Metrics { $($name: self.$name.0.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

counters!(
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

impl Counters {
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
