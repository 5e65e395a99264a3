//! The contender and the detector of masters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::time::Duration;
use tenure::mesos::info::{LABEL, LABEL_PROTOBUF};
use tenure::mesos::roles::{Agent, Detection, RegistrationState, Sender, agent, master};
use tenure::mesos::{
    self, MASTER_CONTENDER_ZK_SESSION_TIMEOUT, MASTER_DETECTOR_ZK_SESSION_TIMEOUT, Master,
    MasterContender, MasterDetector, MasterEvent, MasterInfo,
};
use tenure::{Client, ClientOptions, ContenderOptions, ErrorKind, Reenrol, Url, now};

const LIMIT: Option<Duration> = Some(Duration::from_secs(20));
const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

fn info(number: u16) -> MasterInfo {
    let address = format!("10.0.0.1:{number}").parse().unwrap();
    MasterInfo::new(
        format!("id-{number}"),
        address,
        format!("m{number}"),
        "1.12.0",
    )
}

fn open(text: &str) -> (Url, Client) {
    let url = Url::parse(text).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    (url, client)
}

/// The next event that reports a master.
fn leader(detector: &MasterDetector) -> Master {
    loop {
        if let MasterEvent::Leader(master) = detector.next(LIMIT).unwrap() {
            return master;
        }
    }
}

#[test]
fn a_master_leads_and_the_next_one_follows() {
    let (url, client) = open("memory://mesos-two/mesos");
    let options = || ContenderOptions::new(url.path());
    let first = MasterContender::new(&client, options(), &info(1)).unwrap();
    first.wait_leading(LIMIT).unwrap();
    let detector = MasterDetector::new(&client, url.path()).unwrap();
    let known = leader(&detector);
    assert_eq!(known.info, info(1));
    assert_eq!(known.member.label.as_deref(), Some(LABEL));
    assert_eq!(known.member.token, first.leadership().unwrap().token());

    // A change of the info is an event of the same member.
    let mut moved = info(1);
    moved
        .capabilities
        .push(mesos::info::CapabilityKind::QuotaV2.into());
    assert!(first.set_info(&moved).unwrap().wait().unwrap());
    let changed = leader(&detector);
    assert_eq!((&changed.info, &changed.member), (&moved, &known.member));

    let second = MasterContender::new(&client, options(), &info(2)).unwrap();
    let previous = detector.state();
    assert!(detector.detect(&previous, AT_ONCE).is_err());
    first.withdraw().wait().unwrap();
    second.wait_leading(LIMIT).unwrap();
    let mut event = detector.detect(&previous, LIMIT).unwrap();
    while !matches!(&event, MasterEvent::Leader(master) if master.info == info(2)) {
        event = detector.detect(&event, LIMIT).unwrap();
    }
    client.close().wait().unwrap();
}

