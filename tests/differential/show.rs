//! A frame as text that must be the same on both sides.

use crate::pair::{Frame, Pair};
use tenure::proto::{Reader, ReplyHeader, Request, Response, Stat, WatchEvent, xid};

/// The first zxid of one side.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Start(pub(crate) i64);

impl Start {
    fn of(self, zxid: i64) -> i64 {
        if zxid > 0 { zxid - self.0 } else { zxid }
    }

    /// The request for that side: a number that counts from the start becomes a zxid there.
    pub(crate) fn place(self, request: &Request) -> Request {
        let mut request = request.clone();
        if let Request::SetWatches(lost) | Request::SetWatches2(lost) = &mut request {
            lost.since += self.0;
        }
        request
    }
}

/// The frame, as an answer to this operation.
pub(crate) fn show(pair: &Pair, start: Start, operation: i32, frame: &Frame) -> String {
    let Some(frame) = frame else {
        return "closed".to_owned();
    };
    let mut r = Reader::new(frame);
    let ReplyHeader { xid, zxid, err } = ReplyHeader::decode(&mut r).unwrap();
    let zxid = start.of(zxid);
    if xid == xid::NOTIFICATION {
        // Events of 3.9 carry a zxid, which no client needs, and those before, and the model's,
        // none.
        let event = WatchEvent::decode(&mut r).unwrap();
        return format!("event: {event:?}, {}", r.is_empty());
    }
    if err != 0 {
        return format!("{xid} at {zxid}: error {err}, {}", r.is_empty());
    }
    let bodiless = xid == xid::PING || xid == xid::AUTH;
    let operation = if bodiless { 11 } else { operation };
    let mut response = Response::decode(operation, &mut r).unwrap();
    let owners = normalise(pair, start, &mut response);
    format!(
        "{xid} at {zxid}: {response:?}, owned by {owners:?}, {}",
        r.is_empty()
    )
}

/// Removes the values that may differ; replaces owners by names.
fn normalise(pair: &Pair, start: Start, response: &mut Response) -> Vec<String> {
    match response {
        Response::Created { stat, .. } | Response::Stat(stat) | Response::Data { stat, .. } => {
            vec![plain(pair, start, stat)]
        }
        Response::Children { children, stat } => {
            children.sort();
            vec![plain(pair, start, stat)]
        }
        Response::Ephemerals(paths) => {
            paths.sort();
            Vec::new()
        }
        Response::Multi(results) => results
            .iter_mut()
            .filter_map(|result| result.as_mut().ok())
            .flat_map(|response| normalise(pair, start, response))
            .collect(),
        Response::Acl { acl, stat } => {
            // The model has a hash of its own.
            for entry in acl.iter_mut().filter(|entry| entry.scheme == "digest") {
                if let Some((user, _)) = entry.id.split_once(':').filter(|(_, h)| *h != "x") {
                    entry.id = format!("{user}:some hash");
                }
            }
            vec![plain(pair, start, stat)]
        }
        Response::Empty | Response::Path(_) | Response::Synced | Response::Watching => Vec::new(),
    }
}

fn plain(pair: &Pair, start: Start, stat: &mut Stat) -> String {
    let owner = pair.name_of(stat.ephemeral_owner).to_owned();
    *stat = Stat {
        czxid: start.of(stat.czxid),
        mzxid: start.of(stat.mzxid),
        pzxid: start.of(stat.pzxid),
        ctime: 0,
        mtime: 0,
        ephemeral_owner: 0,
        ..*stat
    };
    owner
}
