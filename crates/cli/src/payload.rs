//! The payload of a member, for people and for programs. That of a Mesos master is shown readably.

use crate::lines::plain;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::fmt::Write;
use tenure_mesos::info::{self, CapabilityKind, MasterInfo};

/// How many characters of a payload, or of a field of it, the text shows.
const SHOWN_CHARS_MAX: usize = 200;

/// What a payload is to Mesos, if it is for Mesos at all; or why it cannot be read. A label of Mesos
/// makes it so; without a label it may be anything, and is a master's if it can be read as one.
fn master(label: Option<&str>, data: &[u8]) -> Option<Result<MasterInfo, String>> {
    if !label.is_none_or(info::is_label) {
        return None;
    }
    match info::decode(label, data) {
        Ok(master) => Some(Ok(master)),
        Err(_) if label.is_none() => None,
        Err(error) => Some(Err(error.message().to_owned())),
    }
}

/// Adds the keys of a payload.
pub(crate) fn add(fields: &mut Map<String, Value>, label: Option<&str>, data: &[u8]) {
    let (key, value) = match std::str::from_utf8(data) {
        Ok(text) => ("data", text.to_owned()),
        Err(_) => ("data_base64", STANDARD.encode(data)),
    };
    fields.insert(key.to_owned(), value.into());
    match master(label, data) {
        Some(Ok(master)) => drop(fields.insert("master".to_owned(), object(&master))),
        Some(Err(reason)) => drop(fields.insert("master_error".to_owned(), reason.into())),
        None => {}
    }
}

fn object(master: &MasterInfo) -> Value {
    let kinds = master.capabilities.iter().filter_map(|found| found.kind);
    let capabilities: Vec<&str> = kinds.map(CapabilityKind::name).collect();
    let domain = master.domain.as_ref();
    let place = domain.and_then(|domain| domain.fault_domain.as_ref());
    let all: [(&str, Option<Value>); 9] = [
        ("host", Some(master.host().into())),
        ("port", Some(master.tcp_port().into())),
        ("id", Some(master.id.as_str().into())),
        ("ip", Some(master.ipv4().to_string().into())),
        ("pid", master.pid.as_deref().map(Value::from)),
        ("version", master.version.as_deref().map(Value::from)),
        ("capabilities", Some(capabilities.into())),
        (
            "region",
            place.map(|place| place.region.name.as_str().into()),
        ),
        ("zone", place.map(|place| place.zone.name.as_str().into())),
    ];
    let set = all.into_iter();
    let set = set.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(set.collect())
}

/// A payload for the text.
pub(crate) fn shown(label: Option<&str>, data: &[u8]) -> String {
    match master(label, data) {
        Some(Ok(master)) => shown_master(&master),
        Some(Err(reason)) => format!("{}  ({})", raw(data), plain(&reason)),
        None => raw(data),
    }
}

fn shown_master(master: &MasterInfo) -> String {
    let host = shortened(&master.host());
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host,
    };
    let (port, id) = (master.tcp_port(), shortened(&master.id));
    let mut text = format!("Mesos master {host}:{port}, id {id}");
    if let Some(version) = &master.version {
        // Writing to a string cannot fail.
        let _ = write!(text, ", version {}", shortened(version));
    }
    text
}

fn raw(data: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(data) else {
        return format!("({} bytes, not text)", data.len());
    };
    let shown = shortened(text);
    match text.chars().nth(SHOWN_CHARS_MAX) {
        Some(_) => format!("{shown} ({} bytes)", data.len()),
        None => shown,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", plain(text.get(..end).unwrap_or_default())),
        None => plain(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_cannot_steer_a_terminal() {
        assert_eq!(shown(Some("x"), b"a\x1b[2J\nb"), "a\\u{1b}[2J\\nb");
        assert_eq!(shown(None, &[0xff, 0]), "(2 bytes, not text)");
        let long = "ü".repeat(300);
        assert_eq!(
            shown(None, long.as_bytes()),
            format!("{}… (600 bytes)", "ü".repeat(200))
        );
        let master = "{\"hostname\":\"a\\u001b[2J\\u202e\",\"id\":\"\\n\",\"ip\":1,\"port\":2}";
        assert_eq!(
            shown(Some("json.info"), master.as_bytes()),
            "Mesos master a\\u{1b}[2J\\u{202e}:2, id \\n"
        );
        let broken = b"{\"id\":7,\"\x1b\":1}";
        assert!(!shown(Some("json.info"), broken).contains(char::is_control));
        let long = format!(r#"{{"id":"{}","ip":1,"port":2}}"#, "x".repeat(300));
        let text = shown(Some("json.info"), long.as_bytes());
        assert_eq!(
            text,
            format!("Mesos master 1.0.0.0:2, id {}…", "x".repeat(200))
        );
    }

    #[test]
    fn an_address_of_version_6_stands_in_brackets() {
        let text = br#"{"address":{"ip":"fe80::1","port":5050},"id":"i","ip":0,"port":5050}"#;
        assert_eq!(
            shown(Some("json.info"), text),
            "Mesos master [fe80::1]:5050, id i"
        );
    }
}
