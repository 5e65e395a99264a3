//! The observer beside a client written by hand, before a real server.
#![allow(clippy::unwrap_used, missing_docs)] // a test may panic

use std::time::Duration;

use tenure_field::Zookeeper;
use tenure_field::raw::{Session, expire_session};
use tenure_observer::{Mode, Observer};

#[test]
fn sees_and_does_what_is_there() {
    let server = Zookeeper::start();
    let observer = Observer::connect(server.addr());
    let mut other = Session::open(server.addr(), Duration::from_secs(10)).unwrap();

    assert_eq!((observer.stat("/a"), observer.data("/a")), (None, None));
    assert!(observer.children("/a/b").is_empty());
    observer.create("/a/b", b"one");
    assert!(other.exists("/a/b", true).unwrap());
    let before = observer.stat("/a/b").unwrap();
    assert_eq!(
        (before.version, before.ephemeral_owner, before.czxid),
        (0, 0, before.mzxid)
    );
    observer.set_data("/a/b", b"two");
    other.wait_watch_event().unwrap();
    let after = observer.stat("/a/b").unwrap();
    assert_eq!((after.version, after.czxid), (1, before.czxid));
    assert!(after.mzxid > after.czxid);
    assert_eq!(observer.data("/a/b"), Some(b"two".to_vec()));

    // The owner distinguishes the two znodes, and each is deleted with its session.
    other.create("/a/z", b"", 1).unwrap();
    let member = observer.create_raw("/a/m_", b"", Mode::EphemeralSequential);
    assert_eq!(member, "/a/m_0000000002");
    assert_eq!(observer.children("/a"), ["b", "m_0000000002", "z"]);
    assert_eq!(observer.stat("/a/z").unwrap().ephemeral_owner, other.id);
    let own = observer.stat(&member).unwrap().ephemeral_owner;
    assert!(own != 0 && own != other.id);
    expire_session(server.addr(), other.id, &other.password).unwrap();
    assert_eq!(observer.children("/a"), ["b", "m_0000000002"]);

    assert!(observer.delete("/a/b"));
    assert!(!observer.delete("/a/b"));
    observer.create("/a/c/d/e", b"");
    observer.delete_tree("/a");
    assert_eq!(observer.stat("/a"), None);
}
