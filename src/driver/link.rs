//! The user's side of a client: what goes to the I/O thread, and the way there.

use super::memory::MemoryAct;
use super::meter::{Meter, Metrics};
use super::pending::{Completer, Pending};
use super::tls;
use super::{Birth, Sink, io, process, sys};
use crate::core::{
    Answer, CallId, Client, Command, Error, ErrorKind, Handle, SESSION, SessionOptions,
};
use crossbeam_channel::Sender;
use mio::{Poll, Waker};
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) type ClientId = u64;

/// How a client reaches its servers.
#[derive(Debug)]
pub(crate) enum Transport {
    /// By TLS, if it is said how.
    Tcp(Option<tls::Config>),
    /// The model with this name, inside this process.
    Memory(String),
}

/// Completes a call. Dropped instead, it completes it as closed.
pub(super) type Reply = Box<dyn FnOnce(Result<Answer, Error>) + Send>;

/// What the I/O thread is told.
pub(super) enum Message {
    Open(ClientId, Box<Client>, Transport, Arc<Sink>, Arc<Meter>),
    Register(ClientId, Handle, Arc<Sink>, Command),
    Command(ClientId, Command),
    Call(ClientId, CallId, Reply, Command),
    Resolved(ClientId, u64, Result<Vec<SocketAddr>, String>),
    /// Nobody holds the client any more.
    Abandon(ClientId),
    /// Something is to be done to the model with this name.
    Memory(String, MemoryAct, Completer<usize>),
}

/// The way to the I/O thread.
#[derive(Clone)]
pub(super) struct Port {
    messages: Sender<Message>,
    waker: Arc<Waker>,
}

impl Port {
    pub(super) fn send(&self, message: Message) {
        // The thread never ends. A wake-up that fails is made up for by the next one.
        if self.messages.send(message).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

/// The way to the I/O thread of this process, which is started at first use.
fn port() -> Result<&'static Port, Error> {
    let port = process::this().port.get_or_init(start);
    port.as_ref().map_err(Clone::clone)
}

fn start() -> Result<Port, Error> {
    let failed = |what: &str, error: std::io::Error| {
        Error::new(ErrorKind::System, format!("cannot {what}: {error}"))
    };
    let poll = Poll::new().map_err(|e| failed("open an epoll descriptor", e))?;
    let waker =
        Waker::new(poll.registry(), io::WAKE).map_err(|e| failed("open an event descriptor", e))?;
    let (messages, inbox) = crossbeam_channel::unbounded();
    let port = Port {
        messages,
        waker: Arc::new(waker),
    };
    let own = port.clone();
    std::thread::Builder::new()
        .name("tenure-io".to_owned())
        .spawn(move || {
            sys::block_signals();
            io::Thread::new(poll, inbox, own).run();
        })
        .map_err(|e| failed("start the I/O thread", e))?;
    Ok(port)
}

/// Does something to the model with this name, which is made if there is none. Answered with the
/// number of sessions that it touched.
pub(crate) fn memory(name: &str, act: MemoryAct) -> Result<Pending<usize>, Error> {
    Birth::now(); // Forks count from here on.
    let port = port()?;
    let (pending, completer) = Pending::new(|| {});
    port.send(Message::Memory(name.to_owned(), act, completer));
    Ok(pending)
}

/// One client as its user's side holds it.
pub(crate) struct Link {
    id: ClientId,
    port: &'static Port,
    next: AtomicU64,
    session: Arc<Sink>,
    meter: Arc<Meter>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn open(options: SessionOptions, transport: Transport) -> Result<Arc<Self>, Error> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let session = Arc::new(Sink::new(""));
        let port = port()?;
        let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        // The keys of the standard library's hasher are random for each process.
        let mut hasher = std::hash::RandomState::new().build_hasher();
        hasher.write_u64(id);
        let client = Box::new(Client::new(options, hasher.finish()));
        let meter = Arc::new(Meter::default());
        let (events, counts) = (Arc::clone(&session), Arc::clone(&meter));
        port.send(Message::Open(id, client, transport, events, counts));
        Ok(Arc::new(Self {
            id,
            port,
            next: AtomicU64::new(SESSION.0 + 1),
            session,
            meter,
        }))
    }

    fn fresh(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether the client was opened by the parent of this process. Nothing is sent then: the
    /// thread that would take it is not here.
    pub(crate) fn is_foreign(&self) -> bool {
        self.session.is_foreign()
    }

    pub(crate) fn metrics(&self) -> Metrics {
        self.meter.read()
    }

    /// The client's own events.
    pub(crate) fn session(&self) -> &Arc<Sink> {
        &self.session
    }

    /// A new handle for the group at `path`, made by the command that `make` builds, and where its
    /// events go.
    pub(crate) fn register(
        &self,
        path: &str,
        make: impl FnOnce(Handle) -> Command,
    ) -> (Handle, Arc<Sink>) {
        let handle = Handle(self.fresh());
        let sink = Arc::new(Sink::new(path));
        let message = Message::Register(self.id, handle, Arc::clone(&sink), make(handle));
        self.port.send(message);
        (handle, sink)
    }

    pub(crate) fn command(&self, command: Command) {
        if !self.is_foreign() {
            self.port.send(Message::Command(self.id, command));
        }
    }

    /// A call, answered once; `read` takes from the answer what the caller wants.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        make: impl FnOnce(CallId) -> Command,
        read: impl FnOnce(Answer) -> Option<T> + Send + 'static,
    ) -> Pending<T> {
        if self.is_foreign() {
            return Pending::ready(Err(Error::forked()));
        }
        let call = CallId(self.fresh());
        let (id, port) = (self.id, self.port);
        let forget = move || port.send(Message::Command(id, Command::Forget { call }));
        let (pending, completer) = Pending::new(forget);
        let reply: Reply = Box::new(move |result: Result<Answer, Error>| {
            // The core answers each command with its own kind of answer.
            let read = result.and_then(|answer| read(answer).ok_or_else(Error::closed));
            completer.complete(read);
        });
        port.send(Message::Call(self.id, call, reply, make(call)));
        pending
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if !self.is_foreign() {
            self.port.send(Message::Abandon(self.id));
        }
    }
}
