//! The work of the build script of a mutated copy.

use crate::patch;
use crate::weave::{Source, weave};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

const PATCHES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/patches");

/// The pure sources that patches may change, from the root of the repository: the name of the copy,
/// and the folder. The snippet of a patch may be in any of them.
const SOURCES: &[(&str, &str)] = &[
    ("session", "crates/session/src"),
    ("election", "crates/election/src"),
];

/// Writes the mutated copy of this name to `OUT_DIR/NAME`, for a crate that includes its `mod.rs`
/// or `lib.rs`. Leaves out unit tests, and in the root file the inner attributes and documentation,
/// which cannot be included.
///
/// For build scripts: it ends the process if a patch does not apply, and prints the patch and the
/// remedy.
pub fn copy(name: &str) {
    if let Err(error) = try_copy(name) {
        eprintln!("{error}");
        eprintln!("\nThe patches are in {PATCHES};");
        eprintln!(
            "docs/simulation.md, \"Mistakes made on purpose\", describes the form of a patch."
        );
        std::process::exit(1);
    }
}

fn try_copy(name: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={PATCHES}");
    let mut sources = Vec::new();
    for (_, folder) in SOURCES {
        let path = Path::new(ROOT).join(folder);
        println!("cargo:rerun-if-changed={}", path.display());
        read(Path::new(folder), &mut sources).map_err(|error| {
            format!(
                "cannot read {folder} ({error}): mend ROOT and SOURCES in {}",
                file!()
            )
        })?;
    }
    let patches = patch::all(Path::new(PATCHES)).map_err(|errors| errors.join("\n\n"))?;
    let woven = weave(&sources, &patches).map_err(|errors| errors.join("\n\n"))?;
    let wanted = SOURCES.iter().find(|(copy, _)| *copy == name);
    let (_, folder) = wanted.ok_or_else(|| format!("no sources are called {name}"))?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join(name);
    if out.exists() {
        fs::remove_dir_all(&out)?; // a file that has moved must not stay
    }
    for Source { path, text } in woven {
        let Ok(below) = path.strip_prefix(folder) else {
            continue;
        };
        let is_root = [Path::new("mod.rs"), Path::new("lib.rs")].contains(&below);
        let to = out.join(below);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(to, if is_root { includable(&text) } else { text })?;
    }
    Ok(())
}

/// The files below a folder, in the order of their names.
fn read(folder: &Path, sources: &mut Vec<Source>) -> Result<(), Box<dyn Error>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join(folder))? {
        let entry = entry?;
        entries.push((folder.join(entry.file_name()), entry.path()));
    }
    entries.sort();
    for (path, real) in entries {
        if real.is_dir() {
            read(&path, sources)?;
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(real)?;
            sources.push(Source {
                path,
                text: without_tests(&text).to_owned(),
            });
        }
    }
    Ok(())
}

/// Unit tests are at the end of a file.
fn without_tests(text: &str) -> &str {
    let (code, _) = text
        .split_once("#[cfg(test)]\nmod tests {")
        .unwrap_or((text, ""));
    code
}

/// The part of a root file that `include!` accepts.
fn includable(text: &str) -> String {
    let inner = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
    let lines = text.lines().filter(|line| !inner(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_tests_are_left_out_and_so_is_what_cannot_be_included() {
        let text = "//! All.\n#![no_std]\n\n/// One.\nmod a; //! no\n#[cfg(test)]\nmod tests {\n    x\n}\n";
        let code = without_tests(text);
        assert_eq!(includable(code), "\n/// One.\nmod a; //! no\n");
        assert_eq!(without_tests("mod a;\n"), "mod a;\n");
    }

    #[test]
    fn every_patch_applies_to_the_sources_as_they_are() {
        let mut sources = Vec::new();
        for (_, folder) in SOURCES {
            read(Path::new(folder), &mut sources).unwrap();
        }
        let patches = patch::all(Path::new(PATCHES)).unwrap();
        let woven = weave(&sources, &patches).unwrap_or_else(|errors| panic!("{errors:#?}"));
        let all: String = woven.into_iter().map(|source| source.text).collect();
        for patch in patches {
            let switch = format!("Mutant::{})", patch.variant());
            let times = all.matches(&switch).count();
            assert_eq!(times, patch.hunks.len(), "{}", patch.name);
        }
    }
}
