//! A client that carries out the wills of another one that is dead.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
    Call, Command, ContenderSpec, Event, GUARD_MAX, Handle, Identity, LeasePolicy, SESSION,
    SessionEvent, Will,
};
use tenure_model::{ModelOptions, Personality};

const SECOND: Duration = Duration::from_secs(1);
const FIRST: &str = "/group/c_0000000000";

fn server(personality: Personality) -> Bench {
    let mut bench = Bench::with(ModelOptions {
        personality,
        ..ModelOptions::default()
    });
    bench.create(GROUP);
    bench
}

fn guarded() -> ContenderSpec {
    ContenderSpec {
        label: Some("c".into()),
        policy: LeasePolicy::Guarded,
        lease: Some(SECOND),
        ..ContenderSpec::new(GROUP)
    }
}

/// A leader of this kind of server that was killed; its session, its wills and its token.
fn killed(personality: Personality) -> (Bench, Identity, Vec<Will>, u64) {
    let mut bench = server(personality);
    bench.client();
    bench.contend_as(0, 1, guarded());
    bench.run(GUARD_MAX + SECOND);
    let token = bench.token(0, 1).expect("it leads");
    let identity = bench.core(0).identity().cloned().unwrap();
    let wills = bench.core(0).wills();
    assert_eq!(wills.len(), 1, "{wills:?}");
    assert_eq!((wills[0].path.as_str(), wills[0].token), (FIRST, token));
    bench.kill(0);
    assert_eq!(bench.mark(), format!("tenure 1 leading {token} 1000 0 0"));
    (bench, identity, wills, token)
}

fn lives(bench: &Bench, session: i64) -> bool {
    bench.world.ensemble.sessions().contains(&session)
}

fn is_closed(bench: &Bench, node: usize) -> bool {
    let log = &bench.seen.nodes[node].log;
    let closed = Event::Session(SessionEvent::Closed);
    log.last()
        .is_some_and(|(_, handle, event)| *handle == SESSION && *event == closed)
}

#[test]
fn where_sessions_are_reattached_the_mark_is_released_and_the_session_closed() {
    for kind in [Personality::ZooKeeper, Personality::RaftKeeper] {
        let (mut bench, identity, wills, token) = killed(kind);
        let session = identity.id;
        let undertaker = bench.undertaker(identity, wills);
        bench.run(SECOND);
        assert_eq!(bench.mark(), format!("tenure 1 released {token} 1000 0 0"));
        let (_, stat) = bench.world.ensemble.node(GROUP).unwrap();
        assert_eq!(stat.mzxid, stat.pzxid, "one transaction");
        assert_eq!(bench.members(), [""; 0]);
        assert!(!lives(&bench, session), "{kind:?}");
        assert!(is_closed(&bench, undertaker), "{kind:?}");
    }
}

#[test]
fn a_mark_that_has_changed_meanwhile_is_left_as_it_is() {
    let (mut bench, identity, wills, token) = killed(Personality::ZooKeeper);
    let session = identity.id;
    let other = format!("tenure 1 leading {token} 2000 0 0");
    bench.set_data(GROUP, other.as_bytes());
    let undertaker = bench.undertaker(identity, wills);
    bench.run(SECOND);
    assert_eq!(bench.mark(), other);
    assert_eq!(bench.members(), [""; 0]);
    assert!(!lives(&bench, session));
    assert!(is_closed(&bench, undertaker));
}

/// The session cannot be closed there by another client, but its member can be deleted.
#[test]
fn where_sessions_cannot_be_reattached_the_member_is_deleted_by_its_path_and_token() {
    for kind in [Personality::Keeper, Personality::OldKeeper] {
        let (mut bench, identity, wills, token) = killed(kind);
        let session = identity.id;
        let undertaker = bench.undertaker(identity, wills);
        bench.run(SECOND);
        assert!(lives(&bench, session), "{kind:?}");
        assert_eq!(bench.mark(), format!("tenure 1 released {token} 1000 0 0"));
        assert_eq!(bench.members(), [""; 0], "{kind:?}");
        assert!(is_closed(&bench, undertaker), "{kind:?}");
        assert_eq!(bench.world.ensemble.sessions(), [session], "{kind:?}");
    }
}

