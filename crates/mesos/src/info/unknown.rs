//! What a payload holds beyond the known fields.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// What a message held beyond the fields that are known here, so that writing it again loses nothing. It
/// is written in the encoding that it was read from, and not in the other one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Key → the text of its value, as it was read.
    pub(super) json: BTreeMap<String, String>,
    /// Fields with their keys, as they were read.
    pub(super) protobuf: Vec<u8>,
}

impl Unknown {
    /// Whether every field was known.
    pub fn is_empty(&self) -> bool {
        self.json.is_empty() && self.protobuf.is_empty()
    }

    /// The members of a JSON object that are not known here: each key, and the JSON text of its value.
    pub fn json(&self) -> impl Iterator<Item = (&str, &str)> {
        self.json.iter().map(|(key, text)| (&**key, &**text))
    }

    /// The encoded protobuf fields that are not known here, one after the other.
    pub fn protobuf(&self) -> &[u8] {
        &self.protobuf
    }
}
