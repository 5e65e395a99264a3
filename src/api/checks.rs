//! The checks of arguments, before anything is sent.

use crate::core::{ContenderSpec, Error, ErrorKind, LeasePolicy};
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

/// The bounds of `lease` and `fail_over`: three proofs must fit into a lease, and no successor waits longer than the
/// upper one.
const LEASE_MIN: Duration = Duration::from_millis(100);
const FAIL_OVER_MIN: Duration = Duration::from_millis(250);
const GUARD_MAX: Duration = crate::core::GUARD_MAX;

/// The times of a guarded lease.
pub(super) fn check_guard(spec: &ContenderSpec) -> Result<(), Error> {
    let times = [
        ("lease", spec.lease, LEASE_MIN),
        ("fail_over", spec.fail_over, FAIL_OVER_MIN),
    ];
    for (name, span, least) in times {
        let Some(span) = span else {
            continue;
        };
        if spec.policy != LeasePolicy::Guarded {
            return Err(invalid(format!(
                "`{name}` needs the policy `guarded`, and the policy is `{}`",
                spec.policy.name()
            )));
        }
        if span < least || span > GUARD_MAX {
            return Err(invalid(format!(
                "`{name}` is {span:?}; it must be from {least:?} to {GUARD_MAX:?}"
            )));
        }
    }
    match (spec.lease, spec.fail_over) {
        (Some(_), Some(_)) => Err(invalid(
            "`lease` and `fail_over` exclude each other: a lease lasts four tenths of `fail_over`",
        )),
        _ => Ok(()),
    }
}
