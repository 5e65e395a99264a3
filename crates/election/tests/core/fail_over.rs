//! Fail-over: a silent leader is replaced while its session lives.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
    ContenderEvent, ContenderSpec, ErrorKind, GUARD_MAX, LeasePolicy, LostReason, Reenrol,
};
use tenure_proto::{Acl, MultiOp, Perms, Request, op};

const SECOND: Duration = Duration::from_secs(1);
/// The time in which a silent leader is replaced.
const WITHIN: Duration = Duration::from_secs(2);
const BEAT: Duration = Duration::from_millis(200);
const FIRST: &str = "/group/c_0000000000";

fn spec(fail_over: Option<Duration>) -> ContenderSpec {
    ContenderSpec {
        label: Some("c".into()),
        policy: LeasePolicy::Guarded,
        reenrol: Reenrol::Never,
        fail_over,
        ..ContenderSpec::new(GROUP)
    }
}

/// Clients that contend one after another; the first one leads.
fn contenders(each: &[Option<Duration>]) -> Bench {
    let mut bench = Bench::new();
    for (id, fail_over) in each.iter().enumerate() {
        bench.client();
        bench.contend_as(id, 1, spec(*fail_over));
        bench.run(SECOND);
    }
    bench.run(GUARD_MAX + SECOND);
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
    bench
}

fn stands(bench: &Bench) -> bool {
    bench.world.ensemble.node(FIRST).is_some()
}

#[test]
fn a_leader_that_is_cut_off_is_deposed_after_four_beats_and_replaced_in_time() {
    for phase in 0..10 {
        let mut bench = contenders(&[Some(WITHIN); 3]);
        bench.run(BEAT * phase / 10);
        bench.cut(0);
        let cut = bench.now();
        assert!(bench.run_while_not(T, |b| !stands(b)));
        let silent = bench.now().since(cut);
        // The newest beat was up to one beat ago.
        assert!(silent > BEAT * 3 - BEAT / 10, "{phase}: {silent:?}");
        assert!(silent <= BEAT * 4 + BEAT / 10, "{phase}: {silent:?}");
        let session = bench.session(0);
        assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
        let took = bench.now().since(cut);
        assert!(took <= WITHIN, "{phase}: {took:?}");
        assert!(bench.world.ensemble.sessions().contains(&session));
        // The lease of the leader was as long as four beats.
        let suspected = cut + silent;
        assert!(bench.now() >= suspected + BEAT * 4);
        bench.heal(0);
        bench.run(T);
        assert!(bench.leads(1, 1) && !bench.leads(0, 1));
        assert_eq!(bench.losses(0, 1), [LostReason::LeaseLapsed]);
    }
}

#[test]
fn a_leader_that_shows_beats_is_left_alone() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    let beats = |bench: &Bench| {
        let mark = bench.mark();
        let (head, beats) = mark.rsplit_once(' ').unwrap();
        assert!(head.ends_with(" 800 200"), "{mark}");
        beats.parse::<u64>().unwrap()
    };
    let before = beats(&bench);
    bench.run(10 * T);
    let shown = beats(&bench) - before;
    assert!((295..=305).contains(&shown), "each 200 ms: {shown}");
    assert!(bench.leads(0, 1));
    let standbys = bench.contender_events(1, 1);
    let standby = |event: &&ContenderEvent| matches!(event, ContenderEvent::Standby { .. });
    assert_eq!(standbys.iter().filter(standby).count(), 1);
}

/// It learns late of beats that came in time: the transaction that would delete the leader names the newest one
/// that it knows.
#[test]
fn a_contender_that_was_paused_does_not_depose_a_leader_that_lives() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    bench.run(T);
    bench.pause(1);
    bench.run(WITHIN);
    bench.resume(1);
    bench.run(T);
    assert_eq!(depositions(&bench, 1), 1, "it tried");
    assert!(bench.leads(0, 1) && stands(&bench));
}

/// Each leader is replaced in time, also one that has begun to lead only just now.
#[test]
fn one_leader_after_another_is_replaced_in_time() {
    let mut bench = contenders(&[Some(WITHIN); 4]);
    bench.withdraw(0, 1);
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
    for leader in 1..3 {
        let session = bench.session(leader);
        bench.cut(leader);
        let cut = bench.now();
        assert!(bench.run_while_not(T, |b| b.leads(leader + 1, 1)));
        let took = bench.now().since(cut);
        assert!(took <= WITHIN, "{leader}: {took:?}");
        assert!(bench.world.ensemble.sessions().contains(&session));
    }
}

/// A look that armed no watch is repeated.
#[test]
fn a_second_leader_is_replaced_in_time_although_a_look_ahead_was_refused() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    bench.client();
    let throttled = -127;
    // At the own znode, at the predecessor, at the member before it; and the one that arms the watch, which is on its way.
    bench.contend_as(2, 1, spec(Some(WITHIN)));
    assert!(bench.run_while_not(SECOND, |b| b.count_sent(2, op::EXISTS) == 4));
    bench.refuse(2, op::EXISTS, throttled, 1);
    bench.run(T);
    bench.withdraw(0, 1);
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
    bench.cut(1);
    let cut = bench.now();
    assert!(bench.run_while_not(T, |b| b.leads(2, 1)));
    assert!(
        bench.now().since(cut) <= WITHIN,
        "{:?}",
        bench.now().since(cut)
    );
}

