//! What becomes of a lease, a znode and a request when the world goes wrong.

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::{
    Answer, Command, ContenderEvent, Event, ExpiredBy, Handle, LeasePolicy, LostReason, Reenrol,
    SessionEvent, Time,
};
use tenure::proto::{Acl, CreateMode, Request, op};

const SECOND: Duration = Duration::from_secs(1);

fn pair() -> World {
    let mut world = World::new();
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    world
}

fn lost_at(world: &World, node: usize) -> Option<Time> {
    world.time_of(node, |e| {
        matches!(
            e,
            Event::Contender(ContenderEvent::Lost {
                led_until: Some(_),
                ..
            })
        )
    })
}

fn led_at(world: &World, node: usize) -> Option<Time> {
    world.time_of(node, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    })
}

fn creates(world: &World, node: usize) -> usize {
    let sent = &world.nodes[node].sent;
    sent.iter().filter(|r| r.op() == op::CREATE2).count()
}

#[test]
fn a_leader_in_a_black_hole_is_told_before_its_successor_leads() {
    let mut world = pair();
    world.cut(0);
    let cut = world.now;
    assert!(world.run_while_not(3 * T, |w| w.leads(1, 1)));
    let jeopardy = world
        .time_of(0, |e| {
            matches!(e, Event::Contender(ContenderEvent::Jeopardy { .. }))
        })
        .unwrap();
    let (lost, led) = (lost_at(&world, 0).unwrap(), led_at(&world, 1).unwrap());
    assert!(cut < jeopardy && jeopardy < lost && lost < led);
    let until = |e: &ContenderEvent| match e {
        ContenderEvent::Lost { led_until, .. } => *led_until,
        _ => None,
    };
    let until = world.contender_events(0, 1).iter().find_map(until);
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
    let mut world = pair();
    world.run(3 * T);
    let sent = |world: &World| world.nodes[0].sent.len();
    let before = sent(&world);
    assert!(world.run_while_not(T, |w| sent(w) > before));
    let at = world.now.as_nanos();
    world.run(10 * crate::world::DELAY);
    // Proofs go each half second, and are answered within 2 ms. P₂ was sent 1 s ago; R is
    // T/4 + 100 ms, 1.6 s, so it relies on the proof before the one that was sent 2 s before it.
    let end = Duration::from_nanos(at) - 7 * SECOND / 2 + T * 949 / 1000;
    assert_eq!(
        world.nodes[0].leases.get(Handle(1)).unwrap().end.as_nanos(),
        u64::try_from(end.as_nanos()).unwrap()
    );
}

#[test]
fn a_stopped_leader_does_not_lead_when_it_wakes() {
    let mut world = pair();
    world.pause(0);
    world.run(3 * T);
    assert!(world.leads(1, 1));
    assert!(
        !world.leads(0, 1),
        "before it has run a single instruction of ours"
    );
    world.resume(0);
    world.run(T);
    assert!(!world.leads(0, 1) && world.leads(1, 1));
    let members = world.members();
    assert_eq!(members.len(), 2, "it stands again, behind: {members:?}");
}

