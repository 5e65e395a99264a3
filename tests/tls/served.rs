//! Operations that work without TLS work with it, in the same times.

use crate::{ClientSide, LIMIT, fresh_path, is_here, open, pki, shared, url};
use tenure::{ContenderEvent, ContenderOptions, DetectorEvent, LostReason, TlsOptions};
use tenure_field::boottime::now_ns;
use tenure_field::wait_until;
use tenure_field::zookeeper::Version;
use tenure_observer::Observer;

/// More than the rest of a lease of T that depends on proofs, without a known tick (GUARANTEES.md),
/// and well before a server could expire the session.
const PROVED_NS: u64 = 2_200_000_000;

/// One leads, hands over and is followed.
fn hand_over(url: &str, path: &str, tls: &TlsOptions) {
    let [a, b, c] = [0, 1, 2].map(|_| open(url, Some(tls.clone())));
    let first = a.contend(ContenderOptions::new(path).data("a")).unwrap();
    let first_token = first.wait_leading(Some(LIMIT)).unwrap().token();
    let detector = c.detect(path).unwrap();
    let leader = |event: &DetectorEvent| match event {
        DetectorEvent::Leader(leader) => Some((leader.data.clone(), leader.member.token)),
        _ => None,
    };
    let mut state = detector.events().next(Some(LIMIT)).unwrap();
    assert_eq!(leader(&state), Some((b"a".to_vec(), first_token)));
    let second = b.contend(ContenderOptions::new(path).data("b")).unwrap();
    while !matches!(
        second.events().next(Some(LIMIT)).unwrap(),
        ContenderEvent::Standby { ahead: 1, .. }
    ) {}
    assert!(first.is_leading() && !second.is_leading());
    assert!(first.withdraw().wait().unwrap());
    assert!(!first.is_leading());
    let second_token = second.wait_leading(Some(LIMIT)).unwrap().token();
    assert!(second_token > first_token);
    while leader(&state) != Some((b"b".to_vec(), second_token)) {
        state = detector.detect(&state, Some(LIMIT)).unwrap();
    }
    for client in [a, b, c] {
        client.close().wait().unwrap();
    }
}

#[test]
fn leaders_contend_hand_over_and_are_detected() {
    let Some(server) = shared() else { return };
    let path = fresh_path();
    hand_over(&url(server.secure_addr(), &path), &path, &pki().options());
    // Nothing is left behind: a client of the other port confirms it.
    let observer = Observer::connect(server.addr());
    assert!(observer.children(&path).is_empty());
}

#[test]
fn the_host_in_the_url_is_what_the_certificate_must_name() {
    let Some(server) = shared() else { return };
    let path = fresh_path();
    let by_name = format!("zk://localhost:{}{path}", server.secure_addr().port());
    hand_over(&by_name, &path, &pki().options());
}

#[test]
fn servers_of_other_versions_and_of_tls_1_3_serve_too() {
    let tls_1_3 = [
        ("ssl.protocol", "TLSv1.3"),
        ("ssl.enabledProtocols", "TLSv1.3"),
        ("ssl.ciphersuites", "TLS_AES_128_GCM_SHA256"),
    ];
    let plain: &[(&str, &str)] = &[];
    for (version, extra) in [
        (Version::V3_5, plain),
        (Version::Debian, &tls_1_3),
        (Version::V3_9, plain),
    ] {
        if is_here(version) {
            let server = pki().zookeeper(version, extra);
            let path = fresh_path();
            hand_over(&url(server.secure_addr(), &path), &path, &pki().options());
        }
    }
}

#[test]
fn payloads_of_many_records_arrive_whole() {
    let Some(server) = shared() else { return };
    let path = fresh_path();
    let client = open(&url(server.secure_addr(), &path), Some(pki().options()));
    // Over the 16 KiB of one record in both directions, and over a socket's buffer.
    let data: Vec<u8> = (0..900_000_u32).map(|n| (n % 251) as u8).collect();
    let options = ContenderOptions::new(&path).data(data.clone());
    let contender = client.contend(options).unwrap();
    contender.wait_leading(Some(LIMIT)).unwrap();
    let detector = client.detect(&path).unwrap();
    match detector.events().next(Some(LIMIT)).unwrap() {
        DetectorEvent::Leader(leader) => assert!(leader.data == data, "the payload changed"),
        other => panic!("{other:?}"),
    }
    client.close().wait().unwrap();
}

#[test]
fn a_frozen_server_ends_the_lease_when_it_would_without_tls() {
    if !is_here(Version::Debian) {
        return;
    }
    let server = pki().zookeeper(Version::Debian, &[]);
    let path = fresh_path();
    let secure = open(&url(server.secure_addr(), &path), Some(pki().options()));
    let other = fresh_path();
    let plain = open(&url(server.addr(), &other), None);
    let contenders = [(&secure, &path), (&plain, &other)].map(|(client, path)| {
        let contender = client.contend(ContenderOptions::new(path)).unwrap();
        contender.wait_leading(Some(LIMIT)).unwrap();
        contender
    });
    // The first lease counts from the beginning of the session; those of proofs are shorter.
    wait_until("leases that rest on proofs alone", LIMIT, || {
        let ends = contenders.each_ref().map(|contender| {
            let leadership = contender.leadership().expect("nothing disturbs it");
            leadership.lease_end().as_nanos()
        });
        let limit = now_ns() + PROVED_NS;
        ends.iter().all(|end| *end < limit).then_some(())
    });
    let frozen = now_ns();
    server.pause();
    for contender in &contenders {
        let led_until = loop {
            match contender.events().next(Some(LIMIT)).unwrap() {
                ContenderEvent::Lost {
                    led_until: Some(until),
                    reason: LostReason::LeaseLapsed,
                    ..
                } => break until,
                ContenderEvent::Lost { reason, .. } => panic!("{reason:?}"),
                _ => {}
            }
        };
        assert!(!contender.is_leading());
        let after = led_until.as_nanos().saturating_sub(frozen);
        assert!(after < PROVED_NS, "{after} ns");
    }
    server.resume();
    for (client, contender) in [&secure, &plain].into_iter().zip(&contenders) {
        contender.wait_leading(Some(LIMIT)).unwrap();
        client.close().wait().unwrap();
    }
}
