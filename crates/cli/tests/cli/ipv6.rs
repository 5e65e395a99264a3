//! A server that has only an IPv6 address.

use crate::{Run, finish, first, follow, next, path, run};
use std::net::{Ipv6Addr, TcpListener};
use tenure_field::zookeeper::{Config, Zookeeper};
use tenure_field::{Signal, or_skip};

#[test]
fn an_address_in_brackets_reaches_its_server() {
    let bound = TcpListener::bind((Ipv6Addr::LOCALHOST, 0));
    if or_skip(bound.map_err(|why| format!("no ::1 on this machine: {why}"))).is_none() {
        return;
    }
    let server = Zookeeper::start_with(Config {
        bind: Ipv6Addr::LOCALHOST.into(),
        ..Config::default()
    });
    let url = server.url("/g");
    assert!(url.starts_with("zk://[::1]:"), "{url}");
    let contender = follow("contend", &url, &["--data", "[::1]:80"]);
    let leads = next(&contender, "leading");
    // Among others that cannot be reached, and with credentials in front.
    let others = url.replace("zk://", "zk://u:sesame@[::1]:1,127.0.0.1:1,");
    for url in [&url, &others] {
        let detector = follow("detect", url, &[]);
        let leader = first(&detector);
        assert_eq!(leader["data"], "[::1]:80");
        assert_eq!(path(&leader), path(&leads));
    }
    let Run { code, out, err } = run(["status", &url]);
    assert_eq!(code, Some(0), "{out}{err}");
    contender.signal(Signal::Term);
    assert_eq!(finish(&contender).code, Some(0));
    assert_eq!(run(["status", &url]).code, Some(1), "it has left");
    // An address that cannot be reached is named as it was written.
    server.stop();
    let Run { code, err, .. } = run(["status", &url, "--timeout", "500ms"]);
    assert_eq!(code, Some(3), "{err}");
    let address = server.addr().to_string();
    assert!(err.contains(&address), "{err} does not name {address}");
}
