//! The acts of a misbehaving server on one connection.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;

use super::Kind;
use crate::sys;
use crate::wire::{Fields, Payload, opcode, read_frame, xid};

/// How often a blocked thread checks whether the server is closing.
const PATIENCE: Duration = Duration::from_millis(20);

const STREAM_BYTES_MAX: usize = 8 * 1024 * 1024;
const GARBAGE_BYTES: usize = 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;
const FRAMES: usize = 1000;

/// Serves one connection to its end.
pub(super) fn play(kind: Kind, stream: &TcpStream, closing: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut peer = Peer { stream, closing };
    match kind {
        Kind::Silent => {}
        // The listener itself refuses; no connection gets here.
        Kind::Refuse => {}
        Kind::Reset => return sys::reset_on_close(stream.as_fd()),
        Kind::Garbage(seed) => {
            let mut rng = Rng::with_seed(seed);
            for _ in 0..GARBAGE_BYTES / CHUNK_BYTES {
                peer.write_all(&bytes(&mut rng, CHUNK_BYTES))?;
            }
        }
        Kind::HugeFrame => {
            peer.write_all(&i32::MAX.to_be_bytes())?;
            for _ in 0..STREAM_BYTES_MAX / CHUNK_BYTES {
                peer.write_all(&[0; CHUNK_BYTES])?;
            }
        }
        Kind::NegativeLength => peer.write_all(&(-1_i32).to_be_bytes())?,
        Kind::EmptyFrames => peer.write_all(&[0; 4 * FRAMES])?,
        Kind::Http => {
            peer.write_all(
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            )?;
            return Ok(());
        }
        Kind::ShortHandshake => {
            read_frame(&mut peer)?;
            peer.write_all(&Payload::new().int(0).frame())?;
        }
        Kind::HandshakeThenSilent => grant_session(&mut peer)?,
        Kind::HandshakeThenClose => return grant_session(&mut peer),
        Kind::RandomFrames(seed) => {
            grant_session(&mut peer)?;
            let mut rng = Rng::with_seed(seed);
            for _ in 0..FRAMES {
                let len = rng.usize(..200);
                peer.write_all(&Payload::new().buffer(bytes(&mut rng, len)).payload())?;
            }
        }
        Kind::UnknownXid => {
            grant_session(&mut peer)?;
            answer_all(&mut peer, |xid| {
                Payload::new()
                    .int(xid.wrapping_add(1_000_000))
                    .long(1)
                    .int(0)
            })?;
        }
        Kind::HugeInnerLength => {
            grant_session(&mut peer)?;
            answer_all(&mut peer, |xid| {
                Payload::new()
                    .int(xid)
                    .long(1)
                    .int(0)
                    .int(i32::MAX)
                    .raw(&[0; 64])
            })?;
        }
        Kind::EmptyBody => {
            grant_session(&mut peer)?;
            answer_all(&mut peer, |xid| Payload::new().int(xid).long(1).int(0))?;
        }
        Kind::WatchPathNotUtf8 => {
            grant_session(&mut peer)?;
            let (node_created, connected) = (1, 3);
            let header = Payload::new().int(xid::WATCH_EVENT).long(-1).int(0);
            let event = header
                .int(node_created)
                .int(connected)
                .buffer(b"/group/\xff\xfe\x80");
            peer.write_all(&event.frame())?;
            loop {
                // Only pings, which `next_request` answers.
                next_request(&mut peer)?;
            }
        }
    }
    // Until the client ends it.
    io::copy(&mut peer, &mut io::sink()).map(drop)
}

/// Reads the connect request and answers it as a good server would.
fn grant_session(peer: &mut Peer<'_>) -> io::Result<()> {
    let request = read_frame(peer)?;
    let mut fields = Fields::new(&request);
    let (_protocol, _zxid) = (fields.int(), fields.long());
    let timeout_ms = fields.int().unwrap_or(10_000);
    let (protocol, session, read_only) = (0, 0x7e57_0000_0000_0001, false);
    let response = Payload::new().int(protocol).int(timeout_ms).long(session);
    peer.write_all(&response.buffer([7; 16]).bool(read_only).frame())
}

/// Answers each request with the reply that `reply` makes from its xid, and answers pings properly.
fn answer_all(peer: &mut Peer<'_>, reply: impl Fn(i32) -> Payload) -> io::Result<()> {
    loop {
        let xid = next_request(peer)?;
        peer.write_all(&reply(xid).frame())?;
    }
}

/// The xid of the next request that is not a ping; pings are answered.
fn next_request(peer: &mut Peer<'_>) -> io::Result<i32> {
    loop {
        let request = read_frame(peer)?;
        let mut fields = Fields::new(&request);
        let (xid, opcode) = (fields.int().unwrap_or(0), fields.int());
        if opcode != Some(opcode::PING) {
            return Ok(xid);
        }
        peer.write_all(&Payload::new().int(xid).long(1).int(0).frame())?;
    }
}

/// A connection whose blocking calls end when the server closes.
struct Peer<'a> {
    stream: &'a TcpStream,
    closing: &'a AtomicBool,
}

impl Peer<'_> {
    fn patiently(
        &mut self,
        mut act: impl FnMut(&mut &TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            if self.closing.load(Ordering::SeqCst) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            match act(&mut self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
    }
}

impl Read for Peer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(|stream| stream.read(buffer))
    }
}

impl Write for Peer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.patiently(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn bytes(rng: &mut Rng, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    rng.fill(&mut bytes);
    bytes
}
