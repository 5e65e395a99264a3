//! The results of the last `cargo build`, for tests of other packages: the command-line tool and
//! the C libraries.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The command-line tool, from the folder in which cargo built the running program. Cargo builds it
/// before the tests of its own package only; a tool that is older than its sources is refused.
///
/// # Panics
/// When it is missing, or is out of date. The text has the command that builds it.
#[must_use]
#[track_caller]
pub fn built_tool() -> &'static Path {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    // Once: sources may change while the tests run.
    TOOL.get_or_init(|| built("tenure", "tenure-cli"))
}

/// The helper that closes the sessions of dead processes, likewise.
///
/// # Panics
/// As [`built_tool`].
#[must_use]
#[track_caller]
pub fn built_undertaker() -> &'static Path {
    static UNDERTAKER: OnceLock<PathBuf> = OnceLock::new();
    UNDERTAKER.get_or_init(|| built("tenure-undertaker", "tenure-undertaker"))
}

/// The file of this name that cargo built last from a package.
#[track_caller]
pub(crate) fn built(name: &str, package: &str) -> PathBuf {
    let path = folder().join(name);
    if let Err(why) = is_fresh(&path) {
        let profile = match folder().ends_with("release") {
            true => " --release",
            false => "",
        };
        panic!("{why}; build it first: cargo build{profile} --package {package}");
    }
    path
}

/// The folder of cargo's programs: tests are one folder below.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("a process has a program");
    let mut above = program.ancestors().skip(1);
    let found = above.find(|folder| !folder.ends_with("deps"));
    found.expect("a program is in a folder").to_owned()
}

/// Whether a result of cargo exists, and is newer than all its sources. `cargo build` lists them
/// beside it, `cargo test` does not.
fn is_fresh(built: &Path) -> Result<(), String> {
    let changed = |path: &Path| fs::metadata(path).and_then(|known| known.modified());
    let since = changed(built).map_err(|error| format!("{}: {error}", built.display()))?;
    let Ok(list) = fs::read_to_string(built.with_extension("d")) else {
        return Ok(());
    };
    // A backslash precedes a space in a name.
    let list = list.replace("\\ ", "\0");
    for source in list.split_whitespace().skip(1) {
        let source = PathBuf::from(source.replace('\0', " "));
        if changed(&source).is_ok_and(|changed| changed > since) {
            let (built, source) = (built.display(), source.display());
            return Err(format!("{built} is older than {source}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_is_older_than_its_source_or_missing_is_not_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let [built, list, source] =
            ["tool", "tool.d", "a source.rs"].map(|n| folder.path().join(n));
        let missing = is_fresh(&built).unwrap_err();
        assert!(missing.contains("tool"), "{missing}");
        let source_in_list = source.to_str().unwrap().replace(' ', "\\ ");
        fs::write(&list, format!("{}: {source_in_list}\n", built.display())).unwrap();
        fs::write(&source, "").unwrap();
        fs::write(&built, "").unwrap();
        let now = SystemTime::now();
        let touch = |path: &Path, at| {
            let file = fs::File::options().append(true).open(path).unwrap();
            file.set_modified(at).unwrap();
        };
        touch(&source, now);
        touch(&built, now);
        assert_eq!(is_fresh(&built), Ok(()));
        touch(&source, now + Duration::from_secs(1));
        let old = is_fresh(&built).unwrap_err();
        assert!(
            old.contains("is older than") && old.contains("a source.rs"),
            "{old}"
        );
    }
}
