//! A path that is slow and does not know frames: the bytes of a server come late, or a little at a
//! time.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::listener::Listener;

/// How much is read at once; with a rate, how much is written at once.
const CHUNK_BYTES: usize = 16 * 1024;
/// How many chunks are under way at most.
const CHUNKS_MAX: usize = 4096;
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// A relay before one server. Bytes from clients pass at once. It ends with this value, as do its
/// connections.
///
/// ```no_run
/// use std::time::Duration;
/// use tenure_field::{Relay, Zookeeper};
///
/// let server = Zookeeper::start();
/// let relay = Relay::start(server.addr());
/// // From now on every answer comes half a second late; those behind it no later than that.
/// relay.late_by(Duration::from_millis(500));
/// println!("{}", relay.url("/group"));
/// ```
#[derive(Debug)]
pub struct Relay {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    listener: Listener,
    upstream: SocketAddr,
    late_ms: AtomicU64,
    /// Bytes in a second; 0 is no limit.
    rate: AtomicU64,
    closing: AtomicBool,
    connections: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// Starts a relay on a free port of the loopback device.
    #[must_use]
    #[track_caller]
    pub fn start(upstream: SocketAddr) -> Self {
        let shared = Arc::new(Shared {
            listener: Listener::bind(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            upstream,
            late_ms: AtomicU64::new(0),
            rate: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            streams: Mutex::default(),
        });
        let for_thread = Arc::clone(&shared);
        let accepting = spawn(move || accept_all(&for_thread));
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

    /// Delays all bytes of the server from now on by this long, to the millisecond.
    pub fn late_by(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.shared.late_ms.store(millis, Ordering::SeqCst);
    }

    /// How many connections there were so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Limits how many bytes of the server pass in a second on each connection; `None` is no limit.
    pub fn limit_rate(&self, bytes_per_second: Option<u64>) {
        let rate = bytes_per_second.unwrap_or(0);
        self.shared.rate.store(rate, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        self.shared.listener.refuse();
        drop(self.accepting.take().map(JoinHandle::join));
        for stream in self.shared.streams().drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

impl Shared {
    fn streams(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn late(&self) -> Duration {
        Duration::from_millis(self.late_ms.load(Ordering::SeqCst))
    }

    /// The time that this many bytes take.
    fn takes(&self, bytes: usize) -> Duration {
        match self.rate.load(Ordering::SeqCst) {
            0 => Duration::ZERO,
            rate => Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate),
        }
    }
}

fn spawn(run: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let thread = std::thread::Builder::new().name("field-relay".into());
    thread.spawn(run).expect("cannot start a relay's thread")
}

fn accept_all(shared: &Arc<Shared>) {
    while !shared.closing.load(Ordering::SeqCst) {
        let Ok(client) = shared.listener.accept() else {
            continue;
        };
        let Ok(server) = TcpStream::connect_timeout(&shared.upstream, CONNECT_DEADLINE) else {
            continue;
        };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        for socket in [&client, &server] {
            socket
                .set_nodelay(true)
                .expect("a connected socket takes options");
            let other = socket.try_clone().expect("a socket can be shared");
            shared.streams().push(other);
        }
        let (to_server, to_client) = (
            server.try_clone().expect("a socket can be shared"),
            client.try_clone().expect("a socket can be shared"),
        );
        spawn(move || copy(client, to_server));
        let (chunks, arrived) = sync_channel::<(Instant, Vec<u8>)>(CHUNKS_MAX);
        spawn(move || read_all(server, &chunks));
        let shared = Arc::clone(shared);
        spawn(move || {
            let mut to = to_client;
            for (came, chunk) in arrived {
                let due = came + shared.late();
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                std::thread::sleep(shared.takes(chunk.len()));
                if to.write_all(&chunk).is_err() {
                    break;
                }
            }
            drop(to.shutdown(Shutdown::Both));
        });
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    // The end of one side is the end of both.
    drop(std::io::copy(&mut from, &mut to));
    drop(to.shutdown(Shutdown::Both));
}

fn read_all(mut from: TcpStream, chunks: &SyncSender<(Instant, Vec<u8>)>) {
    let mut buffer = [0; CHUNK_BYTES];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if chunks
            .send((Instant::now(), buffer[..read].to_vec()))
            .is_err()
        {
            break;
        }
    }
}
