//! The command-line tool.

mod args;
mod ask;
mod contend;
mod detect;
#[cfg(test)]
mod documented;
mod evict;
mod exit;
mod first_wait;
mod helpers;
mod inbox;
mod lines;
mod members;
mod output;
mod payload;
mod report;
mod run;
mod signals;
mod status;
mod strangers;
mod sys;

use args::{Job, Plan, Refusal, Task};
use crossbeam_channel::Receiver;
use exit::Outcome;
use inbox::{Inbox, Input};
use report::Report;
use signals::Stop;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tenure::{Client, Error};

const REFUSED: &str = "the server refused the credentials";
const CLOSED: &str = "the session was closed and cannot be opened again";

/// The limit for closing a session with no znode.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The largest time between the end of the events and the answer to the call: they take different
/// ways through the library.
const ANSWER_LAG_MAX: Duration = Duration::from_millis(200);

/// The parts that every subcommand uses.
struct Tool<'a, E> {
    client: &'a Client,
    inbox: Inbox<E>,
    report: &'a mut Report,
    /// The limit for removing the znode and the session.
    patience: Duration,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = run::guardian::main(&words) {
        return code;
    }
    if tenure::undertaker::is_meant(&words) {
        return tenure::undertaker::main(&words);
    }
    if let Err(error) = signals::unblock() {
        report::print_error(&format!("cannot unblock signals: {error}"));
        return Outcome::Failed.into();
    }
    let plan = match args::read(&words) {
        Ok(Task::Session(plan)) => *plan,
        Ok(Task::Helper(helper)) => return helper.run().into(),
        Err(refusal) => return refuse(&refusal).into(),
    };
    let (json, answer_only) = (plan.json, plan.job.is_question());
    // A question that fails has no answer; 1 would be "no".
    let failed = if answer_only {
        Outcome::NotKnown
    } else {
        Outcome::Failed
    };
    let report = match &plan.job {
        // Standard output belongs to the command.
        Job::Run(_) => Report::to_stderr(json),
        _ => Report::new(json, answer_only),
    };
    let mut report = match report {
        Ok(report) => report,
        Err(error) => {
            report::print_error(&format!("cannot start a thread: {error}"));
            return failed.into();
        }
    };
    // Before the session: a signal while it opens ends the tool. `run` catches its signals itself,
    // for they are also its command's.
    let stops = match plan.job {
        Job::Run(_) => Ok(crossbeam_channel::never()),
        _ => signals::listen(failed.code()),
    };
    let stops = match stops {
        Ok(stops) => stops,
        Err(error) => {
            report::print_error(&format!("cannot listen for signals: {error}"));
            return failed.into();
        }
    };
    let outcome = run(plan, &mut report, &stops).unwrap_or_else(|error| {
        report.failure(error.message());
        failed
    });
    let complete = report.finish(&stops);
    let outcome = if complete { outcome } else { failed };
    outcome.into()
}

fn run(plan: Plan, report: &mut Report, stops: &Receiver<Stop>) -> Result<Outcome, Error> {
    let client = Client::open(&plan.url, plan.client_options())?;
    let (client, patience) = (&client, plan.session_timeout);
    match plan.job {
        Job::Run(job) => run::run(client, report, patience, job),
        Job::Contend {
            options,
            reenrol,
            first_wait,
        } => contend::run(
            Tool::new(client, stops, report, patience)?,
            options,
            reenrol,
            first_wait,
        ),
        Job::Detect {
            label,
            once,
            timeout,
        } => detect::run(
            Tool::new(client, stops, report, patience)?,
            plan.url.path(),
            label.as_deref(),
            once,
            timeout,
        ),
        Job::Status { .. } if plan.url.standalone().is_some() => {
            status::run_standalone(Tool::new(client, stops, report, patience)?, plan.url.path())
        }
        Job::Status { timeout } => status::run(
            Tool::new(client, stops, report, patience)?,
            plan.url.path(),
            timeout,
        ),
        Job::Evict { member, timeout } => evict::run(
            Tool::new(client, stops, report, patience)?,
            plan.url.path(),
            &member,
            timeout,
        ),
        Job::Members { watch, timeout } => members::run(
            Tool::new(client, stops, report, patience)?,
            plan.url.path(),
            watch,
            timeout,
        ),
    }
}

impl<'a, E: Send + 'static> Tool<'a, E> {
    fn new(
        client: &'a Client,
        stops: &Receiver<Stop>,
        report: &'a mut Report,
        patience: Duration,
    ) -> Result<Self, Error> {
        Ok(Self {
            client,
            inbox: Inbox::new(client, stops.clone(), report.end())?,
            report,
            patience,
        })
    }
}

/// Closes the session and passes on the remaining events, for at most `patience`.
///
/// # Errors
/// If no server has received the close.
fn close<E: Send + 'static>(
    client: &Client,
    inbox: &Inbox<E>,
    patience: Duration,
    mut pass_on: impl FnMut(Input<E>),
) -> Result<(), Error> {
    let closing = client.close();
    let deadline = Instant::now().checked_add(patience);
    loop {
        match inbox.next_event(deadline) {
            Input::End | Input::Time => break,
            input => pass_on(input),
        }
    }
    closing.wait_for(ANSWER_LAG_MAX)
}

/// Closes a session that no member depends on.
fn leave<E: Send + 'static>(client: &Client, inbox: &Inbox<E>, report: &mut Report) {
    let closed = close(client, inbox, CLOSE_TIMEOUT, |input| {
        if let Input::Session(event) = input {
            report.session(&event);
        }
    });
    // A failure is harmless: the session has no znode and expires by itself.
    drop(closed);
}

/// The message when the tool gives up after its `--timeout`.
fn not_known(what: &str, timeout: Option<Duration>, report: &Report) -> String {
    let limit = humantime::format_duration(timeout.unwrap_or_default());
    match report.last_problem() {
        Some(problem) => format!("{what} is not known after {limit}; last error: {problem}"),
        None => format!("{what} is not known after {limit}"),
    }
}

fn refuse(refusal: &Refusal) -> Outcome {
    match refusal {
        Refusal::Help(text) => {
            // A reader that closed the pipe has read enough.
            drop(std::io::stdout().write_all(text.as_bytes()));
            Outcome::Done
        }
        Refusal::Bad(text) => {
            // Words of the command line are quoted, and may be copied from a name of others.
            let lines: Vec<_> = text.trim_end().lines().map(lines::plain).collect();
            drop(writeln!(std::io::stderr(), "tenure: {}", lines.join("\n")));
            Outcome::BadInput
        }
    }
}
