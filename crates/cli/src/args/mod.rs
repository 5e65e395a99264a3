//! The command line, checked completely before any connection.

mod cli;
mod help;
mod refusal;
mod values;

use crate::first_wait::FirstWait;
use crate::helpers::Helper;
use crate::run::privileges;
use crate::{evict, run};
use clap::{CommandFactory, Parser};
use cli::{CandidacyArgs, Cli, Command, RunArgs, SessionArgs, TlsArgs};
pub(crate) use refusal::Refusal;
use std::ffi::OsString;
use std::time::Duration;
use tenure::{ClientOptions, ContenderOptions, Reenrol, TlsOptions, Undertaker, Url};

/// The longest session timeout that ZooKeeper's protocol can represent.
const SESSION_TIMEOUT_MAX: Duration = Duration::from_millis(i32::MAX as u64);
/// The default limit for a listing.
const LISTING_LIMIT: Duration = Duration::from_secs(30);
/// The shortest lease of `run`: two thirds are left at each renewal, of which the command gets a quarter of a
/// lease to end and is killed [`run::KILL_BEFORE`] the end.
const LEASE_OF_RUN_MIN: Duration = Duration::from_millis(500);
/// The tool as its own undertaker: the program that runs, also if its file was replaced meanwhile.
const OWN_PROGRAM: &str = "/proc/self/exe";
/// The checked command line of a command that opens a session.
pub(crate) struct Plan {
    pub(crate) url: Url,
    pub(crate) session_timeout: Duration,
    tick: Option<Duration>,
    tls: Option<TlsOptions>,
    undertaker: Undertaker,
    pub(crate) json: bool,
    pub(crate) job: Job,
}

impl Plan {
    fn with(self, undertaker: Undertaker) -> Self {
        Self { undertaker, ..self }
    }

    pub(crate) fn client_options(&self) -> ClientOptions {
        let mut options = ClientOptions::default().session_timeout(self.session_timeout);
        if let Some(tick) = self.tick {
            options = options.tick(tick);
        }
        if let Some(tls) = &self.tls {
            options = options.tls(tls.clone());
        }
        options.undertaker(self.undertaker.clone())
    }
}

pub(crate) enum Job {
    Contend {
        options: ContenderOptions,
        reenrol: Reenrol,
        first_wait: FirstWait,
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
        /// The path of the member.
        member: String,
        timeout: Duration,
    },
}

/// The task that the command line requests.
pub(crate) enum Task {
    Session(Box<Plan>),
    /// A task about the tool itself, without a session.
    Helper(Box<Helper>),
}

impl Job {
    /// Whether only one answer is printed, without the events on the way to it.
    pub(crate) fn is_question(&self) -> bool {
        match self {
            Self::Contend { .. } | Self::Run(_) => false,
            Self::Detect { once, .. } => *once,
            Self::Members { watch, .. } => !*watch,
            Self::Status { .. } | Self::Evict { .. } => true,
        }
    }
}

