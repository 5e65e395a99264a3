//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::steps::{self, Play};

/// Plays the story of the example cluster: three masters in C++, two agents in Go and a scheduler in Python on a real
/// ensemble of three ZooKeeper servers, broken in nine ways; each step is checked.
///
/// `make cluster` builds all programs and runs it. Everything runs on the loopback device, on free ports, and is gone
/// at the end. Exit codes: 0 if each assertion held, 1 if one failed, 2 for bad arguments, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "tenure-cluster", version)]
pub(crate) struct Args {
    /// The folder with the programs, as scripts/cluster fills it
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,

    /// Where to write the timeline [default: timeline.svg in the folder of the programs]
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Keep the lines of all programs in this folder, which is made [default: a temporary one, which is kept if a
    /// step fails]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) logs: Option<PathBuf>,

    /// Leave the cluster running after its election, or after the steps of --only, and read commands from standard
    /// input: type help
    #[arg(long)]
    pub(crate) keep: bool,

    /// With --keep: print JSON alone, one line about the cluster and one for each command
    #[arg(long, requires = "keep")]
    pub(crate) json: bool,

    /// List the steps
    #[arg(long)]
    pub(crate) list: bool,

    /// Play the election and this step; may be given several times
    #[arg(long, value_name = "STEP", value_parser = step)]
    only: Vec<Play>,

    /// Print without colours, as with NO_COLOR or when the output is not a terminal
    #[arg(long)]
    pub(crate) no_color: bool,
}

impl Args {
    /// The folder of the programs.
    pub(crate) fn programs(&self) -> Result<PathBuf, String> {
        let none = || {
            "--programs is missing: `make cluster` builds the programs and names their folder"
                .to_owned()
        };
        self.programs.clone().ok_or_else(none)
    }

    /// The file of the timeline.
    pub(crate) fn svg(&self) -> PathBuf {
        let folder = self.programs.clone().unwrap_or_default();
        self.svg
            .clone()
            .unwrap_or_else(|| folder.join("timeline.svg"))
    }

    /// The steps to play, in their order.
    pub(crate) fn steps(&self) -> Vec<Play> {
        let is_wanted = |step: &Play| match self.only[..] {
            [] => !self.keep,
            _ => self.only.iter().any(|only| only.name == step.name),
        };
        let all = steps::ALL.iter().enumerate();
        all.filter(|(index, step)| *index == 0 || is_wanted(step))
            .map(|(_, step)| *step)
            .collect()
    }
}

fn step(name: &str) -> Result<Play, String> {
    let found = steps::ALL.iter().find(|step| step.name == name);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = steps::ALL.iter().map(|step| step.name).collect();
        format!("the steps are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn names(words: &[&str]) -> Vec<&'static str> {
        let args = Args::parse_from([&["tenure-cluster"], words].concat());
        args.steps().iter().map(|step| step.name).collect()
    }

    #[test]
    fn the_arguments_make_sense() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_run_begins_with_the_election() {
        assert_eq!(names(&[]).len(), steps::ALL.len());
        assert_eq!(names(&["--keep"]), ["election"]);
        assert_eq!(
            names(&["--only", "spoofed", "--only", "leader-cut"]),
            ["election", "leader-cut", "spoofed"]
        );
        assert_eq!(
            names(&["--keep", "--only", "agent-cut"]),
            ["election", "agent-cut"]
        );
    }

    #[test]
    fn an_unknown_step_is_answered_with_the_known_ones() {
        let error = Args::try_parse_from(["tenure-cluster", "--only", "dance"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("election, leader-killed"), "{error}");
        assert!(Args::try_parse_from(["tenure-cluster", "--json"]).is_err());
    }
}
