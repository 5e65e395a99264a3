//! The commands and options, as clap parses them.

use super::help::{
    COMPLETIONS_EXAMPLES, CONTEND_EXAMPLES, DETECT_EXAMPLES, EVICT_EXAMPLES, MAN_EXAMPLES,
    MEMBERS_EXAMPLES, RUN_EXAMPLES, STATUS_EXAMPLES, TOP_EXAMPLES, with_common,
};
use super::values::{duration, one_of};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tenure::{LeasePolicy, Reenrol};

/// The heading of the TLS options in the help.
const TLS: &str = "TLS options";

#[derive(Parser)]
#[command(
    name = "tenure",
    version,
    about = "Leader election and group membership on Apache ZooKeeper",
    after_help = with_common(TOP_EXAMPLES),
    subcommand_value_name = "COMMAND"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Contend for the leadership of a group, until the tool is stopped
    ///
    /// The group's znode is created if it is missing.
    #[command(after_help = with_common(CONTEND_EXAMPLES))]
    Contend(ContendArgs),
    /// Run a command only while leading
    ///
    /// The tool starts the command when this contender leads, with the fencing token in its
    /// environment, and ends it and its children before another contender can lead.
    #[command(after_help = with_common(RUN_EXAMPLES))]
    Run(RunArgs),
    /// Follow the leader of a group, without contending
    ///
    /// If the group is missing, the tool waits for it.
    #[command(after_help = with_common(DETECT_EXAMPLES))]
    Detect(DetectArgs),
    /// List the members of a group, oldest first
    #[command(after_help = with_common(MEMBERS_EXAMPLES))]
    Members(MembersArgs),
    /// Show the leader of a group and the number of standbys
    #[command(after_help = with_common(STATUS_EXAMPLES))]
    Status(StatusArgs),
    /// Delete a member, whichever session owns it
    #[command(after_help = with_common(EVICT_EXAMPLES))]
    Evict(EvictArgs),
    /// Print the completions of this tool for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual, or write its pages to a directory
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// The directory for tenure.1 and a page for each command
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// Exit with 3 if the leader is not known this long after the start
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    pub(super) timeout: Duration,
}

#[derive(Args)]
pub(super) struct EvictArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// The member, by its name or its path, as `tenure members` shows it
    pub(super) member: String,
    /// Exit with 3 if it is not known this long after the start whether the member is gone
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    pub(super) timeout: Duration,
}

#[derive(Args)]
pub(super) struct ContendArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    #[command(flatten)]
    pub(super) candidacy: CandidacyArgs,
}

#[derive(Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    #[command(flatten)]
    pub(super) candidacy: CandidacyArgs,
    /// How long before the lease expires without renewal the command receives SIGTERM; at most a
    /// quarter of the lease
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "1s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    pub(super) drain: Duration,
    /// How long a command may take to end after the request to end, while leadership lasts
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    pub(super) stop_timeout: Duration,
    /// Let programs give the command privileges that the tool does not have (set-user-ID programs as
    /// sudo, file capabilities), although it cannot kill such a process: two commands may work at the
    /// same time then. As root the tool can kill them, and this changes nothing
    #[arg(long)]
    pub(super) allow_new_privileges: bool,
    /// The command and its arguments, all after `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

#[derive(Args)]
pub(super) struct CandidacyArgs {
    /// The part before '_' in the name of the member's znode
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub(super) label: Option<String>,
    /// The payload that detectors receive from the leader, at most 1,000,000 bytes. @FILE reads it
    /// from a file
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true)]
    pub(super) data: Option<OsString>,
    /// Whether another candidacy follows a lost one
    #[arg(
        long,
        value_name = "WHEN",
        value_parser = one_of(Reenrol::WORDS, Reenrol::from_name),
        default_value = Reenrol::default().name()
    )]
    pub(super) reenrol: Reenrol,
    /// Exit with 4 if this contender does not lead this long after the start [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(super) timeout: Option<Duration>,
    /// Exit with 4 if another contender leads, instead of waiting for it
    #[arg(long = "try")]
    pub(super) only_try: bool,
    /// Keep a lease ready while next in line, to lead a tenth of a second sooner; this costs one
    /// small write each twelfth of the session timeout
    #[arg(long)]
    pub(super) warm: bool,
    /// The length of the lease with --policy guarded, for which a successor waits: 100ms to 10s, for
    /// `run` from 500ms, and no longer than the session timeout [default: a quarter of the session
    /// timeout, at most 10s]
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration,
        allow_hyphen_values = true,
        conflicts_with = "fail_over"
    )]
    pub(super) lease: Option<Duration>,
    /// With --policy guarded, the time in which a successor replaces a leader that is silent, instead of
    /// the session timeout: 250ms to 10s, for `run` from 1250ms. This costs ten small writes in this
    /// time, and sets the lease to four tenths of it
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(super) fail_over: Option<Duration>,
    /// Do without the small helper process that closes the session as soon as the tool is dead: after
    /// SIGKILL or a crash, a successor then leads only when the session timeout is over
    #[arg(long)]
    pub(super) no_undertaker: bool,
}

