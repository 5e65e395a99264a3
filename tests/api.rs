//! The Rust API over the I/O thread, on `memory://`: blocking, async, queues and callbacks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, DetectorEvent, ErrorKind,
    GroupEvent, LeasePolicy, LostReason, MemoryServer, Reenrol, SessionEvent, Url,
};

const LIMIT: Option<Duration> = Some(Duration::from_secs(20));

/// A server of its own for each test.
fn server() -> Url {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let n = LAST.fetch_add(1, Ordering::Relaxed);
    Url::parse(&format!("memory://api-{n}/group")).unwrap()
}

fn open(url: &Url) -> Client {
    Client::open(url, ClientOptions::default()).unwrap()
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The smallest executor: the library needs no runtime.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park_timeout(Duration::from_secs(20));
    }
}

#[test]
fn who_gives_leadership_up_does_not_lead_from_that_call_on() {
    let url = server();
    let client = open(&url);
    let lead = || {
        let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
        contender.wait_leading(LIMIT).unwrap();
        contender
    };
    // Many times: the result must not depend on how soon the I/O thread gets the command.
    for _ in 0..200 {
        let contender = lead();
        let withdrawal = contender.withdraw();
        assert!(!contender.is_leading());
        assert!(withdrawal.wait().unwrap());
    }
    let contender = lead();
    let closing = client.close();
    assert!(!contender.is_leading());
    closing.wait().unwrap();
}

#[test]
fn memberships_end_with_the_client_and_are_told_so() {
    let url = server();
    let client = open(&url);
    let group = client.group(url.path()).unwrap();
    let joined = group.join("x", None).unwrap().wait().unwrap();
    let left = group.join("y", None).unwrap().wait().unwrap();
    assert!(group.cancel(&left).wait().unwrap());
    client.close().wait().unwrap();
    let told = group.events().next(LIMIT).unwrap();
    let closed = LostReason::Closed;
    let (member, reason) = (joined, closed);
    assert_eq!(told, GroupEvent::MembershipLost { member, reason });
    let end = group.events().next(LIMIT).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::Closed);
}

#[test]
fn contend_detect_hand_over_and_close() {
    let url = server();
    let (a, b) = (open(&url), open(&url));
    let first = a
        .contend(ContenderOptions::new(url.path()).data("a"))
        .unwrap();
    let token = first.wait_leading(LIMIT).unwrap().token();
    let second = b
        .contend(ContenderOptions::new(url.path()).data("b"))
        .unwrap();
    let detector = b.detect(url.path()).unwrap();
    let DetectorEvent::Leader(leader) = detector.events().next(LIMIT).unwrap() else {
        panic!("a member leads");
    };
    assert_eq!(
        (leader.data.as_slice(), leader.member.token),
        (&b"a"[..], token)
    );
    assert!(!second.is_leading() && second.leadership().is_none());

    assert!(first.withdraw().wait().unwrap());
    assert!(!first.is_leading());
    let leadership = second.wait_leading(LIMIT).unwrap();
    assert!(leadership.token() > token);
    let left = leadership.remaining();
    assert!(left > Duration::ZERO && left < Duration::from_secs(10));
    // The same by the clock that users read: it has gone on since.
    let now = tenure::now();
    assert!(leadership.lease_end().since(now) <= left && now < leadership.lease_end());
    let seen = detector
        .detect(&DetectorEvent::Leader(leader), LIMIT)
        .unwrap();
    assert!(matches!(seen, DetectorEvent::Leader(l) if l.data == b"b"));

    b.close().wait().unwrap();
    assert!(!second.is_leading());
    while detector.events().next(LIMIT).is_ok() {}
    assert_eq!(
        detector.events().next(LIMIT).unwrap_err().kind(),
        ErrorKind::Closed
    );
    let watcher = a.group(url.path()).unwrap();
    assert_eq!(watcher.members().wait().unwrap(), []);
    b.close().wait().unwrap();
}

#[test]
fn every_wait_is_a_future_too() {
    let url = server();
    let client = open(&url);
    let contender = client
        .contend(ContenderOptions::new(url.path()).data("a"))
        .unwrap();
    let detector = client.detect(url.path()).unwrap();
    block_on(async {
        loop {
            if let ContenderEvent::Leading { .. } = contender.events().recv().await.unwrap() {
                break;
            }
        }
        let state = detector.state();
        let leader = match state {
            DetectorEvent::Leader(_) => state,
            other => detector.detected(&other).await.unwrap(),
        };
        let leader = match leader {
            // The group was empty when it first looked.
            DetectorEvent::None => detector.detected(&leader).await.unwrap(),
            other => other,
        };
        assert!(matches!(leader, DetectorEvent::Leader(_)));
        assert!(contender.withdraw().await.unwrap());
        assert_eq!(
            detector.detected(&leader).await.unwrap(),
            DetectorEvent::None
        );
        client.close().await.unwrap();
    });
}

