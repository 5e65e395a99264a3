//! Every answer comes late, as on a long way or from a busy server.

use crate::{LIMIT, contend, fresh_path, has_lost, let_pass, shared, token_of};
use std::time::Duration;
use tenure::{Client, ClientOptions, Contender, ContenderEvent, Url};
use tenure_field::Relay;
use tenure_observer::Observer;

const TICK: Duration = Duration::from_millis(500);

/// Session timeouts, whether the client knows the servers' tick, and the delay of each reply. A
/// sixth of T leaves next to nothing to spare at 10 s if the tick is not given, because it might be
/// T/2, and too little at 4 s.
const LATE_MS: [(u64, bool, u64); 4] = [
    (10_000, false, 1_600),
    (10_000, true, 1_666),
    (4_000, false, 560),
    (4_000, true, 666),
];

/// A contender, and the handles that must live with it.
struct Late {
    contender: Contender,
    client: Client,
    _relay: Relay,
}

impl Late {
    fn new(timeout: Duration, is_told: bool, late: Duration, is_new: bool) -> Self {
        let (relay, path) = (Relay::start(shared().addr()), fresh_path());
        if !is_new {
            Observer::connect(shared().addr()).create(&path, b"");
        }
        relay.late_by(late);
        let mut options = ClientOptions::default().session_timeout(timeout);
        if is_told {
            options = options.tick(TICK);
        }
        let client = Client::open(&Url::parse(&relay.url(&path)).unwrap(), options).unwrap();
        Self {
            contender: contend(&client, &path),
            client,
            _relay: relay,
        }
    }
}

#[test]
fn f6_a_lone_contender_leads_though_every_reply_is_a_sixth_of_t_late() {
    let play = |timeout: Duration, is_told, late: Duration, is_new| {
        let Late {
            contender, client, ..
        } = &Late::new(timeout, is_told, late, is_new);
        let case = format!("T = {timeout:?}, told: {is_told}, {late:?} late, new: {is_new}");
        let token = token_of(contender);
        // And it keeps its leadership.
        let_pass(timeout * 2 / 3);
        assert!(!has_lost(contender), "{case}");
        assert_eq!(contender.leadership().map(|l| l.token()), Some(token));
        assert!(contender.withdraw().wait_for(LIMIT).unwrap());
        client.close().wait_for(LIMIT).unwrap();
    };
    std::thread::scope(|scope| {
        for (timeout, is_told, late) in LATE_MS {
            // A group whose znode is missing costs some additional answers.
            for is_new in [false, true] {
                let [timeout, late] = [timeout, late].map(Duration::from_millis);
                scope.spawn(move || play(timeout, is_told, late, is_new));
            }
        }
    });
}

#[test]
fn f6_where_no_lease_can_be_kept_a_lone_contender_says_so_once_in_t() {
    let timeout = Duration::from_secs(2);
    let late = Late::new(timeout, false, timeout / 5, false);
    let_pass(timeout * 4);
    let news = std::iter::from_fn(|| late.contender.events().next(Some(Duration::ZERO)).ok());
    let hindrances: Vec<String> = news
        .filter_map(|event| match event {
            ContenderEvent::Blocked { error, .. } => Some(error.to_string()),
            ContenderEvent::Leading { .. } => panic!("{event:?}"),
            _ => None,
        })
        .collect();
    assert!((2..=4).contains(&hindrances.len()), "{hindrances:?}");
    assert!(
        hindrances[0].contains("longer session timeout"),
        "{hindrances:?}"
    );
    late.client.close().wait_for(LIMIT).unwrap();
}
