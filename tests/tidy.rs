//! Rules of the code base that a compiler does not check: the dependencies of layers, the purity of
//! the machines, unsafe code, and documents that name tests or files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each crate of `crates/` that is pure, and the only crates that it may depend on. Without the
/// standard library there are no clocks, threads, sockets, files, hash maps and terminals, and Cargo
/// keeps the direction.
const PURE: &[(&str, &[&str])] = &[
    ("election", &["tenure-proto", "tenure-session"]),
    (
        "mesos",
        &["fastrand", "prost", "serde_json", "tenure-election"],
    ),
    ("model", &["tenure-proto"]),
    ("proto", &[]),
    ("session", &["siphasher", "tenure-proto"]),
];

/// Each layer of `src/`, and the layers that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("driver", &["core", "model"]),
    ("api", &["driver", "core", "proto"]),
    ("mesos", &["api"]),
    ("capi", &["api", "mesos"]),
    ("undertaker", &["driver", "core"]),
];

/// The layers in which the files, too, use each other in one direction.
const ORDERED: &[&str] = &["driver", "api", "capi"];

/// Names that the tool and the bindings must not use: they use the public API.
const INTERNAL: &[&str] = &[
    "tenure::core",
    "tenure::model",
    "tenure::proto",
    "tenure_election",
    "tenure_model",
    "tenure_proto",
    "tenure_session",
];

/// The only files and folders that may hold `unsafe`.
const UNSAFE: &[&str] = &["src/driver/sys.rs", "crates/cli/src/sys.rs", "src/capi/"];

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

/// The code of a file: without comments, and without its unit tests, which are at its end.
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

/// The paths of a `use` declaration, one by one: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (mut depth, mut parts) = (1, vec![String::new()]);
    for c in rest.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match c {
            _ if depth == 0 => break,
            ',' if depth == 1 => parts.push(String::new()),
            c => parts.last_mut().unwrap().push(c),
        }
    }
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts
        .flat_map(|part| expanded(&format!("{before}{part}")))
        .collect()
}

/// The path of a module below its layer, name by name; empty for the layer itself.
type Module = Vec<String>;

/// The files of a layer that the file of a module uses.
fn used(layer: &str, modules: &BTreeMap<Module, PathBuf>, module: &Module) -> BTreeSet<Module> {
    let code: String = code(&modules[module]).split_whitespace().fold(
        String::new(),
        // A word needs the space after it, a path has none.
        |code, word| code + word + if word == "use" { " " } else { "" },
    );
    let declared = code.split("use ").skip(1);
    let declared = declared.flat_map(|rest| expanded(rest.split(';').next().unwrap()));
    let named = code.match_indices("super::").map(|(at, _)| {
        // From the first `super` on.
        let chain = code[..at].len() - code[..at].trim_end_matches("super::").len();
        code[at - chain..].to_owned()
    });
    let is_child = |other: &&Module| {
        let name = other.last().map_or("", String::as_str);
        other.len() == module.len() + 1
            && other.starts_with(module)
            && code.contains(&format!("{name}::"))
    };
    let mut found: BTreeSet<Module> = modules.keys().filter(is_child).cloned().collect();
    for path in declared.chain(named) {
        let mut names = path.split("::").peekable();
        let mut at = module.clone();
        if names.next_if_eq(&"crate").is_some() {
            if names.next() != Some(layer) {
                continue;
            }
            at.clear();
        }
        while names.next_if_eq(&"super").is_some() {
            at.pop();
        }
        for name in names {
            let name = name
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            if name == Some("super") {
                // As in `pub(in super::super)`: that uses nothing.
                at.clone_from(module);
                break;
            }
            at.push(name.unwrap().to_owned());
            if !modules.contains_key(&at) {
                at.pop();
                break;
            }
        }
        if at != *module && !at.is_empty() {
            found.insert(at);
        }
    }
    found
}