#[test]
fn created_by_url_they_have_a_session_of_their_own() {
    let timeout = MASTER_CONTENDER_ZK_SESSION_TIMEOUT;
    assert_eq!(timeout, MASTER_DETECTOR_ZK_SESSION_TIMEOUT);
    let folder = std::env::temp_dir().join(format!("tenure-mesos-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("zk");
    std::fs::write(&file, "memory://mesos-created/mesos\n").unwrap();
    let url = format!("file://{}", file.display());
    let contender = MasterContender::create(&url, &info(1), timeout).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    let detector = MasterDetector::create(&url, Duration::from_secs(4)).unwrap();
    assert_eq!(leader(&detector).info, info(1));
    // The file names its own URL: a cycle.
    std::fs::write(&file, &url).unwrap();
    for error in [
        MasterDetector::create(&url, timeout).unwrap_err(),
        MasterContender::create(&url, &info(1), timeout).unwrap_err(),
    ] {
        assert!(error.message().contains("another file"), "{error}");
    }
    std::fs::remove_dir_all(folder).unwrap();
    contender.client().unwrap().close().wait().unwrap();
    detector.client().unwrap().close().wait().unwrap();
}

#[test]
fn a_fixed_master_is_known_at_once() {
    let detector = MasterDetector::create("10.0.0.1:5050", Duration::from_secs(4)).unwrap();
    let fixed = detector.master().unwrap();
    assert_eq!(fixed.info.sender_address(), "10.0.0.1:5050");
    assert_eq!(fixed.member.token, 0);
    let named = MasterDetector::create("m1.example.com:5050", Duration::from_secs(4)).unwrap();
    let known = named.master().unwrap().info;
    assert_eq!(
        (known.host(), known.tcp_port()),
        ("m1.example.com".into(), 5050)
    );
    let refused = MasterContender::create("10.0.0.1:5050", &info(1), Duration::from_secs(4));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn an_appointed_master_is_an_event_each_time() {
    let client = mesos::standalone();
    let detector = MasterDetector::new(&client, "/mesos").unwrap();
    assert_eq!(detector.next(AT_ONCE).unwrap(), MasterEvent::None);
    let mut agent = Agent::new(agent::Options::default(), 7).unwrap();
    for number in [1, 1, 2] {
        mesos::appoint(&client, Some(&info(number))).unwrap();
        let event = detector.next(AT_ONCE).unwrap();
        let Some(Detection::Leader(leading)) = event.detection() else {
            panic!("{event:?}");
        };
        assert_eq!(leading.address, format!("10.0.0.1:{number}").into_bytes());
        agent.handle(Detection::Leader(leading.clone()).into(), now());
        assert!(agent.accepts(&Sender::from(&leading)));
    }
    assert_eq!(agent.state(), RegistrationState::Registering);
    mesos::appoint(&client, None).unwrap();
    assert_eq!(detector.next(AT_ONCE).unwrap(), MasterEvent::None);
    // A detector that comes later knows it, too.
    mesos::appoint(&client, Some(&info(3))).unwrap();
    let late = MasterDetector::new(&client, "/mesos").unwrap();
    assert_eq!(late.master().unwrap().info, info(3));

    let refused = |error: tenure::Error| {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        error.message().to_owned()
    };
    let error = MasterContender::new(&client, ContenderOptions::new("/mesos"), &info(1));
    assert!(refused(error.unwrap_err()).contains("without servers"));
    let mut bad = info(1);
    bad.hostname = None;
    refused(mesos::appoint(&client, Some(&bad)).unwrap_err());
    let (_, fixed) = open("10.0.0.1:5050");
    assert!(refused(mesos::appoint(&fixed, None).unwrap_err()).contains("leads for ever"));
    let (_, elected) = open("memory://mesos-appoint/mesos");
    assert!(refused(mesos::appoint(&elected, None).unwrap_err()).contains("is elected"));
    client.close().wait().unwrap();
    let error = mesos::appoint(&client, Some(&info(1))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[test]
fn a_payload_that_cannot_be_read_is_an_event_with_its_bytes() {
    let (url, client) = open("memory://mesos-garbage/mesos");
    let detector = MasterDetector::new(&client, url.path()).unwrap();
    for (label, data) in [
        (Some(LABEL), &b"{"[..]),
        (Some(LABEL), b"{\"id\":7}"),
        (Some(LABEL_PROTOBUF), b"\xff\xff"),
        (Some("other"), b"{}"),
        (None, b"nobody"),
    ] {
        let mut options = ContenderOptions::new(url.path()).data(data);
        if let Some(label) = label {
            options = options.label(label);
        }
        let contender = client.contend(options).unwrap();
        let leader = loop {
            match detector.next(LIMIT).unwrap() {
                MasterEvent::Undecodable { leader, error } => {
                    assert!(!error.to_string().is_empty());
                    break leader;
                }
                MasterEvent::Leader(master) => panic!("{master:?}"),
                _ => {}
            }
        };
        assert_eq!(
            (leader.member.label.as_deref(), &*leader.data),
            (label, data)
        );
        assert!(matches!(
            detector.state().detection(),
            Some(Detection::Unknown(_))
        ));
        contender.withdraw().wait().unwrap();
    }
    // It does not stop the detector.
    let good = MasterContender::new(&client, ContenderOptions::new(url.path()), &info(1)).unwrap();
    assert_eq!(leader(&detector).info, info(1));
    drop(good);
    client.close().wait().unwrap();
}

#[test]
fn a_master_that_loses_its_session_contends_again() {
    let (url, client) = open("memory://mesos-again/mesos");
    let server = tenure::MemoryServer::of(&url).unwrap();
    let contender =
        MasterContender::new(&client, ContenderOptions::new(url.path()), &info(1)).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    let mut role = master::Master::new();
    let mut lost = 0;
    server.expire_all().unwrap();
    let deadline = std::time::Instant::now() + LIMIT.unwrap();
    while role.state() != master::State::Stopped {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        let event = contender.events().next(Some(left)).unwrap();
        lost += usize::from(matches!(event, tenure::ContenderEvent::Lost { .. }));
        if let Some(input) = master::Input::of(&event) {
            role.handle(input, now());
        }
    }
    // It led and lost: the role stops, whatever the contender does next.
    assert_eq!(lost, 1);
    contender.wait_leading(LIMIT).unwrap();

    // One candidacy only is no way for a master: a standby that lost its session would be none any longer.
    let once = ContenderOptions::new(url.path()).reenrol(Reenrol::Never);
    let standby = MasterContender::new(&client, once, &info(2)).unwrap();
    while !matches!(
        standby.events().next(LIMIT).unwrap(),
        tenure::ContenderEvent::Standby { .. }
    ) {}
    server.expire_all().unwrap();
    assert!(standby.wait_leading(LIMIT).is_err());
    client.close().wait().unwrap();
}
