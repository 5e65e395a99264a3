//! Contenders: enrolment, order, hand-over, loss, and clean-up.

use crate::bench::{Bench, GROUP, T};
use std::time::Duration;
use tenure_election::{
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
        ContenderEvent::Strangers { .. } => "strangers".to_owned(),
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

/// A world in which `n` clients contend, and the first one leads.
fn contenders(n: usize) -> Bench {
    let mut bench = Bench::new();
    for id in 0..n {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    assert!(bench.leads(0, 1));
    bench
}

#[test]
fn the_first_leads_and_the_others_stand_by_in_order() {
    let bench = contenders(3);
    assert_eq!(
        names(&bench.contender_events(0, 1)),
        ["enrolling", "enrolled", "leading"]
    );
    assert_eq!(
        names(&bench.contender_events(1, 1)),
        ["enrolling", "enrolled", "standby 1"]
    );
    assert_eq!(
        names(&bench.contender_events(2, 1)),
        ["enrolling", "enrolled", "standby 2"]
    );
    let members = ["c_0000000000", "c_0000000001", "c_0000000002"];
    assert_eq!(bench.members(), members);
    let (data, stat) = bench.world.ensemble.node("/group/c_0000000000").unwrap();
    assert_eq!(data, b"0/1");
    assert_eq!(bench.token(0, 1), Some(stat.czxid as u64));
    assert_eq!(stat.ephemeral_owner, bench.session(0));
}

#[test]
fn a_leader_that_withdraws_hands_over_before_its_call_ends() {
    let mut bench = contenders(3);
    let before = bench.token(0, 1).unwrap();
    let call = bench.withdraw(0, 1);
    assert!(
        !bench.leads(0, 1),
        "leadership ends before anything is sent"
    );
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(bench.token(1, 1).unwrap() > before);
    assert_eq!(
        names(&bench.contender_events(0, 1)).last().unwrap(),
        "lost leadership Withdrawn"
    );
    let again = bench.withdraw(0, 1);
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[0].done[&again], Ok(Answer::Removed(false)));
}

#[test]
fn withdrawals_of_one_candidacy_all_end_when_the_znode_is_gone() {
    let mut bench = contenders(2);
    let calls = [0, 1, 2].map(|_| bench.withdraw(1, 1));
    for call in calls {
        assert!(!bench.seen.nodes[1].done.contains_key(&call));
    }
    bench.run(SECOND);
    for call in calls {
        assert_eq!(bench.seen.nodes[1].done[&call], Ok(Answer::Removed(true)));
    }
    assert_eq!(bench.members(), ["c_0000000000"]);
    assert_eq!(
        names(&bench.contender_events(1, 1)).last().unwrap(),
        "lost Withdrawn"
    );
}

#[test]
fn a_withdrawal_before_the_create_is_answered_leaves_nothing() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    let call = bench.withdraw(0, 1);
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true)));
    assert!(bench.members().is_empty());
    assert_eq!(
        names(&bench.contender_events(0, 1)),
        ["enrolling", "lost Withdrawn"]
    );
}

#[test]
fn nobody_leads_because_a_predecessor_in_the_middle_vanished() {
    let mut bench = contenders(4);
    bench.withdraw(1, 1);
    bench.withdraw(2, 1);
    bench.run(SECOND);
    assert!(bench.leads(0, 1) && !bench.leads(3, 1));
    assert_eq!(
        names(&bench.contender_events(3, 1)).last().unwrap(),
        "standby 1"
    );
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(3, 1));
}

#[test]
fn a_leader_whose_znode_an_admin_deletes_is_evicted_and_enrols_anew() {
    let mut bench = contenders(2);
    bench.delete("/group/c_0000000000");
    bench.run(SECOND);
    assert_eq!(
        names(&bench.contender_events(0, 1))[3..],
        [
            "lost leadership Evicted",
            "enrolling",
            "enrolled",
            "standby 1"
        ]
    );
    assert!(bench.leads(1, 1));
}

