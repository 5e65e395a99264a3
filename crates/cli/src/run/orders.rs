//! The messages between supervisor and guardian: one short packet each, on a pair of sockets that
//! keeps packets apart. Both are the same program, so messages need no version.

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use std::io;
use std::os::unix::net::UnixStream;

pub(super) const PACKET_BYTES: usize = 17;

pub(super) type Packet = [u8; PACKET_BYTES];

/// From the supervisor. Instants are nanoseconds on `CLOCK_BOOTTIME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The lease ends at `end`; the command is asked to end `drain` nanoseconds earlier.
    Lease { end: u64, drain: u64 },
    /// Send this signal to the command's process group.
    Signal(i32),
    /// Ask the command and its descendants to end by this signal, and kill them at `kill_at`, or with the lease if
    /// that is sooner.
    Stop { signal: i32, kill_at: u64 },
}

/// From the guardian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The command runs with this PID, as the leader of its group.
    Started(u32),
    /// The command could not be started: the system's error number.
    NotStarted(i32),
    /// The lease was over before the command could be started.
    Late,
    /// The lease nears its end: the command was asked to end.
    Stopping,
    /// The command was stopped by this signal, because it used the terminal in the background.
    Stopped(i32),
    /// This process of the command was killed and has not ended; with the error if it could not be
    /// killed, and 0 otherwise.
    Survives { pid: u32, errno: i32 },
    /// All was killed because its time was over, and nothing of it is left.
    Killed,
    /// The command and everything that descends from it are gone; its wait status. The last message.
    Ended(i32),
}

impl Order {
    pub(super) fn packet(self) -> Packet {
        match self {
            Self::Lease { end, drain } => packet(1, end, drain),
            Self::Signal(signal) => packet(2, number(signal), 0),
            Self::Stop { signal, kill_at } => packet(3, number(signal), kill_at),
        }
    }

    pub(super) fn read(packet: &Packet) -> Option<Self> {
        let (kind, a, b) = parts(packet);
        Some(match kind {
            1 => Self::Lease { end: a, drain: b },
            2 => Self::Signal(signed(a)?),
            3 => Self::Stop {
                signal: signed(a)?,
                kill_at: b,
            },
            _ => return None,
        })
    }
}

impl Notice {
    pub(super) fn packet(self) -> Packet {
        match self {
            Self::Started(pid) => packet(1, pid.into(), 0),
            Self::NotStarted(errno) => packet(2, number(errno), 0),
            Self::Late => packet(3, 0, 0),
            Self::Stopping => packet(4, 0, 0),
            Self::Killed => packet(5, 0, 0),
            Self::Ended(status) => packet(6, number(status), 0),
            Self::Stopped(signal) => packet(7, number(signal), 0),
            Self::Survives { pid, errno } => packet(8, pid.into(), number(errno)),
        }
    }

    pub(super) fn read(packet: &Packet) -> Option<Self> {
        let (kind, a, b) = parts(packet);
        Some(match kind {
            1 => Self::Started(u32::try_from(a).ok()?),
            2 => Self::NotStarted(signed(a)?),
            3 => Self::Late,
            4 => Self::Stopping,
            5 => Self::Killed,
            6 => Self::Ended(signed(a)?),
            7 => Self::Stopped(signed(a)?),
            8 => Self::Survives {
                pid: u32::try_from(a).ok()?,
                errno: signed(b)?,
            },
            _ => return None,
        })
    }
}

/// A pair of sockets that keeps packets apart. Both close on `exec`.
pub(super) fn pair() -> io::Result<(UnixStream, UnixStream)> {
    let (one, other) = socketpair(
        AddressFamily::Unix,
        SockType::SeqPacket,
        None,
        SockFlag::SOCK_CLOEXEC,
    )?;
    let (one, other) = (UnixStream::from(one), UnixStream::from(other));
    one.set_nonblocking(true)?;
    Ok((one, other))
}

fn packet(kind: u8, a: u64, b: u64) -> Packet {
    let mut packet = [0; PACKET_BYTES];
    let bytes = [kind]
        .into_iter()
        .chain(a.to_ne_bytes())
        .chain(b.to_ne_bytes());
    for (place, byte) in packet.iter_mut().zip(bytes) {
        *place = byte;
    }
    packet
}

fn parts(packet: &Packet) -> (u8, u64, u64) {
    let word = |from: usize| {
        let mut bytes = [0; 8];
        for (place, byte) in bytes.iter_mut().zip(packet.iter().skip(from)) {
            *place = *byte;
        }
        u64::from_ne_bytes(bytes)
    };
    (packet.first().copied().unwrap_or(0), word(1), word(9))
}

fn number(signed: i32) -> u64 {
    signed.cast_unsigned().into()
}

fn signed(number: u64) -> Option<i32> {
    u32::try_from(number).ok().map(u32::cast_signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_what_is_heard() {
        for order in [
            Order::Lease {
                end: u64::MAX,
                drain: 1,
            },
            Order::Signal(15),
            Order::Stop {
                signal: 2,
                kill_at: 7,
            },
        ] {
            assert_eq!(Order::read(&order.packet()), Some(order));
        }
        for word in [
            Notice::Stopped(21),
            Notice::Survives {
                pid: u32::MAX,
                errno: 1,
            },
            Notice::Started(u32::MAX),
            Notice::NotStarted(2),
            Notice::Late,
            Notice::Stopping,
            Notice::Killed,
            Notice::Ended(0x7f00),
            Notice::Ended(-1),
        ] {
            assert_eq!(Notice::read(&word.packet()), Some(word));
        }
        assert_eq!(Order::read(&[9; PACKET_BYTES]), None);
        assert_eq!(Notice::read(&[9; PACKET_BYTES]), None);
    }
}
