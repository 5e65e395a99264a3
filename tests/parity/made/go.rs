//! The Go package.

use super::c::contender_options;
use super::text;
use std::fmt::Write;
use tenure::words::{Ending, Field, Kind, LISTS, List, Shape, Word};
use tenure::{ContenderEvent, DetectorEvent, ErrorKind, GroupEvent, LostReason, SessionEvent};

pub(super) const WORDS: &str = "bindings/go/words.go";
pub(super) const MESOS_WORDS: &str = "bindings/go/mesos/words.go";
pub(super) const EVENTS: &str = "bindings/go/events.go";
pub(super) const OPTIONS: &str = "bindings/go/contender_options.go";
pub(super) const NATIVE_OPTIONS: &str = "bindings/go/internal/native/contender_options.go";

/// As Go's tools recognise it.
const HEAD: &str = "// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.\n\n\
                    package tenure\n\n";
const NATIVE: &str = "\"tenure.example/tenure/internal/native\"";

/// The columns of a comment: a tab counts as one.
const COLUMNS: usize = 118;

/// `session_expired` as `SessionExpired`.
pub(crate) fn camel(name: &str) -> String {
    name.split('_').map(text::capital).collect()
}

/// The name of a word; only Rust knows which letters of a proper name are capitals.
fn of_word(word: &Word) -> String {
    match word.rust {
        "" => camel(word.name),
        rust => rust.to_owned(),
    }
}

/// A sentence of the table in Go's words.
fn said(text: &str) -> String {
    let here = [
        ("`withdraw` was", "[Contender.Resign] was"),
        ("not by `cancel`", "not by [Group.Cancel]"),
        ("same as `None`", "same as [DetectorNone]"),
        ("ask `leadership`", "ask [Leadership.LeaseEnd]"),
        ("by `Lost`", "by [ContenderLost]"),
        ("Like `Verified`", "Like [PolicyVerified]"),
        ("policy `guarded`", "policy [PolicyGuarded]"),
        ("excludes `fail_over`", "excludes [WithFailOver]"),
        ("excludes `lease`", "excludes [WithLease]"),
    ];
    let choice = |list: &List, word: &Word| format!("[{}{}]", prefix(list.noun), of_word(word));
    let text = text::linked(text, choice).replace("**", "");
    let text = (here.iter()).fold(text, |text, (rust, go)| text.replace(rust, go));
    text.replace('`', "\"")
}

fn comment(indent: &str, text: &str) -> String {
    text::wrap(&format!("{indent}// "), text, COLUMNS)
}

/// A constant with its sentence, which begins with its name.
fn sentence(name: &str, word: &Word) -> String {
    let doc = if word.doc.is_empty() {
        word.c
    } else {
        word.doc
    };
    comment(
        "\t",
        &format!("{name}: {}", text::small_unless_name(&said(doc))),
    )
}

/// A type of numbers: its constants, and their names.
struct Enum {
    /// The noun of the list.
    noun: &'static str,
    go: &'static str,
    prefix: &'static str,
    doc: &'static str,
}

const ENUMS: &[Enum] = &[
    Enum {
        noun: "lost reason",
        go: "LostReason",
        prefix: "Lost",
        doc: "LostReason is why a candidacy or a membership ended. New ones may come.",
    },
    Enum {
        noun: "expired by",
        go: "ExpiredBy",
        prefix: "ExpiredBy",
        doc: "ExpiredBy is the side that declared a session over.",
    },
    Enum {
        noun: "server kind",
        go: "ServerKind",
        prefix: "Server",
        doc: "ServerKind is the kind of the server that granted a session. New ones may come.",
    },
    Enum {
        noun: "policy",
        go: "Policy",
        prefix: "Policy",
        doc: "Policy says when leadership ends if no server answers: see [WithPolicy].",
    },
    Enum {
        noun: "choice to enrol again",
        go: "Reenrol",
        prefix: "Reenrol",
        doc: "Reenrol says whether a contender enrols again after a lost candidacy: see [WithReenrol].",
    },
    Enum {
        noun: "log level",
        go: "LogLevel",
        prefix: "Log",
        doc: "LogLevel is the severity of a log line.",
    },
];

/// The prefix of the constants of a list.
pub(crate) fn prefix(noun: &str) -> &'static str {
    let found = ENUMS.iter().find(|made| made.noun == noun);
    found
        .unwrap_or_else(|| panic!("go: the list of {noun}s is new"))
        .prefix
}

fn list(noun: &str) -> &'static List {
    LISTS.iter().find(|list| list.noun == noun).unwrap()
}

