//! The text form of the oldest masters: a PID, `master@IP:PORT`, without a label.

use super::error::shown;
use super::{DecodeError, MasterInfo};
use alloc::format;
use core::net::SocketAddrV4;

pub(super) fn read(data: &[u8]) -> Result<MasterInfo, DecodeError> {
    let Ok(text) = core::str::from_utf8(data) else {
        return Err(DecodeError::malformed(
            "without a label must be the text master@IP:PORT, and is no text",
        ));
    };
    // Mesos takes the first word (libprocess `pid.cpp`).
    let pid = text.trim_ascii();
    let wrong = |must: &str| {
        let text = shown(text);
        Err(DecodeError::malformed(format!(
            "without a label must be the text master@IP:PORT, and is {text}: {must}"
        )))
    };
    let Some((name, address)) = pid.split_once('@') else {
        return wrong("it has no @");
    };
    // Other groups have members of this form, too: `log-replica(1)@IP:PORT`.
    if name != "master" && !name.starts_with("master(") {
        return wrong("it is no master's");
    }
    let Ok(address) = address.parse::<SocketAddrV4>() else {
        return wrong("it must have an IPv4 address and a port behind the @");
    };
    Ok(MasterInfo::of_pid(pid, address, None))
}
