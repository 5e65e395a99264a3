//! The name of a server inside this process, and the kind of the server.

use super::super::checks::invalid;
use super::mistakes::Fault;
use crate::driver::{MEMORY_SERVER, memory_server_kinds};

/// The server that `text` names, which is in front of the path. The option `server` is a part of the
/// name, so that one name never stands for two kinds of servers.
pub(super) fn parse_name(text: &str) -> Result<String, Fault> {
    let (name, options) = match text.split_once('?') {
        Some((name, options)) => (name, Some(options)),
        None => (text, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(invalid(
            "memory:// needs a name of letters, digits, '.', '_' or '-', \
             as in memory://trial/path",
        )
        .into());
    }
    let Some(options) = options else {
        return Ok(name.to_owned());
    };
    let Some(kind) = options.strip_prefix("server=") else {
        return Err(invalid(
            "a memory:// URL has one option, server, between the name and the path, \
             as in memory://trial?server=keeper/path",
        )
        .into());
    };
    let kinds: Vec<&str> = memory_server_kinds().collect();
    match kinds.iter().position(|known| *known == kind) {
        // The first is the default.
        Some(0) => Ok(name.to_owned()),
        Some(_) => Ok(format!("{name}{MEMORY_SERVER}{kind}")),
        None => Err(invalid(format!(
            "the option server of a memory:// URL must be one of {}, \
             as in memory://trial?server=keeper/path",
            kinds.join(", ")
        ))
        .into()),
    }
}
