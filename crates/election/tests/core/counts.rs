//! Costs, counted in requests.

use crate::bench::{Bench, DELAY};
use std::time::Duration;
use tenure_election::{ContenderEvent, Event};
use tenure_proto::{Request, op};

const SECOND: Duration = Duration::from_secs(1);

fn asked(bench: &Bench, node: usize, from: usize) -> Vec<i32> {
    let sent = &bench.seen.nodes[node].sent[from..];
    sent.iter()
        .map(Request::op)
        .filter(|op| ![op::PING, op::MULTI].contains(op))
        .collect()
}

fn proofs(bench: &Bench, node: usize, from: usize) -> usize {
    let sent = &bench.seen.nodes[node].sent[from..];
    sent.iter().filter(|r| r.op() == op::MULTI).count()
}

#[test]
fn enrolment_takes_one_round_trip_when_nobody_stands_before() {
    let mut bench = Bench::new();
    bench.create(crate::bench::GROUP);
    bench.client();
    bench.run(SECOND);
    let (before, start) = (bench.seen.nodes[0].sent.len(), bench.now());
    bench.contend(0, 1);
    bench.run(SECOND);
    let leading = bench
        .time_of(0, |e| {
            matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
        })
        .unwrap();
    assert_eq!(leading.since(start), 2 * DELAY, "one round trip");
    // The third arms the watch on the own znode; nothing waits for it.
    assert_eq!(
        asked(&bench, 0, before),
        [op::CREATE2, op::GET_CHILDREN2, op::EXISTS]
    );
    // The create was the first proof; the next ones are not urgent.
    assert_eq!(proofs(&bench, 0, before), 2);
}

#[test]
fn standbys_that_come_and_go_cost_leader_detectors_and_other_standbys_nothing() {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let watchers: Vec<usize> = (0..10).map(|_| bench.client()).collect();
    for watcher in &watchers {
        bench.detect(*watcher, 9);
    }
    bench.run(SECOND);
    let passer_by = bench.client();
    bench.run(SECOND);
    let fired = bench.seen.fired;
    let before: Vec<usize> = bench.seen.nodes.iter().map(|n| n.sent.len()).collect();
    bench.contend(passer_by, 1);
    bench.run(SECOND);
    bench.withdraw(passer_by, 1);
    bench.run(SECOND);
    for (id, before) in before.iter().enumerate().take(passer_by) {
        // Two seconds are a third of T: the leader proves, the standby that is next in line proves
        // instead of pinging, and the machines that rest on a watch look instead.
        let others = bench.seen.nodes[id].sent.len() - before - proofs(&bench, id, *before);
        assert!(others <= usize::from(id > 1), "client {id}: {others}");
        let expected = [4, 1].get(id).copied().unwrap_or(0);
        assert_eq!(proofs(&bench, id, *before), expected, "client {id}");
    }
    // The passer-by's own watch fires when it deletes its znode.
    assert_eq!(bench.seen.fired - fired, 1);
}

#[test]
fn a_change_of_leader_costs_each_detector_one_read_and_the_successor_none() {
    let mut bench = Bench::new();
    for id in 0..3 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let watchers: Vec<usize> = (0..10).map(|_| bench.client()).collect();
    for watcher in &watchers {
        bench.detect(*watcher, 9);
    }
    // The requests in place of pings fall on whole seconds.
    bench.run(3 * crate::bench::T + SECOND / 4);
    let before: Vec<usize> = bench.seen.nodes.iter().map(|n| n.sent.len()).collect();
    let start = bench.now();
    bench.withdraw(0, 1);
    bench.run(SECOND / 2);
    for watcher in watchers {
        assert_eq!(asked(&bench, watcher, before[watcher]), [op::GET_DATA]);
        assert_eq!(bench.detector_events(watcher, 9).len(), 2);
    }
    assert!(bench.leads(1, 1));
    assert_eq!(
        asked(&bench, 1, before[1]),
        [0; 0],
        "the successor decides alone"
    );
    // It was idle for long, so its lease needs three proofs that follow each other, and δ between
    // the first two; the first goes out as soon as its predecessor is gone. One more, which goes
    // out meanwhile, shows that the ensemble had not begun to end its session.
    let led = bench.time_of(1, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    });
    let delta = Duration::from_millis(100);
    assert!(led.unwrap().since(start) <= 8 * DELAY + delta);
    assert!((3..=6).contains(&proofs(&bench, 1, before[1])));
    assert_eq!(asked(&bench, 2, before[2]), [0; 0]);
}

