//! The process under test: the library alone, with one command a line, so that all its threads,
//! descriptors and memory are the library's.
//!
//! | line | effect |
//! |---|---|
//! | `lead` | contends in the URL's group and watches it; the answer has the token once it leads |
//! | `state` | the answer has the present token and the number of lost leaderships |
//! | `cycles N` | N candidacies, from enrolment to withdrawal, several groups at a time |
//! | `crowd N M` | N groups with M contenders and M detectors each, until all detectors have the leader |
//! | `open URL` | opens a second client, whose failed attempts are printed |
//!
//! The answer to each line is one line on standard error when it is done.

use crate::LIMIT;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    SessionEvent, Url,
};
use tenure_field::Process;
use tenure_field::process::Options;

/// The variables that hold the URL and the session timeout in milliseconds.
const URL: &str = "TENURE_SUBJECT_URL";
const TIMEOUT: &str = "TENURE_SUBJECT_TIMEOUT_MS";

/// How many groups take part in the cycles at the same time.
const GROUPS: usize = 20;

/// The process, from outside.
pub(crate) struct ClientProcess {
    pub(crate) process: Process,
}

impl ClientProcess {
    /// Starts it and waits until its client is open.
    #[track_caller]
    pub(crate) fn start(url: &str, timeout: Duration, mut options: Options) -> Self {
        let millis = timeout.as_millis().to_string();
        options.env.push((URL.to_owned(), url.to_owned()));
        options.env.push((TIMEOUT.to_owned(), millis));
        let process = Process::spawn_test("client_process::process_under_test", options);
        process.wait_for("a client", LIMIT, |line| line["done"] == "start");
        Self { process }
    }

    /// Sends it a command and waits for its answer.
    #[track_caller]
    pub(crate) fn ask(&self, line: &str) -> Value {
        self.process.write_stdin(format!("{line}\n").as_bytes());
        self.process
            .wait_for(line, 2 * LIMIT, |said| said["done"] == line)
    }
}

/// Not a test: the process under test, which the tests start from this very program.
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
    let client = Client::open(&url, options.clone()).unwrap();
    say(&json!({"done": "start"}));
    let mut leading: Option<(Contender, Detector)> = None;
    let lost = Arc::new(AtomicUsize::new(0));
    let mut kept: Vec<Box<dyn Send>> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut answer = match words[..] {
            ["lead"] => {
                let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
                let detector = client.detect(url.path()).unwrap();
                let lost = Arc::clone(&lost);
                let count = move |event| {
                    if matches!(event, ContenderEvent::Lost { .. }) {
                        lost.fetch_add(1, Ordering::SeqCst);
                    }
                };
                let leadership = contender.wait_leading(Some(LIMIT)).unwrap();
                contender.events().on_each(count).unwrap();
                await_leader(&detector);
                leading = Some((contender, detector));
                json!({"token": leadership.token()})
            }
            ["state"] => {
                let (contender, _) = leading.as_ref().unwrap();
                let token = contender.leadership().map(|leadership| leadership.token());
                json!({"token": token, "lost": lost.load(Ordering::SeqCst)})
            }
            ["cycles", count] => {
                cycles(&client, url.path(), count.parse().unwrap());
                json!({})
            }
            ["crowd", groups, each] => {
                let (groups, each) = (groups.parse().unwrap(), each.parse().unwrap());
                kept.push(Box::new(crowd(&client, url.path(), groups, each)));
                json!({})
            }
            ["open", url] => {
                let url = Url::parse(url).unwrap();
                let client = Client::open(&url, options.clone()).unwrap();
                let tell = |event| {
                    if let SessionEvent::Retrying { error, .. } = event {
                        say(&json!({"error": error}));
                    }
                };
                client.events().on_each(tell).unwrap();
                kept.push(Box::new(client));
                json!({})
            }
            ref other => panic!("not a command: {other:?}"),
        };
        answer["done"] = json!(line);
        say(&answer);
    }
}

fn await_leader(detector: &Detector) {
    while !matches!(
        detector.events().next(Some(LIMIT)).unwrap(),
        DetectorEvent::Leader(_)
    ) {}
}

/// Every other round ends by dropping the contenders, which withdraws them in the background.
fn cycles(client: &Client, path: &str, count: usize) {
    for round in 0..count / GROUPS {
        let group = |n| ContenderOptions::new(format!("{path}-{n}")).data("a payload");
        let contenders: Vec<_> = (0..GROUPS)
            .map(|n| client.contend(group(n)).unwrap())
            .collect();
        for contender in &contenders {
            contender.wait_leading(Some(LIMIT)).unwrap();
        }
        if round % 2 == 0 {
            let calls: Vec<_> = contenders.iter().map(Contender::withdraw).collect();
            for call in calls {
                assert!(call.wait_for(LIMIT).unwrap());
            }
        }
    }
}

fn crowd(
    client: &Client,
    path: &str,
    groups: usize,
    each: usize,
) -> (Vec<Contender>, Vec<Detector>) {
    let (mut contenders, mut detectors) = (Vec::new(), Vec::new());
    for group in 0..groups {
        let path = format!("{path}-{group}");
        for _ in 0..each {
            contenders.push(client.contend(ContenderOptions::new(&path)).unwrap());
            detectors.push(client.detect(&path).unwrap());
        }
    }
    for (n, contender) in contenders.iter().enumerate() {
        if n % each == 0 {
            contender.wait_leading(Some(LIMIT)).unwrap();
            continue;
        }
        let behind = |event: &_| matches!(event, ContenderEvent::Standby { .. });
        while !behind(&contender.events().next(Some(LIMIT)).unwrap()) {}
    }
    detectors.iter().for_each(await_leader);
    (contenders, detectors)
}
