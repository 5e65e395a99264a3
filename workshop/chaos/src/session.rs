//! From the command line to the last line: plays runs, checks their histories, sums up.

use crate::args::{CampaignArgs, CommonArgs, RunArgs, check_ticks};
use crate::clock::Clock;
use crate::cluster::{Settings, Stop};
use crate::faults::Fault;
use crate::summary::Summary;
use crate::{campaign, run};
use humantime::format_duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tenure_chaos::check::Case;
use tenure_chaos::figures::{add, figures, writes};
use tenure_chaos::history;
use tenure_field::interrupt::{EXIT_STATUS, Interrupt};
use tenure_field::panic_text;

/// T of a chaos, unless it is given.
const TIMEOUT: Duration = Duration::from_secs(4);
/// How many violations of one history are printed.
const SHOWN_MAX: usize = 20;

/// Plays chaos.
///
/// # Errors
/// When the command cannot be carried out.
pub(crate) fn chaos(args: &RunArgs, interrupt: &Interrupt) -> Result<ExitCode, String> {
    let timeout = args.common.session_timeout.unwrap_or(TIMEOUT);
    let settings = settings(&args.common, timeout, args.tick, args.sync_limit)?;
    let (seed, duration) = (args.common.seed(), args.duration());
    let mut faults = args.faults();
    println!(
        "tenure-chaos: --seed {seed} --duration {} --runs {} --session-timeout {} --tick {} \
         --sync-limit {}{} --plan {}",
        format_duration(duration),
        args.runs,
        format_duration(settings.session_timeout),
        format_duration(settings.tick),
        settings.sync_limit,
        args.rounds
            .map(|rounds| format!(" --rounds {rounds}"))
            .unwrap_or_default(),
        names(&faults)
    );
    if faults.contains(&Fault::ClockStep)
        && let Err(why) = probe_clock()
    {
        if !args.takes_what_there_is() {
            return Err(why);
        }
        println!("without clock-step: {why}");
        faults.retain(|fault| *fault != Fault::ClockStep);
    }
    if let Some(limit) = args.common.timeout {
        interrupt.raise_after(limit, "tenure-chaos");
    }
    let mut summary = Summary::default();
    for number in 0..args.runs {
        let seed = seed.wrapping_add(number.into());
        let label = format!("seed-{seed}");
        let play = |directory: &Path| {
            let task = run::Task {
                settings: &settings,
                seed,
                duration,
                rounds: args.rounds.unwrap_or(u64::MAX),
                faults: &faults,
                directory,
            };
            run::run(&task, interrupt.clone())
        };
        let again = format!("tenure-chaos --seed {seed} (and the other options of the first line)");
        if interrupt.is_late() {
            break;
        }
        if play_one(&args.common, &label, &again, interrupt, &mut summary, play) {
            return Ok(ExitCode::from(EXIT_STATUS));
        }
    }
    Ok(conclude(&summary))
}

/// Plays campaigns.
///
/// # Errors
/// When the command cannot be carried out.
pub(crate) fn campaign(args: &CampaignArgs, interrupt: &Interrupt) -> Result<ExitCode, String> {
    let seed = args.common.seed();
    let mut plans = Vec::new();
    for plan in args.plans.iter().flat_map(|plan| plan.plans()) {
        let (timeout, tick) = args.times(*plan)?;
        plans.push((
            *plan,
            settings(&args.common, timeout, tick, args.sync_limit)?,
        ));
    }
    let plan_names: Vec<&str> = plans.iter().map(|(plan, _)| plan.name()).collect();
    println!(
        "tenure-chaos: campaign {} --seed {seed} --runs {}{}{} --sync-limit {}",
        plan_names.join(" "),
        args.runs,
        option("--session-timeout", args.common.session_timeout),
        option("--tick", args.tick),
        args.sync_limit
    );
    if let Some(limit) = args.common.timeout {
        interrupt.raise_after(limit, "tenure-chaos");
    }
    let mut summary = Summary::default();
    for (plan, settings) in &plans {
        println!(
            "{}: T {}, tick {}",
            plan.name(),
            format_duration(settings.session_timeout),
            format_duration(settings.tick)
        );
        let play = |directory: &Path| {
            let task = campaign::Task {
                settings,
                plan: *plan,
                seed,
                runs: args.runs,
                directory,
            };
            campaign::run(&task, interrupt.clone())
        };
        let again = format!("tenure-chaos campaign {} --runs {}", plan.name(), args.runs);
        if interrupt.is_late() {
            break;
        }
        if play_one(
            &args.common,
            plan.name(),
            &again,
            interrupt,
            &mut summary,
            play,
        ) {
            return Ok(ExitCode::from(EXIT_STATUS));
        }
    }
    print!("{}", summary.distribution());
    Ok(conclude(&summary))
}

