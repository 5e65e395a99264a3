//! Znodes that may not be read: since 3.7.3, 3.8.4 and 3.9.2 `exists` needs READ, and a server
//! sends no event of a znode to a client that may not read it (ZOOKEEPER-2590, ZOOKEEPER-4799).

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
    Answer, Call, Command, ContenderEvent, ContenderSpec, DetectorEvent, Error, ErrorKind,
    GroupEvent, Handle, LostReason,
};
use tenure_model::{ModelOptions, digest_id};
use tenure_proto::{Acl, Perms, Request, op};

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

/// A leader with all permissions, whatever the others lose, and standbys.
fn queue(standbys: usize) -> Bench {
    let mut bench = Bench::new();
    queue_in(&mut bench, standbys);
    bench
}

fn queue_in(bench: &mut Bench, standbys: usize) {
    bench.create(GROUP);
    bench.client_with(T, Some("owner:sesame"));
    bench.contend(0, 1);
    bench.run(SECOND);
    for id in 1..=standbys {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    assert!(bench.leads(0, 1));
}

/// The obstacle that the contender reports.
fn blocks(bench: &Bench, node: usize, handle: u64) -> Vec<String> {
    let told = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::NoAuth);
        error.message().to_owned()
    };
    bench.blocks(node, handle).into_iter().map(told).collect()
}

#[test]
fn a_standby_behind_an_unreadable_leader_rests_says_why_and_follows_it() {
    let mut bench = queue(0);
    bench.set_acl(LEADER, &only("owner:sesame"));
    bench.client();
    bench.contend(1, 1);
    bench.run(SECOND);
    let before = bench.seen.nodes[1].sent.len();
    bench.run(10 * T);
    let sent = bench.seen.nodes[1].sent.len() - before;
    assert!(
        sent <= 33,
        "{sent} requests in 10 T, which are about as many as pings"
    );
    let told = blocks(&bench, 1, 1);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(LEADER) && told[0].contains("READ"));
    let standby = |e: &ContenderEvent| matches!(e, ContenderEvent::Standby { ahead: 1, .. });
    assert!(bench.contender_events(1, 1).iter().any(standby));
    assert!(bench.leads(0, 1) && !bench.leads(1, 1));
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(
        bench.leads(1, 1),
        "the list of children changes all the same"
    );
}

#[test]
fn a_crowd_that_comes_and_goes_before_a_blind_standby_costs_ten_listings_a_second_at_most() {
    let mut bench = queue(0);
    bench.set_acl(LEADER, &only("owner:sesame"));
    bench.client();
    bench.contend(1, 1);
    let crowd = bench.client();
    bench.run(SECOND);
    let before = bench.seen.nodes[1].sent.len();
    for handle in 1..=100 {
        bench.contend(crowd, handle);
        bench.run(Duration::from_millis(10));
        bench.withdraw(crowd, handle);
        bench.run(Duration::from_millis(10));
    }
    let sent = bench.seen.nodes[1].sent.len() - before;
    assert!(sent <= 25, "{sent} requests in 2 s with 200 changes");
}

#[test]
fn a_leader_that_goes_unseen_is_missed_all_the_same() {
    // Servers before 3.8.4 return a stat to a client without READ; some of them send no event
    // either.
    for exists_needs_read in [true, false] {
        let mut bench = Bench::with(ModelOptions {
            exists_needs_read,
            ..ModelOptions::default()
        });
        bench.create(GROUP);
        for id in 0..3 {
            let credentials = (id == 0).then_some("owner:sesame");
            bench.client_with(T, credentials);
            bench.contend(id, 1);
            bench.run(SECOND);
        }
        let watcher = bench.client();
        bench.detect(watcher, 9);
        bench.run(SECOND);
        // The watches are armed, and READ is withdrawn; then the leader leaves.
        bench.set_acl(LEADER, &only("owner:sesame"));
        bench.withdraw(0, 1);
        bench.run(T);
        assert!(bench.leads(1, 1), "{exists_needs_read}");
        let told = bench.detector_events(watcher, 9);
        assert!(
            matches!(told.last(), Some(DetectorEvent::Leader(leader))
                if leader.member.path == "/group/c_0000000001"),
            "{exists_needs_read}: {told:?}"
        );
        assert_eq!(bench.losses(2, 1), []);
    }
}

