//! `tenure run`: runs a command only while leading.
//!
//! Three processes: this one, the supervisor, communicates with ZooKeeper and watches the lease; a
//! [`guardian`] for each run of the command holds the deadline; the command. Only the guardian
//! signals the command and reaps it. This module decides when the command starts, why it ends, and
//! what follows.

mod cgroup;
mod descent;
mod family;
pub(crate) mod guardian;
mod guardian_client;
mod killing;
mod lateness;
mod messages;
mod one_run;
mod orders;
pub(crate) mod privileges;
mod terminal;

use crate::first_wait::FirstWait;
use crate::report::Report;
use crate::signals::{self, Caught};
use crate::{ANSWER_LAG_MAX, CLOSED, Outcome, REFUSED, lines, sys};
use crossbeam_channel::{Receiver, Sender, select_biased};
pub(crate) use guardian::KILL_BEFORE;
use guardian::nanos;
use guardian_client::{GuardianClient, GuardianEvent, Terms};
use messages::{exit_code, survives, waits_for_terminal};
use one_run::{Run, Why};
use orders::{Notice, Order};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use tenure::{
    Client, Contender, ContenderEvent, ContenderOptions, Error, LostReason, Member, Pending,
    Reenrol, SessionEvent, undertaker::Hold,
};

/// How long after the session timeout the library may take to report that it gives up.
const MARGIN: Duration = Duration::from_secs(1);
/// How long after the kill is due a guardian is given up.
const GUARDIAN_LATE: Duration = Duration::from_millis(50);
/// How often the supervisor reads the lease: renewals are no events.
const LOOK_MIN: Duration = Duration::from_millis(20);
const LOOK_MAX: Duration = Duration::from_secs(1);
/// How long after the second request to end the tool waits for processes that it has killed.
const QUIT_AFTER: Duration = Duration::from_secs(2);
/// How many events may wait. Beyond that the library waits, and merges events.
const EVENTS_MAX: usize = 64;

/// The command to run, and its options.
pub(crate) struct Job {
    pub(crate) contender: ContenderOptions,
    pub(crate) reenrol: Reenrol,
    pub(crate) drain: Duration,
    pub(crate) stop_timeout: Duration,
    /// Whether programs give the command privileges that the tool does not have.
    pub(crate) new_privileges: bool,
    pub(crate) first_wait: FirstWait,
    pub(crate) command: Vec<OsString>,
}

enum Event {
    Session(SessionEvent),
    /// From the candidacy with this number.
    Contender(u64, ContenderEvent),
}

struct Supervisor<'a> {
    client: &'a Client,
    report: &'a mut Report,
    job: Job,
    events: Sender<Event>,
    guardian_events: Sender<(u64, GuardianEvent)>,
    contender: Contender,
    /// Counts candidacies and runs: events of earlier numbers are out of date.
    candidacy: u64,
    runs: u64,
    /// A candidacy that was given up, until its znode is gone.
    former: Option<(Contender, Pending<bool>)>,
    member: Option<Member>,
    /// The remaining time of the lease when its last renewal was noticed.
    fresh_lease: Duration,
    /// The lease end at that time.
    renewed: u64,
    run: Option<Run>,
    /// The outcome of the tool, as soon as no command runs.
    end: Option<Outcome>,
    /// When it gives up to lead for the first time.
    give_up: Option<Instant>,
    /// When it ends even if processes of the command cannot be killed: it was asked to twice.
    quit: Option<Instant>,
}

pub(crate) fn run(
    client: &Client,
    report: &mut Report,
    patience: Duration,
    job: Job,
) -> Result<Outcome, Error> {
    let system = |what: &str| {
        let what = what.to_owned();
        move |error| Error::new(tenure::ErrorKind::System, format!("cannot {what}: {error}"))
    };
    descent::check().map_err(system("run a command"))?;
    sys::default_sigchld().map_err(system("have children reaped"))?;
    let caught = signals::catch().map_err(system("listen for signals"))?;
    let (events, inbox) = crossbeam_channel::bounded(EVENTS_MAX);
    let (guardian_events, notices) = crossbeam_channel::unbounded();
    let session = events.clone();
    client.events().on_each(move |event| {
        // An error means that the tool is ending.
        drop(session.send(Event::Session(event)));
    })?;
    let give_up = job.first_wait.deadline();
    let contender = contend(client, &job, 0, &events)?;
    let mut supervisor = Supervisor {
        client,
        report,
        job,
        events,
        guardian_events,
        contender,
        candidacy: 0,
        runs: 0,
        former: None,
        member: None,
        fresh_lease: Duration::ZERO,
        renewed: 0,
        run: None,
        end: None,
        give_up,
        quit: None,
    };
    let outcome = supervisor.follow(&caught, &notices, &inbox);
    supervisor.leave(&caught, &inbox, patience + MARGIN);
    Ok(outcome)
}

