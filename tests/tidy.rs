//! Rules of the code base that a compiler does not check: which layer may know which, and what
//! the pure layers must never touch. `ARCHITECTURE.md` says why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer of `src/`, and the layers it may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("proto", &[]),
    ("core", &["proto"]),
    ("model", &["proto"]),
    ("driver", &["core", "model"]),
    ("api", &["driver", "core", "proto"]),
];

/// What the tools under `src/bin` must not name: they use the library as anybody does.
const INTERNAL: &[&str] = &["tenure::core", "tenure::model", "tenure::proto"];

/// What a machine must not know of: clocks, threads, sockets, files, the environment, the order
/// of a hash map, and the terminal.
const IMPURE: &[&str] = &[
    "Instant",
    "SystemTime",
    "std::thread",
    "std::env",
    "std::fs",
    "std::io",
    "std::process",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "HashMap",
    "HashSet",
    "Mutex",
    "println!",
    "eprintln!",
    "libc::",
    "mio::",
];

/// The only files that may hold `unsafe`.
const UNSAFE: &[&str] = &["src/driver/sys.rs", "src/bin/tenure/sys.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(under: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(under).unwrap_or_else(|e| panic!("{}: {e}", under.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file: without comments, and without its unit tests, which stand last.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

#[test]
fn layers_depend_in_one_direction() {
    let mut broken = Vec::new();
    for (layer, allowed) in LAYERS {
        for file in sources(&root().join("src").join(layer)) {
            let code = code(&file);
            for (at, _) in code.match_indices("crate::") {
                let rest = &code[at + "crate::".len()..];
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let named = &rest[..end.unwrap_or(rest.len())];
                if named != *layer && !allowed.contains(&named) {
                    broken.push(format!("{} names {named:?}", shown(&file)));
                }
            }
        }
    }
    assert!(broken.is_empty(), "against the layers: {broken:#?}");
}

#[test]
fn tools_use_the_public_api() {
    for file in sources(&root().join("src/bin")) {
        let code = code(&file);
        let found: Vec<_> = INTERNAL
            .iter()
            .filter(|word| code.contains(*word))
            .collect();
        assert!(found.is_empty(), "{} names {found:?}", shown(&file));
    }
}

#[test]
fn every_layer_is_listed() {
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(
            !entry.path().is_dir()
                || name == "bin"
                || LAYERS.iter().any(|(layer, _)| *layer == name),
            "src/{name} is in no layer: add it to LAYERS and to ARCHITECTURE.md"
        );
    }
}

#[test]
fn machines_are_pure() {
    let mut broken = Vec::new();
    for layer in ["proto", "core", "model"] {
        for file in sources(&root().join("src").join(layer)) {
            let code = code(&file);
            let found = IMPURE.iter().filter(|word| code.contains(*word));
            broken.extend(found.map(|word| format!("{}: {word}", shown(&file))));
        }
    }
    assert!(broken.is_empty(), "not for a machine: {broken:#?}");
}

#[test]
fn unsafe_stands_where_it_is_expected() {
    for file in sources(&root().join("src")) {
        let name = shown(&file);
        let holds = code(&file)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|w| w == "unsafe");
        assert!(
            !holds || UNSAFE.contains(&name.as_str()),
            "{name} holds unsafe code"
        );
    }
}

#[test]
fn machines_match_their_inputs_exhaustively() {
    let text = fs::read_to_string(root().join("src/core/client.rs")).unwrap();
    for body in ["match input {", "match signal {", "match command {"] {
        for (at, _) in text.match_indices(body) {
            let indent = text[..at].rsplit('\n').next().unwrap();
            let indent = &indent[..indent.len() - indent.trim_start().len()];
            let end = text[at..].find(&format!("\n{indent}}}")).unwrap();
            let arm = format!("\n{indent}    _ =>");
            assert!(
                !text[at..at + end].contains(&arm),
                "{body} has a catch-all arm"
            );
        }
    }
}

#[test]
fn every_test_that_the_table_of_failures_names_exists() {
    let table = fs::read_to_string(root().join("docs/failures.md")).unwrap();
    let quoted = table.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted.filter(|word| word.contains("::")).collect();
    let named: Vec<&str> = named.into_iter().filter(|n| *n != "file::test").collect();
    assert!(named.len() > 50, "the table was not read: {named:?}");
    for name in named {
        let (file, test) = name.rsplit_once("::").unwrap();
        let file = match file.strip_prefix("src/") {
            Some(_) => format!("{file}.rs"),
            None => format!("tests/{file}.rs"),
        };
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(
            text.contains(&format!("#[test]\nfn {test}()"))
                || text.contains(&format!("#[test]\n    fn {test}()")),
            "docs/failures.md names {name}, which is not there"
        );
    }
}
