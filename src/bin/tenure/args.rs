//! The command line. Everything on it is checked here, before there is any connection.

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;
use tenure::{ClientOptions, ContenderOptions, LeasePolicy, Reenrol, Url};

/// What ZooKeeper's protocol can say of a session timeout.
const SESSION_TIMEOUT_MAX: Duration = Duration::from_millis(i32::MAX as u64);
/// Longer waits are slips of the keyboard.
const DURATION_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How long a listing may take unless told otherwise.
const LISTING_LIMIT: Duration = Duration::from_secs(30);
/// What the library accepts as a payload; a file is read no further than that and one byte.
const DATA_BYTES_MAX: u64 = 1_000_000;

const COMMON_HELP: &str = "\
URL:
  zk://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/PATH   port 2181 unless given
  file:///FILE          a file that holds a URL; keeps a password out of `ps`
  memory://NAME/PATH    a server inside this process, for trying out

Durations are written as 500ms, 4s or 1m30s.

Exit codes:
  0  done, or ended by SIGTERM, SIGINT or a closed pipe
  1  failed
  2  bad input, refused before any connection
  3  not known in time (--timeout)";

const TOP_EXAMPLES: &str = "\
Examples:
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80   stand for the leadership
  tenure detect  zk://zk1,zk2,zk3/app                      follow who leads
  tenure members zk://zk1,zk2,zk3/app                      list leader and standbys

`tenure COMMAND --help` tells more.
";

const CONTEND_EXAMPLES: &str = "\
Examples:
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80
  tenure contend file:///etc/app/zk-url --label json.info --data @info.json --json
  tenure contend zk://zk1/app --session-timeout 4s --reenrol never

SIGTERM and SIGINT withdraw: leadership ends, and when the znode is gone (or one session timeout
is over) the tool exits with 0. A second signal ends it at once with 1. With --reenrol never a
lost candidacy exits with 1.
";

const DETECT_EXAMPLES: &str = "\
Examples:
  tenure detect zk://zk1,zk2,zk3/app
  tenure detect zk://zk1,zk2,zk3/app --json --label json.info
  tenure detect zk://zk1,zk2,zk3/app --once --timeout 5s   one line; 3 if it is not known in time

It prints `leader`, `none` (the group is empty) or `unknown` (no server has answered for too
long) whenever that changes.
";

const MEMBERS_EXAMPLES: &str = "\
Examples:
  tenure members zk://zk1,zk2,zk3/app
  tenure members zk://zk1,zk2,zk3/app --json | jq -r '.members[].data'
  tenure members zk://zk1,zk2,zk3/app --watch

Members are listed oldest first; the first leads.
";

#[derive(Parser)]
#[command(
    name = "tenure",
    version,
    about = "Leader election and group membership on Apache ZooKeeper",
    after_help = format!("{TOP_EXAMPLES}\n{COMMON_HELP}"),
    subcommand_value_name = "COMMAND"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Stand for the leadership of a group, until told to stop
    ///
    /// The group's znode is created if it is missing.
    #[command(after_help = format!("{CONTEND_EXAMPLES}\n{COMMON_HELP}"))]
    Contend(ContendArgs),
    /// Follow who leads a group, without standing in it
    ///
    /// A group that is missing is waited for.
    #[command(after_help = format!("{DETECT_EXAMPLES}\n{COMMON_HELP}"))]
    Detect(DetectArgs),
    /// List the members of a group, oldest first
    #[command(after_help = format!("{MEMBERS_EXAMPLES}\n{COMMON_HELP}"))]
    Members(MembersArgs),
}

#[derive(Args)]
struct ContendArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// What stands before '_' in the name of the member's znode
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    label: Option<String>,
    /// The payload: what detectors learn of the leader, at most 1,000,000 bytes. @FILE takes it
    /// from a file
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true)]
    data: Option<OsString>,
    /// Whether a lost candidacy is followed by another
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    reenrol: ReenrolArg,
}

#[derive(Args)]
struct DetectArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// The label that the payload is expected under. The leader is the oldest member whatever its
    /// label; one with another label is still reported, followed by an error
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    label: Option<String>,
    /// Print only the first `leader` or `none`, and exit
    #[arg(long)]
    once: bool,
    /// Exit with 3 if neither a leader nor that there is none is known so long after the start
    /// [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    timeout: Option<Duration>,
}

#[derive(Args)]
struct MembersArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Go on and print the members whenever one joins or leaves. A payload is shown as it was
    /// when its member was first seen
    #[arg(long)]
    watch: bool,
    /// Exit with 3 if the members are not known so long after the start [default: 30s, with
    /// --watch for ever]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    timeout: Option<Duration>,
}

