//! Groups whose counter has wrapped, so that the order of names is not the order of births: the
//! client reads each member's birth.

use crate::{LIMIT, T, contend, fresh_path, has_lost, let_pass, open, token_of, wait_behind};
use tenure::DetectorEvent;
use tenure_field::wire::opcode;
use tenure_field::zookeeper::{Config, counting_from};
use tenure_field::{Proxy, Zookeeper};

const THROTTLED: i32 = -127;
const NO_AUTH: i32 = -102;

fn counted() -> (Zookeeper, String) {
    let path = fresh_path();
    (counting_from(Config::default(), &[(&path, -3)]), path)
}

#[test]
fn a2_a_leader_that_cannot_be_counted_for_a_while_is_not_gone() {
    let (server, path) = counted();
    let first = open(&server.url(&path));
    let leader = contend(&first, &path);
    let token = token_of(&leader);
    let member = format!("{path}/-000000003");
    let refused = [1, 2, 3, 5].map(|times| {
        let proxy = Proxy::start(server.addr());
        proxy.refuse_requests_of(opcode::EXISTS, &member, THROTTLED, times);
        let client = open(&proxy.url(&path));
        let contender = contend(&client, &path);
        (proxy, client, contender, times)
    });
    let_pass(T / 2);
    for (_proxy, client, contender, times) in refused {
        assert!(!contender.is_leading(), "two lead after {times} refusals");
        assert!(leader.is_leading());
        client.close().wait_for(LIMIT).unwrap();
    }
    let third = open(&server.url(&path));
    let next = contend(&third, &path);
    assert!(leader.withdraw().wait_for(LIMIT).unwrap());
    assert!(token_of(&next) > token);
    for client in [first, third] {
        client.close().wait_for(LIMIT).unwrap();
    }
}

/// The answer of a server from 3.7.3, 3.8.4 or 3.9.2 on to a client without READ.
#[test]
fn a2_a_leader_that_may_not_be_read_is_not_gone() {
    let (server, path) = counted();
    let first = open(&server.url(&path));
    let leader = contend(&first, &path);
    let token = token_of(&leader);
    let proxy = Proxy::start(server.addr());
    proxy.refuse_requests_of(
        opcode::EXISTS,
        &format!("{path}/-000000003"),
        NO_AUTH,
        1_000,
    );

    let client = open(&proxy.url(&path));
    let second = contend(&client, &path);
    let_pass(T);
    assert!(!second.is_leading(), "two lead");
    assert!(leader.is_leading() && !has_lost(&second));
    assert!(leader.withdraw().wait_for(LIMIT).unwrap());
    assert!(token_of(&second) > token);
    for client in [first, client] {
        client.close().wait_for(LIMIT).unwrap();
    }
}

/// Wrong is a client that shows the second as the leader, or a group without its first member: it
/// may only report that it does not know.
#[test]
fn a2_views_do_not_lose_a_member_that_cannot_be_counted_for_a_while() {
    let (server, path) = counted();
    let clients = [open(&server.url(&path)), open(&server.url(&path))];
    let leader = contend(&clients[0], &path);
    let token = token_of(&leader);
    let second = contend(&clients[1], &path);
    wait_behind(&second);
    let member = format!("{path}/-000000003");
    std::thread::scope(|scope| {
        for operation in [opcode::EXISTS, opcode::GET_DATA] {
            for code in [THROTTLED, NO_AUTH] {
                let (server, path, member) = (&server, &path, &member);
                scope
                    .spawn(move || views_lose_nobody(server, path, member, token, operation, code));
            }
        }
    });
    for client in clients {
        client.close().wait_for(LIMIT).unwrap();
    }
}

fn views_lose_nobody(
    server: &Zookeeper,
    path: &str,
    member: &str,
    token: u64,
    operation: i32,
    code: i32,
) {
    let proxy = Proxy::start(server.addr());
    proxy.refuse_requests_of(operation, member, code, 3);
    let client = open(&proxy.url(path));
    let detector = client.detect(path).unwrap();
    let known = loop {
        match detector.events().next(Some(LIMIT)).unwrap() {
            DetectorEvent::Leader(known) => break known,
            DetectorEvent::None => panic!("{operation}, {code}: the group is empty"),
            _ => {}
        }
    };
    assert_eq!(known.member.token, token, "{operation}, {code}");
    proxy.clear_rules();
    proxy.refuse_requests_of(operation, member, code, 3);
    let group = client.group(path).unwrap();
    // An error is an acceptable answer, a list without it is not.
    if let Ok(members) = group.members().wait_for(LIMIT) {
        assert_eq!(members.len(), 2, "{operation}, {code}: {members:?}");
    }
    client.close().wait_for(LIMIT).unwrap();
}
