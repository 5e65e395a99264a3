//! `MasterInfo`: the payload by which a Mesos master presents itself in ZooKeeper.
//!
//! The label of a member (the part of its name before `_`) decides how its payload is encoded
//! (Mesos `master/detector/zookeeper.cpp`):
//!
//! | label | payload | written by |
//! |---|---|---|
//! | `json.info` | JSON | Mesos 0.24 and newer, and by [`MasterInfo::encode`] |
//! | `info` | protobuf | Mesos before 0.24 |
//! | none | the text `master@IP:PORT` | the oldest Mesos |
//!
//! ```
//! use tenure_mesos::info::{LABEL, MasterInfo, decode};
//!
//! let address = "10.10.1.105:5050".parse()?;
//! let own = MasterInfo::new("3f0f2b7e", address, "m1.example.com", "1.12.0");
//! let payload = own.encode()?; // for a contender with the label LABEL
//! assert_eq!(decode(Some(LABEL), &payload)?, own);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A payload that cannot be read is a [`DecodeError`] that says which rule it breaks; the bytes stay with
//! the caller. Nothing here panics or recurses on what a stranger wrote, and [`PAYLOAD_BYTES_MAX`] and
//! [`NESTING_MAX`] bound the work.
//!
//! What a payload holds beyond the fields that are known here is kept beside them ([`Unknown`]), and
//! written again in the same encoding.

mod encode;
mod error;
mod ip;
mod json;
mod protobuf;
mod text;
mod types;
mod unknown;

pub use encode::EncodeError;
pub use error::{DecodeError, Fault};
pub use ip::{ip_from_number, ip_to_number};
pub use types::{Address, Capability, CapabilityKind, Domain, FaultDomain, MasterInfo, Place};
pub use unknown::Unknown;

/// The label of a member whose payload is JSON: for every new contender. It has a dot because Mesos
/// splits names at `_` (Mesos `master/constants.hpp`, `MASTER_INFO_JSON_LABEL`).
pub const LABEL: &str = "json.info";

/// The label of a member whose payload is protobuf. Mesos reads it and no longer writes it (Mesos
/// `master/constants.hpp`, `MASTER_INFO_LABEL`).
pub const LABEL_PROTOBUF: &str = "info";

/// The port of a Mesos master that was given none (Mesos `mesos.proto`, the default of
/// `MasterInfo.port`).
pub const PORT_DEFAULT: u16 = 5050;

/// The longest payload that is read or written, in bytes: no server accepts a longer one unless its
/// `jute.maxbuffer` was raised.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;

/// How deep the arrays and objects of a JSON payload may be nested (Mesos `stout/json.hpp`,
/// `STOUT_JSON_MAX_DEPTH`).
pub const NESTING_MAX: usize = 200;

/// Whether a member with this label presents itself as a Mesos master by its name alone. A member
/// without a label may be one of the oldest masters, or another program's.
pub fn is_label(label: &str) -> bool {
    label == LABEL || label == LABEL_PROTOBUF
}

/// Reads the payload `data` of a member with this label, by the rules of Mesos's detector (Mesos
/// `master/detector/zookeeper.cpp`).
///
/// Text without a label differs from Mesos: text that is not `master@IP:PORT` is an error, where Mesos
/// reads a master at 0.0.0.0:0; and the id that is made for it has no random part, so reading the same
/// znode twice gives the same master.
///
/// # Errors
/// If the label is none of Mesos's, or `data` breaks a rule of its encoding. The error names the field,
/// and lists all required fields that are missing.
pub fn decode(label: Option<&str>, data: &[u8]) -> Result<MasterInfo, DecodeError> {
    if data.len() > PAYLOAD_BYTES_MAX {
        return Err(DecodeError::too_large(data.len()));
    }
    match label {
        None => text::read(data),
        Some(LABEL) => json::read(data),
        Some(LABEL_PROTOBUF) => protobuf::read(data),
        Some(other) => Err(DecodeError::unknown_label(other)),
    }
}

impl MasterInfo {
    /// The JSON, byte for byte as a Mesos master writes it: keys in alphabetical order at each level, no
    /// blanks, only the fields that are set, and the escapes of its writer (Mesos
    /// `master/contender/zookeeper.cpp`, `stout/json.hpp`). Unknown members are at their place in that
    /// order, with the text that they had.
    pub fn to_json(&self) -> alloc::string::String {
        json::write(self)
    }

    /// The protobuf of the label `info`: known fields in the order of their numbers, then unknown ones.
    pub fn to_protobuf(&self) -> alloc::vec::Vec<u8> {
        protobuf::write(self)
    }
}
