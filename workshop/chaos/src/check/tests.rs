//! Hand-made histories: a good one, and one for each way to break an invariant.

use super::{Case, Violation};
use crate::history::{Change, Entry, Header, History, Phase, Plan, VERSION};
use serde_json::{Value, json};
use tenure_field::tool::Role;

const S: u64 = 1_000_000_000;

/// A history that is written by hand, with times in seconds.
struct Story(History);

impl Story {
    fn new(plan: Plan) -> Self {
        Self(History {
            header: Header {
                version: VERSION,
                plan,
                seed: 1,
                session_timeout_ms: 4000,
                tick_ms: 500,
                slack_ms: 1000,
            },
            entries: Vec::new(),
            end_ns: 100 * S,
        })
    }

    fn put(mut self, entry: Entry) -> Self {
        let line = self.0.entries.len() + 2;
        self.0.entries.push((line, entry));
        self
    }

    fn process(self, at: f64, client: &str, role: Role, change: Change) -> Self {
        self.put(Entry::Process {
            at_ns: ns(at),
            client: client.to_owned(),
            group: "/g".to_owned(),
            role,
            change,
            lease_ms: None,
        })
    }

    fn contender(self, client: &str) -> Self {
        self.process(0.0, client, Role::Contender, Change::Started)
    }

    /// The contenders so far have guarded leases of these lengths.
    fn with_leases(mut self, lengths: &[Option<u64>]) -> Self {
        let leases = self
            .0
            .entries
            .iter_mut()
            .filter_map(|(_, entry)| match entry {
                Entry::Process {
                    role: Role::Contender,
                    lease_ms,
                    ..
                } => Some(lease_ms),
                _ => None,
            });
        leases
            .zip(lengths)
            .for_each(|(lease, length)| *lease = *length);
        self
    }

    fn detector(self, client: &str) -> Self {
        self.process(0.0, client, Role::Detector, Change::Started)
    }

    fn change(self, at: f64, client: &str, change: Change) -> Self {
        self.process(at, client, Role::Contender, change)
    }

    fn line(self, client: &str, line: Value) -> Self {
        self.put(Entry::Client {
            client: client.to_owned(),
            line,
        })
    }

    fn says(self, at: f64, client: &str, event: &str, token: u64, lease_end: f64) -> Self {
        let line = json!({"event": event, "boottime_ns": ns(at), "token": token.to_string(),
            "lease_end_boottime_ns": ns(lease_end), "reason": "lease_lapsed",
            "member": {"path": "/g/x"}});
        self.line(client, line)
    }

    fn fault(self, at: f64, phase: Phase, deposed: &[&str]) -> Self {
        self.put(Entry::Fault {
            at_ns: ns(at),
            id: 1,
            fault: "x".to_owned(),
            phase,
            target: "y".to_owned(),
            deposed: deposed.iter().map(ToString::to_string).collect(),
            razed: Vec::new(),
        })
    }

    /// A stranger deletes the group's members and its path.
    fn raze(self, at: f64) -> Self {
        self.put(Entry::Fault {
            at_ns: ns(at),
            id: 1,
            fault: "x".to_owned(),
            phase: Phase::Begin,
            target: "y".to_owned(),
            deposed: vec!["/g".to_owned()],
            razed: vec!["/g".to_owned()],
        })
    }

    fn agree(self, at: f64, token: Option<u64>, members: usize) -> Self {
        let healed = Entry::Healed { at_ns: ns(at) };
        self.put(healed).truth(at + 1.0, token, members)
    }

    fn truth(self, at: f64, token: Option<u64>, members: usize) -> Self {
        self.put(Entry::Truth {
            at_ns: ns(at),
            group: "/g".to_owned(),
            token,
            members,
        })
    }

    fn write(self, token: u64, highest: u64, accepted: bool) -> Self {
        self.put(Entry::Write {
            at_ns: 0,
            group: "/g".to_owned(),
            token,
            highest,
            accepted,
        })
    }

