//! The fate of a lease, a znode and a request under faults.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
    Answer, Command, ContenderEvent, DetectorEvent, Event, ExpiredBy, Handle, LeasePolicy,
    LostReason, Reenrol, SessionEvent, Time,
};
use tenure_proto::{Acl, CreateMode, Request, op};

const SECOND: Duration = Duration::from_secs(1);

fn pair() -> Bench {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    bench
}

fn lost_at(bench: &Bench, node: usize) -> Option<Time> {
    bench.time_of(node, |e| {
        matches!(
            e,
            Event::Contender(ContenderEvent::Lost {
                led_until: Some(_),
                ..
            })
        )
    })
}

fn led_at(bench: &Bench, node: usize) -> Option<Time> {
    bench.time_of(node, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    })
}

fn creates(bench: &Bench, node: usize) -> usize {
    let sent = &bench.seen.nodes[node].sent;
    sent.iter().filter(|r| r.op() == op::CREATE2).count()
}

#[test]
fn a_leader_in_a_black_hole_is_told_before_its_successor_leads() {
    let mut bench = pair();
    bench.cut(0);
    let cut = bench.now();
    assert!(bench.run_while_not(3 * T, |w| w.leads(1, 1)));
    let jeopardy = bench
        .time_of(0, |e| {
            matches!(e, Event::Contender(ContenderEvent::Jeopardy { .. }))
        })
        .unwrap();
    let (lost, led) = (lost_at(&bench, 0).unwrap(), led_at(&bench, 1).unwrap());
    assert!(cut < jeopardy && jeopardy < lost && lost < led);
    let until = |e: &ContenderEvent| match e {
        ContenderEvent::Lost { led_until, .. } => *led_until,
        _ => None,
    };
    let until = bench.contender_events(0, 1).iter().find_map(until);
    assert_eq!(
        until,
        Some(lost),
        "the lapse is told at the end of the lease"
    );
    // In the steady state a lease is never longer.
    assert!(lost.since(cut) <= T * 2 / 3);
    assert!(led.since(cut) >= T - T / 6);
    assert!(
        led.since(cut) <= T + SECOND + SECOND / 2,
        "T, a bucket, and the ping before"
    );
}

#[test]
fn a_lease_rests_on_what_was_relayed_before_the_second_success_back() {
    let mut bench = pair();
    bench.run(3 * T);
    let sent = |bench: &Bench| bench.seen.nodes[0].sent.len();
    let before = sent(&bench);
    assert!(bench.run_while_not(T, |w| sent(w) > before));
    let at = bench.now().as_nanos();
    bench.run(10 * crate::bench::DELAY);
    // Proofs go each half second, and are answered within 2 ms. P₂ was sent 1 s ago; R is
    // T/4 + 100 ms, 1.6 s, so it relies on the proof before the one that was sent 2 s before it.
    let end = Duration::from_nanos(at) - 7 * SECOND / 2 + T * 949 / 1000;
    assert_eq!(
        bench.seen.nodes[0].leases[&Handle(1)].end.as_nanos(),
        u64::try_from(end.as_nanos()).unwrap()
    );
}

#[test]
fn a_stopped_leader_does_not_lead_when_it_wakes() {
    let mut bench = pair();
    bench.pause(0);
    bench.run(3 * T);
    assert!(bench.leads(1, 1));
    assert!(
        !bench.leads(0, 1),
        "before it has run a single instruction of ours"
    );
    bench.resume(0);
    bench.run(T);
    assert!(!bench.leads(0, 1) && bench.leads(1, 1));
    let members = bench.members();
    assert_eq!(members.len(), 2, "it stands again, behind: {members:?}");
}

