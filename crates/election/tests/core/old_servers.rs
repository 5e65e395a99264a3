//! Servers without the newer operations: `create2` came with 3.5, `getEphemerals` with 3.6.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::Answer;
use tenure_model::ModelOptions;
use tenure_proto::op;

const SECOND: Duration = Duration::from_secs(1);

fn old(unknown: &[i32]) -> Bench {
    Bench::with(ModelOptions {
        unknown: unknown.to_vec(),
        ..ModelOptions::default()
    })
}

#[test]
fn without_create2_members_are_made_in_the_old_way_and_it_is_asked_once() {
    let mut bench = old(&[op::CREATE2, op::GET_EPHEMERALS]);
    for id in 0..3 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    assert!(bench.leads(0, 1));
    assert_eq!(bench.members().len(), 3);
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(1, 1));
    bench.contend(0, 2);
    bench.run(SECOND);
    assert_eq!(bench.members().len(), 3);
    assert_eq!(
        bench.count_sent(0, op::CREATE2),
        1,
        "remembered for this server"
    );
}

#[test]
fn a_lost_reply_of_an_old_server_leaves_one_znode_too() {
    for lost in [op::CREATE, op::EXISTS] {
        let mut bench = old(&[op::CREATE2, op::GET_EPHEMERALS]);
        bench.create(GROUP);
        bench.client();
        bench.run(SECOND);
        bench.swallow_reply_of(lost);
        bench.contend(0, 1);
        bench.run(2 * T);
        assert_eq!(bench.seen.swallowed, 1, "{lost}");
        assert_eq!(bench.members().len(), 1, "{lost}");
        assert!(bench.leads(0, 1), "{lost}");
        assert_eq!(bench.count_sent(0, op::CREATE), 1, "{lost}");
    }
}

#[test]
fn a_withdrawal_from_an_old_server_leaves_nothing() {
    let mut bench = old(&[op::CREATE2]);
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    let call = bench.withdraw(0, 1);
    bench.run(T);
    assert!(bench.seen.nodes[0].done[&call].is_ok());
    assert_ne!(bench.seen.nodes[0].done[&call], Ok(Answer::Closed));
    assert!(bench.members().is_empty());
}
