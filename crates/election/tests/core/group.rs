//! Groups: memberships, questions, and the standing view.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
    Answer, Call, CallId, Command, Event, GroupEvent, Handle, LostReason, Member,
};
use tenure_proto::op;

const SECOND: Duration = Duration::from_secs(1);
const G: Handle = Handle(3);

fn open(bench: &mut Bench) -> usize {
    let id = bench.client();
    let path = GROUP.into();
    bench.command(id, Command::Group { handle: G, path });
    id
}

fn join(bench: &mut Bench, node: usize, data: &str) -> CallId {
    let data = data.as_bytes().to_vec();
    bench.with_call(node, |call| Command::Call {
        handle: G,
        call,
        what: Call::Join {
            label: Some("m_x".into()),
            data,
        },
    })
}

fn joined(bench: &Bench, node: usize, call: CallId) -> Member {
    match &bench.seen.nodes[node].done[&call] {
        Ok(Answer::Joined(member)) => member.clone(),
        other => panic!("{other:?}"),
    }
}

fn cancel(bench: &mut Bench, node: usize, member: &Member) -> CallId {
    let path = member.path.clone();
    bench.with_call(node, |call| Command::Call {
        handle: G,
        call,
        what: Call::Cancel { path },
    })
}

fn events(bench: &Bench, node: usize) -> Vec<GroupEvent> {
    let of = |(_, _, event): &(_, Handle, Event)| match event {
        Event::Group(event) => Some(event.clone()),
        _ => None,
    };
    bench.seen.nodes[node].log.iter().filter_map(of).collect()
}

#[test]
fn join_data_members_cancel() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let call = join(&mut bench, id, "hello bench");
    bench.run(SECOND);
    let member = joined(&bench, id, call);
    // A label that contains '_' is read back whole.
    assert_eq!(member.label.as_deref(), Some("m_x"));
    let members = bench.with_call(id, |call| Command::Call {
        handle: G,
        call,
        what: Call::Members,
    });
    let path = member.path.clone();
    let data = bench.with_call(id, |call| Command::Call {
        handle: G,
        call,
        what: Call::Data { path },
    });
    bench.run(SECOND);
    let done = &bench.seen.nodes[id].done;
    assert_eq!(done[&members], Ok(Answer::Members(vec![member.clone()])));
    assert_eq!(done[&data], Ok(Answer::Data(Some(b"hello bench".to_vec()))));
    let first = cancel(&mut bench, id, &member);
    bench.run(SECOND);
    let second = cancel(&mut bench, id, &member);
    let path = member.path.clone();
    let data = bench.with_call(id, |call| Command::Call {
        handle: G,
        call,
        what: Call::Data { path },
    });
    bench.run(SECOND);
    let done = &bench.seen.nodes[id].done;
    assert_eq!(done[&first], Ok(Answer::Removed(true)));
    assert_eq!(done[&second], Ok(Answer::Removed(false)));
    assert_eq!(done[&data], Ok(Answer::Data(None)));
    assert!(bench.members().is_empty());
}

/// marathon#5525.
#[test]
fn f16_members_of_another_recipe_are_counted_and_named_on_request() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let ask = |bench: &mut Bench| {
        let call = bench.with_call(id, |call| Command::Call {
            handle: G,
            call,
            what: Call::Strangers,
        });
        bench.run(SECOND);
        match &bench.seen.nodes[id].done[&call] {
            Ok(Answer::Strangers(found)) => found.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask(&mut bench), None);
    bench.create(GROUP);
    bench.create(&format!("{GROUP}/log_replicas"));
    join(&mut bench, id, "a member");
    assert_eq!(ask(&mut bench), None);
    bench.create(&format!("{GROUP}/latch-0000000007"));
    let found = ask(&mut bench).expect("a stranger");
    assert_eq!((found.count, found.recipe), (1, "Curator LeaderLatch"));
    assert_eq!(found.example, "latch-0000000007");
}

#[test]
fn the_view_tells_of_every_change_in_order_of_birth() {
    let mut bench = Bench::new();
    let watcher = open(&mut bench);
    bench.command(watcher, Command::Watch { handle: G });
    bench.run(SECOND);
    let member = open(&mut bench);
    let a = join(&mut bench, member, "a");
    bench.run(SECOND);
    let b = join(&mut bench, member, "b");
    bench.run(SECOND);
    let (a, b) = (joined(&bench, member, a), joined(&bench, member, b));
    cancel(&mut bench, member, &a);
    bench.run(SECOND);
    bench.create(&format!("{GROUP}/log_replicas"));
    bench.create(&format!("{GROUP}/stranger_0000000000"));
    bench.run(SECOND);
    assert_eq!(
        events(&bench, watcher),
        [
            GroupEvent::Members(vec![]),
            GroupEvent::Members(vec![a.clone()]),
            GroupEvent::Members(vec![a, b.clone()]),
            GroupEvent::Members(vec![b]),
        ]
    );
}

