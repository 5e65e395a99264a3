//! Every answer comes late, as on a long way or from a busy server.

use crate::{LIMIT, contend, fresh_path, has_lost, let_pass, shared, token_of};
use std::time::Duration;
use tenure::{Client, ClientOptions, Url};
use tenure_testkit::Relay;

/// Session timeouts, and how late each reply is.
const LATE_MS: [(u64, u64); 4] = [(10_000, 1_500), (4_000, 500), (4_000, 666), (10_000, 1_666)];

#[test]
fn f6_a_lone_contender_leads_though_every_reply_is_a_sixth_of_t_late() {
    std::thread::scope(|scope| {
        for (timeout, late) in LATE_MS {
            scope.spawn(move || {
                let [timeout, late] = [timeout, late].map(Duration::from_millis);
                let (relay, path) = (Relay::start(shared().addr()), fresh_path());
                relay.late_by(late);
                let options = ClientOptions::default().session_timeout(timeout);
                let client = Client::open(&Url::parse(&relay.url(&path)).unwrap(), options);
                let client = client.unwrap();
                let contender = contend(&client, &path);
                let token = token_of(&contender);
                // And it keeps what it has.
                let_pass(timeout);
                assert_eq!(contender.leadership().map(|l| l.token()), Some(token));
                assert!(!has_lost(&contender), "T = {timeout:?}, {late:?} late");
                assert!(contender.withdraw().wait_for(LIMIT).unwrap());
                client.close().wait_for(LIMIT).unwrap();
            });
        }
    });
}
