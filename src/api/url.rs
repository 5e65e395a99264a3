//! The URL of a group: `zk://[user:password@]host[:port][,host[:port]…]/path`.

mod file;
mod memory;
mod mistakes;
mod servers;

use super::checks::invalid;
use crate::core::{Error, Host, Secret};
use crate::proto::path;
use mistakes::{AS_WRITTEN, Fault};
use std::fmt;
use std::str::FromStr;

/// A longer text cannot be meant as a URL.
const URL_BYTES_MAX: usize = 16 << 10;

/// A URL that says where a group is.
///
/// Credentials, servers and path are split as in Apache Mesos: the path begins at the first `/`
/// after the scheme, and the text before it is split at the *last* `@`; nothing is percent-decoded.
/// So a password may hold `@` but not `/`. Up to two trailing `/` of the path are dropped. Beyond
/// Mesos, servers are checked, the default port is 2181, and IPv6 addresses are in brackets.
///
/// A text that is surely a mistake, and that Mesos would read as the URL of another group, is refused
/// with the corrected form: a path that names servers again (`zk://h1/app,h2/app`), or holds `?`, `#`,
/// `%` with two hexadecimal digits, a backslash, a blank or a second URL, and credentials that are
/// repeated for each server or percent-encoded. ZooKeeper allows most of these in the name of a znode: a
/// path that begins with `/./` is meant as it is written, as in `zk://h/./app?x` for the znode
/// `/app?x`. It begins at the last `/./`, so there the password may hold `/`.
///
/// - `zk://…` names servers;
/// - `memory://name/path` names a server inside this process, for trials and for tests. It is a
///   ZooKeeper; `memory://name?server=keeper/path` names a server that speaks the same protocol and
///   keeps other promises: `keeper` is ClickHouse Keeper, `old-keeper` one without `create2`,
///   `raftkeeper` is RaftKeeper, `zookeeper` the default. The option is a part of the name: the
///   same name with another kind is another server;
/// - `host:port` *is* the leader, as for a standalone detector of Mesos: there is no group, no
///   server and no session, no client can contend, and a detector reports that address for ever. The
///   port is required, so that a typing error is not taken for a host;
/// - `file:///path` names a file, of at most 16 KiB, that holds one of the above.
///
/// `Display` and `Debug` never show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    place: Place,
    credentials: Option<Secret>,
    path: String,
    /// Whether the text is a URL only because its path begins with `/./`.
    as_written: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Place {
    Servers(Vec<Host>),
    /// The name, with the kind of the server where it is not ZooKeeper.
    Memory(String),
    /// This is the leader; the path is its text.
    Standalone(Host),
}

impl Url {
    /// Parses a URL.
    ///
    /// # Errors
    /// `InvalidInput` with a message that says what is wrong and what is expected, and does not repeat
    /// the text of a URL that may hold credentials.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        match text.strip_prefix("file://") {
            Some(name) => file::read(name, URL_BYTES_MAX, Self::parse_place),
            None => Self::parse_place(text),
        }
    }

    fn parse_place(text: &str) -> Result<Self, Error> {
        if text.len() > URL_BYTES_MAX {
            return Err(invalid(format!(
                "the URL has {} bytes; at most {URL_BYTES_MAX} are accepted",
                text.len()
            )));
        }
        let shown = |text: &str| Self::read(text).ok().map(|url| url.to_string());
        Self::read(text).map_err(|fault| invalid(fault.message(text, shown)))
    }

    fn read(text: &str) -> Result<Self, Fault> {
        if let Some(rest) = text.strip_prefix("memory://") {
            let Split {
                authority: name,
                path,
                meant,
            } = split_path(rest)?;
            let as_written = check_path(None, &path, meant)?;
            return Ok(Self {
                place: Place::Memory(memory::parse_name(name)?),
                credentials: None,
                path,
                as_written,
            });
        }
        let Some(rest) = text.strip_prefix("zk://") else {
            return Self::parse_standalone(text);
        };
        let secretive = rest.contains('@');
        let Split {
            authority,
            path,
            meant,
        } = split_path(rest)?;
        let (credentials, servers) = match authority.rsplit_once('@') {
            Some((credentials, servers)) => (Some(credentials), servers),
            None => (None, authority),
        };
        if credentials.is_some_and(|text| !text.contains(':')) {
            return Err(invalid("the credentials in front of '@' must be user:password").into());
        }
        let mut as_written = credentials.is_some_and(|text| text.contains('/'));
        match credentials.and_then(mistakes::in_credentials) {
            Some(fault) if !meant => return Err(fault),
            fault => as_written |= fault.is_some(),
        }
        as_written |= check_path(Some(authority), &path, meant)?;
        let servers = servers::parse_list(servers, secretive)?;
        Ok(Self {
            place: Place::Servers(servers),
            credentials: credentials.map(Secret::new),
            path,
            as_written,
        })
    }

    /// A text without a scheme is an address or a mistake. The error repeats none of it: it may hold a
    /// password.
    fn parse_standalone(text: &str) -> Result<Self, Fault> {
        if !text.contains(':') || text.contains(['/', '@', ',']) {
            return Err(invalid(
                "expecting 'zk://' at the beginning of the URL, \
                 as in zk://host1:2181,host2:2181/path (or memory://name/path, or file:///path, \
                 or the host:port of a standalone leader)",
            )
            .into());
        }
        let host = servers::parse_address(text).map_err(|why| {
            invalid(format!(
                "a URL without a scheme is the host:port of a standalone leader, and this one {why}; \
                 a group's URL begins with 'zk://', as in zk://host1:2181,host2:2181/path"
            ))
        })?;
        Ok(Self {
            path: host.to_string(),
            place: Place::Standalone(host),
            credentials: None,
            as_written: false,
        })
    }

    /// The path of the group; for a standalone leader, its address `host:port`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The leader, if the URL is a bare `host:port`: the leader itself.
    pub fn standalone(&self) -> Option<&Host> {
        match &self.place {
            Place::Standalone(host) => Some(host),
            Place::Servers(_) | Place::Memory(_) => None,
        }
    }

    /// The servers of a `zk://` URL, in the order of the URL; none for `memory://` and for a standalone
    /// leader.
    pub fn servers(&self) -> &[Host] {
        match &self.place {
            Place::Servers(servers) => servers,
            Place::Memory(_) | Place::Standalone(_) => &[],
        }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) fn credentials(&self) -> Option<&Secret> {
        self.credentials.as_ref()
    }
}

