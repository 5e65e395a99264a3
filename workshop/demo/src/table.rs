//! The table of the steps and their times.

use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement, Row, Table, presets};
use console::Term;

use crate::human;

pub(crate) struct Finding {
    pub(crate) done: String,
    /// The time until the successor led.
    pub(crate) led: Option<Duration>,
    /// The time until each detector knew.
    pub(crate) known: Vec<Duration>,
    /// A remark.
    pub(crate) note: String,
}

/// The width without a terminal.
const WIDTH: u16 = 110;

/// The findings as a table, at most as wide as the terminal.
pub(crate) fn table(findings: &[Finding]) -> String {
    let terminal = Term::stdout();
    let width = terminal
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
        .set_header([
            "step",
            "until the
successor led",
            "until the
detectors knew",
            "seen",
        ]);
    for finding in findings {
        let known: Vec<String> = finding.known.iter().copied().map(human::span).collect();
        table.add_row(Row::from([
            finding.done.clone(),
            finding.led.map_or_else(|| "–".to_owned(), human::span),
            if known.is_empty() {
                "–".to_owned()
            } else {
                known.join(" / ")
            },
            finding.note.clone(),
        ]));
    }
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_and_is_complete() {
        let ms = Duration::from_millis;
        let finding = Finding {
            done: "clean hand-over".to_owned(),
            led: Some(ms(3)),
            known: vec![ms(4), ms(5)],
            note: "token 5 → 9".to_owned(),
        };
        let table = render(&[finding], 80);
        for part in [
            "clean hand-over",
            "3.00 ms",
            "4.00 ms / 5.00 ms",
            "token 5 → 9",
        ] {
            assert!(table.contains(part), "{table}");
        }
        assert!(
            table.lines().all(|line| line.chars().count() <= 80),
            "{table}"
        );
    }
}
