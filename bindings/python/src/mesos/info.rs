//! `MasterInfo`, natively.

use crate::error::{check, invalid, unexpected};
use pyo3::prelude::*;
use std::net::SocketAddrV4;
use tenure::mesos::MasterEvent;
use tenure::mesos::info::{self, CapabilityKind, Domain, FaultDomain, LABEL, LABEL_PROTOBUF};
use tenure::{DetectorEvent, Leader, Member, Time};

/// What a master says of itself. It never changes.
#[pyclass(frozen, eq, module = "tenure._tenure")]
#[derive(PartialEq)]
pub(crate) struct MasterInfo(info::MasterInfo);

impl MasterInfo {
    pub(crate) fn inner(&self) -> &info::MasterInfo {
        &self.0
    }

    fn fault_domain(&self) -> Option<&FaultDomain> {
        self.0.domain.as_ref()?.fault_domain.as_ref()
    }
}

/// A capability by the name that Mesos gives it.
fn capability(py: Python<'_>, name: &str) -> PyResult<info::Capability> {
    let known = CapabilityKind::OF_MESOS;
    match known.into_iter().find(|kind| kind.name() == name) {
        Some(kind) => Ok(kind.into()),
        None => {
            let known = known.map(CapabilityKind::name).join(", ");
            let why = format!("capabilities must be some of {known}, not {name:?}");
            Err(invalid(py, why))
        }
    }
}

#[pymethods]
impl MasterInfo {
    /// `domain` is a region and a zone.
    #[new]
    #[pyo3(signature = (id, address, hostname, version, domain, capabilities))]
    fn new(
        py: Python<'_>,
        id: &str,
        address: &str,
        hostname: &str,
        version: &str,
        domain: Option<(String, String)>,
        capabilities: Vec<String>,
    ) -> PyResult<Self> {
        let at: SocketAddrV4 = address
            .parse()
            .ok()
            .filter(|at: &SocketAddrV4| at.port() != 0 && !at.ip().is_unspecified())
            .ok_or_else(|| {
                let why = "address must be the IPv4:PORT of the master, as in 10.0.0.1:5050, not";
                invalid(py, format!("{why} {address:?}"))
            })?;
        let mut made = info::MasterInfo::new(id, at, hostname, version);
        made.domain = domain.map(|(region, zone)| Domain::of(region, zone));
        let names = capabilities.iter();
        let capabilities: PyResult<_> = names.map(|name| capability(py, name)).collect();
        made.capabilities = capabilities?;
        made.encode().map_err(|error| invalid(py, error))?;
        Ok(Self(made))
    }

    /// Reads the payload of a member by its label.
    #[staticmethod]
    #[pyo3(signature = (label, data))]
    fn decode(py: Python<'_>, label: Option<&str>, data: Vec<u8>) -> PyResult<Self> {
        let read = info::decode(label, &data);
        read.map(Self).map_err(|error| invalid(py, error))
    }

    /// Reads the payload of a leader.
    #[staticmethod]
    fn of_leader(
        py: Python<'_>,
        path: String,
        label: Option<String>,
        token: u64,
        data: Vec<u8>,
    ) -> PyResult<Self> {
        // Neither the number nor the time counts.
        let member = Member {
            path,
            label,
            sequence: 0,
            token,
        };
        let as_of = Time::default();
        let leader = Leader {
            member,
            data,
            as_of,
        };
        match MasterEvent::of(DetectorEvent::Leader(leader)) {
            MasterEvent::Leader(master) => Ok(Self(master.info)),
            MasterEvent::Undecodable { error, .. } => Err(invalid(py, error)),
            other => check(py, Err(unexpected(&other))),
        }
    }

    /// The payload of a contender.
    fn payload(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        self.0.encode().map_err(|error| invalid(py, error))
    }

    /// A label and a payload from which `decode` makes an equal one.
    fn source(&self) -> (&'static str, Vec<u8>) {
        let json = self.0.to_json().into_bytes();
        match info::decode(Some(LABEL), &json) {
            Ok(read) if read == self.0 => (LABEL, json),
            _ => (LABEL_PROTOBUF, self.0.to_protobuf()),
        }
    }

    fn json(&self) -> String {
        self.0.to_json()
    }

    fn is_same(&self, other: &Self) -> bool {
        self.0.is_same_master(&other.0)
    }

    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The address from which its messages come.
    #[getter]
    fn address(&self) -> String {
        self.0.sender_address()
    }

    #[getter]
    fn ip(&self) -> String {
        self.0.ipv4().to_string()
    }

    #[getter]
    fn host(&self) -> String {
        self.0.host()
    }

    #[getter]
    fn port(&self) -> u16 {
        self.0.tcp_port()
    }

    #[getter]
    fn hostname(&self) -> Option<&str> {
        self.0.hostname.as_deref()
    }

    #[getter]
    fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    #[getter]
    fn pid(&self) -> Option<&str> {
        self.0.pid.as_deref()
    }

    #[getter]
    fn region(&self) -> Option<&str> {
        self.fault_domain()
            .map(|domain| domain.region.name.as_str())
    }

    #[getter]
    fn zone(&self) -> Option<&str> {
        self.fault_domain().map(|domain| domain.zone.name.as_str())
    }

    /// The names of the capabilities that are known here.
    #[getter]
    fn capabilities(&self) -> Vec<&'static str> {
        let kinds = self.0.capabilities.iter().filter_map(|one| one.kind);
        kinds.map(CapabilityKind::name).collect()
    }
}
