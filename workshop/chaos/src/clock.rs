//! A wall clock that jumps, for some processes alone; the machine's own clock stays as it is.
//!
//! Where `libfaketime` is installed, it takes the wall clock of those processes from a file. The
//! clocks that only go forward, the boot-time clock among them, stay the machine's.

use std::path::{Path, PathBuf};

/// Where Debian keeps the library: under the name of the machine's architecture.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A wall clock of some processes.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A clock that shows the machine's time at first, and keeps its offset in `directory`.
    ///
    /// # Errors
    /// When there can be none: the reason.
    pub(crate) fn new(directory: &Path) -> Result<Self, String> {
        let triples = std::fs::read_dir("/usr/lib")
            .into_iter()
            .flatten()
            .flatten();
        let found = triples
            .map(|entry| entry.path().join(LIBRARY))
            .find(|path| path.exists());
        let library = found.ok_or_else(|| {
            "no clock can be stepped: libfaketime is not installed (in Debian, the package \
             libfaketime), and the machine's own clock is left alone"
                .to_owned()
        })?;
        let clock = Self {
            library,
            file: directory.join("wall-clock"),
        };
        clock.step(0)?;
        Ok(clock)
    }

    /// Lets the clock show so many seconds more than the machine's.
    pub(crate) fn step(&self, seconds: i64) -> Result<(), String> {
        // Replaced as a whole: a reader sees the old offset or the new one.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n"))
            .and_then(|()| std::fs::rename(&new, &self.file))
            .map_err(|error| format!("the clock cannot be stepped: {error}"))
    }

    /// The environment that makes a process use this clock.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let set = |name: &str, value: String| (name.to_owned(), value);
        vec![
            set("LD_PRELOAD", self.library.display().to_string()),
            set("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            set("FAKETIME_NO_CACHE", "1".to_owned()),
            set("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            set("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}
