//! The scenarios of `tests/scenarios` in another language: its table there, and the play of all that its
//! program knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use crate::{Process, Zookeeper, control};

/// How many scenarios run at once. They wait for servers and timeouts most of the time.
const AT_ONCE: usize = 8;

/// The environment variable that chooses one scenario.
const CHOICE: &str = "TENURE_SCENARIO";

/// The ids of Mesos's own tests begin so.
const OF_MESOS: &[&str] = &["group_", "zookeeper_", "url_url", "master_"];

/// The ids that a program printed, one a line.
#[must_use]
pub fn listed(printed: &str) -> BTreeSet<String> {
    printed.lines().map(str::to_owned).collect()
}

/// A table of scenarios: its lines, by their first column.
fn table(path: &Path) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().skip(1).map(|line| {
        let mut fields = line.split('\t').map(str::to_owned);
        (fields.next().unwrap_or_default(), fields.collect())
    });
    lines.collect()
}

/// Checks that the table of a language in `folder` has each scenario of `list.tsv`, the program of
/// the language plays those that the table says it plays, and the table has a reason for each other.
///
/// # Panics
/// When they differ; the message names the difference.
#[track_caller]
pub fn assert_tabled(folder: &Path, language: &str, known: &BTreeSet<String>) {
    let list = table(&folder.join("list.tsv"));
    let name = format!("{language}.tsv");
    let ours = table(&folder.join(&name));
    let ids = |of: &BTreeMap<String, Vec<String>>| of.keys().cloned().collect::<BTreeSet<_>>();
    assert_same("list.tsv", &ids(&list), &name, &ids(&ours));
    let mut played = BTreeSet::new();
    for (id, fields) in &ours {
        let absent = list[id][2] == "absent";
        let [how, why] = &fields[..] else {
            panic!("{name}: {id}: {fields:?}");
        };
        match how.as_str() {
            "yes" => drop(played.insert(id.clone())),
            // A test of the same language.
            "elsewhere" => assert!(why.starts_with(&format!("{language}/")), "{id}: {why}"),
            "no" => assert_eq!(absent, why == "absent", "{id}: {why}"),
            other => panic!("{name}: {id}: {other:?}"),
        }
        assert!(!why.is_empty(), "{name}: {id}");
    }
    assert_same(&name, &played, "the program", known);
    for (id, fields) in &list {
        let of_mesos = OF_MESOS.iter().any(|prefix| id.starts_with(prefix));
        let must = of_mesos && fields[2] != "absent";
        assert!(!must || played.contains(id), "{name}: {id} is Mesos's");
    }
}

#[track_caller]
fn assert_same(one: &str, ids: &BTreeSet<String>, other: &str, others: &BTreeSet<String>) {
    let [more, fewer]: [Vec<&String>; 2] = [
        ids.difference(others).collect(),
        others.difference(ids).collect(),
    ];
    let same = more.is_empty() && fewer.is_empty();
    assert!(same, "only in {one}: {more:?}; only in {other}: {fewer:?}");
}

/// Plays all scenarios that a program knows, several at once; `start` starts the program with the
/// name of one. `TENURE_SCENARIO` chooses one.
///
/// # Panics
/// When one fails: what it printed comes first, and the message has the names of all that failed.
#[track_caller]
pub fn play_all(
    server: &Zookeeper,
    known: &BTreeSet<String>,
    start: impl Fn(&str) -> Process + Sync,
) {
    let chosen = std::env::var(CHOICE).ok();
    let wanted = |id: &&String| chosen.as_ref().is_none_or(|chosen| chosen == *id);
    let waiting: Vec<&String> = known.iter().filter(wanted).collect();
    assert!(!waiting.is_empty(), "no scenario has this name: {chosen:?}");
    let (waiting, failed) = (Mutex::new(waiting), Mutex::new(Vec::new()));
    let next = || waiting.lock().unwrap().pop();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(id) = next() {
                    let played = std::thread::scope(|one| {
                        let play = || control::play(server, &start(id));
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
