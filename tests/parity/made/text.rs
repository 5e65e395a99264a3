//! Sentences, as each language writes them.

use tenure::words::{LISTS, List, Word};

/// The columns of a line of code.
pub(super) const COLUMNS: usize = 100;

/// The lines of a doc comment, as one line.
pub(super) fn flat(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As [`flat`], where a link to a choice in Rust is as `spell` gives it.
pub(super) fn linked(doc: &str, spell: impl Fn(&List, &Word) -> String) -> String {
    let mut text = flat(doc);
    for (rust, noun) in [("LeasePolicy", "policy"), ("ServerKind", "server kind")] {
        let list = LISTS.iter().find(|list| list.noun == noun);
        let list = list.expect("the table has it");
        for word in list.words {
            let link = format!("[`{rust}::{}`]", word.rust);
            for path in ["super::", "crate::"] {
                text = text.replace(&format!("{link}({path}{rust}::{})", word.rust), &link);
            }
            text = text.replace(&link, &spell(list, word));
        }
    }
    text
}

/// `text` in lines that begin with `prefix` and end before `columns`.
pub(super) fn wrap(prefix: &str, text: &str, columns: usize) -> String {
    hang(prefix, prefix, text, columns)
}

/// As [`wrap`], where the first line begins with `first`.
pub(super) fn hang(first: &str, prefix: &str, text: &str, columns: usize) -> String {
    let mut made = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let length = line.chars().count() + 1 + word.chars().count();
        if !is_empty && length > columns {
            made.push_str(line.trim_end());
            made.push('\n');
            line = prefix.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    made + line.trim_end() + "\n"
}

/// With a small first letter.
pub(super) fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// With a small first letter, unless the first word is written in capitals.
pub(super) fn small_unless_name(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let is_name = first.len() > 1 && first.chars().all(|letter| !letter.is_lowercase());
    if is_name {
        text.to_owned()
    } else {
        small(text)
    }
}

/// With a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Without the full stop.
pub(super) fn open_end(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}

/// The sentences of a word for the C header.
pub(super) fn c(word: &Word) -> String {
    let text = if word.c.is_empty() { word.doc } else { word.c };
    linked(text, constant)
}

/// Those for Python, where code has two backquotes.
pub(super) fn python(word: &Word) -> String {
    if word.python_doc.is_empty() {
        code_of_python(&linked(word.doc, quoted))
    } else {
        flat(word.python_doc)
    }
}

/// A choice in Python.
pub(super) fn quoted(_: &List, word: &Word) -> String {
    format!("`\"{}\"`", word.name)
}

/// Code in the way of Python's documents.
pub(super) fn code_of_python(text: &str) -> String {
    text.replace('`', "``")
}

/// Those for the help and the document of the tool.
pub(super) fn tool(word: &Word) -> String {
    let text = if word.tool.is_empty() {
        word.doc
    } else {
        word.tool
    };
    flat(text)
}

/// The name of the constant in C.
pub(super) fn constant(list: &List, word: &Word) -> String {
    if (list.prefix, word.name) == ("ERR", "ok") {
        return "TENURE_OK".to_owned();
    }
    format!("TENURE_{}_{}", list.prefix, word.name.to_uppercase())
}
