//! Many leaders, each of a group of its own, that go through one and the same fault together.

use crate::interrupt::Interrupt;
use crate::run::{begin, end};
use crate::stage::{Job, Settings, Spec, Stage, Stop};
use std::path::Path;
use std::time::Duration;
use tenure_chaos::history::{Entry, Phase, Plan};
use tenure_field::{Host, Lab, boottime};

/// How many leaders go through a fault at once.
pub(crate) const TOGETHER_MAX: u32 = 20;
/// How long the cast may take to be in place.
const READY: Duration = Duration::from_secs(60);
/// How many groups have a detector.
const DETECTORS: usize = 3;

/// What to do.
pub(crate) struct Task<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) plan: Plan,
    pub(crate) seed: u64,
    /// How many leaders go through it, in all.
    pub(crate) runs: u32,
    /// Where the history goes.
    pub(crate) directory: &'a Path,
}

/// Does it; the history is on disk when this returns.
pub(crate) fn run(task: &Task<'_>, interrupt: Interrupt) -> Result<(), Stop> {
    let (header, history) = begin(task.settings, task.plan, task.seed, task.directory)?;
    let lab = Lab::new().map_err(Stop::Failed)?;
    let mut stage = Stage::new(lab, task.settings.clone(), header, history, interrupt)?;
    let played = play(task, &mut stage);
    let ended = end(&mut stage);
    played.and(ended)
}

fn play(task: &Task<'_>, stage: &mut Stage) -> Result<(), Stop> {
    let (leading, standby, watch) = (
        stage.lab.host("leading"),
        stage.lab.host("standby"),
        stage.lab.host("watch"),
    );
    // The server that is cut off follows, so that the others have a leader all the time.
    let followers = stage.ensemble.followers();
    let cut = followers.first().copied().unwrap_or_default();
    let groups: Vec<String> = (1..=task.runs.min(TOGETHER_MAX))
        .map(|number| format!("/group{number:02}"))
        .collect();

    // Whoever starts while the others are out of reach uses the server that will be cut off.
    let others = other_hosts(stage, cut);
    if task.plan == Plan::Seat {
        others
            .iter()
            .for_each(|other| stage.lab.cut_between(&leading, other));
    }
    for group in &groups {
        let url = match task.plan {
            Plan::Follower => stage.ensemble.url_of(cut, group),
            _ => stage.ensemble.url(group),
        };
        enter(stage, Job::Contend, group, &leading, url);
    }
    ready(stage, &groups)?;
    others
        .iter()
        .for_each(|other| stage.lab.heal_between(&leading, other));
    for (index, group) in groups.iter().enumerate() {
        let url = match task.plan {
            Plan::Follower | Plan::Seat => {
                let addrs = stage.ensemble.addrs();
                let addrs = addrs.iter().enumerate().filter(|(other, _)| *other != cut);
                let addrs: Vec<_> = addrs.map(|(_, addr)| *addr).collect();
                tenure_field::ensemble::url(&addrs, group)
            }
            _ => stage.ensemble.url(group),
        };
        enter(stage, Job::Contend, group, &standby, url.clone());
        if index < DETECTORS {
            enter(stage, Job::Detect, group, &watch, url);
        }
    }
    stage.settle()?;

    let rounds = task.runs.div_ceil(TOGETHER_MAX);
    for number in 1..=rounds {
        println!(
            "round {number} of {rounds}: {} with {} leaders",
            task.plan.name(),
            groups.len()
        );
        round(task, stage, &groups, &leading, cut, number)?;
        let agreed = stage.settle()?;
        println!(
            "round {number} of {rounds}: {}",
            if agreed { "all agree" } else { "NOT AGREED" }
        );
        if number < rounds {
            bring_back(stage, &groups, &leading)?;
        }
    }
    Ok(())
}

