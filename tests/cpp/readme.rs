//! The README's code in C++ compiles, and works as described.

use crate::make::{self, PLAIN};
use crate::{LIMIT, root, scratch, shared};

#[test]
fn the_code_of_the_readme_works() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n## From C++\n").unwrap();
    let (_, code) = section.split_once("```cpp\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    // It names servers that only the reader has.
    let there = "zk://127.0.0.1:2181/app";
    assert_eq!(code.matches(there).count(), 1, "{code}");
    let source = scratch("readme").join("readme.cpp");
    std::fs::write(&source, code.replace(there, &shared().url("/cpp-readme"))).unwrap();
    let program = make::program("readme", &[source], PLAIN);
    let process = make::start::<&str>(&program, &[]);
    process.wait_for("leadership", LIMIT, |line| {
        (line.as_str()).is_some_and(|text| text.starts_with("leading with fencing token "))
    });
    // It works as long as it leads, and closes its client when it no longer leads.
    let observer = tenure_observer::Observer::connect(shared().addr());
    let names = observer.children("/cpp-readme");
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(observer.delete(&format!("/cpp-readme/{}", names[0])));
    make::finish(&process);
    assert!(observer.children("/cpp-readme").is_empty());
}

#[test]
fn the_code_at_the_top_of_the_headers_compiles() {
    check_top("tenure.hpp", "wait_leading");
    check_top("tenure_mesos.hpp", "role.take");
}

/// Compiles the code in the first comment of a header, which has this word.
fn check_top(name: &str, word: &str) {
    let header = std::fs::read_to_string(root().join("include").join(name)).unwrap();
    let code: String = (header.lines())
        .skip_while(|line| !line.starts_with("//     #include"))
        .take_while(|line| *line == "//" || line.starts_with("//     "))
        .map(|line| format!("{}\n", line.trim_start_matches("//")))
        .collect();
    assert!(code.contains(word), "{code}");
    let source = scratch("readme").join(name).with_extension("cpp");
    std::fs::write(&source, code).unwrap();
    make::check("g++", "c++20", &source);
}