#[derive(Args)]
struct SessionArgs {
    /// Where the group is, see below
    url: OsString,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// The session timeout to ask for; the server grants what lies within its own limits
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true,
        help_heading = "Session options"
    )]
    session_timeout: Duration,
    /// When a leader without an answer from a server stops to believe that it leads. Matters to
    /// `contend`; accepted everywhere
    #[arg(
        long,
        value_enum,
        value_name = "POLICY",
        default_value_t,
        help_heading = "Session options"
    )]
    policy: PolicyArg,
    /// The servers' tickTime. It is checked against the session timeout; the present lease rule
    /// needs no more of it
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration,
        allow_hyphen_values = true,
        help_heading = "Session options"
    )]
    tick: Option<Duration>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum PolicyArg {
    /// When its lease ends, before a successor can be elected
    #[default]
    Verified,
    /// When the connection is lost, or its lease ends
    Strict,
    /// When the session is over, as in Mesos: not safe, a successor may lead at that instant
    Session,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum ReenrolArg {
    /// Stand again, behind everybody else
    #[default]
    Always,
    /// Exit with 1
    Never,
}

/// What to do, checked.
pub(crate) struct Plan {
    pub(crate) url: Url,
    pub(crate) session_timeout: Duration,
    pub(crate) json: bool,
    pub(crate) job: Job,
}

impl Plan {
    pub(crate) fn client_options(&self) -> ClientOptions {
        ClientOptions::default().session_timeout(self.session_timeout)
    }
}

/// One of the subcommands.
pub(crate) enum Job {
    Contend {
        options: ContenderOptions,
        reenrol: Reenrol,
    },
    Detect {
        label: Option<String>,
        once: bool,
        timeout: Option<Duration>,
    },
    Members {
        watch: bool,
        timeout: Option<Duration>,
    },
}

/// What to print instead of doing anything.
pub(crate) enum Refusal {
    /// Help or version, for standard output.
    Told(String),
    /// What is wrong, for standard error.
    Bad(String),
}

/// Reads the words of the command line, the program's name first.
pub(crate) fn read(words: &[OsString]) -> Result<Plan, Refusal> {
    let cli = Cli::try_parse_from(words).map_err(|error| refusal(&error, words))?;
    plan(cli.command).map_err(Refusal::Bad)
}

fn plan(command: Command) -> Result<Plan, String> {
    match command {
        Command::Contend(args) => {
            let url = checked_url(&args.session)?;
            let reenrol = match args.reenrol {
                ReenrolArg::Always => Reenrol::Always,
                ReenrolArg::Never => Reenrol::Never,
            };
            let policy = match args.session.policy {
                PolicyArg::Verified => LeasePolicy::Verified,
                PolicyArg::Strict => LeasePolicy::Strict,
                PolicyArg::Session => LeasePolicy::Session,
            };
            let mut options = ContenderOptions::new(url.path())
                .policy(policy)
                .reenrol(reenrol);
            if let Some(label) = args.label {
                options = options.label(label);
            }
            if let Some(data) = &args.data {
                options = options.data(payload(data)?);
            }
            options.validate().map_err(|error| error.to_string())?;
            Ok(args.session.plan(url, Job::Contend { options, reenrol }))
        }
        Command::Detect(args) => {
            let url = checked_url(&args.session)?;
            if let Some(label) = &args.label {
                let member = ContenderOptions::new(url.path()).label(label);
                member.validate().map_err(|error| error.to_string())?;
            }
            let job = Job::Detect {
                label: args.label,
                once: args.once,
                timeout: args.timeout,
            };
            Ok(args.session.plan(url, job))
        }
        Command::Members(args) => {
            let url = checked_url(&args.session)?;
            let job = Job::Members {
                watch: args.watch,
                timeout: match args.timeout {
                    None if !args.watch => Some(LISTING_LIMIT),
                    timeout => timeout,
                },
            };
            Ok(args.session.plan(url, job))
        }
    }
}

impl SessionArgs {
    fn plan(&self, url: Url, job: Job) -> Plan {
        Plan {
            url,
            session_timeout: self.session_timeout,
            json: self.json,
            job,
        }
    }
}

/// Checks what all subcommands share.
fn checked_url(session: &SessionArgs) -> Result<Url, String> {
    let timeout = session.session_timeout;
    if timeout > SESSION_TIMEOUT_MAX {
        return Err("--session-timeout: at most 24 days are accepted".to_owned());
    }
    if let Some(tick) = session.tick
        && tick > timeout / 2
    {
        return Err(format!(
            "--tick: {} is more than half of the session timeout of {}; \
             servers grant at least two ticks",
            humantime::format_duration(tick),
            humantime::format_duration(timeout)
        ));
    }
    let url = session.url.to_str().ok_or("the URL is not UTF-8")?;
    Url::parse(url).map_err(|error| error.to_string())
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|_| "that is no duration; write it as in 500ms, 4s or 1m30s")?;
    if duration < Duration::from_millis(1) {
        return Err("it must be at least 1ms".to_owned());
    }
    if duration > DURATION_MAX {
        return Err("at most 365 days are accepted".to_owned());
    }
    Ok(duration)
}

fn payload(data: &OsStr) -> Result<Vec<u8>, String> {
    let Some(file) = data.as_bytes().strip_prefix(b"@") else {
        return Ok(data.as_bytes().to_vec());
    };
    let file = Path::new(OsStr::from_bytes(file));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(DATA_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("--data: cannot read {}: {error}", file.display()))?;
    if bytes.len() as u64 > DATA_BYTES_MAX {
        return Err(format!(
            "--data: {} has more than {DATA_BYTES_MAX} bytes, the most that are accepted",
            file.display()
        ));
    }
    Ok(bytes)
}

/// What clap says, in the tool's own form and without the secrets that it quotes.
fn refusal(error: &clap::Error, words: &[OsString]) -> Refusal {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Refusal::Told(text),
        // Called without a command.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Refusal::Bad(format!("which command?\n\n{text}"))
        }
        _ => {
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Refusal::Bad(redacted(text, words))
        }
    }
}

/// Takes out of `text` whatever a word of the command line has in front of its last `@`: a URL
/// that stands in the wrong place is quoted in the message about it.
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
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        for bad in ["", "4", "0", "0s", "999us", "-1s", "366d", "1e3s", "soon"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

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