    fn violations(&self) -> Vec<Violation> {
        Case::new(&self.0).violations()
    }

    #[track_caller]
    fn is_good(&self) {
        assert_eq!(self.violations(), []);
    }

    /// The history breaks this invariant, once, at this line, and no other one.
    #[track_caller]
    fn breaks(&self, invariant: &str, line: usize, part: &str) {
        let violations = self.violations();
        let [one] = &violations[..] else {
            panic!("{violations:#?}");
        };
        assert_eq!((one.invariant, one.line), (invariant, line), "{one}");
        assert!(one.what.contains(part), "{one}");
    }
}

fn ns(at: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small and positive
    let ns = (at * 1e9).round() as u64;
    ns
}

/// `a` leads from 1 to 10 and `b` after it; lines 2 to 5 list the clients.
fn start(plan: Plan) -> Story {
    Story::new(plan)
        .contender("a")
        .contender("b")
        .detector("d")
        .says(1.0, "a", "leading", 5, 4.0)
}

fn handed_over(plan: Plan) -> Story {
    start(plan)
        .says(8.0, "a", "jeopardy", 5, 10.0)
        .says(10.001, "a", "lost", 5, 10.0)
        .says(11.0, "b", "leading", 7, 14.0)
}

/// All agree on token 7 at 21 seconds.
fn agreed(story: Story) -> Story {
    story
        .says(12.0, "d", "leader", 7, 0.0)
        .agree(20.0, Some(7), 2)
}

#[test]
fn a_good_history_has_no_violations() {
    agreed(handed_over(Plan::Chaos)).is_good();
}

#[test]
fn a_history_in_which_nothing_happened_does_not_pass() {
    let idle = Story::new(Plan::Chaos).contender("a");
    let found = idle.violations();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .all(|one| one.invariant == "something happened")
    );
}

#[test]
fn two_leaders_are_seen() {
    let both = start(Plan::Chaos)
        .says(8.0, "a", "jeopardy", 5, 10.0)
        .says(9.0, "a", "lost", 5, 10.0)
        .says(8.9, "b", "leading", 7, 14.0);
    let found = agreed(both).violations();
    let one: Vec<_> = found.iter().map(|v| (v.invariant, v.line)).collect();
    assert_eq!(one, [("one leader", 8), ("lost is said in time", 8)]);
    assert!(found[0].what.ends_with("for 0.100 s"), "{}", found[0]);
}

#[test]
fn the_belief_of_a_stopped_leader_ends_with_its_lease() {
    let stopped = |lease_end| {
        let story = start(Plan::Chaos)
            .change(6.0, "a", Change::Stopped)
            .says(11.0, "b", "leading", 7, 14.0)
            .change(18.0, "a", Change::Resumed)
            .says(18.1, "a", "lost", 5, lease_end);
        agreed(story)
    };
    stopped(8.0).is_good();
    stopped(11.5).breaks("one leader", 7, "0.500 s");
}

#[test]
fn the_belief_of_who_never_spoke_again_goes_on() {
    let silent = start(Plan::Chaos).says(11.0, "b", "leading", 7, 14.0);
    let found = agreed(silent).violations();
    assert!(
        found.iter().any(|v| v.invariant == "one leader"),
        "{found:?}"
    );
    assert!(found.iter().any(|v| v.what.contains("never said so")));
    // The end of a lease counts if it was printed in jeopardy, as does the end of the process.
    let killed = start(Plan::Chaos)
        .change(9.0, "a", Change::Ended)
        .says(11.0, "b", "leading", 7, 14.0)
        .says(12.0, "d", "leader", 7, 0.0);
    killed.agree(20.0, Some(7), 1).is_good();
    let doubted = start(Plan::Chaos)
        .says(8.0, "a", "jeopardy", 5, 10.0)
        .says(11.0, "b", "leading", 7, 14.0);
    agreed(doubted).breaks("lost is said in time", 7, "never said so");
}

