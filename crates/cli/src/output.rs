//! The streams of the output, each written by a thread of its own: a reader that stops reading
//! stops only that thread. Lines wait in a queue with limits; beyond them the oldest are dropped,
//! and the reader gets their number in their place.

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{SFlag, fstat};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The limits of a queue. The newest line of each [`Kind`] is kept beyond them.
const LINES_MAX: usize = 1000;
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// How much a pipe takes whole or not at all: `PIPE_BUF` of Linux.
const CHUNK: usize = 4096;
/// How often the tool looks whether a pipe is empty; there is no event for that.
const LOOK: u16 = 10;

/// At the end the tool waits for a reader only while it reads, and not longer than this.
const STALLED: Duration = Duration::from_millis(200);
const FLUSH_MAX: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// The subject of a line: a newer line of the same kind makes it history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    /// A candidacy, a leader, or a list of members.
    State,
    /// The command of `tenure run`.
    Command,
    Problem,
}

/// When a line was made.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    /// UTC, to the microsecond.
    pub(crate) at: String,
    pub(crate) boottime_ns: u64,
}

/// A line that waits.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) stream: Stream,
    /// With its end of line.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Whether other lines are dropped before it.
    pub(crate) keep: bool,
    pub(crate) stamp: Stamp,
    /// Makes the line that stands for a number of dropped ones, the newest of which has this stamp.
    pub(crate) notice: fn(u64, &Stamp) -> String,
}

/// A line, and the ones that were dropped directly before it.
struct Waiting {
    item: Item,
    dropped: Option<(u64, Stamp)>,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Waiting>,
    bytes: usize,
}

impl Queue {
    fn push(&mut self, item: Item) {
        self.bytes += item.text.len();
        self.lines.push_back(Waiting {
            item,
            dropped: None,
        });
        while self.lines.len() > LINES_MAX || self.bytes > BYTES_MAX {
            if !self.drop_one() {
                break;
            }
        }
    }

    /// Drops the oldest line that is neither kept nor the newest of its kind, and kept ones only if
    /// there is no other.
    fn drop_one(&mut self) -> bool {
        let newer = |at: usize, kind| {
            let mut later = self.lines.iter().skip(at + 1);
            later.any(|later| later.item.kind == kind)
        };
        let oldest = |keep| {
            let mut lines = self.lines.iter().enumerate();
            lines.find(|(at, line)| line.item.keep == keep && newer(*at, line.item.kind))
        };
        let Some((at, _)) = oldest(false).or_else(|| oldest(true)) else {
            return false;
        };
        let Some(victim) = self.lines.remove(at) else {
            return false;
        };
        self.bytes -= victim.item.text.len();
        // The newest line is never dropped, so there is a next one.
        if let Some(next) = self.lines.get_mut(at) {
            let before = victim.dropped.map_or(0, |(count, _)| count);
            let (after, stamp) = next.dropped.take().unwrap_or((0, victim.item.stamp));
            next.dropped = Some((before + 1 + after, stamp));
        }
        true
    }

    fn pop(&mut self) -> Option<Waiting> {
        let line = self.lines.pop_front()?;
        self.bytes -= line.item.text.len();
        Some(line)
    }
}

#[derive(Default)]
struct State {
    queue: Queue,
    /// Whether a line is being written.
    busy: bool,
    /// Why standard output is no longer written.
    broken: Option<io::Error>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Whether a line waits until a pipe is empty.
    needs_room: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue and its thread.
#[derive(Clone)]
pub(crate) struct Output {
    stream: Stream,
    shared: Arc<Shared>,
    /// Has a message if the reader has read since the last one.
    progress: Receiver<()>,
    /// Ends when writing fails.
    end: Receiver<()>,
}

impl Output {
    /// An output for `stream`, and for the other one if it is the same file.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub(crate) fn start(stream: Stream) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (advanced, progress) = crossbeam_channel::bounded(1);
        let (alive, end) = crossbeam_channel::bounded(0);
        let thread = std::thread::Builder::new().name("output".to_owned());
        let state = Arc::clone(&shared);
        thread.spawn(move || write_lines(&state, &advanced, &alive))?;
        Ok(Self {
            stream,
            shared,
            progress,
            end,
        })
    }

    /// Never waits for the reader.
    pub(crate) fn push(&self, item: Item) {
        let mut state = self.shared.lock();
        if state.broken.is_none() {
            state.queue.push(item);
            self.shared.changed.notify_one();
        }
    }

