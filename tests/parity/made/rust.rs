//! Rust: the builder of options, and Python's options for it.

use super::NOTE;
use super::c::contender_options;
use super::text::{self, COLUMNS};
use std::fmt::Write;
use tenure::words::Kind;

/// The setters of `ContenderOptions`.
pub(super) fn builder() -> String {
    let setters = contender_options().iter().map(|setting| {
        let name = setting.name;
        let (takes, value) = match setting.kind {
            Kind::Text => ("impl Into<String>", format!("Some({name}.into())")),
            Kind::Bytes => ("impl Into<Vec<u8>>", format!("{name}.into()")),
            Kind::Choice(of) => (of, name.to_owned()),
            Kind::Flag => ("bool", name.to_owned()),
            Kind::Span => ("Duration", format!("Some({name})")),
            Kind::Object => panic!("rust: `{name}` needs a setter by hand"),
        };
        let doc = text::wrap("    /// ", setting.doc, COLUMNS);
        format!(
            "{doc}    #[must_use]\n    pub fn {name}(mut self, {name}: {takes}) -> Self {{\n        \
             self.spec.{name} = {value};\n        self\n    }}\n"
        )
    });
    setters.collect::<Vec<_>>().join("\n")
}

/// `bindings/python/src/options.rs`.
pub(super) fn python_options() -> String {
    let (mut fields, mut sets) = (String::new(), String::new());
    for setting in contender_options() {
        let name = setting.name;
        let (kind, set) = match setting.kind {
            Kind::Text => (
                "Option<String>",
                format!(
                    "if let Some({name}) = self.{name} {{\n            options = options.{name}({name});\n        }}"
                ),
            ),
            Kind::Bytes => ("Vec<u8>", format!("options = options.{name}(self.{name});")),
            // It is a flag in Python.
            Kind::Choice("Reenrol") => (
                "bool",
                format!(
                    "options = options.{name}(if self.{name} {{\n            Reenrol::Always\n        }} else {{\n            \
                     Reenrol::Never\n        }});"
                ),
            ),
            Kind::Choice(of) => (
                "String",
                format!(
                    "// Python has refused other names.\n        \
                     options = options.{name}({of}::from_name(&self.{name}).unwrap_or_default());"
                ),
            ),
            Kind::Flag => ("bool", format!("options = options.{name}(self.{name});")),
            Kind::Span => (
                "Option<u64>",
                format!(
                    "if let Some({name}) = self.{name} {{\n            \
                     options = options.{name}(std::time::Duration::from_nanos({name}));\n        }}"
                ),
            ),
            Kind::Object => panic!("python: `{name}` needs a conversion by hand"),
        };
        let _ = writeln!(fields, "    {name}: {kind},");
        let _ = writeln!(sets, "        {set}");
    }
    format!(
        "//! The options of a contender, as `tenure._options` has checked them. Generated: {NOTE}.\n\n\
         use pyo3::prelude::*;\nuse tenure::{{ContenderOptions, LeasePolicy, Reenrol}};\n\n\
         /// A `tenure._options.ContenderOptions`.\n#[derive(FromPyObject)]\n\
         pub(crate) struct ContenderArgument {{\n{fields}}}\n\n\
         impl ContenderArgument {{\n    /// The options for the group at `path`.\n    \
         pub(crate) fn into_options(self, path: &str) -> ContenderOptions {{\n        \
         let mut options = ContenderOptions::new(path);\n{sets}        options\n    }}\n}}\n"
    )
}
