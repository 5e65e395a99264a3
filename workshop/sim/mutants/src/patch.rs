//! The form of a patch, `patches/NAME.mutant`.

use crate::tokens::tokens;
use std::path::Path;

/// A mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    /// The file's name without its ending: lower-case words with hyphens.
    pub(crate) name: String,
    /// The mistake, in a sentence.
    pub(crate) about: String,
    /// Its changes to the core; none if the simulation itself makes the mistake.
    pub(crate) hunks: Vec<Hunk>,
}

/// A change at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// The text of `in`.
    pub(crate) place: String,
    /// The tokens before the mark, in it and after it.
    pub(crate) snippet: [Vec<String>; 3],
    pub(crate) change: Change,
    pub(crate) code: String,
}

/// The kind of a change. Without the mistake each of them behaves as the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Another expression is evaluated instead of the marked one.
    Instead,
    /// Additional statements are executed.
    Also,
    /// Another arm of a `match` comes first.
    Arm,
}

/// The patches of a folder, in the order of their names.
///
/// # Errors
/// Their faults, a paragraph each.
pub(crate) fn all(folder: &Path) -> Result<Vec<Patch>, Vec<String>> {
    let unread = |error| vec![format!("cannot read {}: {error}", folder.display())];
    let entries = std::fs::read_dir(folder).map_err(unread)?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.map_err(unread)?.path());
    }
    files.sort();
    let mut patches = Vec::new();
    let mut errors = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let patch = match name.strip_suffix(".mutant") {
            Some(name) => std::fs::read_to_string(&file)
                .map_err(|error| error.to_string())
                .and_then(|text| Patch::parse(name, &text)),
            None => Err("the name of a patch ends in .mutant".to_owned()),
        };
        match patch {
            Ok(patch) => patches.push(patch),
            Err(error) => errors.push(format!("{}: {error}", file.display())),
        }
    }
    if errors.is_empty() {
        Ok(patches)
    } else {
        Err(errors)
    }
}

impl Patch {
    /// Reads a patch.
    ///
    /// # Errors
    /// Its fault, and the accepted form.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, String> {
        let is_name = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !name.split('-').all(is_name) {
            return Err("a mutant's name is made of lower-case words and hyphens".to_owned());
        }
        let (about, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
        if !about.ends_with('.') {
            return Err(
                "it begins with a sentence that describes the mistake, and an empty line"
                    .to_owned(),
            );
        }
        let mut hunks = Vec::new();
        let mut place = None;
        let mut elsewhere = false;
        for (word, body) in blocks(rest)? {
            let change = match word {
                "in" => {
                    let snippet = snippet(&body)?;
                    if place.replace((body, snippet)).is_some() {
                        return Err("`in` is followed by `instead`, `also` or `arm`".to_owned());
                    }
                    continue;
                }
                "elsewhere" => {
                    elsewhere = true;
                    continue;
                }
                "instead" => Change::Instead,
                "also" => Change::Also,
                "arm" => Change::Arm,
                word => {
                    return Err(format!(
                        "`{word}` is none of: in, instead, also, arm, elsewhere"
                    ));
                }
            };
            let Some((written, snippet)) = place.take() else {
                return Err(format!("an `in` with the place comes before `{word}`"));
            };
            let marked = !snippet[1].is_empty();
            match change {
                Change::Instead if !marked => {
                    return Err("`instead` needs an expression between « and »".to_owned());
                }
                Change::Also | Change::Arm if marked => {
                    return Err(format!(
                        "`{word}` needs «» where it goes, with nothing inside"
                    ));
                }
                Change::Arm if !body.contains("=>") => {
                    return Err("`arm` is a pattern, => and an expression".to_owned());
                }
                Change::Instead | Change::Also | Change::Arm => {}
            }
            hunks.push(Hunk {
                place: written,
                snippet,
                change,
                code: body,
            });
        }
        if place.is_some() {
            return Err("`in` is followed by `instead`, `also` or `arm`".to_owned());
        }
        if hunks.is_empty() != elsewhere {
            return Err(
                "it needs either an `in` and what happens there, or `elsewhere` and the place \
                 outside of the core that makes the mistake"
                    .to_owned(),
            );
        }
        Ok(Self {
            name: name.to_owned(),
            about,
            hunks,
        })
    }