/// Reads the arguments, the program's name first.
pub(crate) fn read(words: &[OsString]) -> Result<Task, Refusal> {
    let cli = Cli::try_parse_from(words).map_err(|error| refusal::refusal(&error, words))?;
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
            let url = group_url(&args.session, "evict")?;
            let member = evict::member_path(url.path(), &args.member)?;
            let timeout = args.timeout;
            Ok(args.session.plan(url, Job::Evict { member, timeout }))
        }
        Command::Contend(args) => {
            let url = group_url(&args.session, "contend")?;
            let first_wait = args.candidacy.first_wait();
            let undertaker = args.candidacy.undertaker();
            let (options, reenrol) = args.candidacy.options(&args.session, &url)?;
            let job = Job::Contend {
                options,
                reenrol,
                first_wait,
            };
            Ok(args.session.plan(url, job).with(undertaker))
        }
        Command::Run(args) => {
            let url = group_url(&args.session, "run")?;
            args.check_privileges()?;
            args.check_lease()?;
            let new_privileges = args.new_privileges();
            let first_wait = args.candidacy.first_wait();
            let undertaker = args.candidacy.undertaker();
            let (contender, reenrol) = args.candidacy.options(&args.session, &url)?;
            let job = run::Job {
                contender,
                reenrol,
                drain: args.drain,
                stop_timeout: args.stop_timeout,
                new_privileges,
                first_wait,
                command: args.command,
            };
            Ok(args.session.plan(url, Job::Run(job)).with(undertaker))
        }
        Command::Detect(args) => {
            let url = checked_url(&args.session)?;
            if let Some(label) = &args.label {
                // The group does not matter: a standalone leader has none.
                let member = ContenderOptions::new("/group").label(label);
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
            let url = group_url(&args.session, "members")?;
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

impl RunArgs {
    /// Whether programs may give the command privileges that the tool does not have: it could not kill
    /// it then.
    fn new_privileges(&self) -> bool {
        self.allow_new_privileges || privileges::may_kill_all()
    }

    fn check_privileges(&self) -> Result<(), String> {
        let program = self.command.first().filter(|_| !self.new_privileges());
        match program.and_then(|program| privileges::set_user_id(program)) {
            None => Ok(()),
            Some(program) => Err(format!(
                "{} runs as another user (set-user-ID), so the tool could not kill it when the lease \
                 ends; run the tool as root and change the user in the command, or accept that with \
                 --allow-new-privileges",
                program.display()
            )),
        }
    }
}

impl RunArgs {
    /// A command needs a lease that lasts longer than its end takes, also just before a renewal.
    fn check_lease(&self) -> Result<(), String> {
        let CandidacyArgs {
            lease, fail_over, ..
        } = self.candidacy;
        for (flag, span, least) in [
            ("--lease", lease, LEASE_OF_RUN_MIN),
            ("--fail-over", fail_over, LEASE_OF_RUN_MIN * 5 / 2),
        ] {
            if let Some(span) = span.filter(|span| *span < least) {
                return Err(format!(
                    "`{flag}` is {}; `run` needs at least {}, because it kills the command {} before the lease \
                     expires",
                    humantime::format_duration(span),
                    humantime::format_duration(least),
                    humantime::format_duration(run::KILL_BEFORE),
                ));
            }
        }
        Ok(())
    }
}

impl CandidacyArgs {
    fn first_wait(&self) -> FirstWait {
        FirstWait {
            timeout: self.timeout,
            only_try: self.only_try,
        }
    }

    fn undertaker(&self) -> Undertaker {
        match self.no_undertaker {
            true => Undertaker::Off,
            false => Undertaker::At(OWN_PROGRAM.into()),
        }
    }

    fn options(
        self,
        session: &SessionArgs,
        url: &Url,
    ) -> Result<(ContenderOptions, Reenrol), String> {
        let mut options = ContenderOptions::new(url.path())
            .policy(session.policy)
            .reenrol(self.reenrol)
            .warm(self.warm);
        if let Some(label) = self.label {
            options = options.label(label);
        }
        if let Some(data) = &self.data {
            options = options.data(values::payload(data)?);
        }
        if let Some(lease) = self.lease {
            options = options.lease(lease);
        }
        if let Some(fail_over) = self.fail_over {
            options = options.fail_over(fail_over);
        }
        options
            .validate()
            .map_err(|error| values::with_flags(error.message()))?;
        Ok((options, self.reenrol))
    }
}

impl SessionArgs {
    fn plan(&self, url: Url, job: Job) -> Plan {
        Plan {
            url,
            session_timeout: self.session_timeout,
            tick: self.tick,
            tls: self.tls.options(),
            undertaker: Undertaker::Off,
            json: self.json,
            job,
        }
    }
}

impl TlsArgs {
    fn options(&self) -> Option<TlsOptions> {
        let mut options = TlsOptions::new(self.tls_ca.as_ref()?);
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            options = options.client_certificate(certificate, key);
        }
        if let Some(name) = &self.tls_server_name {
            options = options.server_name(name);
        }
        Some(options)
    }
}

/// Checks the options that all subcommands share.
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
    if let Some(tls) = session.tls.options() {
        tls.validate().map_err(|error| error.to_string())?;
    }
    let url = session.url.to_str().ok_or("the URL is not UTF-8")?;
    Url::parse(url).map_err(|error| error.to_string())
}

/// The URL of a command that needs a group.
fn group_url(session: &SessionArgs, command: &str) -> Result<Url, String> {
    let url = checked_url(session)?;
    match url.standalone() {
        None => Ok(url),
        Some(leader) => Err(format!(
            "`{command}` needs a group on ZooKeeper, as in zk://host1:2181,host2:2181/path; \
             {leader} is a standalone leader, for `detect` and `status` only"
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)] // a test says what it expected

    use super::*;
    use tenure::LeasePolicy;
    use tenure::words::{Kind, OPTIONS};

    fn plan(option: &[&str]) -> Plan {
        let words = ["tenure", "contend", "memory://args/group"].iter();
        let words: Vec<OsString> = words.chain(option).map(OsString::from).collect();
        match read(&words) {
            Ok(Task::Session(plan)) => *plan,
            Ok(Task::Helper(_)) => panic!("{option:?} is no helper"),
            Err(Refusal::Help(why) | Refusal::Bad(why)) => panic!("tool: {option:?}: {why}"),
        }
    }

    /// What is chosen for the client and for the contender.
    fn chosen(plan: &Plan) -> (ClientOptions, ContenderOptions) {
        let Job::Contend { options, .. } = &plan.job else {
            panic!("`contend` contends");
        };
        (plan.client_options(), options.clone())
    }

    #[test]
    fn every_option_reaches_the_library() {
        assert_ne!(chosen(&plan(&["--no-undertaker"])), chosen(&plan(&[])));
        let is_flat = |setting: &&tenure::words::Setting| setting.kind != Kind::Object;
        for of in OPTIONS.iter().filter(|of| of.noun != "TLS option") {
            for setting in of.settings.iter().filter(is_flat) {
                let flag = format!("--{}", setting.name.replace('_', "-"));
                let value = match setting.kind {
                    Kind::Text | Kind::Bytes => Some("x"),
                    Kind::Choice("LeasePolicy") => Some(LeasePolicy::Strict.name()),
                    Kind::Choice("Reenrol") => Some(Reenrol::Never.name()),
                    Kind::Span => Some("2s"),
                    Kind::Flag => None,
                    Kind::Choice(_) | Kind::Object => panic!("tool: no value for {flag}"),
                };
                // Some need it.
                let of: &[&str] = match setting.name {
                    "lease" | "fail_over" => &["--policy", LeasePolicy::Guarded.name()],
                    _ => &[],
                };
                let option: Vec<&str> = [&*flag].into_iter().chain(value).collect();
                assert_ne!(
                    chosen(&plan(&[of, &option].concat())),
                    chosen(&plan(of)),
                    "tool: {flag} does not reach the library: crates/cli/src/args/mod.rs"
                );
            }
        }
    }
}
