//! The foundations of a lease: sessions that are about to be closed, timeouts that change, answers
//! that are slow.

use crate::bench::{Bench, DELAY, GROUP, T};
use std::time::Duration;
use tenure_election::{ContenderEvent, Error, ErrorKind, Event, SessionEvent, Time};
use tenure_model::ModelOptions;

const SECOND: Duration = Duration::from_secs(1);
const DELTA: Duration = Duration::from_millis(100);

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn led_at(bench: &Bench, node: usize) -> Option<Time> {
    bench.time_of(node, |e| {
        matches!(e, Event::Contender(ContenderEvent::Leading { .. }))
    })
}

fn hindrances(bench: &Bench, node: usize) -> Vec<String> {
    let told = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::Timeout);
        error.message().to_owned()
    };
    bench.blocks(node, 1).into_iter().map(told).collect()
}

/// A session that was silent until a server took it for expired, and is attached again before it is
/// closed: its commits in that time prove nothing.
#[test]
fn a_session_that_is_doomed_makes_no_leader_whenever_it_comes_back() {
    let mut came_back = 0;
    for closing in [20, 95, 400, 2500] {
        for late in [0, 3, 10, 60, 150, 900] {
            let mut bench = Bench::new();
            bench.create(GROUP);
            for id in 0..3 {
                bench.client();
                bench.contend(id, 1);
                bench.run(SECOND);
            }
            bench.run(2 * T);
            bench.world.ensemble.set_closing_time(ms(closing));
            let session = bench.session(1);
            bench.pause(1);
            bench.run(T / 2);
            bench.withdraw(0, 1);
            let case = format!("closed within {closing} ms, {late} ms late");
            assert!(
                bench.run_while_not(2 * T, |w| w.world.ensemble.is_doomed(session)),
                "{case}"
            );
            bench.run(ms(late));
            came_back += usize::from(bench.world.ensemble.is_doomed(session));
            // Its connection is gone when it wakes.
            bench.sever(1);
            bench.heal(1);
            bench.resume(1);
            // `run` checks after each step that there is at most one leader.
            bench.run_while_not(T, |w| w.leads(1, 1));
            bench.cut(1);
            bench.run(2 * T);
            bench.heal(1);
            bench.run(2 * T);
            let leaders = (0..3).filter(|id| bench.leads(*id, 1)).count();
            assert_eq!(leaders, 1, "{case}");
        }
    }
    assert!(came_back >= 8, "{came_back}");
}

#[test]
fn a_client_that_was_away_for_long_leads_at_once_by_another_session() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.contend(0, 1);
    bench.run(2 * T);
    let session = bench.session(0);
    bench.cut(0);
    assert!(bench.run_while_not(T, |w| w.losses(0, 1).len() == 1));
    bench.run(T - T * 949 / 1000 + ms(300));
    bench.heal(0);
    let healed = bench.now();
    assert!(bench.run_while_not(2 * T, |w| w.leads(0, 1)));
    // It connects again within its longest pause, finds its session, and makes a new one.
    assert!(
        bench.now().since(healed) < 2 * SECOND,
        "{:?}",
        bench.now().since(healed)
    );
    assert_ne!(
        bench.session(0),
        session,
        "the old session may have been doomed"
    );
}

#[test]
fn a_session_with_members_is_kept_and_waited_for() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    let group = tenure_election::Handle(7);
    bench.command(
        0,
        tenure_election::Command::Group {
            handle: group,
            path: "/other".into(),
        },
    );
    bench.with_call(0, |call| tenure_election::Command::Join {
        handle: group,
        call,
        label: None,
        data: b"stays".to_vec(),
    });
    bench.contend(0, 1);
    bench.run(2 * T);
    let session = bench.session(0);
    bench.cut(0);
    assert!(bench.run_while_not(T, |w| w.losses(0, 1).len() == 1));
    // A server that was away gives each session its full time again.
    bench.crash();
    bench.run(T - T * 949 / 1000 + ms(500));
    bench.restart();
    bench.heal(0);
    let healed = bench.now();
    assert!(bench.run_while_not(3 * T, |w| w.leads(0, 1)));
    assert_eq!(bench.session(0), session);
    assert!(
        bench.now().since(healed) >= T,
        "it may have been doomed for as long"
    );
    let told = hindrances(&bench, 0);
    assert!((1..=2).contains(&told.len()), "once in T: {told:?}");
    assert!(told[0].contains("begun to end this session"), "{told:?}");
}

