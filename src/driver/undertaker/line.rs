//! The socket to one helper.

use super::launch::Helper;
use super::order::Order;
use super::refused::Refused;
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{Signal, pidfd_send_signal};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// The helper has not read the earlier ones yet.
    NotNow,
}

#[derive(Debug)]
pub(super) struct Line {
    socket: OwnedFd,
    /// The identity of the socket: a host that closes all descriptors may have given its number to another
    /// file, which must get no password.
    inode: (u64, u64),
    process: OwnedFd,
    pub(super) tls: bool,
}

impl Line {
    pub(super) fn to(helper: Helper) -> Result<Self, Refused> {
        let inode = inode_of(helper.socket.as_fd())
            .map_err(|error| Refused::unable("look at the undertaker's socket", error.into()))?;
        Ok(Self {
            socket: helper.socket,
            inode,
            process: helper.process,
            tls: helper.tls,
        })
    }

    /// A descriptor that is readable as soon as the helper has ended.
    pub(super) fn process(&self) -> io::Result<OwnedFd> {
        self.process.try_clone()
    }

    /// Whether this process still has the socket.
    pub(super) fn is_ours(&self) -> bool {
        inode_of(self.socket.as_fd()).ok() == Some(self.inode)
    }

    /// Whether the helper has ended.
    pub(super) fn is_over(&self) -> bool {
        pidfd_send_signal(&self.process, Signal::CONT).is_err()
    }

    /// Ends a helper that must not act. Where the host has closed the socket, the other number may be another
    /// file's, too.
    pub(super) fn kill(&self) {
        if self.is_ours() {
            let _ = pidfd_send_signal(&self.process, Signal::KILL);
        }
    }

    /// Another one replaces it. It may live, and read no longer.
    pub(super) fn retire(self) {
        if self.is_ours() {
            self.kill();
        } else {
            // The numbers may be those of other files, which are the host's to close.
            std::mem::forget(self);
        }
    }

    /// Never waits.
    ///
    /// # Errors
    /// If the helper is lost.
    pub(super) fn send(
        &self,
        order: &Order,
        descriptor: Option<BorrowedFd<'_>>,
    ) -> io::Result<Sent> {
        if !self.is_ours() {
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
}

fn inode_of(socket: BorrowedFd<'_>) -> Result<(u64, u64), Errno> {
    let stat = rustix::fs::fstat(socket)?;
    Ok((stat.st_dev, stat.st_ino))
}
