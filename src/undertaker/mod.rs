//! The undertaker itself: a process that closes the sessions of another one, its principal, as soon as the
//! kernel reports that the principal is dead. `src/driver/undertaker/` is the principal's side.
//!
//! Until then it has one thread, three descriptors of its own, and waits. It never takes a closed socket for a
//! death: a living process may close its descriptors. Nor does a stopped process end. Only then does it open
//! the files of TLS and connect.

mod burial;
mod held;
mod inbox;

use crate::driver::undertaker::charge::Charge;
use crate::driver::undertaker::hello::{Hello, PROTOCOL};
use crate::driver::undertaker::order::Order;
use crate::driver::undertaker::{PROGRAM, ROLE};
use crate::driver::{HAS_TLS, block_signals, close_from, go_on_in_a_child, now};
use held::Held;
use inbox::{Inbox, Received};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::net::sockopt::socket_type;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketType, sendmsg};
use rustix::process::{PidfdFlags, getpid, pidfd_open};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::ExitCode;

use crate::core::{Identity, Will};
pub use crate::driver::undertaker::Hold;

/// The lowest number of a descriptor that is neither of the standard ones.
const FIRST_DESCRIPTOR: i32 = 3;

/// Whether a program with these arguments was started to be an undertaker.
pub fn is_meant(words: &[OsString]) -> bool {
    let name = words.first().and_then(|word| Path::new(word).file_name());
    name.is_some_and(|name| name == PROGRAM)
}

/// Runs as the undertaker of the process that started this one; with other arguments it says what the program
/// is.
pub fn main(words: &[OsString]) -> ExitCode {
    let words: Vec<_> = words.iter().skip(1).map(|word| word.to_str()).collect();
    match words.as_slice() {
        [Some(word)] if *word == ROLE => {}
        [Some("--version" | "-V")] => {
            println!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        [Some("--help" | "-h")] => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{PROGRAM}: only the library starts this program; see {PROGRAM} --help");
            return ExitCode::from(2);
        }
    }
    match Helper::begin().and_then(Helper::serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Until the principal has its greeting, that is a terminal's, or nobody reads it.
            eprintln!("{PROGRAM}: {error}");
            ExitCode::FAILURE
        }
    }
}

const HELP: &str = "tenure-undertaker: closes the ZooKeeper sessions of a process as soon as it is dead

The library tenure starts this program, if its client option `undertaker` asks for it, and ends it; there is
nothing to start by hand. It takes no other arguments than --help and --version.";

/// A session to close.
struct Session {
    charge: Box<Charge>,
    identity: Identity,
    wills: Vec<Will>,
}

struct Helper {
    principal: OwnedFd,
    inbox: Inbox,
    sessions: BTreeMap<u64, Session>,
    holds: BTreeMap<u64, Held>,
}

impl Helper {
    /// Leaves everything that the process has inherited, except for its two descriptors, and greets.
    fn begin() -> io::Result<Self> {
        close_from(FIRST_DESCRIPTOR.cast_unsigned());
        if socket_type(io::stdin()) != Ok(SocketType::SEQPACKET) {
            return Err(io::Error::other("only the library starts this program"));
        }
        go_on_in_a_child()?;
        let socket = fcntl_dupfd_cloexec(io::stdin(), FIRST_DESCRIPTOR)?;
        let principal = fcntl_dupfd_cloexec(io::stdout(), FIRST_DESCRIPTOR)?;
        let null = File::options().read(true).write(true).open("/dev/null")?;
        rustix::stdio::dup2_stdin(&null)?;
        rustix::stdio::dup2_stdout(&null)?;
        rustix::stdio::dup2_stderr(&null)?;
        fcntl_setfd(&null, FdFlags::CLOEXEC)?;
        drop(null);
        // Signals to the terminal, the process group or all processes of a service are not for it: it ends
        // with its principal.
        block_signals();
        rustix::process::setsid()?;
        rustix::process::chdir("/")?;
        let _ = rustix::thread::set_name(c"undertaker");
        let hello = Hello {
            protocol: PROTOCOL,
            tls: HAS_TLS,
        };
        let own = pidfd_open(getpid(), PidfdFlags::empty())?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = [own.as_fd()];
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        let greeting = hello.encode();
        let message = [IoSlice::new(&greeting)];
        sendmsg(&socket, &message, &mut control, SendFlags::NOSIGNAL)?;
        drop(own);
        Ok(Self {
            principal,
            inbox: Inbox::new(socket),
            sessions: BTreeMap::new(),
            holds: BTreeMap::new(),
        })
    }

    /// Waits for orders, and for the end of the principal.
    fn serve(mut self) -> io::Result<()> {
        loop {
            let is_dead = self.wait()?;
            // After the look at the principal: the orders that it gave before it died count.
            if self.take_orders() {
                return Ok(());
            }
            if is_dead {
                let died = now();
                if held::wait(self.holds, died, self.sessions.values()) {
                    burial::bury(self.sessions.into_values(), died);
                }
                return Ok(());
            }
        }
    }

    /// Waits for an order or the principal's end; whether it has ended.
    fn wait(&self) -> io::Result<bool> {
        let principal = PollFd::new(&self.principal, PollFlags::IN);
        let mut waited = vec![principal];
        if let Some(socket) = self.inbox.socket() {
            waited.push(PollFd::from_borrowed_fd(socket, PollFlags::IN));
        }
        match poll(&mut waited, None) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let seen = waited.first().map_or(PollFlags::empty(), PollFd::revents);
        if seen.intersects(PollFlags::NVAL | PollFlags::ERR) {
            return Err(io::Error::other("the principal cannot be watched"));
        }
        Ok(seen.contains(PollFlags::IN))
    }

    /// Takes the orders that have come; whether one of them is to end.
    fn take_orders(&mut self) -> bool {
        loop {
            match self.inbox.take() {
                Received::Order(Order::Put {
                    client,
                    charge,
                    identity,
                    wills,
                }) => {
                    let session = Session {
                        charge,
                        identity,
                        wills,
                    };
                    self.sessions.insert(client, session);
                }
                Received::Order(Order::Remove { client }) => {
                    self.sessions.remove(&client);
                }
                Received::Order(Order::Release { number }) => {
                    self.holds.remove(&number);
                }
                Received::Order(Order::Bye) => return true,
                // Its pipe is missing: nothing will be written to it.
                Received::Order(Order::Hold { number }) => {
                    self.holds.insert(number, Held::lost());
                }
                Received::Hold { number, pipe } => {
                    self.holds.insert(number, Held::by(pipe));
                }
                Received::Nothing => return false,
            }
        }
    }
}
