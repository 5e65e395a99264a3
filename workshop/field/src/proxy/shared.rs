//! The state that a proxy and the threads of its connections share.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::Cut;
use super::connection::Connection;
use super::counts::Counts;
use super::frame::{Conversation, Kind, Parsed, Seen, path_of};
use super::rules::{Rules, Then};
use crate::listener::Listener;

/// How many frames are kept.
const FRAMES_KEPT_MAX: usize = 100_000;

/// How long to wait for an act that threads are just about to finish.
const SETTLE_DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) listener: Listener,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) upstream: SocketAddr,
    pub(super) counts: Counts,
    pub(super) frames: Vec<Seen>,
    pub(super) rules: Rules,
    pub(super) closing: bool,
    /// Connections whose sockets are not closed yet.
    pub(super) open: BTreeSet<u64>,
    held: bool,
    delay: Duration,
    refusing: bool,
    /// Frames that are being written.
    forwarding: usize,
    connections: BTreeMap<u64, Weak<Connection>>,
    last_link: u64,
}

/// The decision on a frame.
pub(super) enum Verdict {
    /// Write it, then call [`Shared::forwarded`].
    Forward,
    /// The same with another payload.
    Replace(Vec<u8>),
    /// Let it vanish and do this.
    Swallow(Then),
    /// Drop it: the connection was cut.
    Gone,
}

impl Shared {
    pub(super) fn new(listener: Listener, upstream: SocketAddr) -> Self {
        let state = State {
            upstream,
            counts: Counts::default(),
            frames: Vec::new(),
            rules: Rules::default(),
            closing: false,
            open: BTreeSet::new(),
            held: false,
            delay: Duration::ZERO,
            refusing: false,
            forwarding: 0,
            connections: BTreeMap::new(),
            last_link: 0,
        };
        Self {
            listener,
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a connection that was just accepted.
    pub(super) fn accepted(&self) -> u64 {
        let mut state = self.lock();
        state.counts.connections += 1;
        state.last_link += 1;
        state.last_link
    }

    /// Adds a connection for cuts; false if the proxy is closing.
    pub(super) fn register(&self, connection: &Arc<Connection>) -> bool {
        let mut state = self.lock();
        if state.closing {
            return false;
        }
        state.open.insert(connection.number());
        state
            .connections
            .insert(connection.number(), Arc::downgrade(connection));
        true
    }

    /// Gives up one hold on a connection. The last one closes its sockets.
    pub(super) fn release_connection(&self, connection: Arc<Connection>) {
        let number = connection.number();
        if let Some(last) = Arc::into_inner(connection) {
            drop(last);
            let mut state = self.lock();
            state.connections.remove(&number);
            state.open.remove(&number);
            self.changed.notify_all();
        }
    }

    /// Waits while the proxy holds; counts the frame and decides on it.
    pub(super) fn judge(
        &self,
        connection: &Connection,
        payload: &[u8],
        parse: impl FnOnce(&mut Conversation, &[u8]) -> Parsed,
    ) -> Verdict {
        let mut state = self.wait_while_held(connection);
        if connection.is_cut() {
            return Verdict::Gone;
        }
        let mut conversation = connection.conversation();
        let Parsed {
            kind,
            xid,
            mut error,
        } = parse(&mut conversation, payload);
        let mut replaced = None;
        if matches!(kind, Kind::Reply(_))
            && let Some((refusal, reply)) = conversation.refusal(payload)
        {
            (error, replaced) = (refusal, Some(reply));
        }
        state.counts.count(kind, error);
        let path = match kind {
            Kind::Request(_) => path_of(payload),
            _ => None,
        };
        let then = state.rules.apply(kind, path);
        if let Some(Then::Refuse(code)) = then {
            state.counts.refused += 1;
            replaced = Some(conversation.refuse(xid, code));
        }
        if state.frames.len() < FRAMES_KEPT_MAX {
            let (at, connection, bytes) = (Instant::now(), connection.number(), payload.len());
            state.frames.push(Seen {
                at,
                connection,
                kind,
                xid,
                error,
                bytes,
                swallowed: then.is_some(),
            });
        }
        if let Some(payload) = replaced {
            state.forwarding += 1;
            return Verdict::Replace(payload);
        }
        let Some(then) = then else {
            state.forwarding += 1;
            return Verdict::Forward;
        };
        state.counts.swallowed += 1;
        // Under the same lock, so that no other connection gets a frame through.
        state.held |= then == Then::Hold;
        Verdict::Swallow(then)
    }

    /// A frame that was to be forwarded is written, or its connection broken.
    pub(super) fn forwarded(&self) {
        self.lock().forwarding -= 1;
        self.changed.notify_all();
    }

    /// Returns at once if the proxy does not hold, or when it no longer holds, or when the connection was
    /// cut.
    pub(super) fn wait_while_held(&self, connection: &Connection) -> MutexGuard<'_, State> {
        let waits = |state: &mut State| state.held && !state.closing && !connection.is_cut();
        self.changed
            .wait_while(self.lock(), waits)
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_delay(&self, delay: Duration) {
        self.lock().delay = delay;
        self.changed.notify_all();
    }

    /// Returns when a frame that came just now was delayed for long enough, or its connection cut.
    pub(super) fn delay(&self, connection: &Connection) {
        let came = Instant::now();
        let mut state = self.lock();
        loop {
            let left = state.delay.saturating_sub(came.elapsed());
            if left.is_zero() || state.closing || connection.is_cut() {
                return;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    pub(super) fn hold(&self) {
        let mut state = self.lock();
        state.held = true;
        // A peer that does not read keeps a frame half written: that connection is not waited for.
        drop(
            self.changed
                .wait_timeout_while(state, SETTLE_DEADLINE, |state| state.forwarding > 0),
        );
    }

    pub(super) fn release(&self) {
        self.lock().held = false;
        self.changed.notify_all();
    }

    pub(super) fn cut_links(&self, how: Cut) -> usize {
        let connections = std::mem::take(&mut self.lock().connections);
        let mut cut = Vec::new();
        for connection in connections
            .into_values()
            .filter_map(|connection| connection.upgrade())
        {
            cut.push(connection.number());
            connection.cut(how);
            self.wake();
            self.release_connection(connection);
        }
        // Clients may have reconnected already; only the old connections are waited for.
        let still_open = |state: &mut State| cut.iter().any(|number| state.open.contains(number));
        drop(
            self.changed
                .wait_timeout_while(self.lock(), SETTLE_DEADLINE, still_open),
        );
        cut.len()
    }

    /// Makes waiting threads check their conditions again.
    pub(super) fn wake(&self) {
        // Under the lock no thread is between its check and its wait.
        let _state = self.lock();
        self.changed.notify_all();
    }

    pub(super) fn refuse(&self, refuse: bool) {
        let mut state = self.lock();
        if state.refusing == refuse {
            return;
        }
        state.refusing = refuse;
        if refuse {
            self.listener.refuse()
        } else {
            self.listener.listen_again()
        }
        self.changed.notify_all();
    }

    pub(super) fn wait_while_refusing(&self) {
        let waits = |state: &mut State| state.refusing && !state.closing;
        drop(self.changed.wait_while(self.lock(), waits));
    }

    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.listener.refuse();
        self.changed.notify_all();
    }
}
