//! The guarded lease: the mark of the group, and the wait for the lease that it names.

use crate::bench::{Bench, DELAY, GROUP, T};
use std::time::Duration;
use tenure_election::{
    ContenderEvent, ContenderSpec, ErrorKind, Event, GUARD_MAX, Handle, LeasePolicy, LostReason,
    Reenrol, Time,
};
use tenure_proto::{Acl, Perms, op};

const SECOND: Duration = Duration::from_secs(1);
const FIRST: &str = "/group/c_0000000000";

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A contender that does not come back by itself.
fn spec(lease: Option<Duration>) -> ContenderSpec {
    ContenderSpec {
        label: Some("c".into()),
        policy: LeasePolicy::Guarded,
        reenrol: Reenrol::Never,
        lease,
        ..ContenderSpec::new(GROUP)
    }
}

/// Clients that contend one after another with leases of these lengths; the first one leads.
fn contenders(leases: &[Duration]) -> Bench {
    let mut bench = Bench::new();
    for (id, length) in leases.iter().enumerate() {
        bench.client();
        bench.contend_as(id, 1, spec(Some(*length)));
        bench.run(SECOND);
    }
    bench.run(GUARD_MAX);
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
    bench
}

/// Until when this contender has said that it waits, in order.
fn waits(bench: &Bench, node: usize) -> Vec<Time> {
    let wait = |event| match event {
        ContenderEvent::Standby {
            ahead: 0,
            waits_until,
            ..
        } => Some(waits_until.expect("with nobody ahead")),
        _ => None,
    };
    let events = bench.contender_events(node, 1);
    events.into_iter().filter_map(wait).collect()
}

/// The end of the wait for a lease of this length, if the answer came at `gone`.
fn after(gone: Time, length: Duration) -> Time {
    gone + length + length / 500
}

/// The path of this client's member.
fn member(bench: &Bench, node: usize) -> String {
    let own = |event: ContenderEvent| event.member().map(|member| member.path.clone());
    let events = bench.contender_events(node, 1);
    events.into_iter().rev().find_map(own).expect("a member")
}

fn stands(bench: &Bench, path: &str) -> bool {
    bench.world.ensemble.node(path).is_some()
}

#[test]
fn the_first_leader_of_a_group_without_a_mark_waits_for_the_longest_lease() {
    let mut bench = Bench::new();
    bench.client();
    let start = bench.now();
    bench.contend_as(0, 1, spec(None));
    bench.run(SECOND);
    let [until] = waits(&bench, 0)[..] else {
        panic!("{:?}", bench.contender_events(0, 1));
    };
    assert!(until >= after(start, GUARD_MAX), "{until:?}");
    assert!(until <= after(start + ms(100), GUARD_MAX), "{until:?}");
    assert_eq!(bench.mark(), "");
    assert!(bench.run_while_not(GUARD_MAX, |b| b.leads(0, 1)));
    assert!(bench.now() >= until && bench.now() <= until + 2 * DELAY);
    // A quarter of the session timeout.
    let token = bench.token(0, 1).unwrap();
    assert_eq!(bench.mark(), format!("tenure 1 leading {token} 1500 0 0"));
    bench.run(10 * T);
    assert!(bench.leads(0, 1));
    assert_eq!(bench.losses(0, 1), []);
}

/// Runs until the first member is gone. Until then the mark names it as the leader.
fn hand_over(bench: &mut Bench, token: u64) {
    let leading = format!("tenure 1 leading {token} 1000 0 0");
    let is_gone = |bench: &Bench| {
        let stands = stands(bench, FIRST);
        assert_eq!(
            bench.mark() == leading,
            stands,
            "{stands}: {}",
            bench.mark()
        );
        !stands
    };
    assert!(bench.run_while_not(SECOND, is_gone));
    assert_eq!(bench.mark(), format!("tenure 1 released {token} 1000 0 0"));
    let (_, stat) = bench.world.ensemble.node(GROUP).unwrap();
    assert_eq!(stat.mzxid, stat.pzxid, "one transaction");
}

#[test]
fn a_leader_that_withdraws_releases_its_mark_and_the_next_does_not_wait() {
    let mut bench = contenders(&[SECOND, SECOND]);
    let token = bench.token(0, 1).unwrap();
    bench.withdraw(0, 1);
    hand_over(&mut bench, token);
    let gone = bench.now();
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
    let took = bench.now().since(gone);
    assert!(took <= 8 * DELAY, "{took:?}");
    assert_eq!(waits(&bench, 1), []);
}

#[test]
fn a_client_that_is_closed_releases_the_mark_of_its_leader() {
    let mut bench = contenders(&[SECOND, SECOND]);
    let token = bench.token(0, 1).unwrap();
    let call = bench.close(0);
    hand_over(&mut bench, token);
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
    assert_eq!(waits(&bench, 1), []);
    bench.run(SECOND);
    assert!(bench.seen.nodes[0].done[&call].is_ok());
}