#[test]
fn answers_that_are_read_too_late_renew_nothing() {
    let mut world = pair();
    // A ping is answered while the process is stopped; the answer waits in its socket.
    assert!(world.run_while_not(T, |w| w.nodes[0].sent.len() % 2 == 1));
    world.pause(0);
    world.run(T * 5 / 6);
    world.resume(0);
    let lost = lost_at(&world, 0);
    assert!(lost.is_some(), "its lease had ended by its own clock");
    world.run(2 * T);
    let leaders = (0..2).filter(|id| world.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn a_lapsed_candidacy_is_dead_even_if_the_session_lives() {
    let mut world = pair();
    let token = world.token(0, 1).unwrap();
    world.cut(0);
    assert!(world.run_while_not(T, |w| lost_at(w, 0).is_some()));
    world.heal(0);
    world.run(2 * T);
    assert!(
        world.leads(1, 1),
        "the znode of the lapsed candidacy must go"
    );
    assert_ne!(world.token(0, 1), Some(token));
    assert_eq!(world.members().len(), 2);
}

#[test]
fn a_short_cut_keeps_leader_and_token() {
    let mut world = pair();
    let (token, session) = (world.token(0, 1), world.session(0));
    world.crash();
    world.run(SECOND / 2);
    world.restart();
    world.run(T);
    assert_eq!(world.token(0, 1), token);
    assert_eq!(world.session(0), session);
    let events = world.contender_events(0, 1);
    assert!(matches!(
        events[events.len() - 2],
        ContenderEvent::Jeopardy { .. }
    ));
    assert!(matches!(
        events[events.len() - 1],
        ContenderEvent::Leading { .. }
    ));
    assert_eq!(
        creates(&world, 0),
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
        let mut world = World::new();
        world.client();
        world.contend_with(0, 1, policy, Reenrol::Always);
        world.run(2 * T);
        let token = world.token(0, 1).unwrap();
        world.crash();
        world.run(SECOND / 10);
        assert_eq!(world.leads(0, 1), at_once, "{policy:?}, disconnected");
        // After the longest lease, before the session is over.
        world.run(T * 7 / 12);
        assert_eq!(world.leads(0, 1), late, "{policy:?}, later");
        world.restart();
        world.run(T);
        assert_eq!(world.token(0, 1) == Some(token), late, "{policy:?}, again");
        assert!(world.leads(0, 1));
    }
}

#[test]
fn an_ensemble_that_is_gone_for_longer_than_t_leaves_no_ghost_when_it_returns() {
    let mut world = pair();
    let watcher = world.client();
    world.detect(watcher, 9);
    world.run(SECOND);
    world.crash();
    world.run(3 * T);
    assert!((0..2).all(|id| !world.leads(id, 1)));
    for id in 0..2 {
        let expired = SessionEvent::Expired {
            by: ExpiredBy::LocalTimeout,
        };
        assert!(world.session_events(id).contains(&expired));
    }
    world.restart();
    // The server gives the old sessions a whole new T; they are closed long before that.
    assert!(world.run_while_not(T / 2, |w| w.leads(0, 1) || w.leads(1, 1)));
    assert!(world.run_while_not(T / 2, |w| w.members().len() == 2));
    let leader = (0..2).find_map(|id| world.token(id, 1));
    world.run(SECOND);
    let seen = world.detector_events(watcher, 9);
    assert!(matches!(seen.last(),
        Some(tenure::core::DetectorEvent::Leader(l)) if Some(l.member.token) == leader));
}

#[test]
fn an_expired_session_is_replaced_and_its_old_znode_never_claimed() {
    let mut world = pair();
    let old = world.session(0);
    world.expire(0);
    world.run(SECOND);
    assert_ne!(world.session(0), old);
    assert!(world.leads(1, 1));
    let events = world.contender_events(0, 1);
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
    let mut world = pair();
    let third = world.client();
    world.contend(third, 1);
    world.run(SECOND);
    world.expire(1);
    world.run(SECOND);
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(third, 1), "{:?}", world.members());
    assert!(!world.leads(1, 1));
}

#[test]
fn a_lost_create_reply_leaves_exactly_one_znode_and_no_second_create() {
    for standing in [0, 1] {
        let mut world = World::new();
        world.create(GROUP);
        for id in 0..standing {
            world.client();
            world.contend(id, 1);
            world.run(SECOND);
        }
        let id = world.client();
        world.run(SECOND);
        world.swallow_reply_of = Some(op::CREATE2);
        world.contend(id, 1);
        world.run(T);
        assert_eq!(world.swallowed, 1);
        assert_eq!(world.members().len(), standing + 1);
        assert_eq!(creates(&world, id), 1, "adopted, not created again");
        assert_eq!(world.leads(id, 1), standing == 0);
    }
}

#[test]
fn creates_that_were_lost_are_no_refusals() {
    let mut world = World::new();
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    for lost in 0..12 {
        let sent = |w: &World| creates(w, 0) > lost;
        assert!(world.run_while_not(2 * T, sent), "{lost}");
        world.sever(0);
        world.heal(0);
    }
    // The group's path is still missing: that can be mended.
    world.run(T);
    assert!(world.leads(0, 1), "{:?}", world.contender_events(0, 1));
}

#[test]
fn a_lost_create_reply_of_a_contender_that_withdraws_leaves_nothing() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.swallow_reply_of = Some(op::CREATE2);
    world.contend(0, 1);
    let call = world.withdraw(0, 1);
    world.run(T);
    assert_eq!(world.swallowed, 1);
    assert!(world.members().is_empty());
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(true)));
}

