//! The examples of `examples/cpp` print the text of the files beside them.

use crate::make::{self, PLAIN};
use crate::{LIMIT, root, shared};
use std::path::PathBuf;
use tenure_field::Process;

pub(crate) fn example(name: &str) -> PathBuf {
    let source = root().join("examples/cpp").join(name).with_extension("cpp");
    make::program(name, &[source], PLAIN)
}

#[track_caller]
fn assert_prints(process: &Process, name: &str) {
    let file = root().join("examples/cpp").join(name);
    let expected = std::fs::read_to_string(file.with_extension("expected")).unwrap();
    assert_eq!(make::finish(process), expected);
}

#[test]
fn electing_and_handing_over() {
    let program = example("elect");
    assert_prints(&make::start::<&str>(&program, &[]), "elect");
    let url = shared().url("/cpp-elect");
    assert_prints(&make::start(&program, &[url]), "elect");
}

#[test]
fn an_event_loop() {
    let program = example("events");
    for args in [vec![], vec![shared().url("/cpp-events")]] {
        let process = make::start(&program, &args);
        process.wait_for("leadership", LIMIT, |line| line == "contender leading");
        process.write_stdin(b"enough\n");
        assert_prints(&process, "events");
    }
}

#[test]
fn what_cannot_work_is_said() {
    let process = make::start(&example("elect"), &["zk://host:port/group"]);
    assert_eq!(process.wait_exit(LIMIT).code(), Some(1));
    assert!(process.text().contains("port"), "{}", process.text());
}

#[test]
fn every_example_is_run() {
    let names = make::sources("examples/cpp");
    let names: Vec<_> = (names.iter())
        .map(|path| path.file_stem().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ["elect", "events", "master"], "add a test of it");
}
