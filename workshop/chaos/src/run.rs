//! One run: the seed's faults against servers and clients, until the time is over.

use crate::clock::Clock;
use crate::cluster::{Cluster, Job, Lease, Settings, Spec, Stop, Way};
use crate::faults::{Blow, Fault, aim};
use crate::plan::{Act, Round, Rounds};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenure_chaos::history::{Entry, FILE, Header, Phase, Plan, VERSION, Writer};
use tenure_chaos::register;
use tenure_field::{Host, Interrupt, Lab, boottime};

/// The host whose clients use proxies to reach the servers.
pub(crate) const SLOW_HOST: &str = "slow";
/// How much later than promised an event may be seen.
pub(crate) const SLACK: Duration = Duration::from_secs(3);
/// How long the first leaders may take.
const FIRST: Duration = Duration::from_secs(30);

/// The options of a run.
pub(crate) struct Task<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) seed: u64,
    pub(crate) duration: Duration,
    /// The most rounds that are played.
    pub(crate) rounds: u64,
    pub(crate) faults: &'a [Fault],
    /// The directory of the history.
    pub(crate) directory: &'a Path,
}

/// Begins a history in `directory`.
pub(crate) fn begin(
    settings: &Settings,
    plan: Plan,
    seed: u64,
    directory: &Path,
) -> Result<(Header, Arc<Writer>), Stop> {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let header = Header {
        version: VERSION,
        plan,
        seed,
        session_timeout_ms: millis(settings.session_timeout),
        tick_ms: millis(settings.tick),
        slack_ms: millis(SLACK),
    };
    let file = directory.join(FILE);
    let history = Writer::begin(&file, &header)
        .map_err(|error| Stop::Failed(format!("{}: {error}", file.display())))?;
    Ok((header, Arc::new(history)))
}

/// Ends all clients and the history. An interrupted history is complete, too.
pub(crate) fn end(cluster: &mut Cluster) -> Result<(), Stop> {
    let end_ns = boottime::now_ns();
    let deserters = cluster.cast.deserters();
    cluster.cast.end();
    cluster
        .history
        .end(end_ns)
        .map_err(|error| Stop::Failed(format!("the history cannot be written: {error}")))?;
    match deserters.is_empty() {
        true => Ok(()),
        false => Err(Stop::Failed(deserters.join("\n"))),
    }
}

/// Plays the run; the history is on disk when this returns.
pub(crate) fn run(task: &Task<'_>, interrupt: Interrupt) -> Result<(), Stop> {
    let (header, history) = begin(task.settings, Plan::Chaos, task.seed, task.directory)?;
    let lab = Lab::new().map_err(Stop::Failed)?;
    let mut cluster = Cluster::new(lab, task.settings.clone(), header, history, interrupt)?;
    let clock = task.faults.contains(&Fault::ClockStep);
    let clock = clock.then(|| Clock::new(task.directory)).transpose();
    cluster.clock = clock.map_err(Stop::Failed)?;
    let played = play(task, &mut cluster);
    let ended = end(&mut cluster);
    played.and(ended)
}

fn play(task: &Task<'_>, cluster: &mut Cluster) -> Result<(), Stop> {
    cast(cluster)?;
    let started = Instant::now();
    let rounds = Rounds::new(task.seed, task.faults, task.settings.session_timeout);
    let mut next_id = 0;
    for (number, round) in (1..=task.rounds).zip(rounds) {
        if started.elapsed() >= task.duration {
            break;
        }
        cluster.let_pass(round.calm)?;
        let said = play_round(cluster, &round, &mut next_id)?;
        let healed = Instant::now();
        let agreed = cluster.settle()?;
        let (at, took) = (started.elapsed().as_secs(), healed.elapsed());
        println!(
            "{:>3}:{:02}  round {number}: {said}; {} {:.1} s",
            at / 60,
            at % 60,
            if agreed {
                "all agreed after"
            } else {
                "NOT AGREED after"
            },
            took.as_secs_f64()
        );
    }
    Ok(())
}

