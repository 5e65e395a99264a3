//! A session that another client ends, addresses that cannot work, servers that are not ZooKeeper.
//! `tests/live/bad_servers.rs` has the events of the latter.

use crate::{in_order, launcher, network, side_by_side};
use tenure_bench_session::Network;
use tenure_bench_session::rows::addresses::{self, Bad};
use tenure_bench_session::rows::{closed, garbage};
use tenure_field::bad::Kind;

#[test]
fn a_session_that_somebody_else_closes_is_replaced_and_said() {
    let Some(network) = network() else { return };
    let run = closed::closed(&network);
    in_order(
        &run,
        &["disconnected", "expired", "new session", "leads again"],
    );
    in_order(&run, &["lost", "leads again"]);
    assert!(run.at("members") == 1.0, "only the new znode");
}

#[test]
fn an_address_that_cannot_work_is_said_and_costs_nothing() {
    let Some(network) = network() else { return };
    let network = &network;
    let row = |bad| move || address(network, bad);
    side_by_side(vec![
        ("refused", Box::new(row(Bad::Refused))),
        ("no route", Box::new(row(Bad::NoRoute))),
        ("no neighbour", Box::new(row(Bad::NoNeighbour))),
        ("black hole", Box::new(row(Bad::BlackHole))),
        ("no name", Box::new(row(Bad::NoName))),
        ("silent resolver", Box::new(row(Bad::SilentResolver))),
    ]);
}

fn address(network: &Network, bad: Bad) {
    let run = addresses::bad(network, bad, 5.0);
    assert!(run.at("cpu") < 0.5, "{bad:?}: {run:?}");
    // Five seconds, the first pauses of which are short.
    assert!(run.at("connects") <= 25.0, "{bad:?}: {run:?}");
    run.at("closed");
}

#[test]
fn a_server_that_is_none_costs_little() {
    std::thread::scope(|scope| {
        for kind in Kind::ALL {
            scope.spawn(move || {
                let run = garbage::garbage(&launcher(), kind, 5.0);
                assert!(run.at("connects") <= 25.0, "{kind:?}: {run:?}");
                assert!(run.at("cpu") < 0.5, "{kind:?}: {run:?}");
                assert!(run.at("grown") < 6.0, "{kind:?}: {run:?}");
            });
        }
    });
}
