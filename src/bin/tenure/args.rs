//! The command line. Everything on it is checked here, before there is any connection.

use crate::helpers::Helper;
use crate::{evict, run};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
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
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80     run a command only while leading
  tenure contend zk://zk1,zk2,zk3/app --data 10.0.0.1:80   stand for the leadership
  tenure detect  zk://zk1,zk2,zk3/app                      follow who leads
  tenure members zk://zk1,zk2,zk3/app                      list leader and standbys
  tenure status  zk://zk1,zk2,zk3/app                      show who leads, once

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

const RUN_EXAMPLES: &str = "\
Examples:
  tenure run zk://zk1,zk2,zk3/app -- ./serve --port 80
  tenure run zk://zk1/app --session-timeout 4s -- sh -c 'exec ./job --fence \"$TENURE_TOKEN\"'
  tenure run file:///etc/app/zk-url --data 10.0.0.1:80 --drain 2s --json -- ./serve 2>log

The command has TENURE_TOKEN (the fencing token: give it to whatever must not be written twice)
and TENURE_MEMBER (the znode) in its environment, and the tool's standard streams; the tool writes
to standard error alone. It runs in a process group of its own, behind a terminal's foreground.

When it ends:
  The command ends by itself: what is left of its process group is killed, leadership is released
  at once, and the tool exits as the command did (128 + signal if one killed it).
  Leadership is lost: unless the lease is renewed, the group gets SIGTERM --drain before it ends
  (at most a quarter of a lease) and SIGKILL 100ms before it ends, so before another can lead.
  Then the tool stands again and runs the command again when it leads (--reenrol never: exits 1).
  Somebody deletes the znode (`tenure evict`): the same at once, with --drain until SIGKILL.
  SIGTERM or SIGINT to the tool: the group gets it, and SIGKILL after --stop-timeout; the tool
  leads until the command is gone, then releases and exits as the command did. A second SIGTERM
  or SIGINT kills at once. SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are handed on.
  The tool is killed, stopped or starved: a small guardian process kills the group at once, or
  when the lease ends. If the guardian is killed, so is the command.

What leaves the process group (setsid, daemons) escapes all this, and so does what outlives
both the tool and its guardian: killed together, they take the command along but not its children.

The command is found as by a shell: exit code 127 if it is missing, 126 if it cannot be run.
";

const DETECT_EXAMPLES: &str = "\
Examples:
  tenure detect zk://zk1,zk2,zk3/app
  tenure detect zk://zk1,zk2,zk3/app --json --label json.info
  tenure detect zk://zk1,zk2,zk3/app --once --timeout 5s   one line; 3 if it is not known in time

It prints `leader`, `none` (the group is empty) or `unknown` (no server has answered for too
long) whenever that changes.
";

const STATUS_EXAMPLES: &str = "\
Examples:
  tenure status zk://zk1,zk2,zk3/app
  tenure status zk://zk1,zk2,zk3/app --json | jq -r .leader.data
  tenure status zk://zk1,zk2,zk3/app >/dev/null || echo nobody leads

It exits with 0 if somebody leads, with 1 if the group is empty (it says so), and with 3 if no
server has answered in time. What it shows is what the server that answered knows.
";

const EVICT_EXAMPLES: &str = "\
Examples:
  tenure evict zk://zk1,zk2,zk3/app 0000000042
  tenure evict zk://admin:secret@zk1/app /app/json.info_0000000042

A leader that is evicted is told at once over its connection and, by default, stands again. One
that is cut off at the same moment may believe that it leads for as long as its lease lasts, at
most its session timeout, while another leads already: the fencing token tells them apart.

It exits with 1 if there is no such member or it may not be deleted.
";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  tenure completions bash >/usr/share/bash-completion/completions/tenure
  tenure completions zsh >~/.zfunc/_tenure
  tenure completions fish >~/.config/fish/completions/tenure.fish
";

const MAN_EXAMPLES: &str = "\
Examples:
  tenure man | man -l -
  tenure man --dir /usr/local/share/man/man1
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
    /// Run a command only while leading
    ///
    /// It is started when this contender leads, with the fencing token in its environment, and
    /// it and its children are ended before anybody else can lead.
    #[command(after_help = format!("{RUN_EXAMPLES}\n{COMMON_HELP}"))]
    Run(RunArgs),
    /// Follow who leads a group, without standing in it
    ///
    /// A group that is missing is waited for.
    #[command(after_help = format!("{DETECT_EXAMPLES}\n{COMMON_HELP}"))]
    Detect(DetectArgs),
    /// List the members of a group, oldest first
    #[command(after_help = format!("{MEMBERS_EXAMPLES}\n{COMMON_HELP}"))]
    Members(MembersArgs),
    /// Show who leads a group and how many stand by
    #[command(after_help = format!("{STATUS_EXAMPLES}\n{COMMON_HELP}"))]
    Status(StatusArgs),
    /// Delete a member, whoever it belongs to
    #[command(after_help = format!("{EVICT_EXAMPLES}\n{COMMON_HELP}"))]
    Evict(EvictArgs),
    /// Print what makes a shell complete this tool's command line
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual, or write its pages to a directory
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Where to write tenure.1 and a page for each command
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

