//! A client, natively.

use crate::call::Call;
use crate::contender::Contender;
use crate::detector::Detector;
use crate::error::check;
use crate::group::Group;
use crate::handle::Handle;
use crate::tls::TlsArgument;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;
use std::time::Duration;
use tenure::{ClientOptions, ContenderOptions, Error, ErrorKind, LeasePolicy, Reenrol, Url};

/// One ZooKeeper session.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Client {
    handle: Arc<tenure::Client>,
    url: Url,
}

#[pymethods]
impl Client {
    /// Spans are in nanoseconds. `tls` is a `tenure._tls.Tls`.
    #[new]
    #[pyo3(signature = (url, session_timeout, tick, tls))]
    fn new(
        py: Python<'_>,
        url: &str,
        session_timeout: u64,
        tick: Option<u64>,
        tls: Option<TlsArgument>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let url = check(py, Url::parse(url))?;
        let mut options =
            ClientOptions::default().session_timeout(Duration::from_nanos(session_timeout));
        if let Some(tick) = tick {
            options = options.tick(Duration::from_nanos(tick));
        }
        if let Some(tls) = tls {
            options = options.tls(tls.into());
        }
        let handle = Arc::new(check(py, tenure::Client::open(&url, options))?);
        let (base, _) = Handle::base(&handle, tenure::Client::events);
        Ok(base.add_subclass(Self { handle, url }))
    }

    /// The URL, without its password.
    #[getter]
    fn url(&self) -> String {
        self.url.to_string()
    }

    /// The group's path.
    #[getter]
    fn path(&self) -> &str {
        self.url.path()
    }

    #[pyo3(signature = (path, label, data, policy, reenrol, warm))]
    #[allow(clippy::too_many_arguments)] // one for each option; python/tenure names them
    fn contend(
        &self,
        py: Python<'_>,
        path: &str,
        label: Option<&str>,
        data: Vec<u8>,
        policy: &str,
        reenrol: bool,
        warm: bool,
    ) -> PyResult<Py<Contender>> {
        let mut options = ContenderOptions::new(path)
            .data(data)
            .warm(warm)
            .reenrol(if reenrol {
                Reenrol::Always
            } else {
                Reenrol::Never
            })
            .policy(check(py, policy_of(policy))?);
        if let Some(label) = label {
            options = options.label(label);
        }
        Contender::new(py, check(py, self.handle.contend(options))?)
    }

    fn detect(&self, py: Python<'_>, path: &str) -> PyResult<Py<Detector>> {
        Detector::new(py, check(py, self.handle.detect(path))?)
    }

    fn group(&self, py: Python<'_>, path: &str) -> PyResult<Py<Group>> {
        Group::new(py, check(py, self.handle.group(path))?)
    }

    fn close(&self) -> Call {
        let closing = self.handle.close();
        Call::new(closing)
    }

    /// The counters, by name.
    fn metrics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let now = self.handle.metrics();
        let counters = PyDict::new(py);
        for (name, count) in [
            ("connections", now.connections),
            ("failed_attempts", now.failed_attempts),
            ("suspensions", now.suspensions),
            ("sessions_confirmed", now.sessions_confirmed),
            ("sessions_expired", now.sessions_expired),
            ("bytes_sent", now.bytes_sent),
            ("bytes_received", now.bytes_received),
            ("events", now.events),
            ("leaderships", now.leaderships),
            ("leaderships_ended", now.leaderships_ended),
            ("renewals", now.renewals),
            ("handles", now.handles),
            ("calls", now.calls),
        ] {
            counters.set_item(name, count)?;
        }
        Ok(counters)
    }
}

/// The policy of this name: `tenure.Policy` lists the names.
fn policy_of(name: &str) -> Result<LeasePolicy, Error> {
    match name {
        "verified" => Ok(LeasePolicy::Verified),
        "strict" => Ok(LeasePolicy::Strict),
        "session" => Ok(LeasePolicy::Session),
        _ => {
            let message = format!("policy {name:?} is unknown to the extension");
            Err(Error::new(ErrorKind::InvalidInput, message))
        }
    }
}
