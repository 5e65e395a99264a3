//! Where the helper's program is.

use super::super::sys;
use crate::core::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// The name of the helper's program.
pub(crate) const PROGRAM: &str = "tenure-undertaker";

/// Whether a small helper process closes the session as soon as this process is dead, and which program it
/// is.
///
/// A process that dies (`SIGKILL`, a crash, no memory left) keeps its members until the session times out.
/// With an undertaker they are gone in milliseconds: it waits for the kernel's word that this process has
/// ended, re-attaches to its sessions and closes them. A process that is stopped, or that has closed all its
/// descriptors, lives: it keeps its members. If process and helper die together, the session times out.
///
/// One helper serves all clients of a process that name the same program. It starts with the first of them
/// and ends with the last; it gets the sessions' passwords and the credentials by a socket, never by
/// arguments or environment. It needs Linux 5.3.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undertaker {
    /// No helper.
    #[default]
    Off,
    /// The program `tenure-undertaker` as it was installed with the library: beside the library or this
    /// program, or in `libexec/tenure` there, in `/usr/local` or in `/usr`.
    Installed,
    /// The program with this path: `tenure-undertaker` or a link of this name to `tenure`, of the same
    /// release as the library.
    At(PathBuf),
}

impl Undertaker {
    /// The absolute path of the program; `None` if there is to be no helper.
    pub(super) fn program(&self) -> Result<Option<PathBuf>, Error> {
        match self {
            Self::Off => Ok(None),
            Self::At(path) if path.as_os_str().is_empty() => {
                Err(invalid("the path of the undertaker is empty".to_owned()))
            }
            // With a `/` in it, it is not looked for in PATH.
            Self::At(path) => match std::path::absolute(path) {
                Ok(path) => Ok(Some(path)),
                Err(error) => Err(invalid(format!(
                    "the undertaker {}: {error}",
                    path.display()
                ))),
            },
            Self::Installed => installed().map(Some),
        }
    }
}

fn installed() -> Result<PathBuf, Error> {
    let candidates = candidates();
    let found = candidates.iter().find(|path| path.is_file());
    found.cloned().ok_or_else(|| {
        let looked: Vec<String> = candidates.iter().map(|path| path.display().to_string()).collect();
        invalid(format!(
            "{PROGRAM} is not installed; install it, name its path, or do without an undertaker (looked for: {})",
            looked.join(", ")
        ))
    })
}

fn candidates() -> Vec<PathBuf> {
    let objects = [sys::own_object(), std::env::current_exe().ok()];
    let folders = objects
        .iter()
        .flatten()
        .filter_map(|object| object.parent());
    let mut found = Vec::new();
    for folder in folders {
        found.push(folder.join(PROGRAM));
        // The library may be in lib/ or in a folder below it.
        for prefix in folder.ancestors().skip(1).take(2) {
            found.push(below(prefix));
        }
    }
    found.extend(["/usr/local", "/usr"].map(|prefix| below(Path::new(prefix))));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    found
}

fn below(prefix: &Path) -> PathBuf {
    prefix.join("libexec/tenure").join(PROGRAM)
}

pub(super) fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}
