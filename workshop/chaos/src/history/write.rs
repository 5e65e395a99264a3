//! Writing a history during a run.

use super::{Entry, Header};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A history that is being written, by any thread.
#[derive(Debug)]
pub struct Writer {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: BufWriter<File>,
    lines: usize,
    /// The first error of a write, reported at the end: a writer of lines has no use for it.
    broken: Option<io::Error>,
}

impl Writer {
    /// Begins a history in a new file.
    ///
    /// # Errors
    /// When the file cannot be made, also because it exists already.
    pub fn begin(path: &Path, header: &Header) -> io::Result<Self> {
        let file = File::create_new(path)?;
        let writer = Self {
            inner: Mutex::new(Inner {
                file: BufWriter::new(file),
                lines: 0,
                broken: None,
            }),
        };
        writer.put(&Entry::Run(header.clone()));
        Ok(writer)
    }

    /// Adds a line.
    pub fn put(&self, entry: &Entry) {
        self.lock().put(entry);
    }

    /// Ends the history, which must be complete.
    ///
    /// # Errors
    /// When a line could not be written, this one or one before.
    pub fn end(&self, at_ns: u64) -> io::Result<()> {
        let mut inner = self.lock();
        let lines = inner.lines + 1;
        inner.put(&Entry::End { at_ns, lines });
        match inner.broken.take() {
            Some(error) => Err(error),
            None => inner.file.flush(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn put(&mut self, entry: &Entry) {
        self.lines += 1;
        let written = serde_json::to_writer(&mut self.file, entry)
            .map_err(io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"));
        if let Err(error) = written {
            self.broken.get_or_insert(error);
        }
    }
}