    /// Why writing to standard output has failed.
    pub(crate) fn broken<T>(&self, look: impl FnOnce(&io::Error) -> T) -> Option<T> {
        self.shared.lock().broken.as_ref().map(look)
    }

    /// A channel that ends when writing to standard output has failed.
    pub(crate) fn end(&self) -> Receiver<()> {
        self.end.clone()
    }

    /// Waits until everything is written, or writing has failed, or the reader has not read for a
    /// while. If there is a `hurry`, the reader may take any time until a message is in it.
    ///
    /// Returns whether nothing is left.
    pub(crate) fn flush<T>(&self, hurry: Option<&Receiver<T>>) -> bool {
        let mut hurry = hurry;
        let mut deadline = Instant::now() + FLUSH_MAX;
        loop {
            if self.is_done() {
                return true;
            }
            match hurry {
                Some(stops) => crossbeam_channel::select! {
                    recv(stops) -> _ => {
                        hurry = None;
                        deadline = Instant::now() + FLUSH_MAX;
                    }
                    recv(self.progress) -> _ => {}
                    recv(self.end) -> _ => {}
                },
                None => {
                    let until = deadline.min(Instant::now() + STALLED);
                    let stalled = self.progress.recv_deadline(until).is_err();
                    // Otherwise the thread was not scheduled, on a busy host.
                    if Instant::now() >= deadline || (stalled && self.waits_for_reader()) {
                        return self.is_done();
                    }
                }
            }
        }
    }

    fn waits_for_reader(&self) -> bool {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let fd = match self.stream {
            Stream::Stdout => stdout.as_fd(),
            Stream::Stderr => stderr.as_fd(),
        };
        let mut fds = [PollFd::new(fd, PollFlags::POLLOUT)];
        self.shared.needs_room.load(Ordering::Relaxed) || poll(&mut fds, PollTimeout::ZERO) == Ok(0)
    }

    fn is_done(&self) -> bool {
        let ended = self.end.try_recv() == Err(TryRecvError::Disconnected);
        let state = self.shared.lock();
        ended || state.broken.is_some() || (state.queue.lines.is_empty() && !state.busy)
    }
}

/// Whether both standard streams are one file: then their lines are in one order.
pub(crate) fn is_one_file() -> bool {
    let key = |fd: BorrowedFd<'_>| fstat(fd).map(|stat| (stat.st_dev, stat.st_ino, stat.st_rdev));
    match (key(io::stdout().as_fd()), key(io::stderr().as_fd())) {
        (Ok(out), Ok(err)) => out == err,
        _ => false,
    }
}