fn enumeration(made: &mut String, of: &Enum, list: &List) {
    let _ = write!(
        made,
        "{}type {} int32\n\nconst (\n",
        comment("", of.doc),
        of.go
    );
    for (at, word) in list.words.iter().enumerate() {
        let name = format!("{}{}", of.prefix, of_word(word));
        let gap = if at == 0 { "" } else { "\n" };
        let _ = writeln!(
            made,
            "{gap}{}\t{name} {} = {}",
            sentence(&name, word),
            of.go,
            word.number
        );
    }
    let receiver = of.go[..1].to_lowercase();
    let _ = write!(
        made,
        ")\n\nfunc ({receiver} {}) String() string {{\n\tswitch {receiver} {{\n",
        of.go
    );
    for word in list.words {
        let name = format!("{}{}", of.prefix, of_word(word));
        let _ = write!(made, "\tcase {name}:\n\t\treturn \"{}\"\n", word.name);
    }
    let _ = write!(
        made,
        "\tdefault:\n\t\treturn \"unknown {}\"\n\t}}\n}}\n\n",
        of.noun
    );
}

/// The types of `mesos/words.go`.
const MESOS_ENUMS: &[Enum] = &[
    Enum {
        noun: "role state",
        go: "State",
        prefix: "State",
        doc: "State is the state of a master, an agent or a driver. New ones may come.",
    },
    Enum {
        noun: "role output",
        go: "OutputKind",
        prefix: "Output",
        doc: "OutputKind is the kind of an output of a role or of an observer: an order to its host, or news for \
              it. Each names its fields after the colon. New ones may come.",
    },
    Enum {
        noun: "role reason",
        go: "Reason",
        prefix: "Reason",
        doc: "Reason is why a role stopped, or why an agent is unreachable. New ones may come.",
    },
    Enum {
        noun: "call of a scheduler",
        go: "Call",
        prefix: "Call",
        doc: "Call is a call of a scheduler to the master.",
    },
    Enum {
        noun: "agent state",
        go: "AgentState",
        prefix: "Agent",
        doc: "AgentState is the state of one agent of an observer. New ones may come.",
    },
];

/// `mesos/words.go`.
pub(super) fn mesos_words() -> String {
    let mut made = HEAD.replace("crates/election/src/words", "crates/mesos/src/words.rs");
    made = made.replace("package tenure\n", "package mesos\n");
    for of in MESOS_ENUMS {
        let list = tenure_mesos::words::LISTS.iter();
        let list = list.clone().find(|list| list.noun == of.noun).unwrap();
        enumeration(&mut made, of, list);
    }
    made.trim_end().to_owned() + "\n"
}

/// `words.go`.
pub(super) fn words() -> String {
    let mut made = HEAD.to_owned();
    for of in ENUMS {
        enumeration(&mut made, of, list(of.noun));
    }
    reasons(&mut made);
    errors(&mut made);
    metrics(&mut made);
    made
}

fn reasons(made: &mut String) {
    let name = |word: &Word| format!("Lost{}", camel(word.name));
    let involuntary = LostReason::WORDS.iter();
    let involuntary = involuntary.filter(|word| word.ending == Some(Ending::Involuntary));
    let involuntary: Vec<String> = involuntary.map(name).collect();
    let _ = write!(
        made,
        "// explain gives the reason in words for people.\n\
         func (l LostReason) explain() string {{\n\tswitch l {{\n"
    );
    for word in LostReason::WORDS {
        let _ = write!(
            made,
            "\tcase {}:\n\t\treturn \"{}\"\n",
            name(word),
            word.log
        );
    }
    let _ = write!(
        made,
        "\tdefault:\n\t\treturn \"unknown reason\"\n\t}}\n}}\n\n\
         // isInvoluntary says that the user did not ask for the end, and a candidacy may follow.\n\
         func (l LostReason) isInvoluntary() bool {{\n\tswitch l {{\n\tcase {}:\n\t\treturn true\n\t\
         default:\n\t\treturn false\n\t}}\n}}\n\n",
        involuntary.join(", ")
    );
}

