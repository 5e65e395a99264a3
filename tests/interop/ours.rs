//! Our contenders, and the readers of other projects.

use crate::foreign::foreign;
use crate::{
    LIMIT, Readers, T, contend, master, open, open_url, shared, wait_detected, wait_leading,
    wait_none, wait_standby,
};
use serde_json::json;
use tenure::{Client, SessionEvent};
use tenure_field::tool::{Tool, is};
use tenure_field::{built_tool, wait_until};
use tenure_mesos::info::{Capability, CapabilityKind, Domain, LABEL};

/// The number of a client's session, while it is connected.
#[track_caller]
fn session_of(client: &Client) -> i64 {
    wait_until("a session", LIMIT, || match client.events().latest()? {
        SessionEvent::Connected { session, .. } => Some(session),
        _ => None,
    })
}

#[test]
fn each_reader_reports_exactly_our_master() {
    let Some(foreign) = foreign() else { return };
    let (path, mut info) = ("/interop-ours", master(5050));
    // The oldest readers do not know these two.
    info.capabilities = CapabilityKind::OF_MESOS.map(Capability::from).into();
    info.domain = Some(Domain::of("eu", "eu-1"));
    let client = open(path);
    let session = session_of(&client);
    let contender = contend(&client, path, &info);
    wait_leading(&contender);
    // They find the znodes as our contender has made them.
    let readers = Readers::start(foreign, path);
    readers.pymesos.wait_for(&info);
    readers.mesos_go.wait_for(&info);
    let read = readers.kazoo.wait_lowest(&info.encode().unwrap());
    let name = read["name"].as_str().unwrap();
    let digits = name.strip_prefix("json.info_").unwrap();
    let is_number = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    assert!(is_number, "{name}");
    assert_eq!(read["owner"], format!("{session:x}"));
    assert_eq!(read["acl"], json!([[31, "world", "anyone"]]));
}

#[test]
fn readers_without_credentials_report_our_master_that_has_some() {
    let Some(foreign) = foreign() else { return };
    let (path, info) = ("/interop-ours-digest", master(5050));
    let client = open_url(&format!("zk://member:secret@{}{path}", shared().addr()));
    let contender = contend(&client, path, &info);
    wait_leading(&contender);
    let readers = Readers::start(foreign, path);
    readers.pymesos.wait_for(&info);
    readers.mesos_go.wait_for(&info);
    let read = readers.kazoo.wait_lowest(&info.encode().unwrap());
    // As Mesos writes it: anyone reads, and the creator may do all.
    let acl = &read["acl"];
    assert_eq!(acl[0], json!([1, "world", "anyone"]), "{acl}");
    assert_eq!((&acl[1][0], &acl[1][1]), (&json!(31), &json!("digest")));
    // Servers show the rest of it only to its owner.
    let owner = acl[1][2].as_str().unwrap();
    assert!(owner.starts_with("member:"), "{acl}");
    assert_eq!(acl.as_array().unwrap().len(), 2, "{acl}");
}

#[test]
fn each_reader_follows_a_withdrawal_of_ours() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-withdrawal";
    let readers = Readers::start(foreign, path);
    let (first, second) = (master(5051), master(5052));
    let (a, b) = (open(path), open(path));
    let leader = contend(&a, path, &first);
    wait_leading(&leader);
    let standby = contend(&b, path, &second);
    wait_standby(&standby);
    readers.wait_for(&first);
    assert!(leader.withdraw().wait_for(LIMIT).unwrap());
    readers.wait_for(&second);
    assert!(standby.withdraw().wait_for(LIMIT).unwrap());
    readers.wait_none();
    // In between, no reader has reported anything else; some begin with the news that there is no master.
    let ids = [Some(first.id), Some(second.id), None];
    assert_eq!(readers.mesos_go.reported(), ids);
    for reported in [readers.kazoo.reported(), readers.pymesos.reported()] {
        let names: Vec<_> = reported.iter().flatten().collect();
        assert_eq!(names, ["json.info_0000000000", "json.info_0000000001"]);
    }
    readers.end();
}

#[test]
fn each_reader_follows_when_our_leader_is_killed() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-kill";
    let readers = Readers::start(foreign, path);
    let (first, second) = (master(5053), master(5054));
    let tool = Tool::new(built_tool(), T);
    let start = |data: &str| {
        let words = ["--label", LABEL, "--data", data];
        tool.start("contend", &shared().url(path), &words)
    };
    let leader = start(&first.to_json());
    leader.wait_for("leading", LIMIT, is("leading"));
    let standby = start(&second.to_json());
    standby.wait_for("standby", LIMIT, is("standby"));
    readers.wait_for(&first);
    leader.kill();
    standby.wait_for("leading", LIMIT, is("leading"));
    readers.wait_for(&second);
    readers.end();
}

#[test]
fn the_znode_of_the_replicated_log_is_no_master_to_any_reader() {
    let Some(foreign) = foreign() else { return };
    let (path, info) = ("/interop-log", master(5055));
    let readers = Readers::start(foreign, path);
    readers.kazoo.create("log_replicas");
    let client = open(path);
    let detector = client.detect(path).unwrap();
    wait_none(&detector);
    let contender = contend(&client, path, &info);
    wait_leading(&contender);
    readers.wait_for(&info);
    wait_detected(&detector, Some(LABEL), &info.encode().unwrap());
    assert!(contender.withdraw().wait_for(LIMIT).unwrap());
    readers.wait_none();
    wait_none(&detector);
    assert_eq!(readers.mesos_go.reported(), [Some(info.id), None]);
    for reported in [readers.kazoo.reported(), readers.pymesos.reported()] {
        let names: Vec<_> = reported.iter().flatten().collect();
        // The server has numbered log_replicas, too.
        assert_eq!(names, ["json.info_0000000001"]);
    }
}
