//! A test that compares the lines with their description in `docs/cli.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

use crate::exit;
use crate::lines::{self, Entry, Line};
use crate::report;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;
use tenure::{
    ContenderEvent, DetectorEvent, Error, ErrorKind, Leader, LostReason, Member, ServerKind,
    SessionEvent, Strangers, Time,
};
use tenure_mesos::info::{Domain, LABEL, MasterInfo};

const DOCUMENT: &str = include_str!("../../../docs/cli.md");

/// Keys whose values are names of the tool.
const WORDS: [&str; 4] = ["state", "reason", "by", "server"];

struct Key {
    kind: String,
    always: bool,
    meaning: String,
}

type Table = BTreeMap<String, Key>;

/// The tables under the headings that name an event or an object.
fn documented() -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::new();
    let mut name = None;
    for line in DOCUMENT.lines() {
        if line.starts_with('#') {
            let heading = line.strip_prefix("### `").and_then(|l| l.strip_suffix('`'));
            name = heading.map(str::to_owned);
            if let Some(name) = &name {
                let twice = tables.insert(name.clone(), Table::new());
                assert!(twice.is_none(), "{name} is there twice");
            }
        }
        let Some(name) = &name else { continue };
        let Some(row) = line.strip_prefix("| `") else {
            continue;
        };
        let cells: Vec<&str> = row.split(" | ").collect();
        let [key, kind, when, meaning] = cells[..] else {
            panic!("{line}");
        };
        let key = key.strip_suffix('`').unwrap().to_owned();
        let value = Key {
            kind: kind.to_owned(),
            always: when == "always",
            meaning: meaning.to_owned(),
        };
        let twice = tables.get_mut(name).unwrap().insert(key, value);
        assert!(twice.is_none(), "{line}");
    }
    tables
}

fn failure() -> Error {
    Error::new(ErrorKind::NoAuth, "why")
}

/// The events without a line: they print an `error` line, or the next event prints one.
const WITHOUT_LINE: [&str; 3] = ["retrying", "enrolling", "failed"];

/// The line of an event with this name.
fn line_of((line, event): (Option<Line>, &str)) -> Option<Line> {
    assert_eq!(
        line.is_none(),
        WITHOUT_LINE.contains(&event),
        "tool: lines.rs has no line for the event `{event}`, or has one for an event that is listed here"
    );
    line
}

/// A line of every kind, with every key that it may have.
fn samples() -> Vec<Line> {
    let time = Time::from_nanos(7);
    let member = Member {
        path: "/g/l_0000000001".to_owned(),
        label: Some("l".to_owned()),
        sequence: 1,
        token: 7,
    };
    let mut samples = Vec::new();

    let timeout = Duration::from_secs(4);
    for event in SessionEvent::samples() {
        let line = |number| (lines::session(&event, number), event.name());
        samples.extend(
            [None, Some(1)]
                .into_iter()
                .filter_map(|number| line_of(line(number))),
        );
    }
    let mut events = ContenderEvent::samples();
    for reason in LostReason::samples() {
        for member in [Some(member.clone()), None] {
            events.push(ContenderEvent::Lost {
                led_until: member.as_ref().map(|_| time),
                member,
                reason: reason.clone(),
            });
        }
    }
    let contender = |event| line_of((lines::contender(event), event.name()));
    samples.extend(events.iter().filter_map(contender));
    let detector = |event| line_of((lines::detector(event), event.name()));
    samples.extend(DetectorEvent::samples().iter().filter_map(detector));

    samples.push(lines::started(7, 8));
    samples.extend(["asked", "lost", "failed"].map(|why| lines::stopping(7, why)));
    samples.push(lines::killed(7));
    samples.extend([0, 15].map(|status| lines::ended(7, ExitStatus::from_raw(status))));

    let payloads = [b"text".to_vec(), vec![0xff]];
    let entry = |data| Entry {
        member: member.clone(),
        data,
    };
    let mut entries: Vec<Entry> = payloads.map(|data| entry(Ok(data))).into();
    entries.push(entry(Err(failure())));
    let mut info = MasterInfo::new("i", SocketAddrV4::new([10, 0, 0, 1].into(), 80), "h", "v");
    info.domain = Some(Domain::of("r", "z"));
    for data in [info.to_json(), String::new()] {
        let mut of_mesos = entry(Ok(data.into_bytes()));
        of_mesos.member.label = Some(LABEL.to_owned());
        let Entry { member, data } = &of_mesos;
        let leader = Leader {
            member: member.clone(),
            data: data.clone().unwrap(),
            as_of: time,
        };
        samples.extend(lines::detector(&DetectorEvent::Leader(leader)));
        entries.push(of_mesos);
    }
    samples.push(lines::members(&entries));
    samples.extend([entries.first(), None].map(|leader| lines::status(leader, 1)));
    samples.extend(
        ServerKind::ALL
            .iter()
            .map(|server| lines::status(None, 0).with_server(Some(*server))),
    );
    samples.push(lines::status_unknown());
    let strangers = Strangers {
        count: 1,
        recipe: "Curator LeaderLatch",
        example: "latch-0000000001".to_owned(),
    };
    let found = [
        lines::members(&entries),
        lines::status(None, 0),
        lines::detector(&DetectorEvent::None).unwrap(),
        lines::detector(&DetectorEvent::samples()[2]).unwrap(),
    ];
    samples.extend(found.map(|line| line.with_strangers(Some(&strangers), "/g")));
    samples.extend([true, false].map(|led| lines::evicted(&member, led, Some(timeout))));
    samples.push(lines::dropped(2));
    samples.extend([None, Some(1)].map(|attempt| lines::error("why", attempt)));
    samples
}

