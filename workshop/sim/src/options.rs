//! The options of a run.

use crate::hazards::Hazard;
use clap::{Parser, ValueEnum};
use tenure_mutants::Mutant;

/// The number of worlds of a run if none is given.
pub const COUNT: u64 = 2000;

/// Simulate clients, a network and a ZooKeeper ensemble, all from one seed, and check every
/// promise.
#[derive(Debug, Clone, Parser)]
#[command(name = "tenure-sim", version)]
pub struct Options {
    /// The first world's seed; each further world's is one more.
    #[arg(
        long,
        env = "TENURE_SIM_SEED",
        default_value_t = 1,
        value_name = "NUMBER",
        value_parser = number::<0, { u64::MAX }>
    )]
    pub seed: u64,
    /// How many worlds to simulate.
    #[arg(long, env = "TENURE_SIM_COUNT", default_value_t = COUNT, value_name = "NUMBER",
        value_parser = number::<1, 100_000_000>)]
    pub count: u64,
    /// A known mistake to make on purpose; `list` prints all names.
    #[arg(long, env = "TENURE_SIM_MUTANT", value_name = "NAME", value_parser = mutant)]
    pub mutant: Option<Wish>,
    /// An assumption to break on purpose.
    #[arg(long = "break", env = "TENURE_SIM_BREAK", value_name = "ASSUMPTION")]
    pub broken: Option<Break>,
    /// One hazard in every world, and no other; `none` leaves all of them out.
    #[arg(long, env = "TENURE_SIM_HAZARD", value_name = "HAZARD")]
    pub hazard: Option<Hazard>,
    /// How many worlds are simulated at a time; this changes no result.
    #[arg(long, env = "TENURE_SIM_THREADS", value_name = "NUMBER",
        value_parser = number::<1, 1024>)]
    pub threads: Option<u64>,
    /// How many of the last events of a world are printed.
    #[arg(
        long,
        env = "TENURE_SIM_LAST",
        default_value_t = 400,
        value_name = "NUMBER",
        value_parser = number::<0, 100_000_000>
    )]
    pub last: u64,
    /// Print the last events of the first world, whether a promise was broken or not.
    #[arg(long)]
    pub tell: bool,
}

impl Options {
    /// The options in one line.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = format!("seed {}, {} worlds", self.seed, self.count);
        if let Some(broken) = self.broken {
            words += &format!(", the assumption {} is broken", broken.name());
        }
        if let Some(hazard) = self.hazard {
            words += &format!(", no hazard but {}", hazard.name());
        }
        if let Some(Wish::Make(mutant)) = self.mutant {
            words += &format!(", mutant {}:", mutant.name());
        }
        words
    }

    /// The command that runs one world again.
    #[must_use]
    pub fn again(&self, seed: u64) -> String {
        let mut words = format!("TENURE_SIM_SEED={seed} TENURE_SIM_COUNT=1");
        if let Some(Wish::Make(mutant)) = self.mutant {
            words += &format!(" TENURE_SIM_MUTANT={}", mutant.name());
        }
        if let Some(broken) = self.broken {
            words += &format!(" TENURE_SIM_BREAK={}", broken.name());
        }
        if let Some(hazard) = self.hazard {
            words += &format!(" TENURE_SIM_HAZARD={}", hazard.name());
        }
        words + " make sim"
    }
}

/// An assumption of `GUARANTEES.md`, broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Break {
    /// Clients' clocks run at rates that differ by up to 15 % from the servers'.
    Clock,
    /// Clients get an eighth of the servers' tickTime.
    Tick,
    /// Some servers grant only half of the session timeout to a client that reattaches.
    Timeout,
    /// ZooKeeper's leader takes up to 500 ms to close the sessions of one tick.
    Doom,
}

impl Break {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Tick => "tick",
            Self::Timeout => "timeout",
            Self::Doom => "doom",
        }
    }
}

/// The value of `--mutant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Their names.
    List,
    /// This one.
    Make(Mutant),
}

fn mutant(text: &str) -> Result<Wish, String> {
    if text == "list" {
        return Ok(Wish::List);
    }
    Mutant::named(text)
        .map(Wish::Make)
        .map_err(|names| format!("{names}; `list` prints them"))
}

/// A number in this range, bounds included; otherwise an error that names the range.
fn number<const LOW: u64, const HIGH: u64>(text: &str) -> Result<u64, String> {
    let number = text.parse().ok();
    number
        .filter(|number| (LOW..=HIGH).contains(number))
        .ok_or_else(|| format!("a whole number from {LOW} to {HIGH} is wanted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(arguments: [&str; 2]) -> String {
        let [name, value] = arguments;
        let arguments = ["tenure-sim".to_owned(), format!("{name}={value}")];
        let error = Options::try_parse_from(arguments).expect_err("must be refused");
        assert_eq!(error.exit_code(), 2, "{name} {value}");
        error.to_string()
    }

    #[test]
    fn what_means_nothing_is_refused_with_what_is_accepted() {
        for value in ["", "x", "-1", "1.5", " 1", "99999999999999999999"] {
            let seeds = format!("from 0 to {}", u64::MAX);
            assert!(refusal(["--seed", value]).contains(&seeds), "{value}");
            for (name, range) in [
                ("--count", "from 1 to 100000000"),
                ("--threads", "from 1 to 1024"),
                ("--last", "from 0 to 100000000"),
            ] {
                assert!(refusal([name, value]).contains(range), "{name} {value}");
            }
            let names = refusal(["--mutant", value]);
            for mutant in Mutant::ALL {
                assert!(names.contains(mutant.name()), "{value}: {names}");
            }
            assert!(refusal(["--break", value]).contains("clock, tick, timeout, doom"));
        }
        assert!(refusal(["--count", "0"]).contains("from 1 to 100000000"));
    }

    #[test]
    fn the_largest_and_the_smallest_are_accepted() {
        let most = u64::MAX.to_string();
        let arguments = ["tenure-sim", "--seed", &most, "--count", "100000000"];
        let options = Options::try_parse_from(arguments).expect("accepted");
        assert_eq!((options.seed, options.count), (u64::MAX, 100_000_000));
        let arguments = ["tenure-sim", "--seed", "0", "--count", "1", "--last", "0"];
        assert!(Options::try_parse_from(arguments).is_ok());
    }
}
