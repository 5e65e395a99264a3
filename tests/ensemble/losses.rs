//! Servers of an ensemble that die, one after the other or together.

use crate::proxied::{Proxied, known_token, next_session, with_one_leader_at_most};
use crate::{LIMIT, T, fresh_path, leading, lost, open, until};
use std::time::Duration;
use tenure::{
    Client, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent, ExpiredBy,
    LostReason, SessionEvent,
};
use tenure_field::ensemble::Options;
use tenure_field::raw::Session;
use tenure_field::{Proxy, wait_until};
use tenure_observer::Observer;

/// A waiting event, if there is one.
macro_rules! news {
    ($handle:expr) => {
        $handle.events().next(Some(Duration::ZERO)).ok()
    };
}

#[test]
fn a_leader_whose_server_is_killed_leads_on_at_another_one() {
    let (proxied, path) = (Proxied::new(&Options::default()), fresh_path());
    let elected = proxied.ensemble.leader();
    let victim = proxied.ensemble.followers()[0];
    proxied.only(Some(victim));
    let client = open(&proxied.url(&path));
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    until(&contender, leading);
    let watching = open(&proxied.ensemble.url_of(elected, &path));
    let detector = watching.detect(&path).unwrap();
    wait_until("the detector knows", LIMIT, || {
        (known_token(&detector) == Some(token)).then_some(())
    });
    while detector.events().next(Some(LIMIT)).unwrap() != detector.state() {}
    let session = next_session(&client);
    assert_eq!(proxied.holder(), victim);
    proxied.only(None);

    proxied.ensemble.server(victim).kill();
    let events = until(&contender, |event| leading(event) || lost(event));
    assert!(
        matches!(
            events[..],
            [
                ContenderEvent::Jeopardy { .. },
                ContenderEvent::Leading { .. }
            ]
        ),
        "{events:?}"
    );
    assert_eq!(contender.leadership().unwrap().token(), token);
    assert_ne!(proxied.holder(), victim);
    assert_eq!(next_session(&client), session, "the session moved");
    assert!(contender.is_leading());

    assert!(contender.withdraw().wait().unwrap());
    let next = detector.events().next(Some(LIMIT)).unwrap();
    assert_eq!(next, DetectorEvent::None, "nothing happened before");
    assert!(proxied.observe().children(&path).is_empty());
    for client in [client, watching] {
        client.close().wait().unwrap();
    }
}

/// Three contenders and two detectors, a client each.
struct Crowd {
    clients: Vec<Client>,
    contenders: Vec<Contender>,
    detectors: Vec<Detector>,
}

impl Crowd {
    fn new(proxied: &Proxied, path: &str) -> Self {
        let url = proxied.ensemble.url(path);
        let clients: Vec<_> = (0..5).map(|_| open(&url)).collect();
        let contend = |client: &Client| client.contend(ContenderOptions::new(path)).unwrap();
        let contenders = clients[..3].iter().map(contend).collect();
        let detectors = clients[3..]
            .iter()
            .map(|client| client.detect(path).unwrap());
        Self {
            contenders,
            detectors: detectors.collect(),
            clients,
        }
    }

    fn settled(&self, proxied: &Proxied, path: &str) -> u64 {
        proxied.settled(path, &self.contenders, &self.detectors)
    }

    /// No tenure in any event has a lower token than one before it, or a higher one than the last.
    fn tokens_only_rose(&self, last: u64) {
        let rising = |tokens: &[u64]| {
            assert!(tokens.is_sorted(), "{tokens:?}");
            assert!(tokens.iter().all(|token| *token <= last), "{tokens:?}");
        };
        for contender in &self.contenders {
            let told = std::iter::from_fn(|| news!(contender));
            let tokens = told.filter_map(|event| match event {
                ContenderEvent::Leading { member, .. } => Some(member.token),
                _ => None,
            });
            rising(&tokens.collect::<Vec<_>>());
        }
        for detector in &self.detectors {
            let told = std::iter::from_fn(|| news!(detector));
            let tokens = told.filter_map(|event| match event {
                DetectorEvent::Leader(leader) => Some(leader.member.token),
                _ => None,
            });
            let tokens: Vec<_> = tokens.collect();
            assert_eq!(tokens.last(), Some(&last));
            rising(&tokens);
        }
    }

    fn close(self, proxied: &Proxied, path: &str) {
        for client in &self.clients {
            client.close().wait().unwrap();
        }
        assert!(proxied.observe().children(path).is_empty());
    }
}

