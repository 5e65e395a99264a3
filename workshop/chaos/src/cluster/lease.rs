//! The lease of a contender: options of the tool.

use std::time::Duration;
use tenure_chaos::history::LEASE_MAX;

/// See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lease {
    /// Of the default policy.
    Verified,
    /// Guarded, of the default length.
    Guarded,
    /// Guarded, of this length.
    Of(Duration),
    /// Guarded; a successor replaces a leader that is silent within this time.
    FailOver(Duration),
}

impl Lease {
    /// The options of the tool.
    pub(super) fn words(self) -> Vec<String> {
        let time =
            |option: &str, time: Duration| [option.to_owned(), format!("{}ms", time.as_millis())];
        let more: Vec<String> = match self {
            Self::Verified => return Vec::new(),
            Self::Guarded => Vec::new(),
            Self::Of(length) => time("--lease", length).into(),
            Self::FailOver(within) => time("--fail-over", within).into(),
        };
        let policy = ["--policy", "guarded"].map(str::to_owned);
        policy.into_iter().chain(more).collect()
    }

    /// Its length, by `docs/cli.md`, if it is guarded.
    pub(crate) fn length(self, session_timeout: Duration) -> Option<Duration> {
        match self {
            Self::Verified => None,
            Self::Guarded => Some((session_timeout / 4).min(LEASE_MAX)),
            Self::Of(length) => Some(length),
            Self::FailOver(within) => Some(within * 4 / 10),
        }
    }
}
