//! The tables, beside the figures of the peers.

use crate::Run;
use crate::tables::Table;
use std::fmt::Write;

/// The smallest, the median and the greatest value of `name` in `runs`; and the number of runs with
/// a value, if not all have one.
#[must_use]
pub fn spread(runs: &[Run], name: &str) -> String {
    let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(name)).collect();
    values.sort_by(f64::total_cmp);
    let (Some(min), Some(max)) = (values.first(), values.last()) else {
        return format!("never (0 of {})", runs.len());
    };
    let median = values[values.len() / 2];
    let text = if min.to_bits() == max.to_bits() {
        shown(*min)
    } else {
        format!("{} / {} / {}", shown(*min), shown(median), shown(*max))
    };
    if values.len() < runs.len() {
        return format!("{text} ({} of {})", values.len(), runs.len());
    }
    text
}

/// Two decimals below ten, three for very small values, fewer for large ones.
fn shown(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size < 0.1 {
        format!("{value:.3}")
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// The section of one table.
#[must_use]
pub fn section(table: &Table<'_>, runs: &[Run]) -> String {
    let mut text = format!("### {}\n\n", table.title);
    if !table.said.is_empty() {
        text += &format!("{}\n\n", table.said);
    }
    let columns: Vec<&str> = [""]
        .iter()
        .chain(&table.own)
        .chain(&table.peers)
        .copied()
        .collect();
    row(&mut text, &columns);
    row(&mut text, &vec!["---"; columns.len()]);
    for line in &table.rows {
        let own: Vec<String> = line.names.iter().map(|name| spread(runs, name)).collect();
        let cells: Vec<&str> = [line.label]
            .into_iter()
            .chain(own.iter().map(String::as_str))
            .chain(line.peers.iter().copied())
            .collect();
        row(&mut text, &cells);
    }
    text
}

fn row(text: &mut String, cells: &[&str]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("writing to a string");
}

/// The mark before the generated part of the document.
const BEGIN: &str = "<!-- begin: written by `make session` -->";
/// The mark after it.
const END: &str = "<!-- end: written by `make session` -->";

/// The document with its generated part replaced.
///
/// # Errors
/// If it has no such part.
pub fn replace(document: &str, generated: &str) -> Result<String, String> {
    let (before, rest) = document
        .split_once(BEGIN)
        .ok_or_else(|| format!("no line {BEGIN:?}"))?;
    let (_, after) = rest
        .split_once(END)
        .ok_or_else(|| format!("no line {END:?}"))?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        generated.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: &[f64]) -> Vec<Run> {
        let run = |value: &f64| {
            let mut run = Run::default();
            run.note("x", *value);
            run
        };
        values.iter().map(run).collect()
    }

    #[test]
    fn spreads() {
        assert_eq!(spread(&runs(&[3.0, 1.25, 2.5]), "x"), "1.25 / 2.50 / 3");
        assert_eq!(spread(&runs(&[1.0, 1.0]), "x"), "1");
        assert_eq!(spread(&runs(&[0.0123, 120.4]), "y"), "never (0 of 2)");
        assert_eq!(
            spread(&[runs(&[0.0123]), vec![Run::default()]].concat(), "x"),
            "0.012 (1 of 2)"
        );
    }

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = replace(&old, "new").expect("it has marks");
        assert_eq!(new, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert!(replace("a", "new").is_err());
    }
}
