//! A log with a slow reader: its writers wait.

use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeWriter, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use crate::sys;

/// Returns a pipe, and copies its lines to `log`, with a `pause` after each. The thread that copies
/// ends with the last writer.
pub(super) fn start(mut log: File, pause: Duration) -> io::Result<PipeWriter> {
    let (reader, writer) = io::pipe()?;
    sys::narrow_pipe(writer.as_fd())?;
    std::thread::Builder::new()
        .name("field-slow-log".into())
        .spawn(move || {
            // A small buffer: for the writers, bytes in it are read already.
            let mut reader = BufReader::with_capacity(512, reader);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                // If the directory of the server is gone, no test reads the log.
                drop(log.write_all(&line));
                line.clear();
                std::thread::sleep(pause);
            }
        })?;
    Ok(writer)
}