fn round(
    task: &Task<'_>,
    stage: &mut Stage,
    groups: &[String],
    leading: &Host,
    cut: usize,
    number: u32,
) -> Result<(), Stop> {
    let timeout = task.settings.session_timeout;
    let others = other_hosts(stage, cut);
    let cut_host = stage.server_hosts[cut].clone();
    let target = match task.plan {
        Plan::BlackHole => format!("host {}", leading.name()),
        Plan::Follower | Plan::Seat => format!("server{}", cut + 1),
        Plan::Stop | Plan::Chaos => "all leaders".to_owned(),
    };
    let leaders: Vec<usize> = groups
        .iter()
        .filter_map(|group| stage.cast.leader(group))
        .collect();
    tell(task, stage, number, Phase::Begin, &target);
    match task.plan {
        Plan::BlackHole => {
            let servers = stage.server_hosts.clone();
            servers
                .iter()
                .for_each(|server| stage.lab.cut_between(leading, server));
            // Then the successor leads, and the one who is cut off knows that it lost.
            stage.let_pass(timeout * 2 + task.settings.tick * 2)?;
            servers
                .iter()
                .for_each(|server| stage.lab.heal_between(leading, server));
        }
        Plan::Follower | Plan::Seat => {
            others
                .iter()
                .for_each(|other| stage.lab.cut_between(&cut_host, other));
            // Until the server itself gives up, and then as long as any lease.
            let limit = task.settings.tick * task.settings.sync_limit;
            stage.let_pass(limit + timeout + task.settings.tick)?;
            others
                .iter()
                .for_each(|other| stage.lab.heal_between(&cut_host, other));
        }
        Plan::Stop | Plan::Chaos => {
            leaders
                .iter()
                .for_each(|place| stage.cast.stop(*place, false));
            stage.let_pass(timeout * 3)?;
            leaders.iter().for_each(|place| stage.cast.resume(*place));
            // What they say when they wake belongs to it.
            stage.let_pass(Duration::from_secs(1))?;
        }
    }
    tell(task, stage, number, Phase::End, &target);
    Ok(())
}

/// Lets the leaders' host lead again: whoever leads from elsewhere starts anew, behind.
fn bring_back(stage: &mut Stage, groups: &[String], leading: &Host) -> Result<(), Stop> {
    for group in groups {
        let Some(place) = stage.cast.leader(group) else {
            continue;
        };
        if stage.cast.all()[place].spec.host.name() != leading.name() {
            stage.cast.kill(place);
            stage.cast.start_again(place);
        }
    }
    stage.let_pass(Duration::ZERO)?;
    ready(stage, groups)?;
    stage.settle().map(drop)
}

fn other_hosts(stage: &Stage, cut: usize) -> Vec<Host> {
    let hosts = stage.server_hosts.iter().enumerate();
    let others = hosts.filter(|(index, _)| *index != cut);
    others.map(|(_, host)| host.clone()).collect()
}

fn ready(stage: &mut Stage, groups: &[String]) -> Result<(), Stop> {
    let all_led = stage.wait(READY, |stage| {
        groups
            .iter()
            .all(|group| stage.cast.leader(group).is_some())
    })?;
    match all_led {
        true => Ok(()),
        false => Err(Stop::Failed(format!(
            "not all groups had a leader within {READY:?}"
        ))),
    }
}

fn enter(stage: &mut Stage, job: Job, group: &str, host: &Host, url: String) {
    stage.cast.start(Spec {
        name: format!("{}{group}", host.name()),
        group: group.to_owned(),
        job,
        host: host.clone(),
        url,
        env: Vec::new(),
    });
}

fn tell(task: &Task<'_>, stage: &Stage, number: u32, phase: Phase, target: &str) {
    stage.history.put(&Entry::Fault {
        at_ns: boottime::now_ns(),
        id: number.into(),
        fault: task.plan.name().to_owned(),
        phase,
        target: target.to_owned(),
        deposed: Vec::new(),
    });
}
