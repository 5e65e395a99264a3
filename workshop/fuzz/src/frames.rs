//! Records of the protocol, as a server or a client might send them.

use tenure::proto::{
    ConnectRequest, ConnectResponse, DecodeError, FRAME_BYTES_MAX, Frame, FrameDecoder, Reader,
    ReplyHeader, Request, Response, WatchEvent, op,
};

/// Operations whose replies differ.
const REPLIES: &[i32] = &[
    op::CREATE,
    op::CREATE2,
    op::EXISTS,
    op::GET_DATA,
    op::GET_CHILDREN2,
    op::GET_ACL,
    op::ADD_WATCH,
    op::SYNC,
    op::GET_EPHEMERALS,
    op::MULTI,
    op::PING,
];

/// The first byte gives the kind of the rest: a stream of frames, or one record.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, body)) = data.split_first() else {
        return;
    };
    match kind % 5 {
        0 => stream(body),
        1 => again(
            ConnectRequest::decode(body),
            ConnectRequest::encode,
            ConnectRequest::decode,
        ),
        2 => again(
            ConnectResponse::decode(body),
            ConnectResponse::encode,
            ConnectResponse::decode,
        ),
        3 => {
            if let Ok((xid, Ok(request))) = Request::decode(body) {
                again(
                    Ok((xid, Ok(request))),
                    |(xid, request), out| request.as_ref().unwrap().encode(*xid, out),
                    Request::decode,
                );
            }
        }
        _ => reply(body),
    }
}

/// A record that was read is written, and read again: the same.
fn again<T: PartialEq + std::fmt::Debug>(
    read: Result<T, DecodeError>,
    write: impl Fn(&T, &mut Vec<u8>),
    read_again: impl Fn(&[u8]) -> Result<T, DecodeError>,
) {
    let Ok(value) = read else { return };
    let mut frame = Vec::new();
    write(&value, &mut frame);
    assert_eq!(read_again(&frame[4..]), Ok(value));
}

/// A reply or an event, as each possible kind of reply.
fn reply(body: &[u8]) {
    const HEADER: usize = 16;
    let mut reader = Reader::new(body);
    let Ok(header) = ReplyHeader::decode(&mut reader) else {
        return;
    };
    let rest = &body[HEADER..];
    if let Ok(Some(event)) = WatchEvent::decode(&mut Reader::new(rest)) {
        again(
            Ok(Some(event)),
            |event, out| event.as_ref().unwrap().encode(header.zxid, out),
            |frame| WatchEvent::decode(&mut Reader::new(&frame[HEADER..])),
        );
    }
    for number in REPLIES {
        again(
            Response::decode(*number, &mut Reader::new(rest)),
            |response, out| response.encode(header, "/path", out),
            |frame| Response::decode(*number, &mut Reader::new(&frame[HEADER..])),
        );
    }
}

/// Whole or in pieces, a stream has the same frames, and ends at the same error; so does a reader
/// that skips long frames.
fn stream(bytes: &[u8]) {
    let whole = heads(std::iter::once(bytes));
    assert_eq!(heads(bytes.chunks(1)), whole, "one by one");
    let whole = frames(std::iter::once(bytes));
    let size = bytes.first().map_or(1, |first| usize::from(*first).max(1));
    for size in [1, size] {
        assert_eq!(frames(bytes.chunks(size)), whole, "in pieces of {size}");
    }
    let (found, _) = &whole;
    assert!(
        found
            .iter()
            .all(|f| !f.is_empty() && f.len() <= FRAME_BYTES_MAX)
    );
    assert!(found.iter().map(|f| f.len() + 4).sum::<usize>() <= bytes.len());
}

fn frames<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<String>) {
    let (mut decoder, mut found) = (FrameDecoder::default(), Vec::new());
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => found.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => return (found, Some(error.to_string())),
            }
        }
    }
    (found, None)
}

/// The length of each frame, and its beginning.
fn heads<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<(usize, Vec<u8>)>, bool) {
    let (mut decoder, mut found) = (FrameDecoder::default(), Vec::new());
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_within(64) {
                Ok(Some(Frame::Whole(body))) => found.push((body.len(), body.to_vec())),
                Ok(Some(Frame::TooLong { bytes, head })) => found.push((bytes, head.to_vec())),
                Ok(None) => break,
                Err(_) => return (found, true),
            }
        }
    }
    (found, false)
}
