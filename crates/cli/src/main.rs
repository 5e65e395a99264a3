//! The command-line tool.

mod args;
mod ask;
mod contend;
mod detect;
#[cfg(test)]
mod documented;
mod evict;
mod helpers;
mod inbox;
mod lines;
mod members;
mod report;
mod run;
mod signals;
mod status;
mod sys;

use args::{Job, Plan, Refusal, Task};
use crossbeam_channel::Receiver;
use inbox::{Inbox, News};
use report::Report;
use signals::Stop;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tenure::{Client, Error, ErrorKind};

/// How the tool ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Failed,
    BadInput,
    NotKnown,
    /// As a command did.
    Command(u8),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::BadInput => 2,
            Outcome::NotKnown => 3,
            Outcome::Command(code) => code,
        })
    }
}

const REFUSED: &str = "the server refused the credentials";
const CLOSED: &str = "the session was closed and cannot be opened again";

/// How long who leaves nothing behind tries to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);
/// How far apart the end of the events and the answer to the call may be: they take different
/// ways through the library.
const APART: Duration = Duration::from_millis(200);

/// What every subcommand works with.
struct Desk<'a, E> {
    client: &'a Client,
    inbox: Inbox<E>,
    report: &'a mut Report,
    /// How long to try to leave nothing behind.
    patience: Duration,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = run::guardian::main(&words) {
        return code;
    }
    let plan = match args::read(&words) {
        Ok(Task::Session(plan)) => *plan,
        Ok(Task::Helper(helper)) => return helper.run().into(),
        Err(refusal) => return refuse(&refusal).into(),
    };
    let (json, answer_only) = (plan.json, plan.job.is_question());
    let report = match &plan.job {
        // Standard output belongs to the command.
        Job::Run(_) => Report::to_stderr(json),
        _ => Ok(Report::new(json, answer_only)),
    };
    let mut report = match report {
        Ok(report) => report,
        Err(error) => {
            report::complain(&format!("cannot start a thread: {error}"));
            return Outcome::Failed.into();
        }
    };
    let outcome = run(plan, &mut report).unwrap_or_else(|error| {
        report.failure(error.message());
        Outcome::Failed
    });
    if let Some(fault) = report.fault() {
        report::complain(&format!("cannot write to standard output: {fault}"));
        return Outcome::Failed.into();
    }
    report.finish();
    outcome.into()
}

fn run(plan: Plan, report: &mut Report) -> Result<Outcome, Error> {
    // Before the session: who is asked to end while it opens ends. The signals of `run` are its
    // own, for they are also its command's.
    let stops = match plan.job {
        Job::Run(_) => crossbeam_channel::never(),
        _ => signals::listen().map_err(|error| {
            let message = format!("cannot listen for signals: {error}");
            Error::new(ErrorKind::System, message)
        })?,
    };
    let client = Client::open(&plan.url, plan.client_options())?;
    let (client, patience) = (&client, plan.session_timeout);
    match plan.job {
        Job::Run(job) => run::run(client, report, patience, job),
        Job::Contend { options, reenrol } => contend::run(
            Desk::new(client, stops, report, patience)?,
            options,
            reenrol,
        ),
        Job::Detect {
            label,
            once,
            timeout,
        } => detect::run(
            Desk::new(client, stops, report, patience)?,
            plan.url.path(),
            label.as_deref(),
            once,
            timeout,
        ),
        Job::Status { .. } if plan.url.standalone().is_some() => {
            status::run_standalone(Desk::new(client, stops, report, patience)?, plan.url.path())
        }
        Job::Status { timeout } => status::run(
            Desk::new(client, stops, report, patience)?,
            plan.url.path(),
            timeout,
        ),
        Job::Evict { member, timeout } => evict::run(
            Desk::new(client, stops, report, patience)?,
            plan.url.path(),
            &member,
            timeout,
        ),
        Job::Members { watch, timeout } => members::run(
            Desk::new(client, stops, report, patience)?,
            plan.url.path(),
            watch,
            timeout,
        ),
    }
}

impl<'a, E: Send + 'static> Desk<'a, E> {
    fn new(
        client: &'a Client,
        stops: Receiver<Stop>,
        report: &'a mut Report,
        patience: Duration,
    ) -> Result<Self, Error> {
        Ok(Self {
            client,
            inbox: Inbox::new(client, stops)?,
            report,
            patience,
        })
    }
}

/// Closes the session and hands on what is still to be told, at most for `patience`.
///
/// # Errors
/// When no server could be told.
fn close<E: Send + 'static>(
    client: &Client,
    inbox: &Inbox<E>,
    patience: Duration,
    mut tell: impl FnMut(News<E>),
) -> Result<(), Error> {
    let closing = client.close();
    let deadline = Instant::now().checked_add(patience);
    loop {
        match inbox.next_event(deadline) {
            News::End | News::Time => break,
            news => tell(news),
        }
    }
    closing.wait_for(APART)
}

/// Closes a session that nothing depends on.
fn leave<E: Send + 'static>(client: &Client, inbox: &Inbox<E>, report: &mut Report) {
    let told = close(client, inbox, FAREWELL, |news| {
        if let News::Session(event) = news {
            report.session(&event);
        }
    });
    // Nobody misses anything: the session ends by itself, and nothing hangs on it.
    drop(told);
}

/// Why the tool gives up after its `--timeout`.
fn not_known(what: &str, timeout: Option<Duration>, report: &Report) -> String {
    let limit = humantime::format_duration(timeout.unwrap_or_default());
    match report.last_trouble() {
        Some(trouble) => format!("{what} is not known after {limit}; last error: {trouble}"),
        None => format!("{what} is not known after {limit}"),
    }
}

fn refuse(refusal: &Refusal) -> Outcome {
    match refusal {
        Refusal::Told(text) => {
            // A reader that has gone has seen enough.
            drop(std::io::stdout().write_all(text.as_bytes()));
            Outcome::Done
        }
        Refusal::Bad(text) => {
            drop(writeln!(std::io::stderr(), "tenure: {}", text.trim_end()));
            Outcome::BadInput
        }
    }
}
