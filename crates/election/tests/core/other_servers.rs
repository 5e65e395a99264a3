//! Servers that speak ZooKeeper's protocol and end sessions by rules of their own: ClickHouse Keeper and
//! RaftKeeper.

use crate::bench::{Bench, DELAY, GROUP};
use std::time::Duration;
use tenure_election::{
    Answer, Call, Command, ContenderEvent, ContenderSpec, DetectorEvent, ErrorKind, ExpiredBy,
    GUARD_MAX, GroupEvent, Handle, LeasePolicy, LostReason, ServerKind, SessionEvent,
};
use tenure_model::{ModelOptions, Personality};
use tenure_proto::op;
use tenure_worlds::span;

const SECOND: Duration = Duration::from_secs(1);
/// The shortest session timeout that Keeper grants.
const T: Duration = Duration::from_secs(10);
const G: Handle = Handle(7);
const OTHERS: [Personality; 3] = [
    Personality::Keeper,
    Personality::OldKeeper,
    Personality::RaftKeeper,
];
const KEEPERS: [Personality; 2] = [Personality::Keeper, Personality::OldKeeper];

fn server(personality: Personality) -> Bench {
    let mut bench = Bench::with(ModelOptions {
        personality,
        ..ModelOptions::default()
    });
    bench.create(GROUP);
    bench
}

fn spec() -> ContenderSpec {
    ContenderSpec {
        label: Some("c".into()),
        policy: LeasePolicy::Guarded,
        lease: Some(SECOND),
        ..ContenderSpec::new(GROUP)
    }
}

/// Clients that contend one after another; the first one leads.
fn contenders(personality: Personality, count: usize) -> Bench {
    let mut bench = server(personality);
    for id in 0..count {
        bench.client_with(T, None);
        bench.contend_as(id, 1, spec());
        bench.run(SECOND);
    }
    bench.run(GUARD_MAX);
    assert!(bench.leads(0, 1), "{:?}", bench.contender_events(0, 1));
    bench
}

/// No operation was sent at which these servers hang up, and each client has connected so often.
fn is_spared(bench: &Bench, connects: &[usize]) {
    for (id, connects) in connects.iter().enumerate() {
        for unknown in [op::CREATE2, op::GET_EPHEMERALS] {
            assert_eq!(bench.count_sent(id, unknown), 0, "{id}: {unknown}");
        }
        assert_eq!(bench.seen.nodes[id].connects, *connects, "{id}");
    }
}

#[test]
fn the_client_says_which_kind_of_server_it_has() {
    for kind in Personality::ALL {
        let mut bench = server(kind);
        bench.client_with(T, None);
        bench.run(SECOND);
        let expected = match kind {
            Personality::ZooKeeper => ServerKind::ZooKeeper,
            _ => ServerKind::Other,
        };
        let told = bench.session_events(0).into_iter().find_map(|e| match e {
            SessionEvent::Connected { server, .. } => Some(server),
            _ => None,
        });
        assert_eq!(told, Some(expected), "{kind:?}");
    }
}

#[test]
fn a_lease_that_rests_on_sessions_of_zookeeper_is_refused() {
    for kind in OTHERS {
        for policy in [LeasePolicy::Verified, LeasePolicy::Strict] {
            let mut bench = server(kind);
            bench.client_with(T, None);
            bench.contend_as(0, 1, ContenderSpec { policy, ..spec() });
            bench.run(SECOND);
            let [LostReason::Failed(error)] = &bench.losses(0, 1)[..] else {
                panic!("{kind:?}: {:?}", bench.contender_events(0, 1));
            };
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let text = error.message();
            assert!(text.contains("not Apache ZooKeeper"), "{text}");
            assert!(text.contains("choose the policy `guarded`"), "{text}");
            assert_eq!(bench.members(), [""; 0]);
        }
    }
}

#[test]
fn leaders_follow_one_another_and_no_connection_is_lost() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 3);
        bench.run(10 * T);
        for id in 0..2 {
            let before = bench.token(id, 1).unwrap();
            bench.withdraw(id, 1);
            let released = format!("tenure 1 released {before} 1000 0 0");
            assert!(bench.run_while_not(SECOND, |b| b.mark() == released));
            let start = bench.now();
            assert!(bench.run_while_not(T, |b| b.leads(id + 1, 1)), "{kind:?}");
            let took = bench.now().since(start);
            assert!(took <= 10 * DELAY, "{kind:?}: {took:?}");
            assert!(bench.token(id + 1, 1).unwrap() > before);
        }
        is_spared(&bench, &[1; 3]);
    }
}

