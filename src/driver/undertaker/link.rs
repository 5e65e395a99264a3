//! A helper as the process that it serves holds it.

use super::super::process::PerProcess;
use super::charge::Charge;
use super::codec::MESSAGE_BYTES_MAX;
use super::find::{Undertaker, invalid};
use super::launch::{Helper, launch};
use super::order::Order;
use super::refused::Refused;
use crate::core::Identity;
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// The helper has not read the earlier ones yet.
    NotNow,
}

/// The way to a helper, for all clients of the process that name its program. When the last of them lets it
/// go, the helper ends.
#[derive(Debug)]
pub(crate) struct Link {
    socket: OwnedFd,
    /// The identity of the socket: a host that closes all descriptors may have given its number to another
    /// file, which must get no password.
    inode: (u64, u64),
    process: OwnedFd,
    tls: bool,
    last: AtomicU64,
}

/// The helper of this process for that program, which starts if there is none.
pub(crate) fn hire(wanted: &Undertaker, charge: &Charge) -> Result<Option<Arc<Link>>, Refused> {
    static LINKS: PerProcess<Mutex<BTreeMap<PathBuf, Weak<Link>>>> =
        PerProcess::new(Mutex::default);
    let Some(program) = wanted.program().map_err(Refused::Bad)? else {
        return Ok(None);
    };
    let mut links = LINKS.get().lock().unwrap_or_else(PoisonError::into_inner);
    links.retain(|_, link| link.strong_count() > 0);
    let link = match links.get(&program).and_then(Weak::upgrade) {
        Some(link) if !link.is_over() => link,
        _ => {
            let link = Arc::new(Link::new(launch(&program)?)?);
            links.insert(program.clone(), Arc::downgrade(&link));
            link
        }
    };
    drop(links);
    if charge.tls.is_some() && !link.tls {
        return Err(Refused::Bad(invalid(format!(
            "the undertaker {} was built without TLS; build it with --features tls",
            program.display()
        ))));
    }
    let identity = Identity {
        password: crate::core::Secret::new([0; 64]),
        ..Identity::default()
    };
    if Link::put(0, charge, &identity).encode().len() > MESSAGE_BYTES_MAX {
        return Err(Refused::Bad(invalid(
            "the URL has too many servers for an undertaker".to_owned(),
        )));
    }
    Ok(Some(link))
}

impl Link {
    fn new(helper: Helper) -> Result<Self, Refused> {
        let inode = inode_of(helper.socket.as_fd())
            .map_err(|error| Refused::unable("look at the undertaker's socket", error.into()))?;
        Ok(Self {
            socket: helper.socket,
            inode,
            process: helper.process,
            tls: helper.tls,
            last: AtomicU64::new(0),
        })
    }

    /// A descriptor that is readable as soon as the helper has ended.
    pub(crate) fn process(&self) -> io::Result<OwnedFd> {
        self.process.try_clone()
    }

    /// Whether the helper has ended.
    pub(crate) fn is_over(&self) -> bool {
        pidfd_send_signal(&self.process, Signal::CONT).is_err()
    }

    fn put(client: u64, charge: &Charge, identity: &Identity) -> Order {
        Order::Put {
            client,
            charge: Box::new(charge.clone()),
            identity: identity.clone(),
        }
    }

    /// Tells the helper the session of a client, or that it has none. Never waits.
    ///
    /// # Errors
    /// If the helper is lost.
    pub(crate) fn tell(
        &self,
        client: u64,
        charge: &Charge,
        identity: Option<&Identity>,
    ) -> io::Result<Sent> {
        let order = match identity {
            Some(identity) => Self::put(client, charge, identity),
            None => Order::Remove { client },
        };
        self.send(&order, None)
    }

    fn send(&self, order: &Order, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
        if inode_of(self.socket.as_fd()).ok() != Some(self.inode) {
            return Err(io::Error::other(
                "this program has closed the socket of the undertaker",
            ));
        }
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = descriptor.as_slice();
        if !descriptors.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(descriptors));
        }
        let message = order.encode();
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        loop {
            return match sendmsg(&self.socket, &[IoSlice::new(&message)], &mut control, flags) {
                Ok(_) => Ok(Sent::Yes),
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN | Errno::NOBUFS | Errno::NOMEM) => Ok(Sent::NotNow),
                Err(error) => Err(error.into()),
            };
        }
    }

    /// Has the helper wait, once this process is dead, for a byte in the pipe whose writing end is returned.
    /// A helper that cannot be told so is killed: it must not act.
    pub(crate) fn hold(self: &Arc<Self>) -> Option<Hold> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let held = io::pipe().and_then(|(reader, writer)| {
            match self.send(&Order::Hold { number }, Some(reader.as_fd()))? {
                Sent::Yes => Ok(OwnedFd::from(writer)),
                Sent::NotNow => Err(io::ErrorKind::WouldBlock.into()),
            }
        });
        match held {
            Ok(pipe) => Some(Hold {
                pipe,
                number,
                link: Arc::downgrade(self),
            }),
            Err(_) => {
                let _ = pidfd_send_signal(&self.process, Signal::KILL);
                None
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // A helper that cannot read it ends with this process.
        let _ = self.send(&Order::Bye, None);
    }
}

/// While it lives, the helper closes nothing before a byte was written to its pipe.
#[derive(Debug)]
pub struct Hold {
    pipe: OwnedFd,
    number: u64,
    link: Weak<Link>,
}

impl Hold {
    /// The writing end of the pipe. It closes on `exec`.
    pub fn pipe(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(link) = self.link.upgrade() {
            let number = self.number;
            let _ = link.send(&Order::Release { number }, None);
        }
    }
}

fn inode_of(socket: BorrowedFd<'_>) -> Result<(u64, u64), Errno> {
    let stat = rustix::fs::fstat(socket)?;
    Ok((stat.st_dev, stat.st_ino))
}

/// Reaps the helper, if it has become a child of this process: of PID 1, or of a subreaper.
pub(crate) fn reap(process: BorrowedFd<'_>) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    let _ = waitid(WaitId::PidFd(process), options);
}
