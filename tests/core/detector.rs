//! Detectors: who leads, nobody, or cannot know.

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::{DetectorEvent, Event};

const SECOND: Duration = Duration::from_secs(1);

fn names(events: &[DetectorEvent]) -> Vec<String> {
    let name = |event: &DetectorEvent| match event {
        DetectorEvent::Unknown { .. } => "unknown".to_owned(),
        DetectorEvent::None => "none".to_owned(),
        DetectorEvent::Leader(leader) => format!(
            "{} {}",
            leader.member.path,
            String::from_utf8_lossy(&leader.data)
        ),
        DetectorEvent::Failed(error) => error.to_string(),
        other => format!("{other:?}"),
    };
    events.iter().map(name).collect()
}

#[test]
fn it_waits_for_the_path_and_follows_from_leader_to_leader_to_none() {
    let mut world = World::new();
    let watcher = world.client();
    world.detect(watcher, 9);
    world.run(SECOND);
    assert_eq!(names(&world.detector_events(watcher, 9)), ["none"]);
    for _ in 0..2 {
        let id = world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    world.withdraw(1, 1);
    world.run(SECOND);
    world.withdraw(2, 1);
    world.run(SECOND);
    assert_eq!(
        names(&world.detector_events(watcher, 9)),
        [
            "none",
            "/group/c_0000000000 1/1",
            "/group/c_0000000001 2/1",
            "none"
        ]
    );
}

#[test]
fn the_token_is_the_leaders_czxid_and_rises() {
    let mut world = World::new();
    let watcher = world.client();
    world.detect(watcher, 9);
    for _ in 0..3 {
        let id = world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    for id in 1..3 {
        world.withdraw(id, 1);
        world.run(SECOND);
    }
    let mut tokens: Vec<u64> = Vec::new();
    for event in world.detector_events(watcher, 9) {
        if let DetectorEvent::Leader(leader) = event {
            tokens.push(leader.member.token);
        }
    }
    assert_eq!(tokens.len(), 3);
    assert!(tokens.is_sorted());
    assert_eq!(world.token(3, 1), tokens.last().copied());
}

#[test]
fn a_changed_payload_is_an_event_of_the_same_leader() {
    let mut world = World::new();
    for _ in 0..2 {
        world.client();
    }
    world.contend(0, 1);
    world.run(SECOND);
    world.detect(1, 9);
    world.run(SECOND);
    world.set_data("/group/c_0000000000", b"new");
    world.run(SECOND);
    assert_eq!(
        names(&world.detector_events(1, 9)),
        ["/group/c_0000000000 0/1", "/group/c_0000000000 new"]
    );
}

#[test]
fn a_member_that_vanishes_between_listing_and_reading_is_passed_over() {
    let mut world = World::new();
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let watcher = world.client();
    world.run(SECOND);
    world.detect(watcher, 9);
    // The listing has been answered, the read is on its way.
    assert!(world.run_while_not(SECOND, |w| w.nodes[2].sent.len() == 2));
    world.delete("/group/c_0000000000");
    world.run(SECOND);
    let seen = names(&world.detector_events(watcher, 9));
    assert_eq!(seen.last().unwrap(), "/group/c_0000000001 1/1");
}

#[test]
fn a_persistent_child_is_never_the_leader() {
    let mut world = World::new();
    world.create(GROUP);
    world.create("/group/c_0000000000");
    let watcher = world.client();
    world.detect(watcher, 9);
    world.run(SECOND);
    assert_eq!(names(&world.detector_events(watcher, 9)), ["none"]);
    let id = world.client();
    world.contend(id, 1);
    world.run(SECOND);
    assert_eq!(
        names(&world.detector_events(watcher, 9)).last().unwrap(),
        "/group/c_0000000001 1/1"
    );
}

#[test]
fn any_bytes_are_a_payload() {
    let mut world = World::new();
    world.client();
    world.contend(0, 1);
    world.run(SECOND);
    world.set_data("/group/c_0000000000", &[0xff, 0, 0xfe]);
    let watcher = world.client();
    world.detect(watcher, 9);
    world.run(SECOND);
    let events = world.detector_events(watcher, 9);
    assert!(matches!(&events[0], DetectorEvent::Leader(l) if l.data == [0xff, 0, 0xfe]));
}

#[test]
fn cut_off_it_says_unknown_before_t_and_the_leader_again_after() {
    let mut world = World::new();
    for _ in 0..2 {
        world.client();
    }
    world.contend(0, 1);
    world.detect(1, 9);
    world.run(SECOND);
    world.cut(1);
    let cut = world.now;
    world.run(2 * T);
    let told = world
        .time_of(1, |e| {
            matches!(e, Event::Detector(DetectorEvent::Unknown { .. }))
        })
        .unwrap();
    assert!(told.since(cut) <= T, "{:?}", told.since(cut));
    world.heal(1);
    world.run(T);
    assert_eq!(
        names(&world.detector_events(1, 9)),
        [
            "/group/c_0000000000 0/1",
            "unknown",
            "/group/c_0000000000 0/1"
        ]
    );
}

#[test]
fn a_short_cut_is_not_even_news() {
    let mut world = World::new();
    for _ in 0..2 {
        world.client();
    }
    world.contend(0, 1);
    world.detect(1, 9);
    world.run(SECOND);
    world.crash();
    world.run(SECOND / 2);
    world.restart();
    world.run(T);
    assert_eq!(
        names(&world.detector_events(1, 9)),
        ["/group/c_0000000000 0/1"]
    );
    world.withdraw(0, 1);
    world.run(SECOND);
    assert_eq!(names(&world.detector_events(1, 9)).last().unwrap(), "none");
}

#[test]
fn a_path_that_was_born_again_is_not_taken_for_the_old_leader() {
    let mut world = World::new();
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let watcher = world.client();
    world.detect(watcher, 9);
    world.withdraw(0, 1);
    world.run(SECOND);
    assert_eq!(
        names(&world.detector_events(watcher, 9)).last().unwrap(),
        "/group/c_0000000001 1/1"
    );
    // While it looks away the group is wiped and its counter starts anew: another contender now
    // has the path of the leader that it knew, behind the one that leads.
    world.sever(watcher);
    world.delete_tree(GROUP);
    world.run(SECOND / 10);
    let third = world.client();
    world.contend(third, 1);
    world.run(SECOND / 10);
    assert_eq!(world.members(), ["c_0000000000", "c_0000000001"]);
    world.heal(watcher);
    world.run(T);
    let events = world.detector_events(watcher, 9);
    let unknown = |e: &DetectorEvent| matches!(e, DetectorEvent::Unknown { .. });
    assert!(
        !events.iter().any(unknown),
        "it must come back with its old leader"
    );
    let reborn = |e: &DetectorEvent| matches!(e, DetectorEvent::Leader(l) if l.data == b"3/1");
    assert!(!events.iter().any(reborn), "{:?}", names(&events));
    assert_eq!(names(&events).last().unwrap(), "/group/c_0000000000 1/1");
}
