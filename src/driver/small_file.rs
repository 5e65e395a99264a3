//! Files that a person writes and names: small, and checked before they are believed.

use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The content of a file of at most `limit` bytes; or why it cannot be read, for people.
pub(crate) fn read(name: &Path, limit: usize) -> Result<Vec<u8>, String> {
    // Looked at before it is opened: opening a device may do something.
    let about = std::fs::metadata(name).map_err(|error| error.to_string())?;
    if !about.is_file() || about.len() > limit as u64 {
        return Err(format!("it is not a file of at most {limit} bytes"));
    }
    let mut bytes = Vec::new();
    OpenOptions::new()
        .read(true)
        // If it has become a pipe since, do not wait for a writer.
        .custom_flags(libc::O_NONBLOCK)
        .open(name)
        .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    // Some files (those of the kernel) do not report their length.
    if bytes.len() > limit {
        return Err(format!("it has more than {limit} bytes"));
    }
    Ok(bytes)
}

/// The name without the text before its last `@`: a URL in the place of a name may hold a password.
pub(crate) fn shown(name: &Path) -> String {
    let name = name.to_string_lossy();
    match name.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => name.into_owned(),
    }
}
