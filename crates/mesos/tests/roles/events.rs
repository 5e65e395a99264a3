//! The inputs that the events of contenders and detectors are.

use tenure_election::words::Word;
use tenure_election::{
    ContenderEvent, DetectorEvent, Error, ErrorKind, Leader, LostReason, Member, Time,
};
use tenure_mesos::roles::master::{Input, Master, Output};
use tenure_mesos::roles::{Detection, Stop, StopReason};

const NOW: Time = Time::from_nanos(1);

fn contender_events() -> Vec<ContenderEvent> {
    let member = Member::known("/mesos/json.info_0000000001", 7);
    let (lease_end, own) = (NOW, Some(member.clone()));
    let error = Error::new(ErrorKind::NoAuth, "no");
    vec![
        ContenderEvent::Enrolling,
        ContenderEvent::Enrolled {
            member: member.clone(),
        },
        ContenderEvent::Standby {
            member: member.clone(),
            ahead: 1,
            waits_until: None,
        },
        ContenderEvent::Leading {
            member: member.clone(),
            lease_end,
        },
        ContenderEvent::Jeopardy {
            member: member.clone(),
            lease_end,
        },
        ContenderEvent::Blocked {
            member: own.clone(),
            error,
        },
        ContenderEvent::Strangers {
            member: own.clone(),
            error: String::new(),
        },
        ContenderEvent::TokenFell { member, before: 9 },
        ContenderEvent::Lost {
            member: own,
            led_until: None,
            reason: LostReason::Evicted,
        },
    ]
}

fn leader() -> Leader {
    Leader {
        member: Member::known("/mesos/json.info_0000000001", 7),
        data: b"a".to_vec(),
        as_of: NOW,
    }
}

fn detector_events() -> Vec<DetectorEvent> {
    let member = leader().member;
    vec![
        DetectorEvent::Unknown { since: NOW },
        DetectorEvent::None,
        DetectorEvent::Leader(leader()),
        DetectorEvent::TokenFell { member, before: 9 },
        DetectorEvent::Failed(Error::new(ErrorKind::NoAuth, "no")),
    ]
}

/// Each kind of event is in the list, and those that report a state are inputs.
fn assert_states_are_inputs(words: &[Word], events: &[(&'static Word, bool)]) {
    for word in words {
        let found = events.iter().find(|(known, _)| known.number == word.number);
        let (_, is_input) = found.unwrap_or_else(|| panic!("no event {:?} here", word.name));
        assert_eq!(*is_input, !word.news, "{}", word.name);
    }
}

#[test]
fn states_are_inputs() {
    let of_contender = contender_events();
    let of_contender: Vec<_> = of_contender
        .iter()
        .map(|event| (event.word(), Input::of(event).is_some()))
        .collect();
    assert_states_are_inputs(ContenderEvent::WORDS, &of_contender);
    let of_detector = detector_events();
    let of_detector: Vec<_> = of_detector
        .iter()
        .map(|event| (event.word(), Detection::of(event).is_some()))
        .collect();
    assert_states_are_inputs(DetectorEvent::WORDS, &of_detector);
}

#[test]
fn an_event_is_the_input_of_its_name() {
    let inputs: Vec<Input> = contender_events().iter().filter_map(Input::of).collect();
    let names: Vec<&str> = inputs.iter().map(Input::name).collect();
    let expected = [
        "enrolling",
        "enrolled",
        "behind",
        "leading",
        "jeopardy",
        "lost",
    ];
    assert_eq!(names, expected);
    let detections = detector_events();
    let detections = detections.iter().filter_map(Detection::of).map(Input::from);
    let names: Vec<&str> = detections.map(|input| input.name()).collect();
    assert_eq!(names, ["unknown", "no leader", "leader", "unknown"]);
    let Some(Detection::Leader(leading)) = Detection::of(&DetectorEvent::Leader(leader())) else {
        panic!();
    };
    assert_eq!(leading.address, b"a");
    assert_eq!(
        (&*leading.member.path, leading.member.token),
        ("/mesos/json.info_0000000001", 7)
    );
}

#[test]
fn a_leader_that_lost_stops_in_mesos_words() {
    let events = contender_events();
    let mut master = Master::new();
    let mut outputs = Vec::new();
    for event in &events {
        outputs.extend(
            Input::of(event)
                .into_iter()
                .flat_map(|i| master.handle(i, NOW)),
        );
    }
    let [elected, doubt, stop] = &outputs[..] else {
        panic!("{outputs:?}");
    };
    assert!(matches!(elected, Output::Elected { member, .. } if member.token == 7));
    assert!(matches!(doubt, Output::InJeopardy { .. }));
    let Output::Stop(stop) = stop else {
        panic!("{stop:?}");
    };
    let reason = StopReason::LostCandidacy(Some(LostReason::Evicted));
    assert_eq!(stop, &Stop { reason });
    assert_eq!(
        stop.to_string(),
        "Lost candidacy as a leader... committing suicide!"
    );
    assert_eq!(stop.status(), 1);
}
