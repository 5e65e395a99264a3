//! Why a payload is no `MasterInfo`.

use super::{LABEL, LABEL_PROTOBUF, NESTING_MAX, PAYLOAD_BYTES_MAX};
use alloc::format;
use alloc::string::String;
use core::fmt;

/// How much of a stranger's text an error shows, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// The rule that a payload breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The label is none of Mesos's.
    UnknownLabel,
    /// It is longer or deeper nested than is read.
    TooLarge,
    /// It does not have the form of its encoding.
    Malformed,
    /// A field has another type than Mesos gives it, or a value outside of its range.
    WrongType,
    /// Required fields are missing.
    Missing,
}

/// Why a payload is no `MasterInfo`, in a sentence that says what must change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    fault: Fault,
    message: String,
}

impl DecodeError {
    /// The rule that the payload breaks.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The sentence. It quotes what was read, escaped and shortened.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn new(fault: Fault, message: String) -> Self {
        Self { fault, message }
    }

    pub(super) fn unknown_label(label: &str) -> Self {
        let label = shown(label);
        Self::new(
            Fault::UnknownLabel,
            format!(
                "the label {label} is none of Mesos's ({LABEL:?}, {LABEL_PROTOBUF:?}, or no label): \
                 delete this member, or move it to a group of its own"
            ),
        )
    }

    pub(super) fn too_large(bytes: usize) -> Self {
        Self::new(
            Fault::TooLarge,
            format!(
                "MasterInfo has {bytes} bytes, and must have at most {PAYLOAD_BYTES_MAX}: its master must \
                 write less"
            ),
        )
    }

    pub(super) fn too_deep() -> Self {
        Self::new(
            Fault::TooLarge,
            format!(
                "MasterInfo in JSON is nested deeper than {NESTING_MAX} levels: its master must write less"
            ),
        )
    }

    /// `why` continues "MasterInfo".
    pub(super) fn malformed(why: impl fmt::Display) -> Self {
        Self::new(Fault::Malformed, format!("MasterInfo {why}"))
    }

    /// `must` continues "must be".
    pub(super) fn wrong_type(field: &str, must: impl fmt::Display, is: impl fmt::Display) -> Self {
        Self::new(
            Fault::WrongType,
            format!("MasterInfo: the field {field:?} must be {must}, and is {is}"),
        )
    }

    pub(super) fn missing(fields: &[String]) -> Self {
        let fields = fields.join(", ");
        Self::new(
            Fault::Missing,
            format!("MasterInfo lacks required fields, which its master must write: {fields}"),
        )
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for DecodeError {}

/// A stranger's text, quoted, escaped and short.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
