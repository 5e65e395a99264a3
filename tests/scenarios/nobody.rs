//! Failures of other libraries in which there was no leader, or the leader did not know that it
//! led.

use crate::{
    LIMIT, SHORT, T, any_leader, close, contend, fresh_path, leader_that, news, nobody_leads, open,
    open_for, session_of, shared, shut, token_of, wait_children,
};
use tenure::{Client, Contender, ContenderOptions, DetectorEvent, GroupEvent};
use tenure_field::proxy::{Cut, Kind, Then};
use tenure_field::wire::{Payload, opcode};
use tenure_field::zookeeper::Config;
use tenure_field::{Proxy, Zookeeper, raw, wait_until};
use tenure_observer::Observer;

/// Deletes a group with all its members, in one transaction: contenders are too quick for deleting
/// one by one.
#[track_caller]
fn wipe(observer: &Observer, path: &str) {
    let children = observer.children(path).into_iter();
    let children = children.map(|name| format!("{path}/{name}"));
    let wipe = children
        .chain([path.to_owned()])
        .fold(Payload::new(), |wipe, doomed| {
            let wipe = wipe.int(opcode::DELETE).bool(false).int(-1);
            wipe.buffer(&doomed).int(-1)
        });
    let mut admin = raw::Session::open(shared().addr(), T).unwrap();
    let reply = admin.request(opcode::MULTI, wipe.int(-1).bool(true).int(-1));
    assert_eq!(reply.unwrap().error, 0);
}

/// CURATOR-724, CURATOR-308 and Mesos: the group's own znode is deleted.
#[test]
fn b1_deletion_of_the_group_is_survived_by_none_one_and_three() {
    let observer = Observer::connect(shared().addr());
    for count in [0, 1, 3] {
        let path = fresh_path();
        observer.create(&path, b"");
        let watching = open(&shared().url(&path));
        let (detector, group) = (
            watching.detect(&path).unwrap(),
            watching.group(&path).unwrap(),
        );
        group.watch();
        let clients: Vec<Client> = (0..count).map(|_| open(&shared().url(&path))).collect();
        let contenders = clients.iter().map(|client| contend(client, &path, "x"));
        let contenders: Vec<Contender> = contenders.collect();
        wait_children(&observer, &path, count);
        wait_until("the members are known", LIMIT, || {
            let known = group.events().latest();
            matches!(known, Some(GroupEvent::Members(members)) if members.len() == count)
                .then_some(())
        });
        if count == 0 {
            nobody_leads(&detector);
        }
        let birth = observer.stat(&path).unwrap().czxid;
        wipe(&observer, &path);
        // Later clients see the same as earlier ones.
        let late = open(&shared().url(&path));
        let last = contend(&late, &path, "late");
        wait_children(&observer, &path, count + 1);
        assert!(observer.stat(&path).unwrap().czxid > birth);
        let leads = wait_until("one leads", LIMIT, || {
            let all = contenders.iter().chain([&last]);
            let tokens = all.filter_map(Contender::leadership);
            let tokens: Vec<u64> = tokens.map(|lead| lead.token()).collect();
            (tokens.len() == 1).then(|| tokens[0])
        });
        leader_that(&detector, |leader| leader.member.token == leads);
        wait_until("the members are known again", LIMIT, || {
            let known = group.events().latest();
            matches!(known, Some(GroupEvent::Members(members)) if members.len() == count + 1)
                .then_some(())
        });
        close(clients);
        close([watching, late]);
    }
}

/// CURATOR-478, pravega#3272: the group is a container, and the server removes it when it is empty.
#[test]
fn b1_removal_of_an_empty_container_is_survived() {
    let at_once = ("znode.container.checkIntervalMs", "100");
    let server = Zookeeper::start_with(Config {
        properties: vec![(at_once.0.to_owned(), at_once.1.to_owned())],
        ..Config::default()
    });
    let (proxy, path) = (Proxy::start(server.addr()), "/container");
    let body = Payload::new().buffer(path).buffer("").int(1).int(31);
    let container = body.buffer("world").buffer("anyone").int(4);
    let mut admin = raw::Session::open(server.addr(), LIMIT).unwrap();
    let made = admin.request(opcode::CREATE_CONTAINER, container);
    assert_eq!(made.unwrap().error, 0);
    let observer = Observer::connect(server.addr());
    let watching = open(&server.url(path));
    let detector = watching.detect(path).unwrap();
    let clients = [0, 1].map(|_| open_for(&proxy.url(path), SHORT));
    let contenders = [0, 1].map(|n: usize| contend(&clients[n], path, "x"));
    wait_children(&observer, path, 2);
    let sessions = [0, 1].map(|n: usize| session_of(&clients[n]));
    let first = any_leader(&detector).member.token;
    shut(&proxy);
    wait_until("no lease to run", LIMIT, || {
        contenders.iter().all(|c| !c.is_leading()).then_some(())
    });
    for session in sessions {
        let password = raw::password_of(session);
        raw::expire_session(server.addr(), session, &password).unwrap();
    }
    wait_until("the container to be removed", LIMIT, || {
        observer.stat(path).is_none().then_some(())
    });
    nobody_leads(&detector);
    proxy.refuse(false);
    wait_children(&observer, path, 2);
    let second = leader_that(&detector, |leader| leader.member.token > first);
    wait_until("the leader to know it", LIMIT, || {
        let mut leads = contenders.iter().filter_map(Contender::leadership);
        leads
            .any(|lead| lead.token() == second.member.token)
            .then_some(())
    });
    close(clients);
    close([watching]);
}

