//! Servers of one ensemble that grant different session timeouts.

use crate::{LIMIT, contend, fresh_path, token_of};
use std::time::{Duration, Instant};
use tenure::{Client, ClientOptions, SessionEvent, Url};
use tenure_field::ensemble::{self, Options};
use tenure_field::proxy::Cut;
use tenure_field::{Ensemble, Proxy, wait_until};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_secs(4);

fn connected(client: &Client) -> Duration {
    loop {
        if let SessionEvent::Connected { timeout, .. } = client.events().next(Some(LIMIT)).unwrap()
        {
            return timeout;
        }
    }
}

/// The last touch was at a server with the shorter timeout: a later grant of the other extends no
/// lease that rests on the shorter one.
#[test]
fn a3_a_lease_does_not_grow_when_a_more_generous_server_is_found() {
    let options = Options {
        max_session_timeouts_ms: [LONG, SHORT, LONG]
            .map(|timeout| u32::try_from(timeout.as_millis()).unwrap())
            .into(),
        ..Options::default()
    };
    let (ensemble, path) = (Ensemble::start_with(3, &options), fresh_path());
    let proxies: Vec<Proxy> = ensemble.addrs().into_iter().map(Proxy::start).collect();
    let only = |server: usize| {
        for (index, proxy) in proxies.iter().enumerate() {
            proxy.refuse(index != server);
            if index != server {
                proxy.cut_connections(Cut::Reset);
            }
        }
    };
    only(0);
    let addrs: Vec<_> = proxies.iter().map(Proxy::addr).collect();
    let url = Url::parse(&ensemble::url(&addrs, &path)).unwrap();
    let client = Client::open(&url, ClientOptions::default().session_timeout(LONG)).unwrap();
    let leader = contend(&client, &path);
    let token = token_of(&leader);
    assert_eq!(connected(&client), LONG);
    let left = || {
        leader
            .leadership()
            .map_or(Duration::ZERO, |l| l.remaining())
    };
    assert!(left() > SHORT, "{:?}", left());

    only(1);
    assert_eq!(connected(&client), SHORT);
    wait_until("a lease of the shorter timeout", LIMIT, || {
        (leader.is_leading() && left() < SHORT).then_some(())
    });
    only(0);
    connected(&client);
    let start = Instant::now();
    wait_until("a while at the more generous one", LIMIT, || {
        assert!(left() < SHORT, "{:?} left", left());
        (start.elapsed() > SHORT).then_some(())
    });
    assert_eq!(token_of(&leader), token);
    client.close().wait_for(LIMIT).unwrap();
}
