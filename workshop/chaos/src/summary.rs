//! The result of a run or a campaign: a table for people, an object for programs.

use comfy_table::{CellAlignment, Row, Table, presets};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tenure_chaos::figures::{Figures, Writes};

/// A step of a distribution.
const STEP_NS: u64 = 100_000_000;

/// The whole result.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) runs: u32,
    pub(crate) by_fault: BTreeMap<String, Figures>,
    pub(crate) writes: Writes,
    pub(crate) violations: usize,
    /// The reason for an early end.
    pub(crate) failure: Option<String>,
    /// The directories of kept histories.
    pub(crate) kept: Vec<String>,
}

impl Summary {
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
            "fault",
            "times",
            "given up",
            "fail-overs",
            "fail-over min / median / max",
            "lease end\nto successor",
            "lost\nto successor",
        ]);
        for (fault, figures) in &self.by_fault {
            table.add_row(Row::from([
                fault.clone(),
                figures.faults.to_string(),
                figures.given_up.to_string(),
                figures.failovers_ns.len().to_string(),
                spread(&figures.failovers_ns),
                margin(figures.lease_margin_ns),
                margin(figures.lost_margin_ns),
            ]));
        }
        for column in 1..7 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        format!(
            "{table}\nMargins are the smallest seen. Writes to the register: {} done, {} stale ones \
             refused.",
            self.writes.done, self.writes.refused
        )
    }

    /// How many fail-overs took how long: a line for each fault.
    pub(crate) fn distribution(&self) -> String {
        let mut lines = String::new();
        for (fault, figures) in &self.by_fault {
            let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
            for ns in &figures.failovers_ns {
                *counts.entry(ns / STEP_NS).or_default() += 1;
            }
            let counts: Vec<String> = counts
                .iter()
                .map(|(step, count)| {
                    let [from, to] = [*step, step + 1].map(tenths);
                    format!("{from}–{to} s: {count}")
                })
                .collect();
            if !counts.is_empty() {
                lines += &format!(
                    "{fault}, from the fault to the successor: {}\n",
                    counts.join(", ")
                );
            }
        }
        lines
    }

    /// One line.
    pub(crate) fn json(&self) -> Value {
        let by_fault: BTreeMap<&str, Value> = self
            .by_fault
            .iter()
            .map(|(fault, figures)| {
                let times = &figures.failovers_ns;
                let object = json!({
                    "times": figures.faults,
                    "given_up": figures.given_up,
                    "failovers": times.len(),
                    "failover_ns_min": times.first(),
                    "failover_ns_median": times.get(times.len() / 2),
                    "failover_ns_max": times.last(),
                    "failovers_ns": times,
                    "lease_margin_ns_min": figures.lease_margin_ns,
                    "lost_margin_ns_min": figures.lost_margin_ns,
                });
                (fault.as_str(), object)
            })
            .collect();
        json!({
            "passed": self.passed(),
            "runs": self.runs,
            "violations": self.violations,
            "failure": self.failure,
            "faults": by_fault,
            "writes_done": self.writes.done,
            "writes_refused": self.writes.refused,
            "kept": self.kept,
        })
    }

    pub(crate) fn passed(&self) -> bool {
        self.violations == 0 && self.failure.is_none()
    }
}

/// So many steps in seconds.
fn tenths(steps: u64) -> String {
    format!("{}.{}", steps / 10, steps % 10)
}

fn spread(sorted_ns: &[u64]) -> String {
    match sorted_ns {
        [] => "–".to_owned(),
        [one] => seconds(one.cast_signed()),
        [first, .., last] => {
            let median = sorted_ns[sorted_ns.len() / 2];
            let [first, median, last] = [*first, median, *last].map(|ns| seconds(ns.cast_signed()));
            format!("{first} / {median} / {last}")
        }
    }
}

fn margin(ns: Option<i64>) -> String {
    ns.map_or_else(|| "–".to_owned(), seconds)
}

fn seconds(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ms = ns.unsigned_abs() / 1_000_000;
    format!("{sign}{}.{:03} s", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_with_their_sign() {
        assert_eq!(seconds(1_234_567_890), "1.234 s");
        assert_eq!(seconds(-34_567_890), "-0.034 s");
        assert_eq!(spread(&[]), "–");
        assert_eq!(
            spread(&[1_000_000, 2_000_000, 9_000_000]),
            "0.001 s / 0.002 s / 0.009 s"
        );
    }

    #[test]
    fn a_distribution_counts_tenths_of_a_second() {
        let figures = Figures {
            failovers_ns: vec![899_999_999, 900_000_000, 999_999_999, 10_000_000_000],
            ..Figures::default()
        };
        let summary = Summary {
            by_fault: [("x".to_owned(), figures)].into(),
            ..Summary::default()
        };
        assert_eq!(
            summary.distribution(),
            "x, from the fault to the successor: 0.8–0.9 s: 1, 0.9–1.0 s: 2, 10.0–10.1 s: 1\n"
        );
        assert_eq!(Summary::default().distribution(), "");
    }

    #[test]
    fn only_a_clean_summary_passes() {
        assert!(Summary::default().passed());
        let violated = Summary {
            violations: 1,
            ..Summary::default()
        };
        assert_eq!(violated.json()["passed"], false);
        let failed = Summary {
            failure: Some("x".to_owned()),
            ..Summary::default()
        };
        assert_eq!(failed.json()["passed"], false);
    }
}
