//! Servers that do not know the newer operations: `create2` came with 3.5, `getEphemerals` with 3.6.

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::Answer;
use tenure::model::ModelOptions;
use tenure::proto::op;

const SECOND: Duration = Duration::from_secs(1);

fn old(unknown: &[i32]) -> World {
    World::with(ModelOptions {
        unknown: unknown.to_vec(),
        ..ModelOptions::default()
    })
}

#[test]
fn without_create2_members_are_made_in_the_old_way_and_it_is_asked_once() {
    let mut world = old(&[op::CREATE2, op::GET_EPHEMERALS]);
    for id in 0..3 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    assert!(world.leads(0, 1));
    assert_eq!(world.members().len(), 3);
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(1, 1));
    world.contend(0, 2);
    world.run(SECOND);
    assert_eq!(world.members().len(), 3);
    assert_eq!(
        world.count_sent(0, op::CREATE2),
        1,
        "remembered for this server"
    );
}

#[test]
fn a_lost_reply_of_an_old_server_leaves_one_znode_too() {
    for lost in [op::CREATE, op::EXISTS] {
        let mut world = old(&[op::CREATE2, op::GET_EPHEMERALS]);
        world.create(GROUP);
        world.client();
        world.run(SECOND);
        world.swallow_reply_of = Some(lost);
        world.contend(0, 1);
        world.run(2 * T);
        assert_eq!(world.swallowed, 1, "{lost}");
        assert_eq!(world.members().len(), 1, "{lost}");
        assert!(world.leads(0, 1), "{lost}");
        assert_eq!(world.count_sent(0, op::CREATE), 1, "{lost}");
    }
}

#[test]
fn a_withdrawal_from_an_old_server_leaves_nothing() {
    let mut world = old(&[op::CREATE2]);
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    let call = world.withdraw(0, 1);
    world.run(T);
    assert!(world.nodes[0].done[&call].is_ok());
    assert_ne!(world.nodes[0].done[&call], Ok(Answer::Closed));
    assert!(world.members().is_empty());
}
