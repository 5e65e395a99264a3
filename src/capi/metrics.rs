//! Metrics of a client.

use super::client::tenure_client;
use super::guard;
use super::words::tenure_metric;

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
        metrics.numbered(metric).unwrap_or(0)
    })
}
