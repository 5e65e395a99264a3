//! The command line.

use crate::faults::Fault;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tenure_chaos::history::Plan;
use tenure_field::tool;

const EXAMPLES: &str = "\
Examples:
  tenure-chaos --duration 3m                        faults of all kinds, by a seed of its own
  tenure-chaos --seed 42 --plan client-cut,expire   the same faults again, of two kinds
  tenure-chaos campaign black-hole --runs 40        one fault, 40 leaders
  tenure-chaos check DIR                            judge a kept history again
  tenure-chaos timeline DIR                         draw it: DIR/timeline.svg

Root, iproute2 and nftables are needed, for network namespaces; nothing outside them is touched.

Exit status: 0 if nothing was violated; 1 if something was, or a run could not be played; 2 for
bad arguments; 130 after Ctrl-C.";

/// One leader, checked on real servers under real faults.
///
/// Three ZooKeeper servers, 21 contenders, detectors and a fenced register run in network
/// namespaces of their own. The seed makes a plan of faults. A history records all lines of all
/// processes, and the history is checked.
#[derive(Debug, Parser)]
#[command(
    name = "tenure-chaos",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Let many leaders, each in a group of its own, go through one fault together
    Campaign(CampaignArgs),
    /// Check a kept history again
    Check {
        /// The directory of a run, or its history.jsonl
        #[arg(value_name = "DIR|FILE")]
        path: PathBuf,
    },
    /// Draw a kept history: the belief of each client over time
    Timeline {
        /// The directory of a run
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// List the faults and their effects
    Faults,
    /// Write to the register until killed; `tenure run` starts it in a chaos
    #[command(hide = true)]
    Writer {
        register: SocketAddr,
        group: String,
        #[arg(env = "TENURE_TOKEN", hide = true)]
        token: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,

    /// How long faults come; faults under way at that time end in order
    #[arg(long, value_name = "D", default_value = "3m", value_parser = duration)]
    duration: Duration,

    /// The same in minutes
    #[arg(long, value_name = "N", conflicts_with = "duration",
          value_parser = clap::value_parser!(u64).range(1..=1440))]
    minutes: Option<u64>,

    /// End after this many rounds of faults, if the time is not over before
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: Option<u64>,

    /// How many runs to play, one after the other, with seeds that count up
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) runs: u32,

    /// The kinds of faults, separated by commas [default: all; `tenure-chaos faults` lists them]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', value_parser = fault)]
    plan: Vec<Fault>,

    /// The servers' tick
    #[arg(long, value_name = "D", default_value = "500ms", value_parser = duration)]
    pub(crate) tick: Duration,

    /// The number of ticks after which servers give each other up
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) sync_limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignArgs {
    /// The plan of the campaign
    #[arg(value_name = "PLAN", value_enum, required = true)]
    pub(crate) plans: Vec<CampaignPlan>,

    #[command(flatten)]
    pub(crate) common: CommonArgs,

    /// How many leaders go through each plan; at most 20 at once
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) runs: u32,

    /// The servers' tick [default: 1s; 2s for plans whose T is 30s]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) tick: Option<Duration>,

    /// The number of ticks after which servers give each other up
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) sync_limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CampaignPlan {
    /// The leaders' host is cut off from all servers
    BlackHole,
    /// The only server that the leaders know is cut off from the others
    Follower,
    /// The leaders are stopped (SIGSTOP) for three session timeouts
    Stop,
    /// The server that the leaders use is cut off, and they know the others: they continue to lead
    AnotherServer,
    /// The host of leaders with guarded leases is cut off from all servers
    GuardedBlackHole,
    /// The same, and a stranger deletes the leaders' znodes at once
    GuardedDeletion,
    /// The leaders' host is cut off, and `--fail-over 1s` replaces them
    FailOver,
    /// The leaders are stopped (SIGSTOP), and `--fail-over 1s` replaces them
    FailOverStop,
    /// The leaders are killed (SIGKILL), and their undertakers close their sessions
    Kill,
    /// The leaders are killed (SIGKILL), and have no undertakers
    KillAlone,
    /// All of these, one after the other
    All,
}

#[derive(Debug, Args)]
pub(crate) struct CommonArgs {
    /// The seed of all chance [default: another one each time]
    #[arg(long, value_name = "N", env = "TENURE_CHAOS_SEED")]
    seed: Option<u64>,

    /// T: how long a session outlives the last request of its client. From 2s to 60s [default: 4s;
    /// 10s for campaigns with a fail-over, 30s for those with a kill]
    #[arg(long, value_name = "T", value_parser = session_timeout)]
    pub(crate) session_timeout: Option<Duration>,

    /// Keep each history under this directory [default: only failing ones, and the output says
    /// where]
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,

    /// Give up, and fail, when the whole command takes longer [default: no limit]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// The command-line tool to run [default: the one built beside this program]
    #[arg(long, value_name = "PATH")]
    tenure: Option<PathBuf>,
}

impl CommonArgs {
    pub(crate) fn seed(&self) -> u64 {
        // Short ones are easier to type again.
        self.seed.unwrap_or_else(|| fastrand::u64(..1_000_000))
    }

