//! Plays each row of `docs/session.md` some times and writes the figures.
//!
//!     tenure-bench-session [--runs N] [--only ROW]... [--write FILE]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // as the library says

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::thread;
use tenure_bench_session::experiments::{self, Needs, Sheet};
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
                    .any(|sheet| sheet.table.id == value) =>
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
            .map(|sheet| sheet.table.id)
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
    let wanted: Vec<&Sheet> = experiments::all()
        .iter()
        .filter(|sheet| args.only.is_empty() || args.only.iter().any(|id| id == sheet.table.id))
        .collect();
    let network = Network::new(launcher()?)?;
    let mut measured: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
    let (quiet, rest): (Vec<&Sheet>, Vec<&Sheet>) =
        wanted.iter().partition(|sheet| sheet.needs == Needs::Quiet);
    let side_by_side: Vec<(&str, thread::Result<Played>)> = thread::scope(|scope| {
        let threads: Vec<_> = rest
            .iter()
            .map(|sheet| {
                let play = || match sheet.needs {
                    Needs::OwnServer => {
                        let own = Network::new(network.launcher().clone())?;
                        Ok(play(sheet, &own, args.runs))
                    }
                    Needs::Little | Needs::Quiet => Ok(play(sheet, &network, args.runs)),
                };
                (sheet.table.id, scope.spawn(play))
            })
            .collect();
        let ends = threads.into_iter().map(|(id, thread)| (id, thread.join()));
        ends.collect()
    });
    let mut failed: Vec<&str> = Vec::new();
    for (id, end) in side_by_side {
        match end {
            Ok(runs) => drop(measured.insert(id, runs?)),
            // The others have their figures all the same.
            Err(_) => failed.push(id),
        }
    }
    // Last, when nothing else of ours runs any more.
    for sheet in quiet {
        measured.insert(sheet.table.id, play(sheet, &network, args.runs));
    }
    let sections: Vec<_> = wanted
        .iter()
        .filter_map(|sheet| Some(report::section(&sheet.table, measured.get(sheet.table.id)?)))
        .collect();
    let text = sections.join("\n");
    println!("{text}");
    if !failed.is_empty() {
        return Err(format!("failed: {failed:?}; each said why above"));
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

/// The runs of a sheet, or why there is no network for it.
type Played = Result<Vec<Run>, String>;

fn play(sheet: &Sheet, network: &Network, runs: usize) -> Vec<Run> {
    (1..=runs)
        .map(|number| {
            eprintln!("{}: {number} of {runs}", sheet.table.id);
            (sheet.play)(network)
        })
        .collect()
}

fn launcher() -> Result<Launcher, String> {
    Ok(Launcher {
        program: std::env::current_exe().map_err(|e| format!("where is this program? {e}"))?,
        args: Vec::new(),
        timeout: T,
    })
}
