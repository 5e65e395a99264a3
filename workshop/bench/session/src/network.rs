//! The place of an experiment: a server, and a host for each client.

use crate::client_process::{ClientProcess, Launcher, now, span};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tenure_field::wire::{Fields, Payload, opcode};
use tenure_field::{Host, Lab, Zookeeper, raw};

/// The time between two checks whether a znode is gone: the error of that time.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A server on a network of its own.
#[derive(Debug)]
pub struct Network {
    server: Zookeeper,
    lab: Lab,
    launcher: Launcher,
    last: AtomicUsize,
}

/// A host and a group that no other client uses.
#[derive(Debug)]
pub struct Place {
    /// The host.
    pub host: Host,
    /// The group's path.
    pub path: String,
}

impl Network {
    /// A lab with its own server.
    ///
    /// # Errors
    /// If network namespaces are not allowed; the text has the reason.
    pub fn new(launcher: Launcher) -> Result<Self, String> {
        let lab = Lab::new()?;
        let server = Zookeeper::start_in(&lab);
        Ok(Self {
            server,
            lab,
            launcher,
            last: AtomicUsize::new(0),
        })
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &Zookeeper {
        &self.server
    }

    /// The way to start clients.
    #[must_use]
    pub fn launcher(&self) -> &Launcher {
        &self.launcher
    }

    /// A fresh place.
    #[must_use]
    pub fn place(&self) -> Place {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        Place {
            host: self.lab.host(&format!("h{number}")),
            path: format!("/row-{number}"),
        }
    }

    /// A client at a place, opened and connected.
    #[must_use]
    #[track_caller]
    pub fn client(&self, place: &Place) -> ClientProcess {
        let client = self.idle_client(place, &self.server.url(&place.path));
        let start = now();
        client.command("open");
        client.session(start, "connected");
        client
    }

    /// A client at a place, with no session yet.
    #[must_use]
    #[track_caller]
    pub fn idle_client(&self, place: &Place, url: &str) -> ClientProcess {
        ClientProcess::start(&self.launcher, url, Some(place.host.netns()))
    }

    /// A session of another client, close to the server.
    #[must_use]
    #[track_caller]
    pub fn other_session(&self) -> raw::Session {
        let open = || raw::Session::open(self.server.addr(), Duration::from_secs(10));
        self.lab.servers().enter(open).expect("a healthy server")
    }

    /// Runs `act` on the server's host.
    pub fn near_server<R: Send>(&self, act: impl FnOnce() -> R + Send) -> R {
        self.lab.servers().enter(act)
    }

    /// Waits in a thread until a znode is gone; joining the thread returns the instant.
    #[must_use]
    pub fn watch_gone(&self, path: &str) -> JoinHandle<u64> {
        let (mut other, path) = (self.other_session(), path.to_owned());
        std::thread::spawn(move || {
            while other.exists(&path, false).expect("a healthy server") {
                std::thread::sleep(BETWEEN_LOOKS);
            }
            now()
        })
    }

    /// How many children were created and deleted under `path` so far, together.
    #[must_use]
    #[track_caller]
    pub fn changes(&self, path: &str) -> i32 {
        let body = Payload::new().buffer(path).bool(false);
        let reply = self
            .other_session()
            .request(opcode::EXISTS, body)
            .expect("a healthy server");
        assert_eq!(reply.error, 0, "{path}");
        let mut stat = Fields::new(&reply.body);
        // czxid, mzxid, ctime, mtime, version, cversion
        for _ in 0..4 {
            stat.long();
        }
        stat.int();
        stat.int().expect("a stat")
    }

    /// How many children `path` has.
    #[must_use]
    #[track_caller]
    pub fn children(&self, path: &str) -> usize {
        let body = Payload::new().buffer(path).bool(false);
        let reply = self
            .other_session()
            .request(opcode::GET_CHILDREN, body)
            .expect("healthy");
        assert_eq!(reply.error, 0, "{path}");
        usize::try_from(Fields::new(&reply.body).int().expect("a count")).unwrap_or(0)
    }
}

/// Sets the data of another session's znode.
///
/// # Errors
/// The errors of the connection.
pub(crate) fn set_data(session: &mut raw::Session, path: &str, data: &[u8]) -> io::Result<i32> {
    let body = Payload::new().buffer(path).buffer(data).int(-1);
    Ok(session.request(opcode::SET_DATA, body)?.error)
}

/// Sleeps until `seconds` after `from`.
pub(crate) fn sleep_until(from: u64, seconds: f64) {
    let left = seconds - span(from, now());
    if left > 0.0 {
        std::thread::sleep(Duration::from_secs_f64(left));
    }
}

/// Sleeps for a random part of a ping interval, so that faults hit all phases.
pub(crate) fn any_phase() {
    std::thread::sleep(Duration::from_nanos(now() % 1_300_000_000));
}