#[test]
fn calls_while_disconnected_are_answered_when_the_server_is_back() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let call = join(&mut bench, id, "a");
    bench.run(SECOND);
    let member = joined(&bench, id, call);
    bench.crash();
    bench.run(SECOND / 4);
    let path = member.path.clone();
    let data = bench.with_call(id, |call| Command::Call {
        handle: G,
        call,
        what: Call::Data { path },
    });
    let second = join(&mut bench, id, "b");
    bench.run(SECOND / 4);
    assert!(!bench.seen.nodes[id].done.contains_key(&data));
    bench.restart();
    bench.run(2 * SECOND);
    assert_eq!(
        bench.seen.nodes[id].done[&data],
        Ok(Answer::Data(Some(b"a".to_vec())))
    );
    joined(&bench, id, second);
    assert_eq!(bench.members().len(), 2);
}

#[test]
fn a_membership_ends_with_its_session_and_says_so() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let call = join(&mut bench, id, "a");
    bench.run(SECOND);
    let member = joined(&bench, id, call);
    bench.expire(id);
    bench.run(SECOND);
    let lost = GroupEvent::MembershipLost {
        member,
        reason: LostReason::SessionExpired,
    };
    assert_eq!(events(&bench, id), [lost]);
    assert!(bench.members().is_empty());
}

#[test]
fn the_view_says_when_it_cannot_know() {
    let mut bench = Bench::new();
    let watcher = open(&mut bench);
    bench.command(watcher, Command::Watch { handle: G });
    bench.run(SECOND);
    bench.cut(watcher);
    bench.run(2 * T);
    assert!(matches!(
        events(&bench, watcher).last(),
        Some(GroupEvent::Unknown { .. })
    ));
    bench.heal(watcher);
    bench.run(T);
    assert!(matches!(
        events(&bench, watcher).last(),
        Some(GroupEvent::Members(_))
    ));
}

#[test]
fn a_join_that_nobody_waits_for_any_more_is_undone() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    bench.create(GROUP);
    bench.run(SECOND);
    let call = join(&mut bench, id, "a");
    bench.command(id, Command::Forget { handle: G, call });
    bench.run(SECOND);
    assert!(bench.members().is_empty());
    assert!(!bench.seen.nodes[id].done.contains_key(&call));
}

#[test]
fn a_join_whose_answer_nobody_took_is_undone_and_not_told_of() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let kept = join(&mut bench, id, "kept");
    let call = join(&mut bench, id, "a");
    bench.run(SECOND);
    joined(&bench, id, call);
    // The answer was on its way when its caller gave up.
    bench.command(id, Command::Forget { handle: G, call });
    bench.run(SECOND);
    let name = joined(&bench, id, kept).path;
    assert_eq!(
        bench.members(),
        [name.trim_start_matches(&format!("{GROUP}/"))]
    );
    assert!(events(&bench, id).is_empty());
}

#[test]
fn a_lost_join_reply_leaves_one_member() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    let id = open(&mut bench);
    bench.run(SECOND);
    bench.swallow_reply_of(op::CREATE2);
    let call = join(&mut bench, id, "a");
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    let member = joined(&bench, id, call);
    assert_eq!(
        vec![member.path],
        [format!("{GROUP}/{}", bench.members()[0])]
    );
    assert_eq!(bench.members().len(), 1);
}

#[test]
fn names_that_were_given_twice_are_told_apart() {
    let mut bench = Bench::new();
    let watcher = open(&mut bench);
    bench.command(watcher, Command::Watch { handle: G });
    let member = open(&mut bench);
    let old = join(&mut bench, member, "a");
    bench.run(SECOND);
    let old = joined(&bench, member, old);
    bench.cut(watcher);
    bench.delete_tree(GROUP);
    let new = join(&mut bench, member, "a");
    bench.run(SECOND);
    let new = joined(&bench, member, new);
    assert_eq!(old.path, new.path);
    bench.heal(watcher);
    bench.run(T);
    assert_eq!(
        events(&bench, watcher).last(),
        Some(&GroupEvent::Members(vec![new]))
    );
}

fn set(bench: &mut Bench, node: usize, member: &Member, data: &[u8]) -> CallId {
    let (path, data) = (member.path.clone(), data.to_vec());
    bench.with_call(node, |call| Command::Call {
        handle: G,
        call,
        what: Call::SetMemberData { path, data },
    })
}

