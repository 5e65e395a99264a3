//! Numbers and texts for people.

use std::time::Duration;

/// A span of time with the unit that suits it and three significant digits.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    let (value, unit) = match seconds {
        seconds if seconds < 1e-3 => (seconds * 1e6, "µs"),
        seconds if seconds < 1.0 => (seconds * 1e3, "ms"),
        seconds => (seconds, "s"),
    };
    let decimals = match value {
        value if unit == "µs" || value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// The time from one instant to another, in nanoseconds of the boot-time clock, for people; zero if they are the
/// other way round.
pub(crate) fn between(from_ns: u64, until_ns: u64) -> String {
    span(Duration::from_nanos(until_ns.saturating_sub(from_ns)))
}

/// `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// A text of a program: it does not steer the terminal, and stays on its line.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_lists_an_and() {
        let spans =
            [900, 12_300_000, 456_000_000, 4_120_000_000].map(|ns| span(Duration::from_nanos(ns)));
        assert_eq!(spans, ["1 µs", "12.3 ms", "456 ms", "4.12 s"]);
        assert_eq!(between(5, 3), "0 µs");
        assert_eq!(
            [list::<&str>(&[]), list(&["a"]), list(&["a", "b", "c"])],
            ["none", "a", "a, b and c"]
        );
        assert_eq!(plain("a\u{1b}[2J\nb"), "a [2J b");
    }
}
