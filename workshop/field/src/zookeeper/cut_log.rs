//! Transaction logs that a SIGKILL cut off before anything was in them.
//!
//! ZooKeeper creates the file of a log and writes its header afterwards. A server that is killed
//! in between finds a log without a whole header at its next start and ends (ZOOKEEPER-2332,
//! repaired in 3.9.3). An operator removes such a file: no transaction is in it.

use std::fs;
use std::io;
use std::path::Path;

/// The header: magic number, version, and the database's number, each whole or not at all.
const HEADER_BYTES: u64 = 4 + 4 + 8;

/// Removes the logs in a server's directory of data that have no whole header. The server must not
/// run.
pub(super) fn remove_from(data: &Path) -> io::Result<()> {
    let logs = match fs::read_dir(data.join("version-2")) {
        Ok(logs) => logs,
        // The first start.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in logs {
        let entry = entry?;
        let is_log = entry.file_name().to_string_lossy().starts_with("log.");
        if is_log && entry.metadata()?.len() < HEADER_BYTES {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
