//! Answers that decide nothing: the answer of a server that throttles (−127) or is overloaded (−4,
//! −7) is no information on the znode, and the server may have carried the operation out or not.

use crate::bench::{Bench, GROUP, T};
use crate::clerk::{Act, Clerk};
use std::time::Duration;
use tenure_election::{
    Answer, Call, Command, ContenderEvent, ContenderSpec, DetectorEvent, Error, Event, GroupEvent,
    Handle, LostReason, Reenrol, Time,
};
use tenure_proto::{Request, ServerError, op};

const SECOND: Duration = Duration::from_secs(1);

/// The errors that servers are known to answer, and an unknown one.
const CODES: [i32; 6] = [-127, -4, -7, -1, -125, -999];

fn pair() -> Bench {
    let mut bench = Bench::new();
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    assert!(bench.leads(0, 1));
    bench
}

/// The obstacle that the contender reports.
fn blocks(bench: &Bench, node: usize, handle: u64) -> Vec<String> {
    let told = |error: Error| error.message().to_owned();
    bench.blocks(node, handle).into_iter().map(told).collect()
}

#[test]
fn an_own_znode_that_a_server_says_nothing_of_is_not_taken_for_gone() {
    for code in CODES {
        let mut bench = pair();
        let token = bench.token(0, 1);
        bench.refuse(0, op::EXISTS, code, 5);
        // A change of the payload makes its owner look.
        bench.set_data("/group/c_0000000000", b"x");
        bench.run(2 * T);
        assert_eq!(bench.losses(0, 1), [], "{code}");
        assert_eq!(bench.token(0, 1), token, "{code}");
        let told = blocks(&bench, 0, 1);
        assert_eq!(told.len(), 1, "{code}: {told:?}");
        assert!(told[0].contains(&code.to_string()), "{told:?}");
        // The watch is armed again.
        bench.delete("/group/c_0000000000");
        bench.run(SECOND);
        assert!(bench.leads(1, 1), "{code}");
    }
}

#[test]
fn a_candidacy_goes_on_whatever_is_refused_at_its_begin() {
    for code in CODES {
        for refused in [op::CREATE2, op::GET_CHILDREN2, op::EXISTS, op::MULTI] {
            let mut bench = Bench::new();
            bench.client();
            bench.run(SECOND);
            bench.refuse(0, refused, code, 4);
            bench.contend(0, 1);
            bench.run(2 * T);
            assert!(bench.leads(0, 1), "{code} {refused}");
            assert_eq!(bench.members().len(), 1, "{code} {refused}");
            assert_eq!(bench.losses(0, 1), [], "{code} {refused}");
            assert!(blocks(&bench, 0, 1).len() <= 2, "{code} {refused}");
        }
    }
}

#[test]
fn a_path_is_created_whichever_of_its_creates_are_refused() {
    for times in 1..=8 {
        let mut bench = Bench::new();
        bench.client();
        let spec = ContenderSpec::new("/a/b/c");
        let handle = Handle(1);
        bench.command(0, Command::Contend { handle, spec });
        // The first create has shown that the path is missing; now the client creates it.
        let creates = |w: &Bench| w.count_sent(0, op::CREATE2) > 1;
        assert!(bench.run_while_not(SECOND, creates));
        bench.refuse(0, op::CREATE2, -127, times);
        bench.run(2 * T);
        assert_eq!(bench.losses(0, 1), [], "{times}");
        assert!(bench.leads(0, 1), "{times}");
    }
}

#[test]
fn a_standby_that_a_server_says_nothing_to_waits_and_goes_on() {
    for code in CODES {
        for refused in [op::CREATE2, op::GET_CHILDREN2, op::EXISTS] {
            let mut bench = Bench::new();
            for id in 0..2 {
                bench.client();
                bench.run(SECOND);
                if id == 1 {
                    bench.refuse(1, refused, code, 4);
                }
                bench.contend(id, 1);
                bench.run(SECOND);
            }
            bench.run(T);
            assert!(bench.leads(0, 1));
            bench.withdraw(0, 1);
            bench.run(SECOND);
            assert!(bench.leads(1, 1), "{code} {refused}");
            assert_eq!(bench.members().len(), 1, "{code} {refused}");
        }
    }
}

#[test]
fn a_create_that_was_carried_out_all_the_same_is_adopted() {
    for code in CODES {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.client();
        bench.run(SECOND);
        bench.disguise(op::CREATE2, code);
        // The look for it is refused as well.
        bench.refuse(0, op::GET_EPHEMERALS, code, 2);
        bench.refuse(0, op::GET_DATA, code, 2);
        bench.contend(0, 1);
        bench.run(2 * T);
        assert!(bench.leads(0, 1), "{code}");
        assert_eq!(bench.members(), ["c_0000000000"], "{code}");
        assert_eq!(bench.count_sent(0, op::CREATE2), 1, "{code}");
    }
}