#[test]
fn a_contender_that_loses_its_connection_suspects_nobody() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    for phase in 0..10 {
        bench.hang_up(1);
        bench.run(T + BEAT * phase / 10);
    }
    assert_eq!(depositions(&bench, 1), 0);
    assert!(bench.leads(0, 1) && stands(&bench));
}

/// The leader may be alive: nothing but its session shows that.
#[test]
fn a_leader_whose_mark_shows_no_beats_is_left_alone() {
    let mut bench = contenders(&[None, Some(WITHIN)]);
    bench.run(10 * T);
    assert!(bench.leads(0, 1));
    let session = bench.session(0);
    bench.cut(0);
    assert!(bench.run_while_not(2 * T, |b| !stands(b)));
    assert!(!bench.world.ensemble.sessions().contains(&session));
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
}

/// A contender without the option deposes nobody.
#[test]
fn a_contender_that_does_not_ask_for_it_waits_for_the_end_of_the_session() {
    let mut bench = contenders(&[Some(WITHIN), None]);
    let session = bench.session(0);
    bench.cut(0);
    assert!(bench.run_while_not(2 * T, |b| !stands(b)));
    assert!(!bench.world.ensemble.sessions().contains(&session));
}

#[test]
fn a_silent_leader_that_may_not_be_deleted_stays_until_its_session_ends() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    let mut acl = Acl::open();
    acl[0].perms = Perms(Perms::ALL.0 & !Perms::DELETE.0);
    bench.set_acl(GROUP, &acl);
    bench.cut(0);
    bench.run(WITHIN);
    let blocks = bench.blocks(1, 1);
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert_eq!(blocks[0].kind(), ErrorKind::NoAuth);
    let text = blocks[0].message();
    assert!(text.contains("the leader /group/c_0000000000 is silent and may not be deleted"));
    assert!(text.contains("`fail_over` needs DELETE permission on /group"));
    assert!(stands(&bench));
    bench.run(T);
    assert!(!stands(&bench) && bench.leads(1, 1));
}

#[test]
fn a_silent_leader_is_replaced_as_soon_as_it_may_be_deleted() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    let session = bench.session(0);
    let mut acl = Acl::open();
    acl[0].perms = Perms(Perms::ALL.0 & !Perms::DELETE.0);
    bench.set_acl(GROUP, &acl);
    bench.cut(0);
    bench.run(WITHIN);
    assert_eq!(bench.blocks(1, 1).len(), 1);
    bench.set_acl(GROUP, &Acl::open());
    assert!(bench.run_while_not(T / 3 + WITHIN, |b| !stands(b)));
    assert!(bench.world.ensemble.sessions().contains(&session));
    assert!(bench.run_while_not(WITHIN, |b| b.leads(1, 1)));
    assert_eq!(bench.blocks(1, 1).len(), 1);
}

/// How many transactions this client has sent that would delete a leader.
fn depositions(bench: &Bench, node: usize) -> usize {
    let is_deposition = |request: &&Request| match request {
        Request::Multi { ops } => ops.iter().any(|op| matches!(op, MultiOp::Delete { .. })),
        _ => false,
    };
    let sent = &bench.seen.nodes[node].sent;
    sent.iter().filter(is_deposition).count()
}

#[test]
fn a_deposition_whose_answer_decides_nothing_is_tried_again() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    bench.cut(0);
    assert!(bench.run_while_not(T, |b| depositions(b, 1) == 1));
    bench.refuse(1, op::MULTI, -127, 1);
    assert!(bench.run_while_not(T - 2 * SECOND, |b| !stands(b)));
    assert_eq!(depositions(&bench, 1), 2);
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
}

#[test]
fn a_leader_that_is_deposed_by_a_transaction_whose_answer_is_lost_is_replaced_all_the_same() {
    let mut bench = contenders(&[Some(WITHIN); 2]);
    bench.cut(0);
    assert!(bench.run_while_not(T, |b| depositions(b, 1) == 1));
    bench.swallow_reply_of(op::MULTI);
    assert!(bench.run_while_not(2 * WITHIN, |b| b.leads(1, 1)));
    assert_eq!(bench.seen.swallowed, 1);
    assert_eq!(depositions(&bench, 1), 1);
}

#[test]
fn an_ensemble_that_is_too_slow_for_the_beats_makes_no_leader_and_the_contender_says_so() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.set_reply_delay(2 * BEAT);
    bench.client();
    bench.contend_as(0, 1, spec(Some(WITHIN)));
    bench.run(3 * GUARD_MAX);
    assert!(!bench.leads(0, 1));
    let blocks = bench.blocks(0, 1);
    assert_eq!(blocks[0].kind(), ErrorKind::Timeout);
    let text = blocks[0].message();
    assert!(text.contains("`fail_over` of 2s"), "{text}");
    // 20 times the 402 ms would not be less than the session timeout.
    assert!(text.contains("use `lease` instead"), "{text}");
}
