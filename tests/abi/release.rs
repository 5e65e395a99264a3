//! The header against that of the last release, by abidiff: a compiled program must work with all
//! later libraries. The test makes two libraries of empty functions of the two headers, because
//! Rust's own debugging information describes everything except what C sees.

use super::api::{functions_of, root, text};
use super::built::{has, is_long, say_or_fail, scratch};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A library with the functions of a header, all empty.
fn hollow(name: &str, header: &str) -> PathBuf {
    let folder = scratch(&format!("release/{name}"));
    fs::write(folder.join("tenure.h"), header).unwrap();
    let mut code = String::from("#include \"tenure.h\"\n");
    for function in functions_of(header) {
        let params: Vec<String> = function
            .params
            .iter()
            .map(|param| format!("{} {}", param.kind, param.name))
            .collect();
        let params = match params.len() {
            0 => "void".to_owned(),
            _ => params.join(", "),
        };
        code += &format!(
            "{} {}({params}) {{ __builtin_trap(); }}\n",
            function.result, function.name
        );
    }
    let source = folder.join("hollow.c");
    fs::write(&source, code).unwrap();
    let library = folder.join("libtenure.so");
    say_or_fail(
        Command::new("gcc")
            .args(["-g", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(&source),
    );
    library
}

/// The incompatible changes of the newer of two headers that abidiff finds; additions are
/// compatible.
fn broken(older: &str, newer: &str) -> Option<String> {
    let (older, newer) = (hollow("older", older), hollow("newer", newer));
    let output = Command::new("abidiff")
        .arg("--no-added-syms")
        .args([older, newer])
        .output()
        .unwrap();
    match output.status.code() {
        Some(0) => None,
        _ => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}

fn last_release() -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").current_dir(root()).args(args).output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let tag = git(&["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"])?;
    git(&["show", &format!("{}:include/tenure.h", tag.trim())])
}

#[test]
fn the_header_fits_programs_of_the_last_release() {
    if !is_long() {
        println!("skipped: `make check-abi` does it");
        return;
    }
    assert!(
        has("abidiff"),
        "abidiff is not here: scripts/setup --with-abidiff"
    );
    let now = text();
    // The check itself must be able to see a change.
    for (what, changed) in [
        (
            "a parameter that grew",
            now.replace("int64_t timeout_ms", "int32_t timeout_ms"),
        ),
        (
            "a result that changed",
            now.replace(
                "TENURE_API int32_t tenure_abi_version",
                "TENURE_API int64_t tenure_abi_version",
            ),
        ),
        (
            "a structure that changed",
            now.replace("    size_t len;", "    uint32_t len;"),
        ),
    ] {
        assert_ne!(changed, now, "{what}");
        assert!(
            broken(&now, &changed).is_some(),
            "abidiff does not see {what}"
        );
    }
    match last_release() {
        None => println!("there is no release yet: nothing to compare with"),
        Some(then) => {
            if let Some(said) = broken(&then, &now) {
                panic!("programs that were linked with the last release would break:\n{said}");
            }
        }
    }
}
