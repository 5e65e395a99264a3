//! Network namespaces, and a small lab made of them.
//!
//! A cut made here is the silent kind: packets vanish, no socket is told. That
//! is what a pulled cable two switches away looks like, and what killing a
//! process or closing a socket never shows.

mod host;
mod lab;
mod tools;

use std::fmt;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

pub use host::Host;
pub use lab::Lab;

use crate::sys;

/// A named network namespace, as `ip netns` knows it. A handle only: whoever
/// made the namespace removes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Netns {
    name: String,
}

impl Netns {
    /// The namespace that `ip netns` calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    /// Its name, for `ip netns exec`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs `act` on a thread inside the namespace. Sockets made there stay
    /// there, and so do threads started there: a [`Proxy`](crate::Proxy) started
    /// by `act` listens and connects inside.
    ///
    /// # Panics
    /// When the namespace cannot be entered, and with the panic of `act`.
    pub fn enter<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let fd = self.open().unwrap_or_else(|error| panic!("{error}"));
        let result = std::thread::scope(|scope| {
            scope
                .spawn(move || {
                    sys::enter_netns(fd.as_fd()).unwrap_or_else(|error| {
                        panic!("cannot enter the namespace {}: {error}", self.name)
                    });
                    act()
                })
                .join()
        });
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Opens the namespace for `setns`.
    pub(crate) fn open(&self) -> Result<OwnedFd, String> {
        let path = PathBuf::from("/run/netns").join(&self.name);
        File::open(&path)
            .map(OwnedFd::from)
            .map_err(|error| format!("cannot open the namespace {}: {error}", path.display()))
    }
}

impl fmt::Debug for Netns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Netns({})", self.name)
    }
}
