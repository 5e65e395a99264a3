//! The lines of each event: its fields for programs, and a text for people. `docs/cli.md` documents
//! every field.

use crate::{payload, sys};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fmt::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;
use tenure::{
    ContenderEvent, DetectorEvent, ErrorKind, ExpiredBy, Leader, LostReason, Member, ServerKind,
    SessionEvent, Strangers, Time,
};

/// A member and its payload.
pub(crate) struct Entry {
    pub(crate) member: Member,
    /// Why the payload could not be read, if it could not.
    pub(crate) data: Result<Vec<u8>, tenure::Error>,
}

/// One event, to be printed.
pub(crate) struct Line {
    pub(crate) event: &'static str,
    pub(crate) fields: Map<String, Value>,
    pub(crate) text: String,
}

impl Line {
    fn new(event: &'static str, text: impl Into<String>) -> Self {
        Self {
            event,
            fields: Map::new(),
            text: text.into(),
        }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// Adds the kind of the server that answered, if it is known.
    pub(crate) fn with_server(mut self, server: Option<ServerKind>) -> Self {
        let Some(server) = server else {
            return self;
        };
        self.text += note_of(server);
        self.with("server", server.name())
    }

    /// Adds members of another recipe, in the group at `path`.
    pub(crate) fn with_strangers(mut self, found: Option<&Strangers>, path: &str) -> Self {
        let Some(found) = found else {
            return self;
        };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n    {}", plain(&found.warning(path)));
        let object = json!({
            "count": found.count, "recipe": found.recipe, "example": found.example,
        });
        self.with("strangers", object)
    }

    fn with_data(mut self, member: &Member, data: &[u8]) -> Self {
        payload::add(&mut self.fields, member.label.as_deref(), data);
        self
    }
}

/// What people should know of a server of this kind.
fn note_of(server: ServerKind) -> &'static str {
    match server {
        ServerKind::Other => "; the server is not ZooKeeper: only `--policy guarded` is safe there",
        _ => "",
    }
}

/// `number` is the id of the session of the event, if there is one.
pub(crate) fn session(event: &SessionEvent, number: Option<i64>) -> Option<Line> {
    let say = |text: String| {
        let line = Line::new("session", text).with("state", event.name());
        match number {
            Some(number) => line.with("session", format!("{number:#x}")),
            None => line,
        }
    };
    Some(match event {
        SessionEvent::Connecting => say("connecting".to_owned()),
        SessionEvent::Connected {
            session,
            timeout,
            server,
        } => {
            let text = format!(
                "connected as {session:#x}, timeout {}{}",
                span(*timeout),
                note_of(*server)
            );
            say(text)
                .with("timeout_ms", millis(*timeout))
                .with("server", server.name())
        }
        SessionEvent::Suspended { error, .. } => {
            say(format!("suspended: {}", plain(error))).with("error", error.as_str())
        }
        SessionEvent::Expired { by } => {
            let text = match by {
                ExpiredBy::Server => "a server reports it",
                ExpiredBy::LocalTimeout => {
                    "no server answered for 4/3 of the timeout, or one may have begun to end it"
                }
            };
            say(format!("expired: {text}")).with("by", by.name())
        }
        SessionEvent::UndertakerLost { error } => {
            say(format!("undertaker lost: {}", plain(error))).with("error", error.as_str())
        }
        SessionEvent::UndertakerReplaced => {
            say("another undertaker has taken its place".to_owned())
        }
        SessionEvent::AuthFailed => say("the server refused the credentials".to_owned()),
        SessionEvent::Closed => say("closed".to_owned()),
        // The event prints an error line instead.
        SessionEvent::Retrying { .. } => return None,
        _ => return None,
    })
}

