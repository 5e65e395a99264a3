//! `tenure contend`: stands for the leadership of a group.

use crate::inbox::{Inbox, News};
use crate::report::{self, Report};
use crate::{CLOSED, Desk, Outcome, REFUSED};
use std::time::Duration;
use tenure::{
    Contender, ContenderEvent, ContenderOptions, Error, LostReason, Reenrol, SessionEvent, Time,
};

/// How long after the session timeout the library may take to say that it gives up.
const MARGIN: Duration = Duration::from_secs(1);

pub(crate) fn run(
    desk: Desk<'_, ContenderEvent>,
    options: ContenderOptions,
    reenrol: Reenrol,
) -> Result<Outcome, Error> {
    let Desk {
        client,
        mut inbox,
        report,
        patience,
    } = desk;
    let contender = client.contend(options)?;
    contender.events().on_each(inbox.deliver())?;
    let mut lease_end = Time::default();
    let outcome = follow(&contender, &inbox, report, reenrol, &mut lease_end);

    // Renewals are not events: this is the last chance to learn of the newest.
    note_lease(&contender, &mut lease_end);
    // Closing the session removes the znode as well; withdrawing says why.
    let withdrawal = contender.withdraw();
    let closed = crate::close(client, &inbox, patience + MARGIN, |news| match news {
        News::Session(event) => report.session(&event),
        News::Own(event) => tell(&contender, &event, report, &mut lease_end),
        _ => {}
    });
    drop(withdrawal);
    if let Err(error) = closed {
        report::complain(error.message());
    }
    Ok(outcome)
}

fn follow(
    contender: &Contender,
    inbox: &Inbox<ContenderEvent>,
    report: &mut Report,
    reenrol: Reenrol,
    lease_end: &mut Time,
) -> Outcome {
    while !report.is_broken() {
        match inbox.next(None) {
            News::Session(event) => {
                report.session(&event);
                if event == SessionEvent::AuthFailed {
                    report.failure(REFUSED);
                    return Outcome::Failed;
                }
            }
            News::Own(event) => {
                tell(contender, &event, report, lease_end);
                match event {
                    ContenderEvent::Lost {
                        reason: LostReason::Failed(error),
                        ..
                    } => {
                        report.failure(error.message());
                        return Outcome::Failed;
                    }
                    ContenderEvent::Lost { .. } if reenrol == Reenrol::Never => {
                        return Outcome::Failed;
                    }
                    _ => {}
                }
            }
            News::Stop(_) => return Outcome::Done,
            News::End => {
                report.failure(CLOSED);
                return Outcome::Failed;
            }
            News::Answered | News::Time => {}
        }
    }
    Outcome::Done
}

/// Prints an event, with what is known of the lease by then.
fn tell(contender: &Contender, event: &ContenderEvent, report: &mut Report, lease_end: &mut Time) {
    match event {
        ContenderEvent::Leading { lease_end: end, .. }
        | ContenderEvent::Jeopardy { deadline: end, .. } => *lease_end = *end,
        _ => {}
    }
    report.contender(event, *lease_end);
    match event {
        ContenderEvent::Lost { .. } => *lease_end = Time::default(),
        ContenderEvent::Leading { .. } => note_lease(contender, lease_end),
        _ => {}
    }
}

fn note_lease(contender: &Contender, lease_end: &mut Time) {
    if let Some(leadership) = contender.leadership() {
        *lease_end = leadership.lease_end().max(*lease_end);
    }
}
