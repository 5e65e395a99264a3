//! A line of `tenure … --json`.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// What a line tells.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Enrolled,
    Standby,
    Leading,
    Jeopardy,
    Lost,
    Leader,
    None,
    Unknown,
    /// News of the session, and what later versions may add.
    #[serde(other)]
    Other,
}

/// A line: what the demo uses of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "event")]
    pub(crate) kind: Kind,
    /// When it was written, on CLOCK_BOOTTIME.
    pub(crate) boottime_ns: u64,
    #[serde(rename = "lease_end_boottime_ns")]
    pub(crate) lease_end_ns: Option<u64>,
    pub(crate) member: Option<Member>,
    #[serde(default, deserialize_with = "decimal")]
    pub(crate) token: Option<u64>,
    pub(crate) reason: Option<String>,
    pub(crate) data: Option<String>,
}

/// The znode that a line is about.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) path: String,
    pub(crate) label: Option<String>,
}

impl Event {
    /// Reads a line; the error says what is wrong with it.
    pub(crate) fn read(line: &Value) -> Result<Self, String> {
        let event = Self::deserialize(line).map_err(|error| error.to_string())?;
        let leads = matches!(event.kind, Kind::Leading | Kind::Leader);
        if leads && (event.token.is_none() || event.member.is_none()) {
            return Err("a leader has a token and a member".to_owned());
        }
        Ok(event)
    }
}

/// A number in a string: 64 bits do not fit into what many readers make of a JSON number.
fn decimal<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(value)?;
    text.map(|text| text.parse().map_err(de::Error::custom))
        .transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may panic

    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_is_read() {
        let event = Event::read(&json!({
            "event": "leading", "at": "2026-11-23T20:00:00.000001Z", "boottime_ns": 5,
            "lease_end_boottime_ns": 9, "token": "18446744073709551615", "data": "me",
            "member": {"path": "/g/w1_0000000000", "label": "w1", "sequence": 0},
        }))
        .unwrap();
        assert_eq!((event.kind, event.token), (Kind::Leading, Some(u64::MAX)));
        assert_eq!(
            (event.lease_end_ns, event.data.as_deref()),
            (Some(9), Some("me"))
        );
    }

    #[test]
    fn what_is_no_line_is_refused_and_what_is_new_is_not() {
        let read = |event| Event::read(&json!({"event": event, "boottime_ns": 5}));
        assert_eq!(read("session").unwrap().kind, Kind::Other);
        assert!(read("leading").is_err(), "a leader without a token");
        assert!(Event::read(&json!("text")).is_err());
        assert!(Event::read(&json!({"event": "none"})).is_err());
    }
}