#[test]
fn files_of_a_layer_know_each_other_in_one_direction() {
    for layer in ORDERED {
        let folder = root().join("src").join(layer);
        let mut modules = BTreeMap::new();
        for file in sources(&folder) {
            let name = file.strip_prefix(&folder).unwrap().with_extension("");
            let names = name.iter().map(|name| name.to_str().unwrap().to_owned());
            let module: Module = names.filter(|name| name != "mod").collect();
            modules.insert(module, file);
        }
        let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for module in modules.keys().filter(|module| !module.is_empty()) {
            uses.insert(module.clone(), used(layer, &modules, module));
        }
        let arrows: usize = uses.values().map(BTreeSet::len).sum();
        assert!(arrows > 10, "src/{layer} was not read: {uses:?}");
        // A file that uses nothing is below all others; without it, the next one is.
        while let Some(lowest) = uses.iter().find(|(_, used)| used.is_empty()) {
            let lowest = lowest.0.clone();
            uses.remove(&lowest);
            uses.values_mut().for_each(|used| {
                used.remove(&lowest);
            });
        }
        assert!(uses.is_empty(), "a circle in src/{layer}: {uses:#?}");
    }
}

#[test]
fn tool_and_bindings_use_the_public_api() {
    let tool = sources(&root().join("crates/cli/src"));
    for file in tool
        .into_iter()
        .chain(sources(&root().join("bindings/python/src")))
    {
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
            !entry.path().is_dir() || LAYERS.iter().any(|(layer, _)| *layer == name),
            "src/{name} is in no layer: add it to LAYERS and to ARCHITECTURE.md"
        );
    }
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            ["cli", "clib", "undertaker"].contains(&name.as_str())
                || PURE.iter().any(|(pure, _)| *pure == name),
            "crates/{name} is not listed: add it to PURE and to ARCHITECTURE.md"
        );
    }
}

/// The contents of a manifest's tables of dependencies, except those of tests.
fn dependencies(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let mut found = Vec::new();
    for table in text.split("\n[").skip(1) {
        let (name, lines) = table.split_once(']').unwrap();
        if !name.contains("dependencies") || name == "dev-dependencies" {
            continue;
        }
        assert_eq!(name, "dependencies", "{}", shown(manifest));
        let keys = lines.lines().filter_map(|line| line.split_once('='));
        found.extend(keys.map(|(key, _)| key.trim().to_owned()));
    }
    found
}

#[test]
fn pure_crates_have_no_standard_library() {
    for (name, allowed) in PURE {
        let folder = root().join("crates").join(name);
        let lib = folder.join("src/lib.rs");
        let bare = code(&lib).lines().any(|line| line == "#![no_std]");
        assert!(bare, "{} does not say #![no_std]", shown(&lib));
        for file in sources(&folder.join("src")) {
            let brought_in = code(&file).contains("extern crate std");
            assert!(!brought_in, "{} brings std in", shown(&file));
        }
        let needed = dependencies(&folder.join("Cargo.toml"));
        let strange: Vec<_> = needed
            .iter()
            .filter(|need| !allowed.contains(&need.as_str()))
            .collect();
        assert!(strange.is_empty(), "crates/{name} depends on {strange:?}");
    }
}

#[test]
fn unsafe_stands_where_it_is_expected() {
    for file in ["src", "crates", "bindings/python/src"]
        .iter()
        .flat_map(|folder| sources(&root().join(folder)))
    {
        let name = shown(&file);
        let holds = code(&file)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|w| w == "unsafe");
        assert!(
            !holds || UNSAFE.iter().any(|known| name.starts_with(known)),
            "{name} holds unsafe code"
        );
    }
}

/// The only file that asks cargo for its target directory.
const ASKS_CARGO: &str = "scripts/lib/target";

/// The test of that file.
const MOVES_THE_TARGET_DIRECTORY: &str = "tests/abi/install.rs";

/// Whether code of a script or a test names cargo's target directory as `target/…`, or reads the
/// variable by which it is moved; `$target/…` is the answer of cargo.
fn guesses_the_target_directory(code: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || "$_-.".contains(c);
    let guessed = |at: usize| !code[..at].ends_with(word) || code[..at].ends_with("./");
    code.contains("CARGO_TARGET_DIR") || code.match_indices("target/").any(|(at, _)| guessed(at))
}

