//! The scenarios of `tests/scenarios/list.tsv`, played in Go against real servers.
//! `tests/scenarios/go.tsv` lists which are played and which are not, with the reason.

use crate::{make, root, shared};
use std::collections::BTreeSet;
use std::process::Command;
use tenure_field::{cabi, scenarios};

fn known() -> BTreeSet<String> {
    let mut program = Command::new(make::program("scenarios"));
    scenarios::listed(&cabi::say_or_fail(program.arg("--list")))
}

#[test]
fn each_scenario_is_played_in_go_or_it_is_said_why_not() {
    scenarios::assert_tabled(&root().join("tests/scenarios"), "go", &known());
}

#[test]
fn the_scenarios_play() {
    let program = make::program("scenarios");
    scenarios::play_all(shared(), &known(), |id| make::start(&program, &[id]));
}
