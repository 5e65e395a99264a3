//! Znodes that may not be read: since 3.7.3, 3.8.4 and 3.9.2 `exists` needs READ, and no event of a
//! znode comes to whoever may not read it (ZOOKEEPER-2590, ZOOKEEPER-4799).

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::{
    Answer, Command, ContenderEvent, ContenderSpec, DetectorEvent, Error, ErrorKind, GroupEvent,
    Handle, LostReason,
};
use tenure::model::{ModelOptions, digest_id};
use tenure::proto::{Acl, Perms, Request, op};

const SECOND: Duration = Duration::from_secs(1);
const LEADER: &str = "/group/c_0000000000";

/// Only this user may read.
fn only(credentials: &str) -> Vec<Acl> {
    vec![Acl {
        perms: Perms::ALL,
        scheme: "digest".to_owned(),
        id: digest_id(credentials.as_bytes()),
    }]
}

/// A leader who may do everything, whatever is done to the others, and standbys.
fn queue(standbys: usize) -> World {
    let mut world = World::new();
    queue_in(&mut world, standbys);
    world
}

fn queue_in(world: &mut World, standbys: usize) {
    world.create(GROUP);
    world.client_with(T, Some("owner:sesame"));
    world.contend(0, 1);
    world.run(SECOND);
    for id in 1..=standbys {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    assert!(world.leads(0, 1));
}

/// What the contender said that blocks it.
fn blocks(world: &World, node: usize, handle: u64) -> Vec<String> {
    let told = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::NoAuth);
        error.message().to_owned()
    };
    world.blocks(node, handle).into_iter().map(told).collect()
}

#[test]
fn a_standby_behind_an_unreadable_leader_rests_says_why_and_follows_it() {
    let mut world = queue(0);
    world.set_acl(LEADER, &only("owner:sesame"));
    world.client();
    world.contend(1, 1);
    world.run(SECOND);
    let before = world.nodes[1].sent.len();
    world.run(10 * T);
    let sent = world.nodes[1].sent.len() - before;
    assert!(
        sent <= 33,
        "{sent} requests in 10 T, which are about as many as pings"
    );
    let told = blocks(&world, 1, 1);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(LEADER) && told[0].contains("READ"));
    let standby = |e: &ContenderEvent| matches!(e, ContenderEvent::Standby { ahead: 1, .. });
    assert!(world.contender_events(1, 1).iter().any(standby));
    assert!(world.leads(0, 1) && !world.leads(1, 1));
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(
        world.leads(1, 1),
        "the list of children changes all the same"
    );
}

#[test]
fn a_crowd_that_comes_and_goes_before_a_blind_standby_costs_ten_listings_a_second_at_most() {
    let mut world = queue(0);
    world.set_acl(LEADER, &only("owner:sesame"));
    world.client();
    world.contend(1, 1);
    let crowd = world.client();
    world.run(SECOND);
    let before = world.nodes[1].sent.len();
    for handle in 1..=100 {
        world.contend(crowd, handle);
        world.run(Duration::from_millis(10));
        world.withdraw(crowd, handle);
        world.run(Duration::from_millis(10));
    }
    let sent = world.nodes[1].sent.len() - before;
    assert!(sent <= 25, "{sent} requests in 2 s with 200 changes");
}

#[test]
fn a_leader_that_goes_unseen_is_missed_all_the_same() {
    // Servers before 3.8.4 show a stat to whoever may not read; some of them send no event either.
    for exists_needs_read in [true, false] {
        let mut world = World::with(ModelOptions {
            exists_needs_read,
            ..ModelOptions::default()
        });
        world.create(GROUP);
        for id in 0..3 {
            let credentials = (id == 0).then_some("owner:sesame");
            world.client_with(T, credentials);
            world.contend(id, 1);
            world.run(SECOND);
        }
        let watcher = world.client();
        world.detect(watcher, 9);
        world.run(SECOND);
        // The watches stand, and READ goes; then the leader goes.
        world.set_acl(LEADER, &only("owner:sesame"));
        world.withdraw(0, 1);
        world.run(T);
        assert!(world.leads(1, 1), "{exists_needs_read}");
        let told = world.detector_events(watcher, 9);
        assert!(
            matches!(told.last(), Some(DetectorEvent::Leader(leader))
                if leader.member.path == "/group/c_0000000001"),
            "{exists_needs_read}: {told:?}"
        );
        assert_eq!(world.losses(2, 1), []);
    }
}