#[test]
fn two_lost_creates_of_one_client_keep_their_payloads() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.swallow_reply_of = Some(op::CREATE2);
    world.contend(0, 1);
    world.contend(0, 2);
    world.run(T);
    assert_eq!(world.swallowed, 1);
    assert_eq!(world.members().len(), 2);
    for handle in [1, 2] {
        let mut members = world
            .contender_events(0, handle)
            .into_iter()
            .filter_map(|e| match e {
                ContenderEvent::Enrolled { member } => Some(member),
                _ => None,
            });
        let path = members.next().unwrap().path;
        let (data, _) = world.model.node(&path).unwrap();
        assert_eq!(data, format!("0/{handle}").into_bytes());
    }
}

#[test]
fn a_ghost_of_our_session_that_nobody_claims_is_deleted() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    // A create of the same session that the client does not know of: its reply breaks the
    // connection, with the client's own create still unanswered.
    world.inject(0, &ghost());
    world.run(T);
    assert_eq!(world.members().len(), 1, "{:?}", world.members());
    assert!(world.leads(0, 1));
    let (data, _) = world
        .model
        .node(&format!("{GROUP}/{}", world.members()[0]))
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
    let mut world = pair();
    // The connection is given up and made again within the session.
    world.cut(1);
    world.delete("/group/c_0000000001");
    world.create("/group/c_0000000001");
    let suspended = |w: &World| {
        let events = w.session_events(1);
        matches!(events.last(), Some(SessionEvent::Suspended { .. }))
    };
    assert!(world.run_while_not(T, suspended));
    world.heal(1);
    world.run(2 * SECOND);
    let events = world.contender_events(1, 1);
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
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(1, 1), "under its new name");
}

#[test]
fn a_lost_delete_reply_still_ends_the_withdrawal() {
    let mut world = pair();
    world.swallow_reply_of = Some(op::DELETE);
    let call = world.withdraw(0, 1);
    world.run(T);
    assert_eq!(world.swallowed, 1);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(world.leads(1, 1));
    assert_eq!(world.members().len(), 1);
}

#[test]
fn a_withdrawal_while_disconnected_removes_the_znode_of_the_same_session() {
    let mut world = pair();
    world.crash();
    world.run(SECOND / 2);
    let call = world.withdraw(0, 1);
    world.run(SECOND / 2);
    assert!(!world.nodes[0].done.contains_key(&call));
    world.restart();
    world.run(2 * SECOND);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(world.leads(1, 1));
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
        let mut world = pair();
        let watcher = world.client();
        world.detect(watcher, 9);
        world.run(SECOND);
        world.swallow_reply_of = Some(op);
        world.withdraw(0, 1);
        let third = world.client();
        world.contend(third, 1);
        world.run(3 * T);
        assert_eq!(world.swallowed, 1, "op {op}");
        assert!(world.leads(1, 1), "op {op}");
        assert_eq!(world.members().len(), 2, "op {op}");
        let leader = world.detector_events(watcher, 9).pop().unwrap();
        assert!(matches!(leader,
            tenure::core::DetectorEvent::Leader(l) if Some(l.member.token) == world.token(1, 1)));
    }
}