#[test]
fn creates_in_doubt_of_one_group_neither_double_nor_delete_each_other() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.refuse(0, op::GET_EPHEMERALS, -127, 3);
    for handle in 1..=4 {
        bench.disguise(op::CREATE2, -4);
        bench.contend(0, handle);
        // The next candidacy begins while the looks for this one are under way.
        bench.run(Duration::from_millis(70));
    }
    bench.run(2 * T);
    assert_eq!(bench.members().len(), 4, "{:?}", bench.members());
    let leaders = (1..=4).filter(|handle| bench.leads(0, *handle)).count();
    assert_eq!(leaders, 1);
    for handle in 1..=4 {
        assert_eq!(bench.losses(0, handle), [], "{handle}");
    }
}

#[test]
fn a_withdrawal_ends_only_when_the_znode_is_gone() {
    for code in CODES {
        for refused in [0, 1, 5] {
            let mut bench = pair();
            match refused {
                // Carried out all the same.
                0 => bench.disguise(op::DELETE, code),
                times => bench.refuse(0, op::DELETE, code, times),
            }
            let call = bench.withdraw(0, 1);
            bench.run(T);
            assert_eq!(bench.members(), ["c_0000000001"], "{code}");
            assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
            assert!(bench.leads(1, 1));
        }
    }
}

#[test]
fn a_payload_is_written_in_the_end() {
    for code in CODES {
        let mut bench = pair();
        bench.refuse(0, op::SET_DATA, code, 3);
        let call = bench.change_payload(0, 1, b"new");
        bench.run(T);
        assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Written(true)));
        let (data, _) = bench.world.ensemble.node("/group/c_0000000000").unwrap();
        assert_eq!(data, b"new");
        assert!(bench.leads(0, 1), "{code}");
    }
}

#[test]
fn a_server_that_refuses_every_proof_is_told_once_and_asked_at_leisure() {
    let mut bench = pair();
    bench.refuse(0, op::MULTI, -127, u32::MAX);
    let before = bench.seen.nodes[0].sent.len();
    bench.run(T / 2);
    assert_eq!(blocks(&bench, 0, 1).len(), 1);
    bench.run(T);
    assert_eq!(bench.losses(0, 1), [LostReason::LeaseLapsed]);
    bench.run(3 * T);
    let sent = bench.seen.nodes[0].sent.len() - before;
    assert!(sent < 5 * 30, "{sent} requests in 4.5 T");
}

#[test]
fn a_detector_tells_once_that_it_cannot_look_and_then_who_leads() {
    for code in CODES {
        for refused in [op::GET_CHILDREN2, op::GET_DATA] {
            let mut bench = pair();
            let watcher = bench.client();
            bench.run(SECOND);
            bench.refuse(watcher, refused, code, 4);
            bench.detect(watcher, 9);
            bench.run(T);
            let events = bench.detector_events(watcher, 9);
            let [DetectorEvent::Failed(error), DetectorEvent::Leader(leader)] = &events[..] else {
                panic!("{code} {refused}: {events:?}");
            };
            assert!(error.message().contains(&code.to_string()), "{error}");
            assert_eq!(leader.member.path, "/group/c_0000000000");
        }
    }
}

#[test]
fn one_refusal_does_not_overthrow_what_is_known() {
    let mut bench = pair();
    let watcher = bench.client();
    bench.detect(watcher, 9);
    let (handle, path) = (Handle(5), GROUP.to_owned());
    bench.command(watcher, Command::Group { handle, path });
    bench.command(watcher, Command::Watch { handle });
    bench.run(SECOND);
    bench.refuse(watcher, op::GET_DATA, -127, 1);
    bench.refuse(watcher, op::GET_CHILDREN2, -127, 1);
    bench.set_data("/group/c_0000000000", b"0/1");
    bench.withdraw(1, 1);
    bench.run(T);
    let told = bench.detector_events(watcher, 9);
    assert!(
        told.iter().all(|e| matches!(e, DetectorEvent::Leader(_))),
        "{told:?}"
    );
    let told = bench.group_events(watcher, 5);
    assert!(
        matches!(&told[..], [GroupEvent::Members(two), GroupEvent::Members(one)]
            if two.len() == 2 && one.len() == 1),
        "{told:?}"
    );
}

