//! `MasterInfo`, the payload of a Mesos master: the label, then the payload.

use tenure_mesos::info::{self, LABEL, LABEL_PROTOBUF};

pub(crate) fn run(data: &[u8]) {
    let Some((label, data)) = data.split_first() else {
        return;
    };
    let label = match label {
        b'j' => Some(LABEL),
        b'p' => Some(LABEL_PROTOBUF),
        b't' => None,
        _ => Some("other"),
    };
    let read = match info::decode(label, data) {
        Ok(read) => read,
        Err(error) => {
            let message = error.message();
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(message.len() < 1000, "{message:?}");
            return;
        }
    };
    assert_ne!(label, Some("other"));
    // What was read is the same when it is written and read again, unknown fields included.
    let again = match label {
        Some(LABEL_PROTOBUF) => info::decode(label, &read.to_protobuf()),
        _ => info::decode(Some(LABEL), read.to_json().as_bytes()),
    };
    assert_eq!(again.as_ref(), Ok(&read));
    // The other encoding has all known fields, so both have the same master.
    let crossed = match label {
        Some(LABEL_PROTOBUF) => info::decode(Some(LABEL), read.to_json().as_bytes()),
        _ => info::decode(Some(LABEL_PROTOBUF), &read.to_protobuf()),
    };
    let crossed = crossed.unwrap_or_else(|error| panic!("{read:?}: {error}"));
    assert_eq!(crossed.host(), read.host());
    assert_eq!(crossed.id, read.id);
    if let Ok(payload) = read.encode() {
        assert_eq!(payload, read.to_json().as_bytes());
    }
}
