//! Requests and answers that end connections: they fail alone, and nothing loops without a pause.

use crate::clerk::{Act, Clerk, T};
use std::time::Duration;
use tenure_election::{
    Answer, CallId, Command, ContenderEvent, Event, GroupEvent, Handle, LostReason,
};
use tenure_proto::{Request, Response, Stat, op};

const SECOND: Duration = Duration::from_secs(1);
const LARGE: usize = 2 << 20;

/// 4.8 MB of names at `/many`.
fn long(request: &Request) -> Option<Act> {
    match request {
        Request::GetChildren2 { path, .. } if path == "/many" => {
            let children = (0..20_000).map(|n| format!("{}_{n:010}", "x".repeat(225)));
            let children = children.collect();
            let stat = Stat::default();
            Some(Act::Answer(Ok(Response::Children { children, stat })))
        }
        _ => None,
    }
}

/// A leader of `/own` on a connection that has lived.
fn leader(mut clerk: Clerk) -> Clerk {
    clerk.contend(1, "/own", Vec::new());
    clerk.group(2, "/many");
    clerk.run(3 * SECOND);
    assert!(clerk.leads(1));
    clerk
}

/// Runs, and the leader never loses its lease.
#[track_caller]
fn keeps(clerk: &mut Clerk, span: Duration) {
    let end = clerk.now + span;
    while clerk.now < end {
        clerk.run(SECOND / 20);
        assert!(clerk.leads(1), "{:?}", clerk.log.last());
    }
}

fn asked(clerk: &Clerk, op: i32) -> usize {
    clerk.sent.iter().filter(|(_, r)| r.op() == op).count()
}

fn payload(request: &Request) -> usize {
    match request {
        Request::Create2 { data, .. } | Request::SetData { data, .. } => data.len(),
        _ => 0,
    }
}

#[test]
fn an_answer_that_is_too_long_fails_alone_with_its_size_and_what_helps() {
    let mut clerk = leader(Clerk::with(4 << 20, long));
    clerk.members(2, 7);
    keeps(&mut clerk, 10 * SECOND);
    let error = clerk.error(7);
    assert!(
        error.contains("/many") && error.contains("4194304"),
        "{error}"
    );
    assert!(
        error.contains("bytes") && error.contains("several groups"),
        "{error}"
    );
    assert_eq!((clerk.connects.len(), clerk.losses()), (1, 0));
    // By default the limit allows it.
    let mut clerk = leader(Clerk::new(long));
    clerk.members(2, 7);
    keeps(&mut clerk, SECOND);
    let members = clerk.done[&CallId(7)].clone();
    assert!(matches!(members, Ok(Answer::Members(all)) if all.len() == 20_000));
}

#[test]
fn a_view_that_is_too_long_says_so_and_is_looked_at_again_at_leisure() {
    let mut clerk = leader(Clerk::with(4 << 20, long));
    clerk.command(Command::Watch { handle: Handle(2) });
    keeps(&mut clerk, 100 * SECOND);
    let told: Vec<_> = clerk
        .log
        .iter()
        .filter(|(_, h, _)| *h == Handle(2))
        .collect();
    assert!(
        matches!(&told[..], [(_, _, Event::Group(GroupEvent::Failed(error)))]
            if error.message().contains("are accepted")),
        "{told:?}"
    );
    // A listing of the own group, and then one in T.
    assert!((12..=18).contains(&asked(&clerk, op::GET_CHILDREN2)));
    assert_eq!(clerk.losses(), 0);
}

#[test]
fn an_answer_that_goes_on_arriving_is_waited_for() {
    // No contender leads: 293 pieces, 3 s, where 2 s are the limit without progress.
    let mut clerk = Clerk::new(long);
    clerk.group(2, "/many");
    clerk.run(3 * SECOND);
    clerk.piece = Duration::from_millis(10);
    clerk.members(2, 7);
    clerk.run(4 * SECOND);
    assert_eq!((clerk.connects.len(), clerk.losses()), (1, 0));
    assert!(asked(&clerk, op::EXISTS) > 10, "they are read");
}

#[test]
fn an_answer_that_holds_proofs_up_fails_alone_and_the_lease_is_kept() {
    // 3 s, and one that would never end.
    for piece in [10, 1000].map(Duration::from_millis) {
        let mut clerk = leader(Clerk::new(long));
        let slow = piece;
        clerk.piece = slow;
        clerk.members(2, 7);
        keeps(&mut clerk, 20 * SECOND);
        let error = clerk.error(7);
        assert!(error.contains("did not arrive in time"), "{error}");
        assert_eq!((clerk.connects.len(), clerk.losses()), (3, 2));
    }
}

#[test]
fn a_trickle_is_given_up_though_nobody_leads() {
    let mut clerk = Clerk::new(long);
    clerk.group(2, "/many");
    clerk.run(3 * SECOND);
    clerk.piece = Duration::from_millis(100);
    clerk.members(2, 7);
    clerk.run(20 * SECOND);
    assert!(clerk.error(7).contains("did not arrive in time"));
    assert_eq!((clerk.connects.len(), clerk.losses()), (3, 2));
}

