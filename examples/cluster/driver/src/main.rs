//! The story of the example cluster, narrated as it happens and checked step by step.
//!
//! `make cluster` builds all programs and runs it.

mod args;
mod beliefs;
mod cluster;
mod command;
mod failure;
mod human;
mod keep;
mod leaderships;
mod leases;
mod link;
mod narrate;
mod narrator;
mod picture;
mod programs;
mod record;
mod run;
mod seat;
mod steps;
mod story;
mod table;
mod timeline;
mod web;

use std::panic;
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use tenure_field::Interrupt;

use args::Args;
use programs::Programs;
use run::{Logs, Settings};

fn main() -> ExitCode {
    let args = Args::parse();
    if args.no_color {
        console::set_colors_enabled(false);
    }
    if args.list {
        for step in steps::ALL {
            println!("{:<16} {}", step.name, step.about.replace('\n', " "));
        }
        return ExitCode::SUCCESS;
    }
    match prepare(&args) {
        Ok((settings, interrupt)) => {
            leave_panics_to_the_report();
            run::run(settings, interrupt).into()
        }
        Err(why) => {
            eprintln!("tenure-cluster: {why}");
            ExitCode::from(2)
        }
    }
}

/// The report has the message of a panic where a run catches it; the message is not printed twice.
fn leave_panics_to_the_report() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !matches!(
            thread::current().name(),
            Some("main" | story::SERVERS_THREAD)
        ) {
            usual(panic);
        }
    }));
}

fn prepare(args: &Args) -> Result<(Settings, Interrupt), String> {
    let programs = Programs::in_folder(&args.programs()?)?;
    let logs =
        Logs::new(args).map_err(|error| format!("cannot make a folder for the logs: {error}"))?;
    let interrupt =
        Interrupt::listen().map_err(|error| format!("cannot catch signals: {error}"))?;
    let settings = Settings {
        programs,
        steps: args.steps(),
        svg: args.svg(),
        logs,
        is_kept: args.keep,
        is_json: args.json,
    };
    Ok((settings, interrupt))
}
