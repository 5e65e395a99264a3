//! The lines of a process as narration.

use tenure_field::tool::{Actor, Event, What};

use crate::human;
use crate::narrator::Tag;

/// The narration of the `index`-th line of `actor`; `None` if it adds nothing.
pub(crate) fn line(actor: &Actor, index: usize) -> Option<(Tag, String)> {
    let (before, event) = (actor.events().get(..index)?, actor.events().get(index)?);
    let name = actor.name();
    Some(match &event.what {
        What::Leading(lead) if leads_on(before, lead.token) => {
            let text = format!("{name} still leads (token {})", lead.token);
            (Tag::Leader, text)
        }
        What::Leading(lead) => (Tag::Leader, format!("{name} leads (token {})", lead.token)),
        What::Standby => (Tag::Standby, format!("{name} is a standby")),
        What::Jeopardy(lead) => {
            let left = human::span(human::between(event.at_ns, lead.lease_end_ns));
            let text = format!("{name} cannot renew its lease, which expires in {left}");
            (Tag::Jeopardy, text)
        }
        What::Lost(loss) => {
            let what = if led(before) {
                "no longer leads"
            } else {
                "no longer contends"
            };
            (Tag::Lost, format!("{name} {what}: {}", loss.reason))
        }
        What::Leader(leader) => {
            let leading = leader.data.as_deref();
            let leading = leading.unwrap_or("a member without a payload");
            let text = format!("{name} sees {leading} lead (token {})", leader.token);
            (Tag::Detector, text)
        }
        What::None => (Tag::Detector, format!("{name} sees no leader")),
        What::Unknown => (Tag::Detector, format!("{name} cannot know the leader")),
        // An enrolled contender stands by or leads a moment later; sessions show by their effects.
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
