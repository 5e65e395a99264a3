//! Runs a target on generated inputs, or on files. `README.md` explains when to use this and when
//! to use the fuzzer that is guided by coverage.

use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{fs, io};
use tenure_fuzz::{Mutator, TARGETS, Target};

/// Arbitrary bytes for all code of tenure that reads bytes.
#[derive(Debug, Parser)]
#[command(name = "tenure-fuzz")]
struct Args {
    /// The target; all of them, one after the other, without a name.
    #[arg(value_parser = TARGETS.iter().map(|target| target.name).collect::<Vec<_>>())]
    target: Option<String>,
    /// Inputs to run once each, instead of generated ones.
    #[arg(requires = "target")]
    files: Vec<PathBuf>,
    /// How long each target is run.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// The seed of the inputs; the same seed makes the same ones.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The directory for an input that breaks a promise.
    #[arg(long, value_name = "DIR", default_value = "workshop/fuzz/artifacts")]
    artifacts: PathBuf,
    /// Write the first inputs to DIR/TARGET/, and end.
    #[arg(long, value_name = "DIR")]
    write_seeds: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tenure-fuzz: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every promise was kept.
fn run(args: &Args) -> io::Result<bool> {
    let wanted = |target: &&Target| {
        args.target
            .as_deref()
            .is_none_or(|name| name == target.name)
    };
    let mut kept = true;
    for target in TARGETS.iter().filter(wanted) {
        kept &= match &args.write_seeds {
            Some(under) => write_seeds(target, under)?,
            None if args.files.is_empty() => search(target, args)?,
            None => run_files(target, &args.files)?,
        };
    }
    Ok(kept)
}

fn write_seeds(target: &Target, under: &Path) -> io::Result<bool> {
    let directory = under.join(target.name);
    fs::create_dir_all(&directory)?;
    for (name, bytes) in (target.seeds)() {
        fs::write(directory.join(name), bytes)?;
    }
    Ok(true)
}

/// The panic itself prints its message, where it occurs.
fn keeps(target: &Target, input: &[u8]) -> bool {
    std::panic::catch_unwind(|| (target.run)(input)).is_ok()
}

fn run_files(target: &Target, files: &[PathBuf]) -> io::Result<bool> {
    let mut kept = true;
    for file in files {
        let name = |error| io::Error::other(format!("{}: {error}", file.display()));
        let input = fs::read(file).map_err(name)?;
        let this = keeps(target, &input);
        let outcome = if this { "ok" } else { "FAILED" };
        println!("{} {}: {outcome}", target.name, file.display());
        kept &= this;
    }
    Ok(kept)
}

fn search(target: &Target, args: &Args) -> io::Result<bool> {
    let Target { name, holds, .. } = target;
    let (seconds, seed) = (args.seconds, args.seed);
    println!("{name}: {holds}");
    println!("{name}: {seconds} s, --seed {seed}");
    let seeds = (target.seeds)().into_iter().map(|(_, bytes)| bytes);
    let mut mutator = Mutator::new(seed, seeds.collect());
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < Duration::from_secs(seconds) {
        let input = mutator.next_input();
        count += 1;
        if !keeps(target, &input) {
            let file = args.artifacts.join(format!("{name}-{seed}-{count}"));
            fs::create_dir_all(&args.artifacts)?;
            fs::write(&file, &input)?;
            let file = file.display();
            println!("{name}: FAILED at input {count}, of {} bytes", input.len());
            println!("run it again: cargo run --package tenure-fuzz -- {name} {file}");
            return Ok(false);
        }
    }
    println!("{name}: {count} inputs, nothing found");
    Ok(true)
}
