//! The examples work as documented: those of `examples/c`, and the one at the beginning of the
//! header.

use super::api::{root, text};
use super::built::{LIMIT, Under, program, run, scratch};
use std::fs;
use std::path::PathBuf;
use tenure_field::{Process, Zookeeper};

fn example(name: &str) -> PathBuf {
    program(&root().join("examples/c").join(name), Under::Address)
}

/// The indented program in the header's first comment, as a file.
pub(crate) fn of_the_header() -> PathBuf {
    let text = text();
    let chapter = text.split(" * # Example\n").nth(1).unwrap();
    let chapter = chapter.split(" * # Events\n").next().unwrap();
    let code = chapter
        .lines()
        .filter_map(|line| match line {
            " *" => Some(""),
            line => line.strip_prefix(" *     "),
        })
        .filter(|line| !line.starts_with("cc "))
        .collect::<Vec<_>>()
        .join("\n");
    let source = scratch("header").join("example_of_the_header.c");
    fs::write(&source, code.trim_start().to_owned() + "\n").unwrap();
    source
}

#[test]
fn the_example_of_the_header_runs() {
    let source = of_the_header();
    let code = fs::read_to_string(&source).unwrap();
    assert!(code.lines().count() <= 34, "it is to be short: {code}");
    let said = run::<&str>(&program(&source, Under::Address), &[], Under::Address);
    check_steps(&said);
}

/// Three steps of a leader, with any token.
pub(crate) fn check_steps(said: &str) {
    let steps: Vec<bool> = said
        .lines()
        .enumerate()
        .map(|(step, line)| {
            let start = format!("step {step} of the leader with token ");
            let token = line
                .strip_prefix(&start)
                .and_then(|token| token.parse::<u64>().ok());
            token.is_some_and(|token| token > 0)
        })
        .collect();
    assert_eq!(steps, [true; 3], "{said}");
}

#[test]
fn one_hands_over_to_another() {
    let server = Zookeeper::start();
    let example = example("hand_over.c");
    for url in ["memory://hand-over/app".to_owned(), server.url("/app")] {
        let said = run(&example, &[&url], Under::Address);
        assert_eq!(
            said,
            "first leads: step 1\nfirst leads: step 2\nfirst leads: step 3\n\
             first has handed over, and leads: no\n\
             second leads: step 1\nsecond leads: step 2\nsecond leads: step 3\n\
             the token has risen: yes\n",
            "with {url}"
        );
    }
}

#[test]
fn an_event_loop_waits_for_everything_at_once() {
    let server = Zookeeper::start();
    let example = example("event_loop.c");
    for url in ["memory://event-loop/app".to_owned(), server.url("/loop")] {
        let process = Process::spawn(&example, [&url], None);
        process.wait_for("leadership", LIMIT, |line| line == "contender leading");
        process.write_stdin(b"well?\n");
        process.wait_for("an answer", LIMIT, |line| line == "leading: yes");
        process.write_stdin(b"quit\n");
        let status = process.wait_exit(LIMIT);
        let lines: Vec<String> = process.lines().into_iter().map(|line| line.text).collect();
        assert!(status.success(), "{status}: {lines:?} {}", process.text());
        assert_eq!(
            lines,
            [
                "contender leading",
                "leading: yes",
                "contender lost",
                "withdrawn: TENURE_OK",
                "closed"
            ],
            "with {url}"
        );
    }
}
