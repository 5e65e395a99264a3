//! `make sim`.

use clap::Parser;
use std::process::ExitCode;
use tenure_sim::Options;

fn main() -> ExitCode {
    // Without a mistake worlds run over the core as it is shipped, else over the copy that can make it.
    match Options::parse().mutant {
        None => tenure_sim::tool(),
        Some(_) => tenure_sim_mutated::tool(),
    }
}
