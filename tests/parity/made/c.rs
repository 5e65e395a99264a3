//! The C ABI: constants, which cbindgen copies to the header, and setters of options.

use super::text::{self, COLUMNS, hang, wrap};
use super::{END, NOTE};
use std::collections::BTreeMap;
use std::fmt::Write;
use tenure::words::{Field, Kind, LISTS, List, OPTIONS, Setting, Shape, Word};
use tenure_mesos::words as mesos;

/// The lists of one type of C.
pub(super) fn by_type(
    lists: &'static [List],
) -> Vec<(&'static str, Vec<(&'static List, &'static Word)>)> {
    let mut types: Vec<(&str, Vec<(&List, &Word)>)> = Vec::new();
    for list in lists {
        let rows = list.words.iter().chain(list.of_c).map(|word| (list, word));
        match types.iter_mut().find(|(known, _)| *known == list.c_type) {
            Some((_, all)) => all.extend(rows),
            None => types.push((list.c_type, rows.collect())),
        }
    }
    for (_, rows) in &mut types {
        rows.sort_by_key(|(_, word)| word.number.abs());
    }
    types
}

/// `src/capi/words.rs`.
pub(super) fn words() -> String {
    let mut made = constants("The numbers of the C ABI", LISTS);
    made.push_str(&names("status", "tenure_status", LISTS, |list, word| {
        text::constant(list, word)
    }));
    made.push_str(&names(
        "event_kind",
        "tenure_event_kind",
        LISTS,
        |list, word| format!("{}{}", list.cpp_prefix, word.name).replace('_', " "),
    ));
    made
}

/// `src/capi/mesos/words.rs`.
pub(super) fn mesos_words() -> String {
    let mut made = constants("The numbers of the roles in the C ABI", mesos::LISTS);
    for (what, c_type) in [
        ("role_state", "tenure_role_state"),
        ("output_kind", "tenure_output_kind"),
        ("role_reason", "tenure_role_reason"),
        ("agent_state", "tenure_agent_state"),
    ] {
        let name = |_: &List, word: &Word| word.name.to_owned();
        made.push_str(&names(what, c_type, mesos::LISTS, name));
    }
    made
}

/// The types and constants of lists, for a file with this title.
fn constants(title: &str, lists: &'static [List]) -> String {
    let mut made = format!(
        "//! {title}. Generated: {NOTE}.\n\n\
         #![allow(dead_code)] // the header has all of them\n\nuse std::ffi::CStr;\n"
    );
    for (c_type, rows) in by_type(lists) {
        let doc = rows[0].0.c_doc;
        let _ = write!(
            made,
            "\n{}///\n/// @since ABI 1\n",
            wrap("/// ", doc, COLUMNS)
        );
        let _ = write!(made, "pub type {c_type} = i32;\n\n");
        for (list, word) in &rows {
            made.push_str(&wrap("/// ", &sentences(word), COLUMNS));
            let name = text::constant(list, word);
            let _ = writeln!(made, "pub const {name}: {c_type} = {};", word.number);
        }
    }
    made
}

/// The sentences of a constant: those of the word, its accessors after a colon, and the additional
/// ones of C.
fn sentences(word: &Word) -> String {
    let mut made = text::c(word);
    let accessors: Vec<&str> = word
        .fields
        .iter()
        .flat_map(|f| accessors(word, f))
        .collect();
    // A reason has no accessor: its event does.
    if !accessors.is_empty() && !word.python.is_empty() {
        made = format!("{}: {}.", text::open_end(&made), accessors.join(", "));
    }
    if !word.c_more.is_empty() {
        made = format!("{made} {}", word.c_more);
    }
    made
}

/// The functions that give a field of an event in C.
fn accessors(word: &Word, field: &Field) -> Vec<&'static str> {
    const MEMBER: [&str; 2] = ["tenure_event_member", "tenure_event_token"];
    const ERROR: [&str; 2] = ["tenure_event_status", "tenure_event_message"];
    let known: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("session", &["tenure_event_session"][..]),
        ("timeout", &["tenure_event_timeout_ms"]),
        ("since", &["tenure_event_since_ns"]),
        ("attempt", &["tenure_event_attempt"]),
        ("by", &["tenure_event_expired_by"]),
        ("server", &["tenure_event_server"]),
        ("ahead", &["tenure_event_ahead"]),
        ("before", &["tenure_event_token_before"]),
        ("lease_end", &["tenure_event_lease_end_ns"]),
        ("led_until", &["tenure_event_lease_end_ns"]),
        ("waits_until", &["tenure_event_waits_until_ns"]),
        ("members", &["tenure_event_members"]),
    ]);
    match (field.shape, known.get(field.name)) {
        (Shape::Member | Shape::MaybeMember, _) => MEMBER.to_vec(),
        (Shape::Leader, _) => {
            [&MEMBER[..], &["tenure_event_data", "tenure_event_as_of_ns"]].concat()
        }
        (Shape::Error, _) => ERROR.to_vec(),
        (Shape::Text, _) => vec!["tenure_event_message"],
        (Shape::Reason, _) => [&["tenure_event_lost_reason"], &ERROR[..]].concat(),
        (_, Some(known)) => known.to_vec(),
        (_, None) => panic!(
            "c: no accessor gives `{}` of `{}`: add one to src/capi/event.rs, and its name to \
             tests/parity/made/c.rs",
            field.name, word.rust
        ),
    }
}

