//! `tenure run`: runs a command only while leading.
//!
//! Three processes: this one, the supervisor, talks to ZooKeeper and watches the lease; a
//! [`guardian`] of its own for each run of the command holds the deadline; the command. The
//! guardian alone signals the command and reaps it. This module decides when the command starts, why
//! it ends, and what follows.

pub(crate) mod guardian;
mod guardian_client;
mod orders;

use crate::report::Report;
use crate::signals::{self, Caught};
use crate::{APART, CLOSED, Outcome, REFUSED, lines, sys};
use crossbeam_channel::{Receiver, Sender, select_biased};
use guardian::{KILL_BEFORE, nanos};
use guardian_client::{Heard, Terms, Ward};
use orders::{Order, Word};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use tenure::{
    Client, Contender, ContenderEvent, ContenderOptions, Error, LostReason, Member, Pending,
    Reenrol, SessionEvent,
};

/// How long after the session timeout the library may take to say that it gives up.
const MARGIN: Duration = Duration::from_secs(1);
/// How long after the kill that it owes a guardian is given up.
const GUARDIAN_LATE: Duration = Duration::from_millis(50);
/// How often the lease is looked at: renewals are no events.
const LOOK_MIN: Duration = Duration::from_millis(20);
const LOOK_MAX: Duration = Duration::from_secs(1);
/// How many events wait to be looked at. Beyond it the library waits, and thins out.
const EVENTS_MAX: usize = 64;

/// What to run, and how.
pub(crate) struct Job {
    pub(crate) contender: ContenderOptions,
    pub(crate) reenrol: Reenrol,
    pub(crate) drain: Duration,
    pub(crate) stop_timeout: Duration,
    pub(crate) command: Vec<OsString>,
}

enum Event {
    Session(SessionEvent),
    /// Of the candidacy with this number.
    Contender(u64, ContenderEvent),
}

/// Why a command that runs is to end.
enum Why {
    /// Somebody asked us to end.
    Asked,
    /// Leadership is over, or about to be.
    Lost,
    /// We cannot go on.
    Failed,
}

/// One run of the command.
struct Run {
    number: u64,
    ward: Ward,
    token: u64,
    pid: Option<u32>,
    /// What the guardian was told last, on `CLOCK_BOOTTIME`.
    lease_end: u64,
    why: Option<Why>,
    /// Its leadership is over, and the guardian was told.
    lost: bool,
    given_up: bool,
}

