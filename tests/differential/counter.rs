//! Sequential children where their counter ends. No client can bring a server there, so the test
//! gives the server a transaction log in which that has happened.

use crate::pair::Pair;
use crate::run::Run;
use crate::{NEVER, config};
use std::fs;
use tenure::proto::{Acl, CreateMode, Request};
use tenure_field::Zookeeper;
use tenure_field::wire::Payload;

const PARENT: &str = "/wrap";
const CHILD: &str = "/wrap/child";

/// The value of the counter: three numbers are left.
const COUNTER: i32 = i32::MAX - 2;

/// A log of two transactions: a znode, and a child that gives its counter that value
/// (`FileTxnLog`).
fn log() -> Vec<u8> {
    let head = Payload::new().raw(b"ZKLG").int(2).long(0);
    let creations = [(1, PARENT, 1), (2, CHILD, COUNTER)];
    let entries = creations.map(|(zxid, path, counter)| creation(zxid, path, counter));
    let log = entries.iter().fold(head, |log, creation| {
        let log = log.long(i64::from(adler32(creation)));
        log.buffer(creation).raw(b"B")
    });
    log.payload()
}

fn creation(zxid: i64, path: &str, parent_counter: i32) -> Vec<u8> {
    let (session, cxid, time, create) = (0, 0, 0, 1);
    let header = Payload::new().long(session).int(cxid).long(zxid);
    let header = header.long(time).int(create);
    let open = header.buffer(path).buffer("").int(1).int(31);
    let open = open.buffer("world").buffer("anyone");
    open.bool(false).int(parent_counter).payload()
}

fn adler32(bytes: &[u8]) -> u32 {
    let sums = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    sums.1 << 16 | sums.0
}

fn numbered(name: &str, mode: CreateMode) -> Request {
    Request::Create2 {
        path: format!("{PARENT}/{name}"),
        data: Vec::new(),
        acl: Acl::open(),
        mode,
    }
}

#[test]
fn a_counter_ends_at_its_end_as_a_real_one_does() {
    let real = Zookeeper::start_with(config(NEVER));
    real.stop();
    let directory = real.directory().join("data/version-2");
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.starts_with("log."), "{name} would come first");
    }
    fs::write(directory.join("log.1"), log()).unwrap();
    real.restart();

    let mut pair = Pair::new(&[real.addr()], None, NEVER);
    pair.set_counter(PARENT, CHILD, COUNTER);
    let mut run = Run::start(pair, 1, "counter".to_owned());
    let exists = |path: &str| Request::Exists {
        path: path.to_owned(),
        watch: true,
    };
    run.tell_all(0, &exists(PARENT));
    let (stays, goes) = (
        CreateMode::PersistentSequential,
        CreateMode::EphemeralSequential,
    );
    for (name, mode) in [
        ("m_", stays),
        ("m_", goes),
        ("m_", goes),
        // The next number is in use.
        ("m_", goes),
        ("m_", stays),
        ("other_", goes),
        ("other_", goes),
    ] {
        run.tell_all(0, &numbered(name, mode));
        run.tell_all(1, &exists(PARENT));
    }
    run.tell_all(
        0,
        &Request::Delete {
            path: format!("{PARENT}/m_2147483647"),
            version: -1,
        },
    );
    run.tell_all(2, &numbered("m_", goes));
    run.tell_all(2, &numbered("plain", CreateMode::Persistent));
    run.tell_all(
        3,
        &Request::GetChildren2 {
            path: PARENT.to_owned(),
            watch: false,
        },
    );
}
