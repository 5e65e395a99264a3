//! The table of the steps.

use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use console::Term;

use crate::human;
use crate::steps::Finding;

/// The width without a terminal.
const WIDTH: u16 = 110;

/// The findings as a table, at most as wide as the terminal.
pub(crate) fn table(findings: &[Finding]) -> String {
    let width = Term::stdout()
        .size_checked()
        .map_or(WIDTH, |(_rows, columns)| columns);
    render(findings, width.clamp(60, WIDTH))
}

fn render(findings: &[Finding], width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(["step", "took", "seen"]);
    for finding in findings {
        table.add_row([
            finding.title.to_owned(),
            human::span(finding.took),
            finding.seen.clone(),
        ]);
    }
    let took: Duration = findings.iter().map(|finding| finding.took).sum();
    table.add_row(["all".to_owned(), human::span(took), String::new()]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_and_is_complete() {
        let finding = |title, seconds| Finding {
            title,
            took: Duration::from_secs(seconds),
            seen: "m2 leads 4.10 s after the kill".to_owned(),
        };
        let table = render(
            &[
                finding("1. Election", 4),
                finding("2. The leader is killed", 7),
            ],
            60,
        );
        for part in ["1. Election", "7.00 s", "11.0 s", "m2 leads"] {
            assert!(table.contains(part), "{table}");
        }
        assert!(
            table.lines().all(|line| line.chars().count() <= 60),
            "{table}"
        );
    }
}
