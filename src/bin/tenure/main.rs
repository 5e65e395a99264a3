//! The command-line tool.

mod args;
mod contend;
mod detect;
mod inbox;
mod lines;
mod members;
mod report;
mod signals;
mod sys;

use args::{Job, Plan, Refusal};
use crossbeam_channel::Receiver;
use inbox::{Inbox, News};
use report::Report;
use signals::Stop;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tenure::{Client, Error};

/// How the tool ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Failed,
    BadInput,
    NotKnown,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::BadInput => 2,
            Outcome::NotKnown => 3,
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
    let plan = match args::read(&words) {
        Ok(plan) => plan,
        Err(refusal) => return refuse(&refusal).into(),
    };
    let answer_only = match &plan.job {
        Job::Contend { .. } => false,
        Job::Detect { once, .. } => *once,
        Job::Members { watch, .. } => !*watch,
    };
    let mut report = Report::new(plan.json, answer_only);
    let outcome = match signals::listen() {
        Ok(stops) => run(plan, stops, &mut report).unwrap_or_else(|error| {
            report.failure(error.message());
            Outcome::Failed
        }),
        Err(error) => {
            report.failure(&format!("cannot listen for signals: {error}"));
            Outcome::Failed
        }
    };
    if let Some(fault) = report.fault() {
        report::complain(&format!("cannot write to standard output: {fault}"));
        return Outcome::Failed.into();
    }
    outcome.into()
}

fn run(plan: Plan, stops: Receiver<Stop>, report: &mut Report) -> Result<Outcome, Error> {
    let client = Client::open(&plan.url, plan.client_options())?;
    let (client, patience) = (&client, plan.session_timeout);
    match plan.job {
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