#[test]
fn the_successor_of_a_leader_that_was_deleted_waits_for_the_length_in_the_mark() {
    for (length, own) in [(ms(1000), ms(3000)), (ms(3000), ms(1000))] {
        let mut bench = contenders(&[length, own]);
        bench.run(T);
        // The leader does not learn of it, and leads on until its lease ends.
        bench.cut(0);
        bench.delete(FIRST);
        let told = bench.now() + DELAY;
        assert!(bench.run_while_not(2 * T, |b| b.leads(1, 1)));
        assert_eq!(waits(&bench, 1), [after(told, length)]);
        let took = bench.now().since(after(told, length));
        assert!(took <= 2 * DELAY, "{took:?}");
        let token = bench.token(1, 1).unwrap();
        let own = own.as_millis();
        assert_eq!(bench.mark(), format!("tenure 1 leading {token} {own} 0 0"));
    }
}

#[test]
fn a_contender_that_goes_while_it_waits_leaves_the_mark_as_it_was() {
    for withdraws in [true, false] {
        let mut bench = contenders(&[3 * SECOND, SECOND, SECOND]);
        let mark = bench.mark();
        bench.delete(FIRST);
        bench.run(SECOND);
        assert_eq!(waits(&bench, 1).len(), 1);
        let second = member(&bench, 1);
        if withdraws {
            bench.withdraw(1, 1);
        } else {
            bench.delete(&second);
        }
        assert!(bench.run_while_not(SECOND, |b| !stands(b, &second)));
        // Only another look and a listing show that nobody stands before that one either.
        let told = bench.now() + 5 * DELAY;
        bench.run(SECOND);
        assert_eq!(bench.mark(), mark);
        assert_eq!(waits(&bench, 2), [after(told, 3 * SECOND)]);
        bench.run(3 * SECOND);
        assert!(bench.leads(2, 1));
    }
}

/// Names of members and versions of data come back when a group is deleted and made again.
#[test]
fn the_mark_of_a_group_that_was_deleted_and_made_again_counts_as_none() {
    for state in ["leading", "released"] {
        let mut bench = contenders(&[SECOND]);
        let token = bench.token(0, 1).unwrap();
        bench.delete_tree(GROUP);
        bench.create(GROUP);
        let mark = format!("tenure 1 {state} {token} 1000 0 0");
        bench.set_data(GROUP, mark.as_bytes());
        bench.client();
        let start = bench.now();
        bench.contend_as(1, 1, spec(Some(SECOND)));
        bench.run(SECOND);
        let [until] = waits(&bench, 1)[..] else {
            panic!("{state}: {:?}", bench.contender_events(1, 1));
        };
        assert!(until > after(start, GUARD_MAX), "{state}");
        bench.run(GUARD_MAX);
        assert!(bench.leads(1, 1), "{state}");
    }
}

#[test]
fn data_of_others_in_the_group_block_a_contender_until_they_are_removed() {
    // It waits while it is blocked, too.
    for blocked in [3 * SECOND, 20 * SECOND] {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.set_data(GROUP, b"10.0.0.7");
        bench.client();
        let start = bench.now();
        bench.contend_as(0, 1, spec(None));
        bench.run(blocked);
        let [error] = &bench.blocks(0, 1)[..] else {
            panic!("once: {:?}", bench.contender_events(0, 1));
        };
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(
            error.message(),
            "the group's znode /group holds 8 bytes of data that are not tenure's; the policy `guarded` keeps \
             its mark there: remove the data, or choose another group"
        );
        assert_eq!(bench.mark(), "10.0.0.7");
        bench.set_data(GROUP, b"");
        let removed = bench.now();
        assert!(bench.run_while_not(GUARD_MAX, |b| b.leads(0, 1)));
        let waited = after(start, GUARD_MAX);
        assert!(bench.now() >= waited, "{blocked:?}");
        let latest = waited.max(removed + T / 3) + 20 * DELAY;
        assert!(bench.now() <= latest, "{blocked:?}");
    }
}

#[test]
fn a_mark_of_a_newer_version_says_so() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.set_data(GROUP, b"tenure 2 leading 1");
    bench.client();
    bench.contend_as(0, 1, spec(None));
    bench.run(3 * GUARD_MAX);
    let blocks = bench.blocks(0, 1);
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert_eq!(blocks[0].kind(), ErrorKind::InvalidInput);
    let text = blocks[0].message();
    assert!(text.contains("/group holds the mark of a newer version of tenure; use that version"));
    assert!(!bench.leads(0, 1));
}

/// Anyone has these permissions, and nobody else has any.
fn anyone(perms: i32) -> Vec<Acl> {
    let mut acl = Acl::open();
    acl[0].perms = Perms(perms);
    acl
}

