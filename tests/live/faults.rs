//! Servers that die, stop and come back; replies and sessions that are lost.

use crate::{LIMIT, T, fresh_path, open, shared};
use std::time::Duration;
use tenure::{
    ContenderEvent, ContenderOptions, DetectorEvent, ExpiredBy, LostReason, SessionEvent,
};
use tenure_field::proxy::{Cut, Then};
use tenure_field::wire::{Payload, opcode};
use tenure_field::{Proxy, Zookeeper, raw, wait_until};
use tenure_observer::Observer;

/// Every contender event until one that `last` wants.
fn until(
    contender: &tenure::Contender,
    last: impl Fn(&ContenderEvent) -> bool,
) -> Vec<ContenderEvent> {
    let mut seen = Vec::new();
    loop {
        match contender.events().next(Some(LIMIT)) {
            Ok(event) => seen.push(event),
            Err(error) => panic!("{error}; seen so far: {seen:?}"),
        }
        if seen.last().is_some_and(&last) {
            return seen;
        }
    }
}

fn leading(event: &ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Leading { .. })
}

fn lost(event: &ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Lost { .. })
}

#[test]
fn a_swallowed_create_reply_leaves_exactly_one_znode() {
    for how in [Cut::Fin, Cut::Reset] {
        let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
        let observer = Observer::connect(shared().addr());
        observer.create(&path, b"");
        let client = open(&proxy.url(&path));
        client.group(&path).unwrap().members().wait().unwrap();
        proxy.reset_counts();
        proxy.swallow_reply(opcode::CREATE2, 1, Then::Cut(how));
        let contender = client
            .contend(ContenderOptions::new(&path).data("x"))
            .unwrap();
        let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
        let children = observer.children(&path);
        assert_eq!(children.len(), 1, "{children:?}");
        let stat = observer.stat(&format!("{path}/{}", children[0])).unwrap();
        assert_eq!(token, u64::try_from(stat.czxid).unwrap());
        assert_eq!(
            proxy.counts().request(opcode::CREATE2),
            1,
            "no second create"
        );
        client.close().wait().unwrap();
        assert!(observer.children(&path).is_empty());
    }
}

#[test]
fn a_server_that_is_killed_and_restarted_at_once_costs_nobody_anything() {
    let server = Zookeeper::start();
    let path = fresh_path();
    let (a, b) = (open(&server.url(&path)), open(&server.url(&path)));
    let leader = a.contend(ContenderOptions::new(&path)).unwrap();
    let token = leader.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = b.detect(&path).unwrap();
    let first = detector.events().next(Some(LIMIT)).unwrap();
    server.kill();
    server.restart();
    // The lease may end while a slow machine starts the JVM; then another tenure follows.
    let now_leading = leader.wait_leading(Some(LIMIT)).unwrap();
    if now_leading.token() == token {
        let second = b.group(&path).unwrap();
        assert_eq!(second.members().wait().unwrap()[0].token, token);
    } else {
        assert!(now_leading.token() > token);
    }
    assert!(leader.withdraw().wait().unwrap());
    let mut state = first;
    while state != DetectorEvent::None {
        state = detector.detect(&state, Some(LIMIT)).unwrap();
    }
}

#[test]
fn a_server_stopped_for_longer_than_t_ends_every_belief_and_leaves_no_ghost() {
    let server = Zookeeper::start();
    let path = fresh_path();
    let (a, b) = (open(&server.url(&path)), open(&server.url(&path)));
    let leader = a.contend(ContenderOptions::new(&path)).unwrap();
    let token = leader.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = b.detect(&path).unwrap();
    detector.events().next(Some(LIMIT)).unwrap();
    server.pause();
    let events = until(&leader, lost);
    assert!(matches!(
        events.last(),
        Some(ContenderEvent::Lost {
            led_until: Some(_),
            reason: LostReason::LeaseLapsed,
            ..
        })
    ));
    assert!(
        events
            .iter()
            .any(|e| matches!(e, ContenderEvent::Jeopardy { .. }))
    );
    assert!(!leader.is_leading());
    let unknown = detector.events().next(Some(LIMIT)).unwrap();
    assert!(
        matches!(unknown, DetectorEvent::Unknown { .. }),
        "{unknown:?}"
    );
    let expired = SessionEvent::Expired {
        by: ExpiredBy::LocalTimeout,
    };
    while a.events().next(Some(LIMIT)).unwrap() != expired {}
    server.resume();
    assert!(leader.wait_leading(Some(LIMIT)).unwrap().token() > token);
    let observer = Observer::connect(server.addr());
    wait_until("only the new znode is there", LIMIT, || {
        (observer.children(&path).len() == 1).then_some(())
    });
    let mut state = unknown;
    let wanted = leader.leadership().map(|l| l.token());
    loop {
        state = detector.detect(&state, Some(LIMIT)).unwrap();
        if matches!(&state, DetectorEvent::Leader(l) if Some(l.member.token) == wanted) {
            break;
        }
    }
    for client in [a, b] {
        client.close().wait().unwrap();
    }
    assert!(observer.children(&path).is_empty());
}

