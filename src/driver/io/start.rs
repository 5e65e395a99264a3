//! The start of the I/O thread, and the ways in.

use super::super::birth::Birth;
use super::super::memory::MemoryAct;
use super::super::messages::{Message, Port};
use super::super::pending::Pending;
use super::super::process::{Lazy, PerProcess};
use super::super::sys::{self, Alarm};
use super::{ALARM, Thread, WAKE};
use crate::core::{Error, ErrorKind};
use mio::unix::SourceFd;
use mio::{Interest, Poll, Waker};

/// The way to the I/O thread of this process, which starts at first use.
pub(in super::super) fn port() -> Result<&'static Port, Error> {
    static PORT: PerProcess<Lazy<Port>> = PerProcess::new(Lazy::new);
    PORT.get().get(start)
}

fn start() -> Result<Port, Error> {
    let failed = |what: &str, error: std::io::Error| {
        Error::new(ErrorKind::System, format!("cannot {what}: {error}"))
    };
    let poll = Poll::new().map_err(|e| failed("open an epoll descriptor", e))?;
    let waker =
        Waker::new(poll.registry(), WAKE).map_err(|e| failed("open an event descriptor", e))?;
    let alarm = Alarm::new().map_err(|e| failed("open a timer descriptor", e))?;
    let timer = &mut SourceFd(&alarm.fd());
    poll.registry()
        .register(timer, ALARM, Interest::READABLE)
        .map_err(|e| failed("wait for a timer", e))?;
    let (messages, inbox) = crossbeam_channel::unbounded();
    let port = Port::new(messages, waker);
    let own = port.clone();
    std::thread::Builder::new()
        .name("tenure-io".to_owned())
        .spawn(move || {
            sys::block_signals();
            Thread::new(poll, alarm, inbox, own).run();
        })
        .map_err(|e| failed("start the I/O thread", e))?;
    Ok(port)
}

/// Acts on the model with this name, which is made if there is none. The answer is the number of
/// sessions that the act ended.
pub(crate) fn memory(name: &str, act: MemoryAct) -> Result<Pending<usize>, Error> {
    Birth::now(); // Forks count from here on.
    let port = port()?;
    let (pending, completer) = Pending::new(|| {});
    port.send(Message::Memory(name.to_owned(), act, completer));
    Ok(pending)
}
