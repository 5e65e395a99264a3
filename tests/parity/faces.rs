//! The faces of the library, and the spelling of a word in each.

use crate::made::go as made_go;
use crate::words::{self, Word};
use std::process::Command;

/// A language, or the tool.
pub(crate) struct Face {
    pub(crate) name: &'static str,
    files: &'static [&'static str],
    text: String,
    spell: fn(&Word) -> String,
}

impl Face {
    fn new(name: &'static str, files: &'static [&'static str], spell: fn(&Word) -> String) -> Self {
        Self {
            name,
            files,
            text: files.iter().map(|file| words::read(file)).collect(),
            spell,
        }
    }

    /// With additional text in which words are searched.
    fn and(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }

    /// Its spelling of a word unless `exceptions.tsv` has another.
    pub(crate) fn spelling(&self, word: &Word) -> String {
        (self.spell)(word)
    }

    /// Whether this is in one of its files, and not as a part of something longer.
    pub(crate) fn has(&self, spelling: &str) -> bool {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        self.text.match_indices(spelling).any(|(at, _)| {
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + spelling.len()..].chars().next();
            !is_part(before) && !is_part(after)
        })
    }

    pub(crate) fn files(&self) -> String {
        self.files.join(", ")
    }
}

pub(crate) fn all() -> Vec<Face> {
    vec![
        Face::new("c", &["include/tenure.h"], c),
        Face::new("c++", &["include/tenure.hpp"], cpp),
        // Its asyncio half inherits the options.
        Face::new(
            "python",
            &[
                "bindings/python/python/tenure/events.py",
                "bindings/python/python/tenure/errors.py",
                "bindings/python/python/tenure/metrics.py",
                "bindings/python/python/tenure/_base/client.py",
                "bindings/python/python/tenure/_options.py",
            ],
            python,
        ),
        Face::new(
            "go",
            &[
                "bindings/go/words.go",
                "bindings/go/events.go",
                "bindings/go/contender_options.go",
                "bindings/go/options.go",
            ],
            go,
        ),
        // Tests of the tool ensure that its document lists its output.
        Face::new("tool", &["docs/cli.md"], tool).and(&options_of_the_tool()),
    ]
}

/// The tool's completions on a command line: every option that it has.
fn options_of_the_tool() -> String {
    let mut tool = Command::new(tenure_field::built_tool());
    let done = tool.args(["completions", "bash"]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

fn c(word: &Word) -> String {
    let upper = word.name.to_uppercase();
    match word.list {
        "client option" => format!("tenure_client_options_set_{}", word.name),
        "contender option" => format!("tenure_contender_options_set_{}", word.name),
        "TLS option" => word.name.to_owned(),
        "error" => format!("TENURE_ERR_{upper}"),
        "choice to enrol again" => format!("TENURE_REENROL_{upper}"),
        "server kind" => format!("TENURE_SERVER_{upper}"),
        "lost reason" | "expired by" | "policy" | "metric" | "log level" => {
            format!(
                "TENURE_{}_{upper}",
                word.list.replace(' ', "_").to_uppercase()
            )
        }
        event => format!("TENURE_EVENT_{}_{upper}", owner(event).to_uppercase()),
    }
}

fn cpp(word: &Word) -> String {
    match word.list {
        "TLS option" => format!("{}{{}}", word.name),
        "client option" | "contender option" => format!("options.{}", word.name),
        "session event" | "contender event" | "detector event" | "group event" => {
            format!("{}_{} = {}", owner(word.list), word.name, c(word))
        }
        _ => format!("{} = {}", word.name, c(word)),
    }
}

fn python(word: &Word) -> String {
    match word.list {
        "TLS option" => format!("tls_{}:", word.name),
        "client option" | "contender option" => option_of_python(word),
        "metric" => format!("{}:", word.name),
        "lost reason" | "expired by" | "server kind" | "policy" => format!("\"{}\"", word.name),
        "choice to enrol again" | "log level" => word.name.to_owned(),
        // An event, an error.
        _ => format!("class {}", word.python),
    }
}

/// A keyword; TLS has one for each of its own options, and this one asks for it.
fn option_of_python(word: &Word) -> String {
    match word.name {
        "tls" => "tls_ca:".to_owned(),
        option => format!("{option}:"),
    }
}

fn go(word: &Word) -> String {
    let name = made_go::camel(word.name);
    match word.list {
        "client option" | "contender option" => format!("func With{name}"),
        "TLS option" => name,
        "metric" => format!("{name} uint64"),
        "error" => format!("Err{name} ErrorKind"),
        "session event" | "contender event" | "detector event" | "group event" => {
            format!("type {}{name} struct", made_go::camel(owner(word.list)))
        }
        noun => format!("{}{}", made_go::prefix(noun), word.rust),
    }
}

fn tool(word: &Word) -> String {
    match word.list {
        "client option" | "contender option" => format!("--{}", word.name.replace('_', "-")),
        "TLS option" => format!("--tls-{}", word.name.replace('_', "-")),
        // A value of an option.
        "policy" | "choice to enrol again" => word.name.to_owned(),
        _ => format!("`{}`", word.name),
    }
}

/// The handle of the event.
fn owner(list: &str) -> &str {
    list.split(' ').next().unwrap_or(list)
}
