//! The rounds of a row, and the writes of a steady group.

use crate::cast::Cast;
use crate::rows::{Library, Loss, Row};
use std::time::{Duration, Instant};
use tenure_field::Interrupt;
use tenure_field::raw::Session;

/// How long a group is left alone before its leader is lost, at least: the standby has its watch by then.
const CALM: Duration = Duration::from_millis(1_000);
/// By how much that differs from round to round, so that losses come at any phase of pings and proofs.
const PHASE: Duration = Duration::from_millis(370);

/// How many committed writes are timed.
const COMMITS: u32 = 200;

/// The times of committed writes of one client, each sent after the reply to the one before.
pub(crate) fn commits(cast: &mut Cast) -> Vec<Duration> {
    let path = cast.group();
    let addr = cast.ensemble.server(cast.ensemble.leader()).addr();
    cast.on_a_host(|| {
        let mut session = Session::open(addr, Duration::from_secs(10)).expect("a session");
        let mut timed = |round: u32| {
            let sent = Instant::now();
            let reply = match round % 2 {
                0 => session.create(&path, b"", 0),
                _ => session.delete(&path),
            };
            assert_eq!(reply.expect("a reply").error, 0);
            sent.elapsed()
        };
        (0..COMMITS).map(&mut timed).collect()
    })
}

/// The times from a loss until the successor leads, one for each round. `None` if the run is to end.
pub(crate) fn row(
    cast: &mut Cast,
    row: &Row,
    rounds: u32,
    interrupt: &Interrupt,
) -> Option<Vec<Duration>> {
    let group = cast.group();
    let mut leader = cast.enter(row.library, &group, 0);
    leader.wait_leading(Duration::ZERO);
    let mut times = Vec::new();
    for round in 0..rounds {
        if interrupt.is_raised() {
            return None;
        }
        let standby = cast.enter(row.library, &group, leader.other_place());
        standby.wait_standby();
        std::thread::sleep(CALM + PHASE * (round % 7));
        let struck = cast.strike(&leader, row.loss);
        let led = standby.wait_leading(Duration::ZERO);
        times.push(led.at.duration_since(struck));
        if row.loss == Loss::HandOver {
            leader.process.wait_exit(Duration::from_secs(60));
        }
        cast.clear(&leader);
        leader = standby;
    }
    cast.clear(&leader);
    Some(times)
}

/// Writes of the ensemble a second while a group is steady, after its sessions and znodes were made.
pub(crate) fn writes(cast: &mut Cast, library: Library, span: Duration) -> f64 {
    let group = cast.group();
    let leader = cast.enter(library, &group, 0);
    leader.wait_leading(Duration::ZERO);
    let standby = cast.enter(library, &group, 1);
    standby.wait_standby();
    std::thread::sleep(CALM);
    let (began, before) = (Instant::now(), zxid(cast));
    std::thread::sleep(span);
    let (after, ended) = (zxid(cast), Instant::now());
    cast.clear(&standby);
    cast.clear(&leader);
    assert_eq!(
        after >> 32,
        before >> 32,
        "the servers held an election meanwhile"
    );
    (after - before) as f64 / ended.duration_since(began).as_secs_f64()
}

/// The number of the last write, as the leading server has it.
fn zxid(cast: &Cast) -> u64 {
    let server = cast.ensemble.server(cast.ensemble.leader());
    let answer = server.four_letter("srvr");
    let line = answer
        .lines()
        .find_map(|line| line.strip_prefix("Zxid: 0x"));
    line.and_then(|zxid| u64::from_str_radix(zxid.trim(), 16).ok())
        .unwrap_or_else(|| panic!("no zxid in {answer:?}"))
}
