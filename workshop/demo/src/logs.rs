//! The output of each process, kept in files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::demo::Demo;

/// Writes it into a new directory and returns its path: `w1.jsonl`, `w1.stderr`, …, `server.log`.
/// The name of a process that was started again has a number appended.
pub(crate) fn keep(demo: &Demo) -> io::Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("tenure-demo-logs-")
        .tempdir()?
        .keep();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for actor in demo.cast.everybody() {
        let times = times.entry(actor.name()).or_default();
        *times += 1;
        let name = match times {
            1 => actor.name().to_owned(),
            again => format!("{}-{again}", actor.name()),
        };
        let lines = actor.process().lines().into_iter();
        let lines: String = lines.map(|line| line.text + "\n").collect();
        let complaints = actor.process().text();
        fs::write(folder.join(format!("{name}.jsonl")), lines)?;
        if !complaints.is_empty() {
            fs::write(folder.join(format!("{name}.stderr")), complaints)?;
        }
    }
    fs::write(folder.join("server.log"), demo.server_log())?;
    Ok(folder)
}