    /// Its name as a Rust identifier.
    pub(crate) fn variant(&self) -> String {
        let words = self.name.split('-');
        words
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect()
    }
}

/// The blocks of a patch: the first word of each, and the rest with its further lines, which are
/// indented.
fn blocks(text: &str) -> Result<Vec<(&str, String)>, String> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with(char::is_whitespace) {
            let Some((_, body)) = blocks.last_mut() else {
                return Err("the first line after the sentence is indented".to_owned());
            };
            *body += "\n";
            *body += line.trim();
        } else {
            let (word, body) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            blocks.push((word, body.trim().to_owned()));
        }
    }
    Ok(blocks)
}

/// The tokens before, in and after the mark.
fn snippet(text: &str) -> Result<[Vec<String>; 3], String> {
    let parts = text.split_once('«').and_then(|(before, rest)| {
        let (marked, after) = rest.split_once('»')?;
        Some([before, marked, after])
    });
    let Some(parts) = parts.filter(|parts| parts.iter().all(|p| !p.contains(['«', '»']))) else {
        return Err("`in` has one pair of « and »".to_owned());
    };
    let snippet = parts.map(|part| {
        let tokens = tokens(part).into_iter();
        tokens.map(|range| part[range].to_owned()).collect()
    });
    if snippet.iter().all(Vec::is_empty) {
        return Err("`in` has code beside « and »".to_owned());
    }
    Ok(snippet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_a_sentence_and_its_hunks() {
        let text = "The lease is\ntoo long.\n\nin if «first» {\n   go()\ninstead false\n\n\
                    in a; «»\nalso b();\n  c();\n";
        let patch = Patch::parse("too-long", text).unwrap();
        assert_eq!(patch.variant(), "TooLong");
        assert_eq!(patch.about, "The lease is too long.");
        let [first, second] = &patch.hunks[..] else {
            panic!("{patch:?}");
        };
        assert_eq!(first.snippet[0], ["if"]);
        assert_eq!(first.snippet[1], ["first"]);
        assert_eq!(first.snippet[2], ["{", "go", "(", ")"]);
        assert_eq!((first.change, &first.code[..]), (Change::Instead, "false"));
        assert_eq!(
            (second.change, &second.code[..]),
            (Change::Also, "b();\nc();")
        );
    }

    #[test]
    fn what_is_no_patch_is_refused_with_what_is_accepted() {
        for (name, text, says) in [
            ("Upper", "A.\n\nelsewhere x", "lower-case"),
            ("a--b", "A.\n\nelsewhere x", "lower-case"),
            ("a", "", "a sentence"),
            ("a", "no end\n\nelsewhere x", "a sentence"),
            ("a", "A.\n", "either an `in`"),
            (
                "a",
                "A.\n\nin «x»\ninstead y\nelsewhere z",
                "either an `in`",
            ),
            ("a", "A.\n\nin «x»\nreplace y", "none of: in, instead"),
            ("a", "A.\n\ninstead y", "before `instead`"),
            ("a", "A.\n\nin «x»", "followed by"),
            ("a", "A.\n\nin «x»\nin «y»\ninstead z", "followed by"),
            ("a", "A.\n\nin x\ninstead y", "one pair"),
            ("a", "A.\n\nin «x» «y»\ninstead y", "one pair"),
            ("a", "A.\n\nin «»\nalso y;", "code beside"),
            ("a", "A.\n\nin x «»\ninstead y", "between « and »"),
            ("a", "A.\n\nin x «y»\nalso z;", "nothing inside"),
            ("a", "A.\n\nin x «»\narm z", "a pattern"),
            ("a", "A.\n\n  in x", "indented"),
        ] {
            let error = Patch::parse(name, text).unwrap_err();
            assert!(error.contains(says), "{name} {text:?}: {error}");
        }
    }
}
