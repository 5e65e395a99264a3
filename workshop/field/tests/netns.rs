//! A lab's cuts, seen by a real server and a real client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)] // a test may panic

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use tenure_field::raw::Session;
use tenure_field::{Host, Lab, Process, Proxy, Zookeeper};

const LONG: Duration = Duration::from_secs(10);
/// Long enough for a packet on one machine, short enough for a test that expects none.
const SHORT: Duration = Duration::from_millis(300);

/// A lab, or a printed reason for which the test is skipped.
fn lab() -> Option<Lab> {
    Lab::new().map_err(|why| eprintln!("skipped: {why}")).ok()
}

/// One connection from a host to a socket among the servers.
struct Cable {
    host_side: TcpStream,
    server_side: TcpStream,
}

impl Cable {
    fn new(lab: &Lab, host: &Host) -> Self {
        let listener = lab
            .servers()
            .enter(|| TcpListener::bind((lab.server_addr(), 0)).unwrap());
        let addr = listener.local_addr().unwrap();
        let host_side = host
            .netns()
            .enter(|| TcpStream::connect_timeout(&addr, LONG).unwrap());
        let (server_side, from) = listener.accept().unwrap();
        assert_eq!(from.ip(), host.address());
        for side in [&host_side, &server_side] {
            side.set_nodelay(true).unwrap();
        }
        Self {
            host_side,
            server_side,
        }
    }

    /// Whether a byte passes from host to server, and from server to host.
    fn passes(&mut self) -> (bool, bool) {
        let pass = |from: &mut TcpStream, to: &mut TcpStream| {
            from.write_all(b"x").unwrap();
            to.set_read_timeout(Some(SHORT)).unwrap();
            to.read(&mut [0; 64]).is_ok_and(|len| len > 0)
        };
        (
            pass(&mut self.host_side, &mut self.server_side),
            pass(&mut self.server_side, &mut self.host_side),
        )
    }
}

#[test]
fn cuts_are_silent_one_way_or_both_and_heal() {
    let Some(lab) = lab() else { return };
    let (a, b) = (lab.host("a"), lab.host("b"));
    let mut other = Cable::new(&lab, &b);

    // A cut leaves unacknowledged bytes behind, so each cut has a cable of its own.
    let cut = |cut: fn(&Host)| {
        let mut cable = Cable::new(&lab, &a);
        assert_eq!(cable.passes(), (true, true));
        cut(&a);
        let passes = cable.passes();
        assert_eq!(
            other.passes(),
            (true, true),
            "the other host's cable is whole"
        );
        a.heal();
        a.heal(); // healing without a cut changes nothing
        cable.host_side.set_read_timeout(Some(LONG)).unwrap();
        passes
    };
    let mut cut = cut;
    assert_eq!(cut(Host::cut), (false, false));
    assert_eq!(cut(Host::cut_to_server), (false, true));
    assert_eq!(cut(Host::cut_from_server), (true, false));
    assert_eq!(Cable::new(&lab, &a).passes(), (true, true));
}

/// A lab whose hosts reach one another.
fn connected() -> Option<Lab> {
    let lab = lab()?;
    lab.connect_hosts().unwrap();
    Some(lab)
}

/// Two ends of a connection between two hosts.
fn joined(from: &Host, to: &Host) -> (TcpStream, TcpStream) {
    let listener = to
        .netns()
        .enter(|| TcpListener::bind((to.address(), 0)).unwrap());
    let addr = listener.local_addr().unwrap();
    let near = from
        .netns()
        .enter(|| TcpStream::connect_timeout(&addr, LONG).unwrap());
    let (far, _) = listener.accept().unwrap();
    for side in [&near, &far] {
        side.set_read_timeout(Some(SHORT)).unwrap();
    }
    (near, far)
}

