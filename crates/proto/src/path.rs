//! Znode paths and the names of members.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The longest path that is accepted, in bytes: far above any real one, far below a frame.
pub const PATH_BYTES_MAX: usize = 4096;

/// Checks a path by ZooKeeper's rules and its length.
///
/// # Errors
/// A sentence that names the fault of the path.
pub fn validate(path: &str) -> Result<(), String> {
    if path.len() > PATH_BYTES_MAX {
        let shown: String = path.chars().take(80).collect();
        return Err(format!(
            "the path {shown:?} has {} bytes; at most {PATH_BYTES_MAX} are accepted",
            path.len()
        ));
    }
    validate_of_any_length(path)
}

/// Checks a path by ZooKeeper's rules (`PathUtils.validatePath`), which have no limit of length:
/// absolute, no trailing `/` except the root, no empty, `.` or `..` element, no control or
/// private-use character.
///
/// # Errors
/// A sentence that names the fault of the path.
pub fn validate_of_any_length(path: &str) -> Result<(), String> {
    let shown: String = path.chars().take(80).collect();
    let fail = |why: &str| Err(format!("the path {shown:?} {why}"));
    if !path.starts_with('/') {
        return fail("must start with '/'");
    }
    if path == "/" {
        return Ok(());
    }
    if path.ends_with('/') {
        return fail("must not end with '/'");
    }
    if let Some(bad) = path.chars().find(|c| is_forbidden(*c)) {
        return fail(&format!(
            "holds {bad:?}, which ZooKeeper does not allow in a path"
        ));
    }
    for element in path.split('/').skip(1) {
        match element {
            "" => return fail("holds an empty element ('//')"),
            "." | ".." => return fail(&format!("holds the element {element:?}")),
            _ => {}
        }
    }
    Ok(())
}

/// ZooKeeper checks UTF-16 units, so it refuses characters beyond the basic plane as surrogates.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..)
}

/// Checks a label: the part of a member's name before `_`.
///
/// # Errors
/// A sentence that names the fault of the label.
pub fn validate_label(label: &str) -> Result<(), String> {
    let shown: String = label.chars().take(80).collect();
    if label.is_empty() {
        return Err("the label is empty; leave it out for a member without one".to_owned());
    }
    if label.len() > 255 {
        return Err(format!(
            "the label {shown:?} has {} bytes; at most 255 are accepted",
            label.len()
        ));
    }
    if let Some(bad) = label.chars().find(|c| *c == '/' || is_forbidden(*c)) {
        return Err(format!(
            "the label {shown:?} holds {bad:?}, which is not allowed in a znode's name"
        ));
    }
    Ok(())
}

/// The parent of a path; the root has none.
pub fn parent(path: &str) -> Option<&str> {
    match path.rfind('/') {
        Some(0) if path.len() > 1 => Some("/"),
        Some(0) | None => None,
        Some(at) => Some(&path[..at]),
    }
}

/// `parent` and `name` as one path.
pub fn child(parent: &str, name: &str) -> String {
    if parent == "/" {
        format!("/{name}")
    } else {
        format!("{parent}/{name}")
    }
}

/// The last element of a path.
pub fn basename(path: &str) -> &str {
    path.rfind('/').map_or(path, |at| &path[at + 1..])
}

/// The parts of a member's name: `label_0000000007`, or `0000000007` without a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberName {
    /// The part before the last `_`. Mesos reads the part before the *first* one, so a label that
    /// Mesos is to read should hold no `_`.
    pub label: Option<String>,
    /// The number at the end. ZooKeeper counts a znode's children in an `i32` that wraps, so the
    /// number only suggests an order; `czxid` decides.
    pub sequence: i32,
}

impl MemberName {
    /// Reads the name of a child, or `None` where it does not end in a decimal number and so cannot
    /// be a member (an example is `log_replicas`, which Mesos keeps beside its masters).
    pub fn parse(name: &str) -> Option<Self> {
        let (label, digits) = match name.rsplit_once('_') {
            Some((label, digits)) => (Some(label).filter(|l| !l.is_empty()), digits),
            None => (None, name),
        };
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            label: label.map(str::to_owned),
            sequence: digits.parse().ok()?,
        })
    }

    /// The prefix under which a member with this label is created: the server appends the number.
    pub fn prefix(parent: &str, label: Option<&str>) -> String {
        match label {
            Some(label) => child(parent, &format!("{label}_")),
            None => child(parent, ""),
        }
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = &self.label {
            write!(f, "{label}_")?;
        }
        write!(f, "{:010}", self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for good in ["/", "/a", "/mesos/x.y", "/a/..b", "/ü"] {
            assert_eq!(validate(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "/a/",
            "//",
            "/a//b",
            "/a/../b",
            "/./b",
            "/a\0",
            "/\u{7f}",
            "/\u{f000}",
            "/\u{1f600}",
        ] {
            assert!(validate(bad).is_err(), "{bad:?}");
        }
        assert!(validate(&format!("/{}", "x".repeat(100_000))).is_err());
    }

    #[test]
    fn parents_and_children() {
        assert_eq!(parent("/"), None);
        assert_eq!(parent("/a"), Some("/"));
        assert_eq!(parent("/a/b"), Some("/a"));
        assert_eq!(child("/", "a"), "/a");
        assert_eq!(child("/a", "b"), "/a/b");
        assert_eq!(basename("/a/b"), "b");
    }

    #[test]
    fn member_names() {
        let of = |name| MemberName::parse(name).map(|m| (m.label, m.sequence));
        assert_eq!(of("0000000007"), Some((None, 7)));
        assert_eq!(
            of("json.info_0000000012"),
            Some((Some("json.info".to_owned()), 12))
        );
        assert_eq!(of("a_b_0000000001"), Some((Some("a_b".to_owned()), 1)));
        assert_eq!(of("_0000000001"), Some((None, 1)));
        assert_eq!(of("x_-2147483648"), Some((Some("x".to_owned()), i32::MIN)));
        assert_eq!(of("x_-000000005"), Some((Some("x".to_owned()), -5)));
        for none in [
            "log_replicas",
            "foo",
            "",
            "_",
            "a_",
            "a_+1",
            "a_0x10",
            "a_99999999999",
            "a_--1",
        ] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }

    #[test]
    fn labels() {
        assert_eq!(validate_label("json.info"), Ok(()));
        for bad in ["", "a/b", "a\0"] {
            assert!(validate_label(bad).is_err(), "{bad:?}");
        }
        assert_eq!(MemberName::prefix("/g", Some("l")), "/g/l_");
        assert_eq!(MemberName::prefix("/g", None), "/g/");
        assert_eq!(MemberName::prefix("/", None), "/");
    }
}