struct Supervisor<'a> {
    client: &'a Client,
    report: &'a mut Report,
    job: Job,
    events: Sender<Event>,
    heard: Sender<(u64, Heard)>,
    contender: Contender,
    /// Counts candidacies that we began, and runs: what is heard of others is of the past.
    candidacy: u64,
    runs: u64,
    /// A candidacy that we gave up, until its znode is gone.
    former: Option<(Contender, Pending<bool>)>,
    member: Option<Member>,
    /// What was left of the lease when it was last seen to be renewed.
    fresh_lease: Duration,
    /// The end that it had then.
    renewed: u64,
    run: Option<Run>,
    /// How to end, as soon as no command runs.
    end: Option<Outcome>,
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
    sys::default_sigchld().map_err(system("have children reaped"))?;
    let caught = signals::catch().map_err(system("listen for signals"))?;
    let (events, inbox) = crossbeam_channel::bounded(EVENTS_MAX);
    let (heard, words) = crossbeam_channel::unbounded();
    let session = events.clone();
    client.events().on_each(move |event| {
        // An error means that the tool is over.
        drop(session.send(Event::Session(event)));
    })?;
    let contender = contend(client, &job, 0, &events)?;
    let mut supervisor = Supervisor {
        client,
        report,
        job,
        events,
        heard,
        contender,
        candidacy: 0,
        runs: 0,
        former: None,
        member: None,
        fresh_lease: Duration::ZERO,
        renewed: 0,
        run: None,
        end: None,
    };
    let outcome = supervisor.follow(&caught, &words, &inbox);
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
        words: &Receiver<(u64, Heard)>,
        inbox: &Receiver<Event>,
    ) -> Outcome {
        loop {
            let wait = self.look();
            if let (None, Some(outcome)) = (&self.run, self.end) {
                return outcome;
            }
            let time = wait.map_or_else(crossbeam_channel::never, crossbeam_channel::after);
            select_biased! {
                recv(words) -> word => if let Ok((number, heard)) = word {
                    self.hear(number, heard);
                },
                // Deaf to signals it could only be killed: then it rather ends by itself.
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

    /// Looks at the lease: begins what it allows, and tells the guardian of its renewal. Returns
    /// when to look again, if not only after the next event.
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
                return None;
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
                    run.ward.order(Order::Lease {
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
        let kill_at = run.lease_end.saturating_sub(nanos(KILL_BEFORE));
        let late_at = kill_at.saturating_add(nanos(GUARDIAN_LATE));
        let left = Duration::from_nanos(late_at.saturating_sub(sys::boottime_ns()));
        if left.is_zero() && !std::mem::replace(&mut run.given_up, true) {
            run.why.get_or_insert(Why::Lost);
            run.ward.give_up();
        }
        if run.given_up {
            return None;
        }
        Some((left / 8).clamp(LOOK_MIN, LOOK_MAX).min(left))
    }

    /// How long before the end of a lease the command is asked to end.
    fn drain(&self) -> Duration {
        self.job.drain.min(self.fresh_lease / 4)
    }

    fn start(&mut self, member: &Member, lease_end: u64, drain: Duration) {
        self.runs += 1;
        let number = self.runs;
        let terms = Terms {
            command: &self.job.command,
            token: member.token,
            member: &member.path,
            lease_end,
            drain,
            stop_timeout: self.job.stop_timeout,
        };
        let heard = self.heard.clone();
        let ward = Ward::start(&terms, move |what| {
            // An error means that the tool is over.
            let _ = heard.send((number, what));
        });
        match ward {
            Ok(ward) => {
                self.run = Some(Run {
                    number,
                    ward,
                    token: member.token,
                    pid: None,
                    lease_end,
                    why: None,
                    lost: false,
                    given_up: false,
                });
            }
            Err(error) => self.fail(&format!("cannot start a guardian: {error}")),
        }
    }

    /// Has the command end, at the latest `patience` from now or with the lease.
    fn stop(&mut self, why: Why, signal: i32, patience: Duration) {
        let Some(run) = &mut self.run else {
            return;
        };
        run.ward.order(Order::Stop {
            signal,
            kill_at: sys::boottime_ns().saturating_add(nanos(patience)),
        });
        if run.why.is_none() {
            self.report.line(lines::stopping(run.token, why.word()));
        }
        match (&run.why, &why) {
            // It ends for that already, and what follows then is decided.
            (Some(Why::Asked | Why::Failed), Why::Lost) => {}
            _ => run.why = Some(why),
        }
    }

    fn on_signal(&mut self, caught: Caught) {
        let Caught::Signal(signal) = caught else {
            // A second wish to end: no more patience with the command.
            self.end.get_or_insert(Outcome::Done);
            self.stop(Why::Asked, libc::SIGTERM, Duration::ZERO);
            return;
        };
        let ends = match signal {
            libc::SIGTERM | libc::SIGINT => true,
            // Without a command there is nobody else whom they could mean.
            libc::SIGHUP | libc::SIGQUIT => self.run.is_none(),
            _ => false,
        };
        if ends {
            self.end.get_or_insert(Outcome::Done);
            self.stop(Why::Asked, signal, self.job.stop_timeout);
        } else if let Some(run) = &mut self.run {
            run.ward.order(Order::Signal(signal));
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

    fn hear(&mut self, number: u64, heard: Heard) {
        let Some(run) = self.run.as_mut().filter(|run| run.number == number) else {
            return;
        };
        match heard {
            // Its number is for whoever buries the guardian.
            Heard::Said(Word::Born(_)) => {}
            Heard::Said(Word::Started(pid)) => {
                run.pid = Some(pid);
                self.report.line(lines::started(run.token, pid));
            }
            Heard::Said(Word::Stopping) => {
                if run.why.is_none() {
                    run.why = Some(Why::Lost);
                    self.report
                        .line(lines::stopping(run.token, Why::Lost.word()));
                }
            }
            Heard::Said(Word::Killed) => self.report.line(lines::killed(run.token)),
            Heard::Said(Word::Late) => self.ended(Why::Lost, Outcome::Failed),
            Heard::Said(Word::NotStarted(errno)) => {
                let error = std::io::Error::from_raw_os_error(errno);
                let name = self.job.command.first().cloned().unwrap_or_default();
                let name = name.display();
                self.report.failure(&format!("cannot run {name}: {error}"));
                let code = if errno == libc::ENOENT { 127 } else { 126 };
                self.ended(Why::Asked, Outcome::Command(code));
            }
            Heard::Said(Word::Ended(status)) => {
                let status = ExitStatus::from_raw(status);
                self.report.line(lines::ended(run.token, status));
                let why = run.why.take().unwrap_or(Why::Asked);
                self.ended(why, Outcome::Command(exit_code(status)));
            }
            Heard::GuardianKilled => {
                let why = run.why.take();
                if why.is_none() {
                    let message = "its guardian was killed, and so the command was too";
                    self.report.failure(message);
                }
                let code = exit_code(ExitStatus::from_raw(libc::SIGKILL));
                self.ended(why.unwrap_or(Why::Asked), Outcome::Command(code));
            }
        }
    }

    /// The command is gone, and all of its group.
    fn ended(&mut self, why: Why, outcome: Outcome) {
        let token = self.run.take().map(|run| run.token);
        match (why, self.job.reenrol) {
            (Why::Failed, _) => {}
            (Why::Asked, _) => self.end = Some(outcome),
            (Why::Lost, Reenrol::Never) => {
                self.end.get_or_insert(Outcome::Failed);
            }
            (Why::Lost, Reenrol::Always) => {
                // The lease was renewed after all, too late for the command: others may lead.
                let led = self.contender.leadership().map(|lease| lease.token());
                if led.is_some() && led == token && self.end.is_none() {
                    self.stand_again();
                }
            }
        }
    }

    fn stand_again(&mut self) {
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

    /// Withdraws and closes, at most for `patience` or until a signal asks again.
    fn leave(self, caught: &Receiver<Caught>, inbox: &Receiver<Event>, patience: Duration) {
        let Self {
            client,
            report,
            contender,
            events,
            former,
            ..
        } = self;
        // Closing the session removes the znode as well; withdrawing says why.
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
        if let Err(error) = closing.wait_for(APART) {
            report.failure(error.message());
        }
        drop((withdrawal, former));
    }
}

impl Why {
    fn word(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Lost => "lost",
            Self::Failed => "failed",
        }
    }
}

/// As shells have it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        let code = |raw| exit_code(ExitStatus::from_raw(raw));
        assert_eq!([code(0), code(7 << 8), code(255 << 8)], [0, 7, 255]);
        assert_eq!([code(libc::SIGTERM), code(libc::SIGKILL)], [143, 137]);
    }
}