#[test]
fn answers_that_are_read_too_late_renew_nothing() {
    let mut bench = pair();
    // A ping is answered while the process is stopped; the answer waits in its socket.
    assert!(bench.run_while_not(T, |w| w.seen.nodes[0].sent.len() % 2 == 1));
    bench.pause(0);
    bench.run(T * 5 / 6);
    bench.resume(0);
    let lost = lost_at(&bench, 0);
    assert!(lost.is_some(), "its lease had ended by its own clock");
    bench.run(2 * T);
    let leaders = (0..2).filter(|id| bench.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn a_lapsed_candidacy_is_dead_even_if_the_session_lives() {
    let mut bench = pair();
    let token = bench.token(0, 1).unwrap();
    bench.cut(0);
    assert!(bench.run_while_not(T, |w| lost_at(w, 0).is_some()));
    bench.heal(0);
    bench.run(2 * T);
    assert!(
        bench.leads(1, 1),
        "the znode of the lapsed candidacy must go"
    );
    assert_ne!(bench.token(0, 1), Some(token));
    assert_eq!(bench.members().len(), 2);
}

#[test]
fn a_short_cut_keeps_leader_and_token() {
    let mut bench = pair();
    let (token, session) = (bench.token(0, 1), bench.session(0));
    bench.crash();
    bench.run(SECOND / 2);
    bench.restart();
    bench.run(T);
    assert_eq!(bench.token(0, 1), token);
    assert_eq!(bench.session(0), session);
    let events = bench.contender_events(0, 1);
    assert!(matches!(
        events[events.len() - 2],
        ContenderEvent::Jeopardy { .. }
    ));
    assert!(matches!(
        events[events.len() - 1],
        ContenderEvent::Leading { .. }
    ));
    assert_eq!(
        creates(&bench, 0),
        3,
        "before the cut: in vain, the group, again"
    );
}

#[test]
fn each_policy_ends_leadership_at_its_own_time() {
    for (policy, at_once, late) in [
        (LeasePolicy::Strict, false, false),
        (LeasePolicy::Verified, true, false),
        (LeasePolicy::Session, true, true),
    ] {
        let mut bench = Bench::new();
        bench.client();
        bench.contend_with(0, 1, policy, Reenrol::Always);
        bench.run(2 * T);
        let token = bench.token(0, 1).unwrap();
        bench.crash();
        bench.run(SECOND / 10);
        assert_eq!(bench.leads(0, 1), at_once, "{policy:?}, disconnected");
        // After the longest lease, before the session is over.
        bench.run(T * 7 / 12);
        assert_eq!(bench.leads(0, 1), late, "{policy:?}, later");
        bench.restart();
        bench.run(T);
        assert_eq!(bench.token(0, 1) == Some(token), late, "{policy:?}, again");
        assert!(bench.leads(0, 1));
    }
}

#[test]
fn an_ensemble_that_is_gone_for_longer_than_t_leaves_no_ghost_when_it_returns() {
    let mut bench = pair();
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.run(SECOND);
    bench.crash();
    bench.run(3 * T);
    assert!((0..2).all(|id| !bench.leads(id, 1)));
    for id in 0..2 {
        let expired = SessionEvent::Expired {
            by: ExpiredBy::LocalTimeout,
        };
        assert!(bench.session_events(id).contains(&expired));
    }
    bench.restart();
    // The server gives the old sessions a whole new T; they are closed long before that.
    assert!(bench.run_while_not(T / 2, |w| w.leads(0, 1) || w.leads(1, 1)));
    assert!(bench.run_while_not(T / 2, |w| w.members().len() == 2));
    let leader = (0..2).find_map(|id| bench.token(id, 1));
    bench.run(SECOND);
    let seen = bench.detector_events(watcher, 9);
    assert!(matches!(seen.last(),
        Some(DetectorEvent::Leader(l)) if Some(l.member.token) == leader));
}

#[test]
fn an_expired_session_is_replaced_and_its_old_znode_never_claimed() {
    let mut bench = pair();
    let old = bench.session(0);
    bench.expire(0);
    bench.run(SECOND);
    assert_ne!(bench.session(0), old);
    assert!(bench.leads(1, 1));
    let events = bench.contender_events(0, 1);
    assert!(events.iter().any(|e| matches!(
        e,
        ContenderEvent::Lost {
            led_until: Some(_),
            reason: LostReason::SessionExpired,
            ..
        }
    )));
    assert!(matches!(
        events.last(),
        Some(ContenderEvent::Standby { ahead: 1, .. })
    ));
}

#[test]
fn a_session_that_dies_during_the_wait_enrols_anew_behind() {
    let mut bench = pair();
    let third = bench.client();
    bench.contend(third, 1);
    bench.run(SECOND);
    bench.expire(1);
    bench.run(SECOND);
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(third, 1), "{:?}", bench.members());
    assert!(!bench.leads(1, 1));
}

#[test]
fn a_lost_create_reply_leaves_exactly_one_znode_and_no_second_create() {
    for standing in [0, 1] {
        let mut bench = Bench::new();
        bench.create(GROUP);
        for id in 0..standing {
            bench.client();
            bench.contend(id, 1);
            bench.run(SECOND);
        }
        let id = bench.client();
        bench.run(SECOND);
        bench.swallow_reply_of(op::CREATE2);
        bench.contend(id, 1);
        bench.run(T);
        assert_eq!(bench.seen.swallowed, 1);
        assert_eq!(bench.members().len(), standing + 1);
        assert_eq!(creates(&bench, id), 1, "adopted, not created again");
        assert_eq!(bench.leads(id, 1), standing == 0);
    }
}

#[test]
fn creates_that_were_lost_are_no_refusals() {
    let mut bench = Bench::new();
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    for lost in 0..12 {
        let sent = |w: &Bench| creates(w, 0) > lost;
        assert!(bench.run_while_not(2 * T, sent), "{lost}");
        bench.sever(0);
        bench.heal(0);
    }
    // The group's path is still missing: that can be repaired.
    bench.run(T);
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
}

#[test]
fn a_lost_create_reply_of_a_contender_that_withdraws_leaves_nothing() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.swallow_reply_of(op::CREATE2);
    bench.contend(0, 1);
    let call = bench.withdraw(0, 1);
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    assert!(bench.members().is_empty());
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
}

