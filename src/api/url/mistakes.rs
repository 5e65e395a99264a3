//! Texts that could be read as a URL and are surely a mistake: read, they would silently name another
//! group. A path that begins with `/./` is meant as it is written; ZooKeeper allows no such element, so
//! it is never part of a name.

use super::servers;
use crate::driver::MEMORY_SERVER;
use std::fmt::Write;

/// Begins a path that is meant as it is written.
pub(super) const AS_WRITTEN: &str = "/./";

/// A text that is no URL.
pub(super) struct Fault {
    why: String,
    /// Whether the text is a URL if its path begins with `/./`.
    guessed: bool,
}

impl From<crate::core::Error> for Fault {
    fn from(error: crate::core::Error) -> Self {
        Self {
            why: error.message().to_owned(),
            guessed: false,
        }
    }
}

impl Fault {
    fn guessed(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            guessed: true,
        }
    }

    /// The sentence for people: the fault of `text`, its corrected form, and the way out for a text that
    /// was meant. No part of it is from the text before the last `@`, which may be a password.
    /// `read` reads a text and shows it as a URL.
    pub(super) fn message(&self, text: &str, read: impl FnOnce(&str) -> Option<String>) -> String {
        let mut message = self.why.clone();
        if let Some(url) = mended(text).and_then(|text| read(&text)) {
            let _ = write!(message, "; did you mean {url}?");
        }
        if self.guessed {
            let end = if message.ends_with('?') { "" } else { "." };
            let _ = write!(
                message,
                "{end} If the text is meant as it is written, begin the path with /./, \
                 as in zk://host:2181/./path"
            );
        }
        message
    }
}

/// The fault of a path of a `zk://` or `memory://` URL. `authority` is the text in front of it; none for
/// `memory://`, which has no servers.
pub(super) fn in_path(authority: Option<&str>, path: &str) -> Option<Fault> {
    let split = authority.is_some_and(|text| text.ends_with(':')) && path.starts_with("//");
    if split || path.contains("://") {
        return Some(Fault::guessed(
            "the URL holds a second one; give one URL, with all servers in front of the path",
        ));
    }
    if let Some(authority) = authority {
        if has_slash_of_password(path) {
            let why = "the text after the first '/' holds '@' and a server, as if a password contained '/'; \
                       if it does, or if the path is meant, begin the path with /./, \
                       as in zk://user:pass/word@host:2181/./path";
            return Some(Fault {
                why: why.to_owned(),
                guessed: false,
            });
        }
        if names_servers(path) || begins_with_server(authority, path) {
            return Some(Fault::guessed("the path names servers again"));
        }
    }
    if let Some(mark) = path.chars().find(|c| matches!(c, '?' | '#')) {
        return Some(Fault::guessed(format!(
            "the path holds {mark:?}: the URL of a group has no query and no fragment"
        )));
    }
    if escapes(path).next().is_some() {
        return Some(Fault::guessed(
            "the path holds a percent-encoded character, and nothing is decoded",
        ));
    }
    if path.contains('\\') {
        return Some(Fault::guessed(
            "the path holds a backslash; '/' separates znodes",
        ));
    }
    // Control characters are never allowed in a path.
    let blank = path.chars().find(|c| is_blank(*c) && !c.is_control())?;
    Some(Fault::guessed(format!(
        "the path holds a blank or invisible character (U+{:04X})",
        u32::from(blank)
    )))
}

/// The fault of credentials: the text in front of the last `@`. The message repeats none of it.
pub(super) fn in_credentials(text: &str) -> Option<Fault> {
    let of_first = text.split_once('@').map(|(first, _)| first);
    let repeated = text.match_indices(',').any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let server = before.rsplit_once('@').map(|(_, server)| server);
        server.is_some_and(|server| servers::parse_address(server).is_ok())
            || of_first.is_some_and(|first| after.split('@').next() == Some(first))
    });
    if repeated {
        return Some(Fault::guessed(
            "the URL gives user and password for each server; give them once, in front of the first one",
        ));
    }
    let reserved = |byte: u8| b"@/:%?#[],\\ ".contains(&byte);
    if escapes(text).any(|(_, byte)| reserved(byte)) {
        return Some(Fault::guessed(
            "the user or the password holds a percent-encoded character, and nothing is decoded: write it \
             as it is ('@' is allowed; for a '/' begin the path with /./)",
        ));
    }
    None
}

/// Whether `user:pass/word@host/path` was split at the slash of the password.
fn has_slash_of_password(path: &str) -> bool {
    let Some((_, after)) = path.rsplit_once('@') else {
        return false;
    };
    let (list, path) = match after.split_once('/') {
        Some((list, path)) => (list, Some(path)),
        None => (after, None),
    };
    (path.is_some() || list.contains([':', ','])) && servers::parse_list(list, true).is_ok()
}

