//! The versions of servers, and their code.

use std::path::{Path, PathBuf};

use super::jars;

/// A version of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.4: no `create2`, no container znodes.
    V3_4,
    /// 3.5: no `getEphemerals`, no persistent watches.
    V3_5,
    /// Debian's package: 3.8.
    Debian,
    /// The newest line of releases.
    V3_9,
}

impl Version {
    /// All of them, oldest first.
    pub const ALL: [Self; 4] = [Self::V3_4, Self::V3_5, Self::Debian, Self::V3_9];

    /// The release that `scripts/servers` fetches; `None` for Debian's.
    #[must_use]
    pub fn release(self) -> Option<&'static str> {
        match self {
            Self::V3_4 => Some("3.4.14"),
            Self::V3_5 => Some("3.5.10"),
            Self::Debian => None,
            Self::V3_9 => Some("3.9.5"),
        }
    }

    /// Whether its code is on this machine.
    ///
    /// # Errors
    /// When it is not; the text has the remedy. A test prints it and skips.
    pub fn available(self) -> Result<(), String> {
        self.class_path().map(drop)
    }

    /// Whether its servers can use TLS here: that needs Netty.
    ///
    /// # Errors
    /// When they cannot; the text has the remedy. A test prints it and skips.
    pub fn secure(self) -> Result<(), String> {
        let path = self.class_path()?;
        let has_netty = match path.strip_suffix("/*") {
            Some(directory) => jars::holds(Path::new(directory), "netty-handler"),
            None => path.contains("netty-handler"),
        };
        has_netty.then_some(()).ok_or_else(|| {
            format!(
                "no TLS for ZooKeeper here: netty is not among its jars ({path}); run scripts/setup"
            )
        })
    }

    pub(super) fn class_path(self) -> Result<String, String> {
        let Some(release) = self.release() else {
            return jars::class_path();
        };
        let directory = cache()?.join(release);
        if jars::holds(&directory, "") {
            // Java's own wildcard: every jar in this directory.
            return Ok(directory.join("*").display().to_string());
        }
        Err(format!(
            "no ZooKeeper {release} in {}; run scripts/servers where Maven Central can be reached",
            directory.display()
        ))
    }
}

/// The directory of `scripts/servers`, with one directory for each release.
fn cache() -> Result<PathBuf, String> {
    let given = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = given("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(given("HOME")?).join(".cache")));
    let cache = cache.ok_or("neither XDG_CACHE_HOME nor HOME says where jars are cached")?;
    Ok(cache.join("tenure/zookeeper"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_fetches_these_releases_and_no_others() {
        let script = include_str!("../../../../scripts/servers");
        let line = script.lines().find_map(|l| l.strip_prefix("releases=("));
        let fetched: Vec<_> = line
            .unwrap()
            .trim_end_matches(')')
            .split_whitespace()
            .collect();
        let known: Vec<_> = Version::ALL
            .into_iter()
            .flat_map(Version::release)
            .collect();
        assert_eq!(fetched, known);
    }
}
