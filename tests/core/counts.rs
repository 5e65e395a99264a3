//! What things cost, counted in requests.

use crate::world::{DELAY, World};
use std::time::Duration;
use tenure::core::{ContenderEvent, Event};
use tenure::proto::{Request, op};

const SECOND: Duration = Duration::from_secs(1);

fn asked(world: &World, node: usize, from: usize) -> Vec<i32> {
    let sent = &world.nodes[node].sent[from..];
    sent.iter()
        .map(Request::op)
        .filter(|op| ![op::PING, op::MULTI].contains(op))
        .collect()
}

fn proofs(world: &World, node: usize, from: usize) -> usize {
    let sent = &world.nodes[node].sent[from..];
    sent.iter().filter(|r| r.op() == op::MULTI).count()
}

#[test]
fn enrolment_takes_one_round_trip_when_nobody_stands_before() {
    let mut world = World::new();
    world.create(crate::world::GROUP);
    world.client();
    world.run(SECOND);
    let (before, start) = (world.nodes[0].sent.len(), world.now);
    world.contend(0, 1);
    world.run(SECOND);
    let leading = world
        .time_of(0, |e| {
            matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
        })
        .unwrap();
    assert_eq!(leading.since(start), 2 * DELAY, "one round trip");
    // The third arms the watch on the own znode; nobody waits for it.
    assert_eq!(
        asked(&world, 0, before),
        [op::CREATE2, op::GET_CHILDREN2, op::EXISTS]
    );
    // The create was the first proof; the next ones come at their leisure.
    assert_eq!(proofs(&world, 0, before), 2);
}

#[test]
fn standbys_that_come_and_go_cost_leader_detectors_and_other_standbys_nothing() {
    let mut world = World::new();
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let watchers: Vec<usize> = (0..10).map(|_| world.client()).collect();
    for watcher in &watchers {
        world.detect(*watcher, 9);
    }
    world.run(SECOND);
    let passer_by = world.client();
    world.run(SECOND);
    world.model.reset_counts();
    let before: Vec<usize> = world.nodes.iter().map(|n| n.sent.len()).collect();
    world.contend(passer_by, 1);
    world.run(SECOND);
    world.withdraw(passer_by, 1);
    world.run(SECOND);
    for (id, before) in before.iter().enumerate().take(passer_by) {
        // Two seconds are a third of T: the leader proves, whoever is next in line proves instead of
        // pinging, and what rests on a watch is looked at instead.
        let others = world.nodes[id].sent.len() - before - proofs(&world, id, *before);
        assert!(others <= usize::from(id > 1), "client {id}: {others}");
        let expected = [4, 1].get(id).copied().unwrap_or(0);
        assert_eq!(proofs(&world, id, *before), expected, "client {id}");
    }
    // The passer-by's own watch fires when it deletes its znode.
    assert_eq!(world.model.events_sent(), 1);
}

#[test]
fn a_change_of_leader_costs_each_detector_one_read_and_the_successor_none() {
    let mut world = World::new();
    for id in 0..3 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let watchers: Vec<usize> = (0..10).map(|_| world.client()).collect();
    for watcher in &watchers {
        world.detect(*watcher, 9);
    }
    // What takes the place of pings falls on whole seconds.
    world.run(3 * crate::world::T + SECOND / 4);
    let before: Vec<usize> = world.nodes.iter().map(|n| n.sent.len()).collect();
    let start = world.now;
    world.withdraw(0, 1);
    world.run(SECOND / 2);
    for watcher in watchers {
        assert_eq!(asked(&world, watcher, before[watcher]), [op::GET_DATA]);
        assert_eq!(world.detector_events(watcher, 9).len(), 2);
    }
    assert!(world.leads(1, 1));
    assert_eq!(
        asked(&world, 1, before[1]),
        [0; 0],
        "the successor decides alone"
    );
    // It was idle for long, so its lease needs three proofs that follow each other, and δ between the
    // first two; the first goes out as soon as its predecessor is gone. One more, which goes out
    // meanwhile, shows that nobody had begun to end its session.
    let led = world.time_of(1, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    });
    let delta = Duration::from_millis(100);
    assert!(led.unwrap().since(start) <= 8 * DELAY + delta);
    assert!((3..=6).contains(&proofs(&world, 1, before[1])));
    assert_eq!(asked(&world, 2, before[2]), [0; 0]);
}