#[test]
fn who_was_deposed_may_believe_for_a_lease() {
    let deposed = |until, groups: &[&str]| {
        let story = start(Plan::Chaos)
            .fault(9.0, Phase::Begin, groups)
            .says(9.1, "b", "leading", 7, 14.0)
            .says(until, "a", "lost", 5, until);
        agreed(story)
    };
    deposed(13.0, &["/g"]).is_good();
    deposed(13.2, &["/g"]).breaks("one leader", 7, "more than a lease");
    assert_eq!(deposed(13.0, &["/other"]).violations().len(), 2);
}

#[test]
fn a_killed_leader_believes_until_it_is_killed() {
    let killed = |at| {
        let story = start(Plan::Chaos)
            .change(at, "a", Change::Killing)
            .says(11.0, "b", "leading", 7, 14.0)
            // The harness notes the end after that.
            .change(11.5, "a", Change::Ended)
            .process(12.0, "a2", Role::Contender, Change::Started);
        agreed(story)
    };
    killed(10.9).is_good();
    killed(11.1).breaks("one leader", 7, "for 0.100 s");
}

#[test]
fn strangers_are_no_excuse_for_guarded_leases() {
    let deposed = |lengths: &[Option<u64>], lost: f64| {
        let story = start(Plan::Chaos)
            .with_leases(lengths)
            .fault(9.0, Phase::Begin, &["/g"])
            .says(9.5, "b", "leading", 7, 14.0)
            .says(lost, "a", "lost", 5, lost.min(9.4));
        agreed(story)
    };
    let both = [Some(1000), Some(500)];
    deposed(&both, 9.4).is_good();
    deposed(&both, 9.6).breaks("lost is said in time", 7, "0.100 s before it said so");
    // One that does not wait is enough for an overlap.
    deposed(&[Some(1000), None], 9.6).is_good();
    let both_lead = start(Plan::Chaos)
        .with_leases(&both)
        .fault(9.0, Phase::Begin, &["/g"])
        .says(9.5, "b", "leading", 7, 14.0)
        .says(9.6, "a", "lost", 5, 9.6);
    let both_lead = agreed(both_lead).violations();
    let seen: Vec<&str> = both_lead
        .iter()
        .map(|violation| violation.invariant)
        .collect();
    assert_eq!(seen, ["one leader", "lost is said in time"]);
}

#[test]
fn contenders_wait_for_a_guarded_lease_and_for_the_longest_one_without_a_mark() {
    // T, 2 ticks and the slack are 6 s.
    let looked = |lengths: &[Option<u64>], razed: bool, took: f64| {
        let story = handed_over(Plan::Chaos).with_leases(lengths);
        let story = if razed { story.raze(13.0) } else { story };
        story
            .says(12.0, "d", "leader", 7, 0.0)
            .put(Entry::Healed { at_ns: ns(20.0) })
            .truth(20.0 + took, Some(7), 2)
    };
    const LATE: &str = "all agree in the end";
    let leases = [Some(500), Some(1000)];
    looked(&leases, false, 7.0).is_good();
    looked(&leases, false, 7.1).breaks(LATE, 11, "7.002 s are allowed");
    looked(&leases, true, 16.0).is_good();
    looked(&leases, true, 16.1).breaks(LATE, 12, "16.020 s are allowed");
    // The mark is there again when all have agreed.
    let again = looked(&leases, true, 16.0).put(Entry::Healed { at_ns: ns(40.0) });
    again
        .truth(47.1, Some(7), 2)
        .breaks(LATE, 14, "7.002 s are allowed");
    for razed in [false, true] {
        let late = looked(&[Some(500), None], razed, 6.1);
        late.breaks(LATE, 11 + usize::from(razed), "6.000 s are allowed");
    }
}

