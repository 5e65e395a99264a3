//! The Python package.

use super::NOTE;
use super::c::{contender_options, list_of};
use super::text::{self, COLUMNS, hang};
use std::fmt::Write;
use tenure::words::{Field, Kind, LISTS, LeasePolicy, Setting, Shape, Word};
use tenure::{
    ContenderEvent, DetectorEvent, ErrorKind, ExpiredBy, GroupEvent, LostReason, ServerKind,
    SessionEvent,
};

pub(super) const EVENTS: &str = "bindings/python/python/tenure/events.py";
pub(super) const ERRORS: &str = "bindings/python/python/tenure/errors.py";
pub(super) const METRICS: &str = "bindings/python/python/tenure/metrics.py";
pub(super) const PACKAGE: &str = "bindings/python/python/tenure/__init__.py";
pub(super) const OPTIONS: &str = "bindings/python/python/tenure/_options.py";
pub(super) const CLIENT: &str = "bindings/python/python/tenure/_base/client.py";

/// A docstring with this indent.
fn docstring(indent: &str, text: &str) -> String {
    hang(
        &format!("{indent}\"\"\""),
        indent,
        &format!("{text}\"\"\""),
        COLUMNS,
    )
    .replace("\"\"\" ", "\"\"\"")
}

/// `"a"`, `"b"` or `"c"`, as code.
fn one_of(words: &[Word]) -> String {
    let mut names: Vec<String> = words
        .iter()
        .map(|w| format!("``\"{}\"``", w.name))
        .collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}

fn event_words() -> Vec<&'static Word> {
    let all = [
        SessionEvent::WORDS,
        ContenderEvent::WORDS,
        DetectorEvent::WORDS,
        GroupEvent::WORDS,
    ];
    all.into_iter().flatten().collect()
}

fn sorted(words: impl IntoIterator<Item = &'static Word>) -> Vec<&'static str> {
    let mut names: Vec<&str> = words.into_iter().map(|word| word.python).collect();
    names.sort_unstable();
    names
}

fn quoted(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("    \"{name}\",\n"))
        .collect()
}

pub(super) fn event_names() -> String {
    quoted(&sorted(event_words()))
}

pub(super) fn error_names() -> String {
    quoted(&sorted(ErrorKind::WORDS))
}

pub(super) fn names() -> String {
    quoted(&sorted(event_words().into_iter().chain(ErrorKind::WORDS)))
}

pub(super) fn imports() -> String {
    let import = |module: &str, names: Vec<&str>| {
        let names: String = names.iter().map(|name| format!("    {name},\n")).collect();
        format!("from .{module} import (\n{names})\n")
    };
    import("errors", sorted(ErrorKind::WORDS)) + &import("events", sorted(event_words()))
}

pub(super) fn session_events() -> String {
    events("SessionEvent", SessionEvent::WORDS)
}

pub(super) fn contender_events() -> String {
    events("ContenderEvent", ContenderEvent::WORDS)
}

pub(super) fn detector_events() -> String {
    events("DetectorEvent", DetectorEvent::WORDS)
}

pub(super) fn group_events() -> String {
    events("GroupEvent", GroupEvent::WORDS)
}

fn events(base: &str, words: &[Word]) -> String {
    let mut made = String::new();
    for word in words {
        let _ = write!(
            made,
            "@dataclass(frozen=True)\nclass {}({base}):\n{}",
            word.python,
            docstring("    ", &text::python(word))
        );
        if !word.fields.is_empty() {
            made.push('\n');
        }
        for field in word.fields {
            made.push_str(&attributes(field));
        }
        made.push_str("\n\n");
    }
    made
}

/// An event's field in Python; a reason has two.
fn attributes(field: &Field) -> String {
    let (kind, note) = match field.shape {
        Shape::Member => ("Member", ""),
        Shape::MaybeMember => ("Optional[Member]", ""),
        Shape::Members => ("tuple[Member, ...]", ""),
        // It hides an attribute of the base class.
        Shape::Leader => ("Leader = field()", ""),
        Shape::Time => ("int", "boot-time nanoseconds"),
        Shape::MaybeTime => ("Optional[int]", "boot-time nanoseconds"),
        Shape::Span => ("float", "seconds"),
        Shape::Session | Shape::Count => ("int", ""),
        Shape::Text | Shape::Reason | Shape::By | Shape::Server => ("str", ""),
        Shape::Error => ("Error", ""),
    };
    let said = match field.shape {
        Shape::Error => "Why, and what helps.".to_owned(),
        _ if field.doc.is_empty() => format!("The {}.", field.name),
        _ => text::code_of_python(&text::linked(field.doc, text::quoted)),
    };
    let (first, rest) = match said.split_once(". ") {
        Some((first, rest)) => (first, format!(" {rest}")),
        None => (text::open_end(&said), String::new()),
    };
    let said = match (field.shape, note) {
        (Shape::Reason, _) => format!("{first}: {}.{rest}", one_of(LostReason::WORDS)),
        (Shape::By, _) => format!("{first}: {}.{rest}", one_of(ExpiredBy::WORDS)),
        (Shape::Server, _) => format!("{first}: {}.{rest}", one_of(ServerKind::WORDS)),
        (_, "") => format!("{first}.{rest}"),
        (_, note) => format!("{first} ({note}).{rest}"),
    };
    let mut made = format!("    {}: {kind}\n{}", field.name, docstring("    ", &said));
    if field.shape == Shape::Reason {
        made.push_str("    error: Optional[Error]\n");
        made.push_str(&docstring(
            "    ",
            "What failed, for ``\"failed\"``: trying again cannot help.",
        ));
    }
    made
}

