//! The tables, and the document that has them.

use crate::agents::{Cost, HOUR};
use crate::real::{Followed, Interval};
use crate::simulated::{Simulated, operation};
use crate::world::Counts;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// The costs of the hours of agents, one for each repetition.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) rust: Vec<Cost>,
    pub(crate) c: Vec<Cost>,
}

/// All that was measured.
pub(crate) struct Figures {
    pub(crate) load: String,
    pub(crate) agents: u32,
    pub(crate) hours: Watch,
    pub(crate) simulated: Simulated,
    pub(crate) real: Vec<(&'static str, Followed)>,
}

/// The load of the machine before the measurements.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}

/// The first value of a file of lines `key : value`.
fn value(file: &str, key: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    let value = line.and_then(|line| line.split_once(':'));
    value.map_or_else(
        || "unknown".to_owned(),
        |(_, value)| value.trim().to_owned(),
    )
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = value("/proc/cpuinfo", "model name");
    format!("{processor}, {cores} cores, Linux {}", kernel.trim())
}

/// The median, and the smallest and the greatest value.
fn spread(values: impl IntoIterator<Item = f64>, digits: usize) -> String {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else {
        return "–".to_owned();
    };
    let median = values[values.len() / 2];
    format!("**{median:.digits$}** ({least:.digits$}–{most:.digits$})")
}

fn row(text: &mut String, cells: &[String]) {
    // A string takes everything.
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn head(text: &mut String, cells: &[&str]) {
    row(
        text,
        &cells
            .iter()
            .map(|cell| (*cell).to_owned())
            .collect::<Vec<_>>(),
    );
    row(text, &vec!["---".to_owned(); cells.len()]);
}

/// The tables, as the document has them.
pub(crate) fn tables(figures: &Figures) -> String {
    let mut text = format!(
        "{}; load {} before the first measurement.\n\n",
        machine(),
        figures.load
    );
    simulated(&mut text, &figures.simulated);
    real(&mut text, &figures.real);
    agents(&mut text, figures.agents, &figures.hours);
    text
}

fn of_each(requests: &BTreeMap<i32, u64>, count: usize) -> String {
    let each = |(op, times): (&i32, &u64)| {
        format!("{:.2} {}", *times as f64 / count as f64, operation(*op))
    };
    match requests.is_empty() {
        true => "none".to_owned(),
        false => requests.iter().map(each).collect::<Vec<_>>().join(", "),
    }
}

fn simulated(text: &mut String, figures: &Simulated) {
    let count = figures.detectors;
    let _ = write!(
        text,
        "### Simulated: {count} detectors, each in a session of its own\n\n\
         The server has {} watches for them. A cell of the first three lines is what one client sends and gets in a \
         minute.\n\n",
        figures.watches
    );
    let columns = [
        "",
        "frames to the server",
        "of these pings",
        "watch events",
        "bytes to the server",
        "bytes from the server",
    ];
    head(text, &columns);
    let minutes = f64::from(figures.minutes);
    let line = |name: String, counts: &Counts, part: f64| {
        let each = |number: u64| number as f64 / count as f64 / part;
        [
            name,
            format!("**{:.2}**", each(counts.frames())),
            format!("{:.2}", each(counts.pings)),
            format!("**{:.2}**", each(counts.watch_events)),
            format!("{:.0}", each(counts.bytes_sent)),
            format!("{:.0}", each(counts.bytes_received)),
        ]
    };
    row(
        text,
        &line(
            "a session without a detector".to_owned(),
            &figures.bare,
            minutes,
        ),
    );
    row(
        text,
        &line(
            "a detector, nothing changes".to_owned(),
            &figures.quiet,
            minutes,
        ),
    );
    let each = |times: u32| f64::from(times) / minutes;
    let name = format!(
        "a detector, {:.0} joins and {:.0} leaves of standbys a minute",
        each(figures.joins),
        each(figures.leaves)
    );
    row(text, &line(name, &figures.churn, minutes));
    for (name, counts) in [
        (
            "one change of the leader; the successor was in the detector's list",
            &figures.known,
        ),
        (
            "one change of the leader; the successor joined later",
            &figures.unknown,
        ),
    ] {
        let name = format!("{name}: {}", of_each(&counts.requests, count));
        row(text, &line(name, counts, 1.0));
    }
    let by_rule = figures.detectors as u64 * u64::from(figures.joins + figures.leaves);
    let _ = writeln!(
        text,
        "\n*By rule, not measured*: detectors that watch the list of members, as Mesos's do, would have got {by_rule}\n\
         watch events and sent as many listings during the joins and leaves of the third line; these sent and got 0."
    );
}

fn real(text: &mut String, kinds: &[(&'static str, Followed)]) {
    text.push_str(
        "\n### For real: one server, one process of followers, each in a session of its own\n\n",
    );
    let mut columns = vec![String::new()];
    columns.extend(
        kinds
            .iter()
            .map(|(name, of)| format!("{name}, {}", of.count)),
    );
    head(
        text,
        &columns.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut line = |name: &str, cell: &dyn Fn(&Followed) -> Option<String>| {
        let mut cells = vec![name.to_owned()];
        let cell = |of: &Followed| cell(of).unwrap_or_else(|| "–".to_owned());
        cells.extend(kinds.iter().map(|(_, of)| cell(of)));
        row(text, &cells);
    };
    let each = |number: u64, of: &Followed| number as f64 / of.count as f64;
    let a_minute = |number: u64, of: &Followed, i: &Interval| each(number, of) * 60.0 / i.seconds;
    let follows = |of: &Followed| !of.times.is_empty();
    line("watches on the server, each", &|of| {
        Some(format!("{:.2}", each(of.watches, of)))
    });
    line(
        "nothing changes: packets that the server received, each a minute",
        &|of| {
            Some(format!(
                "**{:.2}**",
                a_minute(of.quiet.received, of, &of.quiet)
            ))
        },
    );
    line("of these pings", &|of| {
        Some(format!(
            "{:.2}",
            a_minute(of.quiet.frames.pings, of, &of.quiet)
        ))
    });
    line("packets of the server that the proxy did not see", &|of| {
        let unseen = |i: &Interval| i.received.abs_diff(i.sent());
        Some((unseen(&of.quiet) + unseen(&of.churn)).to_string())
    });
    line(
        "nothing changes: processor time of a follower, µs a second",
        &|of| {
            let spent = of.quiet.processor * 1e6 / of.quiet.seconds / of.count as f64;
            Some(format!("{spent:.0}"))
        },
    );
    line("standbys come and go: joins and leaves", &|of| {
        follows(of).then(|| format!("{} + {}", of.joins, of.joins))
    });
    line("packets that the server received, each a minute", &|of| {
        follows(of).then(|| format!("**{:.2}**", a_minute(of.churn.received, of, &of.churn)))
    });
    line("watch events, each for a join or a leave", &|of| {
        let changes = 2.0 * of.joins as f64;
        follows(of).then(|| {
            format!(
                "**{:.2}**",
                each(of.churn.frames.watch_events, of) / changes
            )
        })
    });
    line("the leader is killed: watch events, each", &|of| {
        follows(of).then(|| format!("{:.2}", each(of.change.frames.watch_events, of)))
    });
    line("requests, each", &|of| {
        follows(of).then(|| of_each(&of.change.frames.requests, of.count))
    });
    line(
        "from the first that knows the new leader to the median, ms",
        &|of| follows(of).then(|| spread(of.times.iter().map(|(median, _)| *median), 1)),
    );
    line("to the last, ms", &|of| {
        follows(of).then(|| spread(of.times.iter().map(|(_, last)| *last), 1))
    });
    line("from the kill to the last, s", &|of| {
        follows(of).then(|| spread(of.since_kill.iter().copied(), 2))
    });
}

fn agents(text: &mut String, count: u32, hours: &Watch) {
    let pings = hours.rust.first().map_or(0, |cost| cost.pings);
    let _ = write!(
        text,
        "\n### {count} agents of one leader, an hour in simulated time: {pings} pings, each with its pong\n\n"
    );
    head(text, &["processor time", "Rust", "C ABI"]);
    let mut line = |name: &str, digits: usize, value: &dyn Fn(&Cost) -> f64| {
        let cell = |costs: &[Cost]| spread(costs.iter().map(value), digits);
        row(text, &[name.to_owned(), cell(&hours.rust), cell(&hours.c)]);
    };
    let percent = |spent: f64| spent * 100.0 / HOUR.as_secs_f64();
    line("the observer, s", 3, &|cost| cost.observer);
    line("of one processor, %", 4, &|cost| percent(cost.observer));
    line("a ping and its pong, ns", 0, &|cost| {
        cost.observer * 1e9 / cost.pings as f64
    });
    line(
        "the observer and all agents in one process, s",
        3,
        &|cost| cost.both,
    );
    line("of one processor, %", 4, &|cost| percent(cost.both));
    line("the same for a ping and its pong, ns", 0, &|cost| {
        cost.both * 1e9 / cost.pings as f64
    });
    line("a call of `accepts`: from the leader, ns", 1, &|cost| {
        cost.accepted
    });
    line("from another sender, ns", 1, &|cost| cost.refused);
}

/// Puts the tables between the marks of a document.
pub(crate) fn write(document: &Path, tables: &str) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", document.display());
    let old = std::fs::read_to_string(document).map_err(failed)?;
    let new = replace(&old, tables)
        .ok_or_else(|| format!("{} lacks {BEGIN:?} or {END:?}", document.display()))?;
    std::fs::write(document, new).map_err(failed)
}

fn replace(old: &str, tables: &str) -> Option<String> {
    let (before, rest) = old.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", tables.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads() {
        assert_eq!(spread([3.0, 1.0, 2.0], 1), "**2.0** (1.0–3.0)");
        assert_eq!(spread([], 1), "–");
    }

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = replace(&old, "new\n").expect("it has marks");
        assert_eq!(new, format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert_eq!(replace("a", "new"), None);
    }
}