#[test]
fn a_warm_successor_leads_with_the_event_and_whoever_stands_behind_it_pays_nothing() {
    let mut bench = Bench::new();
    bench.warm = true;
    for id in 0..3 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    bench.run(3 * crate::bench::T);
    let before: Vec<usize> = bench.seen.nodes.iter().map(|n| n.sent.len()).collect();
    bench.run(crate::bench::T);
    assert_eq!(proofs(&bench, 1, before[1]), 12);
    assert_eq!(proofs(&bench, 2, before[2]), 0);
    let start = bench.now();
    bench.withdraw(0, 1);
    bench.run(SECOND);
    let led = bench.time_of(1, |e| {
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
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.client();
    }
    bench.contend(0, 1);
    bench.detect(1, 9);
    bench.run(SECOND);
    let before: Vec<usize> = bench.seen.nodes.iter().map(|n| n.sent.len()).collect();
    bench.run(10 * crate::bench::T);
    let sent = |id: usize| bench.seen.nodes[id].sent.len() - before[id];
    assert!((119..=120).contains(&sent(0)), "leader: {}", sent(0));
    assert_eq!(proofs(&bench, 0, before[0]), sent(0), "and nothing else");
    assert!((29..=30).contains(&sent(1)), "detector: {}", sent(1));
    assert!(bench.leads(0, 1), "and nothing is lost by being idle");
    assert_eq!(bench.world.ensemble.sessions().len(), 2);
}

#[test]
fn ten_thousand_candidacies_leave_no_watch_and_no_znode() {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    bench.run(SECOND);
    let watches = bench.world.ensemble.watch_count();
    let passer_by = bench.client();
    bench.run(SECOND);
    let footprint = bench.core(passer_by).footprint();
    for n in 0..10_000 {
        let handle = 10 + n;
        bench.contend(passer_by, handle);
        // Half of them leave while their questions are still on the way.
        let done = |w: &Bench| match n % 2 {
            0 => w.members().len() == 3,
            _ => matches!(
                w.contender_events(passer_by, handle).last(),
                Some(ContenderEvent::Standby { .. })
            ),
        };
        assert!(bench.run_while_not(SECOND, done));
        let handle = tenure_election::Handle(handle);
        bench.command(passer_by, tenure_election::Command::Drop { handle });
        assert!(bench.run_while_not(SECOND, |w| w.members().len() == 2));
        bench.seen.nodes[passer_by].log.clear();
    }
    bench.run(SECOND);
    // It may leave its watch on the one predecessor that it stood behind.
    assert!(bench.world.ensemble.watch_count() <= watches + 1);
    assert!(bench.seen.nodes[passer_by].leases.is_empty());
    assert_eq!(bench.core(passer_by).footprint(), footprint);
}

#[test]
fn after_a_long_cut_a_detector_looks_once() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.client();
    }
    bench.contend(0, 1);
    bench.detect(1, 9);
    bench.run(SECOND);
    bench.cut(1);
    // Long enough to know nothing any longer, too short to end the session.
    let events = |w: &Bench| w.detector_events(1, 9).len();
    assert!(bench.run_while_not(crate::bench::T, |w| events(w) == 2));
    let before = bench.seen.nodes[1].sent.len();
    bench.heal(1);
    assert!(bench.run_while_not(2 * SECOND, |w| events(w) == 3));
    assert_eq!(
        bench.detector_events(1, 9).len(),
        3,
        "known, unknown, known"
    );
    assert_eq!(asked(&bench, 1, before), [op::GET_CHILDREN2, op::GET_DATA]);
}
