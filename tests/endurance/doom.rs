//! Sessions that a server has doomed: it has taken them out to close them, one after the other, and
//! until then reports them as valid (ZooKeeper 3.5 and later).
//!
//! Thousands of sessions expire in one tick, and a slow reader of its log makes the server need
//! half a millisecond for each. A standby among them comes back three milliseconds after the tick,
//! is next in line, and is cut off again as soon as it leads. Its lease must be over before the
//! next one leads.
//!
//! The server's turn for the standby's session is anywhere in the 1.8 s that it needs for all: far
//! beyond any delay that a lease allows for. Two rounds by default, `TENURE_DOOM_ROUNDS=20` (`make
//! doom`) for more.

use crate::LIMIT;
use std::thread;
use std::time::{Duration, Instant};
use tenure::{Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Url};
use tenure_field::proxy::Cut;
use tenure_field::raw::Session;
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Proxy, Zookeeper, or_skip, wait_until};

const SESSIONS: usize = 3_000;
const HANDS: usize = 8;
/// The time that a line of the server's log takes.
const LINE: Duration = Duration::from_micros(500);
const TICK: Duration = Duration::from_secs(1);
const T: Duration = Duration::from_secs(4);
/// How long before their end the first of the sessions is opened.
const LEAD: Duration = Duration::from_secs(7);
/// How long after the tick the standby comes back.
const AFTER: Duration = Duration::from_millis(3);
/// How long before the tick it makes its last attempt to connect, which gets no answer until then.
const LAST_ATTEMPT: Duration = Duration::from_millis(600);
/// How late the test may learn of its ends for a round to count: the client would give the attempt
/// up.
const LATE: Duration = Duration::from_millis(200);
/// The least time of the ends of all sessions of the tick for the test to be one.
const CLOSING: Duration = Duration::from_millis(500);

struct Round {
    /// From the tick until the server began to close the last of its sessions.
    closing: Duration,
    /// From the tick until the standby led, if it did.
    standby_led: Option<Duration>,
    /// From the tick until the next in line led.
    next_led: Duration,
    /// The rest of the standby's lease then.
    both: Duration,
}

#[test]
fn a1_a_session_that_is_doomed_leads_nobody_astray() {
    if or_skip(Version::V3_9.available()).is_none() {
        return;
    }
    let server = Zookeeper::start_with(Config {
        version: Version::V3_9,
        tick_ms: u32::try_from(TICK.as_millis()).unwrap(),
        max_session_timeout_ms: Some(60_000),
        log_line_takes: Some(LINE),
        ..Config::default()
    });
    let rounds = std::env::var("TENURE_DOOM_ROUNDS");
    let rounds: usize = rounds.map_or(2, |rounds| rounds.parse().unwrap());
    let mut played: Vec<Round> = Vec::new();
    for number in 0..rounds {
        // On a machine that is busy elsewhere a round may come too late to count.
        let round = (0..5).find_map(|_| play(&server, number));
        let round = round.expect("no round in time; is the machine too busy?");
        println!(
            "round {}: the server closes its sessions within {:?}; the standby leads after {:?}, \
             the next one after {:?}, both for {:?}",
            number + 1,
            round.closing,
            round.standby_led,
            round.next_led,
            round.both
        );
        played.push(round);
    }
    let both: Vec<Duration> = played.iter().map(|round| round.both).collect();
    assert!(
        both.iter().all(Duration::is_zero),
        "two leaders for {both:?}"
    );
}

/// `None` if a step came too late.
fn play(server: &Zookeeper, number: usize) -> Option<Round> {
    let path = format!("/doom-{number}-{}", server.packets().received);
    let proxy = Proxy::start(server.addr());
    let (first, through, next) = (
        open(&server.url(&path)),
        open(&proxy.url(&path)),
        open(&server.url(&path)),
    );
    let leader = contend(&first, &path);
    leader.wait_leading(Some(LIMIT)).unwrap();
    let standby = contend(&through, &path);
    wait_behind(&standby);
    let last = contend(&next, &path);
    wait_behind(&last);

    let tick = server.next_expiry(LEAD);
    let expired_before = stale(server);
    let in_time = thread::scope(|scope| {
        let mass = scope.spawn(|| open_sessions(server, tick - TICK / 2));
        // The last request of the standby's session.
        sleep_until(tick - T - TICK / 2);
        let group = through.group(&path).unwrap();
        let said = Instant::now();
        group.members().wait_for(LIMIT).unwrap();
        proxy.hold();
        let in_time = said > tick - T - TICK && Instant::now() < tick - T;
        assert!(leader.withdraw().wait_for(LIMIT).unwrap());
        mass.join().unwrap() && in_time
    });
    sleep_until(tick - LAST_ATTEMPT);
    proxy.cut_connections(Cut::Reset);
    sleep_until(tick + AFTER);
    let came = Instant::now();
    proxy.release();
    if !in_time || came > tick + LATE {
        return None;
    }

    let (standby_led, next_led, both, closing) = thread::scope(|scope| {
        let closing = scope.spawn(|| {
            wait_until("the server to close them all", LIMIT, || {
                (stale(server) >= expired_before + SESSIONS).then(|| tick.elapsed())
            })
        });
        let mut standby_led = None;
        while !last.is_leading() {
            assert!(tick.elapsed() < LIMIT, "no contender leads");
            if standby_led.is_none() && standby.is_leading() {
                proxy.hold();
                standby_led = Some(tick.elapsed());
            }
            thread::sleep(Duration::from_millis(1));
        }
        let both = standby
            .leadership()
            .map_or(Duration::ZERO, |l| l.remaining());
        (standby_led, tick.elapsed(), both, closing.join().unwrap())
    });
    proxy.release();
    for client in [first, through, next] {
        client.close().wait_for(LIMIT).unwrap();
    }
    assert!(
        closing > CLOSING,
        "closed within {closing:?}: too soon to be a test"
    );
    Some(Round {
        closing,
        standby_led,
        next_led,
        both,
    })
}

fn open(url: &str) -> Client {
    let options = ClientOptions::default().session_timeout(T);
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

fn contend(client: &Client, path: &str) -> Contender {
    client.contend(ContenderOptions::new(path)).unwrap()
}

fn wait_behind(contender: &Contender) {
    let behind = |event: &_| matches!(event, ContenderEvent::Standby { .. });
    while !behind(&contender.events().next(Some(LIMIT)).unwrap()) {}
}

/// How many sessions the server has begun to close because they expired.
fn stale(server: &Zookeeper) -> usize {
    server.monitor()["zk_stale_sessions_expired"]
        .parse()
        .unwrap()
}

fn sleep_until(at: Instant) {
    thread::sleep(at.saturating_duration_since(Instant::now()));
}

/// Opens all sessions and leaves them alone; their last requests count until `end`. Returns whether
/// there was enough time.
fn open_sessions(server: &Zookeeper, end: Instant) -> bool {
    let open = |_| {
        let life = end.saturating_duration_since(Instant::now());
        if life < 2 * TICK {
            return false;
        }
        Session::open(server.addr(), life).unwrap();
        true
    };
    thread::scope(|scope| {
        let hand = || (0..SESSIONS / HANDS).all(open);
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().all(|hand| hand.join().unwrap())
    })
}
