//! A URL that is the leader's address. No test here opens a session, so a thread or a socket of the
//! library in this process would be a fault.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::future::Future;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tenure::{
    Client, ClientOptions, ContenderOptions, DetectorEvent, ErrorKind, SessionEvent, Url,
};

const LIMIT: Option<Duration> = Some(Duration::from_secs(20));
const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

fn open(text: &str) -> (Url, Client) {
    let url = Url::parse(text).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    (url, client)
}

/// The value that is ready: the future is polled once.
fn now<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn the_address_leads_at_once_and_for_ever() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let (url, client) = open(&address);
    let detector = client.detect(url.path()).unwrap();
    let event = detector.events().next(AT_ONCE).unwrap();
    let DetectorEvent::Leader(leader) = &event else {
        panic!("{event:?}");
    };
    assert_eq!(leader.data, address.as_bytes());
    let member = &leader.member;
    assert_eq!((member.path.as_str(), member.token), (url.path(), 0));
    assert_eq!((&member.label, member.sequence), (&None, 0));
    assert_eq!(detector.leader().as_ref(), Some(leader));
    // There is no other event, and every group has the same leader.
    let short = Some(Duration::from_millis(20));
    let kind = |result: Result<DetectorEvent, tenure::Error>| result.unwrap_err().kind();
    assert_eq!(kind(detector.detect(&event, short)), ErrorKind::Timeout);
    assert_eq!(kind(detector.events().next(AT_ONCE)), ErrorKind::Timeout);
    assert!(now(detector.detected(&event)).is_none());
    let other = client.detect("/any/group").unwrap();
    assert_eq!(
        now(other.detected(&DetectorEvent::None)),
        Some(Ok(event.clone()))
    );
    assert_eq!(
        client.events().next(AT_ONCE).unwrap_err().kind(),
        ErrorKind::Timeout
    );

    client.close().wait().unwrap();
    assert_eq!(kind(detector.detect(&event, LIMIT)), ErrorKind::Closed);
    assert_eq!(client.events().next(AT_ONCE), Ok(SessionEvent::Closed));
    assert_eq!(
        client.events().next(AT_ONCE).unwrap_err().kind(),
        ErrorKind::Closed
    );
    let late = client.detect(url.path()).unwrap();
    assert_eq!(kind(late.events().next(AT_ONCE)), ErrorKind::Closed);
    assert_eq!(now(client.close()), Some(Ok(())));

    assert!(server.accept().is_err(), "no client connects");
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = threads.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    let io: Vec<String> = names.filter(|name| name.starts_with("tenure-io")).collect();
    assert!(io.is_empty(), "{io:?}");
}

#[test]
fn callbacks_end_with_their_handle() {
    let (url, client) = open("[::1]:5050");
    let (send, receive) = mpsc::channel();
    let detector = client.detect(url.path()).unwrap();
    detector
        .events()
        .on_each(move |event| send.send(event).unwrap())
        .unwrap();
    let limit = Duration::from_secs(20);
    let event = receive.recv_timeout(limit).unwrap();
    assert!(matches!(event, DetectorEvent::Leader(leader) if leader.data == b"[::1]:5050"));
    drop(detector);
    assert_eq!(
        receive.recv_timeout(limit),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
    // A client that is dropped closes when its last handle does.
    let (send, receive) = mpsc::channel();
    client
        .events()
        .on_each(move |event| send.send(event).unwrap())
        .unwrap();
    let detector = client.detect(url.path()).unwrap();
    drop(client);
    assert!(detector.leader().is_some());
    assert_eq!(receive.try_recv(), Err(mpsc::TryRecvError::Empty));
    drop(detector);
    assert_eq!(receive.recv_timeout(limit), Ok(SessionEvent::Closed));
    assert_eq!(
        receive.recv_timeout(limit),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
}

#[test]
fn what_needs_a_group_is_refused_with_the_reason() {
    let (url, client) = open("10.0.0.1:5050");
    for error in [
        client
            .contend(ContenderOptions::new(url.path()))
            .unwrap_err(),
        client.contend(ContenderOptions::new("/g")).unwrap_err(),
        client.group("/g").unwrap_err(),
        client.group(url.path()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        for word in ["10.0.0.1:5050 is a standalone leader", "zk://host1:2181"] {
            assert!(error.message().contains(word), "{error}");
        }
    }
    for path in ["", "/", "10.0.0.2:5050", "/a/"] {
        let error = client.detect(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}");
    }
    let options = ClientOptions::default().session_timeout(Duration::ZERO);
    let error = Client::open(&url, options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