#[test]
fn two_lost_creates_of_one_client_keep_their_payloads() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.swallow_reply_of(op::CREATE2);
    bench.contend(0, 1);
    bench.contend(0, 2);
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    assert_eq!(bench.members().len(), 2);
    for handle in [1, 2] {
        let mut members = bench
            .contender_events(0, handle)
            .into_iter()
            .filter_map(|e| match e {
                ContenderEvent::Enrolled { member } => Some(member),
                _ => None,
            });
        let path = members.next().unwrap().path;
        let (data, _) = bench.world.ensemble.node(&path).unwrap();
        assert_eq!(data, format!("0/{handle}").into_bytes());
    }
}

#[test]
fn a_ghost_of_our_session_that_nobody_claims_is_deleted() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    // A create of the same session that the client did not send: its reply breaks the connection,
    // with the client's own create still unanswered.
    bench.inject(0, &ghost());
    bench.run(T);
    assert_eq!(bench.members().len(), 1, "{:?}", bench.members());
    assert!(bench.leads(0, 1));
    let (data, _) = bench
        .world
        .ensemble
        .node(&format!("{GROUP}/{}", bench.members()[0]))
        .unwrap();
    assert_eq!(data, b"0/1");
}

fn ghost() -> Request {
    Request::Create2 {
        path: format!("{GROUP}/c_"),
        data: b"ghost".to_vec(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    }
}

#[test]
fn a_stranger_at_the_own_path_is_not_taken_for_oneself() {
    let mut bench = pair();
    // The connection is given up and made again within the session.
    bench.cut(1);
    bench.delete("/group/c_0000000001");
    bench.create("/group/c_0000000001");
    let suspended = |w: &Bench| {
        let events = w.session_events(1);
        matches!(events.last(), Some(SessionEvent::Suspended { .. }))
    };
    assert!(bench.run_while_not(T, suspended));
    bench.heal(1);
    bench.run(2 * SECOND);
    let events = bench.contender_events(1, 1);
    let evicted = |e: &ContenderEvent| {
        matches!(
            e,
            ContenderEvent::Lost {
                reason: LostReason::Evicted,
                ..
            }
        )
    };
    assert!(events.iter().any(evicted), "{events:?}");
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(1, 1), "under its new name");
}