#[test]
fn closing_while_the_server_is_away_ends_in_time_with_an_error() {
    let mut world = pair();
    world.crash();
    let call = world.close(0);
    assert!(!world.leads(0, 1));
    world.run(T + SECOND);
    assert!(world.nodes[0].done[&call].is_err());
    assert!(world.nodes[0].core.is_ended());
    let connects = world.nodes[0].connects;
    world.run(3 * T);
    assert_eq!(world.nodes[0].connects, connects, "closed is closed");
}

#[test]
fn a_server_that_is_down_is_not_dialled_in_a_loop() {
    let mut world = pair();
    world.crash();
    let before = world.nodes[0].connects;
    world.run(Duration::from_secs(60));
    let attempts = world.nodes[0].connects - before;
    assert!(
        (50..=130).contains(&attempts),
        "{attempts} attempts in a minute"
    );
}

#[test]
fn everything_heals_within_t_and_two_ticks() {
    let mut world = pair();
    for id in 0..2 {
        world.cut(id);
    }
    world.run(5 * T);
    for id in 0..2 {
        world.heal(id);
    }
    let agreed =
        |w: &World| (0..2).filter(|id| w.leads(*id, 1)).count() == 1 && w.members().len() == 2;
    assert!(world.run_while_not(T + SECOND, agreed));
}

#[test]
fn two_contenders_of_one_client_stand_one_behind_the_other() {
    let mut world = World::new();
    world.client();
    world.contend(0, 1);
    world.contend(0, 2);
    world.run(SECOND);
    assert!(world.leads(0, 1) && !world.leads(0, 2));
    world.command(0, Command::Drop { handle: Handle(1) });
    world.run(SECOND);
    assert!(world.leads(0, 2));
}

#[test]
fn a_withdrawal_of_a_create_that_never_arrived_does_not_create() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    world.crash();
    let call = world.withdraw(0, 1);
    world.run(SECOND / 2);
    world.restart();
    world.run(T);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(false)));
    assert_eq!(creates(&world, 0), 1);
    assert!(world.members().is_empty());
}

#[test]
fn an_ensemble_that_was_emptied_is_accepted_after_a_while() {
    let mut world = pair();
    world.crash();
    world.run(SECOND);
    world.replace_server();
    let leads = |w: &World| w.leads(0, 1) || w.leads(1, 1);
    world.run(T * 5 / 6);
    assert!(
        world.model.sessions().is_empty(),
        "not by the first refusals"
    );
    assert!(world.run_while_not(4 * T, leads));
    world.run(T);
    assert_eq!(world.members().len(), 2);
}

/// A contender behind another, ended after `delay` by `end`, while everything that is under way
/// goes on.
fn ended_after(delay: Duration, missing: bool, end: impl Fn(&mut World)) -> World {
    let mut world = World::new();
    if !missing {
        world.client();
        world.contend(0, 1);
        world.run(SECOND);
    } else {
        world.client();
    }
    world.client();
    world.contend(1, 1);
    world.run(delay);
    end(&mut world);
    world.run(2 * T);
    world
}

#[test]
fn closing_and_withdrawing_at_every_step_leaves_nothing() {
    // From before the connection to long after the rank is known, in halves of a one-way trip.
    for step in 0..40 {
        let delay = crate::world::DELAY * step / 2;
        for missing in [false, true] {
            let closed = ended_after(delay, missing, |world| {
                world.close(1);
            });
            let withdrawn = ended_after(delay, missing, |world| {
                world.withdraw(1, 1);
            });
            let dropped = ended_after(delay, missing, |world| {
                world.command(1, Command::Drop { handle: Handle(1) });
            });
            for world in [&closed, &withdrawn, &dropped] {
                let expected = usize::from(!missing);
                assert_eq!(world.members().len(), expected, "after {delay:?}");
                assert!(!world.leads(1, 1));
                assert!(world.nodes[1].done.values().all(Result::is_ok));
            }
            assert!(closed.nodes[1].core.is_ended());
            let [machines, seats, watchers] = dropped.nodes[1].core.footprint();
            assert_eq!([machines, seats], [0, 0], "after {delay:?}");
            assert_eq!(watchers, 0, "after {delay:?}");
        }
    }
}
