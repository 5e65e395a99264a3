//! A TCP proxy that knows ZooKeeper's frames.
//!
//! It forwards whole frames, in order, as they come, and changes no byte of them. It counts the
//! frames, and by its rules a frame vanishes at a known place: after a `create` was done and before
//! its client gets the reply. Other rules answer a request with an error, as a server does that
//! throttles.

mod connection;
mod counts;
mod frame;
mod rules;
mod shared;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use counts::Counts;
pub use frame::{Kind, Seen};
pub use rules::Then;

use crate::listener::Listener;
use connection::start_connection;
use shared::Shared;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In order, as when a server stops.
    Fin,
    /// By a reset, as when a server's machine has lost the connection's state.
    Reset,
}

/// A proxy before one server. It ends with this value, as do its connections.
///
/// ```no_run
/// use tenure_field::proxy::{Cut, Then};
/// use tenure_field::wire::opcode;
/// use tenure_field::{Proxy, Zookeeper};
///
/// let server = Zookeeper::start();
/// let proxy = Proxy::start(server.addr());
/// // The next create is done, and its reply vanishes.
/// proxy.swallow_reply(opcode::CREATE2, 1, Then::Cut(Cut::Reset));
/// println!("{}", proxy.url("/group"));
/// ```
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy on a free port of the loopback device.
    #[must_use]
    #[track_caller]
    pub fn start(upstream: SocketAddr) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST.into(), upstream)
    }

    /// Starts a proxy on a free port of `ip`. Within
    /// [`Netns::enter`](crate::Netns::enter) it listens and connects in there.
    #[must_use]
    #[track_caller]
    pub fn start_on(ip: IpAddr, upstream: SocketAddr) -> Self {
        Self::start_behind(Listener::bind(ip), upstream)
    }

    /// The same at an address with a fixed port: for a name that several servers have.
    #[must_use]
    #[track_caller]
    pub fn start_at(addr: SocketAddr, upstream: SocketAddr) -> Self {
        Self::start_behind(Listener::bind_at(addr), upstream)
    }

    fn start_behind(listener: Listener, upstream: SocketAddr) -> Self {
        let shared = Arc::new(Shared::new(listener, upstream));
        let for_thread = Arc::clone(&shared);
        let accepting = std::thread::Builder::new()
            .name("field-proxy".into())
            .spawn(move || accept_all(&for_thread))
            .expect("cannot start the proxy's thread");
        Self {
            shared,
            accepting: Some(accepting),
        }
    }

    /// The address that clients connect to.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.shared.listener.addr()
    }

    /// `zk://ADDRESS:PORT` and `path`, which begins with a slash or is empty.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("zk://{}{path}", self.addr())
    }

    /// The counts since the start or the last [`reset_counts`](Self::reset_counts). A frame is
    /// counted before it is forwarded: a client that has got a reply finds it counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts.clone()
    }

    /// Sets all counts to zero.
    pub fn reset_counts(&self) {
        self.shared.lock().counts = Counts::default();
    }

    /// The first hundred thousand frames, in the order in which they came.
    #[must_use]
    pub fn frames(&self) -> Vec<Seen> {
        self.shared.lock().frames.clone()
    }

    /// Makes the `nth` reply (1 is the next) to a request of `opcode` vanish; then `then` happens
    /// to that connection.
    pub fn swallow_reply(&self, opcode: i32, nth: u32, then: Then) {
        self.swallow(Kind::Reply(opcode), nth, then);
    }

    /// Makes the `nth` frame (1 is the next) of `kind` vanish; then `then` happens to that
    /// connection. Rules count independently: a frame for which two rules wait uses up both.
    #[track_caller]
    pub fn swallow(&self, kind: Kind, nth: u32, then: Then) {
        assert!(nth > 0, "frames are counted from 1");
        assert!(
            !matches!(then, Then::Refuse(_)) || matches!(kind, Kind::Request(_)),
            "only requests are refused"
        );
        self.shared.lock().rules.add(kind, None, nth, then);
    }

    /// Answers the next `times` requests of `opcode` with the error `code`, each in its turn,
    /// without carrying them out.
    pub fn refuse_requests(&self, opcode: i32, code: i32, times: u32) {
        self.refuse_some(opcode, None, code, times);
    }

    /// The same for requests of one znode.
    pub fn refuse_requests_of(&self, opcode: i32, path: &str, code: i32, times: u32) {
        self.refuse_some(opcode, Some(path), code, times);
    }

    fn refuse_some(&self, opcode: i32, path: Option<&str>, code: i32, times: u32) {
        let mut state = self.shared.lock();
        for nth in 1..=times {
            let kind = Kind::Request(opcode);
            state.rules.add(kind, path, nth, Then::Refuse(code));
        }
    }

    /// Removes the rules that were not used up.
    pub fn clear_rules(&self) {
        self.shared.lock().rules.clear();
    }

    /// Stops forwarding, both ways, on all connections and on new ones: they open and then get
    /// nothing, not even their end. When this returns, nothing is forwarded any longer.
    pub fn hold(&self) {
        self.shared.hold();
    }

    /// Ends [`hold`](Self::hold): everything that came meanwhile is forwarded.
    pub fn release(&self) {
        self.shared.release();
    }

    /// Delays each frame for this long, both ways, from now on; those behind it wait. Zero ends it.
    pub fn delay(&self, delay: Duration) {
        self.shared.set_delay(delay);
    }

    /// Ends all connections on both sides; returns their number when that is done.
    pub fn cut_connections(&self, how: Cut) -> usize {
        self.shared.cut_links(how)
    }

    /// Whether to refuse new connections, as a machine without a server does. Open ones stay.
    pub fn refuse(&self, refuse: bool) {
        self.shared.refuse(refuse);
    }

    /// Connects new connections to `upstream` from now on.
    pub fn set_upstream(&self, upstream: SocketAddr) {
        self.shared.lock().upstream = upstream;
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.shared.lock().open.len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.close();
        // A panic in that thread was printed already; there is nothing to add to it here.
        drop(self.accepting.take().map(JoinHandle::join));
        self.shared.cut_links(Cut::Fin);
    }
}

fn accept_all(shared: &Arc<Shared>) {
    loop {
        match shared.listener.accept() {
            Ok(client) => start_connection(shared, client),
            // Refusing makes `accept` fail; anything else passes by itself.
            Err(_) => shared.wait_while_refusing(),
        }
        if shared.lock().closing {
            return;
        }
    }
}
