//! Watches that are set again on a new connection, persistent watches, and watches that are
//! removed.

use crate::harness::{Client, Got, Harness, create, delete, event, exists, get, list, set};
use tenure_model::ConnId;
use tenure_proto::EventKind::{ChildrenChanged, Created, DataChanged, Deleted};
use tenure_proto::{EventKind, Request, Response, WatchMode, WatchTable, Watches};

/// A world with a znode `/g`, a client that watches and one that acts.
fn world() -> (Harness, Client, Client) {
    let mut w = Harness::new();
    let (watcher, actor) = (w.connect(), w.connect());
    w.ask(actor.conn, &create("/g"));
    (w, watcher, actor)
}

fn paths(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn lost(since: i64, data: &[&str], missing: &[&str], children: &[&str]) -> Request {
    Request::SetWatches(Box::new(Watches {
        since,
        data: paths(data),
        missing: paths(missing),
        children: paths(children),
        ..Watches::default()
    }))
}

/// The events that setting watches again causes, before its reply.
fn missed(w: &mut Harness, conn: ConnId, request: &Request) -> Vec<Got> {
    let mut got = w.exchange(conn, request);
    let last = got.pop();
    assert!(
        matches!(last, Some(Got::Reply(_, _, Response::Empty))),
        "{last:?}"
    );
    got
}

/// The events of the watcher after one act.
fn received(w: &mut Harness, watcher: &Client, actor: &Client, act: &Request) -> Vec<Got> {
    w.send(actor.conn, act);
    let all = w.all().into_iter();
    let to_watcher = all.filter(|(to, _)| *to == watcher.conn);
    to_watcher.map(|(_, got)| got).collect()
}

fn events(kinds: &[(EventKind, &str)]) -> Vec<Got> {
    kinds
        .iter()
        .map(|(kind, path)| event(*kind, path))
        .collect()
}

#[test]
fn what_was_missed_is_told_and_the_rest_is_armed() {
    let (mut w, watcher, actor) = world();
    w.ask(actor.conn, &create("/still"));
    let (since, _) = w.ask(watcher.conn, &exists("/g"));
    w.ask(actor.conn, &set("/g", b"new", -1));
    w.ask(actor.conn, &create("/g/child"));
    w.ask(actor.conn, &create("/born"));
    w.ask(actor.conn, &create("/dead"));
    w.ask(actor.conn, &delete("/dead", -1));
    let conn = w.reattach(&watcher, 4000);
    w.all();
    let request = lost(
        since,
        &["/g", "/dead", "/still"],
        &["/born", "/unborn"],
        &["/g", "/dead", "/still"],
    );
    assert_eq!(
        missed(&mut w, conn, &request),
        events(&[
            (DataChanged, "/g"),
            (Deleted, "/dead"),
            (Created, "/born"),
            (ChildrenChanged, "/g"),
            (Deleted, "/dead"),
        ])
    );
    // `/still` twice, and `/unborn`.
    assert_eq!(w.model.watch_count(), 3);
    let watcher = Client { conn, ..watcher };
    let birth = received(&mut w, &watcher, &actor, &create("/unborn"));
    assert_eq!(birth, events(&[(Created, "/unborn")]));
    let death = received(&mut w, &watcher, &actor, &delete("/still", -1));
    assert_eq!(death, events(&[(Deleted, "/still")]));
}

/// That is why the core reads instead: a znode that was replaced only looks changed, and one that
/// was awaited and has gone again does not show at all.
#[test]
fn deleted_and_created_again_shows_as_changed() {
    let (mut w, watcher, actor) = world();
    let (since, _) = w.ask(watcher.conn, &exists("/g"));
    w.ask(actor.conn, &delete("/g", -1));
    w.ask(actor.conn, &create("/g"));
    w.ask(actor.conn, &create("/short"));
    w.ask(actor.conn, &delete("/short", -1));
    let conn = w.reattach(&watcher, 4000);
    w.all();
    assert_eq!(
        missed(&mut w, conn, &lost(since, &["/g"], &["/short"], &["/g"])),
        // The children of a new znode changed when it was created.
        events(&[(DataChanged, "/g"), (ChildrenChanged, "/g")])
    );
}

#[test]
fn what_is_as_new_as_the_client_was_not_missed() {
    let (mut w, watcher, actor) = world();
    let (since, _) = w.ask(actor.conn, &set("/g", b"", -1));
    let request = lost(since, &["/g"], &[], &[]);
    assert_eq!(missed(&mut w, watcher.conn, &request), []);
    let request = lost(since - 1, &["/g"], &[], &[]);
    let told = missed(&mut w, watcher.conn, &request);
    assert_eq!(told, events(&[(DataChanged, "/g")]));
}

#[test]
fn a_persistent_watch_stays_and_hears_of_children_s_names() {
    let (mut w, watcher, actor) = world();
    let watch = Request::AddWatch {
        path: "/g".to_owned(),
        mode: WatchMode::Persistent,
    };
    assert_eq!(w.ask(watcher.conn, &watch).1, Response::Watching);
    for _ in 0..2 {
        let changed = received(&mut w, &watcher, &actor, &set("/g", b"", -1));
        assert_eq!(changed, events(&[(DataChanged, "/g")]));
    }
    let child = received(&mut w, &watcher, &actor, &create("/g/a"));
    assert_eq!(child, events(&[(ChildrenChanged, "/g")]));
    let below = received(&mut w, &watcher, &actor, &set("/g/a", b"", -1));
    assert_eq!(below, []);
}

#[test]
fn a_recursive_watch_hears_of_all_below_and_once_of_each() {
    let (mut w, watcher, actor) = world();
    let watch = Request::AddWatch {
        path: "/g".to_owned(),
        mode: WatchMode::Recursive,
    };
    w.ask(watcher.conn, &watch);
    let acts = [
        (create("/g/a"), Created, "/g/a"),
        (create("/g/a/b"), Created, "/g/a/b"),
        (set("/g/a/b", b"", -1), DataChanged, "/g/a/b"),
        (delete("/g/a/b", -1), Deleted, "/g/a/b"),
        (set("/g", b"", -1), DataChanged, "/g"),
    ];
    for (act, kind, path) in acts {
        let told = received(&mut w, &watcher, &actor, &act);
        assert_eq!(told, events(&[(kind, path)]));
    }
    assert_eq!(received(&mut w, &watcher, &actor, &create("/gg")), []);
}

#[test]
fn the_newest_way_of_watching_a_path_counts() {
    let (mut w, watcher, actor) = world();
    let watch = Request::AddWatch {
        path: "/g".to_owned(),
        mode: WatchMode::Persistent,
    };
    w.ask(watcher.conn, &watch);
    w.ask(watcher.conn, &get("/g", true));
    let act = set("/g", b"", -1);
    let first = received(&mut w, &watcher, &actor, &act);
    assert_eq!(first, events(&[(DataChanged, "/g")]));
    assert_eq!(received(&mut w, &watcher, &actor, &act), []);
}

#[test]
fn persistent_watches_are_set_again_without_a_word_of_what_was_missed() {
    let (mut w, watcher, actor) = world();
    let request = Request::SetWatches2(Box::new(Watches {
        since: 0,
        persistent: paths(&["/g"]),
        recursive: paths(&["/"]),
        ..Watches::default()
    }));
    assert_eq!(missed(&mut w, watcher.conn, &request), []);
    let told = received(&mut w, &watcher, &actor, &set("/g", b"", -1));
    assert_eq!(told, events(&[(DataChanged, "/g")]));
    let told = received(&mut w, &watcher, &actor, &create("/x"));
    assert_eq!(told, events(&[(Created, "/x")]));
}

#[test]
fn watches_are_taken_away_by_kind() {
    let remove = |table| Request::RemoveWatches {
        path: "/g".to_owned(),
        table,
    };
    let (mut w, watcher, actor) = world();
    w.ask(watcher.conn, &get("/g", true));
    w.ask(watcher.conn, &list("/g", true));
    w.ask(watcher.conn, &remove(WatchTable::Children));
    assert_eq!(w.fail(watcher.conn, &remove(WatchTable::Children)).1, -121);
    assert_eq!(w.model.watch_count(), 1);
    w.ask(watcher.conn, &remove(WatchTable::Any));
    assert_eq!(w.model.watch_count(), 0);
    assert_eq!(w.fail(watcher.conn, &remove(WatchTable::Data)).1, -121);
    assert_eq!(received(&mut w, &watcher, &actor, &set("/g", b"", -1)), []);
}
