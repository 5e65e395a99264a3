//! The command of `tenure run` in a chaos: a process that writes to the register until it is
//! killed.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The pause between two writes.
const PACE: Duration = Duration::from_millis(20);
/// How long the register may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes with `token` for `group` until it is killed.
pub fn write_for_ever(register: SocketAddr, group: &str, token: u64) -> ! {
    loop {
        // The register cannot be reached, or its answer was lost: connect again.
        drop(write(register, group, token));
        std::thread::sleep(PACE);
    }
}

fn write(register: SocketAddr, group: &str, token: u64) -> io::Result<()> {
    let stream = TcpStream::connect_timeout(&register, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answers = BufReader::new(&stream);
    let mut answer = String::new();
    loop {
        (&stream).write_all(format!("{group} {token}\n").as_bytes())?;
        answer.clear();
        if answers.read_line(&mut answer)? == 0 {
            return Ok(());
        }
        std::thread::sleep(PACE);
    }
}