#[test]
fn a_contender_that_may_not_write_the_mark_is_blocked_until_it_may() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    let unwritable = Perms::READ.0 | Perms::CREATE.0 | Perms::DELETE.0;
    bench.set_acl(GROUP, &anyone(unwritable));
    bench.client();
    bench.contend_as(0, 1, spec(None));
    bench.run(3 * GUARD_MAX);
    let blocks = bench.blocks(0, 1);
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert_eq!(blocks[0].kind(), ErrorKind::NoAuth);
    let text = blocks[0].message();
    assert!(text.contains("the policy `guarded` needs WRITE permission on /group"));
    bench.set_acl(GROUP, &Acl::open());
    assert!(bench.run_while_not(T, |b| b.leads(0, 1)));
}

#[test]
fn times_that_the_session_timeout_does_not_allow_fail_with_both() {
    let long = ContenderSpec {
        lease: Some(T + ms(1)),
        ..spec(None)
    };
    let slow = ContenderSpec {
        fail_over: Some(T),
        ..spec(None)
    };
    for (spec, named) in [(long, "`lease` is 6.001s"), (slow, "`fail_over` is 6s")] {
        // The timeout that the servers grant is known already, or is not.
        for connected in [true, false] {
            let mut bench = Bench::new();
            bench.client();
            if connected {
                bench.run(SECOND);
            }
            bench.contend_as(0, 1, spec.clone());
            bench.run(SECOND);
            let [LostReason::Failed(error)] = &bench.losses(0, 1)[..] else {
                panic!("{named}: {:?}", bench.contender_events(0, 1));
            };
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let text = error.message();
            assert!(text.contains(named), "{text}");
            assert!(text.contains("a session timeout of 6s"), "{text}");
            assert_eq!(bench.members(), [""; 0]);
        }
    }
}

/// While the connection is lost, the leader's znode is deleted and its name is used again. The check of a
/// proof does not show the difference, only a look does.
#[test]
fn a_proof_before_the_own_znode_was_looked_at_on_a_new_connection_renews_nothing() {
    let length = 4 * SECOND;
    let mut bench = contenders(&[length, SECOND]);
    bench.run(T);
    bench.sever(0);
    bench.delete(FIRST);
    bench.create(FIRST);
    let gone = bench.now();
    let end = bench.seen.nodes[0].leases[&Handle(1)].end;
    bench.heal(0);
    assert!(bench.run_while_not(SECOND, |b| b.world.remote(0).is_some()));
    bench.refuse(0, op::EXISTS, -127, 1000);
    let proofs = bench.count_sent(0, op::MULTI);
    let is_lost = |bench: &Bench| !bench.losses(0, 1).is_empty();
    assert!(bench.run_while_not(T, is_lost), "{end:?}");
    assert!(bench.count_sent(0, op::MULTI) > proofs, "it has proved");
    assert_eq!(bench.now(), end);
    assert_eq!(bench.losses(0, 1), [LostReason::LeaseLapsed]);
    let is_jeopardy =
        |event: &Event| matches!(event, Event::Contender(ContenderEvent::Jeopardy { .. }));
    assert!(bench.time_of(0, is_jeopardy).is_some());
    // And meanwhile the successor has waited.
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
    assert!(bench.now() > after(gone, length));
}

/// The wait is over while the contender has no connection. It is longer all the same by the time that its clock has
/// gained.
#[test]
fn a_wait_is_longer_for_a_clock_that_ran_ahead_also_after_a_lost_connection() {
    let lead = ms(800);
    for connects_after in [ms(20), ms(100), ms(200)] {
        let mut bench = contenders(&[SECOND, SECOND]);
        let before = bench.mark();
        bench.cut(0);
        bench.delete(FIRST);
        assert!(bench.run_while_not(SECOND, |b| !waits(b, 1).is_empty()));
        let [until] = waits(&bench, 1)[..] else {
            panic!("{:?}", bench.contender_events(1, 1));
        };
        bench.gain(1, lead);
        bench.run(until.since(bench.now()) - ms(50));
        bench.sever(1);
        bench.run(ms(50) + connects_after);
        bench.heal(1);
        assert!(bench.run_while_not(3 * SECOND, |b| b.mark() != before));
        assert!(
            bench.now() >= until + lead,
            "{connects_after:?}: {:?}",
            bench.now()
        );
        assert!(bench.run_while_not(SECOND, |b| b.leads(1, 1)));
    }
}

/// An interrupted wait that has become longer stays longer.
#[test]
fn a_wait_that_has_become_longer_outlives_its_connection() {
    let mut bench = contenders(&[SECOND, SECOND]);
    let before = bench.mark();
    bench.cut(0);
    bench.delete(FIRST);
    assert!(bench.run_while_not(SECOND, |b| !waits(b, 1).is_empty()));
    let until = waits(&bench, 1)[0];
    bench.gain(1, ms(800));
    bench.run(until.since(bench.now()) + ms(200));
    assert_eq!(bench.mark(), before);
    bench.hang_up(1);
    assert!(bench.run_while_not(3 * SECOND, |b| b.mark() != before));
    assert!(bench.now() >= until + ms(800));
}
