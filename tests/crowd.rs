//! One client floods, by its connection or by its callers: every other client of the process is
//! served all the same. And a panic in a user's code that the library calls affects no other
//! client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::future::Future;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, Contender, ContenderOptions, ErrorKind, MemoryServer, SessionEvent, Url,
};

const LIMIT: Option<Duration> = Some(Duration::from_secs(60));

/// One flood at a time: each test needs the I/O thread of the process for its own clients.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(url: &str) -> (Url, Client) {
    let url = Url::parse(url).unwrap();
    let options = ClientOptions::default().session_timeout(Duration::from_secs(4));
    let client = Client::open(&url, options).unwrap();
    (url, client)
}

/// A client that leads by a lease of about two seconds.
fn leader(name: &str) -> (Client, Contender, u64) {
    let (url, client) = open(&format!("memory://{name}/group"));
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    let token = contender.wait_leading(LIMIT).unwrap().token();
    (client, contender, token)
}

/// Whether the leadership with this token has been renewed, repeatedly, for four seconds.
fn lasts(contender: &Contender, token: u64) -> bool {
    let Some(first) = contender.leadership() else {
        return false;
    };
    let began = Instant::now();
    while began.elapsed() < LIMIT.unwrap() {
        match contender.leadership() {
            Some(lease) if lease.token() == token => {
                if lease.lease_end().since(first.lease_end()) > Duration::from_secs(4) {
                    return true;
                }
            }
            _ => return false,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// The outcome of a call as soon as the limit allows it.
fn when_there_is_room<T>(call: impl Fn() -> Result<T, tenure::Error>) -> T {
    let began = Instant::now();
    loop {
        match call() {
            Ok(answer) => return answer,
            Err(error) => assert_eq!(error.kind(), ErrorKind::System),
        }
        assert!(began.elapsed() < LIMIT.unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn callers_that_flood_take_no_lease_from_another_client() {
    let _alone = alone();
    let (_client, contender, token) = leader("crowd-quiet");
    let (url, busy) = open("memory://crowd-busy/group");
    let group = busy.group(url.path()).unwrap();
    let stop = AtomicBool::new(false);
    let refused = AtomicUsize::new(0);
    let lasted = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let mut members = pin!(group.members());
                    let cx = &mut Context::from_waker(Waker::noop());
                    if let Poll::Ready(Err(error)) = members.as_mut().poll(cx) {
                        assert_eq!(error.kind(), ErrorKind::System, "{error}");
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let lasted = lasts(&contender, token);
        stop.store(true, Ordering::Relaxed);
        lasted
    });
    assert!(lasted);
    // The flood is over, and the flooded client works.
    assert_eq!(when_there_is_room(|| group.members().wait()), []);
}

#[test]
fn calls_that_nobody_answers_are_refused_when_there_are_too_many() {
    let _alone = alone();
    let (url, client) = open("memory://crowd-silent/group");
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    let group = client.group(url.path()).unwrap();
    let server = MemoryServer::of(&url).unwrap();
    server.cut().unwrap();
    let mut calls = Vec::new();
    let refused = loop {
        let mut call = Box::pin(group.members());
        let cx = &mut Context::from_waker(Waker::noop());
        match call.as_mut().poll(cx) {
            Poll::Pending => calls.push(call),
            Poll::Ready(result) => break result.unwrap_err(),
        }
    };
    assert_eq!(refused.kind(), ErrorKind::System);
    assert!(refused.kind().is_retriable());
    assert!(refused.message().contains("65536 calls under way"));
    assert_eq!(calls.len(), 65_536);
    let too_many = client.group("/other").unwrap_err();
    assert_eq!(too_many.kind(), ErrorKind::System);
    // A leader can still withdraw, and answered calls make room.
    let withdrawal = contender.withdraw();
    server.heal().unwrap();
    assert!(withdrawal.wait().is_ok());
    drop(calls);
    assert_eq!(when_there_is_room(|| group.members().wait()), []);
}

/// A server that grants a session and then sends watch events without end, as fast as they are
/// read.
fn flood(mut stream: TcpStream, stop: &AtomicBool) {
    let mut frame = [0_u8; 4];
    if stream.read_exact(&mut frame).is_err() {
        return;
    }
    let mut request = vec![0; u32::from_be_bytes(frame) as usize];
    stream.read_exact(&mut request).unwrap();
    let mut answer = Vec::new();
    answer.extend(0_i32.to_be_bytes()); // version
    answer.extend(4_000_i32.to_be_bytes());
    answer.extend(7_i64.to_be_bytes());
    answer.extend(16_i32.to_be_bytes());
    answer.extend([0; 16]);
    answer.push(0);
    let mut event = Vec::new();
    event.extend((-1_i32).to_be_bytes());
    event.extend((-1_i64).to_be_bytes());
    event.extend(0_i32.to_be_bytes());
    event.extend(4_i32.to_be_bytes()); // the children have changed
    event.extend(3_i32.to_be_bytes());
    event.extend(2_i32.to_be_bytes());
    event.extend(b"/x");
    let framed = |body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length[..], body].concat()
    };
    stream.write_all(&framed(&answer)).unwrap();
    let events = framed(&event).repeat(4_096);
    while !stop.load(Ordering::Relaxed) && stream.write_all(&events).is_ok() {}
}

#[test]
fn a_connection_that_floods_takes_no_lease_from_another_client() {
    let _alone = alone();
    let (_client, contender, token) = leader("crowd-beside-a-flood");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stop = Arc::clone(&stopped);
            std::thread::spawn(move || flood(stream.unwrap(), &stop));
        }
    });
    let (_, flooded) = open(&format!("zk://127.0.0.1:{port}/group"));
    while !matches!(
        flooded.events().next(LIMIT).unwrap(),
        SessionEvent::Connected { .. }
    ) {}
    let lasted = lasts(&contender, token);
    // Another caller gets answers, too.
    let (url, other) = open("memory://crowd-asks/group");
    let group = other.group(url.path()).unwrap();
    let answer = group.members().wait_for(LIMIT.unwrap());
    stop.store(true, Ordering::Relaxed);
    assert!(lasted);
    assert_eq!(answer.unwrap(), []);
}

