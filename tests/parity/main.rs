//! Every public word of the Rust library (an event, a reason, an error, a policy, a metric, an
//! option) is in every face of it: C, C++, Python and the tool. If a face lacks one on purpose, or
//! has another name for it, `exceptions.tsv` has the reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod faces;
mod made;
mod uses;
mod words;

use faces::Face;
use std::collections::BTreeSet;
use words::Word;

const EXCEPTIONS: &str = include_str!("exceptions.tsv");

/// The exception of `exceptions.tsv` for one word in one face.
struct Exception {
    face: &'static str,
    list: &'static str,
    /// `*` for each of the list.
    word: &'static str,
    /// How the face spells it; `None` if it lacks it.
    spelling: Option<&'static str>,
    reason: &'static str,
}

impl Exception {
    fn all() -> Vec<Self> {
        let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
        let parse = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
            [face, list, word, spelling, reason] => Self {
                face,
                list,
                word,
                spelling: (spelling != "-").then_some(spelling),
                reason,
            },
            _ => panic!("exceptions.tsv: five columns are wanted, not {line:?}"),
        };
        lines.map(parse).collect()
    }

    fn is_of(&self, face: &Face, word: &Word) -> bool {
        self.face == face.name
            && self.list == word.list
            && (self.word == "*" || self.word == word.rust)
    }
}

#[test]
fn every_face_has_every_word_or_a_reason() {
    let exceptions = Exception::all();
    let mut missing = Vec::new();
    for face in faces::all() {
        for word in words::all() {
            let exception = exceptions.iter().find(|e| e.is_of(&face, &word));
            let spelling = match exception {
                Some(Exception { spelling: None, .. }) => continue,
                Some(Exception {
                    spelling: Some(spelling),
                    ..
                }) => (*spelling).to_owned(),
                None => face.spelling(&word),
            };
            if !face.has(&spelling) {
                missing.push(format!(
                    "{}: `{spelling}`, for the {} `{}`, is not in {}",
                    face.name,
                    word.list,
                    word.rust,
                    face.files()
                ));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "a face lacks a public word: add it there, or a line with the reason to \
         tests/parity/exceptions.tsv\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_exception_is_needed_and_has_a_reason() {
    let mut seen = BTreeSet::new();
    for exception in Exception::all() {
        let Exception {
            face, list, word, ..
        } = exception;
        let line = format!("{face} {list} {word}");
        assert!(seen.insert(line.clone()), "exceptions.tsv: {line}: twice");
        assert!(
            exception.reason.split(' ').count() >= 3,
            "exceptions.tsv: {line}: no reason"
        );
        let face = faces::all().into_iter().find(|f| f.name == face);
        let face = face.unwrap_or_else(|| panic!("exceptions.tsv: {line}: no such face"));
        let words = words::all();
        let named = || words.iter().filter(|word| exception.is_of(&face, word));
        assert!(
            named().next().is_some(),
            "exceptions.tsv: {line}: no such word in Rust"
        );
        assert!(
            named().any(|word| !face.has(&face.spelling(word))),
            "exceptions.tsv: {line}: the face has it by its usual name"
        );
    }
}
