//! The metrics of a client.

use super::{List, Word};

/// The table: the macro `$make!` gets its rows.
#[doc(hidden)] // for the library, which counts
#[macro_export]
macro_rules! metrics {
    ($make:ident) => {
        $make! {
            /// Established connections, counted before the handshake.
            connections = 1,
            /// Attempts to connect that failed, including attempts that failed in the handshake.
            failed_attempts = 2,
            /// Connections that were lost after a session had been confirmed on them.
            suspensions = 3,
            /// How often a session was confirmed: a new session, or the same one on another connection.
            sessions_confirmed = 4,
            /// Sessions that expired, whichever side declared them over.
            sessions_expired = 5,
            /// Bytes that were passed to connections.
            bytes_sent = 6,
            /// Bytes that were read from connections.
            bytes_received = 7,
            /// Events of all handles, fetched or not.
            events = 8,
            /// Leaderships that began.
            leaderships = 9,
            /// Leaderships that ended.
            leaderships_ended = 10,
            /// How often the lease of a leadership was extended. If one proof extends the leases of several
            /// leaderships, each of them counts.
            renewals = 11,
            /// Contenders, detectors and groups that are open now. It rises and falls.
            handles = 12,
            /// Calls that wait for an answer now. It rises and falls.
            calls = 13,
        }
    };
}
macro_rules! list {
    ($( $(#[doc = $doc:literal])* $name:ident = $number:literal ),+ $(,)?) => {
        &[ $( Word {
            rust: stringify!($name),
            name: stringify!($name),
            number: $number,
            doc: concat!($( $doc, "\n" ),*),
            ..Word::BARE
        } ),+ ]
    };
}

pub(super) const LIST: List = List {
    noun: "metric",
    prefix: "METRIC",
    c_type: "tenure_metric",
    c_doc: "A metric of a client. The numbers are permanent; new ones may come.",
    cpp: "metric",
    cpp_prefix: "",
    words: metrics!(list),
    of_c: &[],
};
