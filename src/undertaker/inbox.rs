//! The orders of the principal.

use crate::driver::undertaker::codec::MESSAGE_BYTES_MAX;
use crate::driver::undertaker::order::Order;
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

pub(super) struct Inbox {
    /// `None` as soon as the principal has closed its end, or has sent what is no order: neither means that
    /// it is dead.
    socket: Option<OwnedFd>,
    buffer: Vec<u8>,
}

pub(super) enum Received {
    Order(Order),
    Hold { number: u64, pipe: OwnedFd },
    Nothing,
}

impl Inbox {
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self {
            socket: Some(socket),
            buffer: vec![0; MESSAGE_BYTES_MAX],
        }
    }

    /// What to wait for, while orders may come.
    pub(super) fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.socket.as_ref().map(AsFd::as_fd)
    }

    /// The next order, without waiting.
    pub(super) fn take(&mut self) -> Received {
        let Some(socket) = &self.socket else {
            return Received::Nothing;
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let received = loop {
            let mut parts = [IoSliceMut::new(&mut self.buffer)];
            match recvmsg(socket, &mut parts, &mut control, flags) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Received::Nothing,
                other => break other,
            }
        };
        let pipe = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        let whole = received
            .ok()
            .filter(|received| !received.flags.contains(ReturnFlags::TRUNC) && received.bytes > 0);
        let message = whole.and_then(|received| self.buffer.get(..received.bytes));
        match (message.and_then(Order::decode), pipe) {
            (Some(Order::Hold { number }), Some(pipe)) => Received::Hold { number, pipe },
            (Some(order), _) => Received::Order(order),
            (None, _) => {
                self.socket = None;
                Received::Nothing
            }
        }
    }
}