/// MESOS-9426: a request whose answer was lost was asked again only when something else happened.
#[test]
fn b2_every_request_and_answer_may_be_lost_and_every_call_ends() {
    std::thread::scope(|scope| {
        for lost in [
            &[Kind::ConnectResponse][..],
            &[Kind::Reply(opcode::CREATE2)],
            &[
                Kind::Reply(opcode::CREATE2),
                Kind::Reply(opcode::GET_EPHEMERALS),
            ],
            &[Kind::Reply(opcode::EXISTS)],
            &[Kind::Reply(opcode::GET_CHILDREN2)],
            &[Kind::Reply(opcode::GET_DATA)],
            &[Kind::Reply(opcode::SET_DATA)],
            &[Kind::Reply(opcode::DELETE)],
            &[Kind::Reply(opcode::MULTI)],
            &[Kind::WatchEvent],
            &[Kind::Request(opcode::CREATE2)],
            &[Kind::Request(opcode::SET_DATA)],
            &[Kind::Request(opcode::DELETE)],
            &[Kind::Request(opcode::MULTI)],
        ] {
            for how in [Cut::Reset, Cut::Fin] {
                scope.spawn(move || lose(lost, how));
            }
        }
    });
}

/// All operations of the library, while one frame of each of these kinds is lost together with its
/// connection.
fn lose(lost: &[Kind], how: Cut) {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    for kind in lost {
        proxy.swallow(*kind, 1, Then::Cut(how));
    }
    let context = format!("{lost:?} lost by {how:?}");
    let mut swallowed = lost.len() as u64;
    // Once more, for a call that nothing else would have repeated.
    let mut arm = |kind: Kind| {
        if lost == [kind] {
            proxy.swallow(kind, 1, Then::Cut(how));
            swallowed += 1;
        }
    };
    let client = open(&proxy.url(&path));
    let (detector, group) = (client.detect(&path).unwrap(), client.group(&path).unwrap());
    let contender = contend(&client, &path, "x");
    let token = token_of(&contender);
    leader_that(&detector, |leader| leader.member.token == token);
    let set = contender.set_data("y").unwrap().wait_for(LIMIT);
    assert_eq!(set, Ok(true), "{context}");
    leader_that(&detector, |leader| leader.data == b"y");
    let member = group.join("z", None).unwrap().wait_for(LIMIT).unwrap();
    arm(Kind::Reply(opcode::GET_CHILDREN2));
    let members = group.members().wait_for(LIMIT).unwrap();
    assert_eq!(members.len(), 2, "{context}: {members:?}");
    arm(Kind::Reply(opcode::GET_DATA));
    let data = group.data(&member).wait_for(LIMIT).unwrap();
    assert_eq!(data.as_deref(), Some(&b"z"[..]), "{context}");
    let cancelled = group.cancelled(&member);
    assert_eq!(group.cancel(&member).wait_for(LIMIT), Ok(true), "{context}");
    assert_eq!(cancelled.wait_for(LIMIT), Ok(true), "{context}");
    // A leader's proofs come by themselves.
    wait_until(&context, LIMIT, || {
        (proxy.counts().swallowed == swallowed).then_some(())
    });
    assert!(token_of(&contender) >= token, "{context}");
    let removed = contender.withdraw().wait_for(LIMIT);
    assert!(removed.is_ok(), "{context}: {removed:?}");
    nobody_leads(&detector);
    assert_eq!(group.members().wait_for(LIMIT), Ok(vec![]), "{context}");
    close([client]);
}

/// CURATOR-264: a create whose answer was lost left a znode that was the oldest and had no owner.
#[test]
fn b4_ghost_of_a_lost_create_does_not_lead() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = Observer::connect(shared().addr());
    observer.create(&path, b"");
    let clients = [proxy.url(&path), shared().url(&path)].map(|url| open(&url));
    session_of(&clients[0]);
    proxy.swallow_reply(opcode::CREATE2, 1, Then::Cut(Cut::Reset));
    let options = ContenderOptions::new(&path).label("c").data("first");
    let first = clients[0].contend(options).unwrap();
    let token = token_of(&first);
    let second = contend(&clients[1], &path, "second");
    let children = wait_children(&observer, &path, 2);
    // The oldest contender knows that it leads, and serves.
    let oldest = children.iter().map(|name| {
        let stat = observer.stat(&format!("{path}/{name}")).unwrap();
        u64::try_from(stat.czxid).unwrap()
    });
    assert_eq!(oldest.min(), Some(token));
    assert!(first.withdraw().wait_for(LIMIT).unwrap());
    assert_ne!(token_of(&second), token);
    wait_children(&observer, &path, 1);
    let detector = clients[1].detect(&path).unwrap();
    leader_that(&detector, |leader| leader.data == b"second");
    let told = news(detector.events());
    assert!(!told.contains(&DetectorEvent::None), "{told:?}");
    close(clients);
}