fn contend(
    client: &Client,
    job: &Job,
    number: u64,
    events: &Sender<Event>,
) -> Result<Contender, Error> {
    let contender = client.contend(job.contender.clone())?;
    let events = events.clone();
    contender.events().on_each(move |event| {
        drop(events.send(Event::Contender(number, event)));
    })?;
    Ok(contender)
}

impl Supervisor<'_> {
    fn follow(
        &mut self,
        caught: &Receiver<Caught>,
        notices: &Receiver<(u64, GuardianEvent)>,
        inbox: &Receiver<Event>,
    ) -> Outcome {
        loop {
            let wait = self.look();
            if let (None, Some(outcome)) = (&self.run, self.end) {
                return outcome;
            }
            if self.quit.is_some_and(|at| at <= Instant::now()) {
                self.report_survivors();
                return Outcome::Failed;
            }
            let time = wait.map_or_else(crossbeam_channel::never, crossbeam_channel::after);
            select_biased! {
                recv(notices) -> notice => if let Ok((number, event)) = notice {
                    self.on_guardian(number, event);
                },
                // Without signals only SIGKILL could end the tool: it ends by itself instead.
                recv(caught) -> signal => self.on_signal(signal.unwrap_or(Caught::Signal(libc::SIGTERM))),
                recv(inbox) -> event => match event {
                    Ok(Event::Session(event)) => self.on_session(&event),
                    Ok(Event::Contender(number, event)) => self.on_contender(number, event),
                    Err(_) => self.fail(CLOSED),
                },
                recv(time) -> _ => {},
            }
        }
    }

    /// Reads the lease: starts the command if it allows that, and sends the guardian its renewal.
    /// Returns when to read it again, if that is before the next event.
    fn look(&mut self) -> Option<Duration> {
        let leadership = self.contender.leadership();
        let left = leadership.map(|leadership| leadership.remaining());
        if let Some(leadership) = leadership
            && self.renewed != leadership.lease_end().as_nanos()
        {
            self.renewed = leadership.lease_end().as_nanos();
            self.fresh_lease = leadership.remaining();
        }
        let drain = self.drain();
        let Some(run) = &mut self.run else {
            let (Some(leadership), Some(left), None) = (leadership, left, self.end) else {
                return self.wait_to_lead();
            };
            if left <= drain + KILL_BEFORE {
                // A renewal may be under way.
                return Some(LOOK_MIN);
            }
            let token = leadership.token();
            let member = self.member.clone().filter(|member| member.token == token)?;
            self.start(&member, leadership.lease_end().as_nanos(), drain);
            return Some(LOOK_MIN);
        };
        match leadership.filter(|leadership| leadership.token() == run.token) {
            Some(leadership) => {
                let end = leadership.lease_end().as_nanos();
                if end != run.lease_end {
                    run.lease_end = end;
                    run.guardian.send(Order::Lease {
                        end,
                        drain: nanos(drain),
                    });
                }
            }
            None if run.lost => {}
            None => {
                run.lost = true;
                self.stop(Why::Lost, libc::SIGTERM, drain);
            }
        }
        let run = self.run.as_mut()?;
        let _ = run.give_terminal();
        let kill_at = run.lease_end.saturating_sub(nanos(KILL_BEFORE));
        let late_at = kill_at.saturating_add(nanos(GUARDIAN_LATE));
        let left = Duration::from_nanos(late_at.saturating_sub(sys::boottime_ns()));
        if left.is_zero() && !std::mem::replace(&mut run.given_up, true) {
            run.why.get_or_insert(Why::Lost);
            run.guardian.give_up();
        }
        if run.given_up {
            return self.quit.map(|_| LOOK_MIN);
        }
        Some((left / 8).clamp(LOOK_MIN, LOOK_MAX).min(left))
    }

    /// Gives up if it has waited long enough to lead for the first time. Returns when to look again.
    fn wait_to_lead(&mut self) -> Option<Duration> {
        let at = self
            .give_up
            .filter(|_| self.runs == 0 && self.end.is_none())?;
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.job.first_wait.report_end(self.report);
            self.end = Some(Outcome::NotLeading);
        }
        Some(left)
    }

    fn is_to_give_up_at_once(&self) -> bool {
        self.job.first_wait.only_try && self.runs == 0 && self.end.is_none()
    }

    fn report_survivors(&mut self) {
        let survivors = self.run.iter().flat_map(|run| &run.survivors);
        let survivors: Vec<String> = survivors.map(ToString::to_string).collect();
        let which = match survivors.is_empty() {
            true => "processes of the command may".to_owned(),
            false => format!(
                "of the command, these processes still: {}; they may",
                survivors.join(", ")
            ),
        };
        self.report.failure(&format!(
            "the tool ends as it was asked to twice; {which} work beside the next leader's"
        ));
    }

    /// How long before the end of a lease the command is asked to end.
    fn drain(&self) -> Duration {
        self.job.drain.min(self.fresh_lease / 4)
    }

    fn start(&mut self, member: &Member, lease_end: u64, drain: Duration) {
        self.runs += 1;
        let number = self.runs;
        // Before the command can act: if this process is killed, its session must outlive the command.
        let hold = self.client.hold_undertaker();
        let terms = Terms {
            command: &self.job.command,
            token: member.token,
            member: &member.path,
            lease_end,
            drain,
            stop_timeout: self.job.stop_timeout,
            new_privileges: self.job.new_privileges,
            number,
            undertaker: hold.as_ref().map(Hold::pipe),
        };
        let events = self.guardian_events.clone();
        let guardian = GuardianClient::start(&terms, move |event| {
            // An error means that the tool is ending.
            let _ = events.send((number, event));
        });
        match guardian {
            Ok(guardian) => {
                self.run = Some(Run {
                    number,
                    guardian,
                    token: member.token,
                    pid: None,
                    lease_end,
                    why: None,
                    lost: false,
                    given_up: false,
                    waits_for_terminal: false,
                    survivors: Vec::new(),
                    _hold: hold,
                });
            }
            Err(error) => self.fail(&format!("cannot start a guardian: {error}")),
        }
    }

    /// Asks the command to end, and sets a limit of `patience` from now, or the lease if that is
    /// sooner.
    fn stop(&mut self, why: Why, signal: i32, patience: Duration) {
        let Some(run) = &mut self.run else {
            return;
        };
        run.guardian.send(Order::Stop {
            signal,
            kill_at: sys::boottime_ns().saturating_add(nanos(patience)),
        });
        if run.why.is_none() {
            self.report.line(lines::stopping(run.token, why.word()));
        }
        match (&run.why, &why) {
            // It ends for that reason already, which decides what follows.
            (Some(Why::Asked | Why::Failed), Why::Lost) => {}
            _ => run.why = Some(why),
        }
    }

    fn on_signal(&mut self, caught: Caught) {
        let Caught::Signal(signal) = caught else {
            // The second request to end: kill the command.
            self.end.get_or_insert(Outcome::Done);
            self.stop(Why::Asked, libc::SIGTERM, Duration::ZERO);
            self.quit = self.quit.or_else(|| Instant::now().checked_add(QUIT_AFTER));
            return;
        };
        let ends = match signal {
            libc::SIGTERM | libc::SIGINT => true,
            // Without a command these signals can only mean the tool.
            signal if signals::ends_a_waiting_tool(signal) => self.run.is_none(),
            _ => false,
        };

        if ends {
            self.end.get_or_insert(Outcome::Done);
            self.stop(Why::Asked, signal, self.job.stop_timeout);
        } else if let Some(run) = &mut self.run {
            run.guardian.send(Order::Signal(signal));
        }
    }

    fn on_session(&mut self, event: &SessionEvent) {
        self.report.session(event);
        if *event == SessionEvent::AuthFailed {
            self.fail(REFUSED);
        }
    }

    fn on_contender(&mut self, number: u64, event: ContenderEvent) {
        self.report.contender(&event);
        if number != self.candidacy {
            if matches!(event, ContenderEvent::Lost { .. }) {
                self.former = None;
            }
            return;
        }
        match event {
            ContenderEvent::Leading { member, .. } => self.member = Some(member),
            ContenderEvent::Standby {
                waits_until: None, ..
            } if self.is_to_give_up_at_once() => {
                FirstWait::report_leader(self.report);
                self.end = Some(Outcome::NotLeading);
            }
            ContenderEvent::Lost { reason, .. } => {
                if let LostReason::Failed(error) = reason {
                    self.fail(error.message());
                } else if self.job.reenrol == Reenrol::Never {
                    self.end.get_or_insert(Outcome::Failed);
                }
            }
            _ => {}
        }
    }

    fn fail(&mut self, message: &str) {
        if self.end == Some(Outcome::Failed) {
            return;
        }
        self.report.failure(message);
        self.end = Some(Outcome::Failed);
        let patience = self.drain();
        self.stop(Why::Failed, libc::SIGTERM, patience);
    }

    fn on_guardian(&mut self, number: u64, event: GuardianEvent) {
        let Some(run) = self.run.as_mut().filter(|run| run.number == number) else {
            return;
        };
        match event {
            GuardianEvent::Notice(Notice::Started(pid)) => {
                run.pid = Some(pid);
                self.report.line(lines::started(run.token, pid));
            }
            GuardianEvent::Notice(Notice::Stopping) => {
                if run.why.is_none() {
                    run.why = Some(Why::Lost);
                    self.report
                        .line(lines::stopping(run.token, Why::Lost.word()));
                }
            }
            GuardianEvent::Notice(Notice::Stopped(signal)) => {
                run.waits_for_terminal = true;
                if !run.give_terminal() {
                    self.report.failure(&waits_for_terminal(signal));
                }
            }
            GuardianEvent::Notice(Notice::Survives { pid, errno }) => {
                run.survivors.push(pid);
                self.report.failure(&survives(pid, errno));
            }
            GuardianEvent::Notice(Notice::Killed) => self.report.line(lines::killed(run.token)),
            GuardianEvent::Notice(Notice::Late) => self.ended(Why::Lost, Outcome::Failed),
            GuardianEvent::Notice(Notice::NotStarted(errno)) => {
                let error = std::io::Error::from_raw_os_error(errno);
                let name = self.job.command.first().cloned().unwrap_or_default();
                let name = name.display();
                self.report.failure(&format!("cannot run {name}: {error}"));
                let code = if errno == libc::ENOENT { 127 } else { 126 };
                self.ended(Why::Asked, Outcome::Command(code));
            }
            GuardianEvent::Notice(Notice::Ended(status)) => {
                let status = ExitStatus::from_raw(status);
                self.report.line(lines::ended(run.token, status));
                let why = run.why.take().unwrap_or(Why::Asked);
                self.ended(why, Outcome::Command(exit_code(status)));
            }
            GuardianEvent::Killed => {
                let why = run.why.take();
                if why.is_none() {
                    let message = "the guardian was killed, and the command with it";
                    self.report.failure(message);
                }
                let code = exit_code(ExitStatus::from_raw(libc::SIGKILL));
                self.ended(why.unwrap_or(Why::Asked), Outcome::Command(code));
            }
        }
    }

    /// The command and its whole group are gone.
    fn ended(&mut self, why: Why, outcome: Outcome) {
        let run = self.run.take();
        if let Some(group) = run.as_ref().and_then(Run::group) {
            terminal::take_back(group);
        }
        let token = run.map(|run| run.token);
        match (why, self.job.reenrol) {
            (Why::Failed, _) => {}
            (Why::Asked, _) => self.end = Some(outcome),
            (Why::Lost, Reenrol::Never) => {
                self.end.get_or_insert(Outcome::Failed);
            }
            (Why::Lost, Reenrol::Always) => {
                // The lease was renewed after all, too late for the command: let another contender
                // lead.
                let led = self.contender.leadership().map(|lease| lease.token());
                if led.is_some() && led == token && self.end.is_none() {
                    self.contend_again();
                }
            }
        }
    }

    fn contend_again(&mut self) {
        self.candidacy += 1;
        match contend(self.client, &self.job, self.candidacy, &self.events) {
            Ok(contender) => {
                let former = std::mem::replace(&mut self.contender, contender);
                let withdrawal = former.withdraw();
                self.former = Some((former, withdrawal));
            }
            Err(error) => self.fail(error.message()),
        }
    }

    /// Withdraws and closes, for at most `patience` or until another signal.
    fn leave(self, caught: &Receiver<Caught>, inbox: &Receiver<Event>, patience: Duration) {
        let Self {
            client,
            report,
            contender,
            events,
            former,
            ..
        } = self;
        // Closing the session removes the znode as well; a withdrawal reports the reason.
        let withdrawal = contender.withdraw();
        let closing = client.close();
        drop(events);
        let deadline = Instant::now().checked_add(patience);
        let time = deadline.map_or_else(crossbeam_channel::never, crossbeam_channel::at);
        loop {
            select_biased! {
                recv(caught) -> signal => if !matches!(signal, Ok(Caught::Signal(_))) {
                    break;
                },
                recv(inbox) -> event => match event {
                    Ok(Event::Session(event)) => report.session(&event),
                    Ok(Event::Contender(_, event)) => report.contender(&event),
                    Err(_) => break,
                },
                recv(time) -> _ => break,
            }
        }
        if let Err(error) = closing.wait_for(ANSWER_LAG_MAX) {
            report.failure(error.message());
        }
        drop((withdrawal, former));
    }
}