#[derive(Args)]
pub(super) struct DetectArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// The expected label of the leader. The leader is the oldest member, whatever its label; a
    /// leader with another label is still reported, followed by an error
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub(super) label: Option<String>,
    /// Print only the first `leader` or `none`, and exit
    #[arg(long)]
    pub(super) once: bool,
    /// Exit with 3 if it is not known this long after the start whether there is a leader
    /// [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(super) timeout: Option<Duration>,
}

#[derive(Args)]
pub(super) struct MembersArgs {
    #[command(flatten)]
    pub(super) session: SessionArgs,
    /// Continue, and print the members whenever one joins or leaves. A payload is shown as it was
    /// when its member was first seen
    #[arg(long)]
    pub(super) watch: bool,
    /// Exit with 3 if the members are not known this long after the start [default: 30s, with
    /// --watch for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(super) timeout: Option<Duration>,
}

#[derive(Args)]
pub(super) struct SessionArgs {
    /// The URL of the group, see below
    pub(super) url: OsString,
    /// Print one JSON object per line
    #[arg(long)]
    pub(super) json: bool,
    /// The session timeout to request; the server grants one within its own limits
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true,
        help_heading = "Session options"
    )]
    pub(super) session_timeout: Duration,
    /// When a leader without an answer from a server stops leading. Affects `contend` and `run`;
    /// accepted everywhere
    #[arg(
        long,
        value_name = "POLICY",
        value_parser = one_of(LeasePolicy::WORDS, LeasePolicy::from_name),
        default_value = LeasePolicy::default().name(),
        help_heading = "Session options"
    )]
    pub(super) policy: LeasePolicy,
    /// The servers' tickTime, which makes leases longer; without it, half of the session timeout is
    /// assumed. Never give a smaller value than theirs. Affects `contend` and `run`; accepted
    /// everywhere
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration,
        allow_hyphen_values = true,
        help_heading = "Session options"
    )]
    pub(super) tick: Option<Duration>,
    #[command(flatten)]
    pub(super) tls: TlsArgs,
}

#[derive(Args)]
pub(super) struct TlsArgs {
    /// Connect to the servers by TLS, and trust only the certificate authorities in this PEM file;
    /// the ports in the URL are then the servers' secureClientPorts
    #[arg(long, value_name = "FILE", help_heading = TLS)]
    pub(super) tls_ca: Option<PathBuf>,
    /// The client's certificate, a PEM file; servers require one unless their ssl.clientAuth says
    /// otherwise
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_ca",
        requires = "tls_key",
        help_heading = TLS
    )]
    pub(super) tls_cert: Option<PathBuf>,
    /// The private key of the client's certificate, a PEM file, not encrypted
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = TLS)]
    pub(super) tls_key: Option<PathBuf>,
    /// The name that every server's certificate must hold [default: the host in the URL]
    #[arg(long, value_name = "NAME", requires = "tls_ca", help_heading = TLS)]
    pub(super) tls_server_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn only_options_of_tls_stand_under_its_heading() {
        for command in Cli::command().get_subcommands() {
            for arg in command.get_arguments() {
                let of_tls = arg.get_id().as_str().starts_with("tls_");
                let under_it = arg.get_help_heading() == Some(TLS);
                assert_eq!(of_tls, under_it, "{} {}", command.get_name(), arg.get_id());
            }
        }
    }
}