#[test]
fn a_znode_of_the_same_name_with_another_token_is_left_alone() {
    for kind in [Personality::ZooKeeper, Personality::Keeper] {
        let (mut bench, identity, mut wills, token) = killed(kind);
        wills[0].token -= 1;
        let undertaker = bench.undertaker(identity, wills);
        assert!(bench.run_while_not(SECOND, |b| is_closed(b, undertaker)));
        let leading = format!("tenure 1 leading {token} 1000 0 0");
        assert_eq!(bench.mark(), leading, "{kind:?}");
        // On ZooKeeper it goes with the session.
        let is_gone = bench.world.ensemble.node(FIRST).is_none();
        assert_eq!(is_gone, kind == Personality::ZooKeeper);
    }
}

#[test]
fn the_version_of_the_wills_tells_of_every_change_of_them() {
    let beats = ContenderSpec {
        fail_over: Some(SECOND),
        lease: None,
        ..guarded()
    };
    let plain = ContenderSpec {
        policy: LeasePolicy::Session,
        ..ContenderSpec::new(GROUP)
    };
    for (kind, spec, least) in [
        (Personality::ZooKeeper, &beats, 10),
        (Personality::Keeper, &beats, 10),
        (Personality::Keeper, &plain, 2),
    ] {
        let mut bench = server(kind);
        bench.client();
        let mut seen = (bench.core(0).wills_version(), Vec::new());
        let mut changes = 0;
        let mut run = |bench: &mut Bench, steps: u32| {
            for _ in 0..steps {
                bench.run(Duration::from_millis(1));
                let now = (bench.core(0).wills_version(), bench.core(0).wills());
                assert!(now.0 != seen.0 || now.1 == seen.1, "{now:?} after {seen:?}");
                changes += u32::from(now.1 != seen.1);
                seen = now;
            }
        };
        bench.contend_as(0, 1, spec.clone());
        run(&mut bench, 15_000);
        assert!(bench.leads(0, 1));
        bench.withdraw(0, 1);
        run(&mut bench, 1_000);
        assert_eq!(bench.core(0).wills(), []);
        assert!(changes >= least, "{changes}; a beat is a change");
    }
}

/// Where its session cannot be closed by another client, a member that is no leader needs a will, too.
#[test]
fn a_plain_member_has_a_will_only_where_its_session_cannot_be_closed() {
    for kind in [Personality::ZooKeeper, Personality::Keeper] {
        let mut bench = server(kind);
        bench.client();
        let (handle, path) = (Handle(7), GROUP.to_owned());
        bench.command(0, Command::Group { handle, path });
        bench.with_call(0, |call| Command::Call {
            handle,
            call,
            what: Call::Join {
                label: None,
                data: Vec::new(),
            },
        });
        let before = bench.core(0).wills_version();
        bench.run(SECOND);
        let is_told = bench.core(0).wills_version() != before;
        assert_eq!(is_told, kind == Personality::Keeper);
        assert_eq!(bench.members().len(), 1);
        let wills = bench.core(0).wills();
        let [will] = &wills[..] else {
            assert_eq!(kind, Personality::ZooKeeper, "{wills:?}");
            continue;
        };
        assert_eq!(kind, Personality::Keeper, "{wills:?}");
        assert_eq!(will.farewell, None);
        let identity = bench.core(0).identity().cloned().unwrap();
        bench.kill(0);
        let undertaker = bench.undertaker(identity, wills);
        bench.run(SECOND);
        assert_eq!(bench.members(), [""; 0]);
        assert!(is_closed(&bench, undertaker));
    }
}

#[test]
fn an_undertaker_that_reaches_no_server_gives_up_in_time() {
    let (mut bench, identity, wills, _) = killed(Personality::ZooKeeper);
    let start = bench.now();
    let undertaker = bench.undertaker(identity, wills);
    bench.cut(undertaker);
    assert!(bench.run_while_not(2 * T, |b| is_closed(b, undertaker)));
    let took = bench.now().since(start);
    assert_eq!(took, T);
}
