//! When sessions end: real servers must end them within the time that the model gives for the same
//! last request. A lease is computed from that.

use crate::pulse::Pulse;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tenure::model::{ConnId, Ensemble, EnsembleOptions, ModelOptions, ModelOutput};
use tenure::proto::{ConnectRequest, Request, xid};
use tenure_field::wire::{Fields, Payload, opcode};
use tenure_field::{Ensemble as RealEnsemble, raw, wait_until};

/// How many sessions at each place, a third of each timeout.
const SESSIONS: usize = 24;

const TIMEOUTS_MS: [u64; 3] = [2000, 3000, 4000];

/// Of the servers and of the model, unless a test sets another.
const TICK: Duration = Duration::from_millis(500);

/// The time that late threads of a server may add to an end, beside the waits of this machine
/// itself (see [`Ends`]): less than the half tick by which a wrong model would be wrong. Nothing
/// may be subtracted.
const LATE: Duration = Duration::from_millis(100);

/// How long the creation of a session counts as its request: every learner reports it to the leader
/// at the next ping, which comes twice a tick.
const CREATION: Duration = Duration::from_millis(700);

const LIMIT: Duration = Duration::from_secs(60);

/// The server that got the session's last request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Leader,
    Follower,
    /// Any, before the leader crashed: counted from when the next one serves.
    Before,
}

/// The shortest and the longest time from the last request to the end, in many modelled ensembles
/// whose clocks and pings have all phases.
fn modelled(place: Place, timeout: Duration) -> (Duration, Duration) {
    let all: Vec<Duration> = (0..200)
        .map(|seed| modelled_end(place, timeout, seed))
        .collect();
    (*all.iter().min().unwrap(), *all.iter().max().unwrap())
}

fn modelled_end(place: Place, timeout: Duration, seed: u64) -> Duration {
    let mut now = Duration::from_secs(1);
    let mut ensemble = Ensemble::new(
        EnsembleOptions {
            server: ModelOptions {
                seed,
                ..ModelOptions::default()
            },
            ..EnsembleOptions::default()
        },
        now,
    );
    let serves = |e: &Ensemble| (0..e.size()).all(|s| e.serves(s) || e.is_down(s));
    run_until(&mut ensemble, &mut now, serves);
    let leader = ensemble.leader().unwrap();
    let at = match place {
        Place::Leader => leader,
        Place::Follower | Place::Before => (leader + 1) % ensemble.size(),
    };
    let conn = attach(&mut ensemble, at, timeout, &mut now);
    let session = ensemble.session_of(conn).unwrap();
    // The pause makes the seeds differ in phase too.
    let pause = CREATION + Duration::from_millis(seed * 7 % 500);
    let until = now + pause;
    run_to(&mut ensemble, &mut now, until);
    let mut ping = Vec::new();
    Request::Ping.encode(xid::PING, &mut ping);
    ensemble.receive(conn, &ping, now);
    let mut from = now;
    if place == Place::Before {
        ensemble.crash(leader, now);
        run_until(&mut ensemble, &mut now, |e| e.leader().is_some());
        from = now;
    }
    run_until(&mut ensemble, &mut now, |e| {
        !e.sessions().contains(&session)
    });
    now - from
}

fn attach(ensemble: &mut Ensemble, at: usize, timeout: Duration, now: &mut Duration) -> ConnId {
    let conn = ensemble.accept(at, *now).unwrap();
    let mut hello = Vec::new();
    ConnectRequest {
        last_zxid: 0,
        timeout_ms: i32::try_from(timeout.as_millis()).unwrap(),
        session: 0,
        password: vec![0; 16],
    }
    .encode(&mut hello);
    ensemble.receive(conn, &hello, *now);
    loop {
        match ensemble.poll_output() {
            Some(ModelOutput::Send { .. }) => return conn,
            Some(ModelOutput::Close { .. }) => panic!("refused"),
            None => {
                *now = ensemble.deadline().unwrap();
                ensemble.tick(*now);
            }
        }
    }
}

fn run_until(ensemble: &mut Ensemble, now: &mut Duration, holds: impl Fn(&Ensemble) -> bool) {
    let end = *now + LIMIT;
    while !holds(ensemble) {
        *now = ensemble.deadline().unwrap();
        assert!(*now < end, "in vain: {ensemble:?}");
        ensemble.tick(*now);
        while ensemble.poll_output().is_some() {}
    }
}

fn run_to(ensemble: &mut Ensemble, now: &mut Duration, end: Duration) {
    *now = end;
    ensemble.tick(end);
    while ensemble.poll_output().is_some() {}
}

/// A real session that has sent its last request.
struct Silent {
    name: String,
    place: Place,
    timeout: Duration,
    /// Before and after its last request, or the moment from which it counts.
    word: (Instant, Instant),
    /// Open, or its server would not be the one of the last request.
    _session: raw::Session,
}

