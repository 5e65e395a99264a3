//! Every class and function of the headers, on `memory://`.

use crate::make::{self, Build, PLAIN, SANITIZED};

fn run(build: Build) {
    let program = make::program("unit", &make::sources("tests/cpp/unit"), build);
    let printed = make::finish(&make::start::<&str>(&program, &[]));
    assert!(printed.ends_with("49 tests passed\n"), "{printed}");
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
fn the_headers_are_clean_with_clang() {
    let everything = ["tests/cpp/unit", "tests/cpp/scenarios", "examples/cpp"];
    let sources: Vec<_> = everything.into_iter().flat_map(make::sources).collect();
    // The newer standard first: it has its own rules for comparisons.
    make::at_once(&sources, |source| make::check("clang++", "c++20", source));
    for header in ["bare.cpp", "mesos_bare.cpp"] {
        let source = crate::root().join("tests/cpp/unit").join(header);
        make::check("clang++", "c++17", &source);
    }
}

/// The compiler's words on a source that it must refuse.
fn refused(name: &str, flags: &[&str], body: &str) -> String {
    let source = crate::scratch("refused").join(name).with_extension("cpp");
    let text = format!("#include <tenure.hpp>\nint main()\n{{\n    {body}\n}}\n");
    std::fs::write(&source, text).unwrap();
    let output = std::process::Command::new("g++")
        .args(["-std=c++17", "-fsyntax-only", "-I"])
        .arg(crate::root().join("include"))
        .args(flags)
        .arg(source)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{body} compiles");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_cannot_work_does_not_compile_and_says_why() {
    let bare = ["-fno-exceptions"];
    let words = refused("no-sink", &bare, "tenure::client().close();");
    assert!(words.contains("without exceptions, give a"), "{words}");
    let words = refused(
        "no-sink-either",
        &[],
        "int sink = 0; tenure::client().close(tenure::forever, sink);",
    );
    assert!(words.contains("a sink is a std::error_code"), "{words}");
    refused("no-unit", &[], "tenure::client().close(10);");
    refused("copied", &[], "tenure::client one; auto two = one;");
    refused("bool", &[], "bool leads = tenure::leadership();");
    let ignored = "tenure::client().next_event();";
    let words = refused("ignored", &["-Werror"], ignored);
    assert!(words.contains("nodiscard"), "{words}");
}

#[test]
fn errors_are_known_across_libraries_with_hidden_symbols() {
    let folder = crate::root().join("tests/cpp/parts");
    let program = make::in_parts(&folder.join("part.cpp"), &folder.join("main.cpp"));
    let printed = make::finish(&make::start::<&str>(&program, &[]));
    assert_eq!(
        printed,
        "the same code: 1\nthe same category: 1\ncaught: 1\n"
    );
}
