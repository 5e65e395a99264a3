//! The demo of tenure: a run of a few acts, narrated as it happens and checked step by step.
//!
//! `make demo` builds it and the tool, and installs missing packages.

mod acts;
mod args;
mod background;
mod cast;
mod children;
mod demo;
mod failure;
mod human;
mod logs;
mod narrate;
mod narrator;
mod panics;
mod progress;
mod run;
mod table;
mod tenures;

use std::process::ExitCode;

use clap::Parser;
use tenure_field::Interrupt;

use args::Args;
use demo::Settings;

fn main() -> ExitCode {
    let args = Args::parse();
    if args.no_color {
        console::set_colors_enabled(false);
        console::set_colors_enabled_stderr(false);
    }
    let tenure = match args.tenure() {
        Ok(tenure) => tenure,
        Err(why) => return refuse(&why),
    };
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => return refuse(&format!("cannot catch signals: {error}")),
    };
    panics::leave_to_the_report();
    let settings = Settings {
        tenure,
        session_timeout: args.session_timeout,
        tick: args.tick(),
    };
    run::run(settings, interrupt, args.keep_logs).into()
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("tenure-demo: {why}");
    ExitCode::from(2)
}