#[test]
fn a_silent_leader_is_replaced_in_time() {
    for kind in OTHERS {
        let within = 2 * SECOND;
        let mut bench = server(kind);
        for id in 0..2 {
            bench.client_with(T, None);
            let spec = ContenderSpec {
                lease: None,
                fail_over: Some(within),
                ..spec()
            };
            bench.contend_as(id, 1, spec);
            bench.run(SECOND);
        }
        bench.run(GUARD_MAX);
        assert!(bench.leads(0, 1), "{kind:?}");
        bench.cut(0);
        assert!(bench.run_while_not(within, |b| b.leads(1, 1)), "{kind:?}");
    }
}

/// These servers cannot reattach a session.
#[test]
fn a_lost_connection_ends_the_session_at_once_and_the_client_removes_its_old_znode() {
    for kind in KEEPERS {
        let mut bench = contenders(kind, 2);
        let (session, token) = (bench.session(0), bench.token(0, 1).unwrap());
        bench.hang_up(0);
        let released = format!("tenure 1 released {token} 1000 0 0");
        assert!(bench.run_while_not(SECOND, |b| b.mark() == released));
        assert_eq!(bench.losses(0, 1), [LostReason::SessionExpired]);
        let expired =
            |event| matches!(event, SessionEvent::Expired { by } if by == ExpiredBy::Server);
        assert!(bench.session_events(0).into_iter().any(expired));
        assert_ne!(bench.session(0), session);
        // The old session still lives there.
        assert!(bench.world.ensemble.sessions().contains(&session));
        let first = "c_0000000000".to_owned();
        assert!(!bench.members().contains(&first));
        let released = bench.now();
        assert!(bench.run_while_not(T, |b| b.leads(1, 1)));
        let took = bench.now().since(released);
        assert!(took <= 8 * DELAY, "{kind:?}: {took:?}");
        bench.run(2 * T);
        assert_eq!(bench.members().len(), 2, "it contends again");
        is_spared(&bench, &[2, 1]);
    }
}

#[test]
fn a_leader_that_is_reattached_leads_on() {
    let mut bench = contenders(Personality::RaftKeeper, 2);
    let (session, token) = (bench.session(0), bench.token(0, 1));
    bench.hang_up(0);
    let is_back = |bench: &Bench| bench.seen.nodes[0].connects == 2;
    assert!(bench.run_while_not(SECOND, is_back));
    bench.run(2 * T);
    assert_eq!(bench.token(0, 1), token);
    assert_eq!(bench.session(0), session);
    assert_eq!(bench.losses(0, 1), []);
    let last = bench.contender_events(0, 1).pop();
    assert!(
        matches!(last, Some(ContenderEvent::Leading { .. })),
        "{last:?}"
    );
    is_spared(&bench, &[2, 1]);
}

/// What is asked while there is no connection is done by the next session.
#[test]
fn a_leader_that_withdraws_without_a_connection_releases_its_mark_later() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 2);
        let token = bench.token(0, 1).unwrap();
        bench.sever(0);
        let call = bench.withdraw(0, 1);
        bench.heal(0);
        let released = format!("tenure 1 released {token} 1000 0 0");
        assert!(
            bench.run_while_not(T / 2, |b| b.mark() == released),
            "{kind:?}"
        );
        bench.run(SECOND);
        assert!(bench.leads(1, 1), "{kind:?}");
        let done = &bench.seen.nodes[0].done[&call];
        assert_eq!(*done, Ok(Answer::Removed(true)), "{kind:?}");
        assert_eq!(bench.members().len(), 1, "{kind:?}");
    }
}

#[test]
fn a_client_that_was_away_for_long_contends_by_another_session() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 2);
        let session = bench.session(0);
        bench.cut(0);
        assert!(bench.run_while_not(2 * T, |b| b.leads(1, 1)), "{kind:?}");
        bench.run(2 * T);
        assert_eq!(bench.members().len(), 1, "{kind:?}");
        bench.heal(0);
        bench.run(2 * T);
        assert_ne!(bench.session(0), session, "{kind:?}");
        // The session that it is granted instead of the old one is put to use.
        assert_eq!(bench.count_sent(0, op::CLOSE_SESSION), 0, "{kind:?}");
        assert_eq!(bench.members().len(), 2, "{kind:?}");
        assert!(bench.leads(1, 1), "{kind:?}");
    }
}

