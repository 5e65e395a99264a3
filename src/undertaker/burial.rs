//! Closes the sessions of a dead process, all at the same time.

use super::Session;
use crate::core::Time;
use crate::driver::{ClientHandle, Transport, block_on, now};
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long after the last attempt the library may take to report its end.
const MARGIN: Duration = Duration::from_secs(1);

/// Closes the sessions, each until the servers end it by themselves. What fails stays until then.
pub(super) fn bury(sessions: impl Iterator<Item = Session>, died: Time) {
    let closing: Vec<_> = sessions
        .filter_map(|session| begin(session, died))
        .collect();
    for (client, patience) in closing {
        let deadline = Instant::now() + patience.since(now()) + MARGIN;
        let mailbox = &client.session().mailbox;
        while let Some(Some(_)) = block_on(poll_fn(|cx| mailbox.poll_next(cx)), Some(deadline)) {}
    }
}

fn begin(session: Session, died: Time) -> Option<(Arc<ClientHandle>, Time)> {
    let Session {
        charge,
        identity,
        wills,
    } = session;
    let tls = charge.tls.as_ref().map(|tls| tls.load()).transpose().ok()?;
    let patience = died + identity.timeout;
    let options = charge.session_options();
    let client =
        ClientHandle::bury(options, Transport::Tcp(tls), identity, wills, patience).ok()?;
    Some((client, patience))
}
