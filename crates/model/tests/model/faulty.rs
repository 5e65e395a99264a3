//! Servers that crash, stop and are cut off: committed transactions stay, others may be lost.

use crate::crew::{Crew, three};
use crate::harness::{Got, create, exists, ms};
use std::collections::BTreeMap;
use tenure_model::{EnsembleOptions, LinkOptions};
use tenure_proto::{Request, Response};

#[test]
fn what_only_the_old_leader_had_is_forgotten() {
    let mut crew = Crew::new(three(1));
    let old = crew.leader();
    let client = crew.connect(old, 4000);
    crew.ensemble.isolate(old, crew.now);
    crew.send(client.conn, &create("/lost"));
    crew.ensemble.crash(old, crew.now);
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    crew.ensemble.heal_all(crew.now);
    crew.ensemble.restart(old, crew.now);
    crew.settle();
    crew.run(ms(100));
    assert!((0..3).all(|s| crew.ensemble.node_at(s, "/lost").is_none()));
}

#[test]
fn what_a_new_leader_has_logged_is_committed_though_nobody_was_told() {
    let mut crew = Crew::new(three(2));
    let old = crew.leader();
    let client = crew.connect(old, 4000);
    for follower in crew.followers() {
        crew.ensemble.cut(follower, old, crew.now); // no acknowledgement comes back
    }
    crew.send(client.conn, &create("/kept"));
    crew.run(ms(10));
    assert!(crew.ensemble.node("/kept").is_none(), "not committed");
    crew.ensemble.crash(old, crew.now);
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    assert!(crew.ensemble.node("/kept").is_some());
}

#[test]
fn a_server_that_was_away_for_long_gets_a_snapshot() {
    let mut crew = Crew::new(three(3));
    let away = crew.followers()[0];
    crew.ensemble.crash(away, crew.now);
    let client = crew.connect(crew.leader(), 4000);
    for n in 0..700 {
        crew.ask(client.conn, &create(&format!("/n{n}"))).unwrap();
    }
    crew.ensemble.restart(away, crew.now);
    crew.settle();
    crew.run(ms(10));
    assert!(crew.ensemble.node_at(away, "/n699").is_some());
    let there = crew.reattach(away, &client, 4000);
    assert!(crew.ask(there.conn, &create("/more")).is_ok());
}

#[test]
fn a_server_without_a_quorum_closes_whoever_speaks_to_it() {
    let mut crew = Crew::new(three(4));
    for follower in crew.followers() {
        crew.ensemble.crash(follower, crew.now);
    }
    crew.run(ms(5000));
    assert_eq!(crew.ensemble.leader(), None);
    let alone = (0..3).find(|s| !crew.ensemble.is_down(*s)).unwrap();
    let conn = crew.hello(alone, None, 4000);
    crew.drain();
    assert_eq!(crew.all_for(conn), [&Got::Closed]);
    let down = (0..3).find(|s| crew.ensemble.is_down(*s)).unwrap();
    assert_eq!(crew.ensemble.accept(down, crew.now), None);
}

/// The tracker of a leader that was stopped may look at its clock before or after the waiting
/// touches are read: both happen.
#[test]
fn after_a_pause_the_leader_may_end_sessions_whose_touches_it_has_not_read() {
    let (mut ended, mut saved) = (0, 0);
    for seed in 0..40 {
        let mut crew = Crew::new(EnsembleOptions {
            sync_limit: 20,
            ..three(seed)
        });
        let leader = crew.leader();
        let client = crew.connect(leader, 2000);
        crew.ensemble.pause(leader, crew.now);
        for _ in 0..30 {
            crew.run(ms(100));
            crew.send(client.conn, &Request::Ping);
        }
        crew.ensemble.resume(leader, crew.now);
        crew.run(ms(500));
        match crew.ensemble.sessions().contains(&client.session) {
            true => saved += 1,
            false => ended += 1,
        }
    }
    assert!(ended > 5 && saved > 5, "{ended} ended, {saved} saved");
}

#[test]
fn a_request_that_is_dropped_is_never_answered_and_those_behind_it_are() {
    let mut crew = Crew::new(three(5));
    let client = crew.connect(crew.followers()[0], 4000);
    assert!(crew.ensemble.drop_next_request(client.conn));
    let mut bytes = Vec::new();
    create("/dropped").encode(77, &mut bytes);
    crew.ensemble.receive(client.conn, &bytes, crew.now);
    assert_eq!(crew.ask(client.conn, &exists("/dropped")), Err(-101));
    crew.run(ms(1000));
    assert!(crew.ensemble.node("/dropped").is_none());
}

