//! The payload of a new contender.

use super::{MasterInfo, PAYLOAD_BYTES_MAX};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;

/// Why a `MasterInfo` must not be written for others to read, in a sentence that says what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(String);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for EncodeError {}

impl MasterInfo {
    /// The payload of a contender with the label [`LABEL`](super::LABEL): JSON.
    ///
    /// Readers differ in the fields that they look at: Mesos's web page redirects to `hostname` and
    /// `port`, its agents connect to `pid`, other programs read `address`, `ip` or `port` alone. So a
    /// contender's `MasterInfo` must have all of them, and they must agree; [`new`](Self::new) makes one.
    ///
    /// # Errors
    /// If it lacks one of `id`, `pid`, `hostname`, `version`, `address`, `address.ip` and
    /// `address.hostname`, if `ip` or `port` differ from those of `address` or `pid`, or if the payload
    /// would be longer than [`PAYLOAD_BYTES_MAX`].
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let absent = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
        let address = self.address.as_ref();
        let lacks = [
            ("id", self.id.is_empty()),
            ("pid", absent(&self.pid)),
            ("hostname", absent(&self.hostname)),
            ("version", absent(&self.version)),
            ("address", address.is_none()),
            ("address.ip", address.is_some_and(|a| absent(&a.ip))),
            (
                "address.hostname",
                address.is_some_and(|a| absent(&a.hostname)),
            ),
        ];
        let lacks: Vec<&str> = lacks
            .into_iter()
            .filter_map(|(name, lacks)| lacks.then_some(name))
            .collect();
        if !lacks.is_empty() {
            return Err(EncodeError(format!(
                "a contender's MasterInfo must also have {}: other readers of its znode rely on them",
                lacks.join(", ")
            )));
        }
        let (ip, port) = (self.ipv4(), self.port);
        let same = address.is_some_and(|address| {
            address.ip.as_deref().map(str::parse::<Ipv4Addr>) == Some(Ok(ip))
                && address.port == port
        });
        if !same {
            return Err(EncodeError(format!(
                "the fields address.ip and address.port of a contender's MasterInfo must be those of its \
                 fields ip and port, {ip}:{port}: readers use one or the other"
            )));
        }
        let behind_at = self.pid.as_deref().and_then(|pid| pid.split_once('@'));
        if behind_at.map(|(_, address)| address) != Some(&*format!("{ip}:{port}")) {
            return Err(EncodeError(format!(
                "the field pid of a contender's MasterInfo must be master@{ip}:{port}, as its fields ip and \
                 port say"
            )));
        }
        let json = self.to_json().into_bytes();
        if json.len() > PAYLOAD_BYTES_MAX {
            return Err(EncodeError(format!(
                "a contender's MasterInfo has {} bytes, and must have at most {PAYLOAD_BYTES_MAX}",
                json.len()
            )));
        }
        Ok(json)
    }
}
