//! A short chaos with a fixed seed: it passes, a second check of its history passes, and checks of
//! changed histories fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)] // a test may panic

mod tool;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tool::{chaos, lab_is_allowed};

/// A minute of faults, the servers' start, and a busy machine.
const LONG: Duration = Duration::from_secs(400);
const QUICK: Duration = Duration::from_secs(30);

const FAULTS: [&str; 11] = [
    "client-cut",
    "client-cut-in",
    "client-freeze",
    "client-kill",
    "client-kill-alone",
    "follower-cut",
    "server-kill-leader",
    "delete-member",
    "delete-guarded-member",
    "delete-guarded-group",
    "expire",
];

#[test]
fn a_short_chaos_passes_and_its_history_can_be_judged_again() {
    if !lab_is_allowed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let keep = folder.path().to_str().unwrap();
    let plan = FAULTS.join(",");
    let rounds = FAULTS.len().to_string();
    let run = chaos(&[
        "--seed",
        "5",
        "--plan",
        &plan,
        "--rounds",
        &rounds,
        "--keep",
        keep,
        "--timeout",
        "5m",
    ]);
    let status = run.wait_exit(LONG);
    let lines: Vec<Value> = run.lines().into_iter().map(|line| line.json).collect();
    let said = || format!("{lines:#?}\n{}", run.text());
    let first = lines.first().and_then(Value::as_str).unwrap_or_default();
    assert!(first.contains("--seed 5 "), "{}", said());
    assert!(status.success(), "{}", said());
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["passed"], &last["violations"]),
        (&true.into(), &0.into())
    );
    for fault in FAULTS {
        assert!(
            last["faults"][fault]["times"].as_u64() >= Some(1),
            "{fault}: {}",
            said()
        );
    }
    // The host of some leader was cut off for longer than T. A leader that runs a command gives up.
    let cut = &last["faults"]["client-cut"];
    let successions = ["failovers", "given_up"].map(|what| cut[what].as_u64().unwrap_or(0));
    assert!(successions.iter().sum::<u64>() >= 1, "{}", said());
    // The commands of a frozen host woke before their guardian, and wrote.
    assert!(last["writes_refused"].as_u64() >= Some(1), "{}", said());
    assert!(last["writes_done"].as_u64() > Some(100), "{}", said());

    let kept = PathBuf::from(last["kept"][0].as_str().unwrap());
    judged_again(&kept);
    drawn(&kept);
}

fn judged_again(kept: &Path) {
    let file = kept.join("history.jsonl");
    let whole = fs::read_to_string(&file).unwrap();
    assert_eq!(check(kept), (Some(0), String::new()));

    let tampered = |text: &str| {
        fs::write(&file, text).unwrap();
        let (code, said) = check(kept);
        fs::write(&file, &whole).unwrap();
        assert_eq!(code, Some(1), "{said}");
        said
    };
    let lines = whole.lines().count();
    let without_last: String = whole.split_inclusive('\n').take(lines - 1).collect();
    let said = tampered(&without_last);
    assert!(
        said.contains(&format!("line {}: the history is cut off", lines - 1)),
        "{said}"
    );
    let said = tampered(&whole[..whole.len() / 2]);
    assert!(said.contains("this line is cut off"), "{said}");
    assert!(tampered("").contains("line 1: the file is empty"));
    assert!(tampered("{}\n").contains("line 1: this is no line of a history"));
    // One member too many, in the first look.
    let said = tampered(&whole.replacen("\"members\":3", "\"members\":4", 1));
    assert!(said.contains("VIOLATED all agree in the end"), "{said}");
    // A stale write that the register did.
    let said = tampered(&whole.replacen("\"accepted\":false", "\"accepted\":true", 1));
    assert!(said.contains("VIOLATED stale writes are refused"), "{said}");
}

/// The exit status of a check, and its violations.
fn check(path: &Path) -> (Option<i32>, String) {
    let run = chaos(&["check", path.to_str().unwrap()]);
    let code = run.wait_exit(QUICK).code();
    let lines = run.lines().into_iter().filter_map(|line| match line.json {
        Value::String(line) if line.starts_with("VIOLATED") => Some(line + "\n"),
        _ => None,
    });
    (code, lines.collect::<String>() + &run.text())
}

fn drawn(kept: &Path) {
    let run = chaos(&["timeline", kept.to_str().unwrap()]);
    assert!(run.wait_exit(QUICK).success(), "{}", run.text());
    let picture = fs::read_to_string(kept.join("timeline.svg")).unwrap();
    for part in [
        "</svg>",
        "one/alpha",
        "watch/delta-detector (detects)",
        "client-cut (host ",
    ] {
        assert!(picture.contains(part), "no {part}");
    }
}
