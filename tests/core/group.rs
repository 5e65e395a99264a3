//! Groups: memberships, questions, and the standing view.

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::{Answer, CallId, Command, Event, GroupEvent, Handle, LostReason, Member};
use tenure::proto::op;

const SECOND: Duration = Duration::from_secs(1);
const G: Handle = Handle(3);

fn open(world: &mut World) -> usize {
    let id = world.client();
    let path = GROUP.into();
    world.command(id, Command::Group { handle: G, path });
    id
}

fn join(world: &mut World, node: usize, data: &str) -> CallId {
    let data = data.as_bytes().to_vec();
    world.with_call(node, |call| Command::Join {
        handle: G,
        call,
        label: Some("m_x".into()),
        data,
    })
}

fn joined(world: &World, node: usize, call: CallId) -> Member {
    match &world.nodes[node].done[&call] {
        Ok(Answer::Joined(member)) => member.clone(),
        other => panic!("{other:?}"),
    }
}

fn cancel(world: &mut World, node: usize, member: &Member) -> CallId {
    let path = member.path.clone();
    world.with_call(node, |call| Command::Cancel {
        handle: G,
        call,
        path,
    })
}

fn events(world: &World, node: usize) -> Vec<GroupEvent> {
    let of = |(_, _, event): &(_, Handle, Event)| match event {
        Event::Group(event) => Some(event.clone()),
        _ => None,
    };
    world.nodes[node].log.iter().filter_map(of).collect()
}

#[test]
fn join_data_members_cancel() {
    let mut world = World::new();
    let id = open(&mut world);
    let call = join(&mut world, id, "hello world");
    world.run(SECOND);
    let member = joined(&world, id, call);
    // A label that holds '_' comes back whole.
    assert_eq!(member.label.as_deref(), Some("m_x"));
    let members = world.with_call(id, |call| Command::Members { handle: G, call });
    let path = member.path.clone();
    let data = world.with_call(id, |call| Command::Data {
        handle: G,
        call,
        path,
    });
    world.run(SECOND);
    let done = &world.nodes[id].done;
    assert_eq!(done[&members], Ok(Answer::Members(vec![member.clone()])));
    assert_eq!(done[&data], Ok(Answer::Data(Some(b"hello world".to_vec()))));
    let first = cancel(&mut world, id, &member);
    world.run(SECOND);
    let second = cancel(&mut world, id, &member);
    let path = member.path.clone();
    let data = world.with_call(id, |call| Command::Data {
        handle: G,
        call,
        path,
    });
    world.run(SECOND);
    let done = &world.nodes[id].done;
    assert_eq!(done[&first], Ok(Answer::Removed(true)));
    assert_eq!(done[&second], Ok(Answer::Removed(false)));
    assert_eq!(done[&data], Ok(Answer::Data(None)));
    assert!(world.members().is_empty());
}

