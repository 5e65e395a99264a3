//! The public words, as the sources of the Rust library list them.

use std::path::Path;

/// One word of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Which list: `lost reason`, `client option` and so on.
    pub(crate) list: &'static str,
    /// Its name in Rust.
    pub(crate) rust: String,
}

impl Word {
    /// Its name in lower case, with `_` between its parts.
    pub(crate) fn snake(&self) -> String {
        let mut snake = String::new();
        for letter in self.rust.chars() {
            if letter.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
        }
        snake
    }
}

/// How the words of a list are written down in Rust.
enum Kind {
    /// Variants of an enum.
    Variants,
    /// Public fields of a struct.
    Fields,
    /// Functions that set an option: they take `mut self`.
    Setters,
}

/// Where each list is.
const LISTS: &[(&str, &str, Kind, &str)] = &[
    (
        "session event",
        "src/core/event.rs",
        Kind::Variants,
        "pub enum SessionEvent {",
    ),
    (
        "contender event",
        "src/core/event.rs",
        Kind::Variants,
        "pub enum ContenderEvent {",
    ),
    (
        "detector event",
        "src/core/event.rs",
        Kind::Variants,
        "pub enum DetectorEvent {",
    ),
    (
        "group event",
        "src/core/event.rs",
        Kind::Variants,
        "pub enum GroupEvent {",
    ),
    (
        "lost reason",
        "src/core/event.rs",
        Kind::Variants,
        "pub enum LostReason {",
    ),
    (
        "expired by",
        "src/core/session/mod.rs",
        Kind::Variants,
        "pub enum ExpiredBy {",
    ),
    (
        "error",
        "src/core/error.rs",
        Kind::Variants,
        "pub enum ErrorKind {",
    ),
    (
        "policy",
        "src/core/session/lease.rs",
        Kind::Variants,
        "pub enum LeasePolicy {",
    ),
    (
        "metric",
        "src/driver/metrics.rs",
        Kind::Fields,
        "pub struct Metrics {",
    ),
    (
        "client option",
        "src/api/client.rs",
        Kind::Setters,
        "impl ClientOptions {",
    ),
    (
        "contender option",
        "src/api/contender.rs",
        Kind::Setters,
        "impl ContenderOptions {",
    ),
    (
        "TLS option",
        "src/driver/tls/options.rs",
        Kind::Setters,
        "impl TlsOptions {",
    ),
];

/// A file of the project.
pub(crate) fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of all lists.
pub(crate) fn all() -> Vec<Word> {
    let mut words = Vec::new();
    for (list, path, kind, opening) in LISTS {
        let source = read(path);
        let lines: Vec<&str> = source.lines().collect();
        let opened = lines.iter().position(|line| line == opening);
        let opened = opened.unwrap_or_else(|| panic!("{path}: no line `{opening}`"));
        let body = lines[opened + 1..].iter().take_while(|line| **line != "}");
        let before = words.len();
        if let Kind::Setters = kind {
            // rustfmt may put each argument on a line of its own.
            let whole = body.copied().collect::<Vec<_>>().join("\n");
            let setters = whole.split("    pub fn ").skip(1).filter(|function| {
                let arguments = function.split_once('(').map_or("", |(_, rest)| rest);
                arguments.trim_start().starts_with("mut self")
            });
            words.extend(setters.map(|function| word(list, function)));
        } else {
            let prefix = match kind {
                Kind::Fields => "    pub ",
                Kind::Variants | Kind::Setters => "    ",
            };
            let items = body.filter_map(|line| line.strip_prefix(prefix));
            let items = items.filter(|item| item.starts_with(|c: char| c.is_alphabetic()));
            words.extend(items.map(|item| word(list, item)));
        }
        assert!(words.len() > before, "{path}: nothing found in `{opening}`");
    }
    words
}

fn word(list: &'static str, item: &str) -> Word {
    let end = item.find(|c: char| !c.is_alphanumeric() && c != '_');
    Word {
        list,
        rust: item[..end.unwrap_or(item.len())].to_owned(),
    }
}
