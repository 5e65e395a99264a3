//! Requests that a server answers with an error and has not carried out: −127 from one that
//! throttles, −4, −7, −1 and others from one in trouble. They decide nothing.

use crate::{
    LIMIT, T, contend, fresh_path, has_lost, open, shared, token_of, wait_behind, wait_known,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tenure_field::proxy::{Cut, Then};
use tenure_field::wire::{Payload, opcode};
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Proxy, Zookeeper, or_skip, raw, wait_until};
use tenure_observer::Observer;

const THROTTLED: i32 = -127;
/// Throttled; a connection that was lost; a timeout; a system error; an unknown error number.
const UNKNOWN: [i32; 5] = [THROTTLED, -4, -7, -1, -99];
const TIMES: u32 = 3;

fn stage() -> (Proxy, String, Observer) {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = Observer::connect(shared().addr());
    observer.create(&path, b"");
    (proxy, path, observer)
}

/// All codes at once.
fn with_each_code(act: impl Fn(i32) + Sync) {
    std::thread::scope(|scope| {
        for code in UNKNOWN {
            let act = &act;
            scope.spawn(move || act(code));
        }
    });
}

/// All the rules were used up.
#[track_caller]
fn were_refused(proxy: &Proxy, times: u32) {
    wait_until("all refusals", LIMIT, || {
        (proxy.counts().refused >= u64::from(times)).then_some(())
    });
}

#[test]
fn b4_a_candidacy_outlives_requests_that_are_refused() {
    for operation in [opcode::CREATE2, opcode::GET_CHILDREN2, opcode::EXISTS] {
        with_each_code(|code| {
            let (proxy, path, observer) = stage();
            proxy.refuse_requests(operation, code, TIMES);
            let client = open(&proxy.url(&path));
            let contender = contend(&client, &path);
            token_of(&contender);
            were_refused(&proxy, TIMES);
            assert!(!has_lost(&contender), "{operation}, {code}");
            assert_eq!(observer.children(&path).len(), 1, "{operation}, {code}");
            assert!(contender.withdraw().wait_for(LIMIT).unwrap());
            assert!(observer.children(&path).is_empty());
            client.close().wait_for(LIMIT).unwrap();
        });
    }
}

#[test]
fn b4_the_own_znode_is_not_gone_because_exists_is_refused() {
    with_each_code(|code| {
        let (proxy, path, observer) = stage();
        let client = open(&proxy.url(&path));
        let contender = contend(&client, &path);
        let token = token_of(&contender);
        proxy.refuse_requests(opcode::EXISTS, code, TIMES);
        proxy.cut_connections(Cut::Reset);
        were_refused(&proxy, TIMES);
        assert_eq!(token_of(&contender), token, "{code}");
        assert!(!has_lost(&contender), "{code}");
        assert_eq!(observer.children(&path).len(), 1);
        client.close().wait_for(LIMIT).unwrap();
    });
}

#[test]
fn b4_who_is_in_doubt_of_its_create_makes_no_second_znode_because_the_look_is_refused() {
    with_each_code(|code| {
        for look in [opcode::GET_EPHEMERALS, opcode::GET_CHILDREN2] {
            let (proxy, path, observer) = stage();
            let client = open(&proxy.url(&path));
            proxy.swallow_reply(opcode::CREATE2, 1, Then::Cut(Cut::Reset));
            proxy.refuse_requests(look, code, TIMES);
            let contender = contend(&client, &path);
            token_of(&contender);
            were_refused(&proxy, TIMES);
            assert_eq!(observer.children(&path).len(), 1, "{look}, {code}");
            assert!(!has_lost(&contender), "{look}, {code}");
            client.close().wait_for(LIMIT).unwrap();
        }
    });
}

#[test]
fn b4_a_withdrawal_whose_delete_is_refused_leaves_no_znode() {
    with_each_code(|code| {
        let (proxy, path, observer) = stage();
        let client = open(&proxy.url(&path));
        let contender = contend(&client, &path);
        token_of(&contender);
        proxy.refuse_requests(opcode::DELETE, code, TIMES);
        assert!(contender.withdraw().wait_for(LIMIT).unwrap(), "{code}");
        assert!(observer.children(&path).is_empty(), "{code}");
        client.close().wait_for(LIMIT).unwrap();
    });
}