#[test]
fn a_longer_timeout_that_another_server_grants_lengthens_no_lease() {
    // The timeouts that are granted at first, in the middle, and at the end.
    for granted in [[6000, 4000, 6000], [6000, 3000, 5000], [5000, 4000, 6000]] {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.client();
        for grant in granted {
            bench.world.ensemble.set_max_session_timeout(0, ms(grant));
            bench.sever(0);
            bench.heal(0);
            bench.run(SECOND);
            if grant == granted[0] {
                bench.contend(0, 1);
                bench.run(SECOND);
                assert!(bench.leads(0, 1));
            }
        }
        let least = ms(*granted.iter().min().unwrap());
        let timeouts = bench.session_events(0).into_iter().filter_map(|e| match e {
            SessionEvent::Connected { timeout, .. } => Some(timeout),
            _ => None,
        });
        let timeouts: Vec<Duration> = timeouts.collect();
        assert_eq!(timeouts.last(), Some(&least), "{timeouts:?}");
        let end = bench.seen.nodes[0].leases[&tenure_election::Handle(1)].end;
        assert!(end.since(bench.now()) <= least * 949 / 1000, "{granted:?}");
    }
}

#[test]
fn a_hand_over_to_an_idle_standby_takes_as_long_whenever_it_comes() {
    for phase in 0..24 {
        let mut bench = Bench::new();
        for id in 0..2 {
            bench.client();
            bench.contend(id, 1);
            bench.run(SECOND);
        }
        bench.run(4 * T + T * phase / 24);
        let start = bench.now();
        bench.withdraw(0, 1);
        assert!(bench.run_while_not(T, |w| w.leads(1, 1)));
        let took = bench.now().since(start);
        assert!(took <= 8 * DELAY + DELTA, "phase {phase}: {took:?}");
    }
}

#[test]
fn a_contender_that_becomes_next_in_line_notices_and_takes_over_as_quickly() {
    let mut bench = Bench::new();
    for id in 0..5 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    for id in 0..4 {
        bench.run(10 * T);
        let start = bench.now();
        bench.withdraw(id, 1);
        assert!(bench.run_while_not(T, |w| w.leads(id + 1, 1)));
        let took = bench.now().since(start);
        assert!(took <= 8 * DELAY + DELTA, "{id}: {took:?}");
    }
}

/// F6: sitewhere#966, centraldogma#366, vArmor#288.
#[test]
fn where_every_answer_is_slow_a_lone_contender_leads_all_the_same_and_keeps_it() {
    // And how many requests a second that may cost.
    let cases = [
        (10_000, None, 500, 20),
        (10_000, None, 1500, 25),
        (10_000, None, 1667, 65),
        (20_000, None, 3333, 35),
        (10_000, Some(2000), 1667, 25),
        (4000, None, 500, 25),
        (4000, None, 620, 65),
        (4000, Some(1000), 667, 25),
        (6000, None, 970, 65),
    ];
    for (timeout, tick, late, most) in cases {
        let options = ModelOptions {
            // The longest session timeout is 20 of them.
            tick: ms(tick.unwrap_or(timeout / 20)),
            ..ModelOptions::default()
        };
        for stands in [true, false] {
            let mut bench = Bench::with(options.clone());
            if stands {
                bench.create(GROUP);
            }
            bench.set_reply_delay(ms(late));
            bench.tick = tick.map(ms);
            bench.client_with(ms(timeout), None);
            bench.contend(0, 1);
            let led = bench.run_while_not(ms(timeout) * 2, |w| w.leads(0, 1));
            let case = format!("T {timeout}, tick {tick:?}, answers {late} late, group {stands}");
            assert!(led, "{case}: {:?}", bench.contender_events(0, 1));
            bench.run(ms(timeout) * 10);
            assert_eq!(
                bench.losses(0, 1).len(),
                0,
                "{case}: {:?}",
                bench.contender_events(0, 1)
            );
            assert!(bench.leads(0, 1), "{case}");
            assert_eq!(hindrances(&bench, 0), [""; 0], "{case}");
            let proofs = bench.seen.nodes[0].sent.len();
            assert!(
                proofs < most * 11 * timeout as usize / 1000,
                "{case}: {proofs} requests"
            );
        }
    }
}

