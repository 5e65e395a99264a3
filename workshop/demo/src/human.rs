//! Numbers for people.

use std::time::Duration;

/// A span of time with the unit that suits it and three significant digits.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    let (value, unit) = if seconds < 1e-3 {
        (seconds * 1e6, "µs")
    } else if seconds < 1.0 {
        (seconds * 1e3, "ms")
    } else {
        (seconds, "s")
    };
    let decimals = match value {
        value if unit == "µs" || value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// A configured span: `4 s`, `0.5 s`.
pub(crate) fn setting(span: Duration) -> String {
    // A float's shortest form drops the digits that are not needed.
    format!("{} s", (span.as_secs_f64() * 1e2).round() / 1e2)
}

/// The time from one instant of CLOCK_BOOTTIME to another; zero if they are the other way round.
pub(crate) fn between(from_ns: u64, until_ns: u64) -> Duration {
    Duration::from_nanos(until_ns.saturating_sub(from_ns))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_show_what_matters() {
        for (nanos, shown) in [
            (0, "0 µs"),
            (87_400, "87 µs"),
            (4_321_000, "4.32 ms"),
            (43_210_000, "43.2 ms"),
            (432_100_000, "432 ms"),
            (4_321_000_000, "4.32 s"),
            (43_210_000_000, "43.2 s"),
        ] {
            assert_eq!(span(Duration::from_nanos(nanos)), shown);
        }
        assert_eq!(setting(Duration::from_millis(500)), "0.5 s");
        assert_eq!(setting(Duration::from_secs(4)), "4 s");
        assert_eq!(setting(Duration::from_nanos(4_007_090_571)), "4.01 s");
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(list::<&str>(&[]), "none");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
