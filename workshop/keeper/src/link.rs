//! One connection: a thread that reads, and one that writes what is queued.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// More frames than this are not kept for a client that does not read.
const FRAMES_MAX: usize = 4096;
/// A client that takes nothing for this long is given up.
const PATIENCE: Duration = Duration::from_secs(30);
const READ_BYTES: usize = 1 << 16;

/// Dropped, it closes the connection after the frames that are queued.
pub(crate) struct Link {
    frames: SyncSender<Vec<u8>>,
    stream: TcpStream,
}

impl Link {
    /// `received` gets the bytes, and none at the end.
    ///
    /// # Errors
    /// When the connection has ended already, or no thread can be started.
    pub(crate) fn start(
        stream: TcpStream,
        received: impl Fn(Vec<u8>) + Send + 'static,
    ) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (frames, queue) = sync_channel(FRAMES_MAX);
        let (reads, writes) = (stream.try_clone()?, stream.try_clone()?);
        thread::Builder::new().spawn(move || read(reads, received))?;
        thread::Builder::new().spawn(move || write(writes, &queue))?;
        Ok(Self { frames, stream })
    }

    /// Queues a frame; a client that does not read is cut off.
    pub(crate) fn send(&self, frame: Vec<u8>) {
        if self.frames.try_send(frame).is_err() {
            // The reader notices.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }
}

fn read(mut stream: TcpStream, received: impl Fn(Vec<u8>)) {
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        received(buffer[..length].to_vec());
    }
    received(Vec::new());
}

fn write(mut stream: TcpStream, queue: &Receiver<Vec<u8>>) {
    while let Ok(frame) = queue.recv() {
        if stream.write_all(&frame).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}
