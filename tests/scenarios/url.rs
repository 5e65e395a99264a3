//! Mesos's test of its URLs, and the cases that it lacks.

use crate::{GET_ACL, LIMIT, any_leader, close, contend, fresh_path, raw_as, shared};
use std::path::Path;
use tenure::{Client, ClientOptions, ContenderOptions, ErrorKind, Url};
use tenure_field::wire::Payload;

/// `jake:1` in the form of ZooKeeper's `DigestAuthenticationProvider`.
const JAKE: &str = "jake:XUYXHsi86+84d5b9HArruiPLECI=";

#[test]
fn url_url() {
    let servers = |url: &Url| {
        let servers = url.servers().iter().map(ToString::to_string);
        servers.collect::<Vec<_>>().join(",")
    };
    let two = "zk://jake:1@host1:2181,host2:2182/path/to/znode";
    for (text, hosts, path) in [
        ("zk://host1:2181/a", "host1:2181", "/a"),
        ("zk://host1:2181/a/", "host1:2181", "/a"),
        (two, "host1:2181,host2:2182", "/path/to/znode"),
    ] {
        let url = Url::parse(text).unwrap();
        assert_eq!((servers(&url).as_str(), url.path()), (hosts, path));
    }
    // Mesos reads "/" here, and fails later.
    for text in [
        "zk://host1:2181",
        "zk://jake:1@host1:2181",
        "zk://jake:1@host1:2181/",
        "zk://jake:1@host1:2181,host2:2182",
        "zk://jake:1@host1:2181,host2:2182/",
    ] {
        let error = Url::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains("path"), "{error}");
        assert!(!error.message().contains("jake"), "{error}");
    }
    // The client uses the URL as it was read: the second server, as jake.
    let (addr, path) = (shared().addr(), fresh_path());
    let text = format!("zk://jake:1@127.0.0.1:1,{addr}{path}/");
    let client = crate::open(&text);
    let group = client.group(&path).unwrap();
    let member = group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    let acl = |path: &str| {
        let mut session = raw_as("jake:1");
        let body = Payload::new().buffer(path);
        let reply = session.request(GET_ACL, body).unwrap();
        assert_eq!(reply.error, 0);
        String::from_utf8_lossy(&reply.body).into_owned()
    };
    for path in [&path, &member.path] {
        let acl = acl(path);
        for entry in ["world", "anyone", "digest", JAKE] {
            assert!(acl.contains(entry), "{path}: {acl:?} without {entry}");
        }
    }
    close([client]);
}

#[test]
fn url_errors_file_and_address() {
    for (text, word) in [
        ("host1:2181,host2:2181/a", "zk://"),
        ("zk://host1:2181/", "path"),
        ("zk://host1:port1/a", "port"),
        ("zk://host1:2181/a//b", "//"),
        ("file:///no/such/file", "cannot read"),
    ] {
        let error = Url::parse(text).unwrap_err();
        assert!(error.message().contains(word), "{text}: {error}");
    }
    // A contender accepts a file, too.
    let path = fresh_path();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contender-url");
    std::fs::write(&file, format!("{}\n", shared().url(&path))).unwrap();
    let url = Url::parse(&format!("file://{}", file.display())).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    let contender = contend(&client, url.path(), "x");
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = client.detect(&path).unwrap();
    assert_eq!(any_leader(&detector).member.token, token);
    close([client]);
    // An address is a leader, not a group.
    let url = Url::parse("10.10.1.105:8088").unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    let refused = client.contend(ContenderOptions::new(url.path()));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(
        client.detect(url.path()).unwrap().leader().unwrap().data,
        b"10.10.1.105:8088"
    );
}
