//! Detectors: a leader, none, or an unknown one.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{DetectorEvent, Event};

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
    let mut bench = Bench::new();
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.run(SECOND);
    assert_eq!(names(&bench.detector_events(watcher, 9)), ["none"]);
    for _ in 0..2 {
        let id = bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    bench.withdraw(1, 1);
    bench.run(SECOND);
    bench.withdraw(2, 1);
    bench.run(SECOND);
    assert_eq!(
        names(&bench.detector_events(watcher, 9)),
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
    let mut bench = Bench::new();
    let watcher = bench.client();
    bench.detect(watcher, 9);
    for _ in 0..3 {
        let id = bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    for id in 1..3 {
        bench.withdraw(id, 1);
        bench.run(SECOND);
    }
    let mut tokens: Vec<u64> = Vec::new();
    for event in bench.detector_events(watcher, 9) {
        if let DetectorEvent::Leader(leader) = event {
            tokens.push(leader.member.token);
        }
    }
    assert_eq!(tokens.len(), 3);
    assert!(tokens.is_sorted());
    assert_eq!(bench.token(3, 1), tokens.last().copied());
}

#[test]
fn a_changed_payload_is_an_event_of_the_same_leader() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.client();
    }
    bench.contend(0, 1);
    bench.run(SECOND);
    bench.detect(1, 9);
    bench.run(SECOND);
    bench.change_payload(0, 1, b"new");
    bench.run(SECOND);
    assert_eq!(
        names(&bench.detector_events(1, 9)),
        ["/group/c_0000000000 0/1", "/group/c_0000000000 new"]
    );
}

#[test]
fn a_member_that_vanishes_between_listing_and_reading_is_passed_over() {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let watcher = bench.client();
    bench.run(SECOND);
    bench.detect(watcher, 9);
    // The listing has been answered, the read is on its way.
    assert!(bench.run_while_not(SECOND, |w| w.seen.nodes[2].sent.len() == 2));
    bench.delete("/group/c_0000000000");
    bench.run(SECOND);
    let seen = names(&bench.detector_events(watcher, 9));
    assert_eq!(seen.last().unwrap(), "/group/c_0000000001 1/1");
}

#[test]
fn a_persistent_child_is_never_the_leader() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.create("/group/c_0000000000");
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.run(SECOND);
    assert_eq!(names(&bench.detector_events(watcher, 9)), ["none"]);
    let id = bench.client();
    bench.contend(id, 1);
    bench.run(SECOND);
    assert_eq!(
        names(&bench.detector_events(watcher, 9)).last().unwrap(),
        "/group/c_0000000001 1/1"
    );
}

#[test]
fn any_bytes_are_a_payload() {
    let mut bench = Bench::new();
    bench.client();
    bench.contend(0, 1);
    bench.run(SECOND);
    bench.change_payload(0, 1, &[0xff, 0, 0xfe]);
    bench.run(SECOND);
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.run(SECOND);
    let events = bench.detector_events(watcher, 9);
    assert!(matches!(&events[0], DetectorEvent::Leader(l) if l.data == [0xff, 0, 0xfe]));
}

#[test]
fn cut_off_it_says_unknown_before_t_and_the_leader_again_after() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.client();
    }
    bench.contend(0, 1);
    bench.detect(1, 9);
    bench.run(SECOND);
    bench.cut(1);
    let cut = bench.now();
    bench.run(2 * T);
    let told = bench
        .time_of(1, |e| {
            matches!(e, Event::Detector(DetectorEvent::Unknown { .. }))
        })
        .unwrap();
    assert!(told.since(cut) <= T, "{:?}", told.since(cut));
    bench.heal(1);
    bench.run(T);
    assert_eq!(
        names(&bench.detector_events(1, 9)),
        [
            "/group/c_0000000000 0/1",
            "unknown",
            "/group/c_0000000000 0/1"
        ]
    );
}

#[test]
fn a_short_cut_is_not_even_news() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.client();
    }
    bench.contend(0, 1);
    bench.detect(1, 9);
    bench.run(SECOND);
    bench.crash();
    bench.run(SECOND / 2);
    bench.restart();
    bench.run(T);
    assert_eq!(
        names(&bench.detector_events(1, 9)),
        ["/group/c_0000000000 0/1"]
    );
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert_eq!(names(&bench.detector_events(1, 9)).last().unwrap(), "none");
}

#[test]
fn a_path_that_was_born_again_is_not_taken_for_the_old_leader() {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let watcher = bench.client();
    bench.detect(watcher, 9);
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert_eq!(
        names(&bench.detector_events(watcher, 9)).last().unwrap(),
        "/group/c_0000000001 1/1"
    );
    // While it is cut off, the group is deleted and its counter starts again: another contender now
    // has the path of the leader that it knew, behind the one that leads.
    bench.sever(watcher);
    bench.delete_tree(GROUP);
    bench.run(SECOND / 10);
    let third = bench.client();
    bench.contend(third, 1);
    bench.run(SECOND / 10);
    assert_eq!(bench.members(), ["c_0000000000", "c_0000000001"]);
    bench.heal(watcher);
    bench.run(T);
    let events = bench.detector_events(watcher, 9);
    let unknown = |e: &DetectorEvent| matches!(e, DetectorEvent::Unknown { .. });
    assert!(
        !events.iter().any(unknown),
        "it must come back with its old leader"
    );
    let reborn = |e: &DetectorEvent| matches!(e, DetectorEvent::Leader(l) if l.data == b"3/1");
    assert!(!events.iter().any(reborn), "{:?}", names(&events));
    assert_eq!(names(&events).last().unwrap(), "/group/c_0000000000 1/1");
}
