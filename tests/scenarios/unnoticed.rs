//! Failures of other libraries in which leadership was lost and the leader did not notice.

use crate::{
    LIMIT, SHORT, close, contend, expired, fresh_path, leading, lost, observe, open, open_for,
    shared, standing_by, token_of, unknown, until, wait_children,
};
use std::time::Duration;
use tenure::{
    ContenderEvent, ContenderOptions, ExpiredBy, GroupEvent, LostReason, Reenrol, SessionEvent,
};
use tenure_field::{Zookeeper, boottime};
use tenure_observer::Observer;

/// ZOOKEEPER-4508, patroni#1981: only a server can report "expired", and none can be reached.
#[test]
fn c1_with_every_server_dead_the_loss_is_told_within_the_session_timeout() {
    let server = Zookeeper::start();
    let path = fresh_path();
    let client = open_for(&server.url(&path), SHORT);
    let contender = contend(&client, &path, "x");
    until(contender.events(), leading);
    let first = token_of(&contender);
    let detector = client.detect(&path).unwrap();
    crate::any_leader(&detector);
    server.kill();
    let dead = boottime::now_ns();
    let told = until(contender.events(), lost);
    let Some(ContenderEvent::Lost {
        led_until: Some(end),
        reason: LostReason::LeaseLapsed,
        ..
    }) = told.last()
    else {
        panic!("{told:?}");
    };
    let led = Duration::from_nanos(end.as_nanos().saturating_sub(dead));
    assert!(led < SHORT, "{led:?} of {SHORT:?}");
    assert!(!contender.is_leading());
    unknown(&detector);
    let by = ExpiredBy::LocalTimeout;
    let over = until(client.events(), expired).pop();
    assert_eq!(over, Some(SessionEvent::Expired { by }));
    // A server that comes back gives the old session its whole timeout once more: its znode must
    // not block the others for that long.
    server.restart();
    let second = token_of(&contender);
    assert!(second > first);
    let observer = Observer::connect(server.addr());
    let name = wait_children(&observer, &path, 1).remove(0);
    let stat = observer.stat(&format!("{path}/{name}")).unwrap();
    assert_eq!(u64::try_from(stat.czxid).unwrap(), second);
    crate::leader_that(&detector, |leader| leader.member.token == second);
    close([client]);
}

/// CURATOR-49, CURATOR-171: an admin deletes the znode of a leader, of a standby, of a member.
#[test]
fn c3_deleted_by_an_admin_everybody_is_told_in_each_role() {
    let path = fresh_path();
    let clients = [0, 1, 2].map(|_| open(&shared().url(&path)));
    let [a, b, c] = &clients;
    let observer = observe();
    let delete = |path: &str| assert!(observer.delete(path), "{path}");
    let evicted = |event: &ContenderEvent, led: bool| match event {
        ContenderEvent::Lost {
            member,
            led_until,
            reason,
        } => {
            assert_eq!(*reason, LostReason::Evicted, "{event:?}");
            assert_eq!(led_until.is_some(), led, "{event:?}");
            member.clone().unwrap()
        }
        other => panic!("{other:?}"),
    };
    let seat = |events: Vec<ContenderEvent>| match events.last() {
        Some(ContenderEvent::Leading { member, .. } | ContenderEvent::Standby { member, .. }) => {
            member.clone()
        }
        other => panic!("{other:?}"),
    };
    let one = contend(a, &path, "1");
    let first = seat(until(one.events(), leading));
    let two = contend(b, &path, "2");
    let second = seat(until(two.events(), standing_by));
    let options = ContenderOptions::new(&path).reenrol(Reenrol::Never);
    let three = c.contend(options).unwrap();
    let third = seat(until(three.events(), standing_by));

    // A standby enrols again, behind.
    delete(&second.path);
    let told = until(two.events(), lost);
    assert_eq!(evicted(told.last().unwrap(), false), second);
    let second = seat(until(two.events(), standing_by));
    assert!(second.token > third.token);
    // One that does not re-enrol stays away.
    delete(&third.path);
    let told = until(three.events(), lost);
    assert_eq!(evicted(told.last().unwrap(), false), third);
    // The leader stops, and the standby leads.
    delete(&first.path);
    let told = until(one.events(), lost);
    assert_eq!(evicted(told.last().unwrap(), true), first);
    assert_eq!(token_of(&two), second.token);
    until(one.events(), standing_by);
    assert!(!one.is_leading() && !three.is_leading());
    wait_children(&observer, &path, 2);

    // A member of a group gets the event, and is not renewed.
    let group = c.group(&path).unwrap();
    let member = group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    let end = group.cancelled(&member);
    delete(&member.path);
    assert!(!end.wait_for(LIMIT).unwrap());
    let reason = LostReason::Evicted;
    let gone = GroupEvent::MembershipLost { member, reason };
    until(group.events(), |event| *event == gone);
    close(clients);
}