fn errors(made: &mut String) {
    let of_c = list("error").of_c.iter().filter(|word| word.name != "ok");
    let all: Vec<&Word> = ErrorKind::WORDS.iter().chain(of_c).collect();
    let name = |word: &Word| format!("Err{}", camel(word.name));
    made.push_str("// The kinds of errors: sentinels for errors.Is. New ones may come.\nconst (\n");
    for (at, word) in all.iter().enumerate() {
        let gap = if at == 0 { "" } else { "\n" };
        let _ = writeln!(
            made,
            "{gap}{}\t{} ErrorKind = {}",
            sentence(&name(word), word),
            name(word),
            word.number
        );
    }
    made.push_str(")\n\nfunc (k ErrorKind) name() string {\n\tswitch k {\n");
    for word in &all {
        let said = word.name.replace('_', " ");
        let _ = write!(made, "\tcase {}:\n\t\treturn \"{said}\"\n", name(word));
    }
    let retriable = all
        .iter()
        .filter(|word| word.retriable)
        .map(|word| name(word));
    let _ = write!(
        made,
        "\tdefault:\n\t\treturn \"\"\n\t}}\n}}\n\n\
         // Retriable says whether a call that failed with this kind of error can succeed later without any change.\n\
         func (k ErrorKind) Retriable() bool {{\n\tswitch k {{\n\tcase {}:\n\t\treturn true\n\tdefault:\n\t\t\
         return false\n\t}}\n}}\n\n",
        retriable.collect::<Vec<_>>().join(", ")
    );
}

fn metrics(made: &mut String) {
    made.push_str(
        "// Metrics are the metrics of a client, counted since it was opened. Values only rise, except where\n\
         // the metric says otherwise.\ntype Metrics struct {\n",
    );
    let words = list("metric").words;
    for (at, word) in words.iter().enumerate() {
        let name = camel(word.name);
        let gap = if at == 0 { "" } else { "\n" };
        let _ = writeln!(made, "{gap}{}\t{name} uint64", sentence(&name, word));
    }
    made.push_str(
        "}\n\n// Metrics reads all metrics; all are 0 once the client is closed, and for a standalone leader's client.\n\
         func (c *Client) Metrics() Metrics {\n\tvar its Metrics\n\tif c.check() != nil {\n\t\treturn its\n\t}\n",
    );
    for word in words {
        let _ = writeln!(
            made,
            "\tits.{} = c.native.Metric({})",
            camel(word.name),
            word.number
        );
    }
    made.push_str("\treturn its\n}\n");
}

/// The events of one handle.
struct Handle {
    name: &'static str,
    noun: &'static str,
    words: &'static [Word],
}

const HANDLES: &[Handle] = &[
    Handle {
        name: "Session",
        noun: "a client's session",
        words: SessionEvent::WORDS,
    },
    Handle {
        name: "Contender",
        noun: "a contender",
        words: ContenderEvent::WORDS,
    },
    Handle {
        name: "Detector",
        noun: "a detector: its knowledge of the leader",
        words: DetectorEvent::WORDS,
    },
    Handle {
        name: "Group",
        noun: "a group: its knowledge of the members, or the end of a membership",
        words: GroupEvent::WORDS,
    },
];

/// `events.go`.
pub(super) fn events() -> String {
    let mut made = format!("{HEAD}import (\n\t\"time\"\n\n\t{NATIVE}\n)\n\n");
    for handle in HANDLES {
        let Handle { name, noun, words } = handle;
        let kinds: Vec<String> = words
            .iter()
            .map(|word| format!("[{name}{}]", camel(word.name)))
            .collect();
        let (last, others) = kinds.split_last().unwrap();
        let doc = format!(
            "{name}Event is an event of {noun}: a {} or {last}. New ones may come.",
            others.join(", ")
        );
        let _ = write!(
            made,
            "{}type {name}Event interface {{\n\tevent\n\tof{name}()\n}}\n\n",
            comment("", &doc)
        );
        for word in *words {
            event(&mut made, name, word);
        }
        conversion(&mut made, name, words);
    }
    made.trim_end().to_owned() + "\n"
}

fn event(made: &mut String, handle: &str, word: &Word) {
    let name = format!("{handle}{}", camel(word.name));
    let doc = format!("{name}: {}", text::small_unless_name(&said(word.doc)));
    let gap = if word.fields.is_empty() { "" } else { " " };
    let _ = write!(made, "{}type {name} struct{gap}{{", comment("", &doc));
    let mut fields = Vec::new();
    for field in word.fields {
        fields.push(members_of(field));
    }
    if !fields.is_empty() {
        let _ = write!(made, "\n{}", fields.join("\n"));
    }
    let is_end = matches!(
        (handle, word.name),
        ("Contender", "lost") | ("Group", "membership_lost")
    );
    let _ = write!(
        made,
        "}}\n\nfunc ({name}) of{handle}() {{}}\n\nfunc ({name}) isState() bool {{ return {} }}\n\n\
         func ({name}) isEnd() bool {{ return {is_end} }}\n\n",
        !word.news
    );
}

/// A field's name in Go, where it has one.
fn field_name(field: &Field) -> String {
    match (field.shape, field.name) {
        (Shape::Error, _) => "Err".to_owned(),
        (Shape::Text, _) => "Message".to_owned(),
        (_, name) => camel(name),
    }
}

