//! The server is stopped, or dies.

use crate::{in_order, network, side_by_side};
use std::time::Duration;
use tenure_bench_session::Network;
use tenure_bench_session::rows::killed::{self, Change};
use tenure_bench_session::rows::stopped;

/// Long enough for a JVM on a busy machine to come back within a session: twenty ticks.
const LONG: Duration = Duration::from_secs(10);

#[test]
fn a_server_that_stands_or_dies_is_survived() {
    // Each with a server of its own for the faults.
    let stages = [network(), network(), network(), network()];
    let [Some(a), Some(b), Some(c), Some(d)] = &stages else {
        return;
    };
    side_by_side(vec![
        ("stopped", Box::new(|| stopped(a))),
        (
            "changed after",
            Box::new(|| watches(b, Change::AfterReconnect)),
        ),
        (
            "changed during",
            Box::new(|| watches(c, Change::DuringTheCut)),
        ),
        ("down", Box::new(|| down(d))),
    ]);
}

fn stopped(network: &Network) {
    let run = stopped::stopped(network, 10.0);
    in_order(&run, &["disconnected", "expired"]);
    assert!(
        run.at("expired") < 10.0,
        "told before the server could say so"
    );
    run.at("gone");
}

fn watches(network: &Network, change: Change) {
    let run = killed::watches(network, LONG, change);
    in_order(&run, &["disconnected", "connected again"]);
    assert!(run.at("kept") == 1.0, "{run:?}");
    for watch in ["data", "children", "own", "predecessor"] {
        run.at(&format!("{watch} watch"));
    }
}

fn down(network: &Network) {
    let run = killed::down(network, 4.0);
    let (connects, cpu) = (run.at("connects"), run.at("cpu"));
    assert!(connects >= 2.0, "it tries again: {run:?}");
    assert!(connects <= 20.0, "{connects} connection attempts in 4 s");
    assert!(cpu < 0.4, "{cpu} s of 4 s on a processor: it spins");
    run.at("after ready");
}
