//! A payload that is too large for a server: it affects nothing else on the session.

use crate::{LIMIT, fresh_path, open};
use tenure::ContenderOptions;
use tenure_field::Zookeeper;
use tenure_field::zookeeper::Config;

#[test]
fn a_payload_above_the_servers_limit_fails_alone_and_the_leader_keeps_its_seat() {
    let server = Zookeeper::start_with(Config {
        properties: vec![("jute.maxbuffer".into(), "65536".into())],
        ..Config::default()
    });
    let path = fresh_path();
    let client = open(&server.url(&path));
    let leader = client.contend(ContenderOptions::new(&path)).unwrap();
    leader.wait_leading(Some(LIMIT)).unwrap();
    let group = client.group(&fresh_path()).unwrap();
    let join = |data| group.join(data, None).unwrap().wait_for(LIMIT);
    let error = join(vec![0; 200_000]).unwrap_err();
    assert!(error.to_string().contains("jute.maxbuffer"), "{error}");
    let member = join(b"small".to_vec()).unwrap();
    let members = group.members().wait_for(LIMIT).unwrap();
    assert_eq!(members, [member], "and nothing is left of the large one");
    assert!(leader.is_leading());
    let connections = client.metrics().connections;
    assert!((2..=4).contains(&connections), "{connections}");
    client.close().wait_for(LIMIT).unwrap();
}
