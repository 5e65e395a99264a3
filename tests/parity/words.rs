//! The public words, as the table of the library lists them.

use std::path::Path;
use tenure::words::{LISTS, OPTIONS};

/// One word of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// The list: `lost reason`, `client option` and so on.
    pub(crate) list: &'static str,
    /// Its name in Rust.
    pub(crate) rust: &'static str,
    /// Its name in every other language.
    pub(crate) name: &'static str,
    /// Its class in Python, if it has one.
    pub(crate) python: &'static str,
}

/// A file of the project.
pub(crate) fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of all lists.
pub(crate) fn all() -> Vec<Word> {
    let words = LISTS.iter().flat_map(|list| {
        list.words.iter().map(|word| Word {
            list: list.noun,
            rust: word.rust,
            name: word.name,
            python: word.python,
        })
    });
    let options = OPTIONS.iter().flat_map(|of| {
        of.settings.iter().map(|setting| Word {
            list: of.noun,
            rust: setting.name,
            name: setting.name,
            python: "",
        })
    });
    words.chain(options).collect()
}