fn sessions(place: Place, addrs: &[SocketAddr]) -> Vec<Silent> {
    let open = |index: usize| {
        let timeout = Duration::from_millis(TIMEOUTS_MS[index % TIMEOUTS_MS.len()]);
        let mut session = raw::Session::open(addrs[index % addrs.len()], timeout).unwrap();
        assert_eq!(session.timeout, timeout);
        let created = session.create(&format!("/ends/{place:?}-{index}"), b"", 1);
        assert_eq!(created.unwrap().error, 0);
        session
    };
    let opened: Vec<raw::Session> = (0..SESSIONS).map(open).collect();
    let last = Instant::now();
    // Their last requests are spread over a tick, to the end of which each counts.
    let speak = |(index, mut session): (usize, raw::Session)| {
        let at = CREATION + TICK.mul_f64(index as f64 / SESSIONS as f64);
        wait_until("the leader to be told of the creations", LIMIT, || {
            (last.elapsed() > at).then_some(())
        });
        let before = Instant::now();
        session.ping().unwrap();
        Silent {
            name: format!("{place:?}-{index}"),
            place,
            timeout: session.timeout,
            word: (before, Instant::now()),
            _session: session,
        }
    };
    opened.into_iter().enumerate().map(speak).collect()
}

/// When sessions were seen to have ended.
struct Ends {
    /// For each: when a look last found it, and when it was gone.
    seen: BTreeMap<String, (Instant, Instant)>,
    /// The longest time between two looks, which are a few milliseconds apart on an idle machine:
    /// the waits of its threads.
    wait: Duration,
}

/// Looks repeatedly.
fn ends(addr: SocketAddr, silent: &[Silent]) -> Ends {
    let mut observer = raw::Session::open(addr, Duration::from_secs(10)).unwrap();
    let mut ends = Ends {
        seen: BTreeMap::new(),
        wait: Duration::ZERO,
    };
    let mut last_asked = None;
    wait_until("all sessions to end", LIMIT, || {
        let asked = Instant::now();
        let body = Payload::new().buffer("/ends").bool(false);
        let reply = observer.request(opcode::GET_CHILDREN, body).unwrap();
        let seen = Instant::now();
        let there = last_asked.replace(asked).unwrap_or(asked);
        ends.wait = ends.wait.max(seen - there);
        let mut fields = Fields::new(&reply.body);
        let count = fields.int().unwrap();
        let left: Vec<String> = (0..count)
            .map(|_| String::from_utf8(fields.buffer().unwrap().to_vec()).unwrap())
            .collect();
        for session in silent.iter().filter(|s| !left.contains(&s.name)) {
            ends.seen
                .entry(session.name.clone())
                .or_insert((there, seen));
        }
        (ends.seen.len() == silent.len()).then_some(())
    });
    ends
}

fn compare(silent: &[Silent], ends: &Ends) {
    println!("looks were up to {:?} apart", ends.wait);
    let late = LATE + ends.wait;
    let mut wrong = Vec::new();
    for place in [Place::Leader, Place::Follower, Place::Before] {
        for timeout in TIMEOUTS_MS.map(Duration::from_millis) {
            let alike = |s: &&Silent| s.place == place && s.timeout == timeout;
            // The longest and the shortest time that it can have been.
            let between = |silent: &Silent| {
                let (there, gone) = ends.seen[&silent.name];
                (
                    gone - silent.word.0,
                    there.saturating_duration_since(silent.word.1),
                )
            };
            let measured: Vec<(Duration, Duration)> =
                silent.iter().filter(alike).map(between).collect();
            if measured.is_empty() {
                continue;
            }
            let (shortest, longest) = modelled(place, timeout);
            println!(
                "{place:?}, {timeout:?}: {} sessions ended after {:?} to {:?}; the model says {shortest:?} to {longest:?}",
                measured.len(),
                measured.iter().map(|m| m.1).min().unwrap(),
                measured.iter().map(|m| m.0).max().unwrap(),
            );
            // The model's shortest is more than the timeout; a real one may come closer to it.
            assert!(
                shortest > timeout
                    && longest <= timeout + TICK + TICK / 2 + Duration::from_millis(10)
            );
            let fits = |m: &(Duration, Duration)| m.0 > timeout && m.1 <= longest + late;
            wrong.extend(
                measured
                    .into_iter()
                    .filter(|m| !fits(m))
                    .map(|m| (place, timeout, m)),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sessions_end_when_the_model_says() {
    let real = RealEnsemble::start(3);
    let leader = real.leader();
    let mut admin = raw::Session::open(real.addrs()[leader], Duration::from_secs(10)).unwrap();
    assert_eq!(admin.create("/ends", b"", 0).unwrap().error, 0);

    let followers: Vec<SocketAddr> = real.followers().iter().map(|f| real.addrs()[*f]).collect();
    let pulse = Pulse::start(&real.addrs());
    let mut silent = sessions(Place::Leader, &[real.addrs()[leader]]);
    silent.extend(sessions(Place::Follower, &followers));
    let seen = ends(real.addrs()[leader], &silent);
    compare(&silent, &seen);

    let mut silent = sessions(Place::Before, &real.addrs());
    drop((pulse, admin));
    let killed = Instant::now();
    real.server(leader).kill();
    // It led for as long as a look showed, and for no longer than since the last look that showed
    // otherwise.
    let mut before = killed;
    let next = wait_until("another leader", LIMIT, || {
        let asked = Instant::now();
        let leads = |s: &usize| real.server(*s).mode().as_deref() == Some("leader");
        let found = (0..3).filter(|s| *s != leader).find(leads);
        if found.is_none() {
            before = asked;
        }
        found
    });
    let serves = (before, Instant::now());
    for session in &mut silent {
        session.word = serves;
    }
    let _pulse = Pulse::start(&[real.addrs()[next]]);
    let seen = ends(real.addrs()[next], &silent);
    compare(&silent, &seen);
}
