//! Many leaders, each in a group of its own, that go through the same fault together.

use crate::cluster::{Cluster, Job, Lease, Settings, Spec, Stop, Way};
use crate::run::{SLACK, begin, end};
use std::path::Path;
use std::time::Duration;
use tenure_chaos::history::{Entry, Phase, Plan};
use tenure_field::{Host, Interrupt, Lab, boottime};

/// How many leaders go through a fault at once.
pub(crate) const TOGETHER_MAX: u32 = 20;
/// How long the clients may take to be in place.
const READY: Duration = Duration::from_secs(60);
/// How many groups have a detector.
const DETECTORS: usize = 3;

/// The options of a campaign.
pub(crate) struct Task<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) plan: Plan,
    pub(crate) seed: u64,
    /// How many leaders go through it in total.
    pub(crate) runs: u32,
    /// The directory of the history.
    pub(crate) directory: &'a Path,
}

/// Plays the campaign; the history is on disk when this returns.
pub(crate) fn run(task: &Task<'_>, interrupt: Interrupt) -> Result<(), Stop> {
    let (header, history) = begin(task.settings, task.plan, task.seed, task.directory)?;
    let lab = Lab::new().map_err(Stop::Failed)?;
    let mut cluster = Cluster::new(lab, task.settings.clone(), header, history, interrupt)?;
    let played = play(task, &mut cluster);
    let ended = end(&mut cluster);
    played.and(ended)
}

fn play(task: &Task<'_>, cluster: &mut Cluster) -> Result<(), Stop> {
    let (leading, standby, watch) = (
        cluster.lab.host("leading"),
        cluster.lab.host("standby"),
        cluster.lab.host("watch"),
    );
    // The server that is cut off follows, so that the others have a leader all the time.
    let followers = cluster.ensemble.followers();
    let cut = followers.first().copied().unwrap_or_default();
    let groups: Vec<String> = (1..=task.runs.min(TOGETHER_MAX))
        .map(|number| format!("/group{number:02}"))
        .collect();

    // A client that starts while the others cannot be reached uses the server that will be cut off.
    let others = other_hosts(cluster, cut);
    if task.plan == Plan::AnotherServer {
        others
            .iter()
            .for_each(|other| cluster.lab.cut_between(&leading, other));
    }
    for group in &groups {
        let url = match task.plan {
            Plan::Follower => cluster.ensemble.url_of(cut, group),
            _ => cluster.ensemble.url(group),
        };
        enter(task, cluster, Job::Contend, group, &leading, url);
    }
    ready(cluster, &groups)?;
    others
        .iter()
        .for_each(|other| cluster.lab.heal_between(&leading, other));
    for (index, group) in groups.iter().enumerate() {
        let url = match task.plan {
            Plan::Follower | Plan::AnotherServer => {
                let addrs = cluster.ensemble.addrs();
                let addrs = addrs.iter().enumerate().filter(|(other, _)| *other != cut);
                let addrs: Vec<_> = addrs.map(|(_, addr)| *addr).collect();
                tenure_field::ensemble::url(&addrs, group)
            }
            _ => cluster.ensemble.url(group),
        };
        enter(task, cluster, Job::Contend, group, &standby, url.clone());
        if index < DETECTORS {
            enter(task, cluster, Job::Detect, group, &watch, url);
        }
    }
    cluster.settle()?;

    let rounds = task.runs.div_ceil(TOGETHER_MAX);
    for number in 1..=rounds {
        println!(
            "round {number} of {rounds}: {} with {} leaders",
            task.plan.name(),
            groups.len()
        );
        round(task, cluster, &groups, &leading, cut, number)?;
        let agreed = cluster.settle()?;
        println!(
            "round {number} of {rounds}: {}",
            if agreed { "all agree" } else { "NOT AGREED" }
        );
        if number < rounds {
            bring_back(cluster, &groups, &leading)?;
        }
    }
    Ok(())
}

