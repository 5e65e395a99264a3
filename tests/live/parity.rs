//! What Mesos's tests of its Group hold, on a real server (`docs/parity.md` has the whole list).

use crate::{LIMIT, T, fresh_path, open, shared};
use tenure::{Client, ErrorKind, Group, GroupEvent};
use tenure_observer::Observer;
use tenure_testkit::proxy::Cut;
use tenure_testkit::wire::Payload;
use tenure_testkit::{Proxy, raw, wait_until};

fn group(url: &str) -> (Client, Group) {
    let client = open(url);
    let url: tenure::Url = url.parse().unwrap();
    let group = client.group(url.path()).unwrap();
    (client, group)
}

#[test]
fn join_read_change_watch_cancel() {
    let (client, group) = group(&shared().url(&fresh_path()));
    let join = group.join(Some("testlabel"), "hello world").unwrap();
    let member = join.wait_for(LIMIT).unwrap();
    assert_eq!(member.label.as_deref(), Some("testlabel"));
    let seen = group.wait_members(&[], Some(LIMIT)).unwrap();
    assert_eq!(seen, std::slice::from_ref(&member));
    assert_eq!(
        group.data(&member).wait_for(LIMIT).unwrap().unwrap(),
        b"hello world"
    );
    assert!(
        group
            .set_data(&member, "changed")
            .unwrap()
            .wait_for(LIMIT)
            .unwrap()
    );
    assert_eq!(
        group.data(&member).wait_for(LIMIT).unwrap().unwrap(),
        b"changed"
    );
    let cancelled = group.cancelled(&member);
    assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    assert!(
        cancelled.wait_for(LIMIT).unwrap(),
        "it was this group that cancelled it"
    );
    assert_eq!(group.wait_members(&seen, Some(LIMIT)).unwrap(), []);
    assert_eq!(group.data(&member).wait_for(LIMIT).unwrap(), None);
    assert!(!group.cancel(&member).wait_for(LIMIT).unwrap());
    assert!(
        !group
            .set_data(&member, "late")
            .unwrap()
            .wait_for(LIMIT)
            .unwrap()
    );
    client.close().wait().unwrap();
}

#[test]
fn calls_without_a_connection_wait_for_one() {
    let (path, proxy) = (fresh_path(), Proxy::start(shared().addr()));
    let (client, group) = group(&proxy.url(&path));
    let first = group.join(None, "first").unwrap().wait_for(LIMIT).unwrap();
    proxy.refuse(true);
    proxy.cut_connections(Cut::Reset);
    let (second, third) = (
        group.join(None, "second").unwrap(),
        group.join(None, "third").unwrap(),
    );
    let data = group.data(&first);
    let cancel = group.cancel(&first);
    // Given up while it waits: it must leave nothing behind.
    drop(third);
    proxy.refuse(false);
    assert!(second.wait_for(LIMIT).is_ok());
    // The read was asked before the delete.
    assert_eq!(
        data.wait_for(LIMIT).unwrap().as_deref(),
        Some(&b"first"[..])
    );
    assert!(cancel.wait_for(LIMIT).unwrap());
    let observer = Observer::connect(shared().addr());
    wait_until("one member is left", LIMIT, || {
        (observer.children(&path).len() == 1).then_some(())
    });
    client.close().wait().unwrap();
    assert!(observer.children(&path).is_empty());
}

#[test]
fn two_groups_see_each_other_and_the_end_of_a_session() {
    let url = shared().url(&fresh_path());
    let ((a, group_a), (b, group_b)) = (group(&url), group(&url));
    let one = group_a.join(None, "1").unwrap().wait_for(LIMIT).unwrap();
    let two = group_b.join(None, "2").unwrap().wait_for(LIMIT).unwrap();
    let both = vec![one.clone(), two.clone()];
    for group in [&group_a, &group_b] {
        let mut seen = Vec::new();
        while seen != both {
            seen = group.wait_members(&seen, Some(LIMIT)).unwrap();
        }
    }
    let end = group_b.cancelled(&one);
    a.close().wait().unwrap();
    assert!(!end.wait_for(LIMIT).unwrap(), "not by this group");
    assert_eq!(group_b.wait_members(&both, Some(LIMIT)).unwrap(), [two]);
    assert!(matches!(group_b.events().latest(), Some(GroupEvent::Members(m)) if m.len() == 1));
    b.close().wait().unwrap();
}

/// `setACL`, which the library has no need of.
const SET_ACL: i32 = 7;
/// `creator:creator` as ZooKeeper's `DigestAuthenticationProvider` writes it.
const CREATOR: &str = "creator:ypSegK/J4upK+Rhi3MoYohqRddo=";

/// A znode that others may only read, and below it one that is open to all.
fn restricted(parent: &str) {
    let mut admin = raw::Session::open(shared().addr(), T).unwrap();
    for path in [parent, &format!("{parent}/writable")] {
        assert_eq!(admin.create(path, b"", 0).unwrap().error, 0);
    }
    let (read, all) = (1, 31);
    let acl = Payload::new().buffer(parent).int(2);
    let acl = acl.int(read).buffer("world").buffer("anyone");
    let acl = acl.int(all).buffer("digest").buffer(CREATOR).int(-1);
    assert_eq!(admin.request(SET_ACL, acl).unwrap().error, 0);
    admin.close().unwrap();
}

#[test]
fn restrictive_parents_are_tolerated_where_they_can_be_and_named_where_not() {
    let parent = fresh_path();
    restricted(&parent);
    let addr = shared().addr();
    let join = |path: &str| {
        let (client, group) = group(&format!("zk://non-creator:non-creator@{addr}{path}"));
        let joined = group.join(None, "x").unwrap().wait_for(LIMIT);
        client.close().wait().unwrap();
        joined
    };
    for path in [parent.clone(), format!("{parent}/new")] {
        let error = join(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAuth, "{error}");
        assert!(error.message().contains(&parent), "{error}");
    }
    join(&format!("{parent}/writable")).unwrap();
}
