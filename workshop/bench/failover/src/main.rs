//! How long nobody leads after the loss of a leader: tenure, kazoo and Curator on one ensemble of three servers.
//! `docs/failover.md` has the figures and explains them.
#![allow(clippy::expect_used, clippy::panic)] // the field panics, too, when it cannot go on

mod cast;
mod play;
mod report;
mod rows;

use cast::{Cast, Programs};
use clap::Parser;
use rows::{ROWS, Rounds, STEADY};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tenure_field::interrupt::{EXIT_STATUS, Interrupt};
use tenure_field::{panic_text, tool};

/// Measure how long nobody leads after the loss of a leader, beside kazoo and Curator
///
/// All contenders use one ensemble of three servers, which the program starts and ends. Progress is on standard
/// error. Exit code: 0; 1 for a failure; 2 for bad arguments; 130 after an interruption.
#[derive(Parser)]
#[command(name = "tenure-bench-failover")]
struct Args {
    /// Write the tables into this document, between its marks; without it they are printed
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    write: Option<PathBuf>,
    /// How often a leader is lost where the successor leads in a moment
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// How often where it leads when the session timeout is over
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    few_rounds: u32,
    /// The session timeout, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(4..=60))]
    session_timeout: u64,
    /// For how many seconds writes are counted
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    steady: u64,
    /// Only rows whose name or loss contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// The tool [default: the one beside this program]
    #[arg(long, value_name = "PROGRAM")]
    tenure: Option<PathBuf>,
    /// A Python that has kazoo; without it, kazoo is not measured
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// A class path with Curator and the compiled contender; without it, Curator is not measured
    #[arg(long, value_name = "PATH")]
    curator: Option<String>,
}

/// Why there are no figures.
enum Stop {
    Bad(String),
    Failed(String),
    Interrupted,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&args)));
    let outcome = outcome.unwrap_or_else(|panic| Err(Stop::Failed(panic_text(&*panic).to_owned())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Interrupted) => ExitCode::from(EXIT_STATUS),
        Err(Stop::Failed(why)) => {
            eprintln!("failover: {why}");
            ExitCode::FAILURE
        }
        Err(Stop::Bad(why)) => {
            eprintln!("failover: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), Stop> {
    let interrupt = Interrupt::listen().map_err(|error| Stop::Failed(error.to_string()))?;
    let programs = Programs {
        tenure: tool::find(args.tenure.as_deref(), "failover").map_err(Stop::Bad)?,
        python: args.python.clone(),
        curator: args.curator.clone(),
    };
    if let Some(document) = args.write.as_ref().filter(|document| !document.is_file()) {
        let shown = document.display();
        return Err(Stop::Bad(format!(
            "{shown} is no file: --write needs the document with its marks"
        )));
    }
    let is_wanted = |name: &str| {
        args.only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
    };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let about = about(args, load.split(' ').next().unwrap_or("unknown"));
    eprintln!("failover: three servers start");
    let (mut cast, why_no_hosts) = Cast::new(programs, Duration::from_secs(args.session_timeout));
    if let Some(why) = why_no_hosts {
        eprintln!("failover: no host can be cut off: {why}");
    }
    let commits = play::commits(&mut cast);
    let mut played = Vec::new();
    for row in ROWS {
        if !is_wanted(row.name) && !is_wanted(row.loss.title()) {
            continue;
        }
        let rounds = match row.rounds {
            Rounds::Many => args.rounds,
            Rounds::Few => args.few_rounds,
        };
        let times = match cast.can_play(row.library, row.loss) {
            Ok(()) => Ok(play::row(&mut cast, row, rounds, &interrupt).ok_or(Stop::Interrupted)?),
            Err(why) => Err(why),
        };
        eprintln!("failover: {}: {}: done", row.loss.title(), row.name);
        played.push((*row, times));
    }
    let mut written = Vec::new();
    for (name, library) in STEADY.iter().filter(|(name, _)| is_wanted(name)) {
        if interrupt.is_raised() {
            return Err(Stop::Interrupted);
        }
        let writes = cast
            .can_play(*library, rows::Loss::Kill)
            .map(|()| play::writes(&mut cast, *library, Duration::from_secs(args.steady)));
        eprintln!("failover: writes: {name}: done");
        written.push((*name, writes));
    }
    let text = report::text(&about, &commits, &played, &written);
    match &args.write {
        Some(document) => report::write(document, &text).map_err(Stop::Failed),
        None => {
            println!("{text}");
            Ok(())
        }
    }
}

fn about(args: &Args, load: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "T = {} s, an ensemble of three servers with a tick of 2 s; {cores} cores, Linux {},\nload {load} before the \
         first measurement.",
        args.session_timeout,
        kernel.trim()
    )
}