#[test]
fn the_view_tells_of_every_change_in_order_of_birth() {
    let mut world = World::new();
    let watcher = open(&mut world);
    world.command(watcher, Command::Watch { handle: G });
    world.run(SECOND);
    let member = open(&mut world);
    let a = join(&mut world, member, "a");
    world.run(SECOND);
    let b = join(&mut world, member, "b");
    world.run(SECOND);
    let (a, b) = (joined(&world, member, a), joined(&world, member, b));
    cancel(&mut world, member, &a);
    world.run(SECOND);
    world.create(&format!("{GROUP}/log_replicas"));
    world.create(&format!("{GROUP}/stranger_0000000000"));
    world.run(SECOND);
    assert_eq!(
        events(&world, watcher),
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
    let mut world = World::new();
    let id = open(&mut world);
    let call = join(&mut world, id, "a");
    world.run(SECOND);
    let member = joined(&world, id, call);
    world.crash();
    world.run(SECOND / 4);
    let path = member.path.clone();
    let data = world.with_call(id, |call| Command::Data {
        handle: G,
        call,
        path,
    });
    let second = join(&mut world, id, "b");
    world.run(SECOND / 4);
    assert!(!world.nodes[id].done.contains_key(&data));
    world.restart();
    world.run(2 * SECOND);
    assert_eq!(
        world.nodes[id].done[&data],
        Ok(Answer::Data(Some(b"a".to_vec())))
    );
    joined(&world, id, second);
    assert_eq!(world.members().len(), 2);
}

#[test]
fn a_membership_ends_with_its_session_and_says_so() {
    let mut world = World::new();
    let id = open(&mut world);
    let call = join(&mut world, id, "a");
    world.run(SECOND);
    let member = joined(&world, id, call);
    world.expire(id);
    world.run(SECOND);
    let lost = GroupEvent::MembershipLost {
        member,
        reason: LostReason::SessionExpired,
    };
    assert_eq!(events(&world, id), [lost]);
    assert!(world.members().is_empty());
}

#[test]
fn the_view_says_when_it_cannot_know() {
    let mut world = World::new();
    let watcher = open(&mut world);
    world.command(watcher, Command::Watch { handle: G });
    world.run(SECOND);
    world.cut(watcher);
    world.run(2 * T);
    assert!(matches!(
        events(&world, watcher).last(),
        Some(GroupEvent::Unknown { .. })
    ));
    world.heal(watcher);
    world.run(T);
    assert!(matches!(
        events(&world, watcher).last(),
        Some(GroupEvent::Members(_))
    ));
}

#[test]
fn a_join_that_nobody_waits_for_any_more_is_undone() {
    let mut world = World::new();
    let id = open(&mut world);
    world.create(GROUP);
    world.run(SECOND);
    let call = join(&mut world, id, "a");
    world.command(id, Command::Forget { handle: G, call });
    world.run(SECOND);
    assert!(world.members().is_empty());
    assert!(!world.nodes[id].done.contains_key(&call));
}

#[test]
fn a_join_whose_answer_nobody_took_is_undone_and_not_told_of() {
    let mut world = World::new();
    let id = open(&mut world);
    let kept = join(&mut world, id, "kept");
    let call = join(&mut world, id, "a");
    world.run(SECOND);
    joined(&world, id, call);
    // The answer was on its way when its caller gave up.
    world.command(id, Command::Forget { handle: G, call });
    world.run(SECOND);
    let name = joined(&world, id, kept).path;
    assert_eq!(
        world.members(),
        [name.trim_start_matches(&format!("{GROUP}/"))]
    );
    assert!(events(&world, id).is_empty());
}

#[test]
fn a_lost_join_reply_leaves_one_member() {
    let mut world = World::new();
    world.create(GROUP);
    let id = open(&mut world);
    world.run(SECOND);
    world.swallow_reply_of = Some(op::CREATE2);
    let call = join(&mut world, id, "a");
    world.run(T);
    assert_eq!(world.swallowed, 1);
    let member = joined(&world, id, call);
    assert_eq!(
        vec![member.path],
        [format!("{GROUP}/{}", world.members()[0])]
    );
    assert_eq!(world.members().len(), 1);
}

#[test]
fn names_that_were_given_twice_are_told_apart() {
    let mut world = World::new();
    let watcher = open(&mut world);
    world.command(watcher, Command::Watch { handle: G });
    let member = open(&mut world);
    let old = join(&mut world, member, "a");
    world.run(SECOND);
    let old = joined(&world, member, old);
    world.cut(watcher);
    world.delete_tree(GROUP);
    let new = join(&mut world, member, "a");
    world.run(SECOND);
    let new = joined(&world, member, new);
    assert_eq!(old.path, new.path);
    world.heal(watcher);
    world.run(T);
    assert_eq!(
        events(&world, watcher).last(),
        Some(&GroupEvent::Members(vec![new]))
    );
}

fn set(world: &mut World, node: usize, member: &Member, data: &[u8]) -> CallId {
    let (path, data) = (member.path.clone(), data.to_vec());
    world.with_call(node, |call| Command::SetMemberData {
        handle: G,
        call,
        path,
        data,
    })
}

fn end_of(world: &mut World, node: usize, member: &Member) -> CallId {
    let path = member.path.clone();
    world.with_call(node, |call| Command::AwaitEnd {
        handle: G,
        call,
        path,
    })
}

#[test]
fn a_payload_is_changed_now_or_when_the_server_is_back_and_the_last_one_counts() {
    let mut world = World::new();
    let id = open(&mut world);
    let call = join(&mut world, id, "a");
    world.run(SECOND);
    let member = joined(&world, id, call);
    let data = |world: &World| world.model.node(&member.path).unwrap().0;
    let first = set(&mut world, id, &member, b"b");
    world.run(SECOND);
    assert_eq!(world.nodes[id].done[&first], Ok(Answer::Written(true)));
    assert_eq!(data(&world), b"b");
    world.crash();
    world.run(SECOND / 4);
    let calls = [b"c", b"d"].map(|data| set(&mut world, id, &member, data));
    world.run(SECOND / 4);
    assert!(
        calls
            .iter()
            .all(|call| !world.nodes[id].done.contains_key(call))
    );
    world.restart();
    world.run(2 * SECOND);
    assert_eq!(data(&world), b"d");
    for call in calls {
        assert_eq!(world.nodes[id].done[&call], Ok(Answer::Written(true)));
    }
    // Whether a write whose reply was lost was done does not matter: it is done again.
    world.swallow_reply_of = Some(op::SET_DATA);
    let call = set(&mut world, id, &member, b"e");
    world.run(T);
    assert_eq!(world.swallowed, 1);
    assert_eq!(data(&world), b"e");
    assert_eq!(world.nodes[id].done[&call], Ok(Answer::Written(true)));
    assert_eq!(world.members().len(), 1, "our own change evicts nobody");
}

#[test]
fn a_payload_changed_before_the_znode_stands_is_not_lost() {
    let mut world = World::new();
    world.create(GROUP);
    let id = world.client();
    world.run(SECOND);
    world.contend(id, 1);
    let handle = Handle(1);
    let data = b"late".to_vec();
    let call = world.with_call(id, |call| Command::SetData { handle, call, data });
    world.run(SECOND);
    assert_eq!(world.nodes[id].done[&call], Ok(Answer::Written(true)));
    let (data, _) = world.model.node("/group/c_0000000000").unwrap();
    assert_eq!(data, b"late");
    // The next candidacy bears it from the beginning.
    world.delete("/group/c_0000000000");
    world.run(SECOND);
    let (data, stat) = world.model.node("/group/c_0000000001").unwrap();
    assert_eq!((data.as_slice(), stat.version), (&b"late"[..], 0));
}

#[test]
fn the_end_of_a_member_is_told_to_its_owner_and_to_others() {
    let mut world = World::new();
    let (owner, other) = (open(&mut world), open(&mut world));
    let calls = ["a", "b", "c"].map(|data| join(&mut world, owner, data));
    world.run(SECOND);
    let [a, b, c] = calls.map(|call| joined(&world, owner, call));
    let ends =
        |world: &mut World, member| (end_of(world, owner, member), end_of(world, other, member));
    let (a_own, a_other) = ends(&mut world, &a);
    let (b_own, b_other) = ends(&mut world, &b);
    let (c_own, c_other) = ends(&mut world, &c);
    world.run(SECOND);
    let answer = |world: &World, node: usize, call| world.nodes[node].done.get(&call).cloned();
    assert_eq!(answer(&world, owner, a_own), None);
    assert_eq!(answer(&world, other, a_other), None);
    cancel(&mut world, owner, &a);
    world.delete(&b.path);
    world.run(SECOND);
    assert_eq!(
        answer(&world, owner, a_own),
        Some(Ok(Answer::Removed(true)))
    );
    assert_eq!(
        answer(&world, other, a_other),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&world, owner, b_own),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&world, other, b_other),
        Some(Ok(Answer::Removed(false)))
    );
    // Cut off, the owner is told by its own clock, and the other by the server.
    world.cut(owner);
    assert!(world.run_while_not(2 * T, |w| answer(w, owner, c_own).is_some()));
    world.run(T);
    assert_eq!(
        answer(&world, owner, c_own),
        Some(Ok(Answer::Removed(false)))
    );
    assert_eq!(
        answer(&world, other, c_other),
        Some(Ok(Answer::Removed(false)))
    );
}

