//! The checks of arguments, before anything is sent.

use crate::core::{Error, ErrorKind};
use crate::proto::path;
use std::time::Duration;

/// The longest payload that is accepted.
const DATA_BYTES_MAX: usize = 1_000_000;

/// The error for an argument that can never work.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

/// The duration of an option; `name` is that of the option.
pub(super) fn check_span(name: &str, span: Duration) -> Result<(), Error> {
    let millis = span.as_millis();
    if millis == 0 || i32::try_from(millis).is_err() {
        return Err(invalid(format!(
            "the {name} is {span:?}; it must be from 1 ms to 24 days"
        )));
    }
    Ok(())
}

/// The path of a group.
pub(crate) fn check_group(group: &str) -> Result<(), Error> {
    match group {
        "/" => Err(invalid(
            "the path '/' cannot be a group's; name a znode below it",
        )),
        group => path::validate(group).map_err(invalid),
    }
}

/// Label and payload of a member.
pub(super) fn check_member(label: Option<&str>, data: &[u8]) -> Result<(), Error> {
    if let Some(label) = label {
        path::validate_label(label).map_err(invalid)?;
    }
    if data.len() > DATA_BYTES_MAX {
        return Err(invalid(format!(
            "the payload has {} bytes; at most {DATA_BYTES_MAX} are accepted",
            data.len()
        )));
    }
    Ok(())
}
