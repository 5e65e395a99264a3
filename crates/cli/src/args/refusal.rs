//! The texts for a command line that starts no command: help, version, and errors, without the
//! secrets on the command line.

use clap::error::ErrorKind;
use std::ffi::OsString;

/// The text to print instead of running a command.
pub(crate) enum Refusal {
    /// Help or version, for standard output.
    Help(String),
    /// The fault of the command line, for standard error.
    Bad(String),
}

/// The text of clap, in the tool's own form and without the secrets that it quotes.
pub(super) fn refusal(error: &clap::Error, words: &[OsString]) -> Refusal {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Refusal::Help(text),
        // Called without a command.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Refusal::Bad(format!("a command is missing\n\n{text}"))
        }
        _ => {
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Refusal::Bad(redacted(text, words))
        }
    }
}

/// Removes from `text` the part of each argument in front of its last `@`: clap quotes a misplaced
/// URL in its message.
fn redacted(text: &str, words: &[OsString]) -> String {
    let mut text = text.trim_end().to_owned();
    for word in words {
        let word = word.to_string_lossy();
        let Some((secret, _)) = word.rsplit_once('@') else {
            continue;
        };
        let secret = secret.split_once("://").map_or(secret, |(_, rest)| rest);
        if !secret.is_empty() {
            text = text.replace(secret, "…");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_of_messages() {
        let words: Vec<OsString> = ["tenure", "--x=zk://u:pa/s@s@h/p", "@file", "me@host"]
            .map(OsString::from)
            .to_vec();
        assert_eq!(
            redacted("bad 'zk://u:pa/s@s@h/p' and '@file' and 'me@host'", &words),
            "bad 'zk://…@h/p' and '@file' and '…@host'"
        );
    }
}
