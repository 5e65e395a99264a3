//! The program under test.

use std::path::Path;
use tenure_field::{Lab, Process, built_tool, or_skip};

/// Starts `tenure-chaos WORDS…`.
pub(crate) fn chaos(words: &[&str]) -> Process {
    let program = Path::new(env!("CARGO_BIN_EXE_tenure-chaos"));
    assert_eq!(built_tool().parent(), program.parent());
    Process::spawn(program, words, None)
}

/// Whether network namespaces are allowed here; prints the reason if not.
pub(crate) fn lab_is_allowed() -> bool {
    or_skip(Lab::new()).is_some()
}
