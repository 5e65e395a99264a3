//! The command line of the demo.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use tenure_field::tool;

/// Shows tenure at work: real processes on a real ZooKeeper elect a leader, hand over, lose it to
/// SIGKILL and wait for a server that is down, and each step is checked.
///
/// Everything runs on the loopback device, on a free port, with its data in a temporary directory,
/// and is gone when the demo ends. It takes less than a minute. Exit codes: 0 if each step passed,
/// 1 if one failed, 2 for bad arguments, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "tenure-demo", version)]
pub(crate) struct Args {
    /// The command-line tool to run [default: the one built beside this program]
    #[arg(long, value_name = "PATH")]
    tenure: Option<PathBuf>,

    /// T, the session timeout: how long a session lives without a message of its client. From 2s to
    /// 60s
    #[arg(long, value_name = "T", default_value = "4s", value_parser = session_timeout)]
    pub(crate) session_timeout: Duration,

    /// Keep the output of each process, and the server's log, and print their directory
    #[arg(long)]
    pub(crate) keep_logs: bool,

    /// Print without colours, as with NO_COLOR or when the output is not a terminal
    #[arg(long)]
    pub(crate) no_color: bool,
}

impl Args {
    /// The tool to run, if there is such a file.
    pub(crate) fn tenure(&self) -> Result<PathBuf, String> {
        tool::find(self.tenure.as_deref(), "demo")
    }

    /// The server's tick: sessions may last from 2 to 20 of them.
    pub(crate) fn tick(&self) -> Duration {
        self.session_timeout / 8
    }
}

fn session_timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    tool::session_timeout(timeout)
}

#[cfg(test)]
mod tests {
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
}