#[test]
fn a_warm_successor_leads_with_the_event_and_whoever_stands_behind_it_pays_nothing() {
    let mut world = World::new();
    world.warm = true;
    for id in 0..3 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    world.run(3 * crate::world::T);
    let before: Vec<usize> = world.nodes.iter().map(|n| n.sent.len()).collect();
    world.run(crate::world::T);
    assert_eq!(proofs(&world, 1, before[1]), 12);
    assert_eq!(proofs(&world, 2, before[2]), 0);
    let start = world.now;
    world.withdraw(0, 1);
    world.run(SECOND);
    let led = world.time_of(1, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    });
    assert_eq!(
        led.unwrap().since(start),
        2 * DELAY,
        "the delete and the event"
    );
}

#[test]
fn an_idle_client_pings_each_third_of_the_timeout_and_a_leader_proves_each_twelfth() {
    let mut world = World::new();
    for _ in 0..2 {
        world.client();
    }
    world.contend(0, 1);
    world.detect(1, 9);
    world.run(SECOND);
    let before: Vec<usize> = world.nodes.iter().map(|n| n.sent.len()).collect();
    world.run(10 * crate::world::T);
    let sent = |id: usize| world.nodes[id].sent.len() - before[id];
    assert!((119..=120).contains(&sent(0)), "leader: {}", sent(0));
    assert_eq!(proofs(&world, 0, before[0]), sent(0), "and nothing else");
    assert!((29..=30).contains(&sent(1)), "detector: {}", sent(1));
    assert!(world.leads(0, 1), "and nothing is lost by being idle");
    assert_eq!(world.model.sessions().len(), 2);
}

#[test]
fn ten_thousand_candidacies_leave_no_watch_and_no_znode() {
    let mut world = World::new();
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    world.run(SECOND);
    let watches = world.model.watch_count();
    let passer_by = world.client();
    world.run(SECOND);
    let footprint = world.nodes[passer_by].core.footprint();
    for n in 0..10_000 {
        let handle = 10 + n;
        world.contend(passer_by, handle);
        // Half of them leave while their questions are still on the way.
        let done = |w: &World| match n % 2 {
            0 => w.members().len() == 3,
            _ => matches!(
                w.contender_events(passer_by, handle).last(),
                Some(ContenderEvent::Standby { .. })
            ),
        };
        assert!(world.run_while_not(SECOND, done));
        let handle = tenure::core::Handle(handle);
        world.command(passer_by, tenure::core::Command::Drop { handle });
        assert!(world.run_while_not(SECOND, |w| w.members().len() == 2));
        world.nodes[passer_by].log.clear();
    }
    world.run(SECOND);
    // It may leave its watch on the one predecessor that it stood behind.
    assert!(world.model.watch_count() <= watches + 1);
    assert!(world.nodes[passer_by].leases.handles().next().is_none());
    assert_eq!(world.nodes[passer_by].core.footprint(), footprint);
}

#[test]
fn after_a_long_cut_a_detector_looks_once() {
    let mut world = World::new();
    for _ in 0..2 {
        world.client();
    }
    world.contend(0, 1);
    world.detect(1, 9);
    world.run(SECOND);
    world.cut(1);
    // Long enough to know nothing any more, too short to end the session.
    let events = |w: &World| w.detector_events(1, 9).len();
    assert!(world.run_while_not(crate::world::T, |w| events(w) == 2));
    let before = world.nodes[1].sent.len();
    world.heal(1);
    assert!(world.run_while_not(2 * SECOND, |w| events(w) == 3));
    assert_eq!(
        world.detector_events(1, 9).len(),
        3,
        "known, unknown, known"
    );
    assert_eq!(asked(&world, 1, before), [op::GET_CHILDREN2, op::GET_DATA]);
}
