//! The cost of N groups on one client, each with a contender and a detector: processor time of the
//! whole process, and memory. `workshop/bench/README.md` explains the figures.

mod rows;
mod usage;

use clap::Parser;
use rows::Row;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Measure the cost of N contenders and N detectors of N groups on one client
#[derive(Parser)]
struct Args {
    /// The numbers of groups; the last one is compared with the first
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1000,2000,4000,8000,16000,32000"
    )]
    groups: Vec<usize>,
    /// How many seconds the idle client is measured
    #[arg(long, default_value_t = 10)]
    idle: u64,
    /// How often each number is measured; the table has the medians
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// Measure one number in this process and print its row, for the process that prints the table
    #[arg(long, hide = true)]
    one: Option<usize>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.one {
        Some(groups) => rows::measure(groups, args.idle).map(|row| println!("{}", row.to_line())),
        None => table(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crowd: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures each number in a process of its own, so that none includes the memory of another.
fn table(args: &Args) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    println!("{}", rows::HEAD);
    let mut measured: Vec<Row> = Vec::new();
    for groups in &args.groups {
        let rows: Result<Vec<Row>, String> = (0..args.repeats)
            .map(|_| measure_apart(&program, *groups, args.idle))
            .collect();
        let row = Row::median(&rows?);
        println!("{row}");
        measured.push(row);
    }
    if let [first, .., last] = measured.as_slice() {
        println!("{}", last.ratios(first));
    }
    Ok(())
}

/// One measurement in a process of its own.
fn measure_apart(program: &Path, groups: usize, idle: u64) -> Result<Row, String> {
    let output = Command::new(program)
        .args(["--one", &groups.to_string(), "--idle", &idle.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot run this program again: {e}"))?;
    let line = String::from_utf8_lossy(&output.stdout);
    Row::from_line(line.trim())
        .ok_or_else(|| format!("the measurement of {groups} groups ended without a row"))
}
