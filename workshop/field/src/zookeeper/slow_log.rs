//! A log that is taken slowly: its writers wait.

use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeWriter, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use crate::sys;

/// What is written to the pipe that this returns goes to `log`, a line at a time, with a `pause`
/// after each. The thread that does it ends with the last writer.
pub(super) fn start(mut log: File, pause: Duration) -> io::Result<PipeWriter> {
    let (reader, writer) = io::pipe()?;
    sys::narrow_pipe(writer.as_fd())?;
    std::thread::Builder::new()
        .name("field-slow-log".into())
        .spawn(move || {
            // A small buffer: what is in it was taken already, as the writers see it.
            let mut reader = BufReader::with_capacity(512, reader);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                // Whoever looks for the log of a server whose directory is gone looks in vain.
                drop(log.write_all(&line));
                line.clear();
                std::thread::sleep(pause);
            }
        })?;
    Ok(writer)
}
