//! A Rust program that depends on the library gets nothing of the C ABI, and nothing of the tool.

use super::api::root;
use super::built::{say_or_fail, scratch};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library's own dependencies, without those of the tool.
const NEEDED: &[&str] = &[
    "bitflags",
    "cfg-if",
    "crossbeam-channel",
    "crossbeam-utils",
    "libc",
    "linux-raw-sys",
    "log",
    "mio",
    "rustix",
    "siphasher",
    "socket2",
    "tenure",
    "tenure-election",
    "tenure-model",
    "tenure-proto",
    "tenure-session",
];

const MANIFEST: &str = r#"[package]
name = "plain"
version = "0.0.0"
edition = "2024"

[dependencies]
tenure = { path = "ROOT" }

[workspace]
"#;

const MAIN: &str = r#"
fn main() -> Result<(), tenure::Error> {
    let url = tenure::Url::parse("memory://plain/group")?;
    let client = tenure::Client::open(&url, tenure::ClientOptions::default())?;
    let contender = client.contend(tenure::ContenderOptions::new(url.path()))?;
    assert!(contender.wait_leading(None)?.token() > 0);
    client.close().wait()
}
"#;

fn cargo(folder: &Path, command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([command, "--offline", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .current_dir(folder);
    cargo
}

/// The C symbols in a file.
fn symbols(file: &Path) -> Vec<String> {
    let said = say_or_fail(
        Command::new("nm")
            .args(["--defined-only", "--format=posix"])
            .arg(file),
    );
    let names = said.lines().filter_map(|line| line.split(' ').next());
    names
        .filter(|name| name.starts_with("tenure_"))
        .map(str::to_owned)
        .collect()
}

/// The files that cargo made of the library, by its own report: older ones may be beside them.
fn made(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let made = messages
        .map(Result::unwrap)
        .find(|message| {
            message["reason"] == "compiler-artifact" && message["target"]["name"] == "tenure"
        })
        .expect("the library was built");
    let files = made["filenames"].as_array().unwrap().iter();
    files.map(|file| file.as_str().unwrap().into()).collect()
}

#[test]
fn a_rust_program_gets_no_symbol_of_c_and_no_dependency_of_the_tool() {
    let folder = scratch("rust");
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = MANIFEST.replace("ROOT", root().to_str().unwrap());
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), MAIN).unwrap();
    // The same versions, which this machine has.
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let tree = say_or_fail(
        cargo(&folder, "tree")
            .args(["--package", "tenure", "--edges", "normal"])
            .args(["--prefix", "none", "--format", "{p}"]),
    );
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let strange: Vec<&str> = names.filter(|name| !NEEDED.contains(name)).collect();
    assert!(strange.is_empty(), "tenure depends on {strange:?}");
    assert!(tree.contains("mio"), "the tree was not read: {tree}");

    let built = folder.join("target");
    let messages = say_or_fail(
        cargo(&folder, "build")
            .args(["--message-format", "json", "--target-dir"])
            .arg(&built),
    );
    for file in made(&messages) {
        let shown = file.display();
        let kind = file.extension().unwrap();
        assert!(kind == "rlib" || kind == "rmeta", "{shown} was made");
        assert!(
            kind == "rmeta" || symbols(&file).is_empty(),
            "{shown}: {:?}",
            symbols(&file)
        );
    }
    let program = built.join("debug/plain");
    assert_eq!(symbols(&program), [""; 0]);
    say_or_fail(&mut Command::new(&program));
}