#[test]
fn f19_no_script_and_no_test_guesses_where_cargo_builds() {
    fn walk(under: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(under).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.file_name().unwrap() != "target" => walk(&path, found),
                true => {}
                false => found.push(path),
            }
        }
    }
    let mut all = vec![root().join("Makefile")];
    for folder in [
        ".ci",
        "bindings",
        "crates",
        "examples",
        "packaging",
        "scripts",
    ] {
        walk(&root().join(folder), &mut all);
    }
    walk(&root().join("tests"), &mut all);
    walk(&root().join("workshop"), &mut all);
    let own = Path::new(file!()).file_name();
    let (mut read, mut guessing) = (0, Vec::new());
    for file in all.iter().filter(|file| file.file_name() != own) {
        let name = shown(file);
        let end = file.extension().map(|end| end.to_str().unwrap());
        let Ok(text) = fs::read_to_string(file) else {
            continue;
        };
        let comment = match end {
            Some("rs" | "c" | "cpp" | "h" | "hpp") => "//",
            Some("py" | "in" | "toml" | "sh") | None => "#",
            _ => continue,
        };
        read += usize::from(end.is_none());
        for (number, line) in text.lines().enumerate() {
            let begins = |at: &(usize, &str)| line[..at.0].ends_with([' ', '\t']) || at.0 == 0;
            let end = line.match_indices(comment).find(begins);
            let code = &line[..end.map_or(line.len(), |(at, _)| at)];
            let knows = [ASKS_CARGO, MOVES_THE_TARGET_DIRECTORY].contains(&&*name);
            if guesses_the_target_directory(code) && !knows {
                guessing.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(read > 10, "the scripts were not read: {read}");
    assert!(
        guessing.is_empty(),
        "cargo's target directory may be elsewhere; in a script use target_directory or built_in of \
         {ASKS_CARGO}, in a test tenure_field::built_tool: {guessing:#?}"
    );
}

#[test]
fn machines_match_their_inputs_exhaustively() {
    let mut files = sources(&root().join("crates/election/src/client"));
    files.extend(sources(&root().join("crates/mesos/src/roles")));
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    let text = texts.collect::<Vec<_>>().join("\n");
    for body in ["match input {", "match signal {", "match command {"] {
        assert!(text.contains(body), "nothing does {body}");
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

/// Whether there is such a test, as `file::test` under `tests/`, here or in a crate, or under
/// `src/` and `crates/` for unit tests, or under `bindings/` for those in Python.
fn exists(name: &str) -> bool {
    let (file, test) = name.rsplit_once("::").unwrap();
    if file.starts_with("bindings/") {
        let text = fs::read_to_string(root().join(format!("{file}.py"))).unwrap();
        return text.contains(&format!("\ndef {test}("));
    }
    let file = format!("{file}.rs");
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = crates
        .map(|entry| entry.unwrap().path().join("tests"))
        .collect();
    folders.push(
        match file.starts_with("src/") || file.starts_with("crates/") {
            true => root().to_owned(),
            false => root().join("tests"),
        },
    );
    let mut found = folders.iter().map(|folder| folder.join(&file));
    let path = found.find(|path| path.exists());
    let path = path.unwrap_or_else(|| panic!("{file} is in no folder of tests"));
    let text = fs::read_to_string(path).unwrap();
    text.contains(&format!("#[test]\nfn {test}()"))
        || text.contains(&format!("#[test]\n    fn {test}()"))
}

#[test]
fn every_test_that_the_table_of_failures_names_exists() {
    assert_named_tests_exist("docs/failures.md", 50);
}

#[test]
fn every_test_that_the_table_of_the_model_names_exists() {
    assert_named_tests_exist("docs/model.md", 30);
}

#[test]
fn every_test_that_the_table_of_roles_names_exists() {
    assert_named_tests_exist("docs/roles.md", 10);
}

#[test]
fn every_test_that_the_document_of_mesos_names_exists() {
    assert_named_tests_exist("docs/mesos.md", 8);
}

/// Each `file::test` in the document is a test, and there are at least this many.
fn assert_named_tests_exist(document: &str, least: usize) {
    let table = fs::read_to_string(root().join(document)).unwrap();
    let quoted = table.split('`').skip(1).step_by(2);
    // Not a method of a type, and no name of the module of masters.
    let is_test = |word: &&str| {
        word.contains("::") && !word.starts_with(char::is_uppercase) && !word.starts_with("mesos::")
    };
    let named: Vec<&str> = quoted
        .filter(is_test)
        .filter(|n| *n != "file::test")
        .collect();
    assert!(named.len() > least, "{document} was not read: {named:?}");
    for name in named {
        assert!(exists(name), "{document} names {name}, which is not there");
    }
}

/// A line of the list of scenarios, with the columns that the table has, too.
type Scenario = [String; 5];

/// The list, and each scenario's steps and expectation beside it.
fn listed_scenarios() -> Vec<(Scenario, [String; 2])> {
    let list = fs::read_to_string(root().join("tests/scenarios/list.tsv")).unwrap();
    let mut lines = list.lines();
    assert_eq!(
        lines.next(),
        Some("id\tsource\ttitle\tkind\tsteps\texpectation\ttest")
    );
    let fields = |line: &str| {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let fields: [String; 7] = fields.try_into().unwrap_or_else(|f| panic!("{f:?}"));
        let [id, source, title, kind, steps, expectation, test] = fields;
        ([id, source, title, kind, test], [steps, expectation])
    };
    lines.map(fields).collect()
}

#[test]
fn the_list_of_scenarios_and_its_tables_say_the_same() {
    let listed = listed_scenarios();
    let readme = fs::read_to_string(root().join("tests/scenarios/README.md")).unwrap();
    let rows = readme.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        let cells = cells.map(|cell| cell.trim().replace('`', "").replace('–', "-"));
        let cells: Vec<String> = cells.collect();
        Scenario::try_from(cells).unwrap_or_else(|cells| panic!("{cells:?}"))
    };
    let tabled: Vec<Scenario> = rows.map(row).collect();
    let mut ids: Vec<&str> = listed.iter().map(|(row, _)| row[0].as_str()).collect();
    assert!(ids.len() > 70, "the list was not read: {ids:?}");
    for (row, _) in &listed {
        assert!(tabled.contains(row), "not in the README: {row:?}");
    }
    for row in &tabled {
        let known = listed.iter().any(|(listed, _)| listed == row);
        assert!(known, "not in list.tsv: {row:?}");
    }
    ids.sort_unstable();
    let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "two scenarios of one name");
    // The table has differences from Mesos, and absences, in words.
    for ([id, source, _, kind, test], [steps, expectation]) in &listed {
        let alone = ["same", "repaired", "kept out"].contains(&kind.as_str());
        assert!(alone || kind == "absent", "{id} is {kind:?}");
        assert_eq!(kind == "absent", test == "-", "{id}");
        assert!(!steps.is_empty() && !expectation.is_empty(), "{id}");
        let said = format!("- `{id}`: {expectation}.");
        let untold = source == "untested by Mesos" || kind == "same" || kind == "kept out";
        let must = kind == "absent" || !untold;
        assert!(!must || readme.contains(&said), "the README lacks: {said}");
    }
}

#[test]
fn every_scenario_has_its_test_and_every_test_of_scenarios_its_line() {
    let listed = listed_scenarios();
    let named: Vec<&String> = listed.iter().map(|([.., test], _)| test).collect();
    for test in named.iter().filter(|test| **test != "-") {
        assert!(exists(test), "list.tsv names {test}, which is not there");
    }
    for file in sources(&root().join("tests/scenarios")) {
        let module = file.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for (at, mark) in text.match_indices("#[test]\nfn ") {
            let rest = &text[at + mark.len()..];
            let name = format!("scenarios/{module}::{}", rest.split('(').next().unwrap());
            assert!(named.contains(&&name), "no line of list.tsv names {name}");
        }
    }
}

#[test]
fn each_language_has_a_table_of_scenarios_that_names_tests_which_exist() {
    let listed = listed_scenarios();
    let ids: BTreeSet<&str> = listed.iter().map(|(row, _)| row[0].as_str()).collect();
    let folder = root().join("tests/scenarios");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let mut languages = BTreeSet::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "list.tsv" || !name.ends_with(".tsv") {
            continue;
        }
        languages.insert(name.to_owned());
        assert!(
            readme.contains(&format!("`{name}`")),
            "the README lacks {name}"
        );
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some("id\tplayed\twhere, or the reason"),
            "{name}"
        );
        let mut has = BTreeSet::new();
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, how, place] = fields[..] else {
                panic!("{name}: {line:?}");
            };
            assert!(has.insert(id), "{name} has {id} twice");
            // After the test, there may be words.
            let test = place.split(": ").next().unwrap();
            assert!(
                how != "elsewhere" || exists(test),
                "{name} names {test}, which is not there"
            );
            let folder = root().join(place);
            assert!(
                how != "yes" || folder.is_dir(),
                "{name}: {place} is no folder"
            );
        }
        let odd: Vec<_> = has.symmetric_difference(&ids).collect();
        assert!(
            odd.is_empty(),
            "in one of {name} and list.tsv only: {odd:?}"
        );
    }
    let known = ["cpp.tsv", "go.tsv"].map(str::to_owned);
    assert_eq!(
        languages,
        BTreeSet::from(known),
        "a language without its table"
    );
}

