//! Runs each experiment of `docs/session.md` several times and writes the figures.
//!
//!     tenure-bench-session [--runs N] [--only ROW]... [--write FILE]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // see the library

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::thread;
use tenure_bench_session::experiments::{self, Experiment, Needs};
use tenure_bench_session::{Launcher, Network, Run, T, probe, report};

const USAGE: &str = "usage: tenure-bench-session [--runs N] [--only ROW]... [--write FILE]";

struct Args {
    runs: usize,
    only: Vec<String>,
    write: Option<String>,
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args {
        runs: 5,
        only: Vec::new(),
        write: None,
    };
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--runs" => args.runs = value.parse().ok().filter(|runs| *runs > 0)?,
            "--only"
                if experiments::all()
                    .iter()
                    .any(|experiment| experiment.table.id == value) =>
            {
                args.only.push(value)
            }
            "--write" => args.write = Some(value),
            _ => return None,
        }
    }
    Some(args)
}

fn main() -> ExitCode {
    if std::env::var_os(probe::URL).is_some() {
        probe::run();
        return ExitCode::SUCCESS;
    }
    let Some(args) = parse(std::env::args().skip(1)) else {
        let ids: Vec<_> = experiments::all()
            .iter()
            .map(|experiment| experiment.table.id)
            .collect();
        eprintln!("{USAGE}\nrows: {}", ids.join(", "));
        return ExitCode::from(2);
    };
    match measure(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), String> {
    let wanted: Vec<&Experiment> = experiments::all()
        .iter()
        .filter(|experiment| {
            args.only.is_empty() || args.only.iter().any(|id| id == experiment.table.id)
        })
        .collect();
    let network = Network::new(launcher()?)?;
    let mut measured: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
    let (quiet, rest): (Vec<&Experiment>, Vec<&Experiment>) = wanted
        .iter()
        .partition(|experiment| experiment.needs == Needs::Quiet);
    let side_by_side: Vec<(&str, thread::Result<Played>)> = thread::scope(|scope| {
        let threads: Vec<_> = rest
            .iter()
            .map(|experiment| {
                let play = || match experiment.needs {
                    Needs::OwnServer => {
                        let own = Network::new(network.launcher().clone())?;
                        Ok(play(experiment, &own, args.runs))
                    }
                    Needs::Little | Needs::Quiet => Ok(play(experiment, &network, args.runs)),
                };
                (experiment.table.id, scope.spawn(play))
            })
            .collect();
        let ends = threads.into_iter().map(|(id, thread)| (id, thread.join()));
        ends.collect()
    });
    let mut failed: Vec<&str> = Vec::new();
    for (id, end) in side_by_side {
        match end {
            Ok(runs) => drop(measured.insert(id, runs?)),
            // The others still have their figures.
            Err(_) => failed.push(id),
        }
    }
    // Last, when none of our other processes runs.
    for experiment in quiet {
        measured.insert(experiment.table.id, play(experiment, &network, args.runs));
    }
    let sections: Vec<_> = wanted
        .iter()
        .filter_map(|experiment| {
            Some(report::section(
                &experiment.table,
                measured.get(experiment.table.id)?,
            ))
        })
        .collect();
    let text = sections.join("\n");
    println!("{text}");
    if !failed.is_empty() {
        return Err(format!("failed: {failed:?}; the reasons are above"));
    }
    let Some(path) = &args.write else {
        return Ok(());
    };
    if wanted.len() < experiments::all().len() {
        return Err(format!("not all rows were played: {path} stays as it is"));
    }
    let document = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let document = report::replace(&document, &text).map_err(|e| format!("{path}: {e}"))?;
    std::fs::write(path, document).map_err(|e| format!("{path}: {e}"))
}

/// The runs of an experiment, or the reason why it has no network.
type Played = Result<Vec<Run>, String>;

fn play(experiment: &Experiment, network: &Network, runs: usize) -> Vec<Run> {
    (1..=runs)
        .map(|number| {
            eprintln!("{}: {number} of {runs}", experiment.table.id);
            (experiment.play)(network)
        })
        .collect()
}

fn launcher() -> Result<Launcher, String> {
    Ok(Launcher {
        program: std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?,
        args: Vec::new(),
        timeout: T,
    })
}