#[test]
fn waiting_for_an_end_survives_a_reconnect() {
    let mut world = World::new();
    let (owner, other) = (open(&mut world), open(&mut world));
    let call = join(&mut world, owner, "a");
    world.run(SECOND);
    let member = joined(&world, owner, call);
    let end = end_of(&mut world, other, &member);
    world.run(SECOND);
    world.sever(other);
    cancel(&mut world, owner, &member);
    world.run(SECOND / 10);
    assert!(!world.nodes[other].done.contains_key(&end));
    world.heal(other);
    world.run(T);
    assert_eq!(world.nodes[other].done[&end], Ok(Answer::Removed(false)));
}

fn evict(world: &mut World, node: usize, member: &Member) -> CallId {
    let (path, token) = (member.path.clone(), member.token);
    world.with_call(node, |call| Command::Evict {
        handle: G,
        call,
        path,
        token,
    })
}

#[test]
fn a_member_of_somebody_else_is_evicted_once_and_told() {
    let mut world = World::new();
    let (owner, admin) = (open(&mut world), open(&mut world));
    let call = join(&mut world, owner, "a");
    world.run(SECOND);
    let member = joined(&world, owner, call);
    let first = evict(&mut world, admin, &member);
    world.run(SECOND);
    let second = evict(&mut world, admin, &member);
    world.run(SECOND);
    assert_eq!(world.nodes[admin].done[&first], Ok(Answer::Removed(true)));
    assert_eq!(world.nodes[admin].done[&second], Ok(Answer::Removed(false)));
    assert!(world.members().is_empty());
    let lost = GroupEvent::MembershipLost {
        member,
        reason: LostReason::Evicted,
    };
    assert_eq!(events(&world, owner), [lost]);
}