pub(crate) fn contender(event: &ContenderEvent) -> Option<Line> {
    Some(match event {
        ContenderEvent::Enrolling => return None,
        ContenderEvent::Enrolled { member } => {
            Line::new("enrolled", plain(&member.path)).with("member", name(member))
        }
        ContenderEvent::Standby {
            member,
            ahead,
            waits_until,
        } => {
            let path = plain(&member.path);
            let text = match waits_until {
                Some(at) => format!(
                    "{path} waits {} for the lease of the leader before it",
                    span(until(*at))
                ),
                None => format!("{path}, {ahead} ahead"),
            };
            let line = Line::new("standby", text)
                .with("member", name(member))
                .with("ahead", *ahead);
            match waits_until {
                Some(at) => line.with("waits_until_boottime_ns", at.as_nanos()),
                None => line,
            }
        }
        ContenderEvent::Leading { member, lease_end } => Line::new(
            "leading",
            format!(
                "{} with token {}, lease {}",
                plain(&member.path),
                member.token,
                span(until(*lease_end))
            ),
        )
        .with("member", name(member))
        .with("token", member.token.to_string())
        .with("lease_end_boottime_ns", lease_end.as_nanos()),
        ContenderEvent::Jeopardy { member, lease_end } => Line::new(
            "jeopardy",
            format!(
                "{} with token {} ends in {} unless its lease is renewed",
                plain(&member.path),
                member.token,
                span(until(*lease_end))
            ),
        )
        .with("member", name(member))
        .with("token", member.token.to_string())
        .with("lease_end_boottime_ns", lease_end.as_nanos()),
        ContenderEvent::Blocked { member, error } => blocked(member.as_ref(), error),
        ContenderEvent::TokenFell { member, before } => token_fell(member, *before),
        ContenderEvent::Strangers { member, error } => strangers(member.as_ref(), error),
        ContenderEvent::Lost {
            member,
            led_until,
            reason,
        } => lost(member.as_ref(), *led_until, reason),
        _ => return None,
    })
}

fn blocked(member: Option<&Member>, error: &tenure::Error) -> Line {
    let of_member = member.map_or_else(String::new, |own| format!(" of {}", plain(&own.path)));
    let text = format!(
        "the candidacy{of_member} cannot go on for now: {}",
        plain(error.message())
    );
    let line = Line::new("blocked", text).with("message", error.message());
    match member {
        Some(member) => line.with("member", name(member)),
        None => line,
    }
}

fn strangers(member: Option<&Member>, message: &str) -> Line {
    let line = Line::new("strangers", plain(message)).with("message", message);
    match member {
        Some(member) => line.with("member", name(member)),
        None => line,
    }
}

/// The token of `member` is lower than one before.
fn token_fell(member: &Member, before: u64) -> Line {
    let message = format!(
        "the fencing token fell from {before} to {} ({}): the ensemble was emptied or restored; resources \
         that remember the old token refuse the new leader until they are reset",
        member.token,
        plain(&member.path)
    );
    Line::new("token_fell", message.as_str())
        .with("member", name(member))
        .with("token", member.token.to_string())
        .with("token_before", before.to_string())
        .with("message", message)
}

fn lost(member: Option<&Member>, led_until: Option<Time>, reason: &LostReason) -> Line {
    let word = reason.name();
    let what = if led_until.is_some() {
        "leadership"
    } else {
        "candidacy"
    };
    let mut text = format!("the {what}: {}", word.replace('_', " "));
    if let Some(member) = member {
        text = format!("{} has lost {text}", plain(&member.path));
    }
    let mut line = Line::new("lost", text).with("reason", word);
    if let Some(member) = member {
        line = line.with("member", name(member));
        // Only a leader had a token.
        if led_until.is_some() {
            line = line.with("token", member.token.to_string());
        }
    }
    if let LostReason::Failed(error) = reason {
        line = line.with("message", error.message());
    }
    line.with("lease_end_boottime_ns", led_until.map_or(0, Time::as_nanos))
}

pub(crate) fn detector(event: &DetectorEvent) -> Option<Line> {
    Some(match event {
        DetectorEvent::Unknown { since } => unknown(*since),
        DetectorEvent::None => Line::new("none", "there is no leader"),
        DetectorEvent::Leader(Leader { member, data, .. }) => Line::new(
            "leader",
            format!(
                "{} {}  {}",
                plain(&member.path),
                with_token(member.token),
                payload::shown(member.label.as_deref(), data)
            ),
        )
        .with("member", name(member))
        .with("token", member.token.to_string())
        .with_data(member, data),
        DetectorEvent::TokenFell { member, before } => token_fell(member, *before),
        // The event prints an error line instead.
        DetectorEvent::Failed(_) => return None,
        _ => return None,
    })
}

