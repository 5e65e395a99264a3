//! Running `ip` and `nft`.

use std::io::Write;
use std::process::{Command, Stdio};

/// The directories of the tools, which an ordinary user's PATH may lack.
const EXTRA_PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// Runs `ip` with blank-separated `arguments`.
pub(super) fn ip(arguments: &str) -> Result<(), String> {
    run("ip", &arguments.split_whitespace().collect::<Vec<_>>(), "")
}

/// Runs the nft script `script` inside the namespace `netns`.
pub(super) fn nft(netns: &str, script: &str) -> Result<(), String> {
    run("ip", &["netns", "exec", netns, "nft", "-f", "-"], script)
}

fn run(program: &str, arguments: &[&str], input: &str) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new(program)
        .args(arguments)
        .env("PATH", format!("{path}:{EXTRA_PATH}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{line}` cannot be run ({error}); run scripts/setup"))?;
    // The end of the pipe is the end of the program's input. A program that ended before it read
    // the input has the reason on its standard error.
    drop(
        child
            .stdin
            .take()
            .map(|mut stdin| stdin.write_all(input.as_bytes())),
    );
    let output = child
        .wait_with_output()
        .map_err(|error| format!("`{line}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "`{line}` failed ({}): {}",
        output.status,
        said.trim()
    ))
}
