//! Writes JSON as Mesos does: its objects are ordered maps, and its writer is rapidjson's.

use super::super::{Address, Capability, Domain, FaultDomain, MasterInfo, Place, Unknown};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Key → the text of its value, in the order of the keys' bytes.
struct Object<'a>(BTreeMap<&'a str, String>);

impl<'a> Object<'a> {
    fn new(unknown: &'a Unknown) -> Self {
        let members = unknown.json();
        Self(members.map(|(key, text)| (key, text.to_owned())).collect())
    }

    fn with(mut self, key: &'static str, text: Option<String>) -> Self {
        if let Some(text) = text {
            self.0.insert(key, text);
        }
        self
    }

    fn with_string(self, key: &'static str, value: &Option<String>) -> Self {
        self.with(key, value.as_deref().map(quoted))
    }

    fn text(self) -> String {
        let members = self.0.into_iter();
        let members: Vec<String> = members
            .map(|(key, text)| format!("{}:{text}", quoted(key)))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

pub(in super::super) fn write(info: &MasterInfo) -> String {
    let capabilities: Vec<String> = info.capabilities.iter().map(capability).collect();
    let capabilities = (!capabilities.is_empty()).then(|| format!("[{}]", capabilities.join(",")));
    Object::new(&info.unknown)
        .with("address", info.address.as_ref().map(address))
        .with("capabilities", capabilities)
        .with("domain", info.domain.as_ref().map(domain))
        .with_string("hostname", &info.hostname)
        .with("id", Some(quoted(&info.id)))
        .with("ip", Some(info.ip.to_string()))
        .with_string("pid", &info.pid)
        .with("port", Some(info.port.to_string()))
        .with_string("version", &info.version)
        .text()
}

fn address(address: &Address) -> String {
    Object::new(&address.unknown)
        .with_string("hostname", &address.hostname)
        .with_string("ip", &address.ip)
        .with("port", Some(address.port.to_string()))
        .text()
}

fn domain(domain: &Domain) -> String {
    Object::new(&domain.unknown)
        .with(
            "fault_domain",
            domain.fault_domain.as_ref().map(fault_domain),
        )
        .text()
}

fn fault_domain(domain: &FaultDomain) -> String {
    Object::new(&domain.unknown)
        .with("region", Some(place(&domain.region)))
        .with("zone", Some(place(&domain.zone)))
        .text()
}

fn place(place: &Place) -> String {
    Object::new(&place.unknown)
        .with("name", Some(quoted(&place.name)))
        .text()
}

fn capability(capability: &Capability) -> String {
    Object::new(&capability.unknown)
        .with("type", capability.kind.map(|kind| quoted(kind.name())))
        .text()
}

/// A string with rapidjson's escapes: `/` and everything from U+0020 on stay as they are, except `"`
/// and `\`; hexadecimal digits are capitals, where most other writers have small letters.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..' ' => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
