//! The command-line tool as real processes: their start, their lines, their tenures.
//!
//! Nothing here shares code with tenure: `docs/cli.md` is the contract of both sides.

mod actor;
mod event;
mod tenure;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

pub use actor::{Actor, Printed, Role};
pub use event::{BadLine, Event, Lead, Leader, Loss, Member, What};
pub use tenure::{Tenure, tenures};

use crate::netns::Netns;
use crate::process::{Options, Process, Stream};

/// The session timeouts that a run on real servers accepts.
const SESSION_TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(2)..=Duration::from_secs(60);

/// The tool, and the options of its processes.
///
/// ```no_run
/// # use std::time::Duration;
/// # use tenure_field::tool::Tool;
/// let tool = Tool::new("target/debug/tenure", Duration::from_secs(4));
/// let contender = tool.start("contend", "zk://127.0.0.1:2181/group", &["--data", "me"]);
/// ```
#[derive(Clone, Debug)]
pub struct Tool {
    program: PathBuf,
    session_timeout: Duration,
    options: Options,
}

impl Tool {
    /// The tool at `program`, with this session timeout.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, session_timeout: Duration) -> Self {
        Self {
            program: program.into(),
            session_timeout,
            options: Options::default(),
        }
    }

    /// The same in a network namespace.
    #[must_use]
    pub fn on(self, netns: &Netns) -> Self {
        let options = Options {
            netns: Some(netns.clone()),
            ..self.options
        };
        Self { options, ..self }
    }

    /// The same with these options, except that the tool decides on which stream its lines are.
    #[must_use]
    pub fn with(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Starts `tenure COMMAND URL --json --session-timeout T WORDS…`. The lines of `run` are on
    /// standard error, because its command has standard output.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn start(&self, command: &str, url: &str, words: &[&str]) -> Process {
        let timeout = format!("{}ms", self.session_timeout.as_millis());
        let common = [command, url, "--json", "--session-timeout", &timeout];
        let options = Options {
            events: match command {
                "run" => Stream::Stderr,
                _ => Stream::Stdout,
            },
            ..self.options.clone()
        };
        Process::spawn_with(&self.program, common.iter().chain(words), options)
    }
}

/// Whether a line has that event.
pub fn is(event: &str) -> impl Fn(&Value) -> bool {
    move |line| line["event"] == event
}

/// The fencing token in a line.
///
/// # Panics
/// When the line has none.
#[must_use]
#[track_caller]
pub fn token(line: &Value) -> u64 {
    let token = line["token"].as_str().and_then(|token| token.parse().ok());
    token.unwrap_or_else(|| panic!("no token in {line}"))
}

/// The tool to run: the given one, or the one that was built beside this program. The Make target
/// `made_by` builds it.
///
/// # Errors
/// When there is no such program; the text has the remedy.
pub fn find(asked_for: Option<&Path>, made_by: &str) -> Result<PathBuf, String> {
    let path = match asked_for {
        Some(path) => path.to_owned(),
        None => std::env::current_exe()
            .map_err(|error| format!("where this program lies is not known: {error}"))?
            .with_file_name("tenure"),
    };
    // Without a slash the system would look it up in PATH.
    let path = std::path::absolute(&path).unwrap_or(path);
    match executable(&path) {
        Ok(()) => Ok(path),
        Err(why) => Err(format!(
            "{} cannot be run: {why}\n`make {made_by}` builds it; `--tenure PATH` takes another one",
            path.display()
        )),
    }
}

fn executable(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".to_owned());
    }
    if metadata.permissions().mode() & 0o111 == 0 {
        return Err("it is not executable".to_owned());
    }
    Ok(())
}

/// Checks the session timeout of a run on real servers.
///
/// # Errors
/// When it is too short or too long; the text has the bounds.
pub fn session_timeout(timeout: Duration) -> Result<Duration, String> {
    if SESSION_TIMEOUTS.contains(&timeout) {
        Ok(timeout)
    } else {
        Err("from 2s to 60s".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_run_is_refused_with_a_reason() {
        for (path, why) in [("/nowhere/tenure", "No such file"), ("/", "it is no file")] {
            let refused = find(Some(Path::new(path)), "demo").unwrap_err();
            assert!(refused.contains(path) && refused.contains(why), "{refused}");
            assert!(refused.contains("`make demo`"), "{refused}");
        }
    }

    #[test]
    fn session_timeouts_are_bounded() {
        let seconds = Duration::from_secs;
        assert_eq!(session_timeout(seconds(60)), Ok(seconds(60)));
        assert!(session_timeout(seconds(1)).is_err() && session_timeout(seconds(61)).is_err());
    }
}
