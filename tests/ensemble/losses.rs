//! Servers of an ensemble that die, one after the other or together.

use crate::stage::{Stage, known_token, next_session, with_one_leader_at_most};
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

/// An event that waits, if there is one.
macro_rules! news {
    ($handle:expr) => {
        $handle.events().next(Some(Duration::ZERO)).ok()
    };
}

#[test]
fn a_leader_whose_server_is_killed_leads_on_at_another_one() {
    let (stage, path) = (Stage::new(&Options::default()), fresh_path());
    let elected = stage.ensemble.leader();
    let victim = stage.ensemble.followers()[0];
    stage.only(Some(victim));
    let client = open(&stage.url(&path));
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    until(&contender, leading);
    let watching = open(&stage.ensemble.url_of(elected, &path));
    let detector = watching.detect(&path).unwrap();
    wait_until("the detector knows", LIMIT, || {
        (known_token(&detector) == Some(token)).then_some(())
    });
    while detector.events().next(Some(LIMIT)).unwrap() != detector.state() {}
    let session = next_session(&client);
    assert_eq!(stage.holder(), victim);
    stage.only(None);

    stage.ensemble.server(victim).kill();
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
    assert_ne!(stage.holder(), victim);
    assert_eq!(next_session(&client), session, "the session moved");
    assert!(contender.is_leading());

    assert!(contender.withdraw().wait().unwrap());
    let next = detector.events().next(Some(LIMIT)).unwrap();
    assert_eq!(next, DetectorEvent::None, "nothing happened before");
    assert!(stage.observe().children(&path).is_empty());
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
    fn new(stage: &Stage, path: &str) -> Self {
        let url = stage.ensemble.url(path);
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

    fn settled(&self, stage: &Stage, path: &str) -> u64 {
        stage.settled(path, &self.contenders, &self.detectors)
    }

    /// No tenure that anybody was told of has a lower token than one before it, or a higher one
    /// than the last.
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

    fn close(self, stage: &Stage, path: &str) {
        for client in &self.clients {
            client.close().wait().unwrap();
        }
        assert!(stage.observe().children(path).is_empty());
    }
}

#[test]
fn the_ensembles_leader_is_killed_and_everything_heals() {
    let (stage, path) = (Stage::new(&Options::default()), fresh_path());
    let crowd = Crowd::new(&stage, &path);
    let first = crowd.settled(&stage, &path);
    let elected = stage.ensemble.leader();
    with_one_leader_at_most(&crowd.contenders, || {
        stage.ensemble.server(elected).kill();
        stage.ensemble.wait_quorum();
        let second = crowd.settled(&stage, &path);
        assert!(second >= first);
        stage.ensemble.server(elected).restart();
        stage.ensemble.wait_quorum();
        let third = crowd.settled(&stage, &path);
        assert!(third >= second);
        crowd.tokens_only_rose(third);
    });
    crowd.close(&stage, &path);
}

#[test]
fn a_rolling_restart_leaves_all_agreed_and_no_znode_too_many() {
    let (stage, path) = (Stage::new(&Options::default()), fresh_path());
    let crowd = Crowd::new(&stage, &path);
    let first = crowd.settled(&stage, &path);
    let last = with_one_leader_at_most(&crowd.contenders, || {
        // Followers first, as one does it.
        let mut order = stage.ensemble.followers();
        order.push(stage.ensemble.leader());
        assert_eq!(order.len(), 3);
        for index in order {
            stage.ensemble.server(index).stop();
            stage.ensemble.server(index).restart();
            stage.ensemble.wait_quorum();
        }
        crowd.settled(&stage, &path)
    });
    assert!(last >= first);
    crowd.tokens_only_rose(last);
    crowd.close(&stage, &path);
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
    let (stage, path) = (Stage::new(&options), fresh_path());
    let url = stage.url(&path);
    let (a, b) = (open(&url), open(&url));
    let contender = a.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = b.detect(&path).unwrap();
    wait_until("the detector knows", LIMIT, || {
        (known_token(&detector) == Some(token)).then_some(())
    });
    let remaining = stage.ensemble.leader();
    let stopped: Vec<_> = (0..3).filter(|index| *index != remaining).collect();
    for index in &stopped {
        stage.ensemble.server(*index).kill();
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
    // While one server after the other died it may have known once more.
    wait_until("the detector stops knowing", LIMIT, || {
        matches!(detector.state(), DetectorEvent::Unknown { .. }).then_some(())
    });
    let expired = SessionEvent::Expired {
        by: ExpiredBy::LocalTimeout,
    };
    while a.events().next(Some(LIMIT)).unwrap() != expired {}

    let alone = stage.ensemble.server(remaining);
    if read_only {
        wait_until("the server reads only", LIMIT, || {
            (alone.mode().as_deref() == Some("read-only")).then_some(())
        });
        // Who is content with old answers gets them.
        let mut reader = Session::open_read_only(alone.addr(), T).unwrap();
        assert!(reader.exists(&path, false).unwrap());
    }
    while news!(detector).is_some() {}
    // Newcomers get no further than those who were there.
    let late = open(&url);
    let (newcomer, looker) = (
        late.contend(ContenderOptions::new(&path)).unwrap(),
        late.detect(&path).unwrap(),
    );
    let proxy: &Proxy = &stage.proxies[remaining];
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
        stage.ensemble.server(*index).start_again();
    }
    stage.ensemble.wait_quorum();
    let healed = contender.wait_leading(Some(LIMIT)).unwrap().token();
    assert!(healed > token);
    let agreed = stage.settled(&path, std::slice::from_ref(&contender), &[detector]);
    assert_eq!(agreed, healed);
    for client in [a, b] {
        client.close().wait().unwrap();
    }
    let observer: Observer = stage.observe();
    assert!(observer.children(&path).is_empty());
}
