//! The cost of following a leading master, and of watching agents. `workshop/bench/masters/README.md` has the figures
//! and explains them.
#![allow(clippy::expect_used, clippy::panic)] // the field panics, too, when it cannot go on

mod agents;
mod by_c;
mod follow;
mod masters;
mod real;
mod report;
mod simulated;
mod usage;
mod world;

use clap::Parser;
use real::{Kind, Plan};
use report::{Figures, Watch};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measure the cost of following a leading master, simulated and on a real server, and of watching agents
#[derive(Parser)]
#[command(name = "tenure-bench-masters")]
struct Args {
    /// Write the tables into this document, between its marks; without it they are printed
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// The number of simulated detectors
    #[arg(long, default_value_t = 10_000, value_parser = at_least_one())]
    detectors: u32,
    /// The simulated minutes of each calm phase
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    minutes: u32,
    /// The number of detectors on a real server
    #[arg(long, default_value_t = 500, value_parser = at_least_one())]
    followers: u32,
    /// The number of detectors beside those over kazoo, and of those
    #[arg(long, default_value_t = 100, value_parser = at_least_one())]
    few: u32,
    /// The seconds of each calm phase on the real server
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    quiet: u64,
    /// How many standbys join and leave in such a phase
    #[arg(long, default_value_t = 30, value_parser = at_least_one())]
    joins: u32,
    /// How often the leader is killed for the times
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    changes: u32,
    /// The number of agents
    #[arg(long, default_value_t = 10_000, value_parser = at_least_one())]
    agents: u32,
    /// How often the hour of agents is played
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    repeats: u32,
    /// A Python that has kazoo; without it, kazoo is not measured
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Be the measured process: KIND, URL and COUNT
    #[arg(long, hide = true, num_args = 3)]
    follow: Option<Vec<String>>,
}

fn at_least_one() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=100_000)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.follow.as_deref() {
        Some([what, url, count]) => count
            .parse()
            .map_err(|e| format!("{count}: {e}"))
            .and_then(|count| follow::run(what, url, count)),
        _ => all(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tenure-bench-masters: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all(args: &Args) -> Result<(), String> {
    let load = report::load();
    // It is the first that can be missing.
    let program = by_c::build()?;
    let mut hours = Watch::default();
    for _ in 0..args.repeats {
        hours.rust.push(agents::measure(args.agents.into())?);
        hours.c.push(by_c::measure(&program, args.agents)?);
    }
    eprintln!("masters: the agents are done");
    let detectors = usize::try_from(args.detectors).map_err(|e| e.to_string())?;
    let simulated = simulated::simulate(detectors, args.minutes)?;
    eprintln!("masters: the simulation is done");
    let real = followed(args)?;
    let tables = report::tables(&Figures {
        load,
        agents: args.agents,
        hours,
        simulated,
        real,
    });
    match &args.write {
        Some(document) => report::write(document, &tables),
        None => {
            println!("{tables}");
            Ok(())
        }
    }
}

/// Each kind of followers on one real server, one after the other.
fn followed(args: &Args) -> Result<Vec<(&'static str, real::Followed)>, String> {
    let server = real::server();
    let mut kinds = vec![
        ("bare sessions", Kind::Bare, args.followers),
        ("tenure", Kind::Tenure, args.followers),
        ("tenure", Kind::Tenure, args.few),
    ];
    if let Some(python) = &args.python {
        kinds.push(("kazoo", Kind::Kazoo(python.clone()), args.few));
    }
    let measure = |(name, kind, count): (&'static str, Kind, u32)| {
        let plan = Plan {
            count: usize::try_from(count).map_err(|e| e.to_string())?,
            quiet: Duration::from_secs(args.quiet),
            joins: usize::try_from(args.joins).map_err(|e| e.to_string())?,
            changes: usize::try_from(args.changes).map_err(|e| e.to_string())?,
        };
        let followed = real::measure(&server, &kind, &plan)?;
        eprintln!("masters: {count} {name} are done");
        Ok((name, followed))
    };
    kinds.into_iter().map(measure).collect()
}