#[test]
fn a_lost_delete_reply_still_ends_the_withdrawal() {
    let mut bench = pair();
    bench.swallow_reply_of(op::DELETE);
    let call = bench.withdraw(0, 1);
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(bench.leads(1, 1));
    assert_eq!(bench.members().len(), 1);
}

#[test]
fn a_withdrawal_while_disconnected_removes_the_znode_of_the_same_session() {
    let mut bench = pair();
    bench.crash();
    bench.run(SECOND / 2);
    let call = bench.withdraw(0, 1);
    bench.run(SECOND / 2);
    assert!(!bench.seen.nodes[0].done.contains_key(&call));
    bench.restart();
    bench.run(2 * SECOND);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(bench.leads(1, 1));
}

#[test]
fn every_request_can_lose_its_reply_and_nothing_waits_for_ever() {
    for op in [
        op::CREATE2,
        op::EXISTS,
        op::GET_DATA,
        op::GET_CHILDREN2,
        op::DELETE,
    ] {
        let mut bench = pair();
        let watcher = bench.client();
        bench.detect(watcher, 9);
        bench.run(SECOND);
        bench.swallow_reply_of(op);
        bench.withdraw(0, 1);
        let third = bench.client();
        bench.contend(third, 1);
        bench.run(3 * T);
        assert_eq!(bench.seen.swallowed, 1, "op {op}");
        assert!(bench.leads(1, 1), "op {op}");
        assert_eq!(bench.members().len(), 2, "op {op}");
        let leader = bench.detector_events(watcher, 9).pop().unwrap();
        assert!(matches!(leader,
            DetectorEvent::Leader(l) if Some(l.member.token) == bench.token(1, 1)));
    }
}

#[test]
fn closing_while_the_server_is_away_ends_in_time_with_an_error() {
    let mut bench = pair();
    bench.crash();
    let call = bench.close(0);
    assert!(!bench.leads(0, 1));
    bench.run(T + SECOND);
    assert!(bench.seen.nodes[0].done[&call].is_err());
    assert!(bench.core(0).is_ended());
    let connects = bench.seen.nodes[0].connects;
    bench.run(3 * T);
    assert_eq!(bench.seen.nodes[0].connects, connects, "closed is closed");
}

#[test]
fn a_server_that_is_down_is_not_dialled_in_a_loop() {
    let mut bench = pair();
    bench.crash();
    let before = bench.seen.nodes[0].connects;
    bench.run(Duration::from_secs(60));
    let attempts = bench.seen.nodes[0].connects - before;
    assert!(
        (50..=130).contains(&attempts),
        "{attempts} attempts in a minute"
    );
}

#[test]
fn everything_heals_within_t_and_two_ticks() {
    let mut bench = pair();
    for id in 0..2 {
        bench.cut(id);
    }
    bench.run(5 * T);
    for id in 0..2 {
        bench.heal(id);
    }
    let agreed =
        |w: &Bench| (0..2).filter(|id| w.leads(*id, 1)).count() == 1 && w.members().len() == 2;
    assert!(bench.run_while_not(T + SECOND, agreed));
}

#[test]
fn two_contenders_of_one_client_stand_one_behind_the_other() {
    let mut bench = Bench::new();
    bench.client();
    bench.contend(0, 1);
    bench.contend(0, 2);
    bench.run(SECOND);
    assert!(bench.leads(0, 1) && !bench.leads(0, 2));
    bench.command(0, Command::Drop { handle: Handle(1) });
    bench.run(SECOND);
    assert!(bench.leads(0, 2));
}

#[test]
fn a_withdrawal_of_a_create_that_never_arrived_does_not_create() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    bench.crash();
    let call = bench.withdraw(0, 1);
    bench.run(SECOND / 2);
    bench.restart();
    bench.run(T);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(false)));
    assert_eq!(creates(&bench, 0), 1);
    assert!(bench.members().is_empty());
}

#[test]
fn an_ensemble_that_was_emptied_is_accepted_after_a_while() {
    let mut bench = pair();
    bench.crash();
    bench.run(SECOND);
    bench.replace_server();
    let leads = |w: &Bench| w.leads(0, 1) || w.leads(1, 1);
    bench.run(T * 5 / 6);
    assert!(
        bench.world.ensemble.sessions().is_empty(),
        "not by the first refusals"
    );
    assert!(bench.run_while_not(4 * T, leads));
    bench.run(T);
    assert_eq!(bench.members().len(), 2);
}

