//! What a line of the tool says, as far as it matters here.

use serde_json::Value;

/// What a line says. Stamps are those of the client itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It leads, or leads on.
    Leading {
        /// When it said so.
        at_ns: u64,
        /// The tenure's.
        token: u64,
        /// Until when it may.
        lease_end_ns: u64,
    },
    /// Its renewal is overdue.
    Jeopardy {
        /// When it said so.
        at_ns: u64,
        /// The tenure's.
        token: u64,
        /// Until when it may lead.
        lease_end_ns: u64,
    },
    /// It leads no more, if it did.
    Lost {
        /// When it said so.
        at_ns: u64,
        /// The tenure's; none of a candidacy that never led.
        token: Option<u64>,
        /// Until when it led.
        lease_end_ns: u64,
        /// Whether it gave leadership up by itself.
        given_up: bool,
    },
    /// It stands in the group and does not lead.
    Standing {
        /// When it said so.
        at_ns: u64,
    },
    /// A detector knows the leader.
    Leader {
        /// When it said so.
        at_ns: u64,
        /// The leader's.
        token: u64,
    },
    /// A detector knows that nobody leads.
    None {
        /// When it said so.
        at_ns: u64,
    },
    /// A detector does not know.
    Unknown {
        /// When it said so.
        at_ns: u64,
    },
    /// Something about the session, the command, or trouble.
    Other,
}

impl News {
    /// Reads a line of the tool.
    ///
    /// # Errors
    /// When it is none; the text says what is missing.
    pub fn read(line: &Value) -> Result<Self, String> {
        let Some(event) = line.get("event").and_then(Value::as_str) else {
            return Err(match line {
                Value::String(text) => format!("the client printed what is no JSON: {text:?}"),
                _ => "the client's line has no \"event\"".to_owned(),
            });
        };
        let number = |key: &str| {
            let value = line.get(key).and_then(Value::as_u64);
            value.ok_or_else(|| format!("\"{event}\" needs \"{key}\", an integer"))
        };
        let token = || {
            let value = line.get("token").and_then(Value::as_str);
            let value = value.and_then(|text| text.parse::<u64>().ok());
            value.ok_or_else(|| format!("\"{event}\" needs \"token\", a decimal string"))
        };
        let at_ns = number("boottime_ns")?;
        Ok(match event {
            "leading" => Self::Leading {
                at_ns,
                token: token()?,
                lease_end_ns: number("lease_end_boottime_ns")?,
            },
            "jeopardy" => Self::Jeopardy {
                at_ns,
                token: token()?,
                lease_end_ns: number("lease_end_boottime_ns")?,
            },
            "lost" => Self::Lost {
                at_ns,
                token: match line.get("token") {
                    Some(_) => Some(token()?),
                    None => None,
                },
                lease_end_ns: number("lease_end_boottime_ns")?,
                given_up: line.get("reason").and_then(Value::as_str) == Some("withdrawn"),
            },
            "standby" | "enrolled" => Self::Standing { at_ns },
            "leader" => Self::Leader {
                at_ns,
                token: token()?,
            },
            "none" => Self::None { at_ns },
            "unknown" => Self::Unknown { at_ns },
            _ => Self::Other,
        })
    }
}