impl FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            // The path says it all.
            Place::Standalone(_) => {}
            Place::Memory(name) => write!(f, "memory://{name}")?,
            Place::Servers(servers) => {
                f.write_str("zk://")?;
                if self.credentials.is_some() {
                    f.write_str("…@")?;
                }
                for (at, server) in servers.iter().enumerate() {
                    write!(f, "{}{server}", if at == 0 { "" } else { "," })?;
                }
            }
        }
        if self.as_written {
            f.write_str("/.")?;
        }
        f.write_str(&self.path)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// The text behind the scheme, in two.
struct Split<'a> {
    authority: &'a str,
    path: String,
    /// Whether the path is meant as it is written.
    meant: bool,
}

/// Splits at the first `/`, or at `/./`.
fn split_path(rest: &str) -> Result<Split<'_>, Fault> {
    let (authority, path, meant) = match (rest.rfind(AS_WRITTEN), rest.find('/')) {
        (Some(at), _) => (&rest[..at], &rest[at + 2..], true),
        (None, Some(at)) => (&rest[..at], &rest[at..], false),
        (None, None) => {
            return Err(invalid(
                "the URL names no path; a group needs one, as in zk://host:2181/path",
            )
            .into());
        }
    };
    let once = path.strip_suffix('/').unwrap_or(path);
    let path = once.strip_suffix('/').unwrap_or(once);
    if path.is_empty() || path == "/" {
        return Err(invalid(
            "the path '/' cannot be a group's; name one, as in zk://host:2181/path",
        )
        .into());
    }
    Ok(Split {
        authority,
        path: path.to_owned(),
        meant,
    })
}