#[test]
fn calls_of_a_group_wait_for_an_answer_that_decides() {
    for code in CODES {
        let mut bench = pair();
        let asker = bench.client();
        let group = Handle(5);
        let path = GROUP.to_owned();
        bench.command(
            asker,
            Command::Group {
                handle: group,
                path,
            },
        );
        bench.run(SECOND);
        let member = || "/group/c_0000000001".to_owned();
        let token = bench.world.ensemble.node(&member()).unwrap().1.czxid as u64;
        for refused in [op::GET_CHILDREN2, op::EXISTS, op::GET_DATA, op::DELETE] {
            bench.refuse(asker, refused, code, 3);
        }
        let members = bench.with_call(asker, |call| Command::Call {
            handle: group,
            call,
            what: Call::Members,
        });
        let data = bench.with_call(asker, |call| Command::Call {
            handle: group,
            call,
            what: Call::Data { path: member() },
        });
        bench.run(T);
        let done = &bench.seen.nodes[asker].done;
        assert!(
            matches!(&done[&members], Ok(Answer::Members(all)) if all.len() == 2),
            "{code}: {:?}",
            done[&members]
        );
        assert_eq!(done[&data], Ok(Answer::Data(Some(b"1/1".to_vec()))));
        bench.refuse(asker, op::EXISTS, code, 2);
        let end = bench.with_call(asker, |call| Command::Call {
            handle: group,
            call,
            what: Call::AwaitEnd { path: member() },
        });
        let evict = bench.with_call(asker, |call| Command::Call {
            handle: group,
            call,
            what: Call::Evict {
                path: member(),
                token,
            },
        });
        bench.run(T);
        let done = &bench.seen.nodes[asker].done;
        assert_eq!(done[&evict], Ok(Answer::Removed(true)), "{code}");
        assert_eq!(done[&end], Ok(Answer::Removed(false)), "{code}");
    }
}

#[test]
fn a_listing_of_many_asks_again_only_for_those_that_were_refused() {
    const MANY: u64 = 200;
    let mut bench = Bench::new();
    bench.client();
    for handle in 1..=MANY {
        bench.contend(0, handle);
    }
    bench.run(SECOND);
    let asker = bench.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    bench.command(asker, Command::Group { handle, path });
    bench.run(SECOND);
    bench.refuse(asker, op::EXISTS, -127, 7);
    bench.command(asker, Command::Watch { handle });
    let call = bench.with_call(asker, |call| Command::Call {
        handle,
        call,
        what: Call::Members,
    });
    bench.run(T);
    let done = &bench.seen.nodes[asker].done;
    assert!(matches!(&done[&call], Ok(Answer::Members(all)) if all.len() == MANY as usize));
    let asked = bench.count_sent(asker, op::EXISTS);
    assert!(asked < 2 * MANY as usize + 20, "{asked}");
    let events = bench.group_events(asker, 5);
    assert!(
        matches!(&events[..], [GroupEvent::Failed(_), GroupEvent::Members(all)]
            if all.len() == MANY as usize)
            || matches!(&events[..], [GroupEvent::Members(all)] if all.len() == MANY as usize),
        "no view lacks one: {} events",
        events.len()
    );
}

#[test]
fn a_join_waits_and_says_why() {
    let mut bench = Bench::new();
    bench.client();
    let (handle, path) = (Handle(5), GROUP.to_owned());
    bench.command(0, Command::Group { handle, path });
    bench.run(SECOND);
    bench.refuse(0, op::CREATE2, -125, 4);
    let call = bench.with_call(0, |call| Command::Call {
        handle,
        call,
        what: Call::Join {
            label: None,
            data: Vec::new(),
        },
    });
    bench.run(T / 20);
    assert!(!bench.seen.nodes[0].done.contains_key(&call));
    let events = bench.group_events(0, 5);
    let [GroupEvent::Failed(error)] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(error.message().contains("quota"), "{error}");
    bench.run(T);
    assert!(matches!(
        bench.seen.nodes[0].done[&call],
        Ok(Answer::Joined(_))
    ));
    assert_eq!(bench.members().len(), 1);
}

