//! Every class and function of the header, on `memory://`.

use crate::make::{self, Build, PLAIN, SANITIZED};

fn run(build: Build) {
    let program = make::program("unit", &make::sources("tests/cpp/unit"), build);
    let printed = make::finish(&make::start::<&str>(&program, &[]));
    assert!(printed.ends_with("31 tests passed\n"), "{printed}");
}

#[test]
fn the_tests_in_cpp_pass() {
    run(PLAIN);
}

#[test]
fn the_tests_in_cpp_pass_under_sanitizers() {
    run(SANITIZED);
}

#[test]
fn the_header_is_clean_with_clang() {
    let everything = ["tests/cpp/unit", "tests/cpp/scenarios", "examples/cpp"];
    let sources: Vec<_> = everything.into_iter().flat_map(make::sources).collect();
    // The newer standard first: it has rules of its own for what is compared with what.
    make::at_once(&sources, |source| make::check("clang++", "c++20", source));
    let header = crate::root().join("tests/cpp/unit/plain.cpp");
    make::check("clang++", "c++17", &header);
}
