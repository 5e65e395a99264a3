//! URLs that would silently name another group.

use crate::{Run, finish, follow, fresh_path, next, path, run, server};
use tenure_field::Signal;
use tenure_field::bad::{Kind, Server};

/// node-zookeeper-client#25, karafka#59.
#[test]
fn f9_a_url_that_names_another_group_by_mistake_is_refused_with_2_and_corrected() {
    let silent = Server::start(Kind::Silent);
    let addr = silent.addr();
    let meant = format!("did you mean zk://{addr},h2:2181/app?");
    let alone = format!("did you mean zk://{addr}/app?");
    let hidden = format!("did you mean zk://…@{addr},h2:2181/app?");
    for (url, suggestion) in [
        (format!("zk://{addr}/app,h2:2181/app"), &meant),
        (format!("zk://{addr}/app,zk://h2:2181/app"), &meant),
        (format!("{addr},h2:2181/app"), &meant),
        (format!("zk://{addr}/app?timeout=5"), &alone),
        (format!("zk://{addr}/app#x"), &alone),
        (format!("zk://{addr}/app\u{a0}"), &alone),
        (format!("ZooKeeper://{addr}/app"), &alone),
        (format!("zk://u:sesame@{addr},u:sesame@h2/app"), &hidden),
    ] {
        for command in ["contend", "detect", "members", "status"] {
            let Run { code, out, err } = run([command, &url]);
            assert_eq!(
                (code, out.as_str()),
                (Some(2), ""),
                "{command} {url}: {err}"
            );
            assert!(err.contains(suggestion), "{command} {url}: {err}");
            assert!(!err.contains("sesame"), "{err}");
        }
    }
    assert_eq!(silent.connections(), 0);
}

#[test]
fn f9_a_znode_with_an_odd_name_is_a_group_if_that_is_meant() {
    let group = format!("{}?x=y,h2:2181", fresh_path());
    let url = format!("zk://{}/.{group}", server().addr());
    let leader = follow("contend", &url, &[]);
    let leading = next(&leader, "leading");
    assert!(
        path(&leading).starts_with(&format!("{group}/")),
        "{leading}"
    );
    leader.signal(Signal::Term);
    assert_eq!(finish(&leader).code, Some(0));
}
