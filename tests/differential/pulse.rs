//! A client that sends a request to each server of an ensemble at intervals.
//!
//! A server of an ensemble can sleep although it has work: `CommitProcessor` checks whether there
//! is work, *then* takes its lock, and waits without another check (ZOOKEEPER-4537, in 3.6.0 to
//! 3.6.3, 3.7.0, 3.7.1 and 3.8.0). It then neither answers a `sync` nor applies a commit until any
//! other request reaches that server. With clients that ping this goes unnoticed. Here, where one
//! request is under way at a time, all would be silent until sessions expire, and their ends are
//! transactions that the model does not have.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tenure_field::raw;

/// Between two requests; much less than any session timeout.
const PERIOD: Duration = Duration::from_millis(100);

const TIMEOUT: Duration = Duration::from_secs(10);

/// Pings until it is dropped.
pub(crate) struct Pulse {
    beats: Vec<Beat>,
}

struct Beat {
    /// Dropped to end the thread.
    stop: Sender<()>,
    opened: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Pulse {
    /// Opens two sessions at each of these servers, because the server may sleep after the creation
    /// of the first. All of them must serve for as long as this lives.
    pub(crate) fn start(addrs: &[SocketAddr]) -> Self {
        let twice = addrs.iter().chain(addrs);
        let beats: Vec<Beat> = twice.map(|addr| beat(*addr)).collect();
        for beat in &beats {
            beat.opened.recv().expect("a session to ping in");
        }
        Self { beats }
    }
}

fn beat(addr: SocketAddr) -> Beat {
    let (stop, stopped) = mpsc::channel::<()>();
    let (ready, opened) = mpsc::channel();
    let beats = move || {
        let mut session = raw::Session::open(addr, TIMEOUT).unwrap();
        ready.send(()).unwrap();
        while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
            session.ping().unwrap();
        }
    };
    Beat {
        stop,
        opened,
        thread: thread::spawn(beats),
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        for Beat { stop, thread, .. } in self.beats.drain(..) {
            drop(stop);
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "a server fell silent");
        }
    }
}
