//! The commands of a cluster that is kept: parsing.

use std::fmt;

/// A process of the cluster, as a command names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The leading master.
    Leader,
    /// The first of the masters that are standbys.
    Standby,
    /// A master by its number, from 1.
    Master(usize),
    /// An agent by its number, from 1.
    Agent(usize),
    Scheduler,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Ends a process by SIGKILL; it is started again.
    Kill(Target),
    /// Cuts a process off from ZooKeeper.
    Cut(Target),
    /// Cuts an agent off from all masters.
    Isolate(usize),
    /// Undoes all cuts.
    Heal,
    StopEnsemble,
    StartEnsemble,
    Status,
    Help,
    Quit,
}

/// The commands, for people.
pub(crate) const HELP: &str = "\
kill leader | standby | master N | agent N | scheduler   SIGKILL; it is started again after a second
cut  leader | standby | master N | agent N | scheduler   its packets to and from ZooKeeper vanish
isolate agent N                                          its packets to and from all masters vanish
heal                                                     all cuts end
stop ensemble, start ensemble                            all ZooKeeper servers
status                                                   the beliefs of each process
help, quit                                               the end of the input is quit, too";

/// A command that cannot be understood; the text says what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much of an unknown command is repeated.
const REPEATED_CHARS: usize = 60;

/// Parses a line; `None` if it is empty.
pub(crate) fn parse(line: &str) -> Result<Option<Command>, Unknown> {
    let words: Vec<&str> = line.split_whitespace().collect();
    Ok(Some(match words[..] {
        [] => return Ok(None),
        ["kill", ref target @ ..] => Command::Kill(parse_target("kill", target)?),
        ["cut", ref target @ ..] => Command::Cut(parse_target("cut", target)?),
        ["isolate", ref target @ ..] => match parse_target("isolate", target)? {
            Target::Agent(number) => Command::Isolate(number),
            _ => {
                return Err(Unknown(
                    "isolate takes an agent: isolate agent 1".to_owned(),
                ));
            }
        },
        ["heal"] => Command::Heal,
        ["stop", "ensemble"] => Command::StopEnsemble,
        ["start", "ensemble"] => Command::StartEnsemble,
        ["status"] => Command::Status,
        ["help"] => Command::Help,
        ["quit"] => Command::Quit,
        [verb @ ("stop" | "start"), ..] => {
            return Err(Unknown(format!("{verb} takes 'ensemble': {verb} ensemble")));
        }
        [verb @ ("heal" | "status" | "help" | "quit"), ..] => {
            return Err(Unknown(format!("{verb} takes nothing behind it")));
        }
        _ => {
            let shown = shown(line.trim());
            return Err(Unknown(format!("'{shown}' is no command: type help")));
        }
    }))
}

fn parse_target(verb: &str, words: &[&str]) -> Result<Target, Unknown> {
    let number = |text: &str| match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Unknown(format!(
            "'{}' is no number from 1: {verb} agent 1",
            shown(text)
        ))),
    };
    match words {
        ["leader"] => Ok(Target::Leader),
        ["standby"] => Ok(Target::Standby),
        ["scheduler"] => Ok(Target::Scheduler),
        ["master", text] => number(text).map(Target::Master),
        ["agent", text] => number(text).map(Target::Agent),
        _ => {
            let known = "leader, standby, master N, agent N or scheduler";
            Err(Unknown(format!(
                "{verb} takes {known}, not '{}'",
                shown(&words.join(" "))
            )))
        }
    }
}

/// A text without what could steer a terminal.
fn shown(text: &str) -> String {
    text.chars()
        .take(REPEATED_CHARS)
        .map(|char| if char.is_control() { '?' } else { char })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood_with_any_spaces() {
        for (text, command) in [
            ("kill leader", Command::Kill(Target::Leader)),
            ("  cut   standby\r\n", Command::Cut(Target::Standby)),
            ("cut agent 1", Command::Cut(Target::Agent(1))),
            ("kill master 3", Command::Kill(Target::Master(3))),
            ("cut scheduler", Command::Cut(Target::Scheduler)),
            ("isolate agent 2", Command::Isolate(2)),
            ("heal", Command::Heal),
            ("stop ensemble", Command::StopEnsemble),
            ("start ensemble", Command::StartEnsemble),
            ("status", Command::Status),
            ("help", Command::Help),
            ("quit", Command::Quit),
        ] {
            assert_eq!(parse(text), Ok(Some(command)), "{text}");
        }
        assert_eq!(parse(" \t\n"), Ok(None));
    }

    #[test]
    fn a_mistake_gets_an_answer_that_says_what_to_type() {
        for (text, says) in [
            ("dance", "type help"),
            ("kill", "kill takes leader, standby"),
            ("kill everybody", "not 'everybody'"),
            ("cut agent", "cut takes"),
            ("cut agent 0", "no number from 1"),
            ("cut agent one", "no number from 1"),
            ("cut agent 99999999999999999999999", "no number from 1"),
            ("isolate leader", "isolate agent 1"),
            ("heal all", "heal takes nothing"),
            ("stop", "stop ensemble"),
            ("quit now", "quit takes nothing"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn a_hostile_line_is_not_repeated_as_it_is() {
        let error = parse(&format!("\u{1b}[2J{}", "x".repeat(1000)))
            .unwrap_err()
            .to_string();
        assert!(error.len() < 100 && !error.contains('\u{1b}'), "{error:?}");
    }

    #[test]
    fn the_help_names_every_verb() {
        for verb in [
            "kill",
            "cut",
            "isolate",
            "heal",
            "stop ensemble",
            "start ensemble",
            "status",
            "help",
            "quit",
        ] {
            assert!(HELP.contains(verb), "{verb}");
        }
    }
}
