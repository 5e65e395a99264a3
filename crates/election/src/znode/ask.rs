//! The questions to the server about an own znode, and their answers.

use super::{State, ZnodeId, adopt, blocked, create, late, leave, verify, write};
use crate::error::Error;
use crate::shared::Shared;
use alloc::string::String;
use tenure_proto::{Response, ServerError};

/// A question to the server about an own znode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ZnodeAsk {
    Ancestor(String),
    Create,
    Name(String),
    /// A look; its number distinguishes answers to an abandoned one.
    Look(u32, Look),
    Verify,
    /// Whether an own znode may be read again.
    Check,
    /// Whether a znode that may not be read is the client's.
    Own,
    Write,
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    Flush,
    Ephemerals,
    Children,
    Suspect(String),
}

impl ZnodeAsk {
    /// The act of the question, for people.
    fn act(&self) -> &'static str {
        match self {
            Self::Ancestor(_) => "create",
            Self::Create => "create a member under",
            Self::Look(..) => "look for an own member under",
            Self::Name(_) | Self::Verify | Self::Check | Self::Own => "look at",
            Self::Write => "change the payload of",
            Self::Delete => "delete",
        }
    }
}

pub(crate) fn on_reply(
    shared: &mut Shared,
    id: ZnodeId,
    ask: ZnodeAsk,
    result: Result<Response, ServerError>,
) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    match ask {
        ZnodeAsk::Ancestor(path) => match result {
            Ok(_) | Err(ServerError::NodeExists) => {}
            Err(error) => {
                znode.ancestor_error = Some(Error::from_server(error, "create", &path));
            }
        },
        ZnodeAsk::Create => create::created(shared, id, result),
        ZnodeAsk::Name(path) => create::identified(shared, id, &path, result),
        ZnodeAsk::Look(number, look) => {
            if matches!(znode.state, State::Looking { .. }) && znode.look == number {
                adopt::seen(shared, id, look, result);
            }
        }
        ZnodeAsk::Verify => verify::verified(shared, id, result),
        ZnodeAsk::Check => verify::checked(shared, id, result),
        ZnodeAsk::Own => leave::owned(shared, id, result),
        ZnodeAsk::Write => write::wrote(shared, id, result),
        ZnodeAsk::Delete => leave::deleted(shared, id, result),
    }
}

/// An answer that decides nothing. The server may have carried the request out, or not: after a pause the
/// own znode looks, then goes on.
pub(crate) fn on_undecided(shared: &mut Shared, id: ZnodeId, ask: &ZnodeAsk, error: ServerError) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let own = match &znode.state {
        State::Standing(member) | State::Leaving { member, .. } => Some(member.path.clone()),
        _ => None,
    };
    let asked = own.as_deref().unwrap_or(&znode.group);
    match (ask, &znode.state) {
        (ZnodeAsk::Ancestor(path), _) => {
            // The create behind it shows whether the ancestor was missing.
            znode.ancestor_doubt = Some(Error::undecided(error, ask.act(), path));
        }
        (ZnodeAsk::Create, State::Creating) => {
            let error = Error::undecided(error, ask.act(), asked);
            znode.state = State::Doubt;
            blocked(shared, id, error);
        }
        (ZnodeAsk::Look(number, _), State::Looking { .. }) if znode.look == *number => {
            let error = Error::undecided(error, ask.act(), asked);
            znode.state = State::Doubt;
            let doubters = shared.znodes.doubters(id);
            if shared.znodes.are_of_client(&doubters) {
                // Nothing waits for it.
                doubters.into_iter().for_each(|id| late::wait(shared, id));
            } else {
                blocked(shared, id, error);
            }
        }
        (ZnodeAsk::Write, State::Standing(_)) => {
            let error = Error::undecided(error, ask.act(), asked);
            znode.lose_write();
            znode.rewrite.soon(shared.now, shared.session.timeout());
            let news = znode.rewrite.is_news(&error);
            shared.znodes.say_blocked(id, news, error);
        }
        (ZnodeAsk::Name(path), State::Named(_)) => {
            let error = Error::undecided(error, ask.act(), path);
            blocked(shared, id, error);
        }
        (ZnodeAsk::Verify, State::Standing(_) | State::Leaving { .. })
        | (ZnodeAsk::Check, State::Standing(_))
        | (ZnodeAsk::Own | ZnodeAsk::Delete, State::Leaving { .. }) => {
            let error = Error::undecided(error, ask.act(), asked);
            blocked(shared, id, error);
        }
        _ => {}
    }
}