/// `run` has started a command.
pub(crate) fn started(token: u64, pid: u32) -> Line {
    Line::new("started", format!("the command runs as process {pid}"))
        .with("token", token.to_string())
        .with("pid", pid)
}

pub(crate) fn stopping(token: u64, why: &str) -> Line {
    let because = match why {
        "asked" => "a signal asks for it",
        "lost" => "leadership has ended or is about to end",
        _ => "the tool cannot go on",
    };
    Line::new(
        "stopping",
        format!("the command is asked to end: {because}"),
    )
    .with("token", token.to_string())
    .with("reason", why)
}

pub(crate) fn killed(token: u64) -> Line {
    Line::new("killed", "the command did not end in time").with("token", token.to_string())
}

pub(crate) fn ended(token: u64, status: ExitStatus) -> Line {
    Line::new("ended", format!("the command: {status}"))
        .with("token", token.to_string())
        .with("code", status.code())
        .with("signal", status.signal())
}

pub(crate) fn unknown(since: Time) -> Line {
    let age = Time::from_nanos(sys::boottime_ns()).since(since);
    let text = format!("the last certain knowledge is {} old", span(age));
    Line::new("unknown", text)
}

pub(crate) fn members(entries: &[Entry]) -> Line {
    let mut text = match entries.len() {
        0 => "none".to_owned(),
        number => number.to_string(),
    };
    for (rank, Entry { member, data }) in entries.iter().enumerate() {
        let role = if rank == 0 { "leader" } else { "standby" };
        let data = match data {
            Ok(data) => payload::shown(member.label.as_deref(), data),
            Err(error) => format!("({})", plain(error.message())),
        };
        let (path, token) = (plain(&member.path), member.token);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n    {role:<7}  {path}  token {token}  {data}");
    }
    Line::new("members", text).with("members", entries.iter().map(object).collect::<Vec<_>>())
}

/// The leader of a group and the number of standbys.
pub(crate) fn status(leader: Option<&Entry>, standbys: usize) -> Line {
    let text = match leader {
        None => "the group is empty: there is no leader".to_owned(),
        Some(Entry { member, data }) => {
            let data = match data {
                Ok(data) => payload::shown(member.label.as_deref(), data),
                Err(error) => format!("({})", plain(error.message())),
            };
            let path = plain(&member.path);
            let token = with_token(member.token);
            format!("{path} leads {token}, {standbys} stand by  {data}")
        }
    };
    Line::new("status", text)
        .with("known", true)
        .with("leader", leader.map_or(Value::Null, object))
        .with("standbys", standbys)
}

/// The same without an answer from a server.
pub(crate) fn status_unknown() -> Line {
    Line::new("status", "the leader is not known")
        .with("known", false)
        .with("leader", Value::Null)
        .with("standbys", Value::Null)
}

/// A member was deleted; `timeout` is the session timeout that servers grant this tool.
pub(crate) fn evicted(member: &Member, led: bool, timeout: Option<Duration>) -> Line {
    let mut text = format!("{} with token {}", plain(&member.path), member.token);
    let line_end = timeout.filter(|_| led);
    if led {
        text += ". It led, and is notified at once; if it is cut off from its server, it may answer \
                 that it leads until its lease expires, at most one session timeout";
        if let Some(timeout) = timeout {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                " ({}, if it requests the same as this tool)",
                span(timeout)
            );
        }
    }
    Line::new("evicted", text)
        .with("member", name(member))
        .with("token", member.token.to_string())
        .with("led", led)
        .with("may_believe_ms", line_end.map(millis))
}

/// In the place of lines that a slow reader does not get.
pub(crate) fn dropped(count: u64) -> Line {
    let (lines, have) = if count == 1 {
        ("line", "was")
    } else {
        ("lines", "were")
    };
    let text = format!("{count} {lines} {have} left out here: the reader is too slow");
    Line::new("dropped", text).with("count", count)
}

