//! What `make sim` does, and prints.

use crate::options::{COUNT, Options, Wish};
use crate::run::{Summary, run};
use crate::story::{self, Wanted};
use clap::Parser;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tenure_mutants::Mutant;

/// A run that takes longer than this says how far it is, and again each time.
const PROGRESS: Duration = Duration::from_secs(5);

/// Does what the arguments of this process and its environment say.
#[must_use]
pub fn tool() -> ExitCode {
    let options = Options::parse();
    let mutant = match options.mutant {
        Some(Wish::List) => {
            for mutant in Mutant::ALL {
                println!("{}", mutant.name());
            }
            return ExitCode::SUCCESS;
        }
        Some(Wish::Make(mutant)) => Some(mutant),
        None => None,
    };
    println!(
        "sim: {}{}",
        options.words(),
        mutant.map_or_else(String::new, |mutant| format!(" {}", mutant.about()))
    );
    let wanted = Wanted {
        mutant,
        broken: options.broken,
        hazard: options.hazard,
        told: 0,
    };
    let summary = simulate(&options, wanted);
    if let Some((seed, what)) = &summary.violation {
        tell(*seed, what, &options, wanted);
        if mutant.is_some() {
            println!("caught in world {} of {}", summary.worlds, options.count);
        }
    } else if options.tell {
        let told = Wanted {
            told: usize::try_from(options.last).unwrap_or(usize::MAX),
            ..wanted
        };
        print_words(&story::run(options.seed, told).words);
    }
    let missing = summary.missing();
    // Fewer worlds need not meet everything, and worlds that break a promise end early.
    let demanded = options.count >= COUNT
        && mutant.is_none()
        && options.broken.is_none()
        && options.hazard.is_none();
    let missed = demanded && !missing.is_empty();
    if !missing.is_empty() && summary.violation.is_none() {
        let word = if missed {
            "NOT REACHED"
        } else {
            "not reached, and not demanded here"
        };
        println!("{word}: {}", missing.join(", "));
    }
    println!(
        "{}",
        serde_json::json!({
            "seed": options.seed,
            "worlds": summary.worlds,
            "sim_seconds": summary.lasted / 1_000_000_000,
            "settled_ms_max": summary.settled / 1_000_000,
            "history": format!("{:016x}", summary.history),
            "violations": u8::from(summary.violation.is_some()),
            "sometimes": summary.marks(),
        })
    );
    if summary.violation.is_some() || missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn simulate(options: &Options, wanted: Wanted) -> Summary {
    let began = Instant::now();
    let said = std::sync::Mutex::new(began);
    let threads = options.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        |threads| usize::try_from(threads).unwrap_or(1),
    );
    run(options.seed, options.count, threads, wanted, |done| {
        if let Ok(mut said) = said.try_lock()
            && said.elapsed() >= PROGRESS
        {
            *said = Instant::now();
            let took = began.elapsed().as_secs();
            eprintln!("sim: {done} of {} worlds after {took} s", options.count);
        }
    })
}

/// Runs the world again, and prints what happened last in it.
fn tell(seed: u64, what: &str, options: &Options, wanted: Wanted) {
    let told = Wanted {
        told: usize::try_from(options.last).unwrap_or(usize::MAX),
        ..wanted
    };
    let again = story::run(seed, told);
    print_words(&again.words);
    println!("seed {seed}: {what}");
    if again.violation.as_deref() != Some(what) {
        println!(
            "the same seed did not do the same again: {:?}",
            again.violation
        );
    }
    println!("again: {}", options.again(seed));
}

fn print_words(words: &[String]) {
    for line in words {
        println!("{line}");
    }
}
