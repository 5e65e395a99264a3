//! Completions for shells, and the manual pages of the tool.

use crate::{Outcome, report};
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write};
use std::path::PathBuf;

/// See the [module](self).
pub(crate) enum Helper {
    Completions {
        command: clap::Command,
        shell: Shell,
    },
    Man {
        command: clap::Command,
        /// The directory of the pages; standard output gets only the first.
        dir: Option<PathBuf>,
    },
}

impl Helper {
    pub(crate) fn run(self) -> Outcome {
        let done = match self {
            Self::Completions { mut command, shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut command, "tenure", &mut script);
                print(&script)
            }
            Self::Man { command, dir: None } => {
                let mut page = Vec::new();
                Man::new(command)
                    .render(&mut page)
                    .and_then(|()| print(&page))
            }
            Self::Man {
                command,
                dir: Some(dir),
            } => std::fs::create_dir_all(&dir)
                .and_then(|()| clap_mangen::generate_to(command, &dir))
                .map_err(|error| {
                    io::Error::other(format!("cannot write to {}: {error}", dir.display()))
                }),
        };
        match done {
            Ok(()) => Outcome::Done,
            // A reader that closed the pipe has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
            Err(error) => {
                report::print_error(&error.to_string());
                Outcome::Failed
            }
        }
    }
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}
