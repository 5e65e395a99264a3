//! Any value is read as it was written, and any bytes are read or refused.

use crate::golden::vectors;
use proptest::prelude::*;
use tenure_mesos::info::{
    Capability, CapabilityKind, Domain, LABEL, LABEL_PROTOBUF, MasterInfo, decode,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,20}", any::<String>()]
}

fn info() -> impl Strategy<Value = MasterInfo> {
    let texts = (text(), [0; 3].map(|_| proptest::option::of(text())));
    let numbers = (any::<u32>(), any::<u16>(), any::<u16>());
    let address = proptest::option::of([0; 2].map(|_| proptest::option::of(text())));
    let domain = proptest::option::of(proptest::option::of((text(), text())));
    let kinds = proptest::option::of(proptest::sample::select(&CapabilityKind::OF_MESOS[..]));
    let capabilities = proptest::collection::vec(kinds, 0..4);
    (texts, numbers, address, domain, capabilities).prop_map(
        |(
            (id, [pid, hostname, version]),
            (ip, port, other_port),
            address,
            domain,
            capabilities,
        )| {
            // The address of another one, to be filled in.
            let mut info = MasterInfo::synthesized("0.0.0.0:0".parse().unwrap(), None, None);
            (info.id, info.ip, info.port) = (id, ip, port);
            (info.pid, info.hostname, info.version) = (pid, hostname, version);
            info.address = address.and_then(|[hostname, ip]| {
                let mut address = info.address.take()?;
                (address.hostname, address.ip, address.port) = (hostname, ip, other_port);
                Some(address)
            });
            info.domain = domain.map(|places| {
                places.map_or_else(Domain::default, |(region, zone)| Domain::of(region, zone))
            });
            let capability = |kind: Option<CapabilityKind>| {
                kind.map_or_else(Capability::default, Capability::from)
            };
            info.capabilities = capabilities.into_iter().map(capability).collect();
            info
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_value_reads_back_in_both_encodings(info in info()) {
        let json = info.to_json();
        prop_assert_eq!(&decode(Some(LABEL), json.as_bytes()).unwrap(), &info, "{}", json);
        let protobuf = info.to_protobuf();
        prop_assert_eq!(&decode(Some(LABEL_PROTOBUF), &protobuf).unwrap(), &info);
    }

    #[test]
    fn any_json_value_is_kept_as_an_unknown_member(key in text(), value in text()) {
        let member = serde_json::json!({ &*format!("x{key}"): [value, 1.5] }).to_string();
        let text = format!(r#"{{"id":"a","ip":1,"port":2,{}"#, member.get(1..).unwrap());
        let info = decode(Some(LABEL), text.as_bytes()).unwrap();
        let again = decode(Some(LABEL), info.to_json().as_bytes()).unwrap();
        prop_assert_eq!(info.unknown.json().count(), 1);
        prop_assert_eq!(again, info);
    }
}

/// Changes a few bytes, repeats, removes or joins parts.
fn mutated(random: &mut fastrand::Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[random.usize(..corpus.len())].clone();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=bytes.len());
        match random.u8(..6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, random.u8(..)),
            2 => bytes.extend_from_within(at..),
            3 => {
                let other = &corpus[random.usize(..corpus.len())];
                bytes.extend_from_slice(&other[random.usize(..=other.len())..]);
            }
            4 if at < bytes.len() => drop(bytes.remove(at)),
            _ if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            _ => {}
        }
    }
    bytes
}

#[test]
fn mutated_vectors_are_read_or_refused_and_what_is_read_is_stable() {
    let mut random = fastrand::Rng::with_seed(15);
    let mut corpus = vec![b"master@10.0.0.1:5050".to_vec()];
    for (_, protobuf, json) in vectors() {
        corpus.extend([protobuf, json.as_bytes().to_vec()]);
    }
    let mut read = 0;
    for _ in 0..30_000 {
        let bytes = mutated(&mut random, &corpus);
        for label in [None, Some(LABEL), Some(LABEL_PROTOBUF), Some("x")] {
            let Ok(info) = decode(label, &bytes) else {
                continue;
            };
            read += 1;
            let again = match label {
                Some(LABEL_PROTOBUF) => decode(label, &info.to_protobuf()),
                _ => decode(Some(LABEL), info.to_json().as_bytes()),
            };
            assert_eq!(again.as_ref(), Ok(&info), "{label:?} {bytes:?}");
        }
    }
    assert!(read > 1000, "nearly all were refused: {read}");
}
