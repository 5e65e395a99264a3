//! Failures of others with the counter from which the znodes of members get their numbers.

use crate::{
    LIMIT, any_leader, close, contend, leader_that, leading, loss, open, standing_by, token_of,
    until,
};
use std::path::{Path, PathBuf};
use tenure::{Client, Contender, ContenderOptions, ErrorKind, LostReason};
use tenure_observer::Observer;
use tenure_testkit::Zookeeper;
use tenure_testkit::zookeeper::Config;

/// A server with a group whose counter stands at `counter`. There is no request that sets it, and
/// to count so far takes weeks: it is written into a snapshot of the server's, while that is down.
fn server_counting_from(groups: &[(&str, i32)]) -> Zookeeper {
    // Without digests there is one checksum, at the end of the snapshot.
    let off = ("zookeeper.digest.enabled".to_owned(), "false".to_owned());
    let server = Zookeeper::start_with(Config {
        properties: vec![off],
        ..Config::default()
    });
    let observer = Observer::connect(server.addr());
    for (group, _) in groups {
        observer.create(group, b"");
    }
    drop(observer);
    // A server writes down what it holds when it starts.
    server.restart();
    server.stop();
    let newest = snapshots(server.directory()).pop().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    for (group, counter) in groups {
        set_counter(&mut bytes, group, *counter);
    }
    seal(&mut bytes);
    std::fs::write(&newest, bytes).unwrap();
    server.restart();
    server
}

/// The snapshots below a directory, oldest first.
fn snapshots(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten();
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(snapshots(&path).into_iter().map(|path| (0, path)));
        } else if let Some(zxid) = name.strip_prefix("snapshot.") {
            found.push((u64::from_str_radix(zxid, 16).unwrap(), path));
        }
    }
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// What stands in a snapshot of a znode without data between its path and its counter: the
/// length of the data, the ACL's number, two transactions, two times and the version of the data.
const BEFORE_COUNTER_BYTES: usize = 4 + 8 + 4 * 8 + 4;

fn set_counter(snapshot: &mut [u8], group: &str, counter: i32) {
    let length = i32::try_from(group.len()).unwrap().to_be_bytes();
    let written = [&length[..], group.as_bytes()].concat();
    let at = snapshot.windows(written.len()).position(|w| w == written);
    let at = at.unwrap() + written.len() + BEFORE_COUNTER_BYTES;
    snapshot[at..at + 4].copy_from_slice(&counter.to_be_bytes());
}

/// The checksum, an Adler-32 of all before it as eight bytes, and "/" with its length.
const SEAL_BYTES: usize = 8 + 4 + 1;

fn seal(snapshot: &mut [u8]) {
    let (content, seal) = snapshot.split_at_mut(snapshot.len() - SEAL_BYTES);
    let (mut a, mut b) = (1_u64, 0_u64);
    for byte in content {
        a = (a + u64::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    seal[..8].copy_from_slice(&(b << 16 | a).to_be_bytes());
}

/// Contenders that came one after the other.
struct Line {
    clients: Vec<Client>,
    contenders: Vec<Contender>,
    names: Vec<String>,
}

impl Line {
    #[track_caller]
    fn of(count: usize, server: &Zookeeper, path: &str) -> Self {
        let observer = Observer::connect(server.addr());
        let mut line = Self {
            clients: Vec::new(),
            contenders: Vec::new(),
            names: Vec::new(),
        };
        for n in 0..count {
            let client = open(&server.url(path));
            let contender = contend(&client, path, "x");
            until(
                contender.events(),
                if n == 0 { leading } else { standing_by },
            );
            let names = observer.children(path).into_iter();
            let new = names.filter(|name| !line.names.contains(name));
            let new: Vec<String> = new.collect();
            line.names.extend(new);
            line.clients.push(client);
            line.contenders.push(contender);
        }
        line
    }

    /// Each leads when those before it have left, and none before.
    #[track_caller]
    fn in_order_of_birth(self, path: &str) {
        let detector = self.clients[0].detect(path).unwrap();
        let mut last = 0;
        for (n, contender) in self.contenders.iter().enumerate() {
            let token = token_of(contender);
            assert!(token > last, "{:?}", self.names);
            leader_that(&detector, |leader| leader.member.token == token);
            let others = self.contenders[n + 1..].iter();
            assert!(others.clone().all(|other| !other.is_leading()));
            assert!(contender.withdraw().wait_for(LIMIT).unwrap());
            last = token;
        }
        close(self.clients);
    }
}

/// kazoo#606, MESOS-867: the counter is an `i32`. Below zero, names compare the wrong way round.
#[test]
fn h1_order_is_of_birth_where_the_counter_ends_and_below_zero() {
    let (end, below) = ("/end", "/below");
    let server = server_counting_from(&[(end, i32::MAX - 2), (below, -3)]);

    let line = Line::of(5, &server, below);
    let names = [
        "-000000003",
        "-000000002",
        "-000000001",
        "0000000000",
        "0000000001",
    ];
    assert_eq!(line.names, names);
    line.in_order_of_birth(below);

    let line = Line::of(3, &server, end);
    assert_eq!(line.names, ["2147483645", "2147483646", "2147483647"]);
    // ZooKeeper counts no further, and no two can have the same name: who comes now is told so.
    let late = open(&server.url(end));
    let refused = contend(&late, end, "x");
    let reason = loss(&refused);
    let LostReason::Failed(error) = &reason else {
        panic!("{reason:?}");
    };
    assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    assert!(error.message().contains(end), "{error}");
    println!("{error}");
    // Another label is another name, of the same number.
    let options = ContenderOptions::new(end).label("b");
    let last = late.contend(options).unwrap();
    until(last.events(), standing_by);
    let detector = late.detect(end).unwrap();
    assert_eq!(
        any_leader(&detector).member.token,
        token_of(&line.contenders[0])
    );
    line.in_order_of_birth(end);
    token_of(&last);
    close([late]);
}
