//! `tenure._tenure`: what the Python package `tenure` is built on. It is no interface of its own:
//! arguments are checked, and all is documented, in `python/tenure/`.
//!
//! A handle gives [`Call`](call::Call)s, which a thread waits for (`wait.rs`) or an event loop
//! runs (`bridge.rs`). Wakers only write to a descriptor or unpark a thread: no thread of the
//! library enters Python but the dispatch thread, for callbacks, and that by one gate (`gate.rs`).

mod bridge;
mod call;
mod callback;
mod client;
mod contender;
mod convert;
mod detector;
mod error;
mod events;
mod gate;
mod group;
mod handle;
mod log;
mod memory;
mod options;
mod tls;
mod wait;
mod waking;

use pyo3::prelude::*;

/// What `tenure` is built on; use `tenure`.
#[pymodule(gil_used = true)]
mod _tenure {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn version(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Finds what else would be found at first use: a process that forks while another thread is
    /// looking would have a child in which that look never ends.
    #[pyfunction]
    fn prepare(py: Python<'_>) -> PyResult<()> {
        crate::convert::events(py)?;
        crate::error::maker(py)?;
        Ok(())
    }

    #[pymodule_export]
    use crate::bridge::Bridge;
    #[pymodule_export]
    use crate::call::Call;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::contender::Contender;
    #[pymodule_export]
    use crate::detector::Detector;
    #[pymodule_export]
    use crate::events::Events;
    #[pymodule_export]
    use crate::gate::leave;
    #[pymodule_export]
    use crate::group::Group;
    #[pymodule_export]
    use crate::handle::Handle;
    #[pymodule_export]
    use crate::log::log;
    #[pymodule_export]
    use crate::memory::Memory;
}
