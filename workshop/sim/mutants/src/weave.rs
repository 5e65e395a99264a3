//! Applies patches to sources: each hunk at its snippet, which must be in exactly one place.
//!
//! The code of a patch is put behind a switch, in a form that leaves the sources' behaviour
//! unchanged as long as no switch is on.

use crate::patch::{Change, Hunk, Patch};
use crate::tokens::tokens;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// A file of the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The form for people.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The mistakes in one file: by place in bytes, the hunks of that place.
type Places<'a> = BTreeMap<(usize, usize), Vec<(&'a Patch, &'a Hunk)>>;

/// The sources with all mistakes in them, each behind its switch.
///
/// # Errors
/// A paragraph for each hunk that does not apply: its name, the reason, and the remedy.
pub(crate) fn weave(sources: &[Source], patches: &[Patch]) -> Result<Vec<Source>, Vec<String>> {
    let lexed: Vec<_> = sources.iter().map(|s| tokens(&s.text)).collect();
    let mut places: Vec<Places<'_>> = vec![Places::new(); sources.len()];
    let mut errors = Vec::new();
    for patch in patches {
        for hunk in &patch.hunks {
            match place(sources, &lexed, hunk) {
                Ok((file, range)) => {
                    let place = places[file].entry((range.start, range.end)).or_default();
                    place.push((patch, hunk));
                }
                Err(why) => errors.push(complaint(patch, hunk, &why)),
            }
        }
    }
    let mut woven = Vec::new();
    for (source, places) in sources.iter().zip(&places) {
        match apply(source, places) {
            Ok(text) => woven.push(Source {
                path: source.path.clone(),
                text,
            }),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(woven)
    } else {
        Err(errors)
    }
}

fn complaint(patch: &Patch, hunk: &Hunk, why: &str) -> String {
    let (name, place) = (&patch.name, &hunk.place);
    format!(
        "the mutant {name} no longer applies: {why}\n    in {place}\n\
         Copy into this `in` of patches/{name}.mutant as little code as occurs once, and mark in it \
         what the mistake changes."
    )
}

/// The one place of a hunk: its file, and the marked code.
fn place(
    sources: &[Source],
    lexed: &[Vec<Range<usize>>],
    hunk: &Hunk,
) -> Result<(usize, Range<usize>), String> {
    let wanted: Vec<&str> = hunk.snippet.iter().flatten().map(String::as_str).collect();
    let mut found = Vec::new();
    // The longest beginning of the snippet that exists, and its place: file and bytes.
    let mut nearest = (0, 0, 0..0);
    for (file, (source, tokens)) in sources.iter().zip(lexed).enumerate() {
        for at in 0..tokens.len() {
            let here = tokens[at..].iter().map(|range| &source.text[range.clone()]);
            let alike = here.zip(&wanted).take_while(|(a, b)| a == *b).count();
            if alike == wanted.len() {
                found.push((file, at));
            } else if alike > nearest.0 {
                nearest = (alike, file, tokens[at].start..tokens[at + alike - 1].end);
            }
        }
    }
    match &found[..] {
        [(file, at)] => Ok((*file, marked(&lexed[*file][*at..], hunk))),
        [] if nearest.0 == 0 => Err("its snippet occurs nowhere".to_owned()),
        [] => {
            let (_, file, bytes) = nearest;
            let code = sources[file].text[bytes.clone()].split_whitespace();
            Err(format!(
                "its snippet occurs nowhere; at {} the code agrees only as far as `{}`",
                shown(&sources[file], bytes.start),
                code.collect::<Vec<_>>().join(" ")
            ))
        }
        _ => {
            let found = found.iter();
            let places = found.map(|(file, at)| shown(&sources[*file], lexed[*file][*at].start));
            let places = places.collect::<Vec<_>>().join(", ");
            Err(format!("its snippet occurs more than once: {places}"))
        }
    }
}

/// The marked part of tokens that begin with the snippet; an empty mark is right after the token
/// before it.
fn marked(tokens: &[Range<usize>], hunk: &Hunk) -> Range<usize> {
    let [before, marked, _] = hunk.snippet.each_ref().map(Vec::len);
    match (before, marked) {
        (0, 0) => tokens[0].start..tokens[0].start,
        (_, 0) => tokens[before - 1].end..tokens[before - 1].end,
        _ => tokens[before].start..tokens[before + marked - 1].end,
    }
}

/// File and line.
fn shown(source: &Source, at: usize) -> String {
    let line = 1 + source.text[..at].matches('\n').count();
    format!("{}:{line}", source.path.display())
}

fn apply(source: &Source, places: &Places<'_>) -> Result<String, String> {
    let mut text = String::new();
    let mut done = 0;
    let mut last: Option<&Patch> = None;
    for ((start, end), hunks) in places {
        let names = hunks.iter().map(|(patch, _)| &patch.name[..]);
        if *start < done {
            return Err(format!(
                "the mutants {} and {} mark expressions that overlap at {}; several may only mark \
                 the very same",
                last.map_or("", |patch| &patch.name),
                names.collect::<Vec<_>>().join(", "),
                shown(source, *start)
            ));
        }
        text += &source.text[done..*start];
        text += &switched(&source.text[*start..*end], hunks);
        done = *end;
        last = hunks.last().map(|(patch, _)| *patch);
    }
    Ok(text + &source.text[done..])
}

/// The code of one place with its mistakes.
fn switched(marked: &str, hunks: &[(&Patch, &Hunk)]) -> String {
    let mut instead = String::new();
    let mut beside = String::new();
    for (patch, hunk) in hunks {
        let variant = patch.variant();
        // The compiler shows the line that it refuses.
        let named = |code: &str| code.replace('\n', &format!(" // mutant {}\n", patch.name));
        let code = named(&format!("\n{}\n", hunk.code));
        let on = format!("::tenure_mutants::on(::tenure_mutants::Mutant::{variant})");
        match hunk.change {
            Change::Instead => instead += &format!("if {on} {{{code}}} else "),
            Change::Also => beside += &format!(" if {on} {{{code}}}"),
            Change::Arm => {
                let (pattern, value) = arm(&hunk.code);
                let value = named(&format!("\n{value}\n"));
                beside += &format!(" {pattern} {on} => {{{value}}}");
            }
        }
    }
    if instead.is_empty() {
        beside
    } else {
        format!("({instead}{{ {marked} }})")
    }
}

/// An arm's pattern, with the beginning of its guard, and its expression.
fn arm(code: &str) -> (String, &str) {
    let (pattern, value) = code.split_once("=>").unwrap_or((code, ""));
    let guard = tokens(pattern).into_iter();
    let guard = guard.rev().find(|range| &pattern[range.clone()] == "if");
    let pattern = match guard {
        Some(at) => format!("{}if ({}) &&", &pattern[..at.start], &pattern[at.end..]),
        None => format!("{pattern} if"),
    };
    (pattern, value.trim().trim_end_matches(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(name: &str, text: &str) -> Patch {
        Patch::parse(name, &format!("Wrong.\n\n{text}")).unwrap()
    }

    fn sources(texts: &[&str]) -> Vec<Source> {
        let named = |(at, text): (usize, &&str)| Source {
            path: format!("src/{at}.rs").into(),
            text: (*text).to_owned(),
        };
        texts.iter().enumerate().map(named).collect()
    }

    /// Without layout, and with a short form of the switch.
    fn plain(text: &str) -> String {
        let text = text.replace("::tenure_mutants::on(::tenure_mutants::Mutant::", "on(");
        let tokens = tokens(&text).into_iter();
        tokens.flat_map(|range| [&text[range], " "]).collect()
    }

    fn assert_woven(texts: &[&str], patches: &[Patch], expected: &[&str]) {
        let woven = weave(&sources(texts), patches).unwrap();
        let woven: Vec<String> = woven.iter().map(|source| plain(&source.text)).collect();
        let expected: Vec<String> = expected.iter().map(|text| plain(text)).collect();
        assert_eq!(woven, expected);
    }

    fn refusal(texts: &[&str], patches: &[Patch]) -> String {
        weave(&sources(texts), patches).unwrap_err().join("\n")
    }

    #[test]
    fn an_expression_is_replaced_wherever_it_is_and_however_it_is_laid_out() {
        let patches = [patch("late", "in let a = «b.c()»;\ninstead d")];
        let texts = [
            "fn x() {}",
            "// let a = b.c();\nlet a = b // why\n    .c();",
        ];
        let expected = ["fn x() {}", "let a = (if on(Late) { d } else { b.c() });"];
        assert_woven(&texts, &patches, &expected);
    }

    #[test]
    fn several_mistakes_share_an_expression_or_a_point() {
        let patches = [
            patch("one", "in if «a»\ninstead b\nin { «»\nalso x(); // why"),
            patch("two", "in if «a» {\ninstead c\nin { «» d\nalso y();"),
        ];
        let expected = "if (if on(One) { b } else if on(Two) { c } else { a }) \
                        { if on(One) { x(); } if on(Two) { y(); } d(); }";
        assert_woven(&["if a { d(); }"], &patches, &[expected]);
    }

    #[test]
    fn an_arm_is_taken_only_with_its_mistake() {
        let patches = [
            patch("one", "in «» Some(_) =>\narm Some(x) if x > 1 => f(),"),
            patch("two", "in => 1, «»\narm None => {}"),
        ];
        let expected = "match a { Some(x) if (x > 1) && on(One) => { f() } \
                        Some(_) => 1, None if on(Two) => { {} } _ => 2 }";
        assert_woven(&["match a { Some(_) => 1, _ => 2 }"], &patches, &[expected]);
    }

    #[test]
    fn a_patch_that_no_longer_applies_is_named_with_how_to_mend_it() {
        let patches = [
            patch("gone", "in let a = «b» + c;\ninstead d"),
            patch("kept", "in let «z»\ninstead d"),
            patch("other", "in wholly «elsewhere»\ninstead d"),
        ];
        let error = refusal(&["\nlet a = b - c;\nlet z;"], &patches);
        for says in [
            "the mutant gone no longer applies: its snippet occurs nowhere; ",
            "at src/0.rs:2 the code agrees only as far as `let a = b`",
            "in let a = «b» + c;",
            "patches/gone.mutant",
            "the mutant other no longer applies: its snippet occurs nowhere\n",
        ] {
            assert!(error.contains(says), "{says}: {error}");
        }
        assert!(!error.contains("kept"), "{error}");
    }

    #[test]
    fn a_snippet_that_occurs_twice_is_refused_with_its_places() {
        let patches = [patch("twice", "in «b» + 1\ninstead d")];
        let error = refusal(&["let a = b + 1;", "x\ny(b + 1)"], &patches);
        assert!(error.contains("the mutant twice"), "{error}");
        assert!(
            error.contains("more than once: src/0.rs:1, src/1.rs:2"),
            "{error}"
        );
    }

    #[test]
    fn marks_that_overlap_are_refused_with_both_names() {
        let patches = [
            patch("wide", "in «a + b»\ninstead 1"),
            patch("narrow", "in a + «b»\ninstead 2"),
        ];
        let error = refusal(&["let c = a + b;"], &patches);
        assert!(
            error.contains("wide and narrow mark expressions that overlap"),
            "{error}"
        );
    }
}