/// Whether a comma or another separator is followed by what looks like `host[:port]`, or by nothing.
fn names_servers(path: &str) -> bool {
    path.match_indices([',', ';', '|']).any(|(at, mark)| {
        let part = path[at + 1..].trim_start_matches(is_blank);
        let part = part.split(['/', ',', ';', '|', '?', '#']).next();
        match part.unwrap_or_default() {
            "" => mark == ",",
            part => {
                let name = part.split(':').next().unwrap_or_default().trim_end();
                let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                part.starts_with('[') || part.contains('@') || name.chars().all(plain)
            }
        }
    })
}

/// Whether a slash stands for a comma: `h1:2181/h2:2181/path`.
fn begins_with_server(authority: &str, path: &str) -> bool {
    let Some((first, _)) = path[1..].split_once('/') else {
        return false;
    };
    let (_, list) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (Ok(first), Ok(list)) = (
        servers::parse_address(first),
        servers::parse_list(list, true),
    ) else {
        return false;
    };
    list.iter().any(|server| server.port == first.port)
}

/// Blank, or of no width: people do not see it in a text.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{180e}' | '\u{feff}')
}

/// The places of `%XX`, and the bytes that they stand for.
fn escapes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    text.match_indices('%').filter_map(|(at, _)| {
        let digits = text.get(at + 1..at + 3)?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok()?;
        is_hex.then_some((at, byte))
    })
}

/// The URL that was probably meant, if it is one. Only its credentials are from the text before the last
/// `@`.
fn mended(text: &str) -> Option<String> {
    let quotes = |c: char| is_blank(c) || "\"'`<>".contains(c);
    let text = text.trim_matches(quotes);
    let (scheme, rest) = split_scheme(text);
    match scheme.to_ascii_lowercase().as_str() {
        // Another file would have to be read.
        "file" => None,
        // A password has no place in it, but may be in it.
        "memory" | "mem" if rest.contains('@') => None,
        "memory" | "mem" => {
            let (name, path) = rest.trim_start_matches(['/', '\\']).split_once('/')?;
            let (path, kind) = match path.split_once(MEMORY_SERVER) {
                Some((path, kind)) => (path, format!("{MEMORY_SERVER}{kind}")),
                None => (path, String::new()),
            };
            Some(format!("memory://{name}{kind}/{}", plain(path)))
        }
        _ => mended_servers(rest),
    }
}

/// The scheme, or nothing, and the text after it.
fn split_scheme(text: &str) -> (&str, &str) {
    let is_word = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
        !text.is_empty() && text.chars().all(plain)
    };
    for mark in ["://", ":\\\\"] {
        if let Some((scheme, rest)) = text.split_once(mark)
            && is_word(scheme)
        {
            return (scheme, rest);
        }
    }
    for scheme in ["zookeeper", "zk", "memory", "file"] {
        let head = text.get(..scheme.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(scheme)) {
            let rest = &text[scheme.len()..];
            if let Some(rest) = rest.strip_prefix([':', '/']) {
                return (scheme, rest);
            }
        }
    }
    ("", text)
}

fn mended_servers(rest: &str) -> Option<String> {
    let rest = without_schemes(rest.trim_start_matches(['/', '\\']));
    let rest = match rest.split_once('@') {
        Some((first, _)) => rest.replace(&format!(",{first}@"), ","),
        None => rest,
    };
    let (credentials, rest) = match rest.rsplit_once('@') {
        Some((credentials, rest)) => (Some(credentials), rest),
        None => (None, rest.as_str()),
    };
    // Several URLs, or one that is meant as it is written.
    let several =
        |text: &str| text.contains(is_blank) || (text.contains('/') && text.contains(','));
    if credentials.is_some_and(several) || rest.contains(AS_WRITTEN) {
        return None;
    }
    let mut list: Vec<&str> = Vec::new();
    let mut path: Option<&str> = None;
    let rest = plain(rest).replace([';', '|'], ",");
    for part in rest.split(',').filter(|part| !part.is_empty()) {
        let (server, of_part) = part.split_at(part.find('/').unwrap_or(part.len()));
        list.extend(Some(server).filter(|server| !server.is_empty()));
        let of_part = of_part.trim_end_matches('/');
        match path {
            _ if of_part.is_empty() => {}
            Some(known) if known != of_part => return None,
            _ => path = Some(of_part),
        }
    }
    let mut path = path?;
    while begins_with_server(list.first()?, path) {
        let (server, _) = path[1..].split_once('/')?;
        list.push(server);
        path = &path[server.len() + 1..];
    }
    let list: Vec<&str> = list.into_iter().map(with_one_port).collect();
    // A port without a host: `zk:2181/path`.
    if list.iter().any(|server| server.parse::<u32>().is_ok()) {
        return None;
    }
    let mut text = "zk://".to_owned();
    if let Some(credentials) = credentials {
        text += credentials;
        text += "@";
    }
    text += &list.join(",");
    if credentials.is_some_and(|credentials| credentials.contains('/')) {
        text += "/.";
    }
    Some(text + path)
}

