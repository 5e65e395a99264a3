//! What can be asked of the demo on its command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

/// Shows tenure at work: real processes on a real ZooKeeper elect a leader, hand over, lose it to
/// SIGKILL and sit out a server that goes away, and each step is checked.
///
/// Everything runs on the loopback device, on a free port, with its data in a temporary folder,
/// and is gone when the demo ends. It takes less than a minute. Exit status: 0 if each step did
/// what it says, 1 if one did not, 2 for bad arguments, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "tenure-demo", version)]
pub(crate) struct Args {
    /// The command-line tool to run [default: the one built beside this program]
    #[arg(long, value_name = "PATH")]
    tenure: Option<PathBuf>,

    /// How long a session outlives the last word of its client: T. From 2s to 60s
    #[arg(long, value_name = "T", default_value = "4s", value_parser = session_timeout)]
    pub(crate) session_timeout: Duration,

    /// Keep what each process printed, and the server's log, and say where
    #[arg(long)]
    pub(crate) keep_logs: bool,

    /// Print without colours, as with NO_COLOR or when the output is no terminal
    #[arg(long)]
    pub(crate) no_color: bool,
}

impl Args {
    /// The tool to run, if there is such a file.
    pub(crate) fn tenure(&self) -> Result<PathBuf, String> {
        let path = match &self.tenure {
            Some(path) => path.clone(),
            None => std::env::current_exe()
                .map_err(|error| format!("where this program lies is not known: {error}"))?
                .with_file_name("tenure"),
        };
        // Without a slash it would be looked up in PATH, which is not what was asked for.
        let path = std::path::absolute(&path).unwrap_or(path);
        match executable(&path) {
            Ok(()) => Ok(path),
            Err(why) => Err(format!(
                "{} cannot be run: {why}\n`make demo` builds it; `--tenure PATH` takes another one",
                path.display()
            )),
        }
    }

    /// The server's tick: sessions may last from 2 to 20 of them.
    pub(crate) fn tick(&self) -> Duration {
        self.session_timeout / 8
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

fn session_timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (Duration::from_secs(2)..=Duration::from_secs(60)).contains(&timeout) {
        Ok(timeout)
    } else {
        Err("from 2s to 60s".to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may panic

    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_make_sense() {
        Args::command().debug_assert();
    }

    #[test]
    fn timeouts_are_bounded() {
        assert_eq!(session_timeout("2500ms"), Ok(Duration::from_millis(2500)));
        assert!(session_timeout("1s").is_err());
        assert!(session_timeout("4").is_err());
    }

    #[test]
    fn what_cannot_be_run_is_refused_with_a_reason() {
        for (path, why) in [("/nowhere/tenure", "No such file"), ("/", "it is no file")] {
            let args = Args::parse_from(["tenure-demo", "--tenure", path]);
            let refused = args.tenure().unwrap_err();
            assert!(refused.contains(path) && refused.contains(why), "{refused}");
        }
    }
}
