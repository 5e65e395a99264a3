//! The scenarios of `tests/scenarios/list.tsv`, played in C++ against real servers.
//! `tests/scenarios/cpp.tsv` lists which are played and which are not, with the reason.

use crate::make::{self, SANITIZED};
use crate::{root, shared};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use tenure_field::{cabi, scenarios};

fn program() -> PathBuf {
    let sources = make::sources("tests/cpp/scenarios");
    make::program("scenarios", &sources, SANITIZED)
}

fn known() -> BTreeSet<String> {
    scenarios::listed(&cabi::say_or_fail(Command::new(program()).arg("--list")))
}

#[test]
fn each_scenario_is_played_in_cpp_or_it_is_said_why_not() {
    scenarios::assert_tabled(&root().join("tests/scenarios"), "cpp", &known());
}

#[test]
fn the_scenarios_play() {
    let program = program();
    scenarios::play_all(shared(), &known(), |id| make::start(&program, &[id]));
}
