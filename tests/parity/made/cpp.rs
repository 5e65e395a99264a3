//! `include/tenure.hpp` and `include/tenure_mesos.hpp`.

use super::c;
use super::text;
use std::fmt::Write;
use tenure::words::{Kind, LISTS, LeasePolicy, List, Reenrol};

/// The enums.
pub(super) fn enums() -> String {
    enums_of(LISTS)
}

/// The enums of the roles.
pub(super) fn mesos_enums() -> String {
    enums_of(tenure_mesos::words::LISTS)
}

/// The words that are keywords in C++, which have a `_` at their end there.
const KEYWORDS: &[&str] = &["register"];

fn enums_of(lists: &'static [List]) -> String {
    let mut made = String::new();
    for (_, rows) in c::by_type(lists) {
        let list = rows[0].0;
        let doc = text::flat(list.c_doc).replace(" The numbers are permanent.", "");
        let doc = doc.replace(" Each kind names its main accessors after the colon.", "");
        let doc = doc.replace(
            " The numbers are permanent; new ones may come, so",
            " New ones may come:",
        );
        let doc = doc.replace(
            " The numbers are permanent; new ones may come.",
            " New ones may come.",
        );
        made.push_str(&text::wrap(
            "// ",
            &format!("{doc} See {}.", list.c_type),
            106,
        ));
        let _ = writeln!(made, "enum class {} : std::int32_t {{", list.cpp);
        for (list, word) in rows {
            let mut name = format!("{}{}", list.cpp_prefix, word.name);
            if KEYWORDS.contains(&name.as_str()) {
                name.push('_');
            }
            let note = if word.cpp.is_empty() {
                String::new()
            } else {
                format!(" // {}", word.cpp)
            };
            let _ = writeln!(made, "    {name} = {},{note}", text::constant(list, word));
        }
        made.push_str("};\n\n");
    }
    made
}

/// The fields of `contender_options`.
pub(super) fn fields() -> String {
    let mut made = String::new();
    for setting in c::contender_options() {
        made.push_str(&text::wrap("    // ", &text::capital(setting.brief), 106));
        let name = setting.name;
        let field = match setting.kind {
            Kind::Text | Kind::Bytes => format!("std::string {name}{{}}"),
            Kind::Choice(of) => {
                let cpp = c::list_of(of).cpp;
                let first = match of {
                    "LeasePolicy" => LeasePolicy::default().name(),
                    _ => Reenrol::default().name(),
                };
                format!("tenure::{cpp} {name} = tenure::{cpp}::{first}")
            }
            Kind::Flag => format!("bool {name} = false"),
            Kind::Span => format!("std::optional<std::chrono::milliseconds> {name}{{}}"),
            Kind::Object => panic!("c++: `{name}` needs a field by hand"),
        };
        let _ = writeln!(made, "    {field};");
    }
    made
}

/// Where `detail::of_c` sets them: each line begins with `&&`.
pub(super) fn calls() -> String {
    let mut made = String::new();
    for setting in c::contender_options() {
        let name = setting.name;
        let (suffix, value) = match setting.kind {
            Kind::Text => ("", format!("detail::str(options.{name})")),
            Kind::Bytes => ("", format!("options.{name}.data(), options.{name}.size()")),
            Kind::Choice(_) => ("", format!("static_cast<std::int32_t>(options.{name})")),
            Kind::Flag => ("", format!("options.{name}")),
            Kind::Span => ("_ms", format!("options.{name}->count()")),
            Kind::Object => panic!("c++: `{name}` needs a call by hand"),
        };
        let call = format!("tenure_contender_options_set_{name}{suffix}(");
        let call = format!("check({call}\n                set, {value}, check.out()))");
        let _ = match setting.kind {
            Kind::Span => writeln!(made, "            && (!options.{name} || {call})"),
            _ => writeln!(made, "            && {call}"),
        };
    }
    made
}