#[test]
fn the_ensembles_leader_is_killed_and_everything_heals() {
    let (proxied, path) = (Proxied::new(&Options::default()), fresh_path());
    let crowd = Crowd::new(&proxied, &path);
    let first = crowd.settled(&proxied, &path);
    let elected = proxied.ensemble.leader();
    with_one_leader_at_most(&crowd.contenders, || {
        proxied.ensemble.server(elected).kill();
        proxied.ensemble.wait_quorum();
        let second = crowd.settled(&proxied, &path);
        assert!(second >= first);
        proxied.ensemble.server(elected).restart();
        proxied.ensemble.wait_quorum();
        let third = crowd.settled(&proxied, &path);
        assert!(third >= second);
        crowd.tokens_only_rose(third);
    });
    crowd.close(&proxied, &path);
}

#[test]
fn a_rolling_restart_leaves_all_agreed_and_no_znode_too_many() {
    let (proxied, path) = (Proxied::new(&Options::default()), fresh_path());
    let crowd = Crowd::new(&proxied, &path);
    let first = crowd.settled(&proxied, &path);
    let last = with_one_leader_at_most(&crowd.contenders, || {
        // Followers first, as an operator would do it.
        let mut order = proxied.ensemble.followers();
        order.push(proxied.ensemble.leader());
        assert_eq!(order.len(), 3);
        for index in order {
            proxied.ensemble.server(index).stop();
            proxied.ensemble.server(index).restart();
            proxied.ensemble.wait_quorum();
        }
        crowd.settled(&proxied, &path)
    });
    assert!(last >= first);
    crowd.tokens_only_rose(last);
    crowd.close(&proxied, &path);
}

#[test]
fn without_a_quorum_the_contender_stops_believing_and_the_detector_stops_knowing() {
    quorum_lost(false);
}

#[test]
fn a_server_that_reads_only_makes_nobody_lead_or_know() {
    quorum_lost(true);
}

fn quorum_lost(read_only: bool) {
    let options = Options {
        read_only,
        ..Options::default()
    };
    let (proxied, path) = (Proxied::new(&options), fresh_path());
    let url = proxied.url(&path);
    let (a, b) = (open(&url), open(&url));
    let contender = a.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = b.detect(&path).unwrap();
    wait_until("the detector knows", LIMIT, || {
        (known_token(&detector) == Some(token)).then_some(())
    });
    let remaining = proxied.ensemble.leader();
    let stopped: Vec<_> = (0..3).filter(|index| *index != remaining).collect();
    for index in &stopped {
        proxied.ensemble.server(*index).kill();
    }
    let events = until(&contender, lost);
    assert!(
        matches!(
            events.last(),
            Some(ContenderEvent::Lost {
                reason: LostReason::LeaseLapsed,
                ..
            })
        ),
        "{events:?}"
    );
    assert!(!contender.is_leading());
    // While the servers died one after the other it may have known the leader once more.
    wait_until("the detector stops knowing", LIMIT, || {
        matches!(detector.state(), DetectorEvent::Unknown { .. }).then_some(())
    });
    let expired = SessionEvent::Expired {
        by: ExpiredBy::LocalTimeout,
    };
    while a.events().next(Some(LIMIT)).unwrap() != expired {}

    let alone = proxied.ensemble.server(remaining);
    if read_only {
        wait_until("the server reads only", LIMIT, || {
            (alone.mode().as_deref() == Some("read-only")).then_some(())
        });
        // A client that accepts old answers gets them.
        let mut reader = Session::open_read_only(alone.addr(), T).unwrap();
        assert!(reader.exists(&path, false).unwrap());
    }
    while news!(detector).is_some() {}
    // New clients see no more than the earlier ones.
    let late = open(&url);
    let (newcomer, looker) = (
        late.contend(ContenderOptions::new(&path)).unwrap(),
        late.detect(&path).unwrap(),
    );
    let proxy: &Proxy = &proxied.proxies[remaining];
    let so_far = proxy.counts().connects;
    wait_until("all of them tried again", LIMIT, || {
        (proxy.counts().connects >= so_far + 12).then_some(())
    });
    assert!(matches!(detector.state(), DetectorEvent::Unknown { .. }));
    assert_eq!(news!(detector), None);
    assert!(matches!(looker.state(), DetectorEvent::Unknown { .. }));
    assert!(!contender.is_leading() && !newcomer.is_leading());
    while let Some(event) = news!(contender).or_else(|| news!(newcomer)) {
        assert!(matches!(event, ContenderEvent::Enrolling), "{event:?}");
    }
    late.close().wait().unwrap();

    for index in &stopped {
        proxied.ensemble.server(*index).start_again();
    }
    proxied.ensemble.wait_quorum();
    let healed = contender.wait_leading(Some(LIMIT)).unwrap().token();
    assert!(healed > token);
    let agreed = proxied.settled(&path, std::slice::from_ref(&contender), &[detector]);
    assert_eq!(agreed, healed);
    for client in [a, b] {
        client.close().wait().unwrap();
    }
    let observer: Observer = proxied.observe();
    assert!(observer.children(&path).is_empty());
}
