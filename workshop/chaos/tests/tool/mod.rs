//! The program under test.

use std::path::Path;
use tenure_field::{Lab, Process, or_skip};

/// Starts `tenure-chaos WORDS…`.
pub(crate) fn chaos(words: &[&str]) -> Process {
    let program = Path::new(env!("CARGO_BIN_EXE_tenure-chaos"));
    let tenure = program.with_file_name("tenure");
    assert!(
        tenure.exists(),
        "{} is missing: build the whole workspace, or `cargo build --bin tenure`",
        tenure.display()
    );
    Process::spawn(program, words, None)
}

/// Whether network namespaces are allowed here; says so if not.
pub(crate) fn lab_is_allowed() -> bool {
    or_skip(Lab::new()).is_some()
}
