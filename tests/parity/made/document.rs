//! `docs/cli.md`.

use super::text;
use std::fmt::Write;
use tenure::words::{LISTS, Word};
use tenure::{ExpiredBy, LeasePolicy, LostReason, Reenrol, ServerKind, SessionEvent};

/// The tables of the words that are values.
pub(super) fn words() -> String {
    // An attempt that failed is an `error` line.
    let is_state = |word: &&Word| !word.news;
    let states: Vec<&Word> = SessionEvent::WORDS.iter().filter(is_state).collect();
    let all = |words: &'static [Word]| words.iter().collect::<Vec<_>>();
    let mut made = String::new();
    for (heading, column, words) in [
        ("States of a session", "`state` of `session`", states),
        (
            "Kinds of servers",
            "`server` of `session`",
            all(ServerKind::WORDS),
        ),
        (
            "Ends of a session",
            "`by` of `session`",
            all(ExpiredBy::WORDS),
        ),
        ("Lost reasons", "`reason` of `lost`", all(LostReason::WORDS)),
        ("Policies", "`--policy`", all(LeasePolicy::WORDS)),
        ("Enrolling again", "`--reenrol`", all(Reenrol::WORDS)),
    ] {
        let _ = write!(
            made,
            "\n### {heading}\n\n| {column} | meaning |\n|---|---|\n"
        );
        for word in words {
            let meaning = text::small(text::open_end(&text::tool(word)));
            let _ = writeln!(made, "| `{}` | {meaning} |", word.name);
        }
    }
    made + "\n"
}

#[test]
fn every_list_of_the_table_has_words_of_its_own() {
    for list in LISTS {
        assert!(
            !list.words.is_empty() || !list.of_c.is_empty(),
            "{} is empty",
            list.noun
        );
    }
}
