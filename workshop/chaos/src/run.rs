//! One run: the seed's faults against servers and clients, until the time is over.

use crate::clock::Clock;
use crate::faults::{Blow, Fault, aim};
use crate::interrupt::Interrupt;
use crate::plan::{Act, Round, Rounds};
use crate::stage::{Job, Settings, Spec, Stage, Stop};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenure_chaos::history::{Entry, FILE, Header, Phase, Plan, VERSION, Writer};
use tenure_chaos::register;
use tenure_field::{Host, Lab, boottime};

/// The host whose clients talk to the servers through proxies.
pub(crate) const SLOW_HOST: &str = "slow";
/// How much later than promised something may be seen.
pub(crate) const SLACK: Duration = Duration::from_secs(3);
/// How long the first leaders may take.
const FIRST: Duration = Duration::from_secs(30);

/// What to do.
pub(crate) struct Task<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) seed: u64,
    pub(crate) duration: Duration,
    /// The most that are played.
    pub(crate) rounds: u64,
    pub(crate) faults: &'a [Fault],
    /// Where the history goes.
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

/// Ends all clients and the history. An interrupted history is whole, too.
pub(crate) fn end(stage: &mut Stage) -> Result<(), Stop> {
    let end_ns = boottime::now_ns();
    let deserters = stage.cast.deserters();
    stage.cast.end();
    stage
        .history
        .end(end_ns)
        .map_err(|error| Stop::Failed(format!("the history cannot be written: {error}")))?;
    match deserters.is_empty() {
        true => Ok(()),
        false => Err(Stop::Failed(deserters.join("\n"))),
    }
}

/// Does it; the history is on disk when this returns.
pub(crate) fn run(task: &Task<'_>, interrupt: Interrupt) -> Result<(), Stop> {
    let (header, history) = begin(task.settings, Plan::Chaos, task.seed, task.directory)?;
    let lab = Lab::new().map_err(Stop::Failed)?;
    let mut stage = Stage::new(lab, task.settings.clone(), header, history, interrupt)?;
    let clock = task.faults.contains(&Fault::ClockStep);
    let clock = clock.then(|| Clock::new(task.directory)).transpose();
    stage.clock = clock.map_err(Stop::Failed)?;
    let played = play(task, &mut stage);
    let ended = end(&mut stage);
    played.and(ended)
}

fn play(task: &Task<'_>, stage: &mut Stage) -> Result<(), Stop> {
    cast(stage)?;
    let started = Instant::now();
    let rounds = Rounds::new(task.seed, task.faults, task.settings.session_timeout);
    let mut next_id = 0;
    for (number, round) in (1..=task.rounds).zip(rounds) {
        if started.elapsed() >= task.duration {
            break;
        }
        stage.let_pass(round.calm)?;
        let said = play_round(stage, &round, &mut next_id)?;
        let healed = Instant::now();
        let agreed = stage.settle()?;
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

/// Four groups of three contenders, on three hosts; two of them run writers. Detectors are on a
/// host that no fault is aimed at, and on one of the others.
fn cast(stage: &mut Stage) -> Result<(), Stop> {
    let registrar = stage.lab.host("register");
    let register = register::start(
        registrar.netns(),
        registrar.address(),
        Arc::clone(&stage.history),
    )
    .map_err(|error| Stop::Failed(format!("no register: {error}")))?;
    let [one, two, slow, watch] =
        ["one", "two", SLOW_HOST, "watch"].map(|name| stage.lab.host(name));
    let groups = ["/alpha", "/beta", "/gamma", "/delta"];
    for (index, group) in groups.iter().enumerate() {
        // Not everybody in the same order, so that all hosts have leaders.
        let mut hosts = [&one, &two, &slow];
        hosts.rotate_left(index % 3);
        for host in hosts {
            let job = if index < 2 {
                Job::Contend
            } else {
                Job::Run(register)
            };
            start(stage, group, job, host);
        }
        start(stage, group, Job::Detect, &watch);
        if index == 0 {
            start(stage, group, Job::Detect, &one);
        }
    }
    let agreed = stage.wait(FIRST, |stage| {
        groups
            .iter()
            .all(|group| stage.cast.agreed(group).is_some())
    })?;
    if !agreed {
        return Err(Stop::Failed(format!(
            "not all groups had a leader within {FIRST:?}"
        )));
    }
    stage.settle().map(drop)
}

fn start(stage: &mut Stage, group: &str, job: Job, host: &Host) {
    let slow = host.name() == SLOW_HOST;
    let url = match slow {
        true => stage.slow_url(host, group),
        false => stage.ensemble.url(group),
    };
    let clock = stage.clock.as_ref().filter(|_| slow);
    let word = match job {
        Job::Detect => "-detector",
        Job::Contend | Job::Run(_) => "",
    };
    let spec = Spec {
        name: format!("{}{group}{word}", host.name()),
        group: group.to_owned(),
        job,
        host: host.clone(),
        url,
        env: clock.map(Clock::env).unwrap_or_default(),
    };
    stage.cast.start(spec);
}

/// Begins all faults of a round, lets them hold, and ends them; says what was done.
fn play_round(stage: &mut Stage, round: &Round, next_id: &mut u64) -> Result<String, Stop> {
    // All are aimed before any is struck, and those against clients are struck first: servers
    // that are down cannot be asked for anything.
    let mut blows = Vec::new();
    for act in &round.acts {
        blows.push((act, aim(act.fault, act.pick, stage)?));
    }
    blows.sort_by_key(|(act, _)| act.fault.side());
    let mut under_way: Vec<(u64, Act, Blow)> = Vec::new();
    let mut said = Vec::new();
    for (act, blow) in blows {
        let name = act.fault.name();
        let Some(blow) = blow else {
            said.push(format!("{name} (nobody to hit)"));
            continue;
        };
        *next_id += 1;
        let hold = act.hold.as_secs_f64();
        said.push(format!("{name} ({}) for {hold:.1} s", blow.target));
        tell(stage, *next_id, name, Phase::Begin, &blow);
        blow.strike(stage)?;
        under_way.push((*next_id, act.clone(), blow));
    }
    let hold = under_way.iter().map(|(_, act, _)| act.hold).max();
    stage.let_pass(hold.unwrap_or_default())?;
    for (id, act, blow) in under_way {
        blow.mend(stage)?;
        tell(stage, id, act.fault.name(), Phase::End, &blow);
    }
    Ok(said.join(", "))
}

fn tell(stage: &Stage, id: u64, fault: &str, phase: Phase, blow: &Blow) {
    stage.history.put(&Entry::Fault {
        at_ns: boottime::now_ns(),
        id,
        fault: fault.to_owned(),
        phase,
        target: blow.target.clone(),
        deposed: match phase {
            Phase::Begin => blow.deposed.clone(),
            Phase::End => Vec::new(),
        },
    });
}
