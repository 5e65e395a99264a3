//! The orders on standard input.

use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order {
    ShutDown(Duration),
    Kill,
    Start,
    StepClock(i64),
    Expire,
    Sessions,
}

impl Order {
    /// # Errors
    /// A text that is no order; the error says what is expected.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["shut-down"] => Ok(Self::ShutDown(Duration::ZERO)),
            ["shut-down", linger] => span(linger).map(Self::ShutDown),
            ["kill"] => Ok(Self::Kill),
            ["start"] => Ok(Self::Start),
            ["step-clock", by] => step(by).map(Self::StepClock),
            ["expire"] => Ok(Self::Expire),
            ["sessions"] => Ok(Self::Sessions),
            _ => Err(
                "expecting shut-down [SPAN], kill, start, step-clock SPAN, expire or sessions"
                    .to_owned(),
            ),
        }
    }
}

fn span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("expecting a time such as 500ms or 2s: {error}"))
}

/// Milliseconds; backwards with a minus in front.
fn step(text: &str) -> Result<i64, String> {
    let (text, sign) = match text.strip_prefix('-') {
        Some(text) => (text, -1),
        None => (text, 1),
    };
    let by = i64::try_from(span(text)?.as_millis());
    by.map(|by| by * sign)
        .map_err(|_| "the step is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_mistakes_told() {
        for (line, order) in [
            ("shut-down", Order::ShutDown(Duration::ZERO)),
            (
                " shut-down  800ms ",
                Order::ShutDown(Duration::from_millis(800)),
            ),
            ("kill", Order::Kill),
            ("start", Order::Start),
            ("step-clock 1h", Order::StepClock(3_600_000)),
            ("step-clock -2s", Order::StepClock(-2000)),
            ("expire", Order::Expire),
            ("sessions", Order::Sessions),
        ] {
            assert_eq!(Order::parse(line), Ok(order), "{line}");
        }
        for (line, word) in [
            ("", "expecting shut-down"),
            ("halt", "expecting shut-down"),
            ("kill now", "expecting shut-down"),
            ("step-clock", "expecting shut-down"),
            ("step-clock 5", "a time such as"),
            ("shut-down -1s", "a time such as"),
            ("step-clock 300000000000years", ""),
        ] {
            let error = Order::parse(line).unwrap_err();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