/// The roots of the map: their files are compared with it, except those of tests.
const MAPPED: &[&str] = &["bindings", "crates", "include", "src", "workshop"];

/// A file with more lines than this has a place in the map.
const LINES_MAX: usize = 100;

/// Lines of the map that are indented this far continue the line before.
const CONTINUED: usize = 14;

/// A line of the map in `ARCHITECTURE.md`.
struct Line {
    /// The folder of the line, or the one that holds its files.
    at: String,
    /// Whether the line is a folder's own.
    is_folder: bool,
    /// The rest, with names of files.
    text: String,
}

fn map() -> Vec<Line> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("## Map\n").nth(1).unwrap();
    let map = map.split("\nDependencies").next().unwrap();
    let mut folders: Vec<(usize, String)> = Vec::new();
    let mut found: Vec<Line> = Vec::new();
    for line in map.lines().filter_map(|line| line.strip_prefix("    ")) {
        let words = line.trim_start();
        let indent = line.len() - words.len();
        if indent >= CONTINUED {
            let last = found.last_mut().expect("the map begins with a folder");
            last.text.push_str(&format!(" {words}"));
            continue;
        }
        folders.retain(|(outer, _)| *outer < indent);
        let parent = folders.last().map_or("", |(_, path)| path);
        let (first, rest) = words.split_once(' ').expect("each line has a text");
        let is_folder = first.ends_with('/');
        let (at, text) = match is_folder {
            true => (format!("{parent}{first}"), rest),
            false => (parent.to_owned(), words),
        };
        if is_folder {
            folders.push((indent, at.clone()));
        }
        found.push(Line {
            at,
            is_folder,
            text: text.to_owned(),
        });
    }
    found
}

