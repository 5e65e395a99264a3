//! A client, natively.

use crate::call::Call;
use crate::contender::Contender;
use crate::detector::Detector;
use crate::error::check;
use crate::group::Group;
use crate::handle::Handle;
use crate::mesos::info::MasterInfo;
use crate::options::ContenderArgument;
use crate::tls::TlsArgument;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tenure::{ClientOptions, Undertaker, Url};

/// One ZooKeeper session.
#[pyclass(frozen, extends = Handle, module = "tenure._tenure")]
pub(crate) struct Client {
    handle: Arc<tenure::Client>,
    /// `None` for a client without servers.
    url: Option<Url>,
}

#[pymethods]
impl Client {
    /// Spans are in nanoseconds. `tls` is a `tenure._tls.Tls`. `undertaker` is the path of the helper's program, and
    /// empty for the one that is installed.
    #[new]
    #[pyo3(signature = (url, session_timeout, tick, tls, undertaker))]
    fn new(
        py: Python<'_>,
        url: &str,
        session_timeout: u64,
        tick: Option<u64>,
        tls: Option<TlsArgument>,
        undertaker: Option<PathBuf>,
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
        options = options.undertaker(match undertaker {
            None => Undertaker::Off,
            Some(path) if path.as_os_str().is_empty() => Undertaker::Installed,
            Some(path) => Undertaker::At(path),
        });
        // It may wait for the start of an undertaker.
        let opened = py.detach(|| tenure::Client::open(&url, options));
        let handle = Arc::new(check(py, opened)?);
        let (base, _) = Handle::base(&handle, tenure::Client::events);
        let url = Some(url);
        Ok(base.add_subclass(Self { handle, url }))
    }

    /// A client without servers, whose leader is appointed.
    #[staticmethod]
    fn standalone(py: Python<'_>) -> PyResult<Py<Self>> {
        let handle = Arc::new(tenure::mesos::standalone());
        let (base, _) = Handle::base(&handle, tenure::Client::events);
        let url = None;
        Py::new(py, base.add_subclass(Self { handle, url }))
    }

    /// Appoints the leader of a client without servers, or none.
    fn appoint(&self, py: Python<'_>, info: Option<&MasterInfo>) -> PyResult<()> {
        let info = info.map(MasterInfo::inner);
        check(py, tenure::mesos::appoint(&self.handle, info))
    }

    /// The URL, without its password.
    #[getter]
    fn url(&self) -> String {
        let url = self.url.as_ref();
        url.map_or_else(|| "standalone".to_owned(), Url::to_string)
    }

    /// The group's path.
    #[getter]
    fn path(&self) -> &str {
        // The detectors of a client without servers report its leader whatever their group is.
        self.url.as_ref().map_or("/mesos", Url::path)
    }

    /// `options` is a `tenure._options.ContenderOptions`.
    fn contend(
        &self,
        py: Python<'_>,
        path: &str,
        options: ContenderArgument,
    ) -> PyResult<Py<Contender>> {
        let contender = self.handle.contend(options.into_options(path));
        Contender::new(py, check(py, contender)?)
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
        let counters = PyDict::new(py);
        for (name, count) in self.handle.metrics().iter() {
            counters.set_item(name, count)?;
        }
        Ok(counters)
    }
}