#[test]
fn an_eviction_does_not_touch_a_namesake_or_what_is_no_member() {
    let mut world = World::new();
    let (owner, admin) = (open(&mut world), open(&mut world));
    let call = join(&mut world, owner, "a");
    world.run(SECOND);
    let member = joined(&world, owner, call);
    let path = format!("{GROUP}/stranger_0000000000");
    world.create(&path);
    world.run(SECOND);
    let namesake = Member {
        token: member.token + 1,
        ..member.clone()
    };
    let stranger = Member {
        path,
        ..member.clone()
    };
    let calls = [namesake, stranger].map(|member| evict(&mut world, admin, &member));
    world.run(SECOND);
    for call in calls {
        assert_eq!(world.nodes[admin].done[&call], Ok(Answer::Removed(false)));
    }
    assert_eq!(world.members().len(), 2);
}

#[test]
fn an_eviction_whose_reply_is_lost_looks_before_it_answers() {
    let mut world = World::new();
    let (owner, admin) = (open(&mut world), open(&mut world));
    let call = join(&mut world, owner, "a");
    world.run(SECOND);
    let member = joined(&world, owner, call);
    world.swallow_reply_of = Some(op::DELETE);
    let call = evict(&mut world, admin, &member);
    world.run(T);
    assert_eq!(world.swallowed, 1);
    assert_eq!(world.nodes[admin].done[&call], Ok(Answer::Removed(true)));
    assert!(world.members().is_empty());
}

#[test]
fn many_joins_in_doubt_on_one_path_look_once_for_all() {
    const JOINS: usize = 200;
    let mut world = World::new();
    world.create(GROUP);
    let id = open(&mut world);
    world.run(SECOND);
    // Half of them bear what another bears, too.
    let calls: Vec<CallId> = (0..JOINS)
        .map(|n| join(&mut world, id, &format!("{}", n / 2)))
        .collect();
    // The server has created all; its answers fall into a hole.
    world.cut(id);
    assert!(world.run_while_not(SECOND, |w| w.members().len() == JOINS));
    let before = world.nodes[id].sent.len();
    world.heal(id);
    world.run(2 * T);
    let mut members: Vec<String> = calls
        .iter()
        .map(|call| joined(&world, id, *call).path)
        .collect();
    members.sort();
    members.dedup();
    assert_eq!(members.len(), JOINS, "each has a znode of its own");
    assert_eq!(world.members().len(), JOINS, "and no other stands");
    let sent = &world.nodes[id].sent[before..];
    let of = |op| sent.iter().filter(|r| r.op() == op).count();
    assert_eq!(of(op::GET_EPHEMERALS), 1);
    assert_eq!(of(op::GET_DATA), JOINS);
    assert_eq!(of(op::CREATE2), 0);
}
