//! The guarded lease when answers are lost or decide nothing, and when others change the group's data.

use crate::bench::{Bench, DELAY, GROUP, T};
use std::time::Duration;
use tenure_election::{
    Answer, ContenderEvent, ContenderSpec, ErrorKind, GUARD_MAX, LeasePolicy, Reenrol,
};
use tenure_proto::{MultiOp, Request, op};

const SECOND: Duration = Duration::from_secs(1);
const WITHIN: Duration = Duration::from_secs(2);
const BEAT: Duration = Duration::from_millis(200);
const FIRST: &str = "/group/c_0000000000";

/// A contender with beats, or without.
fn spec(has_beats: bool) -> ContenderSpec {
    ContenderSpec {
        label: Some("c".into()),
        policy: LeasePolicy::Guarded,
        reenrol: Reenrol::Never,
        lease: (!has_beats).then_some(SECOND),
        fail_over: has_beats.then_some(WITHIN),
        ..ContenderSpec::new(GROUP)
    }
}

fn contenders(count: usize, has_beats: bool) -> Bench {
    let mut bench = Bench::new();
    for id in 0..count {
        bench.client();
        bench.contend_as(id, 1, spec(has_beats));
        bench.run(SECOND);
    }
    bench.run(GUARD_MAX);
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
    bench
}

/// How often this client has sent a mark.
fn marks(bench: &Bench, node: usize) -> usize {
    let is_mark = |op: &MultiOp| matches!(op, MultiOp::SetData { path, .. } if path == GROUP);
    let sent = bench.seen.nodes[node].sent.iter();
    let of = |request: &Request| match request {
        Request::Multi { ops } => ops.iter().filter(|op| is_mark(op)).count(),
        _ => 0,
    };
    sent.map(of).sum()
}

fn leads_on(bench: &Bench) {
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
    assert_eq!(bench.losses(0, 1), []);
}

/// It is read again, and recognised.
#[test]
fn a_mark_whose_answer_is_lost_or_decides_nothing_is_not_waited_for() {
    for is_lost in [true, false] {
        let mut bench = Bench::new();
        bench.client();
        bench.contend_as(0, 1, spec(false));
        assert!(bench.run_while_not(2 * GUARD_MAX, |b| marks(b, 0) == 1));
        let start = bench.now();
        match is_lost {
            true => bench.swallow_reply_of(op::MULTI),
            false => bench.disguise(op::MULTI, -127),
        }
        assert!(bench.run_while_not(SECOND, |b| !b.mark().is_empty()));
        assert!(bench.run_while_not(T, |b| b.leads(0, 1)), "{is_lost}");
        let took = bench.now().since(start);
        assert!(took < SECOND, "{is_lost}: {took:?}");
        assert_eq!(marks(&bench, 0), 1, "{is_lost}");
        bench.run(2 * T);
        leads_on(&bench);
    }
}

#[test]
fn a_leader_that_comes_back_within_its_lease_leads_on_and_shows_beats_again() {
    for has_beats in [true, false] {
        let mut bench = contenders(2, has_beats);
        for phase in 0..10 {
            bench.run(T + BEAT * phase / 10);
            bench.hang_up(0);
        }
        bench.run(T);
        leads_on(&bench);
        let mark = bench.mark();
        bench.run(2 * BEAT);
        assert_eq!(bench.mark() != mark, has_beats);
    }
}

#[test]
fn a_beat_whose_answer_decides_nothing_costs_no_leadership() {
    let mut bench = contenders(2, true);
    for phase in 0..10 {
        bench.run(T + BEAT * phase / 10);
        match phase % 2 {
            0 => bench.disguise(op::MULTI, -127),
            _ => bench.refuse(0, op::MULTI, -127, 1),
        }
    }
    bench.run(T);
    leads_on(&bench);
    let mark = bench.mark();
    bench.run(2 * BEAT);
    assert_ne!(bench.mark(), mark);
}

/// The version that the release replaces is that after all beats under way.
#[test]
fn a_leader_that_withdraws_releases_its_mark_whatever_beats_are_under_way() {
    for phase in 0..20 {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.set_reply_delay(BEAT / 2);
        for id in 0..2 {
            bench.client();
            bench.contend_as(id, 1, spec(true));
            bench.run(SECOND);
        }
        bench.run(GUARD_MAX + SECOND + BEAT * phase / 10);
        let token = bench.token(0, 1).expect("it leads");
        let call = bench.withdraw(0, 1);
        let released = format!("tenure 1 released {token} 800 0 0");
        bench.run(2 * DELAY);
        assert_eq!(bench.mark(), released, "{phase}");
        assert!(bench.run_while_not(2 * SECOND, |b| b.leads(1, 1)));
        assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
    }
}

