//! The messages about a command, and its exit code.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

pub(super) fn waits_for_terminal(signal: i32) -> String {
    let (name, act) = match signal {
        libc::SIGTTIN => ("SIGTTIN", "read from"),
        _ => ("SIGTTOU", "change"),
    };
    format!(
        "the command wants to {act} the terminal, which another process group has: {name} has \
         stopped it, and leadership goes on; bring the tool to the foreground (`fg`), or give the \
         command another standard input (`</dev/null`)"
    )
}

pub(super) fn survives(pid: u32, errno: i32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = name.trim_end();
    match errno {
        0 => format!("process {pid} ({name}) of the command was killed, and has not ended yet"),
        errno => {
            let error = std::io::Error::from_raw_os_error(errno);
            format!("process {pid} ({name}) of the command cannot be killed, and works on: {error}")
        }
    }
}

/// The exit code that a shell would give.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        let code = |raw| exit_code(ExitStatus::from_raw(raw));
        assert_eq!([code(0), code(7 << 8), code(255 << 8)], [0, 7, 255]);
        assert_eq!([code(libc::SIGTERM), code(libc::SIGKILL)], [143, 137]);
    }
}
