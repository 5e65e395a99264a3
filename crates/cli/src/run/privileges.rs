//! Whether the tool may kill everything that its command may become.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The number of `CAP_KILL` (capabilities(7)).
const CAP_KILL: u32 = 5;
const SET_USER_ID: u32 = 0o4000;

/// Whether this process may signal processes of other users.
pub(crate) fn may_kill_all() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    effective.is_some_and(|set| set & (1 << CAP_KILL) != 0)
}

/// The file of the command, if it makes its process another user's.
pub(crate) fn set_user_id(command: &OsStr) -> Option<PathBuf> {
    let file = find(command)?;
    let metadata = file.metadata().ok()?;
    let sets = metadata.permissions().mode() & SET_USER_ID != 0;
    (sets && metadata.uid() != own_user()?).then_some(file)
}

/// The effective user of this process.
fn own_user() -> Option<u32> {
    std::fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// As a shell finds it.
fn find(command: &OsStr) -> Option<PathBuf> {
    if command.as_bytes().contains(&b'/') {
        return Some(command.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(command))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    let metadata = file.metadata();
    metadata.is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