pub(crate) fn error(message: &str, attempt: Option<u32>) -> Line {
    let line = Line::new("error", plain(message)).with("message", message);
    match attempt {
        Some(attempt) => line.with("attempt", attempt),
        None => line,
    }
}

/// Whether an unreadable payload is no reason to give up: its member is gone or may not be read.
pub(crate) fn is_about_one_member(error: &tenure::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NoAuth | ErrorKind::NoNode | ErrorKind::Server
    )
}

fn object(Entry { member, data }: &Entry) -> Value {
    let mut fields = Map::new();
    if let Value::Object(name) = name(member) {
        fields.extend(name);
    }
    fields.insert("token".to_owned(), member.token.to_string().into());
    match data {
        Ok(data) => payload::add(&mut fields, member.label.as_deref(), data),
        Err(error) => drop(fields.insert("error".to_owned(), error.message().into())),
    }
    Value::Object(fields)
}

fn name(member: &Member) -> Value {
    json!({"path": member.path, "label": member.label, "sequence": member.sequence})
}

/// A standalone leader has no fencing token.
fn with_token(token: u64) -> String {
    match token {
        0 => "without a token".to_owned(),
        token => format!("with token {token}"),
    }
}

/// Text from elsewhere, so that it cannot control a terminal, forge a line, or show its words in
/// another order than they have: any client may create a znode with any name and payload.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, |c, to| to.extend(c.escape_default()))
}

/// The same for JSON, whose own syntax has none of these characters.
pub(crate) fn plain_json(json: &str) -> Cow<'_, str> {
    escaped(json, |c, to| {
        // Writing to a string cannot fail.
        let _ = write!(to, "\\u{:04x}", u32::from(c));
    })
}

fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            escape(c, &mut escaped);
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Control characters, line and paragraph separators, and all characters that change the direction
/// of text. All have numbers of at most four hexadecimal digits.
fn is_unsafe(c: char) -> bool {
    let changes_layout = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || changes_layout
}

fn until(end: Time) -> Duration {
    end.since(Time::from_nanos(sys::boottime_ns()))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A duration for the text, to the millisecond.
fn span(duration: Duration) -> String {
    humantime::format_duration(Duration::from_millis(millis(duration))).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_changes_its_direction_or_ends_its_line() {
        let hidden = (0..=0x1f).chain(0x7f..=0x9f).chain([0x61c, 0x200e, 0x200f]);
        let hidden = hidden.chain(0x2028..=0x202e).chain(0x2066..=0x2069);
        for c in hidden.filter_map(char::from_u32) {
            let text = format!("a{c}b");
            assert_eq!(plain(&text), format!("a{}b", c.escape_default()));
            let json = plain_json(&text);
            assert_eq!(json, format!("a\\u{:04x}b", u32::from(c)));
        }
        let text = "ünï \u{5e9}\u{5dc}\u{5d5}\u{5dd} 👩\u{200d}🚀 \\u{202e}";
        assert!(matches!(plain(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn only_who_led_has_a_token_and_a_lease() {
        let member = Member {
            path: "/g/l_0000000001".to_owned(),
            label: Some("l".to_owned()),
            sequence: 1,
            token: 7,
        };
        let lost = |led_until| {
            let event = ContenderEvent::Lost {
                member: Some(member.clone()),
                led_until,
                reason: LostReason::LeaseLapsed,
            };
            let line = contender(&event).map(|line| line.fields);
            Value::from(line.unwrap_or_default())
        };
        let led = lost(Some(Time::from_nanos(9)));
        assert_eq!(led["token"], "7");
        assert_eq!(led["lease_end_boottime_ns"], 9);
        assert_eq!(led["reason"], "lease_lapsed");
        assert_eq!(
            led["member"],
            json!({"path": "/g/l_0000000001", "label": "l", "sequence": 1})
        );
        let never = lost(None);
        assert_eq!(never.get("token"), None);
        assert_eq!(never["lease_end_boottime_ns"], 0);
    }
}