fn members_of(field: &Field) -> String {
    let name = field_name(field);
    let kind = match field.shape {
        Shape::Member => "Member",
        Shape::MaybeMember => "*Member",
        Shape::Members => "[]Member",
        // Embedded: its parts are the event's.
        Shape::Leader => return "\tLeader\n".to_owned(),
        Shape::Time | Shape::MaybeTime => "BootTime",
        Shape::Span => "time.Duration",
        Shape::Session => "int64",
        Shape::Count => match field.name {
            "before" => "uint64",
            _ => "int",
        },
        Shape::Text => "string",
        Shape::Error => "error",
        Shape::Reason => "LostReason",
        Shape::By => "ExpiredBy",
        Shape::Server => "ServerKind",
    };
    let doc = match field.shape {
        Shape::Error => "Err says why, and what helps: an [*Error].".to_owned(),
        _ if field.doc.is_empty() => format!("{name}: the {}.", field.name),
        _ => format!("{name}: {}", text::small_unless_name(&said(field.doc))),
    };
    let doc = match field.shape {
        Shape::MaybeTime => format!("{doc} Otherwise 0."),
        Shape::MaybeMember => format!("{doc} Otherwise nil."),
        _ => doc,
    };
    let mut made = format!("{}\t{name} {kind}\n", comment("\t", &doc));
    if field.shape == Shape::Reason {
        made.push('\n');
        made.push_str(&comment(
            "\t",
            "Err is what failed, for [LostFailed]: trying again cannot help. Otherwise nil.",
        ));
        made.push_str("\tErr error\n");
    }
    made
}

/// How a field is made from an event of C.
fn value_of(word: &Word, field: &Field) -> Vec<(String, String)> {
    let name = field_name(field);
    let value = match (field.shape, field.name) {
        (Shape::Member, _) => "asMember(from.Member)",
        (Shape::MaybeMember, _) => "asOptionalMember(from.Member)",
        (Shape::Members, _) => "asMembers(from.Members)",
        (Shape::Leader, _) => "asLeader(from)",
        (Shape::Time, "since") => "BootTime(from.SinceNS)",
        (Shape::Time, "lease_end") | (Shape::MaybeTime, "led_until") => "BootTime(from.LeaseEndNS)",
        (Shape::Span, "timeout") => "time.Duration(from.TimeoutMS) * time.Millisecond",
        (Shape::Session, _) => "from.Session",
        (Shape::Count, "attempt") => "int(from.Attempt)",
        (Shape::Count, "ahead") => "from.Ahead",
        (Shape::Count, "before") => "from.TokenBefore",
        (Shape::Text, _) => "from.Message",
        (Shape::Error, _) => "asError(from)",
        (Shape::MaybeTime, "waits_until") => "BootTime(from.WaitsUntilNS)",
        (Shape::By, _) => "ExpiredBy(from.ExpiredBy)",
        (Shape::Server, _) => "ServerKind(from.Server)",
        (Shape::Reason, _) => "LostReason(from.Reason)",
        _ => panic!(
            "go: the part `{}` of `{}` is new: tests/parity/made/go.rs must say where an event of C has it",
            field.name, word.rust
        ),
    };
    let mut made = vec![(name, value.to_owned())];
    if field.shape == Shape::Reason {
        made.push(("Err".to_owned(), "asError(from)".to_owned()));
    }
    made
}

fn conversion(made: &mut String, handle: &str, words: &[Word]) {
    let _ = write!(
        made,
        "// as{handle}Event makes an event of one of C; nil for a kind that is newer than this package.\n\
         func as{handle}Event(from *native.Event) {handle}Event {{\n\tswitch from.Kind {{\n"
    );
    for word in words {
        let fields: Vec<String> = word
            .fields
            .iter()
            .flat_map(|field| value_of(word, field))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let _ = write!(
            made,
            "\tcase {}:\n\t\treturn {handle}{}{{{}}}\n",
            word.number,
            camel(word.name),
            fields.join(", ")
        );
    }
    made.push_str("\tdefault:\n\t\treturn nil\n\t}\n}\n\n");
}

