//! A server whose counters are high.

use std::path::{Path, PathBuf};

use super::{Config, Zookeeper};
use crate::raw::Session;

/// The session timeout while the groups are made.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// Starts a server with groups whose counters, from which their members get their numbers, have
/// these values. No request sets a counter, and to count so far takes weeks: this writes the value
/// into a snapshot of the server, while the server is down.
///
/// # Panics
/// When the server does not start, or writes snapshots of another format.
#[must_use]
#[track_caller]
pub fn counting_from(mut config: Config, groups: &[(&str, i32)]) -> Zookeeper {
    // Without digests there is one checksum, at the end of the snapshot.
    let off = ("zookeeper.digest.enabled".to_owned(), "false".to_owned());
    config.properties.push(off);
    let server = Zookeeper::start_with(config);
    let mut session = Session::open(server.addr(), TIMEOUT).unwrap();
    for (group, _) in groups {
        assert_eq!(session.create(group, b"", 0).unwrap().error, 0);
    }
    drop(session);
    // A server writes a snapshot when it starts.
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

/// The bytes of a znode without data in a snapshot, between its path and its counter: the length of
/// the data, the ACL's number, two transactions, two times and the version of the data.
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