fn end_of(bench: &mut Bench, node: usize, member: &Member) -> CallId {
    let path = member.path.clone();
    bench.with_call(node, |call| Command::Call {
        handle: G,
        call,
        what: Call::AwaitEnd { path },
    })
}

#[test]
fn a_payload_is_changed_now_or_when_the_server_is_back_and_the_last_one_counts() {
    let mut bench = Bench::new();
    let id = open(&mut bench);
    let call = join(&mut bench, id, "a");
    bench.run(SECOND);
    let member = joined(&bench, id, call);
    let data = |bench: &Bench| bench.world.ensemble.node(&member.path).unwrap().0;
    let first = set(&mut bench, id, &member, b"b");
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[id].done[&first], Ok(Answer::Written(true)));
    assert_eq!(data(&bench), b"b");
    bench.crash();
    bench.run(SECOND / 4);
    let calls = [b"c", b"d"].map(|data| set(&mut bench, id, &member, data));
    bench.run(SECOND / 4);
    assert!(
        calls
            .iter()
            .all(|call| !bench.seen.nodes[id].done.contains_key(call))
    );
    bench.restart();
    bench.run(2 * SECOND);
    assert_eq!(data(&bench), b"d");
    for call in calls {
        assert_eq!(bench.seen.nodes[id].done[&call], Ok(Answer::Written(true)));
    }
    // It does not matter whether a write whose reply was lost was done: it is done again.
    bench.swallow_reply_of(op::SET_DATA);
    let call = set(&mut bench, id, &member, b"e");
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    assert_eq!(data(&bench), b"e");
    assert_eq!(bench.seen.nodes[id].done[&call], Ok(Answer::Written(true)));
    assert_eq!(bench.members().len(), 1, "our own change evicts no member");
}

#[test]
fn a_payload_changed_before_the_znode_stands_is_not_lost() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    let id = bench.client();
    bench.run(SECOND);
    bench.contend(id, 1);
    let call = bench.change_payload(id, 1, b"late");
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[id].done[&call], Ok(Answer::Written(true)));
    let (data, _) = bench.world.ensemble.node("/group/c_0000000000").unwrap();
    assert_eq!(data, b"late");
    // The next candidacy has it from the beginning.
    bench.delete("/group/c_0000000000");
    bench.run(SECOND);
    let (data, stat) = bench.world.ensemble.node("/group/c_0000000001").unwrap();
    assert_eq!((data.as_slice(), stat.version), (&b"late"[..], 0));
}

#[test]
fn the_end_of_a_member_is_told_to_its_owner_and_to_others() {
    let mut bench = Bench::new();
    let (owner, other) = (open(&mut bench), open(&mut bench));
    let calls = ["a", "b", "c"].map(|data| join(&mut bench, owner, data));
    bench.run(SECOND);
    let [a, b, c] = calls.map(|call| joined(&bench, owner, call));
    let ends =
        |bench: &mut Bench, member| (end_of(bench, owner, member), end_of(bench, other, member));
    let (a_own, a_other) = ends(&mut bench, &a);
    let (b_own, b_other) = ends(&mut bench, &b);
    let (c_own, c_other) = ends(&mut bench, &c);
    bench.run(SECOND);
    let answer = |bench: &Bench, node: usize, call| bench.seen.nodes[node].done.get(&call).cloned();
    assert_eq!(answer(&bench, owner, a_own), None);
    assert_eq!(answer(&bench, other, a_other), None);
    cancel(&mut bench, owner, &a);
    bench.delete(&b.path);
    bench.run(SECOND);
    assert_eq!(
        answer(&bench, owner, a_own),
        Some(Ok(Answer::Removed(true)))
    );
    assert_eq!(
        answer(&bench, other, a_other),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&bench, owner, b_own),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&bench, other, b_other),
        Some(Ok(Answer::Removed(false)))
    );
    // Cut off, the owner learns it from its own clock, and the other from the server.
    bench.cut(owner);
    assert!(bench.run_while_not(2 * T, |w| answer(w, owner, c_own).is_some()));
    bench.run(T);
    assert_eq!(
        answer(&bench, owner, c_own),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&bench, other, c_other),
        Some(Ok(Answer::Removed(false)))
    );
}

