//! Requests that are too long, unreadable, or unknown.

use crate::harness::{Client, Got, Harness, UNKNOWN_OPERATION, create, get, list, ms, raw, set};
use tenure_model::ModelOutput;
use tenure_proto::{FRAME_BYTES_MAX, op};

fn world() -> (Harness, Client) {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.create("/g", b"", w.now).unwrap(); // zxid 2
    (w, a)
}

#[test]
fn a_request_may_have_almost_a_mebibyte() {
    // xid, operation, path with its length, data with its length, version.
    let room = 0xf_ffff - (4 + 4 + 4 + 2 + 4 + 4);
    let (mut w, a) = world();
    w.ask(a.conn, &set("/g", &vec![1; room], -1));
    w.send(a.conn, &set("/g", &vec![1; room + 1], -1));
    assert_eq!(w.only(a.conn), [Got::Closed]);
    let (data, stat) = w.model.node("/g").unwrap();
    assert_eq!((data.len(), stat.version), (room, 1));
}

#[test]
fn absurd_lengths_close_at_once() {
    for length in [0, -1, FRAME_BYTES_MAX as i32 + 1] {
        let (mut w, a) = world();
        w.bytes(a.conn, &length.to_be_bytes());
        assert_eq!(w.only(a.conn), [Got::Closed], "{length}");
    }
}

#[test]
fn a_request_without_a_header_closes() {
    let (mut w, a) = world();
    w.bytes(a.conn, &[0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(w.only(a.conn), [Got::Closed]);
}

#[test]
fn an_unknown_operation_is_unimplemented_and_closes() {
    let (mut w, a) = world();
    w.now = ms(1000);
    w.asked(a.conn, 7, UNKNOWN_OPERATION);
    w.bytes(a.conn, &raw(7, UNKNOWN_OPERATION, b""));
    assert_eq!(w.only(a.conn), [Got::Refused(7, -1, -6), Got::Closed]);
    assert_eq!(w.model.sessions(), [a.session], "the session lives on");
    assert_eq!(w.model.deadline(), Some(ms(5500)), "and was touched");
    assert_eq!(w.model.requests().get(&UNKNOWN_OPERATION), Some(&1));
}

#[test]
fn a_body_that_cannot_be_read_is_a_marshalling_error() {
    let (mut w, a) = world();
    for (number, operation, zxid) in [
        (1, op::GET_DATA, 2),
        (2, op::SET_DATA, 3),
        (3, op::GET_CHILDREN2, 3),
        (4, op::CREATE2, 4),
        (5, op::DELETE, 5),
    ] {
        w.asked(a.conn, number, operation);
        w.bytes(a.conn, &raw(number, operation, &[0, 0, 0, 9]));
        assert_eq!(
            w.only(a.conn),
            [Got::Refused(number, zxid, -5)],
            "{operation}"
        );
    }
    w.ask(a.conn, &get("/g", false));
    w.bytes(a.conn, &raw(-4, op::AUTH, &[]));
    assert_eq!(w.only(a.conn), [Got::Closed]);
}

/// A few names as long as a request fill a reply that is longer than any that a client accepts, and
/// cost little.
#[test]
fn a_listing_can_be_longer_than_any_frame() {
    let (mut w, a) = world();
    for n in 0..5 {
        let name = format!("/g/{n}{}", "x".repeat(900_000));
        w.ask(a.conn, &create(&name));
    }
    let mut bytes = Vec::new();
    list("/g", false).encode(9, &mut bytes);
    w.bytes(a.conn, &bytes);
    let Some(ModelOutput::Send { bytes, .. }) = w.model.poll_output() else {
        panic!("no reply");
    };
    let length = usize::try_from(i32::from_be_bytes(bytes[..4].try_into().unwrap())).unwrap();
    assert_eq!(bytes.len(), 4 + length);
    assert!(length > FRAME_BYTES_MAX, "{length}");
}
