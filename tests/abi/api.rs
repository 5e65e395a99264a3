//! The declarations of `include/tenure.h`, read back from its text.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header's own text.
pub(crate) fn text() -> String {
    let path = root().join("include/tenure.h");
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A file below `tests/c`.
pub(crate) fn c_file(name: &str) -> PathBuf {
    root().join("tests/c").join(name)
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub(crate) struct Param {
    /// As in C, without `struct`: `const tenure_client *`.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// The text of its `@param`; empty if it has none.
    pub(crate) doc: String,
}

impl Param {
    pub(crate) fn is_pointer(&self) -> bool {
        self.kind.ends_with('*') || self.kind.ends_with("_fn")
    }

    /// Whether the header allows NULL here.
    pub(crate) fn may_be_null(&self) -> bool {
        self.doc.contains("NULL")
    }
}

/// A function that is exported.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) result: String,
    pub(crate) params: Vec<Param>,
    /// The comment before it, one line after the other, without its stars.
    pub(crate) doc: String,
}

/// All functions, in the header's order.
pub(crate) fn functions() -> Vec<Function> {
    functions_of(&text())
}

/// All functions of any header of ours.
pub(crate) fn functions_of(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("\nTENURE_API") {
        let rest = &text[at + "\nTENURE_API".len()..];
        let declaration = &rest[..rest.find(';').unwrap()];
        found.push(function(declaration, comment_before(&text[..at])));
    }
    assert!(
        found.len() > 100,
        "the header was not read: {}",
        found.len()
    );
    found
}

/// All numbers that the header fixes, as `(name, value)`.
pub(crate) fn constants() -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for line in text().lines() {
        let Some(rest) = line.strip_prefix("#define ") else {
            continue;
        };
        if let Some((name, value)) = rest.split_once(' ')
            && let Ok(value) = value.trim().parse()
            && !name.starts_with("TENURE_VERSION")
        {
            found.push((name.to_owned(), value));
        }
    }
    found
}

/// The text of a macro's value.
pub(crate) fn define(name: &str) -> String {
    let text = text();
    let start = format!("#define {name} ");
    let line = text.lines().find(|line| line.starts_with(&start));
    line.unwrap_or_else(|| panic!("the header has no {name}"))[start.len()..].to_owned()
}

/// The comment that ends at the end of the text; empty if there is none.
fn comment_before(text: &str) -> String {
    let Some(body) = text.trim_end().strip_suffix("*/") else {
        return String::new();
    };
    let body = &body[body.rfind("/**").map_or(0, |at| at + 3)..];
    let lines = body.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix('*').unwrap_or(line).trim_end()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn function(declaration: &str, doc: String) -> Function {
    let flat = declaration.split_whitespace().collect::<Vec<_>>().join(" ");
    let flat = flat.replace("struct ", "");
    let (head, params) = flat.split_once('(').unwrap();
    let params = params.strip_suffix(')').unwrap();
    let (result, name) = kind_and_name(head);
    let params = match params {
        "void" => Vec::new(),
        list => list
            .split(',')
            .map(|param| {
                let (kind, name) = kind_and_name(param);
                let doc = param_doc(&doc, &name);
                Param { kind, name, doc }
            })
            .collect(),
    };
    Function {
        name,
        result,
        params,
        doc,
    }
}

fn kind_and_name(text: &str) -> (String, String) {
    let text = text.trim();
    let at = text.rfind([' ', '*']).unwrap() + 1;
    (text[..at].trim().to_owned(), text[at..].to_owned())
}

/// The text of `@param name`, up to the next tag or paragraph.
fn param_doc(doc: &str, name: &str) -> String {
    let mut said = String::new();
    let mut inside = false;
    for line in doc.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("@param ") {
            let (this, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            inside = this == name;
            if inside {
                said = rest.trim().to_owned();
            }
        } else if line.is_empty() || line.starts_with('@') {
            inside = false;
        } else if inside {
            said = format!("{said} {line}");
        }
    }
    said
}
