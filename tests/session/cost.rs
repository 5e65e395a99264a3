//! The costs of a session.

use crate::network;
use tenure_bench_session::rows::cost;

#[test]
fn an_idle_session_is_one_thread_and_a_few_packets() {
    let Some(network) = network() else { return };
    let run = cost::idle(&network, 5.0);
    assert!(run.at("threads") <= 2.0, "{run:?}");
    assert!(run.at("cpu ms per 20 s") < 400.0, "{run:?}");
    assert!(run.at("packets out") < 5.0, "{run:?}");
    assert!(run.at("packets out") > 0.2, "it pings: {run:?}");
}

/// Packets a second of an idle session of the C client 3.8 with the same timeout, measured beside
/// ours: three a ping go out (the length, the rest, and an acknowledgement), and two come in.
const C_CLIENT_OUT: f64 = 2.25;
const C_CLIENT_IN: f64 = 1.5;

#[test]
fn a_session_that_does_not_lead_sends_no_more_packets_than_the_c_client() {
    let Some(network) = network() else { return };
    let run = cost::following(&network, 8.0);
    assert!(run.at("packets out") <= C_CLIENT_OUT, "{run:?}");
    assert!(run.at("packets in") <= C_CLIENT_IN, "{run:?}");
    assert!(run.at("packets in") > 0.2, "it pings: {run:?}");
}

#[test]
fn a_thousand_groups_share_one_connection_and_few_threads() {
    let Some(network) = network() else { return };
    let run = cost::many(&network, 1_000, 3.0);
    // One at a time: a server that takes longer than T/4 for a burst is given up and found again.
    assert!(run.at("connections") == 1.0, "{run:?}");
    assert!(run.at("threads") <= 2.0, "{run:?}");
    assert!(run.at("all threads") <= 3.0, "two are the test's: {run:?}");
    assert!(run.at("peak") < 48.0, "{run:?}");
    assert!(run.at("cpu ms per 20 s") < 2_000.0, "at rest: {run:?}");
}

#[test]
fn two_thousand_reads_are_answered() {
    let Some(network) = network() else { return };
    let run = cost::reads(&network, 2_000);
    // `make session` measures the speed: a server that has just started is slow.
    assert!(
        run.at("at_once_ms") > 0.0 && run.at("by_one_ms") > 0.0,
        "{run:?}"
    );
}