#[test]
fn a_payload_that_the_server_hangs_up_on_fails_alone() {
    let hangs = |request: &Request| (payload(request) > 1 << 20).then_some(Act::HangUp);
    let mut clerk = leader(Clerk::new(hangs));
    let creates = asked(&clerk, op::CREATE2);
    clerk.join(2, 7, vec![0; LARGE]);
    keeps(&mut clerk, 10 * SECOND);
    let error = clerk.error(7);
    assert!(
        error.contains("closed one connection after the other") && error.contains("jute.maxbuffer"),
        "{error}"
    );
    assert_eq!(
        asked(&clerk, op::CREATE2) - creates,
        2,
        "looked for, not sent a third time"
    );
    assert_eq!(clerk.losses(), 2);
    // One that is not too long goes through meanwhile.
    clerk.join(2, 8, Vec::new());
    keeps(&mut clerk, SECOND);
    assert!(clerk.done[&CallId(8)].is_ok());
    assert_eq!(clerk.losses(), 2);

    clerk.contend(3, "/other", vec![0; LARGE]);
    keeps(&mut clerk, 10 * SECOND);
    let lost = clerk.log.iter().find_map(|(_, _, event)| match event {
        Event::Contender(ContenderEvent::Lost { reason, .. }) => Some(reason),
        _ => None,
    });
    assert!(
        matches!(lost, Some(LostReason::Failed(error)) if error.message().contains("closed one connection after the other")),
        "{lost:?}"
    );

    let (handle, call) = (Handle(1), CallId(9));
    let data = vec![0; LARGE];
    clerk.command(Command::SetData { handle, call, data });
    keeps(&mut clerk, 10 * SECOND);
    assert!(
        clerk
            .error(9)
            .contains("closed one connection after the other")
    );
    assert!(clerk.losses() <= 6, "{}", clerk.losses());
}

#[test]
fn a_question_that_the_server_hangs_up_on_fails_alone_among_many() {
    let hangs = |request: &Request| match request {
        Request::GetData { path, .. } if path == "/many/bad" => Some(Act::HangUp),
        _ => None,
    };
    let mut clerk = leader(Clerk::new(hangs));
    for call in 0..50 {
        let (handle, path) = (
            Handle(2),
            match call {
                30 => "/many/bad".to_owned(),
                _ => format!("/many/{call}"),
            },
        );
        let call = CallId(call);
        clerk.command(Command::Data { handle, call, path });
    }
    keeps(&mut clerk, 10 * SECOND);
    assert!(
        clerk
            .error(30)
            .contains("closed one connection after the other")
    );
    let answered = clerk.done.values().filter(|result| result.is_ok()).count();
    assert_eq!((answered, clerk.losses()), (49, 2));
}

/// An operator's tool attaches to the session, and closes it: each act cuts off the requests of
/// that moment.
#[test]
fn a_question_is_not_blamed_for_the_end_of_its_session() {
    let mut cuts = 2;
    let hangs = move |request: &Request| match request {
        Request::GetChildren2 { path, .. } if path == "/many" && cuts > 0 => {
            cuts -= 1;
            Some(Act::HangUp)
        }
        _ => None,
    };
    let mut clerk = leader(Clerk::new(hangs));
    clerk.members(2, 7);
    while clerk.connects.len() < 3 {
        clerk.run(Duration::from_millis(1));
    }
    clerk.expires = true;
    clerk.run(T / 2);
    let members = clerk.done.get(&CallId(7));
    assert!(
        matches!(members, Some(Ok(Answer::Members(_)))),
        "{members:?}"
    );
}

#[test]
fn an_answer_that_cannot_be_read_fails_alone() {
    let garbles = |request: &Request| match request {
        Request::GetChildren2 { path, .. } if path == "/many" => {
            Some(Act::Garble(vec![0x7f, 0xff, 0xff, 0xff]))
        }
        _ => None,
    };
    let mut clerk = leader(Clerk::new(garbles));
    clerk.members(2, 7);
    keeps(&mut clerk, 10 * SECOND);
    assert!(clerk.error(7).contains("could not be read"));
    assert_eq!(clerk.losses(), 2);
}

#[test]
fn a_server_that_hangs_up_on_one_way_to_look_for_a_znode_is_asked_in_another() {
    let mut lost = false;
    let hangs = move |request: &Request| match request {
        // Its first create is lost, so that it must look for the outcome.
        Request::Create2 { .. } => (!std::mem::replace(&mut lost, true)).then_some(Act::HangUp),
        Request::GetEphemerals { .. } => Some(Act::HangUp),
        _ => None,
    };
    let mut clerk = Clerk::new(hangs);
    clerk.contend(1, "/own", Vec::new());
    clerk.run(5 * SECOND);
    assert_eq!(asked(&clerk, op::GET_EPHEMERALS), 2);
    assert!(clerk.connects.len() <= 4, "{}", clerk.connects.len());
}

#[test]
fn no_server_is_dialled_in_a_loop_whatever_it_hangs_up_on() {
    for bad in [
        op::CREATE2,
        op::GET_CHILDREN2,
        op::MULTI,
        op::EXISTS,
        op::GET_DATA,
    ] {
        let hangs = move |request: &Request| (request.op() == bad).then_some(Act::HangUp);
        let mut clerk = Clerk::new(hangs);
        clerk.contend(1, "/own", Vec::new());
        clerk.command(Command::Detect {
            handle: Handle(3),
            path: "/own".into(),
        });
        clerk.group(2, "/many");
        clerk.command(Command::Watch { handle: Handle(2) });
        for minute in 0..5 {
            let before = clerk.connects.len();
            clerk.run(60 * SECOND);
            let connects = clerk.connects.len() - before;
            // At least half a second, once pauses have grown, and one that is free.
            assert!(connects <= 125, "{bad}, minute {minute}: {connects}");
        }
        let mut close = clerk.connects.windows(2).map(|w| w[1].since(w[0]));
        let longest = close.by_ref().max().unwrap_or_default();
        assert!(longest < 9 * T, "it goes on trying: {longest:?}");
    }
}