    /// The tool to run, if there is such a file.
    pub(crate) fn tenure(&self) -> Result<PathBuf, String> {
        tool::find(self.tenure.as_deref(), "chaos")
    }
}

impl RunArgs {
    pub(crate) fn duration(&self) -> Duration {
        let minutes = self
            .minutes
            .map(|minutes| Duration::from_secs(60 * minutes));
        minutes.unwrap_or(self.duration)
    }

    /// The faults of the command line, each once.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let asked = |fault: &&Fault| self.plan.is_empty() || self.plan.contains(fault);
        Fault::ALL.iter().filter(asked).copied().collect()
    }

    /// Whether the command line names no faults, so that all come that this machine allows.
    pub(crate) fn takes_what_there_is(&self) -> bool {
        self.plan.is_empty()
    }
}

impl CampaignPlan {
    pub(crate) fn plans(self) -> &'static [Plan] {
        match self {
            Self::BlackHole => &[Plan::BlackHole],
            Self::Follower => &[Plan::Follower],
            Self::Stop => &[Plan::Stop],
            Self::AnotherServer => &[Plan::AnotherServer],
            Self::GuardedBlackHole => &[Plan::GuardedBlackHole],
            Self::GuardedDeletion => &[Plan::GuardedDeletion],
            Self::FailOver => &[Plan::FailOver],
            Self::FailOverStop => &[Plan::FailOverStop],
            Self::Kill => &[Plan::Kill],
            Self::KillAlone => &[Plan::KillAlone],
            Self::All => Plan::CAMPAIGNS,
        }
    }
}

impl CampaignArgs {
    /// T and the servers' tick, for a plan.
    pub(crate) fn times(&self, plan: Plan) -> Result<(Duration, Duration), String> {
        let (timeout, tick) = match plan {
            Plan::FailOver | Plan::FailOverStop => (10, 1),
            Plan::Kill | Plan::KillAlone => (30, 2),
            _ => (4, 1),
        };
        let timeout = self
            .common
            .session_timeout
            .unwrap_or_else(|| Duration::from_secs(timeout));
        let tick = self.tick.unwrap_or_else(|| Duration::from_secs(tick));
        check_ticks(timeout, tick)?;
        Ok((timeout, tick))
    }
}

/// The timeouts that servers grant: from two to twenty ticks.
pub(crate) fn check_ticks(timeout: Duration, tick: Duration) -> Result<(), String> {
    if (tick * 2..=tick * 20).contains(&timeout) {
        return Ok(());
    }
    Err(format!(
        "--tick: servers grant sessions of two to twenty ticks; for {} it must be from {} to {}",
        humantime::format_duration(timeout),
        humantime::format_duration(timeout / 20),
        humantime::format_duration(timeout / 2)
    ))
}

fn fault(text: &str) -> Result<Fault, String> {
    let names = || {
        let names: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        names.join(", ")
    };
    Fault::by_name(text).ok_or_else(|| format!("there is {}", names()))
}

fn duration(text: &str) -> Result<Duration, String> {
    let most = Duration::from_secs(24 * 60 * 60);
    let duration = humantime::parse_duration(text)
        .map_err(|_| "that is no duration; write it as in 500ms, 90s or 3m")?;
    if (Duration::from_millis(10)..=most).contains(&duration) {
        Ok(duration)
    } else {
        Err("from 10ms to 1day".to_owned())
    }
}

fn session_timeout(text: &str) -> Result<Duration, String> {
    tool::session_timeout(duration(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &[&str]) -> Result<Cli, String> {
        Cli::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_arguments_make_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn nonsense_is_refused_with_what_is_accepted() {
        for (words, part) in [
            (&["--plan", "rain"][..], "there is client-cut,"),
            (&["--duration", "soon"], "500ms, 90s or 3m"),
            (&["--duration", "0s"], "from 10ms"),
            (&["--minutes", "0"], "1..=1440"),
            (
                &["--minutes", "2", "--duration", "3m"],
                "cannot be used with",
            ),
            (&["--seed", "x"], "invalid digit"),
            (&["--runs", "0"], "1..=10000"),
            (&["--session-timeout", "1s"], "from 2s to 60s"),
            (&["campaign", "rain"], "black-hole"),
            (&["campaign"], "<PLAN>"),
            (&["check"], "DIR|FILE"),
        ] {
            let all: Vec<&str> = ["tenure-chaos"].iter().chain(words).copied().collect();
            let refused = parse(&all).unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
        assert!(check_ticks(Duration::from_secs(4), Duration::from_secs(3)).is_err());
        assert!(check_ticks(Duration::from_secs(4), Duration::from_secs(2)).is_ok());
    }

    #[test]
    fn plans_are_what_was_asked_for_and_all_by_default() {
        let cli = parse(&["tenure-chaos", "--plan", "expire,client-cut,expire"]).unwrap();
        assert_eq!(cli.run.faults(), [Fault::ClientCut, Fault::Expire]);
        let cli = parse(&["tenure-chaos", "--minutes", "2"]).unwrap();
        assert_eq!(cli.run.faults(), Fault::ALL);
        assert_eq!(cli.run.duration(), Duration::from_secs(120));
    }
}
