//! Watches: the requests that arm them, the changes that fire them, and the order of the events.

use crate::harness::{
    Client, Got, Harness, create, delete, event, get, list, member, set, watch_exists,
};
use tenure_proto::EventKind::{ChildrenChanged, Created, DataChanged, Deleted};
use tenure_proto::Request;

/// A world with a znode `/g`, a client that watches and one that acts.
fn world() -> (Harness, Client, Client) {
    let mut w = Harness::new();
    let (watcher, actor) = (w.connect(), w.connect());
    w.ask(actor.conn, &create("/g"));
    (w, watcher, actor)
}

/// The events of the watcher after a request of `actor`; the reply to the actor comes later.
fn received(w: &mut Harness, watcher: &Client, actor: &Client, request: &Request) -> Vec<Got> {
    w.send(actor.conn, request);
    let mut all = w.all();
    let (last, reply) = all.pop().unwrap();
    assert!(
        last == actor.conn && matches!(reply, Got::Reply(..)),
        "{reply:?}"
    );
    assert!(all.iter().all(|(to, _)| *to == watcher.conn), "{all:?}");
    all.into_iter().map(|(_, got)| got).collect()
}

#[test]
fn exists_and_get_data_arm_a_data_watch_that_fires_once() {
    for arm in [watch_exists("/g"), get("/g", true)] {
        let (mut w, watcher, actor) = world();
        w.ask(watcher.conn, &arm);
        w.ask(watcher.conn, &arm); // twice is once
        assert_eq!(w.model.watch_count(), 1);
        let change = set("/g", b"", -1);
        assert_eq!(
            received(&mut w, &watcher, &actor, &change),
            [event(DataChanged, "/g")]
        );
        assert_eq!(received(&mut w, &watcher, &actor, &change), []);
        w.ask(watcher.conn, &arm);
        let deletion = delete("/g", -1);
        assert_eq!(
            received(&mut w, &watcher, &actor, &deletion),
            [event(Deleted, "/g")]
        );
        assert_eq!(received(&mut w, &watcher, &actor, &create("/g")), []);
    }
}

#[test]
fn exists_on_a_missing_znode_arms_and_the_others_do_not() {
    let (mut w, watcher, actor) = world();
    w.fail(watcher.conn, &get("/x", true));
    w.fail(watcher.conn, &list("/x", true));
    assert_eq!(w.model.watch_count(), 0);
    w.fail(watcher.conn, &watch_exists("/x"));
    assert_eq!(w.model.watch_count(), 1);
    assert_eq!(
        received(&mut w, &watcher, &actor, &create("/x")),
        [event(Created, "/x")]
    );
    assert_eq!(w.model.watch_count(), 0);
}

#[test]
fn requests_without_the_flag_arm_nothing() {
    let (mut w, watcher, _) = world();
    w.ask(watcher.conn, &crate::harness::exists("/g"));
    w.ask(watcher.conn, &get("/g", false));
    w.ask(watcher.conn, &list("/g", false));
    assert_eq!(w.model.watch_count(), 0);
}

#[test]
fn child_watches_hear_of_births_and_deaths_and_not_of_data() {
    let (mut w, watcher, actor) = world();
    w.ask(watcher.conn, &list("/g", true));
    assert_eq!(received(&mut w, &watcher, &actor, &set("/g", b"", -1)), []);
    let changed = [event(ChildrenChanged, "/g")];
    assert_eq!(received(&mut w, &watcher, &actor, &create("/g/a")), changed);
    assert_eq!(received(&mut w, &watcher, &actor, &create("/g/b")), []);
    w.ask(watcher.conn, &list("/g", true));
    assert_eq!(
        received(&mut w, &watcher, &actor, &set("/g/a", b"", -1)),
        []
    );
    assert_eq!(received(&mut w, &watcher, &actor, &create("/g/a/x")), []);
    assert_eq!(
        received(&mut w, &watcher, &actor, &delete("/g/b", -1)),
        changed
    );
    w.ask(watcher.conn, &list("/", true));
    assert_eq!(
        received(&mut w, &watcher, &actor, &member("/m_")),
        [event(ChildrenChanged, "/")]
    );
}

#[test]
fn a_deletion_goes_to_data_and_child_watches_once_a_connection() {
    let (mut w, watcher, actor) = world();
    w.ask(watcher.conn, &get("/g", true));
    w.ask(watcher.conn, &list("/g", true));
    w.ask(watcher.conn, &list("/", true));
    assert_eq!(w.model.watch_count(), 3);
    assert_eq!(
        received(&mut w, &watcher, &actor, &delete("/g", -1)),
        [event(Deleted, "/g"), event(ChildrenChanged, "/")]
    );
    assert_eq!(w.model.watch_count(), 0, "the child watch is used up too");
    w.ask(actor.conn, &create("/g"));
    w.ask(watcher.conn, &list("/g", true));
    assert_eq!(
        received(&mut w, &watcher, &actor, &delete("/g", -1)),
        [event(Deleted, "/g")]
    );
}

#[test]
fn an_event_comes_before_the_reply_to_the_request_that_caused_it() {
    let (mut w, a, b) = world();
    w.ask(a.conn, &get("/g", true));
    w.ask(b.conn, &get("/g", true));
    let number = w.send(b.conn, &delete("/g", -1));
    w.send(b.conn, &Request::Ping);
    assert_eq!(
        w.all(),
        [
            (a.conn, event(Deleted, "/g")),
            (b.conn, event(Deleted, "/g")),
            (b.conn, Got::Reply(number, 4, tenure_proto::Response::Empty)),
            (b.conn, Got::Reply(-2, 4, tenure_proto::Response::Empty)),
        ]
    );
    assert_eq!(w.model.events_sent(), 2);
}

#[test]
fn failed_writes_fire_nothing() {
    let (mut w, a, b) = world();
    w.ask(a.conn, &get("/g", true));
    w.fail(b.conn, &set("/g", b"", 7));
    w.fail(b.conn, &delete("/g", 7));
    w.fail(b.conn, &create("/g"));
    assert_eq!((w.model.watch_count(), w.model.events_sent()), (1, 0));
}

#[test]
fn watches_go_with_the_connection_and_not_with_the_session() {
    let (mut w, a, b) = world();
    for request in [watch_exists("/g"), list("/g", true)] {
        w.ask(a.conn, &request);
    }
    w.ask(b.conn, &list("/g", true));
    assert_eq!(w.model.watch_count(), 3);
    let conn = w.reattach(&a, 4000);
    w.all();
    assert_eq!(w.model.watch_count(), 1);
    w.ask(conn, &get("/g", true));
    w.model.disconnected(conn, w.now);
    assert_eq!(w.model.watch_count(), 1);
    w.send(b.conn, &delete("/g", -1));
    assert_eq!(w.only(b.conn).len(), 2);
}