#[test]
fn however_slow_answers_are_a_lone_contender_leads_and_keeps_it_or_says_why_not() {
    let mut leads = 0;
    let cases = [2000, 4000, 6000, 10_000, 15_000].map(|timeout| {
        // About the latest tolerable answers, and at once the whole way from a tenth of T to a
        // quarter.
        let near = (130..=176)
            .step_by(2)
            .map(move |part| part * timeout / 1000);
        let all = (10..=24).map(move |part| part * timeout / 100);
        near.chain(all)
            .chain([timeout / 6])
            .map(move |late| (timeout, late))
    });
    for (timeout, late) in cases.into_iter().flatten() {
        let mut bench = Bench::with(ModelOptions {
            tick: ms(timeout / 20),
            ..ModelOptions::default()
        });
        bench.create(GROUP);
        bench.set_reply_delay(ms(late));
        bench.client_with(ms(timeout), None);
        bench.contend(0, 1);
        bench.run(ms(timeout) * 5);
        let case = format!("T {timeout}, answers {late} late");
        let (told, lost) = (hindrances(&bench, 0).len(), bench.losses(0, 1).len());
        let is_led = led_at(&bench, 0).is_some();
        assert_ne!(is_led, told > 0, "{case}: {told} hindrances");
        // A session whose proved life is over is given up.
        assert!(!is_led || lost == 0, "{case}: {:?}", bench.losses(0, 1));
        leads += u32::from(is_led);
    }
    assert!((80..200).contains(&leads), "{leads}");
}

#[test]
fn where_answers_are_too_slow_for_any_lease_it_says_so_once_in_t() {
    for (timeout, late) in [(10_000, 2000), (4000, 800), (6000, 1400)] {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.set_reply_delay(ms(late));
        bench.client_with(ms(timeout), None);
        bench.contend(0, 1);
        bench.run(ms(timeout) * 10);
        let case = format!("T {timeout}, answers {late} late");
        assert!(led_at(&bench, 0).is_none(), "{case}");
        let told = hindrances(&bench, 0);
        assert!((8..=10).contains(&told.len()), "{case}: {told:?}");
        assert!(told[0].contains("longer session timeout"), "{told:?}");
        let sent = bench.seen.nodes[0].sent.len();
        assert!(sent < 10 * 40, "{case}: {sent} requests");
    }
}

/// Answers are late by a delay that falls from `most` to `least`, repeatedly.
fn run_unevenly(bench: &mut Bench, span: Duration, least: Duration, most: Duration) {
    let end = bench.now() + span;
    let mut late = most;
    while bench.now() < end {
        bench.set_reply_delay(late);
        bench.run(ms(20));
        // No answer overtakes another one.
        late = match late.checked_sub(ms(15)) {
            Some(less) if less >= least => less,
            _ => most,
        };
    }
}

#[test]
fn where_answers_are_too_uneven_for_any_lease_it_says_so() {
    for (timeout, least, most) in [(10_000, 1000, 2400), (6000, 500, 1300), (4000, 300, 800)] {
        let mut bench = Bench::new();
        bench.create(GROUP);
        bench.client_with(ms(timeout), None);
        bench.contend(0, 1);
        run_unevenly(&mut bench, ms(timeout) * 10, ms(least), ms(most));
        let case = format!("T {timeout}, answers {least} to {most} late");
        assert!(led_at(&bench, 0).is_none(), "{case}");
        let told = hindrances(&bench, 0);
        assert!((8..=16).contains(&told.len()), "{case}: {told:?}");
    }
}
