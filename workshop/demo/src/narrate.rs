//! A process's lines in words.

use tenure_field::tool::{Actor, Event, What};

use crate::human;
use crate::narrator::Tag;

/// What the `index`-th line of `actor` means to a reader; nothing if it is no news.
pub(crate) fn line(actor: &Actor, index: usize) -> Option<(Tag, String)> {
    let (before, event) = (actor.events().get(..index)?, actor.events().get(index)?);
    let who = actor.name();
    Some(match &event.what {
        What::Leading(lead) if leads_on(before, lead.token) => {
            let text = format!("{who} leads on (token {})", lead.token);
            (Tag::Leader, text)
        }
        What::Leading(lead) => (Tag::Leader, format!("{who} leads (token {})", lead.token)),
        What::Standby => (Tag::Standby, format!("{who} stands by")),
        What::Jeopardy(lead) => {
            let left = human::span(human::between(event.at_ns, lead.lease_end_ns));
            let text = format!("{who} cannot renew its lease, which lasts for {left} more");
            (Tag::Jeopardy, text)
        }
        What::Lost(loss) => {
            let what = if led(before) {
                "leads no more"
            } else {
                "stands no more"
            };
            (Tag::Lost, format!("{who} {what}: {}", loss.reason))
        }
        What::Leader(leader) => {
            let name = leader.data.as_deref();
            let name = name.unwrap_or("somebody without a payload");
            let text = format!("{who} sees {name} lead (token {})", leader.token);
            (Tag::Detector, text)
        }
        What::None => (Tag::Detector, format!("{who} sees that nobody leads")),
        What::Unknown => (Tag::Detector, format!("{who} cannot know who leads")),
        // Who enrols stands by or leads a moment later; sessions are told by what they cause.
        What::Enrolled | What::Other => return None,
    })
}

/// Whether this candidacy has led before.
fn led(before: &[Event]) -> bool {
    let candidacy = before.rsplit(|event| event.loss().is_some()).next();
    candidacy.is_some_and(|events| events.iter().any(is_leading))
}

fn leads_on(before: &[Event], token: u64) -> bool {
    let same =
        |event: &Event| is_leading(event) && event.lead().map(|lead| lead.token) == Some(token);
    before.iter().any(same)
}

fn is_leading(event: &Event) -> bool {
    matches!(event.what, What::Leading(_))
}