#[test]
fn nobody_is_taken_for_gone_when_a_wrapped_counter_makes_everybody_count() {
    for code in CODES {
        let mut bench = Bench::new();
        bench.create(GROUP);
        assert!(bench.world.ensemble.set_counter(GROUP, -2));
        bench.client();
        bench.contend(0, 1);
        bench.run(SECOND);
        assert!(bench.leads(0, 1));
        bench.client();
        bench.run(SECOND);
        // The look at the leader, which comes before the look at the own znode.
        bench.refuse(1, op::EXISTS, code, 3);
        bench.contend(1, 1);
        let watcher = bench.client();
        bench.run(SECOND / 10);
        bench.refuse(watcher, op::EXISTS, code, 3);
        bench.detect(watcher, 9);
        // Checks that there are never two leaders.
        bench.run(2 * T);
        assert!(bench.leads(0, 1) && !bench.leads(1, 1), "{code}");
        assert!(!blocks(&bench, 1, 1).is_empty(), "{code}");
        let leads = |event: &DetectorEvent| match event {
            DetectorEvent::Leader(leader) => Some(leader.member.path.clone()),
            _ => None,
        };
        let leaders: Vec<String> = bench
            .detector_events(watcher, 9)
            .iter()
            .filter_map(leads)
            .collect();
        assert_eq!(leaders, ["/group/c_-000000002"], "{code}");
        bench.withdraw(0, 1);
        bench.run(SECOND);
        assert!(bench.leads(1, 1), "{code}");
    }
}

#[test]
fn whatever_is_refused_at_random_everything_heals_and_nothing_spins() {
    for seed in 0..20_u32 {
        let mut bench = Bench::new();
        for id in 0..3 {
            bench.client();
            bench.contend(id, 1);
            bench.detect(id, 9);
            let (handle, path) = (Handle(5), GROUP.to_owned());
            bench.command(id, Command::Group { handle, path });
            bench.command(id, Command::Watch { handle });
        }
        bench.run(Duration::from_millis(u64::from(seed) * 37));
        bench.world.ensemble.set_refusals(0, 300, CODES.to_vec());
        bench.run(5 * T);
        let call = bench.withdraw(1, 1);
        bench.contend(1, 2);
        bench.run(10 * T);
        let sent: Vec<usize> = bench.seen.nodes.iter().map(|n| n.sent.len()).collect();
        assert!(sent.iter().all(|n| *n < 15 * 300), "{seed}: {sent:?}");
        bench.world.ensemble.set_refusals(0, 0, Vec::new());
        bench.run(2 * T);
        assert!(bench.seen.nodes[1].done.contains_key(&call), "{seed}");
        assert_eq!(bench.members().len(), 3, "{seed}: {:?}", bench.members());
        let leaders = [(0, 1), (1, 2), (2, 1)];
        let leaders = leaders.iter().filter(|(id, h)| bench.leads(*id, *h));
        assert_eq!(leaders.count(), 1, "{seed}");
        for id in 0..3 {
            let told = bench.detector_events(id, 9);
            assert!(
                matches!(told.last(), Some(DetectorEvent::Leader(_))),
                "{seed}"
            );
            let told = bench.group_events(id, 5);
            assert!(
                matches!(told.last(), Some(GroupEvent::Members(all)) if all.len() == 3),
                "{seed}"
            );
        }
    }
}

/// A server that throttles every proof, and nothing else.
fn throttled() -> Clerk {
    Clerk::new(|request: &Request| match request {
        Request::Multi { .. } => Some(Act::Answer(Err(ServerError::from_code(-127)))),
        _ => None,
    })
}

#[test]
fn a_server_that_throttles_every_proof_is_named_once_and_answers_are_not_called_slow() {
    let mut clerk = throttled();
    clerk.contend(1, "/own", Vec::new());
    clerk.run(10 * T);
    let mut told = Vec::new();
    for (_, _, event) in &clerk.log {
        if let Event::Contender(ContenderEvent::Blocked { error, .. }) = event {
            told.push(error.message());
        }
    }
    // Once as a leader, and once as a candidate again.
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter().all(|told| told.contains("throttles")),
        "{told:?}"
    );
}

#[test]
fn nothing_is_told_of_a_candidacy_that_has_ended_while_its_proof_was_in_flight() {
    let mut clerk = throttled();
    clerk.command(Command::Contend {
        handle: Handle(1),
        spec: ContenderSpec {
            reenrol: Reenrol::Never,
            ..Clerk::spec("/own", Vec::new())
        },
    });
    clerk.run(SECOND / 2);
    assert!(clerk.leads(1));
    // Longer than the pause between two proofs.
    clerk.takes = T / 8;
    clerk.run(2 * T);
    let told = |(_, _, event): &&(Time, Handle, Event)| matches!(event, Event::Contender(_));
    let last = clerk.log.iter().rfind(told).map(|(.., event)| event);
    assert!(
        matches!(last, Some(Event::Contender(ContenderEvent::Lost { .. }))),
        "{last:?}"
    );
}
