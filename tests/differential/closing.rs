//! Sessions that a server since 3.5 has taken out of its queue and not closed yet: all their
//! requests succeed, and they end all the same. A lease must not rest on such a session.
//!
//! The test cannot force the order in which a real server closes the sessions of a bucket. A slow
//! reader of its log slows the server down, and the server's own count shows that it has begun; so
//! many sessions then send requests in time that some are closed late.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tenure::model::{ConnId, Model, ModelOptions, ModelOutput};
use tenure::proto::{Acl, ConnectRequest, CreateMode, MultiOp, Request, xid};
use tenure_field::ensemble::Options;
use tenure_field::wire::{Payload, opcode};
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Ensemble, Zookeeper, raw, wait_until};

/// How many sessions fall silent together, at most and at least.
const CROWD_MAX: usize = 1000;
const CROWD_MIN: usize = 200;

/// How many of them try to come back.
const STANDBYS: usize = 40;

/// The time that a line of log takes; a server writes one for each session that it ends.
const LINE: Duration = Duration::from_millis(2);

const TICK: Duration = Duration::from_secs(4);

/// How long after the beginning of a bucket the crowd is made: the whole of it falls into that one.
const MAKING: Duration = Duration::from_secs(3);

/// How many buckets a busy machine may take to make a crowd that is large enough.
const TRIES: usize = 5;

const TIMEOUT: Duration = Duration::from_secs(4);

const LIMIT: Duration = Duration::from_secs(60);

/// The fate of a session that comes back while its bucket is being closed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fate {
    valid: bool,
    created: bool,
    checked: bool,
    ended: bool,
}

impl Fate {
    const DOOMED: Self = Self {
        valid: true,
        created: true,
        checked: true,
        ended: true,
    };
}

fn config() -> Config {
    Config {
        version: Version::V3_9,
        tick_ms: u32::try_from(TICK.as_millis()).unwrap(),
        min_session_timeout_ms: Some(1000),
        log_line_takes: Some(LINE),
        ..Config::default()
    }
}

/// How many sessions the server has begun to end because they were silent.
fn ended(server: &Zookeeper) -> usize {
    server.monitor()["zk_stale_sessions_expired"]
        .parse()
        .unwrap()
}

fn znode(session: i64) -> String {
    format!("/s{session:x}")
}

/// Attaches again, makes a znode, and proves that it exists, all before any session is closed.
fn come_back(at: SocketAddr, gone: &raw::Session) -> (Fate, Option<raw::Session>) {
    let mut fate = Fate::default();
    // A server hangs up on it, too, if its turn comes in the middle of the handshake.
    let back = raw::Session::attach(at, gone.id, &gone.password, TIMEOUT);
    let Ok(Some(mut back)) = back else {
        return (fate, None);
    };
    fate.valid = back.timeout == TIMEOUT && back.id == gone.id;
    let path = znode(gone.id);
    let prove = |back: &mut raw::Session, fate: &mut Fate| -> io::Result<()> {
        fate.created = back.create(&path, b"", 1)?.error == 0;
        let check = Payload::new().int(opcode::CHECK).bool(false).int(-1);
        let body = check.buffer(&path).int(-1).int(-1).bool(true).int(-1);
        fate.checked = back.request(opcode::MULTI, body)?.error == 0;
        Ok(())
    };
    // Its turn may come in the middle.
    drop(prove(&mut back, &mut fate));
    (fate, Some(back))
}

#[test]
fn a_real_server_closes_sessions_that_it_has_just_called_valid() {
    if let Err(why) = Version::V3_9.available() {
        return println!("skipped: {why}");
    }
    let server = Zookeeper::start_with(config());
    compare(&server, server.addr());
}

#[test]
fn a_real_leader_closes_sessions_that_it_has_just_called_valid_to_a_follower() {
    if let Err(why) = Version::V3_9.available() {
        return println!("skipped: {why}");
    }
    let options = Options {
        server: config(),
        ..Options::default()
    };
    let ensemble = Ensemble::start_with(3, &options);
    let leader = ensemble.leader();
    let follower = (leader + 1) % ensemble.size();
    compare(ensemble.server(leader), ensemble.server(follower).addr());
}

/// A crowd of sessions in one bucket: an earlier bucket might be closed before a session attaches again,
/// and the rest is touched in time.
fn crowd(server: &Zookeeper, at: SocketAddr) -> Vec<raw::Session> {
    let bucket = server.next_expiry(Duration::ZERO);
    wait_until("a bucket to begin", LIMIT, || {
        (Instant::now() >= bucket).then_some(())
    });
    let mut crowd = Vec::new();
    while crowd.len() < CROWD_MAX && bucket.elapsed() < MAKING {
        crowd.push(raw::Session::open(at, TIMEOUT).unwrap());
    }
    println!("{} sessions in {:?}", crowd.len(), bucket.elapsed());
    crowd
}

