//! Znodes that may not be read. `exists` needs READ too since 3.7.3, 3.8.4 and 3.9.2
//! (ZOOKEEPER-2590, ZOOKEEPER-4799), and no watch event comes without it.

use crate::{
    LIMIT, T, contend, fresh_path, has_lost, let_pass, newest, open, shared, token_of, wait_behind,
    wait_known,
};
use tenure::DetectorEvent;
use tenure_field::{Proxy, Zookeeper, raw, wait_until};
use tenure_observer::Observer;

const OWNER: &str = "owner:secret";
const ALL: i32 = 31;
const ALL_BUT_READ: i32 = 30;

/// The most requests and pings in one T of an idle client with one handle or two: a ping, or a look
/// in its place, each T/3, and the requests after one change.
const AT_LEISURE: u64 = 24;

/// On both at once.
fn on_each_version(act: impl Fn(&Zookeeper) + Sync) {
    std::thread::scope(|scope| {
        for server in [Some(shared()), newest()].into_iter().flatten() {
            let act = &act;
            scope.spawn(move || act(server));
        }
    });
}

/// A group that any client may join.
fn group(server: &Zookeeper) -> String {
    let path = fresh_path();
    Observer::connect(server.addr()).create(&path, b"");
    path
}

fn owned(server: &Zookeeper, path: &str) -> String {
    format!("zk://{OWNER}@{}{path}", server.addr())
}

fn admin(server: &Zookeeper) -> raw::Session {
    let mut session = raw::Session::open(server.addr(), T).unwrap();
    assert_eq!(session.authenticate(OWNER).unwrap().error, 0);
    session
}

/// The first of the group's znodes, in the order of their names.
fn member(server: &Zookeeper, path: &str) -> String {
    let name = Observer::connect(server.addr()).children(path).remove(0);
    format!("{path}/{name}")
}

/// Only its owner may read it from now on.
fn lock(server: &Zookeeper, member: &str) {
    let reply = admin(server).set_acl(member, &[(ALL, "auth", "")]);
    assert_eq!(reply.unwrap().error, 0);
}

fn unlock(server: &Zookeeper, member: &str) {
    let reply = admin(server).set_acl(member, &[(ALL, "world", "anyone")]);
    assert_eq!(reply.unwrap().error, 0);
}

fn frames(proxy: &Proxy) -> u64 {
    let counts = proxy.counts();
    counts.total_requests() + counts.pings
}

/// Sends its requests without a loop.
#[track_caller]
fn is_at_leisure(proxy: &Proxy) {
    proxy.reset_counts();
    let_pass(T);
    let counts = proxy.counts();
    assert!(frames(proxy) <= AT_LEISURE, "{counts:?}");
}

#[test]
fn f3_who_stands_behind_a_leader_that_may_be_read_no_more_leads_when_it_goes() {
    on_each_version(|server| {
        let path = group(server);
        let (owner, proxy) = (open(&owned(server, &path)), Proxy::start(server.addr()));
        let (standing, watching) = (open(&proxy.url(&path)), open(&proxy.url(&path)));
        let leader = contend(&owner, &path);
        let token = token_of(&leader);
        let standby = contend(&standing, &path);
        wait_behind(&standby);
        let detector = watching.detect(&path).unwrap();
        wait_known(&detector, token);

        // The watches that were armed before will never fire.
        lock(server, &member(server, &path));
        is_at_leisure(&proxy);
        assert!(leader.is_leading() && !standby.is_leading());
        assert!(leader.withdraw().wait_for(LIMIT).unwrap());
        let next = token_of(&standby);
        assert!(next > token);
        wait_known(&detector, next);
        for client in [owner, standing, watching] {
            client.close().wait_for(LIMIT).unwrap();
        }
    });
}

#[test]
fn b3_who_comes_behind_a_leader_that_may_not_be_read_asks_at_leisure_and_leads_when_it_goes() {
    on_each_version(|server| {
        let path = group(server);
        let (owner, proxy) = (open(&owned(server, &path)), Proxy::start(server.addr()));
        let leader = contend(&owner, &path);
        let token = token_of(&leader);
        let member = member(server, &path);
        lock(server, &member);
        let (standing, watching) = (open(&proxy.url(&path)), open(&proxy.url(&path)));
        let standby = contend(&standing, &path);
        let detector = watching.detect(&path).unwrap();
        let failed = wait_until(
            "the detector to say what it lacks",
            LIMIT,
            || match detector.state() {
                DetectorEvent::Failed(error) => Some(error),
                _ => None,
            },
        );
        assert!(failed.message().contains(&path), "{failed}");
        is_at_leisure(&proxy);
        assert!(!standby.is_leading());
        // It heals by itself.
        unlock(server, &member);
        wait_known(&detector, token);

        lock(server, &member);
        is_at_leisure(&proxy);
        assert!(leader.withdraw().wait_for(LIMIT).unwrap());
        wait_known(&detector, token_of(&standby));
        for client in [owner, standing, watching] {
            client.close().wait_for(LIMIT).unwrap();
        }
    });
}

#[test]
fn f3b_one_znode_that_may_not_be_read_costs_no_other_group_its_leader() {
    on_each_version(|server| {
        let paths: Vec<String> = (0..5).map(|_| group(server)).collect();
        let client = open(&server.url(&paths[0]));
        let leaders: Vec<_> = paths.iter().map(|path| contend(&client, path)).collect();
        let tokens: Vec<u64> = leaders.iter().map(token_of).collect();
        let member = member(server, &paths[2]);
        let mut admin = raw::Session::open(server.addr(), T).unwrap();
        let taken = admin.set_acl(&member, &[(ALL_BUT_READ, "world", "anyone")]);
        assert_eq!(taken.unwrap().error, 0);
        // Longer than any lease.
        let_pass(T);
        for (at, (leader, token)) in leaders.iter().zip(tokens).enumerate() {
            if at != 2 {
                let leads = leader.leadership().map(|l| l.token());
                assert_eq!(leads, Some(token), "{at}");
                assert!(!has_lost(leader), "{at}");
            }
        }
        client.close().wait_for(LIMIT).unwrap();
    });
}