/// Replies are matched only by the xid of the request. A session that moves with a write in flight,
/// and counts from the start again, can get the answer to the old request.
#[test]
fn a_reply_can_be_that_of_a_request_with_the_same_number_before_the_move() {
    let mut crew = Crew::new(three(6));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    let leader = crew.leader();
    let old = crew.connect(a, 4000);
    // Only `b` can acknowledge, and its packets are delayed.
    crew.ensemble.cut(leader, a, crew.now);
    let slow = LinkOptions {
        delay_min: ms(50),
        delay_max: ms(50),
        ..LinkOptions::default()
    };
    crew.ensemble.set_link(leader, b, slow);
    crew.send_as(old.conn, 5, &create("/first"));
    crew.run(ms(2));
    // It is proposed. The client comes back elsewhere and sends a request before the commit
    // arrives.
    let new = crew.reattach(b, &old, 4000);
    crew.send_as(new.conn, 5, &create("/second"));
    crew.run(ms(1000));
    let first = crew.all_for(new.conn)[1].clone();
    let Got::Reply(5, _, Response::Created { path, .. }) = first else {
        panic!("{first:?}");
    };
    assert_eq!(path, "/first");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = |seed| {
        let mut crew = Crew::new(EnsembleOptions {
            link: lossy(),
            ..three(seed)
        });
        weather(&mut crew, seed);
        crew.received
    };
    for seed in 0..5 {
        assert!(run(seed) == run(seed));
    }
    assert!(run(1) != run(2));
}

fn lossy() -> LinkOptions {
    LinkOptions {
        delay_max: ms(20),
        loss_per_mille: 10,
        ..LinkOptions::default()
    }
}

/// Faults of all kinds for half a minute, with clients that write continuously. Returns the
/// confirmed creates, and their zxids.
fn weather(crew: &mut Crew, seed: u64) -> BTreeMap<String, i64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut draw = move |bound: u64| rng.u64(..bound);
    let mut clients = [None, None, None, None];
    let mut names = 0;
    for _ in 0..300 {
        crew.run(ms(20 + draw(160)));
        let (a, b) = (draw(3) as usize, draw(3) as usize);
        match draw(40) {
            0 => crew.ensemble.crash(a, crew.now),
            1..3 => crew.ensemble.restart(a, crew.now),
            3 => crew.ensemble.pause(a, crew.now),
            4..6 => crew.ensemble.resume(a, crew.now),
            6 => crew.ensemble.isolate(a, crew.now),
            7 => crew.ensemble.cut(a, b, crew.now),
            8..10 => crew.ensemble.heal_all(crew.now),
            _ => {}
        }
        for client in &mut clients {
            let lost = client.is_none_or(|conn| crew.closed_at(conn).is_some());
            if lost {
                let at = draw(3) as usize;
                *client = (!crew.ensemble.is_down(at)).then(|| crew.hello(at, None, 4000));
            } else if let Some(conn) = *client
                && crew.ensemble.session_of(conn).is_some()
                && matches!(crew.all_for(conn).first(), Some(Got::Connected(_)))
            {
                names += 1;
                crew.send(conn, &create(&format!("/n{names}")));
            }
        }
    }
    let confirmed = crew.received.iter().filter_map(|(_, _, got)| match got {
        Got::Reply(_, _, Response::Created { path, stat }) => Some((path.clone(), stat.czxid)),
        _ => None,
    });
    confirmed.collect()
}

#[test]
fn what_was_confirmed_is_on_all_servers_when_the_weather_clears() {
    let (mut confirmed, mut elections) = (0, 0);
    for seed in 0..40 {
        let mut crew = Crew::new(EnsembleOptions {
            link: lossy(),
            ..three(seed)
        });
        let known = weather(&mut crew, seed);
        for server in 0..3 {
            crew.ensemble.restart(server, crew.now);
            crew.ensemble.resume(server, crew.now);
        }
        crew.ensemble.heal_all(crew.now);
        crew.run(ms(20_000));
        crew.settle();
        crew.run(ms(1000));
        let all = crew.ensemble.children("/").unwrap();
        for (path, czxid) in &known {
            assert!(all.contains(&path[1..].to_owned()), "{path} is gone");
            for server in 0..3 {
                let (_, stat) = crew.ensemble.node_at(server, path).unwrap();
                assert_eq!(stat.czxid, *czxid, "{path} at {server}, seed {seed}");
            }
        }
        for server in 0..3 {
            for name in &all {
                let path = format!("/{name}");
                let here = crew.ensemble.node_at(server, &path);
                assert_eq!(here, crew.ensemble.node(&path), "{path} at {server}");
            }
        }
        confirmed += known.len();
        elections += crew.ensemble.zxid(0) >> 32;
    }
    println!("{confirmed} writes were confirmed, {elections} leaders elected");
    assert!(
        confirmed > 4000 && elections > 120,
        "{confirmed}, {elections}"
    );
}
