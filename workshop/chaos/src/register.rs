//! A fenced register: it keeps the highest token of any write for each group, and refuses every
//! write with a lower one.
//!
//! A write is a line `GROUP TOKEN`; the answer is `done` or `stale`, and the highest token.

use crate::history::{Entry, Writer};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use tenure_field::{Netns, boottime};

/// The highest token of each group so far.
#[derive(Debug, Default)]
struct Shown(Mutex<BTreeMap<String, u64>>);

/// Starts a register that serves as long as this process lives, and returns its address. It listens
/// at `ip` in `netns`, and records each write in `history`.
///
/// # Errors
/// When it cannot listen.
pub fn start(netns: &Netns, ip: IpAddr, history: Arc<Writer>) -> io::Result<SocketAddr> {
    let listener = netns.enter(|| TcpListener::bind((ip, 0)))?;
    let addr = listener.local_addr()?;
    let shown = Arc::new(Shown::default());
    let serve = move || {
        for stream in listener.incoming().flatten() {
            let (shown, history) = (Arc::clone(&shown), Arc::clone(&history));
            let thread = std::thread::Builder::new().name("register".to_owned());
            // A writer whose connection fails connects again.
            let serve = move || drop(serve(&stream, &shown, &history));
            drop(thread.spawn(serve));
        }
    };
    std::thread::Builder::new()
        .name("register".to_owned())
        .spawn(serve)?;
    Ok(addr)
}

fn serve(stream: &TcpStream, shown: &Shown, history: &Writer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let Some((group, token)) = line
            .split_once(' ')
            .and_then(|(group, token)| Some((group, token.parse().ok()?)))
        else {
            return writeln!(&*stream, "a write is a line GROUP TOKEN");
        };
        let (accepted, highest) = shown.write(group, token, history);
        let word = if accepted { "done" } else { "stale" };
        writeln!(&*stream, "{word} {highest}")?;
    }
    Ok(())
}

impl Shown {
    /// Decides on a write, and records it under the same lock: the order of the history is the
    /// register's.
    fn write(&self, group: &str, token: u64, history: &Writer) -> (bool, u64) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let highest = shown.entry(group.to_owned()).or_default();
        let before = *highest;
        *highest = before.max(token);
        history.put(&Entry::Write {
            at_ns: boottime::now_ns(),
            group: group.to_owned(),
            token,
            highest: before,
            accepted: token >= before,
        });
        (token >= before, *highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Header, Plan, VERSION};

    #[test]
    fn lower_tokens_are_refused_and_everything_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let header = Header {
            version: VERSION,
            plan: Plan::Chaos,
            seed: 0,
            session_timeout_ms: 1,
            tick_ms: 1,
            slack_ms: 1,
        };
        let history = Arc::new(Writer::begin(&directory.path().join("h"), &header).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (far, _) = listener.accept().unwrap();
        let for_thread = Arc::clone(&history);
        let serving =
            std::thread::spawn(move || serve(&far, &Shown::default(), &for_thread).unwrap());
        writeln!(&stream, "/g 5\n/g 7\n/g 5\n/h 1\n/g 7\nnonsense").unwrap();
        let answers: Vec<_> = BufReader::new(&stream)
            .lines()
            .map(Result::unwrap)
            .collect();
        let expected = ["done 5", "done 7", "stale 7", "done 1", "done 7"];
        assert_eq!(answers[..5], expected);
        assert_eq!(answers[5], "a write is a line GROUP TOKEN");
        serving.join().unwrap();
        history.end(9).unwrap();
        let history = crate::history::read(&directory.path().join("h")).unwrap();
        let refused = history.entries.iter().filter(|(_, entry)| {
            matches!(
                entry,
                Entry::Write {
                    accepted: false,
                    token: 5,
                    highest: 7,
                    ..
                }
            )
        });
        assert_eq!((refused.count(), history.entries.len()), (1, 5));
    }
}
