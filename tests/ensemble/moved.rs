//! One session at two servers: the connection that was left behind must have no effect.

use crate::proxied::{Proxied, next_session};
use crate::{LIMIT, T, fresh_path, leading, open, until};
use tenure::ContenderOptions;
use tenure_field::ensemble::Options;
use tenure_field::raw::{Session, password_of};
use tenure_field::wire::opcode;
use tenure_field::{Proxy, wait_until};

#[test]
fn a_create_that_arrives_after_the_session_moved_makes_no_second_znode() {
    let proxied = Proxied::new(&Options::default());
    // Left behind at a follower and at the leader.
    let (leader, followers) = (proxied.ensemble.leader(), proxied.ensemble.followers());
    for (old, new) in [(followers[0], leader), (leader, followers[1])] {
        let path = fresh_path();
        proxied.only(Some(old));
        let client = open(&proxied.url(&path));
        // So that nothing except the create of the znode itself is under way.
        proxied.observe().create(&path, b"");
        let group = client.group(&path).unwrap();
        assert!(group.members().wait().unwrap().is_empty());
        let session = next_session(&client);
        assert_eq!(proxied.holder(), old);

        proxied.proxies[old].reset_counts();
        proxied.proxies[old].hold();
        proxied.only(Some(new));
        let contender = client.contend(ContenderOptions::new(&path)).unwrap();
        let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
        assert_eq!(next_session(&client), session, "the session moved");
        let observer = proxied.observe();
        let name = observer.children(&path);
        assert_eq!(name.len(), 1, "{name:?}");

        let behind: &Proxy = &proxied.proxies[old];
        let before = behind.counts();
        assert_eq!(before.requests.get(&opcode::CREATE2), None, "it is held");
        behind.release();
        wait_until("the old connection's end", LIMIT, || {
            (behind.open_connections() == 0).then_some(())
        });
        assert_eq!(behind.counts().request(opcode::CREATE2), 1, "it arrived");
        // A write of another client is answered after everything before it was decided.
        observer.create(&format!("{path}-mark"), b"");
        assert_eq!(observer.children(&path), name);
        assert_eq!(contender.leadership().unwrap().token(), token);
        drop(group);
        client.close().wait().unwrap();
        assert!(proxied.observe().children(&path).is_empty());
    }
}

#[test]
fn a_session_that_a_stranger_attaches_elsewhere_is_taken_back() {
    let (proxied, path) = (Proxied::new(&Options::default()), fresh_path());
    let (leader, follower) = (proxied.ensemble.leader(), proxied.ensemble.followers()[0]);
    proxied.only(Some(follower));
    let client = open(&proxied.url(&path));
    let contender = client.contend(ContenderOptions::new(&path)).unwrap();
    let token = contender.wait_leading(Some(LIMIT)).unwrap().token();
    until(&contender, leading);
    let session = next_session(&client);
    assert_eq!(proxied.holder(), follower);

    let elsewhere = proxied.ensemble.server(leader).addr();
    let stranger = Session::attach(elsewhere, session, &password_of(session), T);
    let mut stranger = stranger.unwrap().expect("the session lives");
    assert!(stranger.exists(&path, false).unwrap());
    // The server that was left behind continues to answer, until the next write.
    assert!(contender.is_leading());
    let group = client.group(&path).unwrap();
    let member = group.join("me", None).unwrap().wait().unwrap();
    let observer = proxied.observe();
    assert_eq!(observer.children(&path).len(), 2);
    assert_eq!(next_session(&client), session, "attached again");
    assert_eq!(contender.leadership().unwrap().token(), token);
    assert!(group.cancel(&member).wait().unwrap());
    assert_eq!(observer.children(&path).len(), 1);
    client.close().wait().unwrap();
    assert!(observer.children(&path).is_empty());
}
