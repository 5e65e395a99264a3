//! `MasterInfo`: golden vectors, Mesos's rules of reading, and whatever bytes a stranger may write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

mod any;
mod encode;
mod golden;
mod json;
mod protobuf;
mod text;

use tenure_mesos::info::{DecodeError, Fault, LABEL, LABEL_PROTOBUF, MasterInfo, decode};

/// The bytes of a golden file.
const REAL: &str = include_str!("../golden/mesos-1.12.json");

#[track_caller]
fn from_json(text: &str) -> MasterInfo {
    decode(Some(LABEL), text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn from_protobuf(bytes: &[u8]) -> MasterInfo {
    decode(Some(LABEL_PROTOBUF), bytes).unwrap_or_else(|error| panic!("{bytes:?}: {error}"))
}

/// The error has this fault, and names all of these words.
#[track_caller]
fn refused(result: Result<MasterInfo, DecodeError>, fault: Fault, words: &[&str]) {
    let error = result.expect_err("it was read");
    assert_eq!(error.fault(), fault, "{error}");
    for word in words {
        assert!(error.message().contains(word), "{error} lacks {word:?}");
    }
    assert!(error.message().len() < 500, "{error}");
}