/// The result of a history; prints violations.
pub(crate) fn judge(case: &Case<'_>, path: &Path) -> Summary {
    let violations = case.violations();
    for violation in violations.iter().take(SHOWN_MAX) {
        println!("VIOLATED {violation}");
    }
    if violations.len() > SHOWN_MAX {
        println!(
            "… and {} more: tenure-chaos check {}",
            violations.len() - SHOWN_MAX,
            path.display()
        );
    }
    Summary {
        runs: 1,
        by_fault: figures(case),
        writes: writes(case),
        violations: violations.len(),
        failure: None,
        kept: Vec::new(),
    }
}

/// The last lines, and the exit status for them.
pub(crate) fn conclude(summary: &Summary) -> ExitCode {
    println!("{}", summary.table());
    if let Some(failure) = &summary.failure {
        println!("FAILED {failure}");
    }
    println!("{}", summary.json());
    match summary.passed() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Plays one run and adds its result; returns whether Ctrl-C or the time limit ended it.
fn play_one(
    args: &CommonArgs,
    label: &str,
    again: &str,
    interrupt: &Interrupt,
    summary: &mut Summary,
    play: impl FnOnce(&Path) -> Result<(), Stop>,
) -> bool {
    let directory = match directory(args.keep.as_deref(), label) {
        Ok(directory) => directory,
        Err(why) => {
            summary.failure.get_or_insert(why);
            return false;
        }
    };
    // The harness panics when it cannot go on.
    let played = catch_unwind(AssertUnwindSafe(|| play(&directory)));
    let mut failure = match played {
        Ok(Ok(())) => None,
        Ok(Err(Stop::Failed(why))) => Some(why),
        Ok(Err(Stop::Interrupted)) if interrupt.is_late() => {
            Some("--timeout: the time is over".to_owned())
        }
        Ok(Err(Stop::Interrupted)) => {
            println!(
                "interrupted; the history so far is in {}",
                directory.display()
            );
            return true;
        }
        Err(panic) => Some(panic_text(&*panic).to_owned()),
    };
    let mut violations = 0;
    match history::read(&directory) {
        Ok(history) => {
            let shown = judge(&Case::new(&history), &directory);
            violations = shown.violations;
            summary.runs += 1;
            summary.violations += violations;
            summary.writes.done += shown.writes.done;
            summary.writes.refused += shown.writes.refused;
            add(&mut summary.by_fault, shown.by_fault);
        }
        Err(error) => drop(failure.get_or_insert_with(|| error.to_string())),
    }
    if violations > 0 || failure.is_some() || args.keep.is_some() {
        println!("kept: {}", directory.display());
        summary.kept.push(directory.display().to_string());
    } else if let Err(error) = std::fs::remove_dir_all(&directory) {
        println!("cannot remove {}: {error}", directory.display());
    }
    if violations > 0 || failure.is_some() {
        println!("again: {again}");
    }
    if let Some(why) = failure {
        println!("FAILED {why}");
        summary.failure.get_or_insert(why);
    }
    false
}

/// A new directory for one run.
fn directory(keep: Option<&Path>, label: &str) -> Result<PathBuf, String> {
    let parent = keep.map_or_else(std::env::temp_dir, Path::to_owned);
    let make = || {
        std::fs::create_dir_all(&parent)?;
        let directory = tempfile::Builder::new()
            .prefix(&format!("tenure-chaos-{label}-"))
            .tempdir_in(&parent)?;
        Ok(directory.keep())
    };
    make().map_err(|error: std::io::Error| {
        format!(
            "--keep: no directory can be made in {}: {error}",
            parent.display()
        )
    })
}

fn settings(
    args: &CommonArgs,
    session_timeout: Duration,
    tick: Duration,
    sync_limit: u32,
) -> Result<Settings, String> {
    check_ticks(session_timeout, tick)?;
    Ok(Settings {
        tenure: args.tenure()?,
        session_timeout,
        tick,
        sync_limit,
    })
}

/// An option that was given, behind a blank.
fn option(name: &str, value: Option<Duration>) -> String {
    value.map_or_else(String::new, |value| {
        format!(" {name} {}", format_duration(value))
    })
}

fn probe_clock() -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    Clock::new(directory.path()).map(drop)
}

fn names(faults: &[Fault]) -> String {
    let names: Vec<&str> = faults.iter().map(|fault| fault.name()).collect();
    names.join(",")
}
