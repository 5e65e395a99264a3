//! A leader in a process of its own, which can be stopped and whose clock can jump. It is this same
//! program, started again; each line is a command.

use crate::LIMIT;
use nix::sys::signal::{Signal, raise};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::time::Duration;
use tenure::{Client, ClientOptions, ContenderEvent, ContenderOptions, Url};
use tenure_field::Process;
use tenure_field::process::Options;

/// The variables that hold the URL and the session timeout in milliseconds.
const URL: &str = "TENURE_SCENARIO_URL";
const TIMEOUT: &str = "TENURE_SCENARIO_TIMEOUT_MS";

/// Starts the process, and waits until it leads: its line has its session and token.
#[track_caller]
pub(crate) fn start(url: &str, timeout: Duration, env: Vec<(String, String)>) -> (Process, Value) {
    let millis = timeout.as_millis().to_string();
    let mut options = Options {
        env,
        ..Options::default()
    };
    options.env.push((URL.to_owned(), url.to_owned()));
    options.env.push((TIMEOUT.to_owned(), millis));
    let process = Process::spawn_test("leader_process::process_under_test", options);
    let leads = process.wait_for("leadership", LIMIT, |line| line["leads"] == true);
    (process, leads)
}

/// Sends the process a command. It answers with a line of the same name.
pub(crate) fn tell(process: &Process, line: &str) {
    process.write_stdin(format!("{line}\n").as_bytes());
}

#[track_caller]
pub(crate) fn answer(process: &Process, line: &str) -> Value {
    process.wait_for(line, LIMIT, |said| said["done"] == line)
}

/// Not a test: the process under test.
#[test]
#[ignore = "the process that the other tests start"]
fn process_under_test() {
    if std::env::var_os(URL).is_some() {
        run();
    }
}

fn say(line: &Value) {
    // The parent process has gone: nothing reads the answer.
    drop(writeln!(std::io::stderr(), "{line}"));
}

fn run() {
    let url: Url = std::env::var(URL).unwrap().parse().unwrap();
    let millis = std::env::var(TIMEOUT).unwrap().parse().unwrap();
    let options = ClientOptions::default().session_timeout(Duration::from_millis(millis));
    let client = Client::open(&url, options).unwrap();
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    let session = crate::session_of(&client);
    say(&json!({"leads": true, "token": token, "session": session}));
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        match line.as_str() {
            // To this thread, so that it does not continue while others take the signal: the first
            // act after the stop is the question.
            "stop" => {
                raise(Signal::SIGSTOP).unwrap();
                let leads = contender.is_leading();
                say(&json!({"done": line, "leads": leads}));
            }
            // A write of a leader that has not checked since it last led.
            "write" => say(&json!({"done": line, "token": token})),
            "loss" => {
                let told = crate::until(contender.events(), crate::lost);
                let Some(ContenderEvent::Lost { reason, .. }) = told.last() else {
                    continue;
                };
                say(&json!({"done": line, "reason": format!("{reason:?}")}));
            }
            other => panic!("not a command: {other:?}"),
        }
    }
}
