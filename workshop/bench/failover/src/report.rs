//! The tables, and the document that has them.

use crate::rows::{Loss, Rounds, Row};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// A row, and its times or the reason why there are none.
pub(crate) type Played = (Row, Result<Vec<Duration>, &'static str>);

/// The figures of the table of writes, or the reason why there are none.
pub(crate) type Written = (&'static str, Result<f64, &'static str>);

/// The machine and its load before the measurements, the times of committed writes, and the tables.
pub(crate) fn text(
    about: &str,
    commits: &[Duration],
    played: &[Played],
    written: &[Written],
) -> String {
    let mut text = format!(
        "{about}\nA committed write takes {} ms, of {} that one client sends one after another.\n",
        spread(&sorted_ms(commits)),
        commits.len()
    );
    for loss in Loss::ALL {
        let rows = || played.iter().filter(|(row, _)| row.loss == loss);
        if rows().next().is_none() {
            continue;
        }
        // A string takes everything, here and below.
        let _ = write!(
            text,
            "\n### {}\n\n| | rounds | until the successor leads, ms: median (min–max) | ratio |\n|---|---|---|---|\n",
            loss.title()
        );
        let mut first = None;
        for (row, times) in rows() {
            let line = match times {
                Ok(times) => {
                    let times = sorted_ms(times);
                    let middle = median(&times);
                    let ratio = middle / *first.get_or_insert(middle);
                    format!("{} | {} | {} |", times.len(), spread(&times), number(ratio))
                }
                Err(why) => format!("– | not measured: {why} | – |"),
            };
            let _ = writeln!(text, "| {} | {line}", row.name);
        }
        if loss == Loss::CutOff {
            for (row, times) in rows().filter(|(row, _)| row.rounds == Rounds::Many) {
                let times = sorted_ms(times.as_deref().unwrap_or_default());
                let times: Vec<String> = times.into_iter().map(number).collect();
                let _ = writeln!(text, "\nAll times of {}: {}.", row.name, times.join(", "));
            }
        }
    }
    if !written.is_empty() {
        text.push_str(
            "\n### Nothing happens: a leader and a standby\n\n| | writes a second |\n|---|---|\n",
        );
    }
    for (name, writes) in written {
        let cell = match writes {
            Ok(writes) => format!("**{writes:.2}**"),
            Err(why) => format!("not measured: {why}"),
        };
        let _ = writeln!(text, "| {name} | {cell} |");
    }
    text
}

fn sorted_ms(times: &[Duration]) -> Vec<f64> {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Median, least and greatest of sorted numbers.
fn spread(sorted: &[f64]) -> String {
    let end = |value: Option<&f64>| number(value.copied().unwrap_or_default());
    let (least, greatest) = (end(sorted.first()), end(sorted.last()));
    format!("**{}** ({least}–{greatest})", number(median(sorted)))
}

/// Of sorted numbers.
fn median(sorted: &[f64]) -> f64 {
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => at(middle),
        _ => f64::midpoint(at(middle.saturating_sub(1)), at(middle)),
    }
}

fn number(value: f64) -> String {
    match value {
        0.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// Puts the tables between the marks of a document.
pub(crate) fn write(document: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", document.display());
    let old = std::fs::read_to_string(document).map_err(failed)?;
    let new = replace(&old, text)
        .ok_or_else(|| format!("{} lacks {BEGIN:?} or {END:?}", document.display()))?;
    std::fs::write(document, new).map_err(failed)
}

fn replace(old: &str, text: &str) -> Option<String> {
    let (before, rest) = old.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        text.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Library;

    #[test]
    fn ratios_are_to_the_first_row_and_what_was_not_measured_says_why() {
        let row_of = |name, loss, rounds| Row {
            name,
            library: Library::Kazoo,
            loss,
            rounds,
        };
        let row = |name| row_of(name, Loss::Kill, Rounds::Few);
        let ms = |times: &[u64]| Ok(times.iter().map(|ms| Duration::from_millis(*ms)).collect());
        let played = [
            (row("one"), ms(&[30, 10, 20])),
            (row("two"), ms(&[500, 300])),
            (row("three"), Err("no reason")),
            (row_of("far", Loss::CutOff, Rounds::Many), ms(&[900, 700])),
        ];
        let commits = [Duration::from_micros(1_500)];
        let text = text("about", &commits, &played, &[("one", Ok(0.5))]);
        for line in [
            "| one | 3 | **20.0** (10.0–30.0) | 1.0 |",
            "| two | 2 | **400** (300–500) | 20.0 |",
            "| three | – | not measured: no reason | – |",
            "| one | **0.50** |",
            "A committed write takes **1.5** (1.5–1.5) ms, of 1 that",
            "All times of far: 700, 900.",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("SIGTERM"), "{text}");
    }

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = replace(&old, "new\n").expect("it has marks");
        assert_eq!(new, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(replace("a", "new"), None);
    }
}
