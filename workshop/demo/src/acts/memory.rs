//! The library itself, in this process, on the in-memory server of the library.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    Error, Url,
};
use tenure_field::boottime;

use crate::demo::Demo;
use crate::failure::{Step, Stop};
use crate::human;
use crate::narrator::{Narrator, Tag};
use crate::table::Finding;

const URL: &str = "memory://demo/app";
/// Everything takes less than a blink.
const AT_MOST: Duration = Duration::from_secs(5);

/// An event of a contender or of the detector, with its time.
enum Report {
    Leads {
        index: usize,
        at_ns: u64,
        token: u64,
    },
    Detected {
        at_ns: u64,
        token: u64,
        data: Vec<u8>,
    },
}

/// One contender with a session of its own.
struct Candidate {
    name: &'static str,
    client: Client,
    contender: Contender,
}

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let failed = |error: Error| Stop::library("a round at memory://", &error);
    let url = Url::parse(URL).map_err(failed)?;
    let (sender, reports) = mpsc::channel();
    let mut candidates = Vec::new();
    for (index, name) in ["m1", "m2", "m3"].into_iter().enumerate() {
        candidates.push(candidate(&url, index, name, sender.clone()).map_err(failed)?);
    }
    let (watcher, detector) = watcher(&url, sender).map_err(failed)?;

    let (mut leader, mut token, _) = next(demo, &candidates, &reports, 0)?;
    let mut findings = Vec::new();
    for _ in 0..2 {
        let old = &candidates[leader];
        let text = format!("withdraw() of {}, a function call", old.name);
        demo.narrator.say(Tag::Demo, text);
        let called_ns = boottime::now_ns();
        let withdrawal = old.contender.withdraw();
        let still_led = old.contender.is_leading();
        let (index, new_token, [led_ns, known_ns]) = next(demo, &candidates, &reports, token)?;
        let removed = withdrawal.wait_for(AT_MOST).map_err(failed)?;
        demo.check(
            format!(
                "{} stopped, then {} led: token {token} to {new_token}",
                old.name, candidates[index].name
            ),
            removed && new_token > token && !old.contender.is_leading(),
            || format!("removed {removed}, still led {still_led}, tokens {token} and {new_token}"),
        )?;
        findings.push(Finding {
            done: format!("memory://: withdraw() of {}", old.name),
            led: Some(human::between(called_ns, led_ns)),
            known: vec![human::between(called_ns, known_ns)],
            note: format!(
                "{} → {}, token {token} → {new_token}",
                old.name, candidates[index].name
            ),
        });
        (leader, token) = (index, new_token);
    }

    drop(detector);
    for client in candidates
        .iter()
        .map(|candidate| &candidate.client)
        .chain([&watcher])
    {
        client.close().wait_for(AT_MOST).map_err(failed)?;
    }
    Ok(findings)
}

fn candidate(
    url: &Url,
    index: usize,
    name: &'static str,
    reports: Sender<Report>,
) -> Result<Candidate, Error> {
    let client = Client::open(url, ClientOptions::default())?;
    let options = ContenderOptions::new(url.path()).label(name).data(name);
    let contender = client.contend(options)?;
    contender.events().on_each(move |event| {
        if let ContenderEvent::Leading { member, .. } = event {
            let (at_ns, token) = (boottime::now_ns(), member.token);
            // The act may have ended with an error; then the event has no receiver.
            drop(reports.send(Report::Leads {
                index,
                at_ns,
                token,
            }));
        }
    })?;
    Ok(Candidate {
        name,
        client,
        contender,
    })
}

fn watcher(url: &Url, reports: Sender<Report>) -> Result<(Client, Detector), Error> {
    let client = Client::open(url, ClientOptions::default())?;
    let detector = client.detect(url.path())?;
    detector.events().on_each(move |event| {
        if let DetectorEvent::Leader(leader) = event {
            let (at_ns, token) = (boottime::now_ns(), leader.member.token);
            let data = leader.data;
            drop(reports.send(Report::Detected { at_ns, token, data }));
        }
    })?;
    Ok((client, detector))
}

/// Waits until a contender leads with a token other than `old`, and until the detector reports it.
/// Returns the contender, the token, and the times of both.
fn next(
    demo: &Demo,
    candidates: &[Candidate],
    reports: &Receiver<Report>,
    old: u64,
) -> Step<(usize, u64, [u64; 2])> {
    let deadline = Instant::now() + AT_MOST;
    let (mut leads, mut detected) = (None, None);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(event) = reports.recv_timeout(left) else {
            let seen = format!("contenders: {leads:?}; detector: {detected:?}");
            return Err(Stop::failed(
                "a contender leads and the detector names it",
                seen,
            ));
        };
        match event {
            Report::Leads {
                index,
                at_ns,
                token,
            } if token != old => {
                narrate(
                    &demo.narrator,
                    at_ns,
                    Tag::Leader,
                    candidates[index].name,
                    "leads",
                    token,
                );
                leads = Some((index, token, at_ns));
            }
            Report::Detected { at_ns, token, data } if token != old => {
                let name = String::from_utf8_lossy(&data);
                narrate(
                    &demo.narrator,
                    at_ns,
                    Tag::Detector,
                    "the detector",
                    &format!("sees {name} lead"),
                    token,
                );
                detected = Some((token, at_ns));
            }
            // An event of the earlier leader.
            Report::Leads { .. } | Report::Detected { .. } => {}
        }
        if let (Some((index, token, led_ns)), Some((seen, known_ns))) = (leads, detected)
            && token == seen
        {
            return Ok((index, token, [led_ns, known_ns]));
        }
    }
}

fn narrate(narrator: &Narrator, at_ns: u64, tag: Tag, name: &str, does: &str, token: u64) {
    narrator.say_at(at_ns, tag, format!("{name} {does} (token {token})"));
}
