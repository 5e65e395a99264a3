//! The table's promises are kept: some part of the library makes each event, reason and error,
//! counts each metric, and reads each option.

use crate::words::read;
use std::path::Path;
use tenure::LeasePolicy;
use tenure::words::{LISTS, OPTIONS};

/// The code below a folder, without the table itself, comments, and unit tests, which stand last in a
/// file.
fn code(under: &Path) -> String {
    let mut code = String::new();
    let entries = std::fs::read_dir(under).unwrap_or_else(|e| panic!("{}: {e}", under.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "words") {
            code.push_str(&self::code(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            for line in text
                .lines()
                .map(|line| line.split("//").next().unwrap().trim())
            {
                // rustfmt breaks the line before the method.
                let gap = if line.starts_with('.') { "" } else { "\n" };
                code.extend([gap, line]);
            }
        }
    }
    code
}

/// Whether one of these is in the code, and not as the beginning of something longer.
fn has(code: &str, spellings: &[String]) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_';
    spellings.iter().any(|spelling| {
        let mut found = code.match_indices(spelling);
        found.any(|(at, _)| {
            spelling.ends_with('(') || !code[at + spelling.len()..].starts_with(goes_on)
        })
    })
}

#[test]
fn the_library_uses_every_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "crates/election/src",
        "crates/session/src",
        "src/driver/io",
        "src/driver",
        "src",
    ];
    let [core, session, io, driver, library] = folders.map(|folder| code(&root.join(folder)));
    let all = [core.as_str(), library.as_str()].concat();
    let mut unused = Vec::new();
    for list in LISTS {
        for word in list.words {
            let of = |name: &str| vec![format!("{name}::{}", word.rust)];
            let (code, spellings, by) = match list.noun {
                "session event" if word.rust.starts_with("Undertaker") => {
                    (&io, of("SessionEvent"), "the I/O thread does not make it")
                }
                "session event" => (&core, of("SessionEvent"), "no machine makes it"),
                "contender event" => (&core, of("ContenderEvent"), "no machine makes it"),
                "detector event" => (&core, of("DetectorEvent"), "no machine makes it"),
                "group event" => (&core, of("GroupEvent"), "no machine makes it"),
                "lost reason" => (&core, of("LostReason"), "no machine gives it"),
                "server kind" => (&session, of("ServerKind"), "no session has it"),
                "expired by" => (&core, of("ExpiredBy"), "no session gives it"),
                "error" => (&all, of("ErrorKind"), "nothing fails with it"),
                "policy" => (
                    &core,
                    [of("LeasePolicy"), of("Self")].concat(),
                    "no lease follows it",
                ),
                "choice to enrol again" => (&core, of("Reenrol"), "no contender follows it"),
                "log level" => (&driver, of("LogLevel"), "no line has it"),
                "metric" => {
                    let acts = ["one(", "add(", "set("].iter();
                    let acts = acts.map(|act| format!("{}.{act}", word.name));
                    (&driver, acts.collect(), "nothing counts it")
                }
                "event" => continue,
                other => panic!("tests/parity/uses.rs: where is a {other} used?"),
            };
            if !has(code, &spellings) {
                unused.push(format!("rust: {} `{}`: {by}", list.noun, word.rust));
            }
        }
    }
    let contender = OPTIONS
        .iter()
        .find(|of| of.noun == "contender option")
        .unwrap();
    for setting in contender.settings {
        if !has(&core, &[format!("spec.{}", setting.name)]) {
            unused.push(format!(
                "rust: contender option `{}`: no machine reads it",
                setting.name
            ));
        }
    }
    assert!(
        unused.is_empty(),
        "words without an effect:\n{}",
        unused.join("\n")
    );
}

#[test]
fn every_policy_is_promised_and_simulated() {
    let promised = read("GUARANTEES.md");
    let drawn = read("workshop/sim/src/plan.rs");
    let mut missing = Vec::new();
    for policy in LeasePolicy::ALL {
        let name = policy.name();
        if !promised.contains(&format!("`{name}`")) {
            missing.push(format!(
                "guarantees: GUARANTEES.md does not say what the policy `{name}` promises"
            ));
        }
        // It promises nothing that the invariants check.
        let is_safe = *policy != LeasePolicy::Session;
        if is_safe && !drawn.contains(&format!("LeasePolicy::{policy:?}")) {
            missing.push(format!(
                "simulation: workshop/sim/src/plan.rs does not draw the policy `{name}`"
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