#[test]
fn a_standby_trusts_its_watch_again_when_read_comes_back() {
    let mut world = queue(2);
    world.set_acl("/group/c_0000000001", &only("owner:sesame"));
    world.run(2 * T);
    // Its own znode may not be read, that of the leader may.
    assert_eq!(world.losses(1, 1), [], "it is not gone");
    assert_eq!(blocks(&world, 2, 1).len(), 1, "its predecessor");
    world.set_acl("/group/c_0000000001", &Acl::open());
    world.run(T);
    let before = world.nodes[2].sent.len();
    world.withdraw(1, 1);
    world.run(SECOND / 10);
    let asked = &world.nodes[2].sent[before..];
    assert!(
        asked.iter().all(|r| r.op() != op::GET_CHILDREN2),
        "by its watch, not by the list: {asked:?}"
    );
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(2, 1));
}

#[test]
fn who_is_first_and_cannot_read_its_own_znode_makes_way() {
    for seen in [true, false] {
        let mut world = queue(2);
        world.set_acl("/group/c_0000000001", &only("nobody:x"));
        if seen {
            world.run(4 * T);
        }
        world.withdraw(0, 1);
        world.run(2 * T);
        assert!(world.leads(2, 1), "{seen}: {:?}", world.members());
        assert_eq!(world.losses(1, 1), [LostReason::LeaseLapsed], "{seen}");
        assert_eq!(blocks(&world, 1, 1).len(), 1, "{seen}");
        // It has another znode, which may be read.
        assert_eq!(world.members().len(), 2, "{seen}: {:?}", world.members());
        world.withdraw(2, 1);
        world.run(SECOND);
        assert!(world.leads(1, 1), "{seen}");
    }
}