#[test]
fn a_standby_trusts_its_watch_again_when_read_comes_back() {
    let mut bench = queue(2);
    bench.set_acl("/group/c_0000000001", &only("owner:sesame"));
    bench.run(2 * T);
    // Its own znode may not be read, that of the leader may.
    assert_eq!(bench.losses(1, 1), [], "it is not gone");
    assert_eq!(blocks(&bench, 2, 1).len(), 1, "its predecessor");
    bench.set_acl("/group/c_0000000001", &Acl::open());
    bench.run(T);
    let before = bench.seen.nodes[2].sent.len();
    bench.withdraw(1, 1);
    bench.run(SECOND / 10);
    let asked = &bench.seen.nodes[2].sent[before..];
    assert!(
        asked.iter().all(|r| r.op() != op::GET_CHILDREN2),
        "by its watch, not by the list: {asked:?}"
    );
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(2, 1));
}

#[test]
fn who_is_first_and_cannot_read_its_own_znode_makes_way() {
    for seen in [true, false] {
        let mut bench = queue(2);
        bench.set_acl("/group/c_0000000001", &only("nobody:x"));
        if seen {
            bench.run(4 * T);
        }
        bench.withdraw(0, 1);
        bench.run(2 * T);
        assert!(bench.leads(2, 1), "{seen}: {:?}", bench.members());
        assert_eq!(bench.losses(1, 1), [LostReason::LeaseLapsed], "{seen}");
        assert_eq!(blocks(&bench, 1, 1).len(), 1, "{seen}");
        // It has another znode, which may be read.
        assert_eq!(bench.members().len(), 2, "{seen}: {:?}", bench.members());
        bench.withdraw(2, 1);
        bench.run(SECOND);
        assert!(bench.leads(1, 1), "{seen}");
    }
}

