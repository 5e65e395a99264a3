//! The messages of other threads to the I/O thread, and the way there.

use super::client_id::ClientId;
use super::load::Permit;
use super::memory::MemoryAct;
use super::metrics::Counters;
use super::pending::Completer;
use super::sink::Sink;
use super::tls;
use crate::core::{Answer, CallId, Client, Command, Error, Handle};
use crossbeam_channel::Sender;
use mio::Waker;
use std::net::SocketAddr;
use std::sync::Arc;

/// How a client reaches its servers.
#[derive(Debug)]
pub(crate) enum Transport {
    /// TCP, with TLS if there is a configuration of it.
    Tcp(Option<tls::Config>),
    /// The model with this name, inside this process.
    Memory(String),
}

/// Completes a call. If it is dropped instead, it completes the call with the error `Closed`.
pub(super) type Reply = Box<dyn FnOnce(Result<Answer, Error>) + Send>;

pub(super) enum Message {
    Open(ClientId, Box<Client>, Transport, Arc<Sink>, Arc<Counters>),
    Register(ClientId, Handle, Arc<Sink>, Command, Permit),
    Command(ClientId, Command),
    Call(ClientId, CallId, Reply, Command),
    Resolved(ClientId, u64, Result<Vec<SocketAddr>, String>),
    /// The user's side has dropped the client.
    Abandon(ClientId),
    /// An act on the model with this name.
    Memory(String, MemoryAct, Completer<usize>),
    #[cfg(test)]
    Panic,
}

/// The way to the I/O thread.
#[derive(Clone)]
pub(super) struct Port {
    messages: Sender<Message>,
    waker: Arc<Waker>,
}

impl Port {
    pub(super) fn new(messages: Sender<Message>, waker: Waker) -> Self {
        Self {
            messages,
            waker: Arc::new(waker),
        }
    }

    pub(super) fn send(&self, message: Message) {
        // The thread never ends. If a wake-up fails, the next one makes up for it.
        if self.messages.send(message).is_ok() {
            let _ = self.waker.wake();
        }
    }
}
