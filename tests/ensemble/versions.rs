//! The library and the tool on servers of other versions.

use crate::tool::{follow, next};
use crate::{LIMIT, fresh_path, leading, open, standing_by, until};
use tenure::{ContenderOptions, DetectorEvent};
use tenure_field::proxy::{Cut, Then};
use tenure_field::tool::token;
use tenure_field::wire::opcode;
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Proxy, Signal, Zookeeper, or_skip};
use tenure_observer::Observer;

/// A server of that version, or `None`, with a printed reason, where there is none.
pub(crate) fn start(version: Version) -> Option<Zookeeper> {
    or_skip(version.available())?;
    Some(Zookeeper::start_with(Config {
        version,
        ..Config::default()
    }))
}

/// The request that creates members at that server.
fn create(version: Version) -> i32 {
    match version {
        Version::V3_4 => opcode::CREATE,
        Version::V3_5 | Version::Debian | Version::V3_9 => opcode::CREATE2,
    }
}

/// Everything once: elect, hand over, follow, join, list, read, leave.
fn everything(version: Version) {
    let Some(server) = start(version) else { return };
    let path = format!("{}/deep/er", fresh_path());
    let url = server.url(&path);
    let (one, two, three) = (open(&url), open(&url), open(&url));
    let a = one.contend(ContenderOptions::new(&path).data("a")).unwrap();
    let first = a.wait_leading(Some(LIMIT)).unwrap().token();
    let b = two.contend(ContenderOptions::new(&path).label("l").data("b"));
    let b = b.unwrap();
    until(&b, standing_by);
    let detector = three.detect(&path).unwrap();
    let known = |state: &DetectorEvent| match state {
        DetectorEvent::Leader(leader) => Some((leader.member.token, leader.data.clone())),
        _ => None,
    };
    let mut state = detector.events().next(Some(LIMIT)).unwrap();
    assert_eq!(known(&state), Some((first, b"a".to_vec())));

    let group = three.group(&path).unwrap();
    let member = group.join("payload", Some("label")).unwrap();
    let member = member.wait_for(LIMIT).unwrap();
    assert_eq!(member.label.as_deref(), Some("label"));
    let members = group.members().wait_for(LIMIT).unwrap();
    assert_eq!(members.len(), 3);
    assert_eq!((members[0].token, &members[2]), (first, &member));
    let data = group.data(&member).wait_for(LIMIT).unwrap();
    assert_eq!(data.as_deref(), Some(&b"payload"[..]));
    assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    assert!(!group.cancel(&member).wait_for(LIMIT).unwrap());

    let observer = Observer::connect(server.addr());
    let own = observer.stat(&members[0].path).unwrap();
    assert_eq!(u64::try_from(own.czxid).unwrap(), first);
    assert!(a.withdraw().wait_for(LIMIT).unwrap());
    until(&b, leading);
    let second = b.leadership().unwrap().token();
    assert!(second > first);
    while known(&state) != Some((second, b"b".to_vec())) {
        state = detector.detect(&state, Some(LIMIT)).unwrap();
    }
    for client in [one, two, three] {
        client.close().wait_for(LIMIT).unwrap();
    }
    assert!(observer.children(&path).is_empty());
    the_tool(&server);
}

fn the_tool(server: &Zookeeper) {
    let url = server.url(&fresh_path());
    let a = follow("contend", &url, &["--data", "a"]);
    let first = next(&a, "leading");
    let b = follow("contend", &url, &["--data", "b"]);
    next(&b, "standby");
    let detector = follow("detect", &url, &[]);
    assert_eq!(token(&next(&detector, "leader")), token(&first));
    let listed = next(&follow("members", &url, &[]), "members");
    assert_eq!(listed["members"].as_array().unwrap().len(), 2, "{listed}");
    a.signal(Signal::Term);
    assert_eq!(a.wait_exit(LIMIT).code(), Some(0));
    let second = next(&b, "leading");
    assert!(token(&second) > token(&first));
    let found = detector.wait_for("the successor is known", LIMIT, |line| {
        line["event"] == "leader" && line["token"] == second["token"]
    });
    assert_eq!(found["data"], "b");
}

/// A create is done and its reply is lost: its client finds the znode, whatever operations the
/// server has.
fn lost_reply(version: Version) {
    let Some(server) = start(version) else { return };
    let observer = Observer::connect(server.addr());
    for how in [Cut::Fin, Cut::Reset] {
        let (proxy, path) = (Proxy::start(server.addr()), fresh_path());
        observer.create(&path, b"");
        let client = open(&proxy.url(&path));
        client.group(&path).unwrap().members().wait().unwrap();
        // From here on the client knows the operations that this server lacks.
        let warm = client.contend(ContenderOptions::new(format!("{path}-warm")));
        warm.unwrap().wait_leading(Some(LIMIT)).unwrap();
        proxy.reset_counts();
        proxy.swallow_reply(create(version), 1, Then::Cut(how));
        let contender = client.contend(ContenderOptions::new(&path).data("x"));
        let contender = contender.unwrap();
        let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
        assert_eq!(proxy.counts().swallowed, 1, "the reply was lost");
        let children = observer.children(&path);
        assert_eq!(children.len(), 1, "{children:?}");
        let stat = observer.stat(&format!("{path}/{}", children[0])).unwrap();
        assert_eq!(token, u64::try_from(stat.czxid).unwrap());
        assert_eq!(
            proxy.counts().request(create(version)),
            1,
            "no second create"
        );
        client.close().wait().unwrap();
        assert!(observer.children(&path).is_empty());
    }
}

macro_rules! on_each_version {
    ($($module:ident: $version:ident),*) => {
        $(mod $module {
            use tenure_field::zookeeper::Version;

            #[test]
            fn everything_works() {
                super::everything(Version::$version);
            }

            #[test]
            fn a_lost_reply_to_a_create_leaves_exactly_one_znode() {
                super::lost_reply(Version::$version);
            }
        })*
    };
}

on_each_version!(v3_4: V3_4, v3_5: V3_5, debian: Debian, v3_9: V3_9);