/// A function from numbers to names.
fn names(
    what: &str,
    c_type: &str,
    lists: &'static [List],
    name: impl Fn(&List, &Word) -> String,
) -> String {
    let mut made = format!(
        "\n/// The name of a number.\npub(super) const fn {what}_name(number: {c_type}) -> &'static CStr {{\n    \
         match number {{\n"
    );
    let types = by_type(lists).into_iter();
    for (_, rows) in types.filter(|(known, _)| *known == c_type) {
        for (list, word) in rows {
            let (constant, name) = (text::constant(list, word), name(list, word));
            let _ = writeln!(made, "        {constant} => c\"{name}\",");
        }
    }
    let what = match what {
        "event_kind" => "event",
        "role_state" | "agent_state" => "state",
        "output_kind" => "output",
        "role_reason" => "reason",
        other => other,
    };
    let _ = write!(made, "        _ => c\"unknown {what}\",\n    }}\n}}\n");
    made
}

/// The options of a contender.
pub(super) fn contender_options() -> &'static [Setting] {
    let of = OPTIONS.iter().find(|of| of.noun == "contender option");
    of.expect("the table has options of contenders").settings
}

/// The setters of `src/capi/contender_options.rs`.
pub(super) fn setters() -> String {
    let setters: Vec<String> = contender_options().iter().map(setter).collect();
    let made = setters.join("\n");
    assert!(!made.contains(END), "the end of the part is inside of it");
    made
}

fn setter(setting: &Setting) -> String {
    let name = setting.name;
    let invalid = "TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL";
    // The value's parameters with their texts; how it is read; what else is invalid; what is owned.
    let (parameters, read, refused, owned) = match setting.kind {
        Kind::Text => (
            vec![(
                name.to_owned(),
                "tenure_str".to_owned(),
                setting.value.to_owned(),
            )],
            format!(
                "let {name} = {name}.read(\"{name}\")?.to_owned();\n        \
                 let {name} = (!{name}.is_empty()).then_some({name});"
            ),
            " and for text that is not UTF-8".to_owned(),
            "the text is copied",
        ),
        Kind::Bytes => (
            vec![
                (
                    name.to_owned(),
                    "*const c_void".to_owned(),
                    "the bytes; may be NULL if len is 0".to_owned(),
                ),
                (
                    "len".to_owned(),
                    "usize".to_owned(),
                    setting.value.to_owned(),
                ),
            ],
            format!("let {name} = text::bytes({name}.cast(), len, \"{name}\")?.to_vec();"),
            String::new(),
            "the bytes are copied",
        ),
        Kind::Choice(of) => {
            let list = list_of(of);
            let family = format!("TENURE_{}", list.prefix);
            (
                vec![(
                    name.to_owned(),
                    list.c_type.to_owned(),
                    setting.value.to_owned(),
                )],
                format!(
                    "let found = {of}::from_number({name});\n        \
                     let {name} = chosen(found, \"{name}\", {name}, \"{family}\")?;"
                ),
                format!(" and for a number that is no {family}_..."),
                "nothing changes hands",
            )
        }
        Kind::Flag => (
            vec![(name.to_owned(), "bool".to_owned(), setting.value.to_owned())],
            String::new(),
            String::new(),
            "nothing changes hands",
        ),
        Kind::Span => (
            vec![(
                format!("{name}_ms"),
                "i64".to_owned(),
                setting.value.to_owned(),
            )],
            format!("let {name} = guard::span({name}_ms, \"{name}_ms\")?;"),
            " and for a negative number".to_owned(),
            "nothing changes hands",
        ),
        Kind::Object => panic!("c: `{name}` needs a setter by hand"),
    };
    let function = match setting.kind {
        Kind::Span => format!("tenure_contender_options_set_{name}_ms"),
        _ => format!("tenure_contender_options_set_{name}"),
    };
    let doc = text::linked(setting.doc, text::constant);
    let doc = text::small(&doc);
    let mut made = wrap("/// ", &format!("Sets {doc}"), COLUMNS);
    made.push_str("///\n");
    let width = parameters.iter().map(|(name, ..)| name.len());
    let width = width.chain(["error_out".len()]).max().unwrap_or_default();
    let mut said = vec![("options", "options")];
    said.extend(parameters.iter().map(|(name, _, said)| (&**name, &**said)));
    said.push((
        "error_out",
        "an error is written here, on failure only; may be NULL",
    ));
    for (parameter, said) in said {
        let first = format!("/// @param {parameter:width$}  ");
        let rest = format!("///        {:width$}  ", "");
        made.push_str(&hang(&first, &rest, said, COLUMNS));
    }
    made.push_str(&hang(
        "/// @return ",
        "///         ",
        &format!("{invalid}{refused}"),
        COLUMNS,
    ));
    let _ = write!(
        made,
        "///\n/// Ownership: {owned}. Threading: any thread. Blocking: never.\n/// @since ABI 1\n\
         #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {function}(\n    \
         options: *mut tenure_contender_options,\n"
    );
    for (parameter, c_type, _) in &parameters {
        let _ = writeln!(made, "    {parameter}: {c_type},");
    }
    made.push_str(
        "    error_out: *mut *mut tenure_error,\n) -> tenure_status {\n    \
         guard::on(options, error_out, |options| {\n",
    );
    if !read.is_empty() {
        let _ = writeln!(made, "        {read}");
    }
    let value = match setting.kind {
        Kind::Span => format!("Some({name})"),
        _ => name.to_owned(),
    };
    let _ = write!(
        made,
        "        options.change(|choice| choice.options.spec_mut().{name} = {value});\n        Ok(())\n    }})\n}}\n"
    );
    made
}

/// The list of an enum of Rust.
pub(super) fn list_of(rust: &str) -> &'static List {
    let c_type = match rust {
        "LeasePolicy" => "tenure_policy",
        "Reenrol" => "tenure_reenrol",
        other => panic!("{other} is no enum that an option chooses from"),
    };
    let list = LISTS.iter().find(|list| list.c_type == c_type);
    list.expect("the table has it")
}
