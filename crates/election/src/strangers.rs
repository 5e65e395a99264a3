//! Children of a group's znode that look like the members of another library's election. Its contenders
//! do not wait for ours, so both would lead side by side.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use tenure_proto::path::MemberName;

/// The digits that a server appends to the name of a sequential znode.
const DIGITS: usize = 10;

/// Members of other recipes among the children of a group's znode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strangers {
    /// How many there are.
    pub count: usize,
    /// The recipe of the first one, for people.
    pub recipe: &'static str,
    /// The name of the first one, in the order of the alphabet.
    pub example: String,
}

impl Strangers {
    /// The strangers among these children, if there are any.
    pub(crate) fn among(children: &[String]) -> Option<Self> {
        let strangers = || {
            let of = |name: &String| recipe(name).map(|recipe| (name.clone(), recipe));
            children.iter().filter_map(of)
        };
        let (example, recipe) = strangers().min()?;
        Some(Self {
            count: strangers().count(),
            recipe,
            example,
        })
    }

    /// The warning for people, about the group at `path`.
    #[doc(hidden)] // for the tool
    pub fn warning(&self, path: &str) -> String {
        let Self {
            count,
            recipe,
            example,
        } = self;
        let of = match count {
            1 => "1 child".to_owned(),
            count => format!("{count} children"),
        };
        format!(
            "{of} of {path} belong to another recipe ({recipe}, such as {example}): its contenders and those \
             of tenure do not wait for each other, so two would lead at the same time; give this group a \
             path of its own"
        )
    }
}

/// The recipe, other than ours, that makes children of this name.
fn recipe(name: &str) -> Option<&'static str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let stem = name.trim_end_matches(is_digit);
    if name.len() - stem.len() < DIGITS {
        return None;
    }
    // A counter that has wrapped gives `name-` and `-2147483648`.
    let stem = stem
        .strip_suffix("--")
        .map_or(stem, |_| &stem[..stem.len() - 1]);
    // Curator's protection, with a UUID or without its dashes.
    let curator = stem.strip_prefix("_c_").is_some();
    for (end, recipe) in [
        ("latch-", "Curator LeaderLatch"),
        ("lease-", "Curator semaphore"),
        ("lock-", "Curator LeaderSelector or lock"),
    ] {
        let before = stem.strip_suffix(end);
        if before.is_some_and(|before| before.is_empty() || (curator && before.ends_with('-'))) {
            return Some(recipe);
        }
    }
    if curator || stem.ends_with("__READ__") || stem.ends_with("__WRIT__") {
        return Some("Curator");
    }
    for lock in ["__lock__", "__rlock__"] {
        if stem.ends_with(lock) {
            return Some("kazoo Election or Lock");
        }
    }
    // A sequential znode, and not one of ours.
    MemberName::parse(name).is_none().then_some("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f16_members_of_other_recipes_are_named_and_members_of_mesos_are_not() {
        let uuid = "1a2b3c4d-0000-4000-8000-0123456789ab";
        let hex = "1a2b3c4d00004000800001234567890a";
        for (name, expected) in [
            (format!("_c_{uuid}-latch-0000000001"), "Curator LeaderLatch"),
            (
                format!("_c_{uuid}-latch--2147483648"),
                "Curator LeaderLatch",
            ),
            (
                format!("_c_{hex}-lock-0000000001"),
                "Curator LeaderSelector or lock",
            ),
            (format!("_c_{uuid}-lease-0000000001"), "Curator semaphore"),
            (format!("_c_{uuid}-app_0000000001"), "Curator"),
            (format!("_c_{uuid}-__WRIT__0000000001"), "Curator"),
            ("latch-0000000001".to_owned(), "Curator LeaderLatch"),
            (format!("{hex}__lock__0000000001"), "kazoo Election or Lock"),
            (format!("{hex}__lock__-000000001"), ""),
            ("x-72057594037927936-0000000003".to_owned(), "unknown"),
            ("job0000000003".to_owned(), "unknown"),
            ("0000000001".to_owned(), ""),
            ("-2147483648".to_owned(), ""),
            ("json.info_0000000001".to_owned(), ""),
            ("info_-2147483648".to_owned(), ""),
            ("a-latch_0000000001".to_owned(), ""),
            ("log_replicas".to_owned(), ""),
            ("config-1".to_owned(), ""),
            ("leader".to_owned(), ""),
        ] {
            assert_eq!(recipe(&name).unwrap_or_default(), expected, "{name}");
        }
    }

    #[test]
    fn f16_strangers_are_counted_and_the_first_is_the_example() {
        let children = ["latch-0000000002", "a_0000000003", "latch-0000000001"];
        let found = Strangers::among(&children.map(str::to_owned)).unwrap();
        assert_eq!(
            (found.count, found.example.as_str()),
            (2, "latch-0000000001")
        );
        let warning = found.warning("/g");
        assert!(warning.starts_with("2 children of /g"), "{warning}");
        assert_eq!(Strangers::among(&["a_0000000003".to_owned()]), None);
    }
}
