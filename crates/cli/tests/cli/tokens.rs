//! Fencing tokens, when the ensemble loses what it has committed.

use crate::{LIMIT, finish, follow, next, token};
use tenure_field::raw::Session;
use tenure_field::wire::{Payload, opcode};
use tenure_field::{Signal, Zookeeper};

#[test]
fn f20_a_token_that_fell_with_a_wiped_server_is_said_by_contender_and_detector() {
    let server = Zookeeper::start();
    let mut session = Session::open(server.addr(), LIMIT).unwrap();
    for n in 0..50 {
        let body = Payload::new()
            .buffer(format!("/transaction-{n}"))
            .buffer(b"");
        let body = body.int(1).int(31).buffer("world").buffer("anyone").int(0);
        assert_eq!(session.request(opcode::CREATE, body).unwrap().error, 0);
    }
    session.close().unwrap();
    let url = server.url("/g");
    let contender = follow("contend", &url, &[]);
    let old = token(&next(&contender, "leading"));
    let detector = follow("detect", &url, &[]);
    assert_eq!(token(&next(&detector, "leader")), old);
    server.kill();
    std::fs::remove_dir_all(server.directory().join("data/version-2")).unwrap();
    server.restart();
    for process in [&contender, &detector] {
        let fell = next(process, "token_fell");
        assert_eq!(fell["token_before"], old.to_string(), "{fell}");
        assert!(token(&fell) < old, "{fell}");
        let message = fell["message"].as_str().unwrap();
        assert!(message.contains("until they are reset"), "{message}");
    }
    let new = token(&next(&contender, "leading"));
    assert_eq!(token(&next(&detector, "leader")), new);
    assert!(new < old);
    for process in [&contender, &detector] {
        process.signal(Signal::Term);
        assert_eq!(finish(process).code, Some(0));
    }
}
