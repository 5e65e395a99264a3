//! `include/symbols.tsv`: every symbol and every number that was ever promised. Lines are added to
//! it, and none is ever changed or removed.

use super::api;
use std::collections::BTreeMap;
use std::fs;

/// The promise of a line of the ledger.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Functions, and the ABI that introduced each.
    pub(crate) functions: BTreeMap<String, u32>,
    /// Numbers by name.
    pub(crate) numbers: BTreeMap<String, i64>,
}

pub(crate) fn read() -> Ledger {
    let text = fs::read_to_string(api::root().join("include/symbols.tsv")).unwrap();
    let mut ledger = Ledger::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let double = match fields[..] {
            [name, since] => ledger
                .functions
                .insert(name.to_owned(), since.parse().unwrap())
                .is_some(),
            [name, _, value] => ledger
                .numbers
                .insert(name.to_owned(), value.parse().unwrap())
                .is_some(),
            _ => panic!("no line of the ledger: {line:?}"),
        };
        assert!(!double, "{line:?} stands twice in the ledger");
    }
    ledger
}

/// Adds the lines that are missing, each after the one that precedes it in the header, or before all of its
/// kind, where `TENURE_WRITE_HEADER` is set; else fails.
fn assert_none_missing(promised: &[String], declared: &[String]) {
    let is_new = |line: &&String| !promised.contains(line);
    let missing: Vec<&str> = declared.iter().filter(is_new).map(String::as_str).collect();
    if missing.is_empty() {
        return;
    }
    assert!(
        std::env::var_os("TENURE_WRITE_HEADER").is_some(),
        "new in include/tenure.h and not in include/symbols.tsv: run `make header`\n{}",
        missing.join("\n")
    );
    let path = api::root().join("include/symbols.tsv");
    let mut text = fs::read_to_string(&path).unwrap();
    if is_new(&&declared[0]) {
        let known = declared.iter().find(|line| !is_new(line)).unwrap();
        let at = text.find(&format!("\n{known}\n")).unwrap() + 1;
        text.insert_str(at, &format!("{}\n", declared[0]));
    }
    for pair in declared.windows(2).filter(|pair| is_new(&&pair[1])) {
        let before = format!("\n{}\n", pair[0]);
        let at = text.find(&before).unwrap() + before.len();
        text.insert_str(at, &format!("{}\n", pair[1]));
    }
    fs::write(path, text).unwrap();
}

#[test]
fn every_function_is_in_the_ledger_and_none_has_vanished() {
    let ledger = read();
    let declared: BTreeMap<String, u32> = api::functions()
        .into_iter()
        .map(|f| {
            let since = f
                .doc
                .lines()
                .find_map(|l| l.trim().strip_prefix("@since ABI "));
            let since = since.unwrap_or_else(|| panic!("{} has no @since", f.name));
            (f.name, since.trim().parse().unwrap())
        })
        .collect();
    for (name, since) in &ledger.functions {
        assert_eq!(
            declared.get(name),
            Some(since),
            "{name} was promised since ABI {since}: it may not vanish, nor be younger"
        );
    }
    let line = |(name, since): (&String, &u32)| format!("{name}\t{since}");
    let promised: Vec<String> = ledger.functions.iter().map(line).collect();
    let in_order = api::functions().into_iter();
    let declared: Vec<String> = in_order
        .map(|f| line((&f.name, &declared[&f.name])))
        .collect();
    assert_none_missing(&promised, &declared);
}

#[test]
fn every_number_is_in_the_ledger_and_none_has_changed() {
    let ledger = read();
    let abi = api::define("TENURE_ABI_VERSION");
    let mut declared: BTreeMap<String, i64> = api::constants().into_iter().collect();
    declared.remove("TENURE_ABI_VERSION");
    for (name, value) in &ledger.numbers {
        assert_eq!(
            declared.get(name),
            Some(value),
            "{name} is {value} for ever"
        );
    }
    let line = |name: &String, value: &i64| format!("{name}\t{abi}\t{value}");
    let promised = ledger.numbers.iter().map(|(name, value)| line(name, value));
    let promised: Vec<String> = promised.collect();
    let in_order = api::constants().into_iter();
    let in_order = in_order.filter(|(name, _)| name != "TENURE_ABI_VERSION");
    let declared: Vec<String> = in_order.map(|(name, value)| line(&name, &value)).collect();
    assert_none_missing(&promised, &declared);
}

#[test]
fn no_two_names_of_one_kind_share_a_number() {
    let ledger = read();
    for kind in [
        "ERR",
        "EVENT",
        "LOST_REASON",
        "EXPIRED_BY",
        "SERVER",
        "POLICY",
        "REENROL",
        "LOG_LEVEL",
        "METRIC",
    ] {
        let mut known = BTreeMap::new();
        let start = format!("TENURE_{kind}_");
        for (name, value) in ledger.numbers.iter().filter(|(n, _)| n.starts_with(&start)) {
            if let Some(other) = known.insert(value, name) {
                panic!("{name} and {other} are both {value}");
            }
        }
        assert!(!known.is_empty(), "no {start}... in the ledger");
    }
}
