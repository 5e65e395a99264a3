//! The scenarios of `tests/scenarios/list.tsv`, played in C++ against real servers.
//! `tests/scenarios/cpp.tsv` lists which are played and which are not, with the reason.

use crate::make::{self, SANITIZED};
use crate::{root, shared};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use tenure_field::{cabi, control};

/// How many scenarios run at once. They wait for servers and timeouts most of the time.
const AT_ONCE: usize = 8;

fn program() -> PathBuf {
    let sources = make::sources("tests/cpp/scenarios");
    make::program("scenarios", &sources, SANITIZED)
}

fn known() -> BTreeSet<String> {
    let listed = cabi::say_or_fail(Command::new(program()).arg("--list"));
    listed.lines().map(str::to_owned).collect()
}

/// A table of `tests/scenarios`: its lines, by their first column.
fn table(name: &str) -> BTreeMap<String, Vec<String>> {
    let path = root().join("tests/scenarios").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().skip(1).map(|line| {
        let mut fields = line.split('\t').map(str::to_owned);
        (fields.next().unwrap(), fields.collect())
    });
    lines.collect()
}

#[test]
fn each_scenario_is_played_in_cpp_or_it_is_said_why_not() {
    let (listed, ours) = (table("list.tsv"), table("cpp.tsv"));
    let ids = |of: &BTreeMap<String, Vec<String>>| of.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(ids(&listed), ids(&ours), "list.tsv and cpp.tsv");
    let mut played = BTreeSet::new();
    for (id, fields) in &ours {
        let absent = listed[id][2] == "absent";
        let [how, why] = &fields[..] else {
            panic!("{id}: {fields:?}");
        };
        match how.as_str() {
            "yes" => drop(played.insert(id.clone())),
            "elsewhere" => assert!(why.starts_with("cpp/"), "{id}: {why}"),
            "no" => assert_eq!(absent, why == "absent", "{id}: {why}"),
            other => panic!("{id}: {other:?}"),
        }
        assert!(!why.is_empty(), "{id}");
    }
    assert_eq!(played, known(), "cpp.tsv and tests/cpp/scenarios");
    // Every case of Mesos's own tests is among them.
    let mesos = ["group_", "zookeeper_", "url_url", "master_"];
    for (id, fields) in &listed {
        let of_mesos = mesos.iter().any(|prefix| id.starts_with(prefix));
        assert!(
            !of_mesos || fields[2] == "absent" || played.contains(id),
            "{id}"
        );
    }
}

#[test]
fn the_scenarios_play() {
    let chosen = std::env::var("TENURE_SCENARIO").ok();
    let mut waiting: Vec<String> = known().into_iter().collect();
    waiting.retain(|id| chosen.as_ref().is_none_or(|chosen| chosen == id));
    assert!(!waiting.is_empty(), "no scenario has this name: {chosen:?}");
    let (waiting, failed) = (Mutex::new(waiting), Mutex::new(Vec::new()));
    let (server, program) = (shared(), program());
    let next = || waiting.lock().unwrap().pop();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(id) = next() {
                    let played = std::thread::scope(|one| {
                        let play = || control::play(server, &make::start(&program, &[&id]));
                        one.spawn(play).join()
                    });
                    if played.is_err() {
                        failed.lock().unwrap().push(id);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "what went wrong is above: {failed:?}");
}
