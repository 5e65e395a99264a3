//! Packets vanish, or the client's own link is down.

use crate::{in_order, network, side_by_side};
use std::time::Duration;
use tenure_bench_session::rows::silence;
use tenure_bench_session::{Network, T};

#[test]
fn silence_is_noticed_in_time_and_nothing_is_done_behind_anyones_back() {
    let Some(network) = network() else { return };
    let network = &network;
    side_by_side(vec![
        ("idle", Box::new(|| idle(network))),
        ("leading", Box::new(|| leading(network))),
        ("calls", Box::new(|| calls(network))),
        ("own link", Box::new(|| own_link(network))),
        ("short", Box::new(|| short(network))),
        ("in flight", Box::new(|| in_flight(network))),
    ]);
}

fn idle(network: &Network) {
    let run = silence::idle(network, 8.0);
    in_order(&run, &["disconnected", "gone"]);
    // Only our own clock can have reported it: the hole was still there.
    assert!(run.at("expired") < 8.0);
}

fn leading(network: &Network) {
    let run = silence::leading(network);
    in_order(&run, &["disconnected", "gone"]);
    in_order(&run, &["jeopardy", "lost", "gone"]);
    in_order(&run, &["lost", "expired"]);
    assert!(
        run.at("lost") < T.as_secs_f64(),
        "since the last answer, and that is older"
    );
    run.at("leads again");
}

fn calls(network: &Network) {
    let run = silence::calls(network, 12.0);
    for name in ["+0.3", "+2.5", "+20"] {
        assert!(
            run.at(&format!("{name} failed")) == 0.0,
            "{name}: it is asked again"
        );
    }
    // Not the join of the tenth second that was given up in the eleventh.
    let joined = 1.0 - run.at("+10 failed");
    assert!(run.at("creates") == joined, "{run:?}");
}

fn own_link(network: &Network) {
    let run = silence::own_link(network, 10.0);
    in_order(&run, &["disconnected", "gone"]);
    assert!(run.at("expired") < 10.0);
    let (cpu, span) = (run.at("cpu"), run.at("span"));
    assert!(
        cpu < span / 10.0,
        "{cpu} s of {span} s on a processor: it spins"
    );
    run.at("answered");
}

fn short(network: &Network) {
    let run = silence::writes(network, Duration::from_secs(10), 5.0, false);
    assert!(run.at("kept") == 1.0, "{run:?}");
    // The first one and the two that are waited for; none twice, none that was given up, not even
    // for a moment.
    assert!(run.at("members") == 3.0, "{run:?}");
    assert!(run.at("changes") == 3.0, "{run:?}");
}

fn in_flight(network: &Network) {
    let run = silence::short(network);
    if run.at("kept") == 1.0 {
        // A call that was given up in flight may have happened, and is undone then.
        assert!(run.at("members") == 3.0, "{run:?}");
        assert!([3.0, 5.0].contains(&run.at("changes")), "{run:?}");
    }
}