/// Compares one object with its table, and records the keys that were seen.
fn check(table: &Table, object: &Map<String, Value>, what: &str, seen: &mut BTreeSet<String>) {
    for (key, value) in object {
        let documented = table.get(key);
        let Key { kind, meaning, .. } =
            documented.unwrap_or_else(|| panic!("docs/cli.md: {what} has a key {key:?}"));
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let (types, unit) = kind.split_once(", ").unwrap_or((kind, ""));
        assert!(types.split(" or ").any(|t| t == is), "{what}.{key} is {is}");
        let by_name = key.rsplit_once('_').map_or("", |(_, end)| end);
        let by_name = if ["ms", "ns"].contains(&by_name) {
            by_name
        } else {
            ""
        };
        assert_eq!(unit, by_name, "the unit of {what}.{key}");
        if WORDS.contains(&key.as_str()) {
            let word = format!("`{}`", value.as_str().unwrap());
            // The word is in the text, or in a generated table.
            let row = format!("\n| {word} | ");
            assert!(
                meaning.contains(&word) || DOCUMENT.contains(&row),
                "docs/cli.md: {what}.{key} may be {word}"
            );
        }
        seen.insert(format!("{what}.{key}"));
    }
    for (key, _) in table.iter().filter(|(_, documented)| documented.always) {
        assert!(object.contains_key(key), "{what} has no {key}");
    }
}

/// The same for an object that is the value of a key, and the objects in it.
fn check_nested(
    tables: &BTreeMap<String, Table>,
    object: &Map<String, Value>,
    seen: &mut BTreeSet<String>,
) {
    let what = match object {
        object if object.contains_key("recipe") => "stranger",
        object if object.contains_key("host") => "master",
        object if object.contains_key("token") => "entry",
        _ => "member",
    };
    check(&tables[what], object, what, seen);
    for inner in object.values().filter_map(Value::as_object) {
        check_nested(tables, inner, seen);
    }
}

#[test]
fn every_key_of_every_line_is_documented_and_every_documented_key_is_told() {
    let tables = documented();
    let mut seen = BTreeSet::new();
    let mut events = BTreeSet::new();
    for line in samples() {
        let event = line.event;
        events.insert(event);
        let mut own = report::object(line, &report::stamp());
        let is_common = |key: &str| tables["common"].contains_key(key);
        let common: Map<String, Value> = own
            .iter()
            .filter(|(key, _)| is_common(key))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        own.retain(|key, _| !is_common(key));
        check(&tables["common"], &common, "common", &mut seen);
        let table = tables
            .get(event)
            .unwrap_or_else(|| panic!("docs/cli.md has no table for the event `{event}`"));
        check(table, &own, event, &mut seen);
        for value in own.values() {
            let nested: Vec<&Value> = match value {
                Value::Array(values) => values.iter().collect(),
                value => vec![value],
            };
            for object in nested.into_iter().filter_map(Value::as_object) {
                check_nested(&tables, object, &mut seen);
            }
        }
    }
    for (name, table) in &tables {
        let known = events.contains(name.as_str())
            || ["common", "member", "entry", "stranger", "master"].contains(&name.as_str());
        assert!(known, "there is no event {name}");
        for key in table.keys() {
            assert!(
                seen.contains(&format!("{name}.{key}")),
                "no sample has {name}.{key}"
            );
        }
    }
    // The samples cover every line.
    for (at, _) in include_str!("lines.rs").match_indices("Line::new(") {
        let rest = include_str!("lines.rs")[at..]
            .split_once('(')
            .unwrap()
            .1
            .trim_start();
        let name = rest
            .strip_prefix('"')
            .and_then(|rest| rest.split_once('"'))
            .unwrap()
            .0;
        assert!(events.contains(name), "no sample of {name}");
    }
}

#[test]
fn the_exit_codes_are_one_table_in_the_document_and_in_the_help() {
    let section = DOCUMENT.split_once("\n## Exit codes\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let rows: Vec<[&str; 2]> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            let [code, meaning, when] = cells[..] else {
                panic!("{row}");
            };
            assert!(!when.is_empty(), "{row}");
            [code, meaning]
        })
        .collect();
    let codes: Vec<(String, &str)> = exit::table().collect();
    let expected: Vec<[&str; 2]> = codes.iter().map(|(c, m)| [c.as_str(), *m]).collect();
    assert_eq!(rows, expected, "docs/cli.md");
    assert_eq!(exit::help().lines().count(), 1 + rows.len());
}
