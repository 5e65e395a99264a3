//! `tenure contend`: contends for the leadership of a group.

use crate::first_wait::FirstWait;
use crate::inbox::{Inbox, Input};
use crate::report::Report;
use crate::{CLOSED, Outcome, REFUSED, Tool};
use std::time::Duration;
use tenure::{ContenderEvent, ContenderOptions, Error, LostReason, Reenrol, SessionEvent};

/// How long after the session timeout the library may take to report that it gives up.
const MARGIN: Duration = Duration::from_secs(1);

pub(crate) fn run(
    tool: Tool<'_, ContenderEvent>,
    options: ContenderOptions,
    reenrol: Reenrol,
    wait: FirstWait,
) -> Result<Outcome, Error> {
    let Tool {
        client,
        mut inbox,
        report,
        patience,
    } = tool;
    let contender = client.contend(options)?;
    contender.events().on_each(inbox.deliver())?;
    let outcome = follow(&inbox, report, reenrol, wait);

    // Closing the session removes the znode as well; a withdrawal reports the reason.
    let withdrawal = contender.withdraw();
    let closed = crate::close(client, &inbox, patience + MARGIN, |input| match input {
        Input::Session(event) => report.session(&event),
        Input::Own(event) => report.contender(&event),
        _ => {}
    });
    drop(withdrawal);
    if let Err(error) = closed {
        report.remark(error.message());
    }
    Ok(outcome)
}

fn follow(
    inbox: &Inbox<ContenderEvent>,
    report: &mut Report,
    reenrol: Reenrol,
    wait: FirstWait,
) -> Outcome {
    let mut deadline = wait.deadline();
    let mut has_led = false;
    while !report.is_broken() {
        match inbox.next(deadline) {
            Input::Session(event) => {
                report.session(&event);
                if event == SessionEvent::AuthFailed {
                    report.failure(REFUSED);
                    return Outcome::Failed;
                }
            }
            Input::Own(event) => {
                report.contender(&event);
                match event {
                    ContenderEvent::Leading { .. } => {
                        has_led = true;
                        deadline = None;
                    }
                    ContenderEvent::Standby {
                        waits_until: None, ..
                    } if wait.only_try && !has_led => {
                        FirstWait::report_leader(report);
                        return Outcome::NotLeading;
                    }
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
            Input::Stop(_) => return Outcome::Done,
            Input::End => {
                report.failure(CLOSED);
                return Outcome::Failed;
            }
            Input::Time => {
                wait.report_end(report);
                return Outcome::NotLeading;
            }
            Input::Answered => {}
        }
    }
    Outcome::Done
}
