//! Containers that servers delete by themselves, a real one and the model: which ones, in which
//! order, and which clients get an event.

use crate::pair::Pair;
use crate::run::Run;
use crate::{config, ensemble};
use std::time::Duration;
use tenure::proto::{Acl, CreateMode, Request};
use tenure_field::Zookeeper;

const CHECK: Duration = Duration::from_millis(300);

fn container(path: &str) -> Request {
    Request::CreateContainer {
        path: path.to_owned(),
        data: Vec::new(),
        acl: Acl::open(),
    }
}

fn exists(path: &str, watch: bool) -> Request {
    let path = path.to_owned();
    Request::Exists { path, watch }
}

/// The connection 0 acts, the connection 1 watches: at another server if there is one.
fn play(mut run: Run) {
    let child = "/base/outer/inner/child";
    for path in ["/base/outer", "/base/outer/inner", "/base/unused"] {
        run.tell_all(0, &container(path));
        run.ask_alone(1, &exists(path, true));
    }
    run.tell_all(
        0,
        &Request::Create2 {
            path: child.to_owned(),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::Persistent,
        },
    );
    // From now on a server may act at any time: the test sends no request before it has seen that.
    run.ask_alone(
        0,
        &Request::Delete {
            path: child.to_owned(),
            version: -1,
        },
    );
    // The inner one, and with it the last child of the outer one.
    run.receive_event(1);
    run.receive_event(1);
    for path in ["/base/outer", "/base/unused"] {
        run.ask_alone(1, &exists(path, false));
    }
}

#[test]
fn a_server_alone_deletes_containers_that_were_used() {
    let real = Zookeeper::start_with(config(CHECK));
    let pair = Pair::new(&[real.addr()], None, CHECK);
    play(Run::start(pair, 1, "containers::a_server".to_owned()));
}

#[test]
fn a_leader_deletes_containers_that_were_used() {
    let real = ensemble(CHECK);
    let pair = Pair::new(&real.addrs(), Some(real.leader()), CHECK);
    play(Run::start(pair, 1, "containers::a_leader".to_owned()));
}