#[test]
fn with_re_enrolment_off_a_loss_is_the_last_event() {
    let mut bench = Bench::new();
    bench.client();
    bench.contend_with(0, 1, LeasePolicy::Verified, Reenrol::Never);
    bench.run(SECOND);
    bench.delete("/group/c_0000000000");
    bench.run(3 * T);
    assert_eq!(
        names(&bench.contender_events(0, 1)).last().unwrap(),
        "lost leadership Evicted"
    );
    assert!(bench.members().is_empty());
}

#[test]
fn everyone_survives_the_deletion_of_the_group() {
    let mut bench = contenders(3);
    bench.delete_tree(GROUP);
    bench.run(SECOND);
    assert_eq!(bench.members().len(), 3);
    let leaders = (0..3).filter(|id| bench.leads(*id, 1)).count();
    assert_eq!(leaders, 1);
}

#[test]
fn strangers_among_the_children_do_not_matter() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    for name in [
        "log_replicas",
        "foo",
        "a_b_x",
        "c_0000000000",
        "zz_0000000003",
    ] {
        bench.create(&format!("{GROUP}/{name}"));
    }
    bench.client();
    bench.contend(0, 1);
    bench.run(SECOND);
    // The counter counts every child; the persistent child with a lower number is no member.
    assert_eq!(
        names(&bench.contender_events(0, 1)),
        ["enrolling", "enrolled", "leading"]
    );
}

/// marathon#5525.
#[test]
fn f16_a_contender_beside_members_of_another_recipe_says_so_once_in_a_candidacy() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    for name in [
        "_c_1a2b3c4d-0000-4000-8000-0123456789ab-latch-0000000000",
        "latch-0000000001",
    ] {
        bench.create(&format!("{GROUP}/{name}"));
    }
    bench.client();
    bench.contend(0, 1);
    bench.run(SECOND);
    let events = bench.contender_events(0, 1);
    assert_eq!(
        names(&events),
        ["enrolling", "enrolled", "strangers", "leading"]
    );
    let ContenderEvent::Strangers { member, error } = &events[2] else {
        panic!("{events:?}");
    };
    assert!(member.is_some());
    for word in ["2 children", "Curator LeaderLatch", "-latch-0000000000"] {
        assert!(error.contains(word), "{error}");
    }
    // Listings that follow in the same candidacy repeat nothing.
    bench.contend(0, 2);
    bench.run(SECOND);
    let second = bench.contender_events(0, 2);
    assert_eq!(
        names(&second),
        ["enrolling", "enrolled", "strangers", "standby 1"]
    );
}

#[test]
fn many_groups_share_one_session() {
    let mut bench = Bench::new();
    bench.client();
    for n in 0..20 {
        let spec = ContenderSpec::new(format!("/groups/{n}"));
        let handle = Handle(100 + n);
        bench.command(0, Command::Contend { handle, spec });
    }
    bench.run(SECOND);
    assert!((0..20).all(|n| bench.leads(0, 100 + n)));
    assert_eq!(bench.seen.nodes[0].connects, 1);
}

#[test]
fn a_create_that_is_not_allowed_is_an_error_that_names_path_and_permission() {
    let mut bench = Bench::new();
    let owner = bench.client_with(T, Some("creator:creator"));
    bench.contend(owner, 1);
    bench.run(SECOND);
    let stranger = bench.client_with(T, Some("stranger:sesame"));
    bench.contend(stranger, 1);
    bench.run(SECOND);
    let events = names(&bench.contender_events(stranger, 1));
    let last = events.last().unwrap();
    assert!(last.contains("CREATE permission on /group"), "{last}");
    assert!(!last.contains("sesame"));
    let before = bench.seen.nodes[stranger].sent.len();
    bench.run(3 * T);
    let asked = &bench.seen.nodes[stranger].sent[before..];
    assert!(
        asked.iter().all(|r| format!("{r:?}") == "Ping"),
        "it must not try again and again: {asked:?}"
    );
}

#[test]
fn the_wrap_of_the_counter_changes_nothing() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    assert!(bench.world.ensemble.set_counter(GROUP, i32::MAX - 1));
    for id in 0..2 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let members = bench.members();
    assert!(bench.leads(0, 1), "{members:?}: the older one leads");
    assert!(!bench.leads(1, 1));
}

