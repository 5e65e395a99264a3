//! Failures of other libraries with sessions and connections.

use crate::{
    LIMIT, SHORT, contend, expire, expired, fresh_path, leader_that, observe, open_for, session_of,
    shared, shut, token_of, until, wait_children,
};
use std::time::Instant;
use tenure::{Client, SessionEvent};
use tenure_field::Proxy;
use tenure_field::proxy::{Cut, Kind, Then};

/// The faults of a connection and of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    /// The connection is reset.
    Reset,
    /// The connection ends in order.
    Fin,
    /// No server answers for a while; a connection is lost to silence.
    Silence,
    /// No server answers until the session is over by the client's own clock.
    LongSilence,
    /// The session ends while the client is connected.
    Expire,
    /// The session ends while the client is not connected.
    ExpireAway,
    /// The session ends, and the answer that reports it is lost.
    ExpireUnheard,
    /// The connection ends as soon as the next one is asked for.
    Flap,
}

impl Blow {
    const ALL: [Self; 8] = [
        Self::Reset,
        Self::Fin,
        Self::Silence,
        Self::LongSilence,
        Self::Expire,
        Self::ExpireAway,
        Self::ExpireUnheard,
        Self::Flap,
    ];

    /// Returns when the fault has begun, and not when all is well again. `session` is the newest
    /// that is known.
    fn strike(self, proxy: &Proxy, client: &Client, session: i64) {
        let suspended = |event: &SessionEvent| {
            matches!(
                event,
                SessionEvent::Suspended { .. } | SessionEvent::Retrying { .. }
            )
        };
        match self {
            Self::Reset => drop(proxy.cut_connections(Cut::Reset)),
            Self::Fin => drop(proxy.cut_connections(Cut::Fin)),
            Self::Silence => {
                proxy.hold();
                until(client.events(), suspended);
                proxy.release();
            }
            Self::LongSilence => {
                proxy.hold();
                let start = Instant::now();
                // There may be no session that could end.
                let over = |event: &SessionEvent| expired(event) || start.elapsed() > 2 * SHORT;
                until(client.events(), over);
                proxy.release();
            }
            Self::Expire => expire(session),
            Self::ExpireAway => {
                shut(proxy);
                expire(session);
                proxy.refuse(false);
            }
            Self::ExpireUnheard => {
                proxy.swallow(Kind::ConnectResponse, 1, Then::Cut(Cut::Reset));
                expire(session);
                proxy.cut_connections(Cut::Reset);
            }
            Self::Flap => {
                for then in [Cut::Fin, Cut::Reset] {
                    proxy.swallow(Kind::ConnectResponse, 1, Then::Cut(then));
                    proxy.cut_connections(then);
                }
            }
        }
    }
}

/// CURATOR-405, CURATOR-525 and many: states without an exit. The client survives each fault, and
/// each at the same time as each other: it has a session, new or kept, the candidate leads, the
/// detector has it, and there is one znode.
#[test]
fn e1_every_state_of_a_session_has_an_exit() {
    std::thread::scope(|scope| {
        for first in Blow::ALL {
            for second in Blow::ALL {
                scope.spawn(move || survive(first, second));
            }
        }
    });
}

fn survive(first: Blow, second: Blow) {
    let context = format!("{first:?}, then {second:?}");
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let client = open_for(&proxy.url(&path), SHORT);
    let detector = client.detect(&path).unwrap();
    let contender = contend(&client, &path, "x");
    let token = token_of(&contender);
    let session = session_of(&client);
    first.strike(&proxy, &client, session);
    second.strike(&proxy, &client, session);
    proxy.clear_rules();
    // The end of a leadership from before the faults may not be reported yet: this is a new one, or
    // one that outlives the check.
    let written = contender.set_data("after").unwrap().wait_for(LIMIT);
    let written = written.unwrap_or_else(|error| panic!("{context}: {error}"));
    let again = contender.wait_leading(Some(LIMIT));
    let again = again.unwrap_or_else(|error| panic!("{context}: {error}"));
    assert!(again.token() >= token, "{context}");
    let known = leader_that(&detector, |leader| leader.data == b"after");
    assert!(known.member.token >= token, "{context}: {written}");
    let observer = observe();
    wait_children(&observer, &path, 1);
    client.close().wait_for(LIMIT).unwrap();
    assert!(observer.children(&path).is_empty(), "{context}");
}
