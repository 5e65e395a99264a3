//! Contenders: enrolment, order, hand-over, loss, and what is left behind.

use crate::world::{GROUP, T, World};
use std::time::Duration;
use tenure::core::{
    Answer, Command, ContenderEvent, ContenderSpec, Handle, LeasePolicy, LostReason, Reenrol,
};

const SECOND: Duration = Duration::from_secs(1);

fn names(events: &[ContenderEvent]) -> Vec<String> {
    let name = |event: &ContenderEvent| match event {
        ContenderEvent::Enrolling => "enrolling".to_owned(),
        ContenderEvent::Enrolled { .. } => "enrolled".to_owned(),
        ContenderEvent::Standby { ahead, .. } => format!("standby {ahead}"),
        ContenderEvent::Leading { .. } => "leading".to_owned(),
        ContenderEvent::Jeopardy { .. } => "jeopardy".to_owned(),
        ContenderEvent::Lost {
            led_until, reason, ..
        } => {
            let reason = match reason {
                LostReason::Failed(error) => error.message().to_owned(),
                other => format!("{other:?}"),
            };
            format!(
                "lost {}{reason}",
                if led_until.is_some() {
                    "leadership "
                } else {
                    ""
                }
            )
        }
        other => format!("{other:?}"),
    };
    events.iter().map(name).collect()
}

/// A world in which `n` clients contend, the first one leading.
fn contenders(n: usize) -> World {
    let mut world = World::new();
    for id in 0..n {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    assert!(world.leads(0, 1));
    world
}

#[test]
fn the_first_leads_and_the_others_stand_by_in_order() {
    let world = contenders(3);
    assert_eq!(
        names(&world.contender_events(0, 1)),
        ["enrolling", "enrolled", "leading"]
    );
    assert_eq!(
        names(&world.contender_events(1, 1)),
        ["enrolling", "enrolled", "standby 1"]
    );
    assert_eq!(
        names(&world.contender_events(2, 1)),
        ["enrolling", "enrolled", "standby 2"]
    );
    let members = ["c_0000000000", "c_0000000001", "c_0000000002"];
    assert_eq!(world.members(), members);
    let (data, stat) = world.model.node("/group/c_0000000000").unwrap();
    assert_eq!(data, b"0/1");
    assert_eq!(world.token(0, 1), Some(stat.czxid as u64));
    assert_eq!(stat.ephemeral_owner, world.session(0));
}

#[test]
fn a_leader_that_withdraws_hands_over_before_its_call_ends() {
    let mut world = contenders(3);
    let before = world.token(0, 1).unwrap();
    let call = world.withdraw(0, 1);
    assert!(
        !world.leads(0, 1),
        "leadership ends before anything is sent"
    );
    world.run(SECOND);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(world.token(1, 1).unwrap() > before);
    assert_eq!(
        names(&world.contender_events(0, 1)).last().unwrap(),
        "lost leadership Withdrawn"
    );
    let again = world.withdraw(0, 1);
    world.run(SECOND);
    assert_eq!(world.nodes[0].done[&again], Ok(Answer::Removed(false)));
}

#[test]
fn withdrawals_of_one_candidacy_all_end_when_the_znode_is_gone() {
    let mut world = contenders(2);
    let calls = [0, 1, 2].map(|_| world.withdraw(1, 1));
    for call in calls {
        assert!(!world.nodes[1].done.contains_key(&call));
    }
    world.run(SECOND);
    for call in calls {
        assert_eq!(world.nodes[1].done[&call], Ok(Answer::Removed(true)));
    }
    assert_eq!(world.members(), ["c_0000000000"]);
    assert_eq!(
        names(&world.contender_events(1, 1)).last().unwrap(),
        "lost Withdrawn"
    );
}

#[test]
fn a_withdrawal_before_the_create_is_answered_leaves_nothing() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    let call = world.withdraw(0, 1);
    world.run(SECOND);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(world.members().is_empty());
    assert_eq!(
        names(&world.contender_events(0, 1)),
        ["enrolling", "lost Withdrawn"]
    );
}

#[test]
fn nobody_leads_because_a_predecessor_in_the_middle_vanished() {
    let mut world = contenders(4);
    world.withdraw(1, 1);
    world.withdraw(2, 1);
    world.run(SECOND);
    assert!(world.leads(0, 1) && !world.leads(3, 1));
    assert_eq!(
        names(&world.contender_events(3, 1)).last().unwrap(),
        "standby 1"
    );
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(3, 1));
}

#[test]
fn a_leader_whose_znode_an_admin_deletes_is_evicted_and_enrols_anew() {
    let mut world = contenders(2);
    world.delete("/group/c_0000000000");
    world.run(SECOND);
    assert_eq!(
        names(&world.contender_events(0, 1))[3..],
        [
            "lost leadership Evicted",
            "enrolling",
            "enrolled",
            "standby 1"
        ]
    );
    assert!(world.leads(1, 1));
}

#[test]
fn with_re_enrolment_off_a_loss_is_the_last_event() {
    let mut world = World::new();
    world.client();
    world.contend_with(0, 1, LeasePolicy::Verified, Reenrol::Never);
    world.run(SECOND);
    world.delete("/group/c_0000000000");
    world.run(3 * T);
    assert_eq!(
        names(&world.contender_events(0, 1)).last().unwrap(),
        "lost leadership Evicted"
    );
    assert!(world.members().is_empty());
}

