//! Network namespaces, and a small lab that is made of them.
//!
//! A cut here is silent: packets vanish, and no socket gets an error. It is like a cable that is
//! pulled two switches away; killing a process or closing a socket never has this effect.

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

/// A named network namespace of `ip netns`. Only a handle: the maker of the namespace removes it.
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

    /// Runs `act` on a thread inside the namespace. Its sockets stay there, as do its threads: a
    /// [`Proxy`](crate::Proxy) that `act` starts listens and connects inside.
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
