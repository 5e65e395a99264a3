//! `tenure detect`: follows the leader of a group.

use crate::inbox::Input;
use crate::lines;
use crate::report::Report;
use crate::signals::Stop;
use crate::strangers::Look;
use crate::{CLOSED, Outcome, REFUSED, Tool};
use std::time::{Duration, Instant};
use tenure::{DetectorEvent, Error, ErrorKind, Leader, SessionEvent};

pub(crate) fn run(
    tool: Tool<'_, DetectorEvent>,
    group: &str,
    label: Option<&str>,
    once: bool,
    timeout: Option<Duration>,
) -> Result<Outcome, Error> {
    let Tool {
        client,
        mut inbox,
        report,
        ..
    } = tool;
    let mut deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let detector = client.detect(group)?;
    detector.events().on_each(inbox.deliver())?;
    let mut strangers = Look::new(client, group);
    let mut outcome = Outcome::Done;
    // A question that fails has no answer; 1 would be "no".
    let failed = if once {
        Outcome::NotKnown
    } else {
        Outcome::Failed
    };
    while !report.is_broken() {
        match inbox.next(deadline) {
            Input::Session(event) => {
                report.session(&event);
                if event == SessionEvent::AuthFailed {
                    report.failure(REFUSED);
                    outcome = failed;
                    break;
                }
            }
            Input::Own(DetectorEvent::Failed(error)) => {
                if once && error.kind() == ErrorKind::NoAuth {
                    report.failure(error.message());
                    outcome = failed;
                    break;
                }
                report.problem(error.message(), None);
            }
            Input::Own(event @ DetectorEvent::TokenFell { .. }) => {
                if let Some(line) = lines::detector(&event) {
                    report.line(line);
                }
            }
            Input::Own(event) => {
                let known = !matches!(event, DetectorEvent::Unknown { .. });
                if (known || !once)
                    && let Some(line) = lines::detector(&event)
                {
                    let empty = event == DetectorEvent::None;
                    let found = if known { strangers.at(empty) } else { None };
                    report.line(line.with_strangers(found.as_ref(), group));
                }
                if let DetectorEvent::Leader(leader) = &event {
                    check_label(leader, label, report);
                }
                if known {
                    deadline = None;
                    if once {
                        break;
                    }
                }
            }
            Input::Stop(stop) => {
                report.hurry();
                // Nothing was printed: a program that waits for an answer must not see success.
                if once && stop == Stop::Signal {
                    outcome = failed;
                }
                break;
            }
            Input::Time => {
                report.failure(&crate::not_known("the leader", timeout, report));
                outcome = Outcome::NotKnown;
                break;
            }
            Input::End => {
                report.failure(CLOSED);
                outcome = failed;
                break;
            }
            Input::Answered => {}
        }
    }
    crate::leave(client, &inbox, report);
    Ok(outcome)
}

/// The leader is the oldest member whatever its label: an unexpected label only means that the
/// payload may have another format than the reader expects.
fn check_label(leader: &Leader, expected: Option<&str>, report: &mut Report) {
    let Some(expected) = expected else {
        return;
    };
    let member = &leader.member;
    let has = match member.label.as_deref() {
        Some(label) if label == expected => return,
        Some(label) => format!("has the label {label:?}"),
        None => "has no label".to_owned(),
    };
    let message = format!(
        "the leader {} {has} and not {expected:?}; its payload may mean something else",
        member.path
    );
    report.problem(&message, None);
}
