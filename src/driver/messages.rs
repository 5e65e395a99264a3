//! The messages of other threads to the I/O thread, and the way there.

use super::client_id::ClientId;
use super::load::Permit;
use super::memory::MemoryAct;
use super::metrics::Counters;
use super::pending::Completer;
use super::sink::Sink;
use super::tls;
use super::undertaker::charge::Charge;
use super::undertaker::{self, Link, Refused, Undertaker};
use crate::core::{Answer, CallId, Client, Command, Error, Handle};
use crossbeam_channel::Sender;
use mio::Waker;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

/// How a client reaches its servers.
#[derive(Debug)]
pub(crate) enum Transport {
    /// TCP, with TLS if there is a configuration of it.
    Tcp(Option<tls::Config>),
    /// The model with this name, inside this process.
    Memory(String),
}

/// The helper that closes the session when this process is dead.
#[derive(Debug)]
pub(crate) enum Undertaking {
    /// None is wanted.
    Off,
    /// This one.
    By(Arc<Link>, Charge),
    /// None could be started: why.
    Unable(String),
}

impl Undertaking {
    /// # Errors
    /// `InvalidInput` if the program cannot be a helper.
    pub(crate) fn of(wanted: &Undertaker, charge: Charge) -> Result<Self, Error> {
        match undertaker::hire(wanted, &charge) {
            Ok(None) => Ok(Self::Off),
            Ok(Some(link)) => Ok(Self::By(link, charge)),
            Err(Refused::Bad(error)) => Err(error),
            Err(Refused::Unable(why)) => Ok(Self::Unable(why)),
        }
    }

    pub(super) fn link(&self) -> Weak<Link> {
        match self {
            Self::By(link, _) => Arc::downgrade(link),
            Self::Off | Self::Unable(_) => Weak::new(),
        }
    }
}

/// Completes a call. If it is dropped instead, it completes the call with the error `Closed`.
pub(super) type Reply = Box<dyn FnOnce(Result<Answer, Error>) + Send>;

pub(super) enum Message {
    Open(
        ClientId,
        Box<Client>,
        Transport,
        Arc<Sink>,
        Arc<Counters>,
        Undertaking,
    ),
    Register(ClientId, Handle, Arc<Sink>, Command, Permit),
    Command(ClientId, Command),
    Call(ClientId, CallId, Reply, Command),
    Resolved(ClientId, u64, Result<Vec<SocketAddr>, String>),
    /// Another helper is ready in the place of a lost one, or could not be started: why.
    Undertaker(Arc<Link>, Result<(), String>),
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
