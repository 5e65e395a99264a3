//! A log with a slow reader: its lines hold the server up.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// About a line of log.
const LINE_BYTES: usize = 128;

/// A pipe for the log of one server or of several, and its reader. Drop it after the servers.
pub(crate) struct SlowLog {
    directory: PathBuf,
    stop: Option<Sender<()>>,
    reader: Option<JoinHandle<()>>,
}

impl SlowLog {
    /// Reads a line each `pace`. Lines that fit into the pipe (64 KiB) cause no wait.
    pub(crate) fn start(name: &str, pace: Duration) -> Self {
        let name = format!("tenure-slow-log-{}-{name}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).unwrap();
        let pipe = directory.join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo {pipe:?}");
        let (stop, stopped) = mpsc::channel();
        let reader = thread::spawn(move || read(&pipe, pace, &stopped));
        Self {
            directory,
            stop: Some(stop),
            reader: Some(reader),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join("pipe")
    }
}

/// Each server that is started opens the pipe again.
fn read(pipe: &Path, pace: Duration, stopped: &Receiver<()>) {
    loop {
        let mut log = File::open(pipe).unwrap();
        let mut line = [0; LINE_BYTES];
        while log.read(&mut line).unwrap() > 0 {
            if stopped.recv_timeout(pace) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
        if stopped.try_recv() != Err(mpsc::TryRecvError::Empty) {
            return;
        }
    }
}

impl Drop for SlowLog {
    fn drop(&mut self) {
        drop(self.stop.take());
        // It may wait for a writer.
        let both = OpenOptions::new().read(true).write(true).open(self.path());
        drop(both);
        if let Some(reader) = self.reader.take() {
            let ended = reader.join();
            assert!(ended.is_ok() || thread::panicking(), "the log's reader");
        }
        drop(fs::remove_dir_all(&self.directory));
    }
}
