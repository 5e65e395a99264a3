//! What a client has done so far.

use super::client::tenure_client;
use super::guard;

/// A metric of a client. The numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_metric = i32;

/// Established connections, counted before the handshake.
pub const TENURE_METRIC_CONNECTIONS: tenure_metric = 1;
/// Attempts to connect that failed.
pub const TENURE_METRIC_FAILED_ATTEMPTS: tenure_metric = 2;
/// Connections that were lost after a session had been confirmed on them.
pub const TENURE_METRIC_SUSPENSIONS: tenure_metric = 3;
/// How often a session was confirmed: a new session, or the same one on another connection.
pub const TENURE_METRIC_SESSIONS_CONFIRMED: tenure_metric = 4;
/// Sessions that expired.
pub const TENURE_METRIC_SESSIONS_EXPIRED: tenure_metric = 5;
/// Bytes that were passed to connections.
pub const TENURE_METRIC_BYTES_SENT: tenure_metric = 6;
/// Bytes that were read from connections.
pub const TENURE_METRIC_BYTES_RECEIVED: tenure_metric = 7;
/// Events of all handles, fetched or not.
pub const TENURE_METRIC_EVENTS: tenure_metric = 8;
/// Leaderships that began.
pub const TENURE_METRIC_LEADERSHIPS: tenure_metric = 9;
/// Leaderships that ended.
pub const TENURE_METRIC_LEADERSHIPS_ENDED: tenure_metric = 10;
/// How often the lease of a leadership was extended.
pub const TENURE_METRIC_RENEWALS: tenure_metric = 11;
/// Contenders, detectors and groups that are open now. It rises and falls.
pub const TENURE_METRIC_HANDLES: tenure_metric = 12;
/// Calls that wait for an answer now. It rises and falls.
pub const TENURE_METRIC_CALLS: tenure_metric = 13;

/// The value of a metric, counted since the client was opened. Values only rise, except where the
/// metric says otherwise.
///
/// @param client  a client, or NULL
/// @param metric  TENURE_METRIC_...
/// @return the value; 0 if `client` is NULL, for a number that is no metric, and for a standalone
///         leader's client
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_metric(
    client: *const tenure_client,
    metric: tenure_metric,
) -> u64 {
    guard::look(client, 0, |client| {
        let metrics = client.client().metrics();
        match metric {
            TENURE_METRIC_CONNECTIONS => metrics.connections,
            TENURE_METRIC_FAILED_ATTEMPTS => metrics.failed_attempts,
            TENURE_METRIC_SUSPENSIONS => metrics.suspensions,
            TENURE_METRIC_SESSIONS_CONFIRMED => metrics.sessions_confirmed,
            TENURE_METRIC_SESSIONS_EXPIRED => metrics.sessions_expired,
            TENURE_METRIC_BYTES_SENT => metrics.bytes_sent,
            TENURE_METRIC_BYTES_RECEIVED => metrics.bytes_received,
            TENURE_METRIC_EVENTS => metrics.events,
            TENURE_METRIC_LEADERSHIPS => metrics.leaderships,
            TENURE_METRIC_LEADERSHIPS_ENDED => metrics.leaderships_ended,
            TENURE_METRIC_RENEWALS => metrics.renewals,
            TENURE_METRIC_HANDLES => metrics.handles,
            TENURE_METRIC_CALLS => metrics.calls,
            _ => 0,
        }
    })
}