/// Writes until standard output fails, or the process ends; `_alive` ends with it.
fn write_lines(shared: &Shared, advanced: &Sender<()>, _alive: &Sender<()>) {
    // A full channel has that message already.
    let progress = || {
        let _ = advanced.try_send(());
    };
    loop {
        let mut state = shared.lock();
        state.busy = false;
        progress();
        let Waiting { item, dropped } = loop {
            if let Some(line) = state.queue.pop() {
                break line;
            }
            state = shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        state.busy = true;
        drop(state);
        let notice = dropped.map(|(count, stamp)| (item.notice)(count, &stamp));
        for text in notice.iter().chain([&item.text]) {
            let done = match item.stream {
                Stream::Stdout => write_line(io::stdout().as_fd(), text, shared, progress),
                Stream::Stderr => {
                    // No stream is left to report a failure.
                    drop(write_line(io::stderr().as_fd(), text, shared, progress));
                    Ok(())
                }
            };
            if let Err(error) = done {
                let mut state = shared.lock();
                state.queue = Queue::default();
                state.busy = false;
                state.broken = Some(error);
                return;
            }
        }
    }
}

/// Writes a whole line in chunks that a pipe takes whole, so that the end of the tool tears none.
fn write_line(
    fd: BorrowedFd<'_>,
    line: &str,
    shared: &Shared,
    progress: impl Fn(),
) -> io::Result<()> {
    if line.len() > CHUNK {
        shared.needs_room.store(true, Ordering::Relaxed);
        wait_for_room(fd, line.len(), &progress);
        shared.needs_room.store(false, Ordering::Relaxed);
    }
    let mut rest = line.as_bytes();
    while let Some(chunk) = rest.get(..CHUNK.min(rest.len())).filter(|c| !c.is_empty()) {
        match nix::unistd::write(fd, chunk) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                rest = rest.get(written..).unwrap_or_default();
                progress();
            }
            Err(Errno::EINTR) => {}
            // Another process has made the file non-blocking.
            Err(Errno::EAGAIN) => wait(fd, PollFlags::POLLOUT, PollTimeout::NONE)?,
            // It was not opened for writing: no output is wanted.
            Err(Errno::EBADF) => return Ok(()),
            // The terminal was closed.
            Err(Errno::EIO) if is_a(fd, SFlag::S_IFCHR) => return Err(Errno::EPIPE.into()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Waits until a pipe can take a line of this length as a whole, or at least has a reader that has
/// read everything before it.
fn wait_for_room(fd: BorrowedFd<'_>, length: usize, progress: impl Fn()) {
    if !is_a(fd, SFlag::S_IFIFO) {
        return;
    }
    let size = fcntl(fd, FcntlArg::F_GETPIPE_SZ).unwrap_or_default();
    let wanted = i32::try_from(length).unwrap_or(i32::MAX);
    if wanted > size {
        // The system may refuse such a size: then the line goes in parts.
        let _ = fcntl(fd, FcntlArg::F_SETPIPE_SZ(wanted));
    }
    let mut last = None;
    // A file whose state cannot be read takes the line as it can.
    while let Ok(unread @ 1..) = rustix::io::ioctl_fionread(fd) {
        if last.replace(unread).is_some_and(|last| last != unread) {
            progress();
        }
        // If there is no reader left, writing fails.
        let mut fds = [PollFd::new(fd, PollFlags::empty())];
        match poll(&mut fds, LOOK) {
            Ok(0) | Err(Errno::EINTR) => {}
            _ => return,
        }
    }
}

/// Whether `fd` is a file of this type.
fn is_a(fd: BorrowedFd<'_>, kind: SFlag) -> bool {
    fstat(fd).is_ok_and(|stat| SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == kind)
}

fn wait(fd: BorrowedFd<'_>, events: PollFlags, timeout: PollTimeout) -> io::Result<()> {
    match poll(&mut [PollFd::new(fd, events)], timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str, kind: Kind, keep: bool) -> Item {
        Item {
            stream: Stream::Stdout,
            text: text.to_owned(),
            kind,
            keep,
            stamp: Stamp {
                at: text.to_owned(),
                boottime_ns: 0,
            },
            notice: |count, stamp| format!("{count} to {}", stamp.at),
        }
    }

    /// The lines that a reader gets.
    fn read(queue: &mut Queue) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(Waiting { item, dropped }) = queue.pop() {
            lines.extend(dropped.map(|(count, stamp)| (item.notice)(count, &stamp)));
            lines.push(item.text);
        }
        assert_eq!(queue.bytes, 0);
        lines
    }

    #[test]
    fn a_full_queue_keeps_the_newest_of_each_kind_and_counts_the_others_in_their_place() {
        let mut queue = Queue::default();
        queue.push(item("leading", Kind::State, false));
        queue.push(item("connected", Kind::Session, false));
        for number in 0..LINES_MAX + 9 {
            queue.push(item(&format!("e{number}"), Kind::Problem, false));
        }
        let lines = read(&mut queue);
        assert_eq!(lines[..4], ["leading", "connected", "11 to e10", "e11"]);
        assert_eq!(lines.len(), LINES_MAX + 1);
        assert_eq!(lines.last(), Some(&format!("e{}", LINES_MAX + 8)));
    }

    #[test]
    fn an_end_is_dropped_only_when_there_is_nothing_else() {
        let mut queue = Queue::default();
        let long = "x".repeat(BYTES_MAX / 4);
        queue.push(item("1", Kind::State, false));
        queue.push(item("lost", Kind::State, true));
        queue.push(item("2", Kind::State, false));
        for _ in 0..5 {
            queue.push(item(&long, Kind::State, false));
        }
        let lines = read(&mut queue);
        assert_eq!(lines[..2], ["1 to 1", "lost"]);
        assert_eq!(lines[2], format!("3 to {long}"));
        assert_eq!(lines.len(), 6);
        for number in 0..=LINES_MAX {
            queue.push(item(&format!("lost {number}"), Kind::State, true));
        }
        assert_eq!(read(&mut queue)[..2], ["1 to lost 0", "lost 1"]);
    }

    #[test]
    fn one_line_beyond_the_limit_is_not_dropped() {
        let mut queue = Queue::default();
        let long = "x".repeat(BYTES_MAX + 1);
        queue.push(item("old", Kind::State, false));
        queue.push(item(&long, Kind::State, false));
        assert_eq!(read(&mut queue), ["1 to old", &long]);
    }
}
