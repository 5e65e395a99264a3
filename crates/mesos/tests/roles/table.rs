//! The tables of `docs/roles.md`: read, compared with the code, and played.

use crate::ROLES;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The result of a play: the state, and the names of the outputs.
pub(crate) type Played = (&'static str, Vec<&'static str>);

/// A role as the tests see it.
pub(crate) struct Role {
    /// The heading of its section.
    pub(crate) name: &'static str,
    /// The file that has a copy of the table.
    pub(crate) file: &'static str,
    /// The names of its states.
    pub(crate) states: &'static [&'static str],
    /// The names of its inputs.
    pub(crate) inputs: &'static [&'static str],
    /// Its inputs with their conditions: `input` or `input: condition`.
    pub(crate) cases: &'static [&'static str],
    /// Takes a machine to the state, and plays the case; `None` if there is no such input in that state.
    pub(crate) play: fn(state: &str, case: &str) -> Option<Played>,
    /// The last column of the table of states, as the machine in that state has it.
    pub(crate) answer: fn(state: &str) -> &'static str,
}

/// In the columns `next` and `outputs`.
const STAYS: &str = "stays";
const NOTHING: &str = "–";
const CANNOT_BE: &str = "cannot be";

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document() -> String {
    fs::read_to_string(folder().join("../../docs/roles.md")).unwrap()
}

/// The rows of a table in the role's section, which begins with these columns.
fn rows(document: &str, role: &Role, header: &str) -> Vec<Vec<String>> {
    let begin = format!("\n## {}\n", role.name);
    let section = document.split(&begin).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let table = section.lines().skip_while(|line| !line.starts_with(header));
    let table = table.take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = table.skip(2).map(cells).collect();
    assert!(!rows.is_empty(), "{}: no table {header}", role.name);
    rows
}

fn transitions(document: &str, role: &Role) -> Vec<Vec<String>> {
    let rows = rows(document, role, "| state | input |");
    for row in &rows {
        let told = ["same", "repaired: ", "kept: "];
        let told = told.iter().any(|word| row[5].starts_with(word)) || row[2] == CANNOT_BE;
        assert!(row.len() == 6 && told, "{}: {row:?}", role.name);
    }
    rows
}

/// The cells of a table: for each state and case the next state and the outputs.
fn cells(document: &str, role: &Role) -> BTreeMap<(String, String), (String, String)> {
    let mut cells = BTreeMap::new();
    for row in transitions(document, role) {
        for state in row[0].split(", ") {
            assert!(
                role.states.contains(&state),
                "{}: the state {state:?}",
                role.name
            );
            for case in row[1].split(", ") {
                assert!(
                    role.cases.contains(&case),
                    "{}: the input {case:?}",
                    role.name
                );
                let cell = (state.to_owned(), case.to_owned());
                let effect = (row[2].clone(), row[3].clone());
                let before = cells.insert(cell, effect);
                assert_eq!(
                    before, None,
                    "{}: two lines for {state} × {case}",
                    role.name
                );
            }
        }
    }
    cells
}

#[test]
fn every_state_and_input_has_one_line_and_the_machine_does_as_it_says() {
    let document = document();
    let mut wrong = Vec::new();
    for role in ROLES {
        let cells = cells(&document, role);
        for state in role.states {
            for case in role.cases {
                let at = format!("{}: {state} × {case}", role.name);
                let Some((next, outputs)) = cells.get(&((*state).into(), (*case).into())) else {
                    wrong.push(format!("{at} has no line"));
                    continue;
                };
                let played = match (role.play)(state, case) {
                    None => (CANNOT_BE, CANNOT_BE.to_owned()),
                    Some((next, outputs)) if outputs.is_empty() => (next, NOTHING.to_owned()),
                    Some((next, outputs)) => (next, outputs.join(", ")),
                };
                let said = match next.as_str() {
                    STAYS => *state,
                    next => next,
                };
                if played != (said, outputs.clone()) {
                    wrong.push(format!("{at}: {said}, {outputs}; the machine: {played:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "docs/roles.md: {wrong:#?}");
}

#[test]
fn every_input_has_a_case_and_every_case_an_input() {
    for role in ROLES {
        let kind = |case: &&str| case.split(':').next().map(str::to_owned);
        let of_cases: Vec<String> = role.cases.iter().filter_map(kind).collect();
        for input in role.inputs {
            let found = of_cases.iter().any(|kind| kind == input);
            assert!(found, "{}: no case of {input:?}", role.name);
        }
        for kind in &of_cases {
            let found = role.inputs.contains(&kind.as_str());
            assert!(found, "{}: {kind:?} is no input", role.name);
        }
    }
}

#[test]
fn the_tables_of_states_are_right() {
    let document = document();
    for role in ROLES {
        let rows = rows(&document, role, "| state | meaning |");
        let listed: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(listed, role.states, "{}", role.name);
        for row in &rows {
            assert_eq!((role.answer)(&row[0]), row[2], "{}: {}", role.name, row[0]);
        }
    }
}

/// The mark before and after the copy of a table in a file.
const MARK: &str = "//! TABLE";
const BEGIN: &str = "//! | state | input | next | outputs |";

/// The table without its remarks, as it is in the documentation of the machine.
fn copy(document: &str, role: &Role) -> String {
    let mut text = format!("{BEGIN}\n//! |---|---|---|---|\n");
    for row in transitions(document, role) {
        text.push_str(&format!("//! | {} |\n", row[..4].join(" | ")));
    }
    text
}

#[test]
fn the_documents_of_the_machines_have_the_same_tables() {
    let document = document();
    for role in ROLES {
        let path = folder().join("src/roles").join(role.file);
        let text = fs::read_to_string(&path).unwrap();
        let is_row = |line: &&str| line.starts_with("//! |");
        let found: String = text
            .lines()
            .filter(is_row)
            .map(|l| l.to_owned() + "\n")
            .collect();
        let copy = copy(&document, role);
        if found == copy {
            continue;
        }
        // Only `make roles` sets it.
        assert!(
            std::env::var_os("TENURE_WRITE_ROLES").is_some(),
            "the table of {} is not that of docs/roles.md: run `make roles`",
            path.display()
        );
        let at = text.find(BEGIN).or_else(|| text.find(MARK)).unwrap();
        let before = &text[..at];
        let rest = text[at..]
            .lines()
            .filter(|line| !is_row(line) && *line != MARK);
        let rest: Vec<&str> = rest.collect();
        fs::write(&path, format!("{before}{copy}{}\n", rest.join("\n"))).unwrap();
    }
}