/// `contender_options.go`.
pub(super) fn options() -> String {
    let mut made = format!("{HEAD}import (\n\t\"time\"\n\n\t{NATIVE}\n)\n");
    for setting in contender_options() {
        let name = camel(setting.name);
        let (parameter, value) = match setting.kind {
            Kind::Text => ("string", setting.name.to_owned()),
            Kind::Bytes => ("[]byte", setting.name.to_owned()),
            Kind::Flag => ("bool", setting.name.to_owned()),
            Kind::Choice("LeasePolicy") => ("Policy", format!("int32({})", setting.name)),
            Kind::Choice("Reenrol") => ("Reenrol", format!("int32({})", setting.name)),
            Kind::Span => ("time.Duration", String::new()), // it may be refused: below
            Kind::Choice(_) | Kind::Object => panic!("go: `{}` is of a new kind", setting.name),
        };
        let body = match setting.kind {
            Kind::Span => format!(
                "return span(\"{}\", {}, &options.{name}MS)",
                setting.name.replace('_', " "),
                go_name(setting.name)
            ),
            _ => format!("options.{name} = {value}\n\t\treturn nil"),
        };
        let said = text::open_end(&said(setting.brief)).to_owned();
        let doc = format!("With{name} sets {said}. {}", default_of(setting.kind));
        let doc = doc.trim_end();
        let doc = doc
            .replace("sets whether", "says whether")
            .replace("sets when", "says when");
        let _ = write!(
            made,
            "\n{}func With{name}({} {parameter}) ContenderOption {{\n\t\
             return func(options *native.ContenderOptions) error {{\n\t\t{body}\n\t}}\n}}\n",
            comment("", &doc),
            go_name(setting.name)
        );
    }
    made
}

/// `fail_over` as `failOver`.
fn go_name(name: &str) -> String {
    text::small(&camel(name))
}

/// `internal/native/contender_options.go`.
pub(super) fn native_options() -> String {
    let head = HEAD.replace("package tenure", "package native");
    let (mut text_setters, mut fields, mut calls) = (String::new(), String::new(), String::new());
    for setting in contender_options() {
        let (name, field) = (setting.name, camel(setting.name));
        let set = format!("C.tenure_contender_options_set_{name}");
        let (kind, call) = match setting.kind {
            Kind::Text => {
                let _ = write!(
                    text_setters,
                    "\nstatic tenure_status set_{name}(tenure_contender_options *options, _GoString_ text, \
                     tenure_error **failure)\n{{\n    tenure_str its = shim_str(_GoStringPtr(text), \
                     _GoStringLen(text));\n\n    return tenure_contender_options_set_{name}(options, its, \
                     failure);\n}}\n"
                );
                ("string", format!("C.set_{name}(on, o.{field}, failure)"))
            }
            Kind::Bytes => ("[]byte", String::new()), // two arguments: below
            Kind::Flag => ("bool", format!("{set}(on, C.bool(o.{field}), failure)")),
            Kind::Choice(of) => {
                let number = super::c::list_of(of).c_type;
                (
                    "int32",
                    format!("{set}(on, C.{number}(o.{field}), failure)"),
                )
            }
            Kind::Span => (
                "*int64",
                format!("{set}_ms(on, C.int64_t(*o.{field}MS), failure)"),
            ),
            Kind::Object => panic!("go: `{name}` is of a new kind"),
        };
        let unit = match setting.kind {
            Kind::Span => "MS",
            _ => "",
        };
        let _ = write!(fields, "\n\t{field}{unit} {kind}\n");
        let call = match setting.kind {
            Kind::Bytes => format!(
                "\tfirst, size := bytes(o.{field})\n\tif status := {set}(on, first, size, failure); \
                 status != C.TENURE_OK {{\n\t\treturn status\n\t}}\n"
            ),
            Kind::Span => format!(
                "\tif o.{field}MS != nil {{\n\t\tif status := {call}; status != C.TENURE_OK {{\n\t\t\t\
                 return status\n\t\t}}\n\t}}\n"
            ),
            _ => format!(
                "\tif status := {call}; status != C.TENURE_OK {{\n\t\treturn status\n\t}}\n"
            ),
        };
        calls.push_str(&call);
    }
    format!(
        "{head}/*\n#include \"shims.h\"\n{text_setters}*/\nimport \"C\"\n\n\
         // ContenderOptions are the options of a contender; zero is the default of each.\n\
         type ContenderOptions struct {{\n\t// Path is empty for the group of the client's URL.\n\tPath string\n\
         {fields}}}\n\n\
         // set sets all but the path, up to the first that fails.\n\
         func (o *ContenderOptions) set(on *C.tenure_contender_options, failure **C.tenure_error) C.tenure_status {{\n\
         {calls}\treturn C.TENURE_OK\n}}\n"
    )
}

fn default_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Bytes => "None by default.",
        Kind::Choice("LeasePolicy") => "[PolicyVerified] by default.",
        Kind::Choice(_) => "[ReenrolAlways] by default.",
        Kind::Flag => "No by default.",
        Kind::Span | Kind::Object => "",
    }
}
