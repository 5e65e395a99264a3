//! The user's side of a client: it sends commands and calls to the I/O thread.

use super::client_id::{self, ClientId};
use super::io::start::port;
use super::load::Load;
use super::messages::{Message, Port, Reply, Transport, Undertaking};
use super::metrics::{Counters, Metrics};
use super::pending::Pending;
use super::sink::Sink;
use super::undertaker::{Hold, Link};
use crate::core::{
    Answer, CallId, Client, Command, Error, Handle, Identity, SESSION, SessionOptions, Time, Will,
};
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// A client as the Rust API holds it.
pub(crate) struct ClientHandle {
    id: ClientId,
    port: &'static Port,
    next: AtomicU64,
    session: Arc<Sink>,
    counters: Arc<Counters>,
    load: Arc<Load>,
    closing: AtomicBool,
    /// Weak: in a forked child the end of this value must not end the parent's helper.
    undertaker: Weak<Link>,
}

impl std::fmt::Debug for ClientHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientHandle")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl ClientHandle {
    pub(crate) fn open(
        options: SessionOptions,
        transport: Transport,
        undertaking: Undertaking,
    ) -> Result<Arc<Self>, Error> {
        Self::start(transport, undertaking, |seed| Client::new(options, seed))
    }

    /// A client that only closes the session of another process: its last event is
    /// [`SessionEvent::Closed`](crate::core::SessionEvent::Closed), by `patience`.
    pub(crate) fn bury(
        options: SessionOptions,
        transport: Transport,
        identity: Identity,
        wills: Vec<Will>,
        patience: Time,
    ) -> Result<Arc<Self>, Error> {
        Self::start(transport, Undertaking::Off, |seed| {
            Client::bury(options, identity, wills, patience, seed)
        })
    }

    fn start(
        transport: Transport,
        undertaking: Undertaking,
        make: impl FnOnce(u64) -> Client,
    ) -> Result<Arc<Self>, Error> {
        let session = Arc::new(Sink::new("", Arc::default()));
        let port = port()?;
        let id = client_id::fresh();
        // The keys of the standard library's hasher are random for each process.
        let mut hasher = std::hash::RandomState::new().build_hasher();
        hasher.write_u64(id);
        let client = Box::new(make(hasher.finish()));
        let counters = Arc::new(Counters::default());
        let (events, counts) = (Arc::clone(&session), Arc::clone(&counters));
        let undertaker = undertaking.link();
        port.send(Message::Open(
            id,
            client,
            transport,
            events,
            counts,
            undertaking,
        ));
        Ok(Arc::new(Self {
            id,
            port,
            next: AtomicU64::new(SESSION.0 + 1),
            session,
            counters,
            load: Arc::default(),
            closing: AtomicBool::new(false),
            undertaker,
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

    /// Notes that the client is being closed: from now on no contender of it leads, even if the I/O
    /// thread does not know yet.
    pub(crate) fn begin_to_close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether it is being closed, or was.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Has the helper wait for a byte in the pipe before it closes the session of this process when it is
    /// dead. `None` without a helper.
    pub(crate) fn hold_undertaker(&self) -> Option<Hold> {
        self.undertaker.upgrade()?.hold()
    }

    pub(crate) fn metrics(&self) -> Metrics {
        self.counters.read()
    }

    /// The client's own events.
    pub(crate) fn session(&self) -> &Arc<Sink> {
        &self.session
    }

    /// A new handle for the group at `path`, made by the command that `make` builds, and the sink of
    /// its events.
    ///
    /// # Errors
    /// `System` when too much is under way.
    pub(crate) fn register(
        &self,
        path: &str,
        make: impl FnOnce(Handle) -> Command,
    ) -> Result<(Handle, Arc<Sink>), Error> {
        let handle = Handle(self.fresh());
        let command = make(handle);
        let permit = self.load.admit(&command)?;
        let sink = Arc::new(Sink::new(path, Arc::clone(self.session.lease.renewals())));
        let message = Message::Register(self.id, handle, Arc::clone(&sink), command, permit);
        self.port.send(message);
        Ok((handle, sink))
    }

    pub(crate) fn command(&self, command: Command) {
        if !self.is_foreign() {
            self.port.send(Message::Command(self.id, command));
        }
    }

    /// A call, answered once; `read` takes the result of the call from the answer. If too much is
    /// under way, the call fails at once with `System`.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        make: impl FnOnce(CallId) -> Command,
        read: impl FnOnce(Answer) -> Option<T> + Send + 'static,
    ) -> Pending<T> {
        if self.is_foreign() {
            return Pending::ready(Err(Error::forked()));
        }
        let call = CallId(self.fresh());
        let command = make(call);
        let permit = match self.load.admit(&command) {
            Ok(permit) => permit,
            Err(refused) => return Pending::ready(Err(refused)),
        };
        let (id, port, handle) = (self.id, self.port, command.handle());
        let forget = move || port.send(Message::Command(id, Command::Forget { handle, call }));
        let (pending, completer) = Pending::new(forget);
        let reply: Reply = Box::new(move |result: Result<Answer, Error>| {
            // The core answers each command with its own kind of answer.
            let read = result.and_then(|answer| read(answer).ok_or_else(Error::closed));
            // The task that is woken may call again.
            drop(permit);
            completer.complete(read);
        });
        port.send(Message::Call(self.id, call, reply, command));
        pending
    }
}

impl Drop for ClientHandle {
    fn drop(&mut self) {
        if !self.is_foreign() {
            self.port.send(Message::Abandon(self.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        Call, ContenderEvent, ContenderSpec, ErrorKind, Event, Host, LostReason, SessionEvent,
    };
    use crate::driver::{Mailbox, block_on};
    use std::future::poll_fn;
    use std::time::{Duration, Instant};

    fn open() -> Arc<ClientHandle> {
        let options = SessionOptions {
            servers: vec![Host {
                name: "127.0.0.1".to_owned(), // never connected to
                port: 1,
            }],
            timeout: Duration::from_secs(4),
            credentials: None,
            answer_bytes_max: crate::core::ANSWER_BYTES_MAX,
            tick: None,
        };
        let transport = Transport::Memory("client-test".to_owned());
        ClientHandle::open(options, transport, Undertaking::Off).unwrap()
    }

    fn contend(client: &ClientHandle) -> Arc<Sink> {
        let spec = ContenderSpec::new("/group");
        let contend = |handle| Command::Contend { handle, spec };
        let (_, sink) = client.register("/group", contend).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let leads =
            |event: &Event| matches!(event, Event::Contender(ContenderEvent::Leading { .. }));
        let led = poll_fn(|cx| sink.mailbox.poll_latest(cx, leads));
        assert!(matches!(block_on(led, Some(deadline)), Some(Some(_))));
        sink
    }

    fn rest(mailbox: &Mailbox) -> Vec<Event> {
        let limit = || Some(Instant::now() + Duration::from_secs(20));
        let events = std::iter::from_fn(|| {
            let next = poll_fn(|cx| mailbox.poll_next(cx));
            block_on(next, limit()).expect("the events do not end")
        });
        events.collect()
    }

    #[test]
    fn a_panic_of_the_io_thread_ends_its_clients_and_no_later_one() {
        let before = open();
        let sink = contend(&before);
        let call = before.call(
            |call| Command::Call {
                handle: Handle(77),
                call,
                what: Call::Members,
            },
            |_| Some(()),
        );
        assert!(call.wait().is_err());
        assert!(sink.lease.load().is_some());
        before.port.send(Message::Panic);
        let told = rest(&sink.mailbox);
        assert!(matches!(
            told.last(),
            Some(Event::Contender(ContenderEvent::Lost {
                member: Some(_),
                led_until: Some(_),
                reason: LostReason::Failed(_),
            }))
        ));
        assert_eq!(sink.lease.load(), None);
        let told = rest(&before.session().mailbox);
        assert_eq!(told.last(), Some(&Event::Session(SessionEvent::Closed)));
        // Calls on it fail with that error, and another client works.
        let late = before.call(
            |call| Command::Call {
                handle: Handle(77),
                call,
                what: Call::Members,
            },
            |_| Some(()),
        );
        assert_eq!(late.wait().unwrap_err().kind(), ErrorKind::Closed);
        let (_, ended) = before
            .register("/group", |handle| Command::Detect {
                handle,
                path: "/group".to_owned(),
            })
            .unwrap();
        assert_eq!(rest(&ended.mailbox), []);
        contend(&open());
    }
}
