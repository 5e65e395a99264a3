//! What each process printed, kept for later.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::stage::Stage;

/// Writes it all into a new folder and says where: `w1.jsonl`, `w1.stderr`, …, `server.log`. A
/// name that was on stage again has a number behind it.
pub(crate) fn keep(stage: &Stage) -> io::Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("tenure-demo-logs-")
        .tempdir()?
        .keep();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for actor in stage.cast.everybody() {
        let times = times.entry(actor.name).or_default();
        *times += 1;
        let name = match times {
            1 => actor.name.to_owned(),
            again => format!("{}-{again}", actor.name),
        };
        let (lines, complaints) = actor.output();
        fs::write(folder.join(format!("{name}.jsonl")), lines)?;
        if !complaints.is_empty() {
            fs::write(folder.join(format!("{name}.stderr")), complaints)?;
        }
    }
    fs::write(folder.join("server.log"), stage.server_log())?;
    Ok(folder)
}
