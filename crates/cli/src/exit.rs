//! The exit codes. `docs/cli.md` has the table with all of them, and `--help` its short form.

use std::process::ExitCode;

/// How the tool ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// The tool cannot go on, or a question has the answer "no".
    Failed,
    BadInput,
    /// A question has no answer.
    NotKnown,
    /// Leadership was not obtained in time.
    NotLeading,
    /// The exit code of the command of `tenure run`.
    Command(u8),
}

impl Outcome {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::BadInput => 2,
            Self::NotKnown => 3,
            Self::NotLeading => 4,
            Self::Command(code) => code,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// The meanings of the tool's own codes, in short.
const OWN: [(Outcome, &str); 5] = [
    (Outcome::Done, "done; `status`: the group has a leader"),
    (
        Outcome::Failed,
        "failed; `status`: the group is empty; `evict`: there is no such member",
    ),
    (
        Outcome::BadInput,
        "bad input, refused before any connection",
    ),
    (
        Outcome::NotKnown,
        "no answer: not in time (--timeout), or not permitted",
    ),
    (
        Outcome::NotLeading,
        "`run`, `contend`: leadership was not obtained in time",
    ),
];

/// The codes that the command of `tenure run` decides.
const OF_COMMANDS: [(&str, &str); 4] = [
    ("126", "`run`: the command cannot be run"),
    ("127", "`run`: the command is missing"),
    ("128 + N", "`run`: signal N killed the command"),
    ("other", "`run`: the exit code of the command"),
];

/// All codes with their meanings.
pub(crate) fn table() -> impl Iterator<Item = (String, &'static str)> {
    let own = OWN.map(|(outcome, meaning)| (outcome.code().to_string(), meaning));
    let of_commands = OF_COMMANDS.map(|(code, meaning)| (code.to_owned(), meaning));
    own.into_iter().chain(of_commands)
}

/// The table for `--help`.
pub(crate) fn help() -> String {
    let rows = table().map(|(code, meaning)| format!("\n  {code:<7}  {meaning}"));
    format!("Exit codes:{}", rows.collect::<String>())
}