/// The files of a map's line, relative to its folder.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';', ':', '(', ')']).filter(|word| {
        let end = word.rsplit_once('.').map_or("", |(_, end)| end);
        ["rs", "py", "h", "hpp"].contains(&end) && !word.contains('`')
    })
}

fn files(under: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["tests", "target"].contains(&name) {
            found.extend(files(&path));
        } else if named(name).next().is_some() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A path as the map has it: without the `src/` of a crate that is not the library, and without the
/// names of files that belong to their folder's line.
fn in_map(path: &Path) -> (String, String) {
    let path = shown(path);
    let (folder, name) = path.rsplit_once('/').unwrap();
    let folder = match path.starts_with("crates/") || path.starts_with("workshop/") {
        true => format!("{folder}/").replacen("/src/", "/", 1),
        false => format!("{folder}/"),
    };
    (folder, name.to_owned())
}

#[test]
fn the_map_names_every_long_file() {
    const OF_THE_FOLDER: &[&str] = &["mod.rs", "lib.rs", "main.rs", "__init__.py"];
    let map = map();
    let all: Vec<PathBuf> = MAPPED
        .iter()
        .flat_map(|dir| files(&root().join(dir)))
        .collect();
    let known: BTreeSet<String> = all
        .iter()
        .map(|path| in_map(path))
        .map(|(a, b)| a + &b)
        .collect();
    let mut wrong = Vec::new();
    for path in &all {
        if fs::read_to_string(path).unwrap().lines().count() <= LINES_MAX {
            continue;
        }
        let (folder, name) = in_map(path);
        let has = map.iter().any(|line| {
            let whole = OF_THE_FOLDER.contains(&&*name) || line.text.contains(" a file");
            let of_folder = line.is_folder && line.at == folder && whole;
            let full = format!("{folder}{name}");
            of_folder || named(&line.text).any(|word| format!("{}{word}", line.at) == full)
        });
        if !has {
            wrong.push(format!("{} has no line", shown(path)));
        }
    }
    for Line { at, text, .. } in map.iter().filter(|line| !line.at.contains("tests/")) {
        let gone = named(text).filter(|word| !known.contains(&format!("{at}{word}")));
        wrong.extend(gone.map(|word| format!("{at}{word} does not exist")));
    }
    assert!(
        wrong.is_empty(),
        "ARCHITECTURE.md, the map: {wrong:#?}\nname the file in the line of its folder, or in a line of \
         its own; `… a file` in the line of a folder stands for all its files"
    );
}