#[test]
fn a_token_that_does_not_rise_is_seen() {
    let falling = |token| {
        let story = handed_over(Plan::Chaos)
            .says(15.0, "b", "lost", 7, 15.0)
            .says(16.0, "a", "leading", token, 20.0)
            .says(16.5, "d", "leader", token, 0.0);
        story.agree(20.0, Some(token), 2)
    };
    falling(8).is_good();
    falling(7).breaks("tokens rise", 10, "token 7 after b led with 7");
    falling(6).breaks("tokens rise", 10, "token 6 after b led with 7");
}

#[test]
fn news_that_a_stopped_process_tells_late_is_no_tenure_out_of_order() {
    // It was elected, stopped before it could print that, and woke when another led.
    let story = Story::new(Plan::Chaos)
        .contender("a")
        .contender("b")
        .detector("d")
        .change(1.0, "a", Change::Stopped)
        .says(11.0, "b", "leading", 7, 14.0)
        .change(14.9, "a", Change::Resumed)
        .says(15.0, "a", "leading", 5, 4.0)
        .says(15.1, "a", "lost", 5, 4.0);
    agreed(story).is_good();
}

#[test]
fn what_has_lapsed_does_not_come_back() {
    let back = |at| {
        let story = start(Plan::Chaos)
            .says(8.0, "a", "jeopardy", 5, 10.0)
            .says(at, "a", "leading", 5, 14.0)
            .says(16.0, "d", "leader", 5, 0.0);
        story.agree(20.0, Some(5), 2)
    };
    back(9.9).is_good();
    back(10.1).breaks("what has lapsed stays over", 7, "0.100 s after this lease");

    let after_lost = start(Plan::Chaos)
        .says(8.0, "a", "lost", 5, 8.0)
        .says(9.0, "a", "leading", 5, 14.0)
        .says(16.0, "d", "leader", 5, 0.0)
        .agree(20.0, Some(5), 2);
    let found = after_lost.violations();
    assert!(
        found
            .iter()
            .any(|v| v.invariant == "what has lapsed stays over" && v.line == 7)
    );
}

#[test]
fn a_process_that_was_stopped_for_long_does_not_lead_on() {
    let stopped = |until: f64| {
        let story = start(Plan::Chaos)
            .change(2.0, "a", Change::Stopped)
            .change(until, "a", Change::Resumed)
            .says(until + 0.1, "a", "leading", 5, until + 3.0)
            .says(16.0, "d", "leader", 5, 0.0);
        story.agree(20.0, Some(5), 2)
    };
    stopped(3.0).is_good();
    const LAPSED: &str = "what has lapsed stays over";
    stopped(14.0).breaks(LAPSED, 8, "stopped for 12.000 s");
    let guarded = |until| stopped(until).with_leases(&[Some(1000), None]);
    guarded(3.0).is_good();
    guarded(3.1).breaks(LAPSED, 8, "stopped for 1.100 s");
}

#[test]
fn a_loss_that_is_told_late_is_seen() {
    let late = |at| {
        let story = start(Plan::Chaos)
            .says(8.0, "a", "jeopardy", 5, 10.0)
            .says(11.0, "b", "leading", 7, 14.0)
            .says(at, "a", "lost", 5, 10.0);
        agreed(story)
    };
    late(10.9).is_good();
    late(11.25).breaks("lost is said in time", 7, "0.250 s before it said so");
}

#[test]
fn who_gives_up_may_print_it_late_and_must_not_believe_late() {
    let given_up = |until: f64| {
        let line = json!({"event": "lost", "boottime_ns": ns(11.2), "token": "5",
            "lease_end_boottime_ns": ns(until), "reason": "withdrawn"});
        let story = start(Plan::Chaos)
            .says(11.0, "b", "leading", 7, 14.0)
            .line("a", line);
        agreed(story)
    };
    given_up(10.9).is_good();
    given_up(11.1).breaks("one leader", 6, "0.100 s");
}

