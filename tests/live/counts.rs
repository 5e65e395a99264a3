//! Costs, counted in frames between library and server.

use crate::{LIMIT, fresh_path, open, shared};
use std::collections::BTreeMap;
use tenure::{ContenderEvent, ContenderOptions, DetectorEvent};
use tenure_field::wire::opcode;
use tenure_field::{Proxy, wait_until};
use tenure_observer::{Mode, Observer};

fn standing_by(event: ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Standby { .. })
}

#[test]
fn enrolment_is_a_create_and_a_listing_and_arming_the_own_watch() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    Observer::connect(shared().addr()).create(&path, b"");
    let client = open(&proxy.url(&path));
    client.group(&path).unwrap().members().wait().unwrap();
    proxy.reset_counts();
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    contender.wait_leading(Some(LIMIT)).unwrap();
    let expected = BTreeMap::from([
        (opcode::CREATE2, 1),
        (opcode::GET_CHILDREN2, 1),
        (opcode::EXISTS, 1),
    ]);
    wait_until("the own watch is armed", LIMIT, || {
        (proxy.counts().replies == expected).then_some(())
    });
    assert_eq!(proxy.counts().requests, expected);
    client.close().wait().unwrap();
}

#[test]
fn standby_churn_costs_a_detector_nothing_and_a_new_leader_one_read() {
    let path = fresh_path();
    let proxy = Proxy::start(shared().addr());
    let others = open(&shared().url(&path));
    let leader = others.contend(ContenderOptions::new(&path)).unwrap();
    leader.wait_leading(Some(LIMIT)).unwrap();
    let successor = others.contend(ContenderOptions::new(&path)).unwrap();
    while !standing_by(successor.events().next(Some(LIMIT)).unwrap()) {}

    let watching = open(&proxy.url(&path));
    let detector = watching.detect(&path).unwrap();
    let first = detector.events().next(Some(LIMIT)).unwrap();
    proxy.reset_counts();
    for _ in 0..5 {
        let passer_by = others.contend(ContenderOptions::new(&path)).unwrap();
        while !standing_by(passer_by.events().next(Some(LIMIT)).unwrap()) {}
        assert!(passer_by.withdraw().wait().unwrap());
    }
    // The server would have sent an event before the reply to a later write of any client.
    let observer = Observer::connect(shared().addr());
    observer.create_raw(&format!("{path}-mark"), b"", Mode::Persistent);
    assert_eq!(proxy.counts().watch_events, 0);
    assert_eq!(proxy.counts().total_requests(), 0);

    assert!(leader.withdraw().wait().unwrap());
    let second = detector.detect(&first, Some(LIMIT)).unwrap();
    let (DetectorEvent::Leader(a), DetectorEvent::Leader(b)) = (first, second) else {
        panic!("one leader after the other");
    };
    assert!(b.member.token > a.member.token);
    assert_eq!(proxy.counts().watch_events, 1);
    assert_eq!(
        proxy.counts().requests,
        BTreeMap::from([(opcode::GET_DATA, 1)])
    );
    for client in [others, watching] {
        client.close().wait().unwrap();
    }
}