/// Seven groups of three contenders, on three hosts; three of them run writers, and three have guarded
/// leases. Detectors are on a host without faults of its own, and on one of the others.
fn cast(cluster: &mut Cluster) -> Result<(), Stop> {
    let registrar = cluster.lab.host("register");
    let register = register::start(
        registrar.netns(),
        registrar.address(),
        Arc::clone(&cluster.history),
    )
    .map_err(|error| Stop::Failed(format!("no register: {error}")))?;
    let [one, two, slow, watch] =
        ["one", "two", SLOW_HOST, "watch"].map(|name| cluster.lab.host(name));
    let second = Duration::from_secs(1);
    let parts = [
        ("/alpha", Job::Contend, Lease::Verified),
        ("/beta", Job::Contend, Lease::Verified),
        ("/gamma", Job::Run(register), Lease::Verified),
        ("/delta", Job::Run(register), Lease::Verified),
        ("/epsilon", Job::Contend, Lease::Guarded),
        ("/zeta", Job::Run(register), Lease::Of(second)),
        ("/eta", Job::Contend, Lease::FailOver(second)),
    ];
    for (index, (group, job, lease)) in parts.iter().enumerate() {
        // Not all groups in the same order, so that all hosts have leaders.
        let mut hosts = [&one, &two, &slow];
        hosts.rotate_left(index % 3);
        for host in hosts {
            start(cluster, group, job.clone(), *lease, host);
        }
        start(cluster, group, Job::Detect, Lease::Verified, &watch);
        if index == 0 {
            start(cluster, group, Job::Detect, Lease::Verified, &one);
        }
    }
    let agreed = cluster.wait(FIRST, |cluster| {
        parts
            .iter()
            .all(|(group, ..)| cluster.cast.agreed(group).is_some())
    })?;
    if !agreed {
        return Err(Stop::Failed(format!(
            "not all groups had a leader within {FIRST:?}"
        )));
    }
    cluster.settle().map(drop)
}

fn start(cluster: &mut Cluster, group: &str, job: Job, lease: Lease, host: &Host) {
    let slow = host.name() == SLOW_HOST;
    let url = match slow {
        true => cluster.slow_url(host, group),
        false => cluster.ensemble.url(group),
    };
    let clock = cluster.clock.as_ref().filter(|_| slow);
    let word = match job {
        Job::Detect => "-detector",
        Job::Contend | Job::Run(_) => "",
    };
    // All writers of one group leave their commands, each in another way.
    let way = match (group, host.name()) {
        ("/delta", "one") => Way::Daemon,
        ("/delta", "two") => Way::Timeout,
        ("/delta", _) => Way::User,
        _ => Way::None,
    };
    let spec = Spec {
        name: format!("{}{group}{word}", host.name()),
        group: group.to_owned(),
        job,
        way,
        lease,
        undertaker: true,
        host: host.clone(),
        url,
        env: clock.map(Clock::env).unwrap_or_default(),
    };
    cluster.cast.start(spec);
}

/// Begins all faults of a round, lets them last, and ends them; returns them in words.
fn play_round(cluster: &mut Cluster, round: &Round, next_id: &mut u64) -> Result<String, Stop> {
    // All targets are chosen before any fault begins, and faults of clients begin first: servers
    // that are down answer no request.
    let mut blows = Vec::new();
    for act in &round.acts {
        blows.push((act, aim(act.fault, act.pick, cluster)?));
    }
    blows.sort_by_key(|(act, _)| act.fault.side());
    let mut under_way: Vec<(u64, Act, Blow)> = Vec::new();
    let mut said = Vec::new();
    for (act, blow) in blows {
        let name = act.fault.name();
        let Some(blow) = blow else {
            said.push(format!("{name} (no target)"));
            continue;
        };
        *next_id += 1;
        let hold = act.hold.as_secs_f64();
        said.push(format!("{name} ({}) for {hold:.1} s", blow.target));
        tell(cluster, *next_id, name, Phase::Begin, &blow);
        blow.strike(cluster)?;
        under_way.push((*next_id, act.clone(), blow));
    }
    let hold = under_way.iter().map(|(_, act, _)| act.hold).max();
    cluster.let_pass(hold.unwrap_or_default())?;
    for (id, act, blow) in under_way {
        blow.mend(cluster)?;
        tell(cluster, id, act.fault.name(), Phase::End, &blow);
    }
    Ok(said.join(", "))
}

fn tell(cluster: &Cluster, id: u64, fault: &str, phase: Phase, blow: &Blow) {
    cluster.history.put(&Entry::Fault {
        at_ns: boottime::now_ns(),
        id,
        fault: fault.to_owned(),
        phase,
        target: blow.target.clone(),
        deposed: match phase {
            Phase::Begin => blow.deposed.clone(),
            Phase::End => Vec::new(),
        },
        razed: match phase {
            Phase::Begin => blow.razed.clone(),
            Phase::End => Vec::new(),
        },
    });
}
