//! Creates that are carried out after the look that found nothing, and writes that are carried out after
//! newer ones: an observer can pass one on late, when its client is attached to the follower that the
//! observer learns from.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{Call, Command, Handle, SessionEvent};
use tenure_model::ModelOptions;
use tenure_proto::{Acl, CreateMode, Request, op};

const SECOND: Duration = Duration::from_secs(1);
const G: Handle = Handle(7);

/// A create of the client's session that arrives now. Its reply has a number that the client does not
/// know, so the client makes another connection; nothing of its own is in doubt by then.
fn arrives(bench: &mut Bench, label: &str, data: &str) {
    let request = Request::Create2 {
        path: format!("{GROUP}/{label}_"),
        data: data.as_bytes().to_vec(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    };
    bench.inject(0, &request);
}

/// What is asked now does not arrive, and the client connects again within the session.
fn loses(bench: &mut Bench, ask: impl FnOnce(&mut Bench)) {
    bench.cut(0);
    ask(bench);
    bench.sever(0);
    bench.heal(0);
    bench.run(SECOND);
}

fn join(bench: &mut Bench, label: &str) {
    bench.with_call(0, |call| Command::Call {
        handle: G,
        call,
        what: Call::Join {
            label: Some(label.into()),
            data: b"m".to_vec(),
        },
    });
}

fn prepared(options: ModelOptions) -> Bench {
    let mut bench = Bench::with(options);
    bench.create(GROUP);
    bench.client();
    let path = GROUP.into();
    bench.command(0, Command::Group { handle: G, path });
    bench.run(SECOND);
    bench
}

/// A contender whose create was lost, and which has created again.
fn contender(options: ModelOptions) -> Bench {
    let mut bench = prepared(options);
    loses(&mut bench, |bench| bench.contend(0, 1));
    assert!(bench.leads(0, 1));
    assert_eq!(bench.members(), ["c_0000000000"]);
    bench
}

#[test]
fn a_create_that_arrives_after_the_look_leaves_no_ghost() {
    let old = ModelOptions {
        unknown: vec![op::CREATE2, op::GET_EPHEMERALS],
        ..ModelOptions::default()
    };
    for (options, label, data) in [
        (ModelOptions::default(), "c", "0/1"),
        (ModelOptions::default(), "c", "another payload"),
        (old, "c", "0/1"),
    ] {
        for late in [Duration::ZERO, T / 2, 3 * T, 20 * T] {
            let mut bench = contender(options.clone());
            let token = bench.token(0, 1);
            bench.run(late);
            match options.unknown.is_empty() {
                true => arrives(&mut bench, label, data),
                false => arrives_in_the_old_way(&mut bench),
            }
            assert_eq!(bench.members().len(), 2, "it has arrived after {late:?}");
            // As long as it took, and T.
            bench.run(late + T + 2 * SECOND);
            assert_eq!(bench.members(), ["c_0000000000"], "after {late:?}");
            assert_eq!(bench.token(0, 1), token, "after {late:?}");
        }
    }
}

fn arrives_in_the_old_way(bench: &mut Bench) {
    let request = Request::Create {
        path: format!("{GROUP}/c_"),
        data: b"0/1".to_vec(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    };
    bench.inject(0, &request);
}

#[test]
fn a_late_create_of_a_membership_is_deleted_and_the_membership_stays() {
    let mut bench = prepared(ModelOptions::default());
    loses(&mut bench, |bench| join(bench, "m"));
    arrives(&mut bench, "m", "m");
    bench.run(SECOND);
    assert_eq!(bench.members(), ["m_0000000000", "m_0000000001"]);
    bench.run(T);
    assert_eq!(bench.members(), ["m_0000000000"]);
    assert_eq!(bench.group_events(0, G.0), []);
}

#[test]
fn a_late_create_of_who_has_left_meanwhile_is_deleted() {
    let mut bench = prepared(ModelOptions::default());
    loses(&mut bench, |bench| {
        bench.contend(0, 1);
        bench.withdraw(0, 1);
    });
    assert!(bench.seen.nodes[0].done.values().all(Result::is_ok));
    arrives(&mut bench, "c", "0/1");
    bench.run(SECOND);
    assert_eq!(bench.members(), ["c_0000000000"]);
    bench.run(T);
    assert!(bench.members().is_empty(), "{:?}", bench.members());
}

#[test]
fn all_late_creates_of_several_in_one_group_are_deleted() {
    let mut bench = prepared(ModelOptions::default());
    loses(&mut bench, |bench| {
        bench.contend(0, 1);
        bench.contend(0, 2);
        join(bench, "m");
    });
    let own = bench.members();
    assert_eq!(own.len(), 3);
    for (label, data) in [("m", "m"), ("c", "0/2"), ("c", "0/1")] {
        arrives(&mut bench, label, data);
        bench.run(T / 12);
    }
    assert_eq!(bench.members().len(), 6);
    bench.run(T + SECOND);
    assert_eq!(bench.members(), own);
}

#[test]
fn the_late_create_of_an_earlier_connection_is_adopted_and_the_newest_is_still_looked_for() {
    let mut bench = prepared(ModelOptions::default());
    bench.cut(0);
    bench.contend(0, 1);
    bench.sever(0);
    bench.heal(0);
    // It looks, and sends another create: that one is lost, too.
    let creates = |b: &Bench| b.count_sent(0, op::CREATE2) == 2;
    assert!(bench.run_while_not(T, creates));
    loses(&mut bench, |_| {});
    let own = bench.members();
    assert_eq!(own.len(), 1);
    for _ in 0..2 {
        arrives(&mut bench, "c", "0/1");
        bench.run(T / 2);
    }
    bench.run(T + SECOND);
    assert_eq!(bench.members(), own);
    assert!(bench.leads(0, 1));
}

#[test]
fn it_is_looked_for_a_few_times_and_no_longer() {
    let mut bench = contender(ModelOptions::default());
    let looks = |bench: &Bench| bench.count_sent(0, op::GET_EPHEMERALS);
    assert_eq!(looks(&bench), 1);
    let mut seen = Vec::new();
    for passed in 1..=70 {
        bench.run(T);
        if looks(&bench) > seen.len() + 1 {
            seen.push(passed);
        }
    }
    assert_eq!(seen, [1, 3, 7, 15, 31, 63]);
    bench.run(100 * T);
    assert_eq!(looks(&bench), 7);
    assert_eq!(bench.core(0).footprint()[1], 1);
}

#[test]
fn a_create_that_was_found_is_not_looked_for_again() {
    let mut bench = prepared(ModelOptions::default());
    bench.swallow_reply_of(op::CREATE2);
    bench.contend(0, 1);
    bench.run(10 * T);
    assert!(bench.leads(0, 1));
    assert_eq!(bench.count_sent(0, op::GET_EPHEMERALS), 1);
}

/// A server that does not know `getEphemerals` hangs up, and a leader would be in jeopardy.
#[test]
fn a_server_that_has_not_shown_that_it_knows_the_operation_is_asked_in_the_old_way() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client_of(&["127.0.0.1", "127.0.0.2"], T, None);
    bench.run(SECOND);
    loses(&mut bench, |bench| bench.contend(0, 1));
    assert_eq!(bench.count_sent(0, op::GET_EPHEMERALS), 1);
    arrives(&mut bench, "c", "0/1");
    bench.run(SECOND);
    // Each time it moves to the other one.
    loses(&mut bench, |_| {});
    assert_eq!(bench.members().len(), 2);
    bench.run(T + SECOND);
    assert_eq!(bench.members(), ["c_0000000000"]);
    assert_eq!(bench.count_sent(0, op::GET_EPHEMERALS), 1);
}

#[test]
fn a_late_look_that_is_refused_waits_for_the_next() {
    let mut bench = contender(ModelOptions::default());
    arrives(&mut bench, "c", "0/1");
    bench.run(SECOND);
    bench.refuse(0, op::GET_EPHEMERALS, -127, 2);
    bench.run(4 * T);
    assert_eq!(bench.count_sent(0, op::GET_EPHEMERALS), 3);
    assert_eq!(bench.members().len(), 2);
    bench.run(4 * T);
    assert_eq!(bench.members(), ["c_0000000000"]);
    assert_eq!(bench.blocks(0, 1), []);
}

const OWN: &str = "/group/c_0000000000";

fn leader() -> Bench {
    let mut bench = prepared(ModelOptions::default());
    bench.contend(0, 1);
    bench.run(SECOND);
    bench
}

fn data(bench: &Bench) -> String {
    let (data, _) = bench.world.ensemble.node(OWN).unwrap();
    String::from_utf8(data).unwrap()
}

#[test]
fn a_write_that_arrives_late_does_not_stay() {
    for late in [Duration::ZERO, T / 2, 20 * T] {
        let mut bench = leader();
        loses(&mut bench, |bench| {
            bench.change_payload(0, 1, b"older");
        });
        bench.change_payload(0, 1, b"newer");
        bench.run(SECOND);
        bench.run(late);
        bench.set_data(OWN, b"older");
        bench.run(SECOND);
        assert_eq!(data(&bench), "newer");
        assert!(bench.leads(0, 1));
    }
}

#[test]
fn nor_does_one_that_arrives_while_the_client_is_cut_off() {
    let mut bench = leader();
    loses(&mut bench, |bench| {
        bench.change_payload(0, 1, b"older");
    });
    bench.change_payload(0, 1, b"newer");
    bench.run(SECOND);
    loses(&mut bench, |bench| bench.set_data(OWN, b"older"));
    assert_eq!(data(&bench), "newer");
    assert!(bench.leads(0, 1));
}

#[test]
fn nor_does_a_payload_of_another_party() {
    let mut bench = leader();
    for own in ["0/1", "own"] {
        for _ in 0..3 {
            bench.set_data(OWN, b"of an operator");
            bench.run(SECOND);
            assert_eq!(data(&bench), own);
        }
        bench.change_payload(0, 1, b"own");
        bench.run(SECOND);
    }
    assert!(bench.leads(0, 1));
}

#[test]
fn a_war_over_a_payload_is_fought_with_ten_writes_a_second_at_most() {
    let mut bench = leader();
    let before = bench.seen.nodes[0].sent.len();
    for _ in 0..1000 {
        bench.set_data(OWN, b"of an operator");
        bench.run(SECOND / 100);
    }
    let sent = &bench.seen.nodes[0].sent[before..];
    let writes = sent
        .iter()
        .filter(|request| matches!(request, Request::SetData { .. }));
    assert!(writes.count() <= 100);
    bench.run(T);
    assert_eq!(data(&bench), "0/1");
}

#[test]
fn a_payload_is_not_written_to_the_znode_of_another_client_at_the_same_path() {
    let mut bench = prepared(ModelOptions::default());
    join(&mut bench, "c");
    bench.run(SECOND);
    assert_eq!(data(&bench), "m");
    bench.cut(0);
    bench.with_call(0, |call| Command::Call {
        handle: G,
        call,
        what: Call::SetMemberData {
            path: OWN.into(),
            data: b"of the first".to_vec(),
        },
    });
    bench.delete(OWN);
    bench.delete(GROUP);
    bench.create(GROUP);
    bench.client();
    bench.contend(1, 1);
    bench.run(SECOND);
    assert_eq!(data(&bench), "1/1");
    bench.sever(0);
    bench.heal(0);
    bench.run(T);
    let (data, stat) = bench.world.ensemble.node(OWN).unwrap();
    assert_eq!((data.as_slice(), stat.version), (&b"1/1"[..], 0));
    assert_eq!(bench.members(), ["c_0000000000"]);
}

#[test]
fn a_refusal_after_a_lost_write_makes_up_no_payload() {
    let mut bench = leader();
    let (throttled, no_auth) = (-127, -102);
    bench.refuse(0, op::SET_DATA, throttled, 1);
    bench.refuse(0, op::SET_DATA, no_auth, 1);
    bench.change_payload(0, 1, b"new");
    bench.run(T);
    loses(&mut bench, |_| {});
    assert_eq!(data(&bench), "new");
}

/// A group was deleted and made again while a member was cut off, and another client has the old name. Whatever ends the
/// old candidacy on the next connection, the znode of the other client stays.
#[test]
fn a_withdrawal_deletes_no_znode_of_another_client_at_the_same_path() {
    let mut bench = leader();
    bench.client();
    bench.contend(1, 1);
    bench.run(SECOND);
    bench.cut(1);
    bench.kill(0);
    bench.delete_tree(GROUP);
    bench.create(GROUP);
    for node in [2, 3] {
        bench.client();
        bench.contend(node, 1);
        bench.run(SECOND);
    }
    let members = bench.members();
    assert_eq!(members, ["c_0000000000", "c_0000000001"]);
    bench.sever(1);
    bench.heal(1);
    let before = bench.session_events(1).len();
    let is_attached = |b: &Bench| {
        let events = b.session_events(1);
        events[before..]
            .iter()
            .any(|event| matches!(event, SessionEvent::Connected { .. }))
    };
    assert!(bench.run_while_not(T, is_attached));
    let call = bench.withdraw(1, 1);
    bench.run(T);
    assert!(bench.seen.nodes[1].done.contains_key(&call));
    assert_eq!(bench.members(), members);
    assert_eq!(bench.losses(3, 1), []);
}