#[test]
fn waiting_to_lead_consumes_nothing() {
    let url = server();
    let (client, other) = (open(&url), open(&url));
    let first = client.contend(ContenderOptions::new(url.path())).unwrap();
    block_on(async {
        let token = first.leading().await.unwrap().token();
        let second = other.contend(ContenderOptions::new(url.path())).unwrap();
        let standby = |event: &ContenderEvent| matches!(event, ContenderEvent::Standby { .. });
        let event = second.events().until(standby).await.unwrap();
        assert!(standby(&event));
        assert!(first.withdraw().await.unwrap());
        assert!(second.leading().await.unwrap().token() > token);
        // All of its events still wait.
        assert_eq!(
            second.events().recv().await.unwrap(),
            ContenderEvent::Enrolling
        );
        let error = first.leading().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        client.close().await.unwrap();
        other.close().await.unwrap();
        let error = second.leading().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    });
}

#[test]
fn callbacks_run_in_order_and_may_call_everything() {
    let url = server();
    let client = Arc::new(open(&url));
    let contender = Arc::new(
        client
            .contend(ContenderOptions::new(url.path()).reenrol(Reenrol::Never))
            .unwrap(),
    );
    let (send, receive) = mpsc::channel();
    let inner = (
        Arc::clone(&client),
        Arc::clone(&contender),
        url.path().to_owned(),
    );
    contender
        .events()
        .on_each(move |event| {
            let (client, contender, path) = &inner;
            match &event {
                ContenderEvent::Leading { .. } => {
                    assert!(contender.is_leading(), "true inside the gained callback");
                    let detector = client.detect(path).unwrap();
                    detector.events().next(LIMIT).unwrap();
                    assert!(contender.withdraw().wait().unwrap());
                }
                ContenderEvent::Lost { .. } => {
                    assert!(!contender.is_leading(), "false inside the lost callback");
                    client.close().wait().unwrap();
                }
                _ => {}
            }
            send.send(event).unwrap();
        })
        .unwrap();
    let again = contender.events().on_each(|_| {}).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::InvalidInput);
    let mut seen = Vec::new();
    loop {
        let event = receive.recv_timeout(Duration::from_secs(20)).unwrap();
        let lost = matches!(event, ContenderEvent::Lost { .. });
        seen.push(event);
        if lost {
            break;
        }
    }
    assert!(matches!(
        seen.as_slice(),
        [
            ContenderEvent::Enrolling,
            ContenderEvent::Enrolled { .. },
            ContenderEvent::Leading { .. },
            ContenderEvent::Lost {
                reason: LostReason::Withdrawn,
                ..
            }
        ]
    ));
}

#[test]
fn a_group_joins_lists_watches_and_leaves() {
    let url = server();
    let client = open(&url);
    let group = client.group(url.path()).unwrap();
    let member = group
        .join("payload", Some("worker"))
        .unwrap()
        .wait()
        .unwrap();
    assert_eq!(member.label.as_deref(), Some("worker"));
    assert_eq!(
        group.members().wait().unwrap(),
        std::slice::from_ref(&member)
    );
    assert_eq!(group.data(&member).wait().unwrap().unwrap(), b"payload");
    let seen = group.wait_members(&[], LIMIT).unwrap();
    assert_eq!(seen, std::slice::from_ref(&member));
    assert!(group.cancel(&member).wait().unwrap());
    assert!(!group.cancel(&member).wait().unwrap());
    assert_eq!(group.wait_members(&[member], LIMIT).unwrap(), []);
    assert!(matches!(group.events().latest(), Some(GroupEvent::Members(m)) if m.is_empty()));
    client.close().wait().unwrap();
}

#[test]
fn a_client_that_is_dropped_leaves_nothing_behind() {
    let url = server();
    let observer = open(&url);
    let group = observer.group(url.path()).unwrap();
    {
        let client = open(&url);
        let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
        contender.wait_leading(LIMIT).unwrap();
        assert_eq!(group.members().wait().unwrap().len(), 1);
        drop(client);
        assert!(contender.is_leading(), "the handle keeps the session");
    }
    let seen = group.members().wait().unwrap();
    if !seen.is_empty() {
        group.wait_members(&seen, LIMIT).unwrap();
    }
}