/// `server` ends the sessions; `at` is the server at which they are made and attach again.
fn compare(server: &Zookeeper, at: SocketAddr) {
    let mut before = 0;
    let crowd = (0..TRIES).find_map(|_| {
        let crowd = crowd(server, at);
        if crowd.len() >= CROWD_MIN {
            return Some(crowd);
        }
        before += crowd.len();
        wait_until("the small crowd to end", LIMIT, || {
            (ended(server) >= before).then_some(())
        });
        None
    });
    let crowd = crowd.expect("a crowd in time; is the machine too busy?");
    wait_until("the first of them to be ended", LIMIT, || {
        (ended(server) > before).then_some(())
    });
    let taken = Instant::now();
    let mut standbys: Vec<(Fate, Option<raw::Session>)> = crowd[..STANDBYS]
        .iter()
        .map(|gone| come_back(at, gone))
        .collect();
    let asked = taken.elapsed();
    let mut last = taken;
    wait_until("all to end", LIMIT, || {
        for (fate, back) in &mut standbys {
            if back.as_mut().is_some_and(|back| back.ping().is_err()) {
                *back = None;
                fate.ended = true;
                last = Instant::now();
            }
        }
        let left = standbys.iter().filter(|(_, back)| back.is_some()).count();
        (ended(server) + left >= before + crowd.len()).then_some(())
    });
    let count = |wanted: fn(&Fate) -> bool| standbys.iter().filter(|(f, _)| wanted(f)).count();
    let doomed = count(|fate| *fate == Fate::DOOMED);
    println!(
        "{} of {STANDBYS} were valid within {asked:?}; {doomed} proved it, and were closed by {:?}",
        count(|fate| fate.valid),
        last - taken,
    );
    let mut observer = raw::Session::open(at, TIMEOUT).unwrap();
    for (gone, (fate, _)) in crowd.iter().zip(&standbys) {
        // A session that was pinged, called valid and then closed was doomed. (Others may be closed
        // later.)
        let stands = observer.exists(&znode(gone.id), false).unwrap();
        assert!(!(stands && fate.ended), "{}", gone.id);
    }
    assert!(
        doomed > 0,
        "{:?}",
        standbys.iter().map(|(f, _)| f).collect::<Vec<_>>()
    );

    // The model gives the same answers.
    let fates = modelled(crowd.len(), last - taken);
    assert!(fates.contains(&Fate::DOOMED), "{fates:?}");
    let atomic = modelled(crowd.len(), Duration::ZERO);
    assert!(atomic.iter().all(|fate| !fate.valid), "{atomic:?}");
}

/// The same with a modelled server that takes up to this long.
fn modelled(sessions: usize, closing_time: Duration) -> Vec<Fate> {
    let options = ModelOptions {
        tick: TICK,
        min_session_timeout: Some(Duration::from_secs(1)),
        ..ModelOptions::default()
    };
    let mut now = Duration::from_secs(1);
    let mut model = Model::new(options, now);
    model.set_closing_time(closing_time);
    let mut crowd = Vec::new();
    for _ in 0..sessions {
        let conn = hello(&mut model, now, 0, vec![0; 16]);
        let session = model.sessions().last().copied().unwrap();
        crowd.push((session, said(&mut model, conn)));
        model.disconnected(conn, now);
    }
    now = model.deadline().unwrap();
    model.tick(now);
    let mut standbys = Vec::new();
    for (session, greeting) in &crowd[..STANDBYS] {
        // The password ends the answer to the handshake, except for one byte.
        let greeting = &greeting[0];
        let password = greeting[greeting.len() - 17..greeting.len() - 1].to_vec();
        let conn = hello(&mut model, now, *session, password);
        let path = znode(*session);
        let create = Request::Create {
            path: path.clone(),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::Ephemeral,
        };
        let check = Request::Multi {
            ops: vec![MultiOp::Check { path, version: -1 }],
        };
        for (number, request) in [(1, create), (2, check)] {
            let mut bytes = Vec::new();
            request.encode(number, &mut bytes);
            model.receive(conn, &bytes, now);
        }
        let said = said(&mut model, conn);
        let good = |at: usize| said.get(at).is_some_and(|reply| reply[16..20] == [0; 4]);
        let fate = Fate {
            valid: said.first().is_some_and(|reply| reply[8..12] != [0; 4]),
            created: good(1),
            checked: good(2),
            ended: false,
        };
        standbys.push((conn, *session, fate));
    }
    let end = now + closing_time;
    while now < end {
        now = end.min(now + Duration::from_millis(100));
        for (conn, ..) in &standbys {
            let mut ping = Vec::new();
            Request::Ping.encode(xid::PING, &mut ping);
            model.receive(*conn, &ping, now);
        }
        while model.poll_output().is_some() {}
    }
    let alive = model.sessions();
    let fates = standbys.into_iter();
    fates
        .map(|(_, session, fate)| Fate {
            ended: fate.valid && !alive.contains(&session),
            ..fate
        })
        .collect()
}

fn hello(model: &mut Model, now: Duration, session: i64, password: Vec<u8>) -> ConnId {
    let conn = model.accept(now).unwrap();
    let mut bytes = Vec::new();
    ConnectRequest {
        last_zxid: 0,
        timeout_ms: i32::try_from(TIMEOUT.as_millis()).unwrap(),
        session,
        password,
    }
    .encode(&mut bytes);
    model.receive(conn, &bytes, now);
    conn
}

/// The frames for a connection, each with its length.
fn said(model: &mut Model, to: ConnId) -> Vec<Vec<u8>> {
    let outputs = std::iter::from_fn(|| model.poll_output());
    outputs
        .filter_map(|output| match output {
            ModelOutput::Send { conn, bytes } => (conn == to).then_some(bytes),
            ModelOutput::Close { .. } => None,
        })
        .collect()
}