struct Grumpy(mpsc::Sender<()>);

impl Wake for Grumpy {
    fn wake(self: Arc<Self>) {
        self.0.send(()).unwrap();
        panic!("this panic is part of the test");
    }
}

impl Drop for Grumpy {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("this panic is part of the test, too");
        }
    }
}

#[test]
fn wakers_that_panic_harm_nobody() {
    let _alone = alone();
    let (_client, contender, token) = leader("crowd-panic");
    let (url, client) = open("memory://crowd-wakers/group");
    let group = client.group(url.path()).unwrap();
    let server = MemoryServer::of(&url).unwrap();
    group.members().wait().unwrap();
    let (send, woken) = mpsc::channel();
    for n in 0..3 {
        server.cut().unwrap();
        let waker = Waker::from(Arc::new(Grumpy(send.clone())));
        let cx = &mut Context::from_waker(&waker);
        // By the answer of a call, and by an event.
        let mut call = Box::pin(group.members());
        assert!(call.as_mut().poll(cx).is_pending());
        let data = [n];
        let joined = group.join(data, None).unwrap();
        group.watch();
        server.heal().unwrap();
        woken.recv_timeout(LIMIT.unwrap()).unwrap();
        assert!(matches!(
            call.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(Ok(_))
        ));
        while group.events().poll_next(cx).is_ready() {}
        let member = joined.wait().unwrap();
        let _ = woken.recv_timeout(Duration::from_millis(200));
        assert!(group.cancel(&member).wait().unwrap());
        // That waker is the client's own by now; it goes with the end of its events.
        std::mem::forget(waker);
    }
    let (next, another) = open("memory://crowd-after/group");
    let after = another.group(next.path()).unwrap();
    assert_eq!(after.members().wait_for(LIMIT.unwrap()).unwrap(), []);
    assert!(lasts(&contender, token));
    client.close().wait().unwrap();
}

/// The payload of a callback's panic may itself panic when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("this panic is part of the test");
    }
}

#[test]
fn a_callback_whose_panic_panics_leaves_the_callbacks_of_others_alive() {
    let _alone = alone();
    let (url, client) = open("memory://crowd-bomb/group");
    client
        .events()
        .on_each(|_| std::panic::panic_any(Bomb))
        .unwrap();
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    let (send, told) = mpsc::channel();
    contender
        .events()
        .on_each(move |event| send.send(event).unwrap())
        .unwrap();
    assert!(told.recv_timeout(LIMIT.unwrap()).is_ok());
}
