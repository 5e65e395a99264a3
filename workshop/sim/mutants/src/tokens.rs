//! Rust as tokens: the common form of a snippet and the sources, whatever their layout.

use std::ops::Range;

/// The places of the tokens of `text`, in bytes. Space and comments are no tokens; a word, a
/// number, a string and a character are one each, and so is every other character.
pub(crate) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let end = at + length(rest, first);
        if !first.is_whitespace() && !rest.starts_with("//") && !rest.starts_with("/*") {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// The length of the token, comment or space at the beginning of `rest`.
fn length(rest: &str, first: char) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block(rest);
    }
    if first.is_alphanumeric() || first == '_' {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let word = end.unwrap_or(rest.len());
        return match &rest[..word] {
            "r" | "br" | "cr" => word + raw(&rest[word..]).unwrap_or(0),
            _ => word,
        };
    }
    match first {
        '"' => quoted(rest, '"'),
        // Else it is a lifetime.
        '\'' if rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\'') => {
            quoted(rest, '\'')
        }
        _ => first.len_utf8(),
    }
}

/// The length of a comment between `/*` and `*/`, which may hold others.
fn block(rest: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a raw string after its `r`, if it is one.
fn raw(rest: &str) -> Option<usize> {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let body = rest[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(hashes + 1 + end)
}

/// The length of a text between two of `quote`.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn layout_and_comments_are_no_tokens() {
        let broken = "a\n    .map(|x| x.y) // why, \"quoted\n    /* and /* inside */ */ ;";
        assert_eq!(split(broken), split("a.map(|x|x.y);"));
        assert_eq!(
            split("a.map(|x|x.y);"),
            ["a", ".", "map", "(", "|", "x", "|", "x", ".", "y", ")", ";"]
        );
    }

    #[test]
    fn strings_characters_and_lifetimes_are_told_apart() {
        assert_eq!(split(r#"f("zk://a\"b", x)"#)[2], r#""zk://a\"b""#);
        assert_eq!(
            split(r###"r#"a "b" // c"# d"###)[0],
            r###"r#"a "b" // c"#"###
        );
        assert_eq!(
            split(r"['\n', '\'', '/', 'é']"),
            ["[", r"'\n'", ",", r"'\''", ",", "'/'", ",", "'é'", "]"]
        );
        assert_eq!(split("&'a str"), ["&", "'", "a", "str"]);
    }
}