#[test]
fn an_admin_who_deletes_the_leaders_znode_evicts_it() {
    let path = fresh_path();
    let client = open(&shared().url(&path));
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    let observer = Observer::connect(shared().addr());
    let name = observer.children(&path).remove(0);
    assert!(observer.delete(&format!("{path}/{name}")));
    let events = until(&contender, lost);
    assert!(matches!(
        events.last(),
        Some(ContenderEvent::Lost {
            led_until: Some(_),
            reason: LostReason::Evicted,
            ..
        })
    ));
    until(&contender, leading);
    assert!(contender.leadership().unwrap().token() > token);
    client.close().wait().unwrap();
}

#[test]
fn everyone_enrols_again_when_the_group_is_wiped() {
    let path = fresh_path();
    let clients: Vec<_> = (0..3).map(|_| open(&shared().url(&path))).collect();
    let contenders: Vec<_> = clients
        .iter()
        .map(|c| c.contend(ContenderOptions::new(&path)).unwrap())
        .collect();
    let observer = Observer::connect(shared().addr());
    wait_until("three are enrolled", LIMIT, || {
        (observer.children(&path).len() == 3).then_some(())
    });
    // In one transaction: contenders are too quick for deleting one by one.
    let mut wipe = Payload::new();
    let children = observer.children(&path);
    let children = children.iter().map(|name| format!("{path}/{name}"));
    for doomed in children.chain([path.clone()]) {
        wipe = wipe.int(opcode::DELETE).bool(false).int(-1);
        wipe = wipe.buffer(&doomed).int(-1);
    }
    let wipe = wipe.int(-1).bool(true).int(-1);
    let mut admin = raw::Session::open(shared().addr(), T).unwrap();
    assert_eq!(admin.request(opcode::MULTI, wipe).unwrap().error, 0);
    wait_until("three are enrolled again", LIMIT, || {
        (observer.children(&path).len() == 3).then_some(())
    });
    wait_until("one leads", LIMIT, || {
        (contenders.iter().filter(|c| c.is_leading()).count() == 1).then_some(())
    });
    for client in clients {
        client.close().wait().unwrap();
    }
}

#[test]
fn a_connection_reset_is_survived_within_the_session() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let client = open(&proxy.url(&path));
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    until(&contender, leading);
    for how in [Cut::Reset, Cut::Fin] {
        proxy.cut_connections(how);
        let events = until(&contender, leading);
        assert!(
            matches!(events[0], ContenderEvent::Jeopardy { .. }),
            "{events:?}"
        );
        assert_eq!(contender.leadership().unwrap().token(), token);
    }
    client.close().wait().unwrap();
}

#[test]
fn the_server_may_grant_another_timeout_than_was_asked_for() {
    let url = tenure::Url::parse(&shared().url("/any")).unwrap();
    for (asked, granted) in [(10, 1000), (1_000_000, 10_000)] {
        let options =
            tenure::ClientOptions::default().session_timeout(Duration::from_millis(asked));
        let client = tenure::Client::open(&url, options).unwrap();
        loop {
            match client.events().next(Some(LIMIT)).unwrap() {
                SessionEvent::Connected { timeout, .. } => {
                    assert_eq!(timeout, Duration::from_millis(granted));
                    break;
                }
                SessionEvent::Connecting => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(T < LIMIT);
}

#[test]
fn credentials_protect_what_they_create() {
    let path = fresh_path();
    let addr = shared().addr();
    let owner = open(&format!("zk://owner:secret@{addr}{path}"));
    let leader = owner.contend(ContenderOptions::new(&path)).unwrap();
    leader.wait_leading(Some(LIMIT)).unwrap();
    let stranger = open(&format!("zk://{addr}{path}"));
    let contender = stranger.contend(ContenderOptions::new(&path)).unwrap();
    let events = until(&contender, lost);
    let Some(ContenderEvent::Lost {
        reason: LostReason::Failed(error),
        led_until: None,
        ..
    }) = events.last()
    else {
        panic!("{events:?}");
    };
    assert_eq!(error.kind(), tenure::ErrorKind::NoAuth);
    assert!(error.message().contains(&path), "{error}");
    // Any client may read.
    let detector = stranger.detect(&path).unwrap();
    assert!(matches!(
        detector.events().next(Some(LIMIT)).unwrap(),
        DetectorEvent::Leader(_)
    ));
    for client in [owner, stranger] {
        client.close().wait().unwrap();
    }
}