/// Whether the path is one only because it is meant as it is written.
fn check_path(authority: Option<&str>, path: &str, meant: bool) -> Result<bool, Fault> {
    let fault = mistakes::in_path(authority, path);
    let as_written = fault.is_some();
    match fault {
        Some(fault) if !meant => return Err(fault),
        _ => {}
    }
    path::validate(path).map_err(|why| {
        // A '/' in a password makes a path of it.
        if path.contains('@') {
            invalid(
                "the text after the first '/' is not a path, and it contains an '@': give one URL; unless \
                 its password contains no '/', begin the path with /./",
            )
        } else {
            invalid(why)
        }
    })?;
    Ok(as_written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ErrorKind;
    use proptest::prelude::*;

    fn hosts(text: &str) -> Vec<String> {
        let url = Url::parse(text).unwrap();
        url.servers().iter().map(Host::to_string).collect()
    }

    fn refusal(text: &str) -> String {
        let error = Url::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        error.message().to_owned()
    }

    #[test]
    fn mesos_urls_are_read_as_mesos_reads_them() {
        let url = Url::parse(" zk://jake:1@h1:1,h2:2/path/to/znode\n").unwrap();
        assert_eq!(url.path(), "/path/to/znode");
        assert_eq!(url.credentials(), Some(&Secret::new("jake:1")));
        assert_eq!(hosts("zk://jake:1@h1:1,h2:2/m"), ["h1:1", "h2:2"]);
        let at = Url::parse("zk://u:p@ss@h/m").unwrap();
        assert_eq!(at.credentials(), Some(&Secret::new("u:p@ss")));
        assert_eq!(Url::parse("zk://h/m/").unwrap().path(), "/m");
        assert_eq!(Url::parse("zk://h/m//").unwrap().path(), "/m");
    }

    #[test]
    fn ports_and_addresses() {
        assert_eq!(
            hosts("zk://h,[::1]:7,[fe80::2],10.0.0.1/m"),
            ["h:2181", "[::1]:7", "[fe80::2]:2181", "10.0.0.1:2181"]
        );
    }

    #[test]
    fn a_server_in_this_process_has_a_kind() {
        let name = |text: &str| match Url::parse(text).unwrap().place {
            Place::Memory(name) => name,
            other => panic!("{:?}", matches!(other, Place::Servers(_))),
        };
        assert_eq!(name("memory://m/a"), "m");
        assert_eq!(name("memory://m?server=zookeeper/a"), "m");
        assert_eq!(name("memory://m?server=keeper/a"), "m?server=keeper");
        for kind in ["keeper", "old-keeper", "raftkeeper"] {
            let text = format!("memory://m?server={kind}/a/b");
            let url = Url::parse(&text).unwrap();
            assert_eq!((url.to_string(), url.path()), (text, "/a/b"));
        }
        let url = Url::parse("memory://m?server=keeper/./a?b").unwrap();
        assert_eq!(Url::parse(&url.to_string()).unwrap(), url);
    }

    #[test]
    fn what_cannot_work_is_refused_with_the_reason() {
        for (text, word) in [
            ("", "zk://"),
            ("ZK://h/m", "zk://"),
            ("http://h/m", "zk://"),
            ("zk://h", "path"),
            ("zk://u:p@h", "names no path"),
            ("zk://u:p/p@h//x", "contained '/'"),
            ("zk://h/", "path"),
            ("zk://h//", "path"),
            ("zk://h///", "'/' cannot be a group's"),
            ("zk:///m", "host name"),
            ("zk://h,/m", "host name"),
            ("zk://h:/m", "port"),
            ("zk://h:0/m", "port"),
            ("zk://h:65536/m", "port"),
            ("zk://h:x/m", "port"),
            ("zk://::1/m", "brackets"),
            ("zk://[::1/m", "]"),
            ("zk://h o/m", "host name"),
            ("zk://h/a/../b", "'..'"),
            ("zk://h/a//b", "//"),
            ("zk://h/a\0", "allow"),
            ("zk://h/m///", "end with"),
            ("zk://u@h/m", "user:password"),
            ("memory://", "path"),
            ("memory:///m", "name"),
            ("h", "zk://"),
            ("http", "zk://"),
            ("zk:/h:1/m", "zk://"),
            ("h1:1,h2:2", "zk://"),
            ("h:1/m", "zk://"),
            ("zk:", "port"),
            ("h:", "port"),
            ("h:0", "port"),
            ("h:65536", "port"),
            ("h:x", "port"),
            (":1", "host name"),
            ("h o:1", "host name"),
            ("::1", "brackets"),
            ("[::1]", "has no port"),
            ("[h]:1", "IPv6"),
            ("file:///nowhere/at/all", "cannot read"),
            ("file:///", "cannot read"),
        ] {
            let message = refusal(text).replace("\"..\"", "'..'");
            assert!(message.contains(word), "{text}: {message}");
        }
        let long = format!("zk://h/{}", "x".repeat(100_000));
        assert!(refusal(&long).contains("bytes"));
        let many = format!("zk://{}/m", vec!["h"; 100].join(","));
        assert!(refusal(&many).contains("servers"));
    }

    #[test]
    fn an_address_is_a_leader() {
        for (text, shown) in [
            ("10.0.0.1:5050", "10.0.0.1:5050"),
            (" [::1]:80\n", "[::1]:80"),
            ("zk:2181", "zk:2181"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(url.standalone().unwrap().to_string(), shown);
            assert_eq!((url.path(), url.to_string().as_str()), (shown, shown));
            assert_eq!((url.servers(), url.credentials()), (&[][..], None));
        }
        assert_eq!(Url::parse("zk://h:1/m").unwrap().standalone(), None);
    }

    #[test]
    fn passwords_are_never_repeated() {
        for text in [
            "zk://u:sesame@h/m",
            "zk://u:sesame@h:x/m",
            "zk://u:ses/ame@h/m",
            "zk://u:sesame@h",
            "zk://u:sesame/@h//x",
            "zk://sesame@h/m",
            "zk://h/g,zk://u:sesame@h/g",
            "zk://u:p@h/g\nzk://u:sesame@h/g",
            "memory://m/g\nzk://u:sesame@h/g",
            "u:sesame",
            "u:sesame@h:1",
            "sesame",
            "file://zk://u:sesame@h/m",
            "zk://u:s\"esame@h/a/../b",
        ] {
            let shown = match Url::parse(text) {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(
                !shown.contains("esame") && !shown.contains("ame@"),
                "{shown}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC*") {
            let _ = Url::parse(&text);
            let _ = Url::parse(&format!("zk://{text}"));
        }

        #[test]
        fn what_is_shown_reads_back(
            names in prop::collection::vec("[a-z][a-z0-9.-]{0,20}", 1..5),
            port in 1u16..,
            path in "(/[a-z0-9_.-]{1,8}x){1,4}",
        ) {
            let servers: Vec<String> = names.iter().map(|n| format!("{n}:{port}")).collect();
            let text = format!("zk://{}{path}", servers.join(","));
            prop_assert_eq!(Url::parse(&text).unwrap().to_string(), text);
        }
    }
}
