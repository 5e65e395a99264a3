//! Servers that misbehave: a client must survive each of them without a crash, without a loop that
//! uses a core, and without a wrong conclusion.

mod kind;
mod play;

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

pub use kind::Kind;

use crate::listener::Listener;

/// How many connections are served at the same time; each further one is closed at once. A client
/// that opens connections without end is a finding, and must not exhaust the machine.
const CONNECTIONS_MAX: usize = 64;

/// A misbehaving server on a free port of the loopback device. It ends with this value, as do its
/// connections.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    kind: Kind,
    listener: Listener,
    closing: AtomicBool,
    accepted: Mutex<Vec<Instant>>,
}

impl Server {
    /// Starts a server that misbehaves in this way on each connection.
    #[must_use]
    #[track_caller]
    pub fn start(kind: Kind) -> Self {
        let listener = Listener::bind_local();
        if kind == Kind::Refuse {
            listener.refuse();
        }
        let (closing, accepted) = (AtomicBool::new(false), Mutex::default());
        let shared = Arc::new(Shared {
            kind,
            listener,
            closing,
            accepted,
        });
        let for_thread = Arc::clone(&shared);
        let accepting = (kind != Kind::Refuse).then(|| {
            std::thread::Builder::new()
                .name("field-bad".into())
                .spawn(move || accept_all(&for_thread))
                .expect("cannot start a bad server's thread")
        });
        Self { shared, accepting }
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

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.accepted_at().len()
    }

    /// The time at which each connection was accepted: a client's back-off, as a server sees it.
    #[must_use]
    pub fn accepted_at(&self) -> Vec<Instant> {
        self.shared
            .accepted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        self.shared.listener.refuse();
        // A panic in that thread was printed already; there is nothing to add to it here.
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

fn accept_all(shared: &Arc<Shared>) {
    let mut playing: Vec<JoinHandle<()>> = Vec::new();
    while !shared.closing.load(Ordering::SeqCst) {
        let Ok(stream) = shared.listener.accept() else {
            continue;
        };
        shared
            .accepted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Instant::now());
        playing.retain(|thread| !thread.is_finished());
        if playing.len() < CONNECTIONS_MAX {
            playing.push(spawn_play(Arc::clone(shared), stream));
        }
    }
    for thread in playing {
        drop(thread.join());
    }
}

fn spawn_play(shared: Arc<Shared>, stream: TcpStream) -> JoinHandle<()> {
    std::thread::Builder::new()
        .name("field-bad-link".into())
        // Any error ends the connection.
        .spawn(move || drop(play::play(shared.kind, &stream, &shared.closing)))
        .expect("cannot start a thread for a connection")
}
