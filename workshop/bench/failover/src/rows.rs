//! What is measured: one line for each row of the tables.

/// A library, as the contenders of a row use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    /// The tool `tenure contend`, with these options.
    Tenure(&'static [&'static str]),
    /// kazoo's `Election`.
    Kazoo,
    /// Curator's `LeaderLatch`.
    Curator,
}

/// How a leader is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// SIGTERM: it hands over.
    HandOver,
    /// SIGKILL: it can do nothing.
    Kill,
    /// All packets of its host vanish. Needs network namespaces.
    CutOff,
}

impl Loss {
    pub(crate) const ALL: [Self; 3] = [Self::HandOver, Self::Kill, Self::CutOff];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::HandOver => "A clean hand-over: SIGTERM to the leader's process",
            Self::Kill => "A leader that dies: SIGKILL to its process",
            Self::CutOff => "A host that is lost: all packets of the leader's host vanish",
        }
    }
}

/// How often a row is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounds {
    /// A round takes a moment.
    Many,
    /// A round takes a session timeout.
    Few,
}

/// A row of the tables of [`Loss`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) library: Library,
    pub(crate) loss: Loss,
    pub(crate) rounds: Rounds,
}

const fn row(name: &'static str, library: Library, loss: Loss, rounds: Rounds) -> Row {
    Row {
        name,
        library,
        loss,
        rounds,
    }
}

const VERIFIED: Library = Library::Tenure(&["--policy", "verified"]);
const STRICT: Library = Library::Tenure(&["--policy", "strict"]);
const SESSION: Library = Library::Tenure(&["--policy", "session"]);
const GUARDED: Library = Library::Tenure(&["--policy", "guarded"]);
const QUICK: Library = Library::Tenure(&["--policy", "guarded", "--fail-over", "1s"]);
const GUARDED_ALONE: Library = Library::Tenure(&["--policy", "guarded", "--no-undertaker"]);
const ALONE: Library = Library::Tenure(&["--policy", "verified", "--no-undertaker"]);

/// The ratios of a loss are to its first row. Another policy or option is a [`Library`] more, and its rows.
pub(crate) const ROWS: &[Row] = &[
    row("tenure, `verified`", VERIFIED, Loss::HandOver, Rounds::Many),
    row("tenure, `strict`", STRICT, Loss::HandOver, Rounds::Many),
    row("tenure, `session`", SESSION, Loss::HandOver, Rounds::Many),
    row("tenure, `guarded`", GUARDED, Loss::HandOver, Rounds::Many),
    row(
        "tenure, `guarded`, `--fail-over 1s`",
        QUICK,
        Loss::HandOver,
        Rounds::Many,
    ),
    row(
        "kazoo, `Election`",
        Library::Kazoo,
        Loss::HandOver,
        Rounds::Many,
    ),
    row(
        "Curator, `LeaderLatch`",
        Library::Curator,
        Loss::HandOver,
        Rounds::Many,
    ),
    row("tenure, `verified`", VERIFIED, Loss::Kill, Rounds::Many),
    row("tenure, `strict`", STRICT, Loss::Kill, Rounds::Many),
    row("tenure, `session`", SESSION, Loss::Kill, Rounds::Many),
    row("tenure, `guarded`", GUARDED, Loss::Kill, Rounds::Many),
    row(
        "tenure, `guarded`, `--fail-over 1s`",
        QUICK,
        Loss::Kill,
        Rounds::Many,
    ),
    row(
        "tenure, `guarded`, without an undertaker",
        GUARDED_ALONE,
        Loss::Kill,
        Rounds::Few,
    ),
    row(
        "tenure, `verified`, without an undertaker",
        ALONE,
        Loss::Kill,
        Rounds::Few,
    ),
    row("kazoo, `Election`", Library::Kazoo, Loss::Kill, Rounds::Few),
    row(
        "Curator, `LeaderLatch`",
        Library::Curator,
        Loss::Kill,
        Rounds::Few,
    ),
    row("tenure, `verified`", VERIFIED, Loss::CutOff, Rounds::Few),
    row("tenure, `guarded`", GUARDED, Loss::CutOff, Rounds::Few),
    row(
        "tenure, `guarded`, `--fail-over 1s`",
        QUICK,
        Loss::CutOff,
        Rounds::Many,
    ),
];

/// The rows of the table of writes: a leader and a standby, and nothing happens.
pub(crate) const STEADY: &[(&str, Library)] = &[
    ("tenure, `verified`", VERIFIED),
    ("tenure, `strict`", STRICT),
    ("tenure, `session`", SESSION),
    ("tenure, `guarded`", GUARDED),
    ("tenure, `guarded`, `--fail-over 1s`", QUICK),
    ("kazoo, `Election`", Library::Kazoo),
    ("Curator, `LeaderLatch`", Library::Curator),
];
