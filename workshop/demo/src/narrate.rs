//! A process's lines in words.

use crate::actor::Actor;
use crate::event::{Event, Kind};
use crate::human;
use crate::timeline::Tag;

/// What the `index`-th line of `actor` means to a reader; nothing if it is no news.
pub(crate) fn line(actor: &Actor, index: usize) -> Option<(Tag, String)> {
    let (before, event) = (actor.events().get(..index)?, actor.events().get(index)?);
    let who = actor.name;
    Some(match event.kind {
        Kind::Leading if leads_on(before, event) => {
            (Tag::Leader, format!("{who} leads on ({})", token(event)))
        }
        Kind::Leading => (Tag::Leader, format!("{who} leads ({})", token(event))),
        Kind::Standby => (Tag::Standby, format!("{who} stands by")),
        Kind::Jeopardy => {
            let left = event
                .lease_end_ns
                .map(|end| human::between(event.boottime_ns, end));
            let left = left.map_or_else(|| "not known how long".to_owned(), human::span);
            let text = format!("{who} cannot renew its lease, which lasts for {left} more");
            (Tag::Jeopardy, text)
        }
        Kind::Lost => {
            let what = if led(before) {
                "leads no more"
            } else {
                "stands no more"
            };
            let why = event.reason.as_deref().unwrap_or("it does not say why");
            (Tag::Lost, format!("{who} {what}: {why}"))
        }
        Kind::Leader => {
            let leader = event
                .data
                .as_deref()
                .unwrap_or("somebody without a payload");
            let text = format!("{who} sees {leader} lead ({})", token(event));
            (Tag::Detector, text)
        }
        Kind::None => (Tag::Detector, format!("{who} sees that nobody leads")),
        Kind::Unknown => (Tag::Detector, format!("{who} cannot know who leads")),
        // Who enrols stands by or leads a moment later; sessions are told by what they cause.
        Kind::Enrolled | Kind::Other => return None,
    })
}

fn token(event: &Event) -> String {
    let token = event
        .token
        .map_or_else(|| "none".to_owned(), |token| token.to_string());
    format!("token {token}")
}

/// Whether this candidacy has led before.
fn led(before: &[Event]) -> bool {
    let candidacy = before.rsplit(|event| event.kind == Kind::Lost).next();
    candidacy.is_some_and(|events| events.iter().any(|event| event.kind == Kind::Leading))
}

fn leads_on(before: &[Event], event: &Event) -> bool {
    let same = |other: &Event| other.kind == Kind::Leading && other.token == event.token;
    before.iter().any(same)
}
