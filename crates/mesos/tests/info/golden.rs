//! The vectors of `tests/golden/`.

use crate::{REAL, from_json, from_protobuf};
use tenure_mesos::info::{Capability, CapabilityKind, Domain, MasterInfo};

/// Name, protobuf, JSON: `golden/make.py` wrote them.
const VECTORS: &str = include_str!("../golden/vectors.tsv");

pub(crate) fn vectors() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let lines = VECTORS.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, hex, json] = fields[..] else {
            panic!("{line}");
        };
        let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (name, (0..hex.len()).step_by(2).map(digits).collect(), json)
    });
    lines.collect()
}

/// A master as Mesos 1.12.0 describes itself.
pub(crate) fn real() -> MasterInfo {
    let id = "3f0f2b7e-5c0a-4a39-9c43-2b9b6c7d1e55";
    let address = "10.10.1.105:5050".parse().unwrap();
    let mut info = MasterInfo::new(id, address, "m1.example.com", "1.12.0");
    info.capabilities = CapabilityKind::OF_MESOS.map(Capability::from).into();
    info
}

#[test]
fn the_json_of_a_real_master_is_read_and_written_byte_for_byte() {
    assert_eq!(from_json(REAL), real());
    assert_eq!(real().to_json(), REAL);
    assert_eq!(real().encode().unwrap(), REAL.as_bytes());
    assert_eq!(real().ip, 1_761_675_786);
}

#[test]
fn both_encodings_are_those_of_another_implementation() {
    let vectors = vectors();
    assert!(vectors.len() > 15, "{}", vectors.len());
    for (name, protobuf, json) in vectors {
        let info = from_protobuf(&protobuf);
        assert_eq!(info.to_json(), json, "{name}");
        assert_eq!(info.to_protobuf(), protobuf, "{name}");
        let read = from_json(json);
        assert_eq!(read.to_json(), json, "{name}");
        let is_known = !name.starts_with("unknown-");
        assert_eq!(read == info, is_known, "{name}");
        assert_eq!(read.to_protobuf() == protobuf, is_known, "{name}");
    }
}

#[test]
fn the_constructors_make_what_the_vectors_hold() {
    let vector = |wanted: &str| {
        let all = vectors();
        let found = all.into_iter().find(|(name, ..)| *name == wanted);
        from_json(found.unwrap_or_else(|| panic!("no vector {wanted}")).2)
    };
    assert_eq!(vector("mesos-1.12"), real());
    let mut with_domain = real();
    with_domain.domain = Some(Domain::of("eu", "eu-1"));
    assert_eq!(vector("mesos-1.12-domain"), with_domain);
}