/// The servers end sessions by a clock that can be set. After each step there is at most one leader.
#[test]
fn a_clock_that_jumps_forwards_ends_sessions_and_the_next_leader_waits() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 2);
        let sessions = bench.world.ensemble.sessions();
        let token = bench.token(0, 1).unwrap();
        // Just before the server looks for overdue sessions, so that no request saves them.
        bench.run(Duration::from_millis(499));
        let now = span(bench.world.now);
        bench.world.ensemble.step_wall_clock(0, 3_600_000, now);
        let start = bench.now();
        let leads_anew = |b: &Bench| [0, 1].iter().any(|id| b.token(*id, 1) > Some(token));
        assert!(bench.run_while_not(T, leads_anew), "{kind:?}");
        assert!(bench.now().since(start) > SECOND, "{kind:?}");
        let alive = bench.world.ensemble.sessions();
        assert!(sessions.iter().all(|id| !alive.contains(id)), "{kind:?}");
        bench.run(2 * T);
        assert_eq!(bench.members().len(), 2, "{kind:?}");
    }
}

#[test]
fn a_create_whose_answer_is_lost_leaves_one_member() {
    for kind in OTHERS {
        let mut bench = server(kind);
        bench.client_with(T, None);
        bench.run(SECOND);
        bench.swallow_reply_of(op::CREATE);
        bench.contend_as(0, 1, spec());
        bench.run(3 * T);
        assert_eq!(bench.seen.swallowed, 1, "{kind:?}");
        assert_eq!(bench.members().len(), 1, "{kind:?}");
        assert!(bench.leads(0, 1), "{kind:?}");
        is_spared(&bench, &[2]);
    }
}

#[test]
fn detectors_and_groups_work() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 2);
        bench.client_with(T, None);
        bench.detect(2, 1);
        let path = GROUP.to_owned();
        bench.command(2, Command::Group { handle: G, path });
        bench.command(2, Command::Watch { handle: G });
        let join = bench.with_call(2, |call| Command::Call {
            handle: G,
            call,
            what: Call::Join {
                label: Some("m".into()),
                data: b"payload".to_vec(),
            },
        });
        bench.run(SECOND);
        let Ok(Answer::Joined(member)) = bench.seen.nodes[2].done[&join].clone() else {
            panic!("{kind:?}: {:?}", bench.seen.nodes[2].done[&join]);
        };
        let list = bench.with_call(2, |call| Command::Call {
            handle: G,
            call,
            what: Call::Members,
        });
        bench.run(SECOND);
        bench.withdraw(0, 1);
        bench.run(SECOND);
        let Ok(Answer::Members(members)) = &bench.seen.nodes[2].done[&list] else {
            panic!("{kind:?}: {:?}", bench.seen.nodes[2].done[&list]);
        };
        assert_eq!(members.len(), 3, "{kind:?}");
        assert_eq!(members[2], member);
        let leaders = bench.detector_events(2, 1);
        let leader = leaders.last();
        let Some(DetectorEvent::Leader(leader)) = leader else {
            panic!("{kind:?}: {leader:?}");
        };
        assert_eq!(Some(leader.member.token), bench.token(1, 1), "{kind:?}");
        let views = bench.group_events(2, G.0);
        let view = views.last();
        let Some(GroupEvent::Members(view)) = view else {
            panic!("{kind:?}: {view:?}");
        };
        assert_eq!(view.len(), 2, "{kind:?}");
        is_spared(&bench, &[1; 3]);
    }
}

/// The server hangs up instead of an answer.
#[test]
fn the_end_of_a_session_needs_no_answer() {
    for kind in OTHERS {
        let mut bench = contenders(kind, 1);
        let (session, token) = (bench.session(0), bench.token(0, 1).unwrap());
        let call = bench.close(0);
        bench.run(20 * DELAY);
        let done = bench.seen.nodes[0].done.get(&call);
        assert_eq!(done, Some(&Ok(Answer::Closed)), "{kind:?}");
        assert!(!bench.world.ensemble.sessions().contains(&session));
        assert_eq!(bench.mark(), format!("tenure 1 released {token} 1000 0 0"));
        is_spared(&bench, &[1]);
    }
}

#[test]
fn a_lease_that_is_too_short_for_the_commits_is_named_once() {
    for personality in OTHERS {
        let mut bench = server(personality);
        bench.set_reply_delay(Duration::from_millis(80));
        bench.client_with(T, None);
        let lease = Some(Duration::from_millis(100));
        bench.contend_as(0, 1, ContenderSpec { lease, ..spec() });
        bench.run(GUARD_MAX + 5 * T);
        assert!(!bench.leads(0, 1));
        let blocks = bench.blocks(0, 1);
        assert_eq!(blocks.len(), 1, "{personality:?}: {blocks:?}");
        assert_eq!(blocks[0].kind(), ErrorKind::Timeout);
        let text = blocks[0].message();
        assert!(
            text.contains("a lease of 100ms needs commits within 62ms"),
            "{text}"
        );
        assert!(text.contains("a longer `lease`"), "{text}");
    }
}
