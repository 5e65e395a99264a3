//! A reader of the bytes on a connection that shares no code with the library's decoders: a mistake
//! in those must not hide itself.

use tenure::proto::{op, xid};

/// The big-endian number of four bytes at this place.
#[must_use]
pub fn int(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at + 4)?;
    Some(i32::from_be_bytes(four.try_into().ok()?))
}

/// The big-endian number of eight bytes at this place.
#[must_use]
pub fn long(bytes: &[u8], at: usize) -> Option<i64> {
    let eight = bytes.get(at..at + 8)?;
    Some(i64::from_be_bytes(eight.try_into().ok()?))
}

/// The bodies of whole frames, without their lengths; leaves out the bytes after the last whole
/// one.
#[must_use]
pub fn bodies(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(length) = int(bytes, 0).and_then(|n| usize::try_from(n).ok()) {
        let Some(body) = bytes.get(4..4 + length) else {
            break;
        };
        found.push(body);
        bytes = &bytes[4 + length..];
    }
    found
}

/// The length and the beginning of some bytes, which distinguish them from others.
pub(crate) fn beginning(bytes: &[u8]) -> (usize, &[u8]) {
    (bytes.len(), &bytes[..bytes.len().min(4096)])
}

/// The content of some frames in words; `up` if a client has sent them.
pub(crate) fn words(bytes: &[u8], up: bool) -> String {
    let words = bodies(bytes).into_iter().map(|body| {
        let (number, second) = (int(body, 0).unwrap_or(0), int(body, 4).unwrap_or(0));
        match (number, up) {
            (xid::PING, _) => "ping".to_owned(),
            (xid::NOTIFICATION, false) => "event".to_owned(),
            (0, true) => "handshake".to_owned(),
            (0, false) => "handshake reply".to_owned(),
            (number, true) => format!("{} #{number}", name(second)),
            (number, false) => format!("reply #{number} err {}", int(body, 12).unwrap_or(0)),
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn name(operation: i32) -> &'static str {
    match operation {
        op::CREATE | op::CREATE2 => "create",
        op::DELETE => "delete",
        op::EXISTS => "exists",
        op::GET_DATA => "getData",
        op::SET_DATA => "setData",
        op::SYNC => "sync",
        op::GET_CHILDREN2 => "getChildren",
        op::MULTI => "proof",
        op::GET_EPHEMERALS => "getEphemerals",
        op::CLOSE_SESSION => "closeSession",
        _ => "request",
    }
}