#[test]
fn a_release_whose_answer_is_lost_or_decides_nothing_is_a_release() {
    for is_lost in [true, false] {
        let mut bench = contenders(2, false);
        let token = bench.token(0, 1).unwrap();
        let call = bench.withdraw(0, 1);
        match is_lost {
            true => bench.swallow_reply_of(op::MULTI),
            false => bench.disguise(op::MULTI, -127),
        }
        let released = format!("tenure 1 released {token} 1000 0 0");
        assert!(bench.run_while_not(SECOND, |b| b.mark() == released));
        bench.run(SECOND);
        assert!(bench.leads(1, 1));
        let done = &bench.seen.nodes[0].done[&call];
        assert!(matches!(done, Ok(Answer::Removed(_))), "{done:?}");
    }
}

/// Although it has not waited for as long as a contender without a mark would.
#[test]
fn a_leader_with_beats_restores_a_mark_that_an_administrator_has_removed() {
    let mut bench = contenders(2, true);
    bench.withdraw(0, 1);
    assert!(bench.run_while_not(SECOND, |b| b.leads(1, 1)));
    let token = bench.token(1, 1).unwrap();
    bench.set_data(GROUP, b"");
    bench.run(2 * BEAT);
    let leading = format!("tenure 1 leading {token} 800 200 ");
    assert!(bench.mark().starts_with(&leading), "{}", bench.mark());
    bench.run(T);
    assert_eq!(bench.token(1, 1), Some(token));
    let last = bench.contender_events(1, 1).pop();
    assert!(matches!(last, Some(ContenderEvent::Leading { .. })));
}

#[test]
fn data_of_others_stop_the_beats_of_a_leader_but_not_its_leadership() {
    let mut bench = contenders(2, true);
    bench.set_data(GROUP, b"10.0.0.7");
    bench.run(10 * T);
    leads_on(&bench);
    assert_eq!(bench.mark(), "10.0.0.7");
    let blocks = bench.blocks(0, 1);
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert_eq!(blocks[0].kind(), ErrorKind::InvalidInput);
    // Nobody waits for a lease that it does not know.
    bench.cut(0);
    bench.run(3 * GUARD_MAX);
    assert!(!bench.leads(1, 1));
    bench.set_data(GROUP, b"");
    assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
}

/// A mark that was removed meanwhile is not there for the successor.
#[test]
fn without_a_mark_the_successor_of_a_leader_waits_for_the_longest_lease() {
    let mut bench = contenders(2, false);
    bench.set_data(GROUP, b"");
    bench.withdraw(0, 1);
    assert!(bench.run_while_not(SECOND, |b| b.world.ensemble.node(FIRST).is_none()));
    let gone = bench.now();
    assert_eq!(bench.mark(), "");
    assert!(bench.run_while_not(2 * GUARD_MAX, |b| b.leads(1, 1)));
    assert!(bench.now().since(gone) > GUARD_MAX);
}

/// One proof carries the checks and the beats of both.
#[test]
fn two_leaders_of_one_client_both_show_beats() {
    const OTHER: &str = "/other";
    let mut bench = contenders(1, true);
    let other = ContenderSpec {
        path: OTHER.into(),
        ..spec(true)
    };
    bench.contend_as(0, 2, other);
    bench.run(GUARD_MAX + SECOND);
    let beats = |bench: &Bench, path: &str| {
        let (data, _) = bench.world.ensemble.node(path).unwrap();
        let text = String::from_utf8(data).unwrap();
        text.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()
    };
    let before = [GROUP, OTHER].map(|path| beats(&bench, path));
    // The beat of one fails once.
    let looks = bench.count_sent(0, op::EXISTS);
    bench.set_data(OTHER, b"");
    bench.run(2 * BEAT);
    let looks = bench.count_sent(0, op::EXISTS) - looks;
    assert_eq!(looks, 0, "it says nothing about the own znode");
    bench.run(10 * T - 2 * BEAT);
    for (path, before) in [GROUP, OTHER].into_iter().zip(before) {
        let shown = beats(&bench, path) - before;
        assert!((290..=310).contains(&shown), "{path}: {shown}");
    }
    assert!(bench.leads(0, 1) && bench.leads(0, 2));
    for handle in [1, 2] {
        let events = bench.contender_events(0, handle);
        let is_jeopardy = |event: &ContenderEvent| matches!(event, ContenderEvent::Jeopardy { .. });
        assert!(!events.iter().any(is_jeopardy), "{events:?}");
    }
}
