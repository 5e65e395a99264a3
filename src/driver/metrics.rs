//! The metrics of a client: the I/O thread counts, any thread reads.

use crate::core::metrics;
use crate::core::{ContenderEvent, Event, SessionEvent};
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($( $(#[doc = $doc:literal])* $name:ident = $number:literal ),+ $(,)?) => {
        /// The metrics of a client, counted since it was opened. Values only rise, except where a metric
        /// says otherwise. They are read one after the other, not at one instant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct Metrics {
            $( $(#[doc = $doc])* pub $name: u64, )+
        }

        impl Metrics {
            /// Each with its name: the same in every language.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [ $( (stringify!($name), self.$name) ),+ ].into_iter()
            }

            /// The one with this number in the C ABI.
            #[cfg(feature = "capi")]
            pub(crate) fn numbered(&self, number: i32) -> Option<u64> {
                match number {
                    $( $number => Some(self.$name), )+
                    _ => None,
                }
            }
        }

        /// The counters behind [`Metrics`].
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $( pub(super) $name: Count, )+
        }

        impl Counters {
            pub(super) fn read(&self) -> Metrics {
                Metrics { $( $name: self.$name.0.load(Ordering::Relaxed), )+ }
            }
        }
    };
}

metrics!(counters);

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
            Event::Contender(ContenderEvent::Lost {
                led_until: Some(_), ..
            }) => self.leaderships_ended.one(),
            // No metric counts the others; the beginning of a leadership is counted with its lease.
            Event::Session(_) | Event::Contender(_) | Event::Detector(_) | Event::Group(_) => {}
        }
    }
}