#[test]
fn one_way_between_two_hosts_is_cut_and_heals() {
    let Some(lab) = connected() else { return };
    let (a, b) = (lab.host("a"), lab.host("b"));
    let (mut near, mut far) = joined(&a, &b);
    lab.cut_one_way(&a, &b);
    far.write_all(b"x").unwrap();
    assert_eq!(near.read(&mut [0; 8]).unwrap(), 1, "the other way is open");
    near.write_all(b"y").unwrap();
    assert!(far.read(&mut [0; 8]).is_err(), "this way is cut");
    lab.heal_between(&a, &b);
    far.set_read_timeout(Some(LONG)).unwrap();
    assert_eq!(far.read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn who_sends_is_reset() {
    let Some(lab) = connected() else { return };
    let (a, b) = (lab.host("a"), lab.host("b"));
    let (mut near, mut far) = joined(&a, &b);
    lab.reset_between(&a, &b);
    near.write_all(b"x").unwrap();
    near.set_read_timeout(Some(LONG)).unwrap();
    let error = near.read(&mut [0; 8]).unwrap_err().kind();
    assert_eq!(error, std::io::ErrorKind::ConnectionReset);
    let silent = far.read(&mut [0; 8]).unwrap_err().kind();
    assert_eq!(
        silent,
        std::io::ErrorKind::WouldBlock,
        "the other is not told"
    );
    lab.heal_between(&a, &b);
    let (mut near, mut far) = joined(&a, &b);
    near.write_all(b"x").unwrap();
    assert_eq!(far.read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn some_packets_are_lost_and_then_none() {
    let Some(lab) = lab() else { return };
    let host = lab.host("a");
    let socket = |netns: &tenure_field::Netns, ip| {
        let socket = netns.enter(|| std::net::UdpSocket::bind((ip, 0)).unwrap());
        socket.set_read_timeout(Some(SHORT)).unwrap();
        socket
    };
    let to = socket(lab.servers(), lab.server_addr());
    let from = socket(host.netns(), host.address());
    let arrive = || {
        let addr = to.local_addr().unwrap();
        (0..200).for_each(|_| drop(from.send_to(b"x", addr)));
        std::iter::from_fn(|| to.recv(&mut [0; 8]).ok()).count()
    };
    assert_eq!(arrive(), 200);
    host.lose(50);
    let half = arrive();
    assert!((40..160).contains(&half), "{half} of 200");
    host.lose(10);
    let most = arrive();
    assert!((140..200).contains(&most), "{most} of 200");
    host.lose(0);
    host.lose(0); // healing without a cut changes nothing
    assert_eq!(arrive(), 200);
}

#[test]
fn a_connection_outlives_a_short_cut() {
    let Some(lab) = lab() else { return };
    let host = lab.host("a");
    let mut cable = Cable::new(&lab, &host);
    host.cut();
    assert_eq!(cable.passes(), (false, false));
    host.heal();
    for side in [&mut cable.host_side, &mut cable.server_side] {
        side.set_read_timeout(Some(LONG)).unwrap();
        assert_eq!(
            side.read(&mut [0; 64]).unwrap(),
            1,
            "the byte of the cut arrives late"
        );
    }
}

#[test]
fn a_host_without_a_link_has_no_route() {
    let Some(lab) = lab() else { return };
    let host = lab.host("a");
    let connect = || {
        let addr = (lab.server_addr(), 1).into();
        host.netns()
            .enter(|| TcpStream::connect_timeout(&addr, LONG))
            .unwrap_err()
            .kind()
    };
    assert_eq!(
        connect(),
        std::io::ErrorKind::ConnectionRefused,
        "there is a route, and no process listens"
    );
    host.link_down();
    assert_eq!(connect(), std::io::ErrorKind::NetworkUnreachable);
    host.link_up();
    assert_eq!(connect(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn servers_proxies_and_programs_live_inside() {
    let Some(lab) = lab() else { return };
    let server = Zookeeper::start_in(&lab);
    assert_eq!(server.four_letter("ruok"), "imok");
    let outside = TcpListener::bind((lab.server_addr(), 0))
        .unwrap_err()
        .kind();
    assert_eq!(
        outside,
        std::io::ErrorKind::AddrNotAvailable,
        "the machine itself is left alone"
    );

    let host = lab.host("a");
    let proxy = lab
        .servers()
        .enter(|| Proxy::start_on(lab.server_addr(), server.addr()));
    let mut session = host
        .netns()
        .enter(|| Session::open(proxy.addr(), LONG))
        .unwrap();
    session.ping().unwrap();
    assert_eq!(proxy.counts().pings, 1);

    // The program itself is the child: no shell, no `ip` in between.
    let script = "cat /proc/$$/comm; cat /sys/class/net/eth0/operstate; exec sleep 60";
    let process = Process::spawn(Path::new("/bin/sh"), ["-c", script], Some(host.netns()));
    process.wait_for("its name", LONG, |line| line == "sh");
    // sysfs shows the namespace in which it was mounted, so this asks the kernel otherwise.
    let own = std::fs::read_link(format!("/proc/{}/ns/net", process.pid())).unwrap();
    let expected = host
        .netns()
        .enter(|| std::fs::read_link("/proc/thread-self/ns/net").unwrap());
    assert_eq!(own, expected);
    // A program that is started outside is outside, although this one was inside.
    let outside = Process::spawn(Path::new("/bin/sleep"), ["60"], None);
    let outside = std::fs::read_link(format!("/proc/{}/ns/net", outside.pid())).unwrap();
    assert_eq!(outside, std::fs::read_link("/proc/self/ns/net").unwrap());
}

#[test]
fn a_lab_removes_itself_also_on_panic() {
    let Some(lab) = lab() else { return };
    let path = |name: &str| Path::new("/run/netns").join(name);
    let names = [
        lab.servers().name().to_owned(),
        lab.host("a").netns().name().to_owned(),
    ];
    assert!(names.iter().all(|name| path(name).exists()));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _moved_in = lab;
        panic!("a test fails");
    }));
    assert!(panic.is_err());
    assert!(!names.iter().any(|name| path(name).exists()));
}