pub(super) fn errors() -> String {
    let mut made = String::new();
    for word in ErrorKind::WORDS {
        let base = match word.python_base {
            "" => "Error".to_owned(),
            base => format!("Error, {base}"),
        };
        let mut said = text::python(word);
        if !word.python_base.is_empty() {
            let name = word.python_base.replace("builtins.", "");
            let _ = write!(said, " It is a built-in ``{name}``, too.");
        }
        let _ = write!(
            made,
            "class {}({base}):\n{}",
            word.python,
            docstring("    ", &said)
        );
        if word.retriable {
            made.push_str("\n    retriable = True\n");
        }
        made.push_str("\n\n");
    }
    made
}

pub(super) fn error_kinds() -> String {
    let row = |word: &Word| format!("    \"{}\": {},\n", word.name, word.python);
    ErrorKind::WORDS.iter().map(row).collect()
}

pub(super) fn metrics() -> String {
    let list = LISTS.iter().find(|list| list.noun == "metric").unwrap();
    let row = |word: &Word| {
        format!(
            "    {}: int\n{}",
            word.name,
            docstring("    ", &text::python(word))
        )
    };
    list.words.iter().map(row).collect()
}

/// The type of an option in Python, and its default.
fn parameter(setting: &Setting) -> (&'static str, String) {
    match setting.kind {
        Kind::Text => ("Optional[str]", "None".to_owned()),
        Kind::Bytes => ("Payload", "b\"\"".to_owned()),
        // There are two choices, so it is a flag.
        Kind::Choice("Reenrol") => ("bool", "True".to_owned()),
        Kind::Choice("LeasePolicy") => ("Policy", format!("\"{}\"", LeasePolicy::default().name())),
        Kind::Flag => ("bool", "False".to_owned()),
        Kind::Span => ("Optional[Span]", "None".to_owned()),
        Kind::Choice(_) | Kind::Object => panic!("python: `{}` is of a new kind", setting.name),
    }
}

/// The options among the parameters of `Client.contender`.
pub(super) fn parameters() -> String {
    let mut made = String::new();
    for setting in contender_options() {
        let (kind, default) = parameter(setting);
        let _ = writeln!(made, "        {}: {kind} = {default},", setting.name);
    }
    made
}

/// The place where `Client.contender` passes them on.
pub(super) fn arguments() -> String {
    let row = |setting: &Setting| format!("            {0}={0},\n", setting.name);
    contender_options().iter().map(row).collect()
}

/// `_options.py`.
pub(super) fn options() -> String {
    let policies: Vec<String> = list_of("LeasePolicy")
        .words
        .iter()
        .map(|w| format!("\"{}\"", w.name))
        .collect();
    let policies = policies.join(", ");
    let each = list_of("LeasePolicy")
        .words
        .iter()
        .map(|w| format!("``\"{}\"``: {}.", w.name, text::python(w)));
    let each = each.collect::<Vec<_>>().join(" ");
    let said = docstring(
        "",
        &format!("When leadership ends if no server answers. {each}"),
    );
    let (mut fields, mut parameters, mut checks) = (String::new(), String::new(), String::new());
    for setting in contender_options() {
        let name = setting.name;
        let (field, check) = match setting.kind {
            Kind::Text => (
                "Optional[str]",
                format!("optional_text(\"{name}\", {name})"),
            ),
            Kind::Bytes => ("bytes", format!("payload(\"{name}\", {name})")),
            Kind::Choice("Reenrol") | Kind::Flag => ("bool", format!("flag(\"{name}\", {name})")),
            Kind::Choice(_) => ("str", format!("choice(\"{name}\", {name}, POLICIES)")),
            Kind::Span => ("Optional[int]", format!("nanos(\"{name}\", {name})")),
            Kind::Object => panic!("python: `{name}` needs a check by hand"),
        };
        let (takes, _) = parameter(setting);
        let _ = write!(
            fields,
            "    {name}: {field}\n{}",
            docstring(
                "    ",
                &format!("{}.", text::capital(&text::code_of_python(setting.brief)))
            )
        );
        let _ = writeln!(parameters, "    {name}: {takes},");
        let _ = writeln!(checks, "        {name}={check},");
    }
    let uses = |word: &str| {
        checks.contains(&format!("={word}(")) || parameters.contains(&format!("[{word}]"))
    };
    let used = [
        "Payload",
        "Span",
        "choice",
        "flag",
        "nanos",
        "optional_text",
        "payload",
    ];
    let used = used
        .into_iter()
        .filter(|word| uses(word) || *word == "Payload");
    let imports: String = used.map(|word| format!("{word}, ")).collect();
    format!(
        "\"\"\"The options of a contender. Generated: {NOTE}.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from dataclasses import dataclass\n\
         from typing import Literal, Optional\n\n\
         from ._arguments import {}\n\n\
         Policy = Literal[{policies}]\n\
         {said}\n\
         POLICIES = ({policies})\n\n\n\
         @dataclass(frozen=True)\nclass ContenderOptions:\n    \
         \"\"\"What a contender is made with: checked, and in the units of the library.\"\"\"\n\n\
         {fields}\n\n\
         def contender_options(\n    *,\n{parameters}) -> ContenderOptions:\n    \
         \"\"\"The options, checked.\"\"\"\n    return ContenderOptions(\n{checks}    )\n",
        imports.trim_end_matches(", ")
    )
}

#[test]
fn every_option_is_explained_where_python_takes_it() {
    let text = crate::words::read(CLIENT);
    for setting in contender_options() {
        let entry = format!("\n            {}: ", setting.name);
        assert!(
            text.contains(&entry),
            "python: {CLIENT}: the documentation of Client.contender has no entry for the contender \
             option `{}`",
            setting.name
        );
    }
}
