//! Our contenders and members of kazoo in one group.

use crate::foreign::foreign;
use crate::{LIMIT, Readers, contend, master, open, wait_leading, wait_standby};
use std::time::Duration;
use tenure::{Contender, ContenderEvent};

/// The prefix of a master of Mesos.
const PREFIX: &str = "json.info_";

/// All that a contender has reported since the last look.
fn news(contender: &Contender) -> Vec<ContenderEvent> {
    let news = std::iter::from_fn(|| contender.events().next(Some(Duration::ZERO)).ok());
    news.collect()
}

#[test]
fn our_contender_leads_after_the_foreign_members_before_it() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-behind";
    let readers = Readers::start(foreign, path);
    let (other, info) = (master(5060), master(5061));
    let data = other.encode().unwrap();
    let (first, second) = (foreign.kazoo(path), foreign.kazoo(path));
    let name = first.join(PREFIX, &data);
    second.join(PREFIX, &data);
    let client = open(path);
    let contender = contend(&client, path, &info);
    wait_standby(&contender);
    readers.wait_for(&other);
    // One ends by a deletion, and the other by the end of its session.
    first.delete(&name);
    readers.wait_for(&other);
    assert!(!contender.is_leading());
    second.close();
    wait_leading(&contender);
    readers.wait_for(&info);
    first.close();
}

#[test]
fn a_foreign_member_that_comes_and_goes_behind_our_leader_changes_nothing() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-after";
    let readers = Readers::start(foreign, path);
    let (info, other) = (master(5062), master(5063));
    let client = open(path);
    let contender = contend(&client, path, &info);
    wait_leading(&contender);
    readers.wait_for(&info);
    let token = contender.leadership().unwrap().token();
    news(&contender);
    let kazoo = foreign.kazoo(path);
    for _ in 0..3 {
        let name = kazoo.join(PREFIX, b"");
        kazoo.delete(&name);
    }
    kazoo.join(PREFIX, &other.encode().unwrap());
    // What a client asks after a change, its server answers after it.
    let group = client.group(path).unwrap();
    assert_eq!(group.members().wait_for(LIMIT).unwrap().len(), 2);
    assert!(contender.is_leading());
    assert_eq!(contender.leadership().unwrap().token(), token);
    let told = news(&contender);
    let kept = |event: &ContenderEvent| matches!(event, ContenderEvent::Leading { .. });
    assert!(told.iter().all(kept), "{told:?}");
    // It leads as soon as ours is gone, and no reader has reported it before.
    assert!(contender.withdraw().wait_for(LIMIT).unwrap());
    readers.wait_for(&other);
    assert_eq!(readers.mesos_go.reported(), [Some(info.id), Some(other.id)]);
    let lowest: Vec<_> = readers.kazoo.reported().into_iter().flatten().collect();
    let detected: Vec<_> = readers.pymesos.reported().into_iter().flatten().collect();
    assert_eq!((lowest.len(), lowest), (2, detected));
}