#[test]
fn b4_proofs_that_are_refused_are_asked_again_in_time() {
    with_each_code(|code| {
        let (proxy, path, _) = stage();
        let client = open(&proxy.url(&path));
        let contender = contend(&client, &path);
        let token = token_of(&contender);
        proxy.refuse_requests(opcode::MULTI, code, 2);
        were_refused(&proxy, 2);
        let start = Instant::now();
        wait_until("more than a lease", LIMIT, || {
            assert!(contender.is_leading(), "{code}");
            (start.elapsed() > T).then_some(())
        });
        assert_eq!(token_of(&contender), token);
        client.close().wait_for(LIMIT).unwrap();
    });
}

#[test]
fn b4_a_standby_whose_look_at_the_one_before_it_is_refused_waits_on() {
    for operation in [opcode::EXISTS, opcode::GET_DATA] {
        let (proxy, path, _) = stage();
        let first = open(&shared().url(&path));
        let leader = contend(&first, &path);
        token_of(&leader);
        proxy.refuse_requests(operation, THROTTLED, TIMES);
        let client = open(&proxy.url(&path));
        let standby = contend(&client, &path);
        wait_behind(&standby);
        assert!(leader.withdraw().wait_for(LIMIT).unwrap());
        token_of(&standby);
        assert!(!has_lost(&standby));
        for client in [first, client] {
            client.close().wait_for(LIMIT).unwrap();
        }
    }
}

#[test]
fn b4_views_outlive_looks_that_are_refused() {
    let (_, path, _) = stage();
    let first = open(&shared().url(&path));
    let leader = contend(&first, &path);
    let token = token_of(&leader);
    for operation in [opcode::GET_CHILDREN2, opcode::GET_DATA, opcode::EXISTS] {
        with_each_code(|code| {
            let proxy = Proxy::start(shared().addr());
            proxy.refuse_requests(operation, code, TIMES);
            let client = open(&proxy.url(&path));
            let detector = client.detect(&path).unwrap();
            let group = client.group(&path).unwrap();
            let members = group.members().wait_for(LIMIT).unwrap();
            let tokens: Vec<u64> = members.iter().map(|member| member.token).collect();
            assert_eq!(tokens, [token], "{operation}, {code}");
            wait_known(&detector, token);
            client.close().wait_for(LIMIT).unwrap();
        });
    }
    first.close().wait_for(LIMIT).unwrap();
}

/// A real server that throttles: it answers −127 to every request that had to wait for more than a
/// millisecond, and does not carry it out; strangers make most requests wait.
#[test]
fn b4_a_server_that_throttles_ends_no_candidacy() {
    if or_skip(Version::V3_9.available()).is_none() {
        return;
    }
    let property = |name: &str, value: &str| (format!("zookeeper.{name}"), value.to_owned());
    let server = Zookeeper::start_with(Config {
        version: Version::V3_9,
        properties: vec![
            property("request_throttle_max_requests", "1"),
            property("request_throttle_stall_time", "2"),
            property("throttled_op_wait_time", "1"),
        ],
        ..Config::default()
    });
    let throttled = || -> u64 { server.monitor()["zk_throttled_ops"].parse().unwrap() };
    let path = fresh_path();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut stranger = raw::Session::open(server.addr(), T).unwrap();
                while !over.load(Ordering::SeqCst) {
                    let body = Payload::new().buffer("/");
                    // Whatever the answer is.
                    drop(stranger.request(opcode::SYNC, body));
                }
            });
        }
        // Also set when this panics.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let _over = Over(&over);
        wait_until("the server to throttle", LIMIT, || {
            (throttled() > 0).then_some(())
        });
        let client = open(&server.url(&path));
        for _ in 0..3 {
            let contender = contend(&client, &path);
            let_it_be_refused(&throttled);
            token_of(&contender);
            assert!(!has_lost(&contender));
            assert!(contender.withdraw().wait_for(LIMIT).unwrap());
        }
    });
    // A request now may be refused, too.
    let mut observer = raw::Session::open(server.addr(), T).unwrap();
    let body = || Payload::new().buffer(&path).bool(false);
    let children = wait_until("an answer", LIMIT, || {
        let reply = observer.request(opcode::GET_CHILDREN, body()).unwrap();
        (reply.error == 0).then_some(reply.body)
    });
    assert_eq!(children, [0; 4]);
}

fn let_it_be_refused(throttled: &impl Fn() -> u64) {
    let before = throttled();
    wait_until("some more refusals", LIMIT, || {
        (throttled() > before + 10).then_some(())
    });
}
