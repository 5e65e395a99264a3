//! `tenure-chaos`: faults against real servers and real clients, and checks of their output.
//!
//! `make chaos` builds it and the programs that it runs, and installs missing packages.

mod args;
mod campaign;
mod clock;
mod cluster;
mod faults;
mod plan;
mod run;
mod session;
mod summary;

use args::{Cli, Command};
use clap::Parser;
use faults::Fault;
use std::path::Path;
use std::process::ExitCode;
use tenure_chaos::check::Case;
use tenure_chaos::{history, timeline, writer};
use tenure_field::Interrupt;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Writer {
            register,
            group,
            token,
        }) => writer::write_for_ever(register, &group, token),
        Some(Command::Faults) => {
            for fault in Fault::ALL {
                println!("{:<21} {}", fault.name(), fault.what());
            }
            ExitCode::SUCCESS
        }
        Some(Command::Check { path }) => check(&path),
        Some(Command::Timeline { directory }) => draw(&directory),
        Some(Command::Campaign(args)) => {
            with_signals(|interrupt| session::campaign(&args, interrupt))
        }
        None => with_signals(|interrupt| session::chaos(&cli.run, interrupt)),
    }
}

fn with_signals(act: impl FnOnce(&Interrupt) -> Result<ExitCode, String>) -> ExitCode {
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => return refuse(&format!("signals cannot be listened to: {error}")),
    };
    act(&interrupt).unwrap_or_else(|why| refuse(&why))
}

fn check(path: &Path) -> ExitCode {
    let history = match history::read(path) {
        Ok(history) => history,
        Err(error) => {
            eprintln!("tenure-chaos: {error}");
            return ExitCode::FAILURE;
        }
    };
    let case = Case::new(&history);
    let summary = session::judge(&case, path);
    session::conclude(&summary)
}

fn draw(directory: &Path) -> ExitCode {
    let drawn = history::read(directory)
        .map_err(|error| error.to_string())
        .and_then(|history| {
            let file = match directory.is_dir() {
                true => directory.join(timeline::FILE),
                false => directory.with_file_name(timeline::FILE),
            };
            timeline::draw(&Case::new(&history), &file)
                .map(|()| println!("{}", file.display()))
                .map_err(|error| format!("{}: {error}", file.display()))
        });
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tenure-chaos: {why}");
            ExitCode::FAILURE
        }
    }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("tenure-chaos: {why}");
    ExitCode::from(2)
}