#[test]
fn calls_on_a_closed_client_say_so() {
    let url = server();
    let client = open(&url);
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    let group = client.group(url.path()).unwrap();
    client.close().wait().unwrap();
    assert_eq!(
        group.members().wait().unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert!(!contender.withdraw().wait().unwrap());
    assert_eq!(
        contender.wait_leading(LIMIT).unwrap_err().kind(),
        ErrorKind::Closed
    );
    let late = client.detect(url.path()).unwrap();
    assert_eq!(
        late.events().next(LIMIT).unwrap_err().kind(),
        ErrorKind::Closed
    );
    let mut last = None;
    while let Ok(event) = client.events().next(LIMIT) {
        last = Some(event);
    }
    assert_eq!(last, Some(SessionEvent::Closed));
}

#[test]
fn bad_arguments_are_refused_at_once() {
    let url = server();
    let client = open(&url);
    let kind = |r: Result<_, tenure::Error>| r.map(drop).unwrap_err().kind();
    for path in ["", "x", "/", "/a/", "/a//b", "/a\0"] {
        assert_eq!(
            kind(client.contend(ContenderOptions::new(path))),
            ErrorKind::InvalidInput
        );
        assert_eq!(
            kind(client.detect(path).map(|_| panic!())),
            ErrorKind::InvalidInput
        );
    }
    let label = ContenderOptions::new("/g").label("a/b");
    assert_eq!(kind(client.contend(label)), ErrorKind::InvalidInput);
    let data = ContenderOptions::new("/g").data(vec![0; 1_000_001]);
    assert_eq!(kind(client.contend(data)), ErrorKind::InvalidInput);
    for timeout in [Duration::ZERO, Duration::from_secs(25 * 24 * 3600)] {
        let options = ClientOptions::default().session_timeout(timeout);
        let error = Client::open(&url, options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains("24 days"));
    }
}

#[test]
fn a_hundred_clients_share_two_threads_at_most() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = || -> Vec<String> {
        let of = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).ok();
        threads()
            .filter_map(of)
            .filter(|name| name.starts_with("tenure-"))
            .collect()
    };
    let url = server();
    let clients: Vec<Client> = (0..100).map(|_| open(&url)).collect();
    let events = Arc::new(Mutex::new(0));
    for client in &clients {
        let count = Arc::clone(&events);
        client
            .events()
            .on_each(move |_| *count.lock().unwrap() += 1)
            .unwrap();
        client.group(url.path()).unwrap().members().wait().unwrap();
    }
    let names = names();
    assert!(names.len() <= 2, "{names:?}");
    for client in clients {
        client.close().wait().unwrap();
    }
    assert!(*events.lock().unwrap() >= 100);
}

#[cfg(not(feature = "tls"))]
#[test]
fn a_build_without_tls_says_so() {
    let tls = tenure::TlsOptions::new("/etc/ca.pem");
    let error = tls.validate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.message().contains("--features tls"), "{error}");
    // It reports that, and sends nothing in clear text.
    let opened = Client::open(&server(), ClientOptions::default().tls(tls));
    assert_eq!(opened.unwrap_err(), error);
}

/// A client of its own server of this kind, and its contender, which leads.
fn lead_on(kind: &str, name: &str) -> (MemoryServer, Client, Contender) {
    let url = Url::parse(&format!("memory://{name}?server={kind}/group")).unwrap();
    let client = open(&url);
    let options = ContenderOptions::new(url.path()).policy(LeasePolicy::Session);
    let contender = client.contend(options).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    (MemoryServer::of(&url).unwrap(), client, contender)
}

#[test]
fn a_keeper_that_is_shut_down_ends_the_sessions_of_its_clients_and_zookeeper_keeps_them() {
    for (kind, keeps) in [("zookeeper", true), ("keeper", false)] {
        // One name: two kinds are two servers.
        let (server, client, contender) = lead_on(kind, "api-shut-down");
        server.shut_down().unwrap();
        // Nobody comes back before the count.
        server.cut().unwrap();
        server.start().unwrap();
        assert_eq!(server.expire_all().unwrap() > 0, keeps, "{kind}");
        drop((contender, client));
    }
    // A kill is no shut-down.
    let (server, _client, _contender) = lead_on("keeper", "api-kill");
    server.stop().unwrap();
    server.cut().unwrap();
    server.start().unwrap();
    assert!(server.expire_all().unwrap() > 0);
}

#[test]
fn a_contender_leads_again_after_the_shut_down_of_a_keeper() {
    let (server, _client, contender) = lead_on("keeper", "api-again");
    let first = contender.wait_leading(LIMIT).unwrap().token();
    server.shut_down().unwrap();
    server.start().unwrap();
    let deadline = Instant::now() + LIMIT.unwrap();
    while contender.wait_leading(LIMIT).unwrap().token() <= first {
        assert!(Instant::now() < deadline, "no other tenure");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_contender_leads_on_a_server_that_lacks_create2() {
    for kind in ["old-keeper", "raftkeeper"] {
        lead_on(kind, "api-lacks-create2");
    }
}
