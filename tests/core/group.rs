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
    world.command(id, Command::Forget { call });
    world.run(SECOND);
    assert!(world.members().is_empty());
    assert!(!world.nodes[id].done.contains_key(&call));
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