/// Takes the schemes out of a list of URLs.
fn without_schemes(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(at) = text.find("://") {
        let plain = |c: char| c.is_ascii_alphanumeric();
        let start = text[..at].trim_end_matches(plain).len();
        text.replace_range(start..at + 3, "");
    }
    text
}

/// `text` without a query, a fragment, encoded and blank characters, and with `/` for a backslash.
fn plain(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for (at, byte) in escapes(text) {
        if byte.is_ascii_graphic() && at >= from {
            plain += &text[from..at];
            plain.push(char::from(byte));
            from = at + 3;
        }
    }
    plain += &text[from..];
    // A space between two words is left: it may stand for anything.
    plain.retain(|c| c == ' ' || !is_blank(c));
    let mut plain = plain.replace('\\', "/");
    for (twice, once) in [
        ("//", "/"),
        (" ,", ","),
        (", ", ","),
        (" /", "/"),
        ("/ ", "/"),
    ] {
        while plain.contains(twice) {
            plain = plain.replace(twice, once);
        }
    }
    plain.trim_matches(' ').to_owned()
}

/// `host:port` for `host:port:port`, and `host` for `host:`.
fn with_one_port(server: &str) -> &str {
    match server.rsplit_once(':') {
        Some((name, "")) => name,
        Some((name, port)) if !name.contains('[') && name.ends_with(&format!(":{port}")) => name,
        _ => server,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Url;

    fn refusal(text: &str) -> String {
        match Url::parse(text) {
            Ok(url) => panic!("{text} was read as {url}"),
            Err(error) => error.message().to_owned(),
        }
    }

    /// node-zookeeper-client#25, karafka#59.
    #[test]
    fn f9_a_url_that_is_surely_a_mistake_is_refused_with_the_corrected_form() {
        let two = "zk://h1:2181,h2:2181/app";
        let one = "zk://h1:2181/app";
        for (text, word, meant) in [
            ("zk://h1:2181/app,h2:2181/app", "names servers", two),
            ("zk://h1:2181/app,h2:2181", "names servers", two),
            ("zk://h1/app,h2/app", "names servers", two),
            ("zk://h1/app,h2", "names servers", two),
            ("zk://h1:2181/,h2:2181/app", "names servers", two),
            ("zk://h1:2181/app, h2:2181/app", "names servers", two),
            ("zk://h1:2181/app;h2:2181/app", "names servers", two),
            ("zk://h1:2181/h2:2181/app", "names servers", two),
            ("zk://h1:2181/app,", "names servers", one),
            ("zk://h1:2181/app,zk://h2:2181/app", "second one", two),
            ("zk://h1:2181/app?x=y", "no query", one),
            ("zk://h1:2181/app?", "no query", one),
            ("zk://h1:2181/app#x", "no fragment", one),
            ("zk://h1:2181/app/?x=y&z", "no query", one),
            ("zk://h1:2181/%61pp", "percent", one),
            ("zk://h1:2181/%2Fapp", "percent", one),
            ("zk://h1:2181%2Fapp", "no path", one),
            ("zk://h1:2181/app\u{a0}", "U+00A0", one),
            ("zk://h1:2181/app\u{200b}/", "U+200B", one),
            ("zk://h1:2181/a pp", "U+0020", ""),
            ("\u{feff}zk://h1:2181/app", "zk://", one),
            ("zk://h1:2181/app\\sub", "backslash", "zk://h1:2181/app/sub"),
            ("zk://h1:2181\\app", "no path", one),
            ("zk:\\\\h1:2181\\app", "zk://", one),
            ("ZK://h1:2181/app", "zk://", one),
            ("zookeeper://h1:2181/app", "zk://", one),
            ("http://h1:2181/app", "zk://", one),
            ("zk:/h1:2181/app", "zk://", one),
            ("zk:h1:2181/app", "zk://", one),
            ("zk//h1:2181/app", "zk://", one),
            ("zk:2181/app", "zk://", ""),
            ("zk://h1:2181//app", "empty element", one),
            ("zk://h1:2181 , h2:2181 /app ", "port that is not", two),
            ("zk://h1:2181/ app", "U+0020", one),
            ("zk://h1:2181/a\tpp", "does not allow", one),
            ("zk:///h1:2181/app", "host name", one),
            ("//h1:2181/app", "zk://", one),
            ("h1:2181,h2:2181/app", "zk://", two),
            ("'zk://h1:2181/app'", "zk://", one),
            ("zk://zk://h1:2181/app", "second one", one),
            ("zk://h1:2181,zk://h2:2181/app", "second one", two),
            ("zk://h1:2181,,h2:2181/app", "host name", two),
            ("zk://h1:2181,h2:2181,/app", "host name", two),
            ("zk://h1:2181;h2:2181/app", "more than one", two),
            ("zk://h1:2181, h2:2181/app", "host name", two),
            ("zk://h1:2181:2181/app", "more than one ':'", one),
            ("zk://h1:/app", "no port after", one),
            ("zk://h1:0/app", "port", ""),
            ("zk://h1:65536/app", "port", ""),
            ("memory://m/app?x", "no query", "memory://m/app"),
            ("MEMORY://m/app", "zk://", "memory://m/app"),
            (
                "memory://m/app?server=keeper",
                "no query",
                "memory://m?server=keeper/app",
            ),
            ("memory://m/app?server=sesame", "no query", ""),
            ("memory://m?server=keeper", "no path", ""),
            (
                "memory://m?server=sesame/app",
                "one of zookeeper, keeper, old-keeper, raftkeeper",
                "",
            ),
            ("memory://m?serve=keeper/app", "one option, server", ""),
            ("memory://?server=keeper/app", "a name", ""),
            (
                "zk://u:sesame@h1/app,h2",
                "names servers",
                "zk://…@h1:2181,h2:2181/app",
            ),
            (
                "zk://u:sesame@h1,u:sesame@h2/app",
                "once",
                "zk://…@h1:2181,h2:2181/app",
            ),
            ("zk://u:sesame@h1:2181,v:sesame@h2/app", "once", ""),
            (
                "zk://u:sesame@h1/app,u:sesame@h2/app",
                "'@'",
                "zk://…@h1:2181,h2:2181/app",
            ),
            (
                "zk://u:sesame@h1/app,u:sesame@h2",
                "servers",
                "zk://…@h1:2181,h2:2181/app",
            ),
            (
                "zk://u:ses/ame@h1/app",
                "contained '/'",
                "zk://…@h1:2181/./app",
            ),
            (
                "zk://u:12/sesame@h1/app",
                "contained '/'",
                "zk://…@h1:2181/./app",
            ),
            ("zk://u:p%40sesame@h1/app", "nothing is decoded", ""),
        ] {
            let message = refusal(text);
            assert!(message.contains(word), "{text}: {message}");
            let expected = format!("did you mean {meant}?");
            let suggests = message.contains("did you mean");
            assert_eq!(suggests, !meant.is_empty(), "{text}: {message}");
            assert!(
                !suggests || message.contains(&expected),
                "{text}: {message}"
            );
            assert!(
                !message.contains("sesame") && !message.contains("ame@"),
                "{message}"
            );
        }
    }

    #[test]
    fn f9_a_text_that_is_meant_is_written_behind_a_dot() {
        for (text, path) in [
            ("zk://h:2181/./app,h2:2181", "/app,h2:2181"),
            ("zk://h:2181/./app?x=y#z", "/app?x=y#z"),
            ("zk://h:2181/./a%2Fb\\c\u{a0}d e", "/a%2Fb\\c\u{a0}d e"),
            ("zk://h:2181/./a@h:1/b/", "/a@h:1/b"),
            ("memory://m/./a?", "/a?"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(url.path(), path);
            assert_eq!(Url::parse(&url.to_string()).unwrap(), url, "{text}");
        }
        // Its password may hold a slash.
        let url = Url::parse("zk://u:p/w@h:1/./app").unwrap();
        assert_eq!(
            url.credentials().unwrap(),
            &crate::core::Secret::new("u:p/w")
        );
        assert_eq!((url.path(), url.servers()[0].port), ("/app", 1));
        assert_eq!(url.to_string(), "zk://…@h:1/./app");
        // Where it is not needed it changes nothing.
        let plain = Url::parse("zk://u:p@h/app").unwrap();
        assert_eq!(Url::parse("zk://u:p@h/./app").unwrap(), plain);
        for text in [
            "zk://h/./",
            "zk://h/././a",
            "zk://h/a/./b",
            "zk://h/./a/../b",
        ] {
            assert!(!refusal(text).is_empty());
        }
    }

    #[test]
    fn f9_a_text_that_may_be_meant_is_read() {
        for text in [
            "zk://h:2181/cn=a,dc=b",
            "zk://h:2181/100%",
            "zk://h:2181/svc@dc1",
            "zk://h1:2181,h2:2181/svc@dc1",
            "zk://h:2181/h2:2181",
            "zk://h:2181/10.0.0.1:80/app",
            "zk://h:2181/a&b=c",
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Url::parse("zk://h/app//").unwrap().path(), "/app");
        assert!(Url::parse("zk://u:p@a,b@h/app").is_ok());
        assert!(Url::parse("zk://u:50%@h/app").is_ok());
    }
}
