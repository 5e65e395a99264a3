//! The public words, each once: the kinds of events, the reasons, the errors, the choices, the metrics
//! and the options, with name, number and sentence.
//!
//! The enums of the Rust API *are* these tables: the macros of `make.rs` define an enum and its list of
//! [`Word`]s from the same rows. `make words` generates the lists of all other faces from [`LISTS`] and
//! [`OPTIONS`]: constants and setters of the C ABI, enums of `tenure.hpp`, classes of Python, tables of
//! `docs/cli.md`. `--test parity` fails if a generated list is out of date, and names the file.
//!
//! A row is `Name = (number, "name" …)`. The *number* is permanent: it is the number in the C ABI.
//! The *name* is the word for it in every language and in JSON. The *sentence* is its doc comment.
//! The keys after the name are remarks for single faces; each is explained at its field of [`Word`].

#[macro_use]
mod make;

mod choices;
mod endings;
mod errors;
mod events;
mod metrics;
mod options;
mod part;

pub use choices::{LeasePolicy, LogLevel, Reenrol, ServerKind};
pub use endings::{Ending, ExpiredBy, LostReason};
pub use errors::ErrorKind;
pub use events::{ContenderEvent, DetectorEvent, GroupEvent, SessionEvent};
pub use options::{Kind, OPTIONS, Setting, Settings};
pub use part::{IsPart, Part, Shape};

/// A public word.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Its name in Rust.
    pub rust: &'static str,
    /// Its name in every other language and in JSON: small letters, with `_` between the parts.
    pub name: &'static str,
    /// Its permanent number in the C ABI.
    pub number: i32,
    /// Its doc comment in Rust, line by line.
    pub doc: &'static str,
    /// Its parts.
    pub fields: &'static [Field],
    /// The sentences of the C header, where they differ from those of Rust.
    pub c: &'static str,
    /// The text of the C header after the accessors of an event.
    pub c_more: &'static str,
    /// A remark beside the enumerator in C++.
    pub cpp: &'static str,
    /// The class in Python, of an event or an error.
    pub python: &'static str,
    /// The sentences of Python, where they differ from those of Rust.
    pub python_doc: &'static str,
    /// A built-in class of Python that the exception also derives from.
    pub python_base: &'static str,
    /// The sentence of the tool's help and document, where it differs from that of Rust.
    pub tool: &'static str,
    /// Of an event: whether it reports an incident, and not a state from now on.
    pub news: bool,
    /// Of an error: whether the same call can succeed later without any change.
    pub retriable: bool,
    /// Of a lost reason: its consequence. Every lost reason has one.
    pub ending: Option<Ending>,
    /// Of a lost reason: its text in the log. Every lost reason has one.
    pub log: &'static str,
}

impl Word {
    /// The defaults of a row.
    pub const BARE: Self = Self {
        rust: "",
        name: "",
        number: 0,
        doc: "",
        fields: &[],
        c: "",
        c_more: "",
        cpp: "",
        python: "",
        python_doc: "",
        python_base: "",
        tool: "",
        news: false,
        retriable: false,
        ending: None,
        log: "",
    };

    /// A word that only the C ABI has.
    pub const fn of_c(number: i32, name: &'static str, c: &'static str) -> Self {
        Self {
            number,
            name,
            c,
            ..Self::BARE
        }
    }
}

/// A part of a word: a field of an event.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in Rust.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// Its doc comment, line by line; empty if the event says it.
    pub doc: &'static str,
}

/// Words of one kind.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The English noun for one of the words.
    pub noun: &'static str,
    /// How the names of its constants begin in C.
    pub prefix: &'static str,
    /// The integer type in C.
    pub c_type: &'static str,
    /// The sentences of that type.
    pub c_doc: &'static str,
    /// The enum in C++.
    pub cpp: &'static str,
    /// How the names of its enumerators begin in C++.
    pub cpp_prefix: &'static str,
    /// The words.
    pub words: &'static [Word],
    /// The words that only the C ABI has.
    pub of_c: &'static [Word],
}

/// All lists, in the order of the C header. The four kinds of events share one type in C.
pub const LISTS: &[List] = &[
    errors::LIST,
    events::SESSION,
    events::CONTENDER,
    events::DETECTOR,
    events::GROUP,
    events::CALL,
    endings::LOST_REASONS,
    endings::EXPIRED_BY,
    choices::SERVER_KINDS,
    choices::POLICIES,
    choices::REENROL,
    choices::LOG_LEVELS,
    metrics::LIST,
];
