//! The command line.

use std::time::Duration;

use clap::Parser;
use tenure_model::{ModelOptions, Personality};

const ORDERS: &str = "\
Orders, one a line on standard input; each is answered with a line of JSON on standard output, {\"done\":ORDER}
or {\"error\":TEXT}:
  shut-down [SPAN]  ends the server in an orderly way. A Keeper first closes the sessions of its clients, and
                    lives on for SPAN (0ms) without telling them
  kill              ends it without an order: connections close, sessions stay
  start             starts it again, with its data
  step-clock SPAN   sets its wall clock forwards, or backwards by -SPAN
  expire            ends all sessions
  sessions          prints {\"sessions\":[\"0x…\", …]} first
Until it is started again, a server that has ended closes each new connection at once. The process ends when standard
input is closed.";

/// Serves a model of ZooKeeper, ClickHouse Keeper or RaftKeeper on the loopback device, for tests of
/// real clients. Nothing is kept; it is no server for production.
///
/// It prints {"listening":"127.0.0.1:PORT"} when clients can connect. Exit codes: 0 when standard input was
/// closed, 1 if the port cannot be had, 2 for bad arguments.
#[derive(Debug, Parser)]
#[command(name = "tenure-keeper", version, after_help = ORDERS)]
pub(crate) struct Args {
    /// The kind of the server: zookeeper, keeper, old-keeper or raftkeeper
    #[arg(long, value_name = "KIND", default_value = "keeper", value_parser = kind)]
    pub(crate) server: Personality,

    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,

    /// The tick of a ZooKeeper: sessions end at multiples of it. At least 1ms
    #[arg(long, value_name = "SPAN", default_value = "500ms", value_parser = span)]
    tick: Duration,

    /// The least session timeout [default: that of the kind; 10s for a Keeper]
    #[arg(long, value_name = "SPAN", value_parser = span)]
    min_session_timeout: Option<Duration>,

    /// The greatest session timeout [default: that of the kind; 100s for a Keeper]
    #[arg(long, value_name = "SPAN", value_parser = span)]
    max_session_timeout: Option<Duration>,
}

impl Args {
    pub(crate) fn model(&self) -> ModelOptions {
        ModelOptions {
            personality: self.server,
            tick: self.tick,
            min_session_timeout: self.min_session_timeout,
            max_session_timeout: self.max_session_timeout,
            ..ModelOptions::default()
        }
    }
}

fn kind(name: &str) -> Result<Personality, String> {
    Personality::from_name(name).ok_or_else(|| {
        let kinds = Personality::ALL.map(Personality::name);
        format!("one of {}", kinds.join(", "))
    })
}

fn span(text: &str) -> Result<Duration, String> {
    let span = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if span < Duration::from_millis(1) {
        return Err("at least 1ms".to_owned());
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_make_sense() {
        Args::command().debug_assert();
    }
}