#[test]
fn waiting_for_an_end_survives_a_reconnect() {
    let mut bench = Bench::new();
    let (owner, other) = (open(&mut bench), open(&mut bench));
    let call = join(&mut bench, owner, "a");
    bench.run(SECOND);
    let member = joined(&bench, owner, call);
    let end = end_of(&mut bench, other, &member);
    bench.run(SECOND);
    bench.sever(other);
    cancel(&mut bench, owner, &member);
    bench.run(SECOND / 10);
    assert!(!bench.seen.nodes[other].done.contains_key(&end));
    bench.heal(other);
    bench.run(T);
    assert_eq!(
        bench.seen.nodes[other].done[&end],
        Ok(Answer::Removed(false))
    );
}

fn evict(bench: &mut Bench, node: usize, member: &Member) -> CallId {
    let (path, token) = (member.path.clone(), member.token);
    bench.with_call(node, |call| Command::Call {
        handle: G,
        call,
        what: Call::Evict { path, token },
    })
}

#[test]
fn a_member_of_somebody_else_is_evicted_once_and_told() {
    let mut bench = Bench::new();
    let (owner, admin) = (open(&mut bench), open(&mut bench));
    let call = join(&mut bench, owner, "a");
    bench.run(SECOND);
    let member = joined(&bench, owner, call);
    let first = evict(&mut bench, admin, &member);
    bench.run(SECOND);
    let second = evict(&mut bench, admin, &member);
    bench.run(SECOND);
    assert_eq!(
        bench.seen.nodes[admin].done[&first],
        Ok(Answer::Removed(true))
    );
    assert_eq!(
        bench.seen.nodes[admin].done[&second],
        Ok(Answer::Removed(false))
    );
    assert!(bench.members().is_empty());
    let lost = GroupEvent::MembershipLost {
        member,
        reason: LostReason::Evicted,
    };
    assert_eq!(events(&bench, owner), [lost]);
}

#[test]
fn an_eviction_does_not_touch_a_namesake_or_what_is_no_member() {
    let mut bench = Bench::new();
    let (owner, admin) = (open(&mut bench), open(&mut bench));
    let call = join(&mut bench, owner, "a");
    bench.run(SECOND);
    let member = joined(&bench, owner, call);
    let path = format!("{GROUP}/stranger_0000000000");
    bench.create(&path);
    bench.run(SECOND);
    let namesake = Member {
        token: member.token + 1,
        ..member.clone()
    };
    let stranger = Member {
        path,
        ..member.clone()
    };
    let calls = [namesake, stranger].map(|member| evict(&mut bench, admin, &member));
    bench.run(SECOND);
    for call in calls {
        assert_eq!(
            bench.seen.nodes[admin].done[&call],
            Ok(Answer::Removed(false))
        );
    }
    assert_eq!(bench.members().len(), 2);
}

#[test]
fn an_eviction_whose_reply_is_lost_looks_before_it_answers() {
    let mut bench = Bench::new();
    let (owner, admin) = (open(&mut bench), open(&mut bench));
    let call = join(&mut bench, owner, "a");
    bench.run(SECOND);
    let member = joined(&bench, owner, call);
    bench.swallow_reply_of(op::DELETE);
    let call = evict(&mut bench, admin, &member);
    bench.run(T);
    assert_eq!(bench.seen.swallowed, 1);
    assert_eq!(
        bench.seen.nodes[admin].done[&call],
        Ok(Answer::Removed(true))
    );
    assert!(bench.members().is_empty());
}

#[test]
fn many_joins_in_doubt_on_one_path_look_once_for_all() {
    const JOINS: usize = 200;
    let mut bench = Bench::new();
    bench.create(GROUP);
    let id = open(&mut bench);
    bench.run(SECOND);
    // Half of them have the label of another, too.
    let calls: Vec<CallId> = (0..JOINS)
        .map(|n| join(&mut bench, id, &format!("{}", n / 2)))
        .collect();
    // The server has created all; its answers are lost.
    bench.cut(id);
    assert!(bench.run_while_not(SECOND, |w| w.members().len() == JOINS));
    let before = bench.seen.nodes[id].sent.len();
    bench.heal(id);
    bench.run(2 * T);
    let mut members: Vec<String> = calls
        .iter()
        .map(|call| joined(&bench, id, *call).path)
        .collect();
    members.sort();
    members.dedup();
    assert_eq!(members.len(), JOINS, "each has a znode of its own");
    assert_eq!(bench.members().len(), JOINS, "and no other stands");
    let sent = &bench.seen.nodes[id].sent[before..];
    let of = |op| sent.iter().filter(|r| r.op() == op).count();
    assert_eq!(of(op::GET_EPHEMERALS), 1);
    assert_eq!(of(op::GET_DATA), JOINS);
    assert_eq!(of(op::CREATE2), 0);
}