#[test]
fn a_contender_removed_unseen_enrols_again() {
    // READ is withdrawn, and all znodes vanish without an event.
    let mut bench = Bench::new();
    for id in 0..3 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    for name in bench.members() {
        bench.set_acl(&format!("{GROUP}/{name}"), &only("nobody:x"));
    }
    bench.set_acl(GROUP, &only("nobody:x"));
    bench.delete_tree(GROUP);
    bench.run(4 * T);
    assert_eq!(bench.members().len(), 3, "{:?}", bench.members());
    let leaders = (0..3).filter(|id| bench.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn an_unreadable_own_znode_is_removed_though_the_reply_to_its_deletion_is_lost() {
    for (read, old) in [(false, false), (true, false), (false, true)] {
        let mut bench = Bench::with(ModelOptions {
            unknown: old.then_some(op::GET_EPHEMERALS).into_iter().collect(),
            ..ModelOptions::default()
        });
        queue_in(&mut bench, 1);
        bench.set_acl("/group/c_0000000001", &only("nobody:x"));
        bench.run(SECOND);
        // The connection ends before the delete is carried out.
        bench.cut(1);
        let call = bench.withdraw(1, 1);
        bench.run(SECOND);
        bench.sever(1);
        bench.heal(1);
        if read {
            bench.set_acl("/group/c_0000000001", &Acl::open());
        }
        bench.run(T / 2);
        assert_eq!(bench.members(), ["c_0000000000"], "{read} {old}");
        assert_eq!(bench.seen.nodes[1].done[&call], Ok(Answer::Removed(true)));
        assert!(bench.seen.nodes[1].connects < 6, "{read} {old}");
    }
}

#[test]
fn a_detector_says_once_that_it_may_not_read_the_leader_and_heals() {
    for goes in [false, true] {
        let mut bench = queue(1);
        bench.set_acl(LEADER, &only("owner:sesame"));
        let watcher = bench.client();
        bench.detect(watcher, 9);
        bench.run(SECOND);
        let before = bench.seen.nodes[watcher].sent.len();
        bench.run(10 * T);
        let sent = bench.seen.nodes[watcher].sent.len() - before;
        assert!(sent <= 33, "{sent}");
        let told = bench.detector_events(watcher, 9);
        let [DetectorEvent::Failed(error)] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(error.kind(), ErrorKind::NoAuth);
        assert!(error.message().contains(LEADER) && error.message().contains("READ"));
        let next = if goes {
            bench.withdraw(0, 1);
            bench.run(SECOND);
            "/group/c_0000000001"
        } else {
            bench.set_acl(LEADER, &Acl::open());
            bench.run(T / 2);
            LEADER
        };
        let told = bench.detector_events(watcher, 9);
        assert!(
            matches!(&told[..], [_, DetectorEvent::Leader(leader)] if leader.member.path == next),
            "{told:?}"
        );
    }
}

#[test]
fn a_view_lacks_nobody_because_he_may_not_be_read() {
    let mut bench = queue(2);
    bench.set_acl("/group/c_0000000001", &only("owner:sesame"));
    let watcher = bench.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    bench.command(watcher, Command::Group { handle, path });
    bench.command(watcher, Command::Watch { handle });
    bench.run(SECOND);
    let before = bench.seen.nodes[watcher].sent.len();
    bench.run(10 * T);
    let sent = bench.seen.nodes[watcher].sent.len() - before;
    assert!(sent <= 66, "{sent}: a listing and a look each T/3");
    let told = bench.group_events(watcher, 5);
    let [GroupEvent::Failed(error)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(error.kind(), ErrorKind::NoAuth);
    assert!(error.message().contains("/group/c_0000000001") && error.message().contains("READ"));
    let call = bench.with_call(watcher, |call| Command::Call {
        handle,
        call,
        what: Call::Members,
    });
    bench.run(SECOND);
    let answer = bench.seen.nodes[watcher].done[&call].clone();
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::NoAuth);
    bench.set_acl("/group/c_0000000001", &Acl::open());
    bench.run(T / 2);
    let told = bench.group_events(watcher, 5);
    assert!(
        matches!(&told[..], [_, GroupEvent::Members(all)] if all.len() == 3),
        "{told:?}"
    );
}

#[test]
fn a_view_whose_watch_was_silent_catches_up() {
    let mut bench = queue(0);
    let watcher = bench.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    bench.command(watcher, Command::Group { handle, path });
    bench.command(watcher, Command::Watch { handle });
    bench.run(SECOND);
    // The list may not be read for a moment, in which a member joins.
    bench.client_with(T, Some("owner:sesame"));
    bench.run(SECOND);
    bench.set_acl(GROUP, &only("owner:sesame"));
    bench.contend(2, 1);
    bench.run(SECOND / 10);
    bench.set_acl(GROUP, &Acl::open());
    bench.run(T);
    let told = bench.group_events(watcher, 5);
    assert!(
        matches!(told.last(), Some(GroupEvent::Members(all)) if all.len() == 2),
        "{told:?}"
    );
}

#[test]
fn a_group_that_may_not_be_listed_for_a_while_costs_no_standby_its_place() {
    let mut bench = queue(2);
    bench.set_acl(GROUP, &only("owner:sesame"));
    // The next in line leaves: the member behind it looks before it trusts its place.
    bench.delete("/group/c_0000000001");
    bench.run(T);
    bench.withdraw(0, 1);
    bench.run(2 * T);
    assert_eq!(bench.losses(2, 1), []);
    bench.set_acl(GROUP, &Acl::open());
    bench.run(T);
    assert!(bench.leads(2, 1), "{:?}", bench.members());
}

#[test]
fn an_unreadable_candidate_stands_before_everybody_where_the_counter_has_wrapped() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    assert!(bench.world.ensemble.set_counter(GROUP, -2));
    bench.client_with(T, Some("owner:sesame"));
    bench.contend(0, 1);
    bench.run(SECOND);
    let leader = "/group/c_-000000002";
    bench.set_acl(leader, &only("owner:sesame"));
    for id in 1..3 {
        bench.client();
        bench.contend(id, 1);
    }
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.run(SECOND);
    let before = bench.seen.nodes[1].sent.len();
    // Checks that there are never two leaders.
    bench.run(10 * T);
    assert!(bench.leads(0, 1));
    let sent = bench.seen.nodes[1].sent.len() - before;
    assert!(sent <= 66, "{sent}");
    for id in 1..3 {
        let told = blocks(&bench, id, 1);
        assert!(told.len() == 1 && told[0].contains(leader), "{told:?}");
        assert!(told[0].contains("READ"));
    }
    let told = bench.detector_events(watcher, 9);
    assert!(matches!(&told[..], [DetectorEvent::Failed(_)]), "{told:?}");
    bench.withdraw(0, 1);
    bench.run(T);
    let leaders = (1..3).filter(|id| bench.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

fn contend_in(bench: &mut Bench, node: usize, handle: u64, path: String) {
    let spec = ContenderSpec {
        label: Some("c".into()),
        ..ContenderSpec::new(path)
    };
    let handle = Handle(handle);
    bench.command(node, Command::Contend { handle, spec });
}

#[test]
fn one_groups_znode_never_takes_another_groups_lease() {
    for unreadable in [true, false] {
        let mut bench = Bench::new();
        bench.client();
        for n in 1..=5 {
            contend_in(&mut bench, 0, n, format!("/groups/{n}"));
        }
        bench.run(SECOND);
        let tokens: Vec<_> = (1..=5).map(|n| bench.token(0, n)).collect();
        assert!(tokens.iter().all(Option::is_some));
        bench.run(T);
        let lost = "/groups/3/c_0000000000";
        if unreadable {
            bench.set_acl(lost, &only("nobody:x"));
        } else {
            // Its own watch is used up, so only the proof reports it.
            bench.set_acl(lost, &only("nobody:x"));
            bench.set_data(lost, b"");
            bench.delete(lost);
        }
        let jeopardy = |bench: &Bench, n: u64| {
            let events = bench.contender_events(0, n);
            let is = |e: &ContenderEvent| matches!(e, ContenderEvent::Jeopardy { .. });
            events.iter().any(is)
        };
        bench.run(3 * T);
        for n in [1, 2, 4, 5] {
            assert_eq!(bench.token(0, n), tokens[n as usize - 1], "{n}");
            assert!(!jeopardy(&bench, n), "{n}");
        }
        let reason = match unreadable {
            true => LostReason::LeaseLapsed,
            false => LostReason::Evicted,
        };
        assert_eq!(bench.losses(0, 3), [reason]);
        // The old znode, and then that it is before the new one and may not be looked at.
        let causes = if unreadable { 2 } else { 0 };
        assert_eq!(blocks(&bench, 0, 3).len(), causes);
        assert_eq!(jeopardy(&bench, 3), unreadable);
        assert!(bench.leads(0, 3), "with another znode");
        assert_eq!(bench.seen.nodes[0].connects, 1);
    }
}

#[test]
fn a_leader_that_may_read_its_znode_again_in_time_goes_on() {
    let mut bench = Bench::new();
    bench.client();
    bench.contend(0, 1);
    bench.run(T);
    let token = bench.token(0, 1);
    bench.set_acl(LEADER, &only("nobody:x"));
    bench.run(T / 12 + SECOND / 10);
    assert_eq!(blocks(&bench, 0, 1).len(), 1);
    let end = bench.seen.nodes[0].leases[&Handle(1)].end;
    bench.run(T / 12);
    let held = bench.seen.nodes[0].leases[&Handle(1)].end;
    assert_eq!(held, end, "nothing is renewed that cannot be proved");
    bench.set_acl(LEADER, &Acl::open());
    bench.run(T);
    assert_eq!(bench.token(0, 1), token);
    assert_eq!(bench.losses(0, 1), []);
}

#[test]
fn proofs_are_shorter_than_any_servers_limit() {
    const GROUPS: u64 = 200;
    let mut bench = Bench::new();
    bench.client();
    for n in 1..=GROUPS {
        contend_in(&mut bench, 0, n, format!("/{n}/{}", "x".repeat(3980)));
    }
    bench.run(T);
    let before = bench.seen.nodes[0].sent.len();
    bench.run(5 * T);
    assert!((1..=GROUPS).all(|n| bench.leads(0, n)));
    let mut named = std::collections::BTreeSet::new();
    for request in &bench.seen.nodes[0].sent[before..] {
        if let Request::Multi { ops } = request {
            let mut bytes = Vec::new();
            request.encode(1, &mut bytes);
            assert!(bytes.len() <= 129 * 1024, "{} bytes", bytes.len());
            named.extend(ops.iter().map(|op| format!("{op:?}")));
        }
    }
    assert_eq!(named.len() as u64, GROUPS, "each in its turn");
    assert_eq!(bench.seen.nodes[0].connects, 1);
}