#[test]
fn everyone_survives_the_deletion_of_the_group() {
    let mut world = contenders(3);
    world.delete_tree(GROUP);
    world.run(SECOND);
    assert_eq!(world.members().len(), 3);
    let leaders = (0..3).filter(|id| world.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn strangers_among_the_children_do_not_matter() {
    let mut world = World::new();
    world.create(GROUP);
    for name in [
        "log_replicas",
        "foo",
        "a_b_x",
        "c_0000000000",
        "zz_0000000003",
    ] {
        world.create(&format!("{GROUP}/{name}"));
    }
    world.client();
    world.contend(0, 1);
    world.run(SECOND);
    // The counter counts every child; the persistent child with a lower number is no member.
    assert_eq!(
        names(&world.contender_events(0, 1)),
        ["enrolling", "enrolled", "leading"]
    );
}

#[test]
fn many_groups_share_one_session() {
    let mut world = World::new();
    world.client();
    for n in 0..20 {
        let spec = ContenderSpec::new(format!("/groups/{n}"));
        let handle = Handle(100 + n);
        world.command(0, Command::Contend { handle, spec });
    }
    world.run(SECOND);
    assert!((0..20).all(|n| world.leads(0, 100 + n)));
    assert_eq!(world.nodes[0].connects, 1);
}

#[test]
fn a_create_that_is_not_allowed_is_an_error_that_names_path_and_permission() {
    let mut world = World::new();
    let owner = world.client_with(T, Some("creator:creator"));
    world.contend(owner, 1);
    world.run(SECOND);
    let stranger = world.client_with(T, Some("stranger:sesame"));
    world.contend(stranger, 1);
    world.run(SECOND);
    let events = names(&world.contender_events(stranger, 1));
    let last = events.last().unwrap();
    assert!(last.contains("CREATE permission on /group"), "{last}");
    assert!(!last.contains("sesame"));
    let before = world.nodes[stranger].sent.len();
    world.run(3 * T);
    let asked = &world.nodes[stranger].sent[before..];
    assert!(
        asked.iter().all(|r| format!("{r:?}") == "Ping"),
        "it must not try again and again: {asked:?}"
    );
}

#[test]
fn the_wrap_of_the_counter_changes_nothing() {
    let mut world = World::new();
    world.create(GROUP);
    assert!(world.model.set_counter(GROUP, i32::MAX - 1));
    for id in 0..2 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let members = world.members();
    assert!(world.leads(0, 1), "{members:?}: the older one leads");
    assert!(!world.leads(1, 1));
}

#[test]
fn negative_numbers_are_ordered_by_birth() {
    let mut world = World::new();
    world.create(GROUP);
    assert!(world.model.set_counter(GROUP, -2));
    for id in 0..3 {
        world.client();
        world.contend(id, 1);
        world.run(SECOND);
    }
    let members = world.members();
    assert!(members.iter().any(|m| m.contains('-')), "{members:?}");
    assert!(world.leads(0, 1), "{members:?}");
    world.withdraw(0, 1);
    world.run(SECOND);
    assert!(world.leads(1, 1), "{:?}", world.members());
    world.withdraw(1, 1);
    world.run(SECOND);
    assert!(world.leads(2, 1), "{:?}", world.members());
}

#[test]
fn closing_ends_leadership_first_and_takes_everything_along() {
    let mut world = contenders(2);
    let call = world.close(0);
    assert!(!world.leads(0, 1));
    world.run(SECOND);
    assert_eq!(world.nodes[0].done[&call], Ok(Answer::Closed));
    assert_eq!(
        names(&world.contender_events(0, 1)).last().unwrap(),
        "lost leadership Closed"
    );
    assert!(world.leads(1, 1));
    assert_eq!(world.model.sessions().len(), 1);
    assert!(world.nodes[0].core.is_ended());
}

#[test]
fn dropping_a_contender_withdraws_it_and_stops_its_events() {
    let mut world = contenders(2);
    world.command(0, Command::Drop { handle: Handle(1) });
    assert!(!world.leads(0, 1));
    world.run(SECOND);
    assert!(world.leads(1, 1));
    assert_eq!(world.members(), ["c_0000000001"]);
}

#[test]
fn whoever_stands_far_behind_leads_only_after_everybody_before_it() {
    const CROWD: usize = 40;
    let mut world = World::new();
    for id in 0..CROWD {
        world.client();
        world.contend(id, 1);
        world.run(Duration::from_millis(20));
    }
    world.run(SECOND);
    let last = CROWD - 1;
    let ahead = |world: &World| match world.contender_events(last, 1).last() {
        Some(ContenderEvent::Standby { ahead, .. }) => *ahead,
        other => panic!("{other:?}"),
    };
    assert_eq!(ahead(&world), last, "it counts more than it knows by name");
    // Those whom it knows by name go first, the nearest first; the rest is learnt then.
    for id in (0..last).rev() {
        assert!(!world.leads(last, 1), "{id} still stands");
        world.withdraw(id, 1);
        world.run(Duration::from_millis(20));
    }
    world.run(SECOND);
    assert!(world.leads(last, 1));
}

#[test]
fn after_a_close_no_candidacy_says_anything() {
    let mut world = World::new();
    world.create(GROUP);
    world.client();
    world.run(SECOND);
    world.contend(0, 1);
    world.close(0);
    world.run(SECOND);
    assert_eq!(
        names(&world.contender_events(0, 1)),
        ["enrolling", "lost Closed"]
    );
}
