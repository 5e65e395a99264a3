//! Many questions at once: the requests of a lease do not wait behind them. Counted in frames.

use crate::clerk::{Act, Clerk, T};
use std::time::Duration;
use tenure_election::{Answer, CallId, Command, DetectorEvent, Event, Handle};
use tenure_proto::{Request, Response, Stat, op};

const SECOND: Duration = Duration::from_secs(1);

/// A group at `/many` with this many members.
fn many(members: usize) -> impl FnMut(&Request) -> Option<Act> {
    move |request| match request {
        Request::GetChildren2 { path, .. } if path == "/many" => {
            let children = (0..members).map(|n| format!("m_{n:010}")).collect();
            let stat = Stat::default();
            Some(Act::Answer(Ok(Response::Children { children, stat })))
        }
        _ => None,
    }
}

/// A leader of `/own` at a server that needs 3 ms for each answer.
fn leader(members: usize) -> Clerk {
    let mut clerk = Clerk::new(many(members));
    clerk.contend(1, "/own", Vec::new());
    clerk.run(SECOND);
    clerk.takes = Duration::from_millis(3);
    clerk.group(2, "/many");
    assert!(clerk.leads(1));
    clerk
}

#[test]
fn ten_thousand_members_are_read_while_proofs_go_out_on_time_and_no_connection_is_lost() {
    for watched in [false, true] {
        let mut clerk = leader(10_000);
        let start = clerk.now;
        if watched {
            clerk.command(Command::Watch { handle: Handle(2) });
        } else {
            clerk.members(2, 7);
        }
        for _ in 0..350 {
            clerk.run(SECOND / 10);
            assert!(clerk.leads(1));
        }
        let told = clerk.log.iter().any(|(_, handle, _)| *handle == Handle(2));
        let answered = match clerk.done.get(&CallId(7)) {
            Some(Ok(Answer::Members(members))) => members.len() == 10_000,
            _ => false,
        };
        assert!(answered || watched && told);
        assert_eq!((clerk.connects.len(), clerk.losses()), (1, 0));
        let asked = clerk.sent.iter().filter(
            |(_, r)| matches!(r, Request::Exists { path, .. } if path.starts_with("/many/")),
        );
        assert_eq!(asked.count(), 10_000, "each once");
        // One each twelfth of T, and a round trip through what is under way: 64 reads of 3 ms.
        let proofs: Vec<_> = clerk
            .proofs()
            .into_iter()
            .filter(|at| *at >= start)
            .collect();
        let longest = proofs.windows(2).map(|pair| pair[1].since(pair[0])).max();
        assert!(longest.unwrap() <= T / 12 + 1 * SECOND / 5, "{longest:?}");
        assert!(proofs.len() > 60, "{}", proofs.len());
    }
}

#[test]
fn a_large_group_keeps_no_other_waiting() {
    let mut clerk = leader(10_000);
    clerk.members(2, 7);
    clerk.run(SECOND);
    let start = clerk.now;
    clerk.command(Command::Detect {
        handle: Handle(3),
        path: "/other".into(),
    });
    clerk.group(4, "/small");
    clerk.members(4, 8);
    clerk.join(4, 9, Vec::new());
    clerk.run(3 * SECOND);
    assert!(!clerk.done.contains_key(&CallId(7)), "still reading");
    let told = clerk
        .log
        .iter()
        .find(|(_, _, event)| matches!(event, Event::Detector(DetectorEvent::Leader(_))));
    assert!(told.expect("detected").0.since(start) <= SECOND);
    assert!(clerk.done[&CallId(8)].is_ok() && clerk.done[&CallId(9)].is_ok());
}

#[test]
fn what_is_held_back_is_bounded_and_a_call_beyond_it_is_told() {
    let mut clerk = Clerk::new(many(10_000));
    clerk.group(2, "/many");
    clerk.run(SECOND);
    clerk.takes = Duration::from_millis(3);
    for call in 0..70_000 {
        clerk.members(2, call);
    }
    let refused = clerk.done.values().filter(|result| result.is_err()).count();
    // 65,536 wait, 8 are under way.
    assert_eq!(refused, 70_000 - 65_536 - 8);
    assert!(clerk.error(69_999).contains("too many requests"));
    // A listing causes ten thousand reads: few lists are requested before those are done.
    clerk.run(20 * SECOND);
    let listings = clerk
        .sent
        .iter()
        .filter(|(_, r)| r.op() == op::GET_CHILDREN2);
    assert!(listings.count() <= 10);
    assert_eq!(clerk.losses(), 0);
}