#[test]
fn a_client_that_disagrees_in_the_end_is_seen() {
    const ALL: &str = "all agree in the end";
    let story = || handed_over(Plan::Chaos);
    story()
        .agree(20.0, Some(7), 2)
        .breaks(ALL, 10, "d has said nothing");
    let told = |event, token| story().says(12.0, "d", event, token, 0.0);
    told("leader", 5)
        .agree(20.0, Some(7), 2)
        .breaks(ALL, 11, "d names token 5");
    told("unknown", 0)
        .agree(20.0, Some(7), 2)
        .breaks(ALL, 11, "d does not know");
    told("none", 0)
        .agree(20.0, Some(7), 2)
        .breaks(ALL, 11, "d says none");
    let right = || told("leader", 7);
    right()
        .agree(20.0, Some(7), 3)
        .breaks(ALL, 11, "3 members, and 2 contenders");
    // Later than T, two ticks and the slack: 6 s.
    let healed = Entry::Healed { at_ns: 20 * S };
    let slow = right().put(healed.clone()).truth(26.0, Some(7), 2);
    slow.is_good();
    let slow = right().put(healed).truth(26.1, Some(7), 2);
    slow.breaks(
        ALL,
        11,
        "6.100 s after the faults had ended; 6.000 s are allowed",
    );
    right()
        .truth(20.0, Some(7), 2)
        .breaks(ALL, 10, "before anything had healed");
    // The group has no leader any longer, and the detector reports that too late to count.
    let lost = right().says(15.0, "b", "lost", 7, 15.0);
    let found = lost
        .says(20.5, "d", "none", 0, 0.0)
        .agree(20.0, None, 2)
        .violations();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.contains("0 clients believe"), "{}", found[0]);
    let other = right().agree(20.0, Some(9), 2).violations();
    assert!(
        other
            .iter()
            .any(|v| v.what.contains("b believes to lead /g with token 7"))
    );
}

#[test]
fn the_register_is_held_to_its_word() {
    const FENCE: &str = "stale writes are refused";
    let led = || agreed(handed_over(Plan::Chaos));
    led()
        .write(5, 0, true)
        .write(7, 5, true)
        .write(7, 7, true)
        .is_good();
    led()
        .write(7, 0, true)
        .write(5, 7, true)
        .breaks(FENCE, 13, "was done after one with 7");
    led()
        .write(5, 0, true)
        .write(7, 5, false)
        .breaks(FENCE, 13, "refused although 5");
    led()
        .write(5, 0, true)
        .write(7, 0, true)
        .breaks(FENCE, 13, "5 was");
    led()
        .write(6, 0, true)
        .breaks(FENCE, 12, "no contender led with it");
}

#[test]
fn clients_that_print_something_else_are_seen() {
    const LINES: &str = "clients print the documented lines";
    let good = || agreed(handed_over(Plan::Chaos));
    good()
        .line("a", json!("thread 'main' panicked"))
        .breaks(LINES, 12, "panicked");
    let half = json!({"event": "leading", "boottime_ns": 1, "token": "5",
        "member": {"path": "/g/x"}});
    good()
        .line("a", half)
        .breaks(LINES, 12, "lease_end_boottime_ns");
    let number = json!({"event": "leader", "boottime_ns": 1, "token": 5,
        "member": {"path": "/g/x"}});
    good()
        .line("d", number)
        .breaks(LINES, 12, "a decimal string");
    let stranger = json!({"event": "none", "boottime_ns": 1});
    good()
        .line("z", stranger)
        .breaks(LINES, 12, "z: it was never started");
}

