//! The comment of every function of the header has all facts that its caller needs.

use super::api::{self, Function};

fn missing(function: &Function) -> Vec<String> {
    let doc = function
        .doc
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mut missing = Vec::new();
    for param in &function.params {
        if param.doc.is_empty() {
            missing.push(format!("@param {}", param.name));
        }
    }
    let named = function
        .doc
        .lines()
        .filter(|l| l.trim().starts_with("@param "))
        .count();
    if named > function.params.len() {
        missing.push("a parameter for each @param".to_owned());
    }
    if (function.result == "void") == doc.contains("@return ") {
        missing.push("@return, for a function that returns something".to_owned());
    }
    for slot in ["Ownership: ", "Threading: ", "Blocking: ", "@since ABI "] {
        if !doc.contains(slot) {
            missing.push(slot.trim().to_owned());
        }
    }
    // The text before the first tag.
    if doc
        .split("@param ")
        .next()
        .unwrap()
        .split("@return ")
        .next()
        .unwrap()
        .trim()
        .len()
        < 10
    {
        missing.push("what it does".to_owned());
    }
    missing
}

/// The statuses that a function must name, because its parameters allow them.
fn statuses(function: &Function) -> Vec<&'static str> {
    let mut statuses = vec!["TENURE_OK"];
    let is_handle = |kind: &str| {
        ["client", "contender", "detector", "group"]
            .iter()
            .any(|handle| kind == format!("tenure_{handle} *"))
    };
    let handle = function.params.first().is_some_and(|p| is_handle(&p.kind));
    if handle {
        statuses.push("TENURE_ERR_FORKED");
    }
    if !function.params.is_empty() {
        statuses.push("TENURE_ERR_INVALID_ARGUMENT");
    }
    // tenure_client_close is allowed in callbacks: it does not block there.
    let waits = function.params.iter().any(|p| p.name == "timeout_ms");
    if handle && waits {
        statuses.push("TENURE_ERR_TIMEOUT");
        if function.name != "tenure_client_close" {
            statuses.push("TENURE_ERR_REENTRANT");
        }
    }
    if function.name.ends_with("_set_callback") {
        statuses.push("TENURE_ERR_BUSY");
        statuses.push("TENURE_ERR_SYSTEM");
    }
    if function.name.ends_with("_start") && handle {
        statuses.push("TENURE_ERR_SYSTEM");
    }
    statuses
}

#[test]
fn every_function_documents_its_contract() {
    let mut poor = Vec::new();
    for function in api::functions() {
        let missing = missing(&function);
        if !missing.is_empty() {
            poor.push(format!("{}: {}", function.name, missing.join(", ")));
        }
    }
    assert!(poor.is_empty(), "not said in the header: {poor:#?}");
}

#[test]
fn every_function_names_the_statuses_that_it_returns() {
    let mut poor = Vec::new();
    for function in api::functions() {
        if function.result != "tenure_status"
            || function.name == "tenure_error_status"
            || function.name == "tenure_event_status"
        {
            continue;
        }
        for status in statuses(&function) {
            if !function.doc.contains(status) {
                poor.push(format!("{}: {status}", function.name));
            }
        }
    }
    assert!(poor.is_empty(), "not said in the header: {poor:#?}");
}

#[test]
fn every_status_that_is_named_exists() {
    let known: Vec<String> = api::constants().into_iter().map(|(name, _)| name).collect();
    for function in api::functions() {
        let words = function
            .doc
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|w| w.starts_with("TENURE_ERR_") || *w == "TENURE_OK") {
            assert!(
                known.iter().any(|k| k == word),
                "{}: {word}?",
                function.name
            );
        }
    }
}

#[test]
fn the_header_opens_with_its_chapters() {
    let text = api::text();
    let opening = &text[..text.find("\n#include").unwrap()];
    let mut at = 0;
    for chapter in [
        "Example",
        "Events",
        "Threads",
        "Lifetimes",
        "Errors",
        "Guarantees",
    ] {
        let found = opening[at..].find(&format!(" * # {chapter}\n"));
        at += found.unwrap_or_else(|| panic!("no chapter {chapter}, or not in its place"));
    }
}

#[test]
fn versions_are_those_of_the_package() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(api::define("TENURE_VERSION"), format!("\"{version}\""));
    for (part, value) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        assert_eq!(api::define(&format!("TENURE_VERSION_{part}")), value);
    }
}
