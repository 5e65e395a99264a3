//! What the build script of a mutated copy does.

use crate::patch;
use crate::weave::{Source, weave};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository, from this package.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The pure sources that patches may change, from the root of the repository: the name of the copy,
/// and the folder. A snippet is looked for in all of them.
const SOURCES: &[(&str, &str)] = &[("core", "src/core")];

/// Writes the mutated copy of this name to `OUT_DIR/NAME`, for a crate that includes its `mod.rs` or
/// `lib.rs`. Unit tests are left out, and in the root file the inner attributes and documentation,
/// which cannot be included.
///
/// It is for build scripts: it ends the process if a patch does not apply, and says which and how to
/// mend it.
pub fn copy(name: &str) {
    if let Err(error) = try_copy(name) {
        eprintln!("{error}");
        eprintln!("docs/simulation.md, \"Mistakes made on purpose\", says how a patch is written.");
        std::process::exit(1);
    }
}

fn try_copy(name: &str) -> Result<(), Box<dyn Error>> {
    let patches = Path::new(env!("CARGO_MANIFEST_DIR")).join("patches");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", patches.display());
    let mut sources = Vec::new();
    for (_, folder) in SOURCES {
        let path = Path::new(ROOT).join(folder);
        println!("cargo:rerun-if-changed={}", path.display());
        let read = read(Path::new(folder), &mut sources);
        read.map_err(|error| format!("cannot read {folder}: {error}; SOURCES of sim/mutants/src/copy.rs says where the sources are"))?;
    }
    let patches = patch::all(&patches).map_err(|errors| errors.join("\n\n"))?;
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
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(real)?;
            sources.push(Source {
                path,
                text: without_tests(&text).to_owned(),
            });
        }
    }
    Ok(())
}

/// Unit tests stand last in a file.
fn without_tests(text: &str) -> &str {
    let (code, _) = text
        .split_once("#[cfg(test)]\nmod tests {")
        .unwrap_or((text, ""));
    code
}

fn includable(text: &str) -> String {
    let inner = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
    let lines = text.lines().filter(|line| !inner(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}