#[derive(Args)]
struct StatusArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Exit with 3 if it is not known who leads so long after the start
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    timeout: Duration,
}

#[derive(Args)]
struct EvictArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// The member, by its name or its path, as `tenure members` shows it
    member: String,
    /// Exit with 3 if it is not known whether the member is gone so long after the start
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    timeout: Duration,
}

#[derive(Args)]
struct ContendArgs {
    #[command(flatten)]
    session: SessionArgs,
    #[command(flatten)]
    candidacy: CandidacyArgs,
}

#[derive(Args)]
struct RunArgs {
    #[command(flatten)]
    session: SessionArgs,
    #[command(flatten)]
    candidacy: CandidacyArgs,
    /// How long before the end of a lease that is not renewed the command is asked to end; at
    /// most a quarter of the lease
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "1s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    drain: Duration,
    /// How long a command that was asked to end may take while leadership lasts
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration,
        allow_hyphen_values = true
    )]
    stop_timeout: Duration,
    /// The command and its words, all behind `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

#[derive(Args)]
struct CandidacyArgs {
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
    /// `contend` and `run`; accepted everywhere
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
    Run(run::Job),
    Detect {
        label: Option<String>,
        once: bool,
        timeout: Option<Duration>,
    },
    Members {
        watch: bool,
        timeout: Option<Duration>,
    },
    Status {
        timeout: Duration,
    },
    Evict {
        /// Its path.
        member: String,
        timeout: Duration,
    },
}

/// What the command line asks for.
pub(crate) enum Task {
    Session(Box<Plan>),
    /// Something about the tool itself, without a session.
    Helper(Box<Helper>),
}

impl Job {
    /// Whether one answer is wanted, and not the story of it.
    pub(crate) fn is_question(&self) -> bool {
        match self {
            Self::Contend { .. } | Self::Run(_) => false,
            Self::Detect { once, .. } => *once,
            Self::Members { watch, .. } => !*watch,
            Self::Status { .. } | Self::Evict { .. } => true,
        }
    }
}

/// What to print instead of doing anything.
pub(crate) enum Refusal {
    /// Help or version, for standard output.
    Told(String),
    /// What is wrong, for standard error.
    Bad(String),
}

/// Reads the words of the command line, the program's name first.
pub(crate) fn read(words: &[OsString]) -> Result<Task, Refusal> {
    let cli = Cli::try_parse_from(words).map_err(|error| refusal(&error, words))?;
    task(cli.command).map_err(Refusal::Bad)
}

fn task(command: Command) -> Result<Task, String> {
    let plan = match command {
        Command::Completions { shell } => {
            let command = Cli::command();
            let helper = Helper::Completions { command, shell };
            return Ok(Task::Helper(Box::new(helper)));
        }
        Command::Man { dir } => {
            let command = Cli::command();
            return Ok(Task::Helper(Box::new(Helper::Man { command, dir })));
        }
        Command::Status(args) => {
            let url = checked_url(&args.session)?;
            let timeout = args.timeout;
            Ok(args.session.plan(url, Job::Status { timeout }))
        }
        Command::Evict(args) => {
            let url = checked_url(&args.session)?;
            let member = evict::member_path(url.path(), &args.member)?;
            let timeout = args.timeout;
            Ok(args.session.plan(url, Job::Evict { member, timeout }))
        }
        Command::Contend(args) => {
            let url = checked_url(&args.session)?;
            let (options, reenrol) = args.candidacy.options(&args.session, &url)?;
            Ok(args.session.plan(url, Job::Contend { options, reenrol }))
        }
        Command::Run(args) => {
            let url = checked_url(&args.session)?;
            let (contender, reenrol) = args.candidacy.options(&args.session, &url)?;
            let job = run::Job {
                contender,
                reenrol,
                drain: args.drain,
                stop_timeout: args.stop_timeout,
                command: args.command,
            };
            Ok(args.session.plan(url, Job::Run(job)))
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
    };
    plan.map(Box::new).map(Task::Session)
}

impl CandidacyArgs {
    fn options(
        self,
        session: &SessionArgs,
        url: &Url,
    ) -> Result<(ContenderOptions, Reenrol), String> {
        let reenrol = match self.reenrol {
            ReenrolArg::Always => Reenrol::Always,
            ReenrolArg::Never => Reenrol::Never,
        };
        let policy = match session.policy {
            PolicyArg::Verified => LeasePolicy::Verified,
            PolicyArg::Strict => LeasePolicy::Strict,
            PolicyArg::Session => LeasePolicy::Session,
        };
        let mut options = ContenderOptions::new(url.path())
            .policy(policy)
            .reenrol(reenrol);
        if let Some(label) = self.label {
            options = options.label(label);
        }
        if let Some(data) = &self.data {
            options = options.data(payload(data)?);
        }
        options.validate().map_err(|error| error.to_string())?;
        Ok((options, reenrol))
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
