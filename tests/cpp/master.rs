//! `examples/cpp/master.cpp` against a real server: three masters, one of which leads.

use crate::examples::example;
use crate::{LIMIT, make, shared};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;
use tenure_field::{Process, Proxy, Signal, ports, wait_until};

/// Its exit status when it loses its leadership.
const LOST: Option<i32> = Some(3);

struct Master {
    port: u16,
    process: Process,
}

impl Master {
    fn start(program: &Path, url: &str) -> Self {
        let port = ports::free_port(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let args = [url, &port.to_string(), "2000"];
        let process = make::start(program, &args);
        Self { port, process }
    }

    fn ask(&self) -> Option<TcpStream> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .ok()?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
        Some(stream)
    }

    /// Its answer; empty if there is none.
    fn answer(&self) -> String {
        self.ask().map(receive).unwrap_or_default()
    }

    #[track_caller]
    fn wait_for(&self, what: &str) -> String {
        wait_until(what, LIMIT, || {
            let answer = self.answer();
            answer
                .starts_with(&format!("HTTP/1.0 {what}"))
                .then_some(answer)
        })
    }

    /// The token with which it answers that it leads.
    #[track_caller]
    fn token(&self) -> u64 {
        let answer = self.wait_for("200 OK\r\n");
        let (_, token) = answer.trim_end().rsplit_once(' ').unwrap();
        token.parse().unwrap()
    }

    /// Waits until it sends callers to `other`.
    #[track_caller]
    fn redirects_to(&self, other: &Self) {
        let answer = format!(
            "307 Temporary Redirect\r\nLocation: http://127.0.0.1:{}/\r\n\r\n",
            other.port
        );
        self.wait_for(&answer);
    }
}

fn receive(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    // A connection that is reset has already sent its answer.
    drop(stream.read_to_string(&mut answer));
    answer
}

#[test]
fn of_three_masters_one_serves_whatever_becomes_of_it() {
    let program = example("master");
    let url = shared().url("/cpp-masters");
    let one = Master::start(&program, &url);
    let token = one.token();
    let [two, three] = [(); 2].map(|()| Master::start(&program, &url));
    two.redirects_to(&one);
    three.redirects_to(&one);

    // It is killed: another serves, and the third one redirects to it.
    one.process.signal(Signal::Kill);
    let (second, last) = wait_until("another to serve", LIMIT, || {
        let serves = |master: &Master| master.answer().starts_with("HTTP/1.0 200 OK\r\n");
        match (serves(&two), serves(&three)) {
            (true, _) => Some((&two, &three)),
            (_, true) => Some((&three, &two)),
            _ => None,
        }
    });
    let higher = second.token();
    assert!(higher > token, "{higher} after {token}");
    last.redirects_to(second);

    // It is stopped until the third serves, and then a request wakes it.
    second.process.pause();
    assert!(last.token() > higher);
    let asked = second.ask().unwrap();
    second.process.resume();
    let answer = receive(asked);
    assert!(!answer.contains("200 OK"), "{answer}");
    assert_eq!(second.process.wait_exit(LIMIT).code(), LOST);
    assert!(make::printed(&second.process).ends_with("lost leadership\n"));

    // Evicted by an administrator, or expired: lost all the same.
    let token = last.token();
    let members = tenure_observer::Observer::connect(shared().addr());
    let names = members.children("/cpp-masters");
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(members.delete(&format!("/cpp-masters/{}", names[0])));
    assert_eq!(last.process.wait_exit(LIMIT).code(), LOST);
    assert!(token > higher);
}

#[test]
fn a_master_that_knows_of_nobody_says_so() {
    let proxy = Proxy::start(shared().addr());
    proxy.refuse(true);
    let alone = Master::start(&example("master"), &proxy.url("/cpp-alone"));
    let answer = alone.wait_for("503 Service Unavailable\r\n");
    assert!(answer.contains("\r\nRetry-After: 1\r\n"), "{answer}");
    proxy.refuse(false);
    alone.token();
    // Cut off, it ends by its own clock: no server decides.
    proxy.hold();
    assert_eq!(alone.process.wait_exit(LIMIT).code(), LOST);
}

#[test]
fn a_payload_that_is_no_address_is_not_handed_on() {
    let url = shared().url("/cpp-payload");
    let client = tenure::Client::open(&url.parse().unwrap(), tenure::ClientOptions::default());
    let client = client.unwrap();
    let options = tenure::ContenderOptions::new("/cpp-payload").data("10.0.0.1:80");
    let stranger = client.contend(options).unwrap();
    stranger.wait_leading(Some(LIMIT)).unwrap();
    let master = Master::start(&example("master"), &url);
    let known = "307 Temporary Redirect\r\nLocation: http://10.0.0.1:80/\r\n\r\n";
    let known = master.wait_for(known);
    let written = stranger.set_data("x\r\nSet-Cookie: a=b").unwrap();
    assert!(written.wait_for(LIMIT).unwrap());
    let answer = wait_until("it to know the other payload", LIMIT, || {
        let answer = master.answer();
        (answer != known).then_some(answer)
    });
    assert!(answer.starts_with("HTTP/1.0 503 "), "{answer}");
    assert!(!answer.contains("Set-Cookie"), "{answer}");
    client.close().wait_for(LIMIT).unwrap();
    master.token();
}
