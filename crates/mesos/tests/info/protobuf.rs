//! The rules of proto2, and bytes that are none.

use crate::golden::{real, vectors};
use crate::{from_protobuf, refused};
use tenure_mesos::info::{
    DecodeError, Fault, LABEL_PROTOBUF, MasterInfo, PAYLOAD_BYTES_MAX, decode,
};

/// id "a", ip 1, port 2.
const SMALL: [u8; 7] = [0x0a, 1, b'a', 0x10, 1, 0x18, 2];

fn read(bytes: &[u8]) -> Result<MasterInfo, DecodeError> {
    decode(Some(LABEL_PROTOBUF), bytes)
}

fn with(more: &[u8]) -> Vec<u8> {
    [&SMALL, more].concat()
}

#[test]
fn every_vector_that_is_cut_off_is_refused_or_lacks_whole_fields() {
    for (name, protobuf, _) in vectors() {
        let whole = from_protobuf(&protobuf);
        for end in 0..protobuf.len() {
            match read(&protobuf[..end]) {
                // Between two fields: what is left is what it says.
                Ok(info) => {
                    assert_eq!(info.to_protobuf(), protobuf[..end], "{name} {end}");
                    assert_ne!(info, whole, "{name} {end}");
                }
                Err(error) => {
                    let faults = [Fault::Malformed, Fault::Missing];
                    assert!(faults.contains(&error.fault()), "{name} {end}: {error}");
                }
            }
        }
    }
    let protobuf = real().to_protobuf();
    let cut = &protobuf[..protobuf.len() - 1];
    refused(read(cut), Fault::Malformed, &["cut off or damaged"]);
}

#[test]
fn required_fields_that_are_missing_are_all_named() {
    refused(read(&[]), Fault::Missing, &[": id, ip, port"]);
    refused(read(&SMALL[..3]), Fault::Missing, &[": ip, port"]);
    refused(read(&with(&[0x3a, 0])), Fault::Missing, &[": address.port"]);
    let places = ": domain.fault_domain.region, domain.fault_domain.zone";
    refused(read(&with(&[0x42, 2, 0x0a, 0])), Fault::Missing, &[places]);
    let names = [0x42, 6, 0x0a, 4, 0x0a, 0, 0x12, 0];
    let words = ": domain.fault_domain.region.name, domain.fault_domain.zone.name";
    refused(read(&with(&names)), Fault::Missing, &[words]);
    // A field of another wire type is not the field.
    refused(
        read(&[0x0a, 1, b'a', 0x12, 0, 0x18, 2]),
        Fault::Missing,
        &[": ip"],
    );
}

#[test]
fn the_last_of_a_field_counts_and_messages_are_merged() {
    let twice = with(&[0x0a, 1, b'b', 0x2a, 1, b'x', 0x2a, 1, b'y']);
    let info = from_protobuf(&twice);
    assert_eq!((&*info.id, info.hostname.as_deref()), ("b", Some("y")));
    let merged = with(&[0x3a, 3, 0x0a, 1, b'h', 0x3a, 2, 0x18, 7]);
    let address = from_protobuf(&merged).address.unwrap();
    assert_eq!((address.hostname.as_deref(), address.port), (Some("h"), 7));
}

#[test]
fn ports_and_texts_that_are_none_are_refused_by_name() {
    let port = [0x0a, 1, b'a', 0x10, 1, 0x18, 0x80, 0x80, 4];
    refused(
        read(&port),
        Fault::WrongType,
        &["\"port\"", "65536", "65535"],
    );
    let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    let address = [&[0x3a, 11, 0x18], &minus_one[..]].concat();
    refused(
        read(&with(&address)),
        Fault::WrongType,
        &["\"address.port\""],
    );
    for (field, bytes) in [
        ("id", &[0x0a, 1, 0xff][..]),
        ("pid", &[0x22, 1, 0xff]),
        ("hostname", &[0x2a, 1, 0xff]),
        ("version", &[0x32, 1, 0xff]),
        ("address.hostname", &[0x3a, 3, 0x0a, 1, 0xff]),
        ("address.ip", &[0x3a, 3, 0x12, 1, 0xff]),
        (
            "domain.fault_domain.region.name",
            &[0x42, 7, 0x0a, 5, 0x0a, 3, 0x0a, 1, 0xff],
        ),
        (
            "domain.fault_domain.zone.name",
            &[0x42, 7, 0x0a, 5, 0x12, 3, 0x0a, 1, 0xff],
        ),
    ] {
        let named = format!("{field:?}");
        refused(read(&with(bytes)), Fault::WrongType, &[&named, "UTF-8"]);
    }
    // A parser takes the lower half of a number that is too long.
    let mut long = SMALL.to_vec();
    long.splice(4..5, [0x81, 0x80, 0x80, 0x80, 0x10]);
    assert_eq!(from_protobuf(&long).ip, 1);
}

#[test]
fn damaged_bytes_and_bombs_are_refused() {
    let groups = vec![0x7b; 100_000];
    for bytes in [
        &[0xff][..],
        &[0x00, 0x00],
        &[0x0e, 0x00],
        &[0x7c],
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[
            0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ],
        &[
            0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01,
        ],
        &[0x3a, 2, 0x0a, 5],
        &[0x42, 2, 0x0a, 5],
        &[0x4a, 2, 0x0a, 5],
        &groups,
        b"master@10.0.0.1:5050",
    ] {
        refused(
            read(&with(bytes)),
            Fault::Malformed,
            &["cut off or damaged"],
        );
    }
    let long = vec![0; PAYLOAD_BYTES_MAX + 1];
    refused(read(&long), Fault::TooLarge, &["1048577", "1048576"]);
}
