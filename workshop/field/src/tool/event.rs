//! A line of `tenure … --json`: the only reader of them outside the tests of the tool itself.
//! `docs/cli.md` documents the lines; the reader requires the keys that are always there, and
//! ignores keys and events that it does not know.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// One line of the tool.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Event {
    /// When the tool wrote the line, on CLOCK_BOOTTIME.
    #[serde(rename = "boottime_ns")]
    pub at_ns: u64,
    /// The event.
    #[serde(flatten)]
    pub what: What,
}

/// The event of a line.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum What {
    /// The znode of a contender exists.
    Enrolled,
    /// Another member leads.
    Standby,
    /// The contender leads.
    Leading(Lead),
    /// The contender leads, and the renewal of its lease is overdue.
    Jeopardy(Lead),
    /// A candidacy is over.
    Lost(Loss),
    /// A detector reports the leader.
    Leader(Leader),
    /// A detector reports that no member leads.
    None,
    /// A detector cannot know the leader.
    Unknown,
    /// The session, the command of `tenure run`, an error, or an event of a later version.
    #[serde(other)]
    Other,
}

/// A leadership, as its holder prints it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Lead {
    /// The znode of the contender.
    pub member: Member,
    /// The fencing token.
    #[serde(deserialize_with = "decimal")]
    pub token: u64,
    /// When the leadership ends unless the lease is renewed, on CLOCK_BOOTTIME.
    #[serde(rename = "lease_end_boottime_ns")]
    pub lease_end_ns: u64,
}

/// The end of a candidacy.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Loss {
    /// The fencing token; `None` if the candidacy never led.
    #[serde(default, deserialize_with = "decimal_if_any")]
    pub token: Option<u64>,
    /// When the leadership ended, on CLOCK_BOOTTIME; 0 if the candidacy never led.
    #[serde(rename = "lease_end_boottime_ns")]
    pub lease_end_ns: u64,
    /// The reason, in the word of `docs/cli.md`.
    pub reason: String,
}

/// The leader that a detector knows.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Leader {
    /// Its znode.
    pub member: Member,
    /// Its fencing token.
    #[serde(deserialize_with = "decimal")]
    pub token: u64,
    /// Its payload, if that is UTF-8.
    pub data: Option<String>,
}

/// The znode of a line.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub path: String,
    /// Its label, if it has one.
    pub label: Option<String>,
}

/// A line that the tool should not have printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    line: Value,
    why: String,
}

impl Event {
    /// Reads a line of [`Process`](crate::Process), in which a line that is no JSON is a string.
    ///
    /// # Errors
    /// When the line is not one of the tool's, or lacks a required key. The error shows the line.
    pub fn read(line: &Value) -> Result<Self, BadLine> {
        Self::deserialize(line).map_err(|error| BadLine {
            line: line.clone(),
            why: error.to_string(),
        })
    }

    /// The leadership that this line claims.
    #[must_use]
    pub fn lead(&self) -> Option<&Lead> {
        match &self.what {
            What::Leading(lead) | What::Jeopardy(lead) => Some(lead),
            _ => None,
        }
    }

    /// The leader that this line names.
    #[must_use]
    pub fn leader(&self) -> Option<&Leader> {
        match &self.what {
            What::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// The loss that this line reports.
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        match &self.what {
            What::Lost(loss) => Some(loss),
            _ => None,
        }
    }
}

impl Loss {
    /// Whether the contender gave its candidacy up by itself.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.reason == "withdrawn"
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.line {
            Value::String(text) => write!(f, "this line is no JSON: {text:?}"),
            line => write!(f, "{}, in the line {line}", self.why),
        }
    }
}

/// A number in a string: many readers of JSON cannot represent 64 bits.
fn decimal<'de, D: Deserializer<'de>>(value: D) -> Result<u64, D::Error> {
    let wrong = |_| de::Error::custom("\"token\" must be a decimal string");
    let text = String::deserialize(value).map_err(|error: D::Error| wrong(error.to_string()))?;
    text.parse()
        .map_err(|error: std::num::ParseIntError| wrong(error.to_string()))
}

fn decimal_if_any<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    decimal(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(line: Value) -> String {
        Event::read(&line).unwrap_err().to_string()
    }

    #[test]
    fn a_line_is_read_whatever_keys_it_has_besides() {
        let line = json!({
            "event": "leading", "at": "2026-11-23T20:00:00.000001Z", "boottime_ns": 5,
            "lease_end_boottime_ns": 9, "token": "18446744073709551615",
            "member": {"path": "/g/w1_0000000000", "label": "w1", "sequence": 0},
        });
        let event = Event::read(&line).unwrap();
        let lead = event.lead().unwrap();
        assert_eq!(
            (event.at_ns, lead.token, lead.lease_end_ns),
            (5, u64::MAX, 9)
        );
        assert_eq!(lead.member.label.as_deref(), Some("w1"));
    }

    #[test]
    fn a_candidacy_that_never_led_has_no_token() {
        let lost = |more: Value| {
            let mut line = json!({"event": "lost", "boottime_ns": 5, "lease_end_boottime_ns": 0,
                "reason": "withdrawn"});
            line.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            Event::read(&line).map(|event| event.loss().unwrap().clone())
        };
        assert_eq!(lost(json!({})).unwrap().token, None);
        assert!(
            lost(json!({"token": "7"}))
                .is_ok_and(|loss| loss.token == Some(7) && loss.is_given_up())
        );
        assert!(lost(json!({"token": 7})).is_err());
    }

    #[test]
    fn an_event_that_is_new_is_none_of_ours_and_what_is_no_event_is_refused() {
        for name in ["session", "started", "error", "from-the-future"] {
            let event = Event::read(&json!({"event": name, "boottime_ns": 5})).unwrap();
            assert_eq!(event.what, What::Other, "{name}");
        }
        assert!(
            refused(json!("thread 'main' panicked")).contains("no JSON: \"thread 'main' panicked")
        );
        assert!(refused(json!({"boottime_ns": 5})).contains("`event`"));
        assert!(refused(json!({"event": "none"})).contains("`boottime_ns`"));
        let half = refused(json!({"event": "leading", "boottime_ns": 5, "token": "7",
            "member": {"path": "/g/x"}}));
        assert!(
            half.contains("`lease_end_boottime_ns`") && half.contains("\"leading\""),
            "{half}"
        );
        let number = refused(json!({"event": "leader", "boottime_ns": 5, "token": 7,
            "member": {"path": "/g/x"}}));
        assert!(number.contains("a decimal string"), "{number}");
    }
}
