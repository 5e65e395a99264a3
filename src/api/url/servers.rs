//! The servers in a URL: `host:port`, IPv6 addresses in brackets.

use super::super::checks::invalid;
use crate::core::{Error, Host};
use std::net::Ipv6Addr;

/// ZooKeeper's client port.
const DEFAULT_PORT: u16 = 2181;
/// More servers than any ensemble has.
const SERVERS_MAX: usize = 64;

/// Reads `host[:port][,host[:port]…]`. `secretive` if the text may hold credentials.
pub(super) fn parse_list(text: &str, secretive: bool) -> Result<Vec<Host>, Error> {
    let servers: Vec<&str> = text.split(',').collect();
    if servers.len() > SERVERS_MAX {
        return Err(invalid(format!(
            "the URL names {} servers; at most {SERVERS_MAX} are accepted",
            servers.len()
        )));
    }
    let read = |server: &&str| {
        parse_server(server).map_err(|why| {
            // A misplaced '@' or '/' can make a password look like a server.
            if secretive {
                invalid(format!("a server in the URL {why}"))
            } else {
                invalid(format!("the server {server:?} in the URL {why}"))
            }
        })
    };
    servers.iter().map(read).collect()
}

/// Reads `host:port`; the error names the fault, and repeats none of the text.
pub(super) fn parse_address(text: &str) -> Result<Host, String> {
    let (name, port) = split(text)?;
    let Some(port) = port else {
        return Err("has no port".into());
    };
    host(name, Some(port))
}

fn parse_server(text: &str) -> Result<Host, String> {
    let (name, port) = split(text)?;
    host(name, port)
}

/// Name and port, as they are written.
fn split(text: &str) -> Result<(&str, Option<&str>), String> {
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or("has no closing ']'")?;
        address
            .parse::<Ipv6Addr>()
            .map_err(|_| "is not an IPv6 address in brackets")?;
        let port = match port {
            "" => None,
            port => Some(port.strip_prefix(':').ok_or("has text after its ']'")?),
        };
        (address, port)
    } else {
        match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        }
    };
    if port.is_some_and(|port| port.contains(':')) {
        if text.parse::<Ipv6Addr>().is_err() {
            return Err(
                "has more than one ':'; only an IPv6 address has, in brackets, as in [::1]:2181"
                    .into(),
            );
        }
        return Err("looks like an IPv6 address; write it in brackets, as in [::1]:2181".into());
    }
    Ok((name, port))
}

fn host(name: &str, port: Option<&str>) -> Result<Host, String> {
    if name.is_empty() {
        return Err("has no host name".into());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
    if name.len() > 255 || !name.chars().all(plain) {
        return Err("is not a host name or an address".into());
    }
    let port = match port {
        None => DEFAULT_PORT,
        Some("") => return Err("has no port after its ':'".into()),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or("has a port outside 1 to 65535")?,
        Some(_) => return Err("has a port that is not a number".into()),
    };
    Ok(Host {
        name: name.to_owned(),
        port,
    })
}