#[test]
fn f20_a_token_that_fell_with_its_ensemble_is_reported_by_those_who_saw_the_old_one() {
    let mut bench = Bench::new();
    for n in 0..50 {
        bench.create(&format!("/transaction-{n}"));
    }
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    bench.client();
    bench.detect(2, 1);
    bench.run(SECOND);
    let old = match bench.detector_events(2, 1).last() {
        Some(DetectorEvent::Leader(leader)) => leader.member.token,
        other => panic!("{other:?}"),
    };
    bench.crash();
    bench.run(SECOND);
    bench.replace_server();
    bench.run(6 * T);
    let fell = |event: &DetectorEvent| match event {
        DetectorEvent::TokenFell { member, before } => Some((member.token, *before)),
        _ => None,
    };
    let events = bench.detector_events(2, 1);
    let found: Vec<_> = events.iter().filter_map(fell).collect();
    assert_eq!(found.len(), 1, "{events:?}");
    assert_eq!(found[0].1, old);
    // It comes before the leader that it is about.
    let at = events
        .iter()
        .position(|event| fell(event).is_some())
        .unwrap();
    match &events[at + 1] {
        DetectorEvent::Leader(leader) => assert_eq!(leader.member.token, found[0].0),
        other => panic!("{other:?}"),
    }
    for id in 0..2 {
        let events = bench.contender_events(id, 1);
        let fell = |event: &&ContenderEvent| matches!(event, ContenderEvent::TokenFell { member, before } if member.token < old && *before >= old);
        assert_eq!(events.iter().filter(fell).count(), 1, "{events:?}");
    }
}

#[test]
fn f20_tokens_that_rise_are_not_reported() {
    let mut bench = pair();
    bench.client();
    bench.detect(2, 1);
    bench.run(SECOND);
    for _ in 0..3 {
        let first = bench.members().into_iter().min().unwrap();
        bench.delete(&format!("{GROUP}/{first}"));
        bench.run(T);
    }
    let fell = |event: &DetectorEvent| matches!(event, DetectorEvent::TokenFell { .. });
    let events = bench.detector_events(2, 1);
    assert!(events.len() > 3 && !events.iter().any(fell), "{events:?}");
}

/// A contender behind another, ended after `delay` by `end`, while everything that is under way
/// continues.
fn ended_after(delay: Duration, missing: bool, end: impl Fn(&mut Bench)) -> Bench {
    let mut bench = Bench::new();
    if !missing {
        bench.client();
        bench.contend(0, 1);
        bench.run(SECOND);
    } else {
        bench.client();
    }
    bench.client();
    bench.contend(1, 1);
    bench.run(delay);
    end(&mut bench);
    bench.run(2 * T);
    bench
}

#[test]
fn closing_and_withdrawing_at_every_step_leaves_nothing() {
    // From before the connection to long after the rank is known, in halves of a one-way trip.
    for step in 0..40 {
        let delay = crate::bench::DELAY * step / 2;
        for missing in [false, true] {
            let closed = ended_after(delay, missing, |bench| {
                bench.close(1);
            });
            let withdrawn = ended_after(delay, missing, |bench| {
                bench.withdraw(1, 1);
            });
            let dropped = ended_after(delay, missing, |bench| {
                bench.command(1, Command::Drop { handle: Handle(1) });
            });
            for bench in [&closed, &withdrawn, &dropped] {
                let expected = usize::from(!missing);
                assert_eq!(bench.members().len(), expected, "after {delay:?}");
                assert!(!bench.leads(1, 1));
                assert!(bench.seen.nodes[1].done.values().all(Result::is_ok));
            }
            assert!(closed.core(1).is_ended());
            let [machines, seats, watchers] = dropped.core(1).footprint();
            assert_eq!([machines, seats], [0, 0], "after {delay:?}");
            assert_eq!(watchers, 0, "after {delay:?}");
        }
    }
}