#[test]
fn negative_numbers_are_ordered_by_birth() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    assert!(bench.world.ensemble.set_counter(GROUP, -2));
    for id in 0..3 {
        bench.client();
        bench.contend(id, 1);
        bench.run(SECOND);
    }
    let members = bench.members();
    assert!(members.iter().any(|m| m.contains('-')), "{members:?}");
    assert!(bench.leads(0, 1), "{members:?}");
    bench.withdraw(0, 1);
    bench.run(SECOND);
    assert!(bench.leads(1, 1), "{:?}", bench.members());
    bench.withdraw(1, 1);
    bench.run(SECOND);
    assert!(bench.leads(2, 1), "{:?}", bench.members());
}

#[test]
fn closing_ends_leadership_first_and_takes_everything_along() {
    let mut bench = contenders(2);
    let call = bench.close(0);
    assert!(!bench.leads(0, 1));
    bench.run(SECOND);
    assert_eq!(bench.seen.nodes[0].done[&call], Ok(Answer::Closed));
    assert_eq!(
        names(&bench.contender_events(0, 1)).last().unwrap(),
        "lost leadership Closed"
    );
    assert!(bench.leads(1, 1));
    assert_eq!(bench.world.ensemble.sessions().len(), 1);
    assert!(bench.core(0).is_ended());
}

#[test]
fn dropping_a_contender_withdraws_it_and_stops_its_events() {
    let mut bench = contenders(2);
    bench.command(0, Command::Drop { handle: Handle(1) });
    assert!(!bench.leads(0, 1));
    bench.run(SECOND);
    assert!(bench.leads(1, 1));
    assert_eq!(bench.members(), ["c_0000000001"]);
}

#[test]
fn a_contender_far_behind_leads_only_after_all_before_it() {
    const CROWD: usize = 40;
    let mut bench = Bench::new();
    for id in 0..CROWD {
        bench.client();
        bench.contend(id, 1);
        bench.run(Duration::from_millis(20));
    }
    bench.run(SECOND);
    let last = CROWD - 1;
    let ahead = |bench: &Bench| match bench.contender_events(last, 1).last() {
        Some(ContenderEvent::Standby { ahead, .. }) => *ahead,
        other => panic!("{other:?}"),
    };
    assert_eq!(ahead(&bench), last, "it counts more than it knows by name");
    // Those that it knows by name go first, the nearest first; it learns the rest then.
    for id in (0..last).rev() {
        assert!(!bench.leads(last, 1), "{id} still stands");
        bench.withdraw(id, 1);
        bench.run(Duration::from_millis(20));
    }
    bench.run(SECOND);
    assert!(bench.leads(last, 1));
}

#[test]
fn after_a_close_no_candidacy_says_anything() {
    let mut bench = Bench::new();
    bench.create(GROUP);
    bench.client();
    bench.run(SECOND);
    bench.contend(0, 1);
    bench.close(0);
    bench.run(SECOND);
    assert_eq!(
        names(&bench.contender_events(0, 1)),
        ["enrolling", "lost Closed"]
    );
}

/// The znode of a candidacy that lapsed stands until a server can be reached.
#[test]
fn a_withdrawal_ends_only_when_the_znode_of_the_candidacy_before_is_gone_too() {
    for reenrol in [Reenrol::Never, Reenrol::Always] {
        let mut bench = Bench::new();
        bench.client();
        bench.contend_with(0, 1, LeasePolicy::Verified, reenrol);
        bench.run(SECOND);
        assert!(bench.leads(0, 1));
        bench.cut(0);
        assert!(bench.run_while_not(T, |b| b.losses(0, 1) == [LostReason::LeaseLapsed]));
        let call = bench.withdraw(0, 1);
        assert_eq!(bench.members().len(), 1);
        assert!(!bench.seen.nodes[0].done.contains_key(&call), "{reenrol:?}");
        bench.sever(0);
        bench.heal(0);
        assert!(bench.run_while_not(T, |b| b.seen.nodes[0].done.contains_key(&call)));
        assert_eq!(bench.members(), [""; 0]);
        assert!(
            matches!(bench.seen.nodes[0].done[&call], Ok(Answer::Removed(true))),
            "{:?}",
            bench.seen.nodes[0].done[&call]
        );
    }
}
