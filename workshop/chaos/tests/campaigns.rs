//! A slice of three campaigns: the successors lead as soon as the plans say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)] // a test may panic

mod tool;

use serde_json::Value;
use std::time::Duration;
use tool::{chaos, lab_is_allowed};

/// Three ensembles, the wait of new groups for the longest lease, and a busy machine.
const LONG: Duration = Duration::from_secs(400);
const LEADERS: u64 = 3;

#[test]
fn leaders_are_succeeded_in_time() {
    if !lab_is_allowed() {
        return;
    }
    let plans = ["fail-over", "guarded-deletion", "kill"];
    let runs = LEADERS.to_string();
    let options = ["--seed", "5", "--runs", &runs, "--timeout", "5m"];
    let words: Vec<&str> = ["campaign"]
        .iter()
        .chain(&plans)
        .chain(&options)
        .copied()
        .collect();
    let run = chaos(&words);
    let status = run.wait_exit(LONG);
    let lines: Vec<Value> = run.lines().into_iter().map(|line| line.json).collect();
    let said = || format!("{lines:#?}\n{}", run.text());
    assert!(status.success(), "{}", said());
    let last = lines.last().unwrap();
    assert_eq!(last["passed"], true, "{}", said());
    for plan in plans {
        let figures = &last["faults"][plan];
        assert_eq!(figures["failovers"], LEADERS, "{plan}: {}", said());
        let begin = format!("{plan}, from the fault to the successor: ");
        let is_distribution =
            |line: &Value| line.as_str().is_some_and(|line| line.starts_with(&begin));
        assert!(lines.iter().any(is_distribution), "{plan}: {}", said());
    }
    for plan in ["fail-over", "guarded-deletion"] {
        let margin = last["faults"][plan]["lease_margin_ns_min"].as_i64();
        assert!(margin > Some(0), "{plan}: {}", said());
    }
}