fn round(
    task: &Task<'_>,
    cluster: &mut Cluster,
    groups: &[String],
    leading: &Host,
    cut: usize,
    number: u32,
) -> Result<(), Stop> {
    let timeout = task.settings.session_timeout;
    let others = other_hosts(cluster, cut);
    let cut_host = cluster.server_hosts[cut].clone();
    let target = match task.plan {
        Plan::BlackHole | Plan::GuardedBlackHole | Plan::GuardedDeletion | Plan::FailOver => {
            format!("host {}", leading.name())
        }
        Plan::Follower | Plan::AnotherServer => format!("server{}", cut + 1),
        Plan::Stop | Plan::FailOverStop | Plan::Kill | Plan::KillAlone | Plan::Chaos => {
            "all leaders".to_owned()
        }
    };
    let leaders: Vec<usize> = groups
        .iter()
        .filter_map(|group| cluster.cast.leader(group))
        .collect();
    tell(task, cluster, number, Phase::Begin, &target, groups);
    match task.plan {
        Plan::BlackHole | Plan::GuardedBlackHole | Plan::GuardedDeletion | Plan::FailOver => {
            let servers = cluster.server_hosts.clone();
            servers
                .iter()
                .for_each(|server| cluster.lab.cut_between(leading, server));
            if task.plan == Plan::GuardedDeletion {
                cluster.depose(groups)?;
            }
            // Then the successor leads, and the leader that is cut off reports its loss.
            cluster.let_pass(match task.plan.fail_over() {
                Some(within) => within + SLACK,
                None => timeout * 2 + task.settings.tick * 2,
            })?;
            servers
                .iter()
                .for_each(|server| cluster.lab.heal_between(leading, server));
        }
        Plan::Follower | Plan::AnotherServer => {
            others
                .iter()
                .for_each(|other| cluster.lab.cut_between(&cut_host, other));
            // Until the server itself gives up, and then as long as any lease.
            let limit = task.settings.tick * task.settings.sync_limit;
            cluster.let_pass(limit + timeout + task.settings.tick)?;
            others
                .iter()
                .for_each(|other| cluster.lab.heal_between(&cut_host, other));
        }
        Plan::Stop | Plan::Chaos => {
            leaders
                .iter()
                .for_each(|place| cluster.cast.stop(*place, false));
            cluster.let_pass(timeout * 3)?;
            leaders.iter().for_each(|place| cluster.cast.resume(*place));
            // The lines that they print when they wake belong to it.
            cluster.let_pass(Duration::from_secs(1))?;
        }
        Plan::FailOverStop => {
            leaders
                .iter()
                .for_each(|place| cluster.cast.stop(*place, false));
            let within = task.plan.fail_over().unwrap_or_default();
            cluster.let_pass(within + SLACK)?;
            leaders.iter().for_each(|place| cluster.cast.resume(*place));
            cluster.let_pass(Duration::from_secs(1))?;
        }
        Plan::Kill | Plan::KillAlone => {
            leaders.iter().for_each(|place| cluster.cast.kill(*place));
            let at_most = timeout + task.settings.tick * 2 + SLACK;
            cluster.wait(at_most, |cluster| all_led(cluster, groups))?;
            leaders
                .iter()
                .for_each(|place| cluster.cast.start_again(*place));
        }
    }
    tell(task, cluster, number, Phase::End, &target, &[]);
    Ok(())
}

/// Lets the leaders' host lead again: each leader from elsewhere contends again, behind.
fn bring_back(cluster: &mut Cluster, groups: &[String], leading: &Host) -> Result<(), Stop> {
    for group in groups {
        let Some(place) = cluster.cast.leader(group) else {
            continue;
        };
        if cluster.cast.all()[place].spec.host.name() != leading.name() {
            cluster.cast.kill(place);
            cluster.cast.start_again(place);
        }
    }
    cluster.let_pass(Duration::ZERO)?;
    ready(cluster, groups)?;
    cluster.settle().map(drop)
}

fn other_hosts(cluster: &Cluster, cut: usize) -> Vec<Host> {
    let hosts = cluster.server_hosts.iter().enumerate();
    let others = hosts.filter(|(index, _)| *index != cut);
    others.map(|(_, host)| host.clone()).collect()
}

fn ready(cluster: &mut Cluster, groups: &[String]) -> Result<(), Stop> {
    match cluster.wait(READY, |cluster| all_led(cluster, groups))? {
        true => Ok(()),
        false => Err(Stop::Failed(format!(
            "not all groups had a leader within {READY:?}"
        ))),
    }
}

fn all_led(cluster: &Cluster, groups: &[String]) -> bool {
    let is_led = |group: &String| cluster.cast.leader(group).is_some();
    groups.iter().all(is_led)
}

fn enter(task: &Task<'_>, cluster: &mut Cluster, job: Job, group: &str, host: &Host, url: String) {
    let lease = match (task.plan, task.plan.fail_over()) {
        _ if job == Job::Detect => Lease::Verified,
        (_, Some(within)) => Lease::FailOver(within),
        (Plan::GuardedBlackHole | Plan::GuardedDeletion, None) => Lease::Guarded,
        (_, None) => Lease::Verified,
    };
    cluster.cast.start(Spec {
        name: format!("{}{group}", host.name()),
        group: group.to_owned(),
        job,
        way: Way::None,
        lease,
        undertaker: task.plan != Plan::KillAlone,
        host: host.clone(),
        url,
        env: Vec::new(),
    });
}

fn tell(
    task: &Task<'_>,
    cluster: &Cluster,
    number: u32,
    phase: Phase,
    target: &str,
    groups: &[String],
) {
    let is_deletion = task.plan == Plan::GuardedDeletion;
    cluster.history.put(&Entry::Fault {
        at_ns: boottime::now_ns(),
        id: number.into(),
        fault: task.plan.name().to_owned(),
        phase,
        target: target.to_owned(),
        deposed: groups.iter().filter(|_| is_deletion).cloned().collect(),
        razed: Vec::new(),
    });
}