#[test]
fn a_campaign_must_have_had_its_effect() {
    const CAMPAIGN: &str = "the campaign did what it is there for";
    let cut = |plan| {
        let story = start(plan)
            .fault(6.0, Phase::Begin, &[])
            .says(8.0, "a", "jeopardy", 5, 10.0)
            .says(10.001, "a", "lost", 5, 10.0)
            .says(11.0, "b", "leading", 7, 14.0)
            .fault(13.0, Phase::End, &[]);
        agreed(story)
    };
    // In these no session has to time out; the slack is a second.
    for (plan, most) in [
        (Plan::Kill, 1.0),
        (Plan::FailOver, 2.0),
        (Plan::FailOverStop, 2.0),
        (Plan::GuardedDeletion, 2.0),
    ] {
        let took = |took: f64| {
            let story = start(plan)
                .with_leases(&[Some(1000), Some(1000)])
                .fault(6.0, Phase::Begin, &[])
                .says(6.5, "a", "lost", 5, 6.5)
                .says(6.0 + took, "b", "leading", 7, 14.0)
                .fault(13.0, Phase::End, &[]);
            agreed(story)
        };
        took(most).is_good();
        let late = format!("after {:.3} s; {most:.3} s are allowed", most + 0.1);
        took(most + 0.1).breaks(CAMPAIGN, 6, &late);
    }
    for plan in [
        Plan::BlackHole,
        Plan::Follower,
        Plan::Stop,
        Plan::GuardedBlackHole,
        Plan::KillAlone,
    ] {
        cut(plan).is_good();
        let kept = start(plan)
            .fault(6.0, Phase::Begin, &[])
            .fault(13.0, Phase::End, &[])
            .says(16.0, "d", "leader", 5, 0.0)
            .agree(20.0, Some(5), 2);
        kept.breaks(CAMPAIGN, 6, "/g got no new leader");
        agreed(handed_over(plan)).breaks(CAMPAIGN, 1, "no fault");
    }
    cut(Plan::AnotherServer).breaks(CAMPAIGN, 6, "a lost /g");
    let kept = |at| {
        let story = start(Plan::AnotherServer)
            .fault(6.0, Phase::Begin, &[])
            .says(at, "a", "jeopardy", 5, at + 2.0)
            .says(at + 0.5, "a", "leading", 5, 17.0)
            .fault(13.0, Phase::End, &[])
            .says(16.0, "d", "leader", 5, 0.0);
        story.agree(20.0, Some(5), 2)
    };
    kept(8.0).is_good();
    kept(4.0).breaks(CAMPAIGN, 6, "the leader of /g did not notice");
    let early = start(Plan::Stop).fault(0.5, Phase::Begin, &[]);
    let early = early
        .says(8.0, "d", "leader", 5, 0.0)
        .agree(20.0, Some(5), 2);
    early.breaks(CAMPAIGN, 6, "no contender led /g before");
}

#[test]
fn a_command_is_held_to_the_end_of_its_tenure() {
    const CONTAINED: &str = "a command works no longer than its tenure";
    let led = || agreed(handed_over(Plan::Chaos));
    led()
        .write(5, 0, true)
        .write(7, 5, true)
        .write(5, 7, false)
        .breaks(CONTAINED, 14, "came when another led");
    // The leader was deposed at second 1; that is an excuse unless its lease is guarded.
    let stale = |lengths: &[Option<u64>]| {
        let story = start(Plan::Chaos)
            .with_leases(lengths)
            .fault(1.0, Phase::Begin, &["/g"])
            .says(8.0, "a", "lost", 5, 8.0)
            .says(11.0, "b", "leading", 7, 14.0);
        let late = Entry::Write {
            at_ns: ns(11.5),
            group: "/g".to_owned(),
            token: 5,
            highest: 7,
            accepted: false,
        };
        agreed(story).write(7, 0, true).put(late)
    };
    stale(&[None, None]).is_good();
    stale(&[Some(1000), Some(1000)]).breaks(CONTAINED, 13, "came when another led");
    // The register decides at second 0 in these stories.
    let ended = |at: f64| json!({"event": "ended", "token": "5", "boottime_ns": ns(at)});
    led().line("a", ended(1.0)).write(5, 0, true).is_good();
    let late = |at_ns| Entry::Write {
        at_ns,
        group: "/g".to_owned(),
        token: 5,
        highest: 0,
        accepted: true,
    };
    led().line("a", ended(1.0)).put(late(ns(1.9))).is_good();
    led().line("a", ended(1.0)).put(late(ns(2.1))).breaks(
        CONTAINED,
        13,
        "1.100 s after its command had ended",
    );
}