#[test]
fn whoever_was_removed_unseen_stands_again() {
    // READ is taken, and all znodes go without a word.
    let mut world = World::new();
    for id in 0..3 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    for name in world.members() {
        world.set_acl(&format!("{GROUP}/{name}"), &only("nobody:x"));
    }
    world.set_acl(GROUP, &only("nobody:x"));
    world.delete_tree(GROUP);
    world.run(4 * T);
    assert_eq!(world.members().len(), 3, "{:?}", world.members());
    let leaders = (0..3).filter(|id| world.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn an_unreadable_own_znode_is_removed_though_the_reply_to_its_deletion_is_lost() {
    for (read, old) in [(false, false), (true, false), (false, true)] {
        let mut world = World::with(ModelOptions {
            unknown: old.then_some(op::GET_EPHEMERALS).into_iter().collect(),
            ..ModelOptions::default()
        });
        queue_in(&mut world, 1);
        world.set_acl("/group/c_0000000001", &only("nobody:x"));
        world.run(SECOND);
        // The connection ends before the delete is carried out.
        world.cut(1);
        let call = world.withdraw(1, 1);
        world.run(SECOND);
        world.sever(1);
        world.heal(1);
        if read {
            world.set_acl("/group/c_0000000001", &Acl::open());
        }
        world.run(T / 2);
        assert_eq!(world.members(), ["c_0000000000"], "{read} {old}");
        assert_eq!(world.nodes[1].done[&call], Ok(Answer::Removed(true)));
        assert!(world.nodes[1].connects < 6, "{read} {old}");
    }
}

#[test]
fn a_detector_says_once_that_it_may_not_read_the_leader_and_heals() {
    for goes in [false, true] {
        let mut world = queue(1);
        world.set_acl(LEADER, &only("owner:sesame"));
        let watcher = world.client();
        world.detect(watcher, 9);
        world.run(SECOND);
        let before = world.nodes[watcher].sent.len();
        world.run(10 * T);
        let sent = world.nodes[watcher].sent.len() - before;
        assert!(sent <= 33, "{sent}");
        let told = world.detector_events(watcher, 9);
        let [DetectorEvent::Failed(error)] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(error.kind(), ErrorKind::NoAuth);
        assert!(error.message().contains(LEADER) && error.message().contains("READ"));
        let next = if goes {
            world.withdraw(0, 1);
            world.run(SECOND);
            "/group/c_0000000001"
        } else {
            world.set_acl(LEADER, &Acl::open());
            world.run(T / 2);
            LEADER
        };
        let told = world.detector_events(watcher, 9);
        assert!(
            matches!(&told[..], [_, DetectorEvent::Leader(leader)] if leader.member.path == next),
            "{told:?}"
        );
    }
}

#[test]
fn a_view_lacks_nobody_because_he_may_not_be_read() {
    let mut world = queue(2);
    world.set_acl("/group/c_0000000001", &only("owner:sesame"));
    let watcher = world.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    world.command(watcher, Command::Group { handle, path });
    world.command(watcher, Command::Watch { handle });
    world.run(SECOND);
    let before = world.nodes[watcher].sent.len();
    world.run(10 * T);
    let sent = world.nodes[watcher].sent.len() - before;
    assert!(sent <= 66, "{sent}: a listing and a look each T/3");
    let told = world.group_events(watcher, 5);
    let [GroupEvent::Failed(error)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(error.kind(), ErrorKind::NoAuth);
    assert!(error.message().contains("/group/c_0000000001") && error.message().contains("READ"));
    let call = world.with_call(watcher, |call| Command::Members { handle, call });
    world.run(SECOND);
    let answer = world.nodes[watcher].done[&call].clone();
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::NoAuth);
    world.set_acl("/group/c_0000000001", &Acl::open());
    world.run(T / 2);
    let told = world.group_events(watcher, 5);
    assert!(
        matches!(&told[..], [_, GroupEvent::Members(all)] if all.len() == 3),
        "{told:?}"
    );
}

#[test]
fn a_view_whose_watch_was_silent_catches_up() {
    let mut world = queue(0);
    let watcher = world.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    world.command(watcher, Command::Group { handle, path });
    world.command(watcher, Command::Watch { handle });
    world.run(SECOND);
    // The list may not be read for a moment, in which somebody joins.
    world.client_with(T, Some("owner:sesame"));
    world.run(SECOND);
    world.set_acl(GROUP, &only("owner:sesame"));
    world.contend(2, 1);
    world.run(SECOND / 10);
    world.set_acl(GROUP, &Acl::open());
    world.run(T);
    let told = world.group_events(watcher, 5);
    assert!(
        matches!(told.last(), Some(GroupEvent::Members(all)) if all.len() == 2),
        "{told:?}"
    );
}

#[test]
fn a_group_that_may_not_be_listed_for_a_while_costs_no_standby_its_place() {
    let mut world = queue(2);
    world.set_acl(GROUP, &only("owner:sesame"));
    // The next in line goes: who stands behind it looks before it trusts its place.
    world.delete("/group/c_0000000001");
    world.run(T);
    world.withdraw(0, 1);
    world.run(2 * T);
    assert_eq!(world.losses(2, 1), []);
    world.set_acl(GROUP, &Acl::open());
    world.run(T);
    assert!(world.leads(2, 1), "{:?}", world.members());
}

#[test]
fn an_unreadable_candidate_stands_before_everybody_where_the_counter_has_wrapped() {
    let mut world = World::new();
    world.create(GROUP);
    assert!(world.model.set_counter(GROUP, -2));
    world.client_with(T, Some("owner:sesame"));
    world.contend(0, 1);
    world.run(SECOND);
    let leader = "/group/c_-000000002";
    world.set_acl(leader, &only("owner:sesame"));
    for id in 1..3 {
        world.client();
        world.contend(id, 1);
    }
    let watcher = world.client();
    world.detect(watcher, 9);
    world.run(SECOND);
    let before = world.nodes[1].sent.len();
    // Holds that there are never two.
    world.run(10 * T);
    assert!(world.leads(0, 1));
    let sent = world.nodes[1].sent.len() - before;
    assert!(sent <= 66, "{sent}");
    for id in 1..3 {
        let told = blocks(&world, id, 1);
        assert!(told.len() == 1 && told[0].contains(leader), "{told:?}");
        assert!(told[0].contains("READ"));
    }
    let told = world.detector_events(watcher, 9);
    assert!(matches!(&told[..], [DetectorEvent::Failed(_)]), "{told:?}");
    world.withdraw(0, 1);
    world.run(T);
    let leaders = (1..3).filter(|id| world.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

fn contend_in(world: &mut World, node: usize, handle: u64, path: String) {
    let spec = ContenderSpec {
        label: Some("c".into()),
        ..ContenderSpec::new(path)
    };
    let handle = Handle(handle);
    world.command(node, Command::Contend { handle, spec });
}

#[test]
fn one_groups_znode_never_takes_another_groups_lease() {
    for unreadable in [true, false] {
        let mut world = World::new();
        world.client();
        for n in 1..=5 {
            contend_in(&mut world, 0, n, format!("/groups/{n}"));
        }
        world.run(SECOND);
        let tokens: Vec<_> = (1..=5).map(|n| world.token(0, n)).collect();
        assert!(tokens.iter().all(Option::is_some));
        world.run(T);
        let lost = "/groups/3/c_0000000000";
        if unreadable {
            world.set_acl(lost, &only("nobody:x"));
        } else {
            // Its own watch is used up, so that only the proof tells.
            world.set_acl(lost, &only("nobody:x"));
            world.set_data(lost, b"");
            world.delete(lost);
        }
        let jeopardy = |world: &World, n: u64| {
            let events = world.contender_events(0, n);
            let is = |e: &ContenderEvent| matches!(e, ContenderEvent::Jeopardy { .. });
            events.iter().any(is)
        };
        world.run(3 * T);
        for n in [1, 2, 4, 5] {
            assert_eq!(world.token(0, n), tokens[n as usize - 1], "{n}");
            assert!(!jeopardy(&world, n), "{n}");
        }
        let reason = match unreadable {
            true => LostReason::LeaseLapsed,
            false => LostReason::Evicted,
        };
        assert_eq!(world.losses(0, 3), [reason]);
        assert_eq!(blocks(&world, 0, 3).len(), usize::from(unreadable));
        assert_eq!(jeopardy(&world, 3), unreadable);
        assert!(world.leads(0, 3), "with another znode");
        assert_eq!(world.nodes[0].connects, 1);
    }
}

#[test]
fn a_leader_that_may_read_its_znode_again_in_time_goes_on() {
    let mut world = World::new();
    world.client();
    world.contend(0, 1);
    world.run(T);
    let token = world.token(0, 1);
    world.set_acl(LEADER, &only("nobody:x"));
    world.run(T / 12 + SECOND / 10);
    assert_eq!(blocks(&world, 0, 1).len(), 1);
    let end = world.nodes[0].leases.get(Handle(1)).unwrap().end;
    world.run(T / 12);
    let held = world.nodes[0].leases.get(Handle(1)).unwrap().end;
    assert_eq!(held, end, "nothing is renewed that cannot be proved");
    world.set_acl(LEADER, &Acl::open());
    world.run(T);
    assert_eq!(world.token(0, 1), token);
    assert_eq!(world.losses(0, 1), []);
}

#[test]
fn proofs_are_shorter_than_any_servers_limit() {
    const GROUPS: u64 = 200;
    let mut world = World::new();
    world.client();
    for n in 1..=GROUPS {
        contend_in(&mut world, 0, n, format!("/{n}/{}", "x".repeat(3980)));
    }
    world.run(T);
    let before = world.nodes[0].sent.len();
    world.run(5 * T);
    assert!((1..=GROUPS).all(|n| world.leads(0, n)));
    let mut named = std::collections::BTreeSet::new();
    for request in &world.nodes[0].sent[before..] {
        if let Request::Multi { ops } = request {
            let mut bytes = Vec::new();
            request.encode(1, &mut bytes);
            assert!(bytes.len() <= 129 * 1024, "{} bytes", bytes.len());
            named.extend(ops.iter().map(|op| format!("{op:?}")));
        }
    }
    assert_eq!(named.len() as u64, GROUPS, "each in its turn");
    assert_eq!(world.nodes[0].connects, 1);
}
