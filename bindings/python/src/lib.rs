//! `tenure._tenure`: the extension below the Python package `tenure`. It has no interface of its own:
//! `python/tenure/` checks the arguments and documents everything.
//!
//! A handle returns [`Call`](call::Call)s; a thread waits for a call (`wait.rs`), or an event loop runs
//! it (`bridge.rs`). Wakers only write to a descriptor or unpark a thread. No thread of the library
//! enters Python, except the dispatch thread for callbacks and log lines, by one entry (`entry.rs`).
//!
//! A value loses its type and becomes a Python object in one step, where it leaves Rust: the value of a
//! call in `op.rs`, an event in `source.rs`.

mod bridge;
mod call;
mod callback;
mod classes;
mod client;
mod contender;
mod convert;
mod detector;
mod entry;
mod error;
mod events;
mod group;
mod handle;
mod known;
mod log;
mod loop_inbox;
mod loop_slot;
mod member;
mod memory;
mod mesos;
mod op;
mod options;
mod ready_fd;
mod source;
mod tls;
mod value;
mod wait;

use pyo3::prelude::*;

/// The extension below `tenure`; use `tenure`.
#[pymodule(gil_used = true)]
mod _tenure {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn version(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// Looks up everything that would otherwise be looked up at first use: if a process forked while
    /// another thread does that, the look-up would never end in the child.
    #[pyfunction]
    fn prepare(py: Python<'_>) -> PyResult<()> {
        crate::convert::classes(py)?;
        crate::member::classes(py)?;
        crate::known::classes(py)?;
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
    use crate::entry::leave;
    #[pymodule_export]
    use crate::error::make_timed_out;
    #[pymodule_export]
    use crate::events::Events;
    #[pymodule_export]
    use crate::group::Group;
    #[pymodule_export]
    use crate::handle::Handle;
    #[pymodule_export]
    use crate::log::log;
    #[pymodule_export]
    use crate::memory::Memory;
    #[pymodule_export]
    use crate::mesos::agent::Agent;
    #[pymodule_export]
    use crate::mesos::driver::Driver;
    #[pymodule_export]
    use crate::mesos::info::MasterInfo;
    #[pymodule_export]
    use crate::mesos::master::Master;
    #[pymodule_export]
    use crate::mesos::observer::Observer;
}
