//! Doing it: whom a fault hits, what is done, and what ends it.

use super::Fault;
use crate::stage::{Job, Member, SERVERS, Stage, Stop};
use std::time::Duration;
use tenure_field::raw;
use tenure_field::{Host, Zookeeper};

/// In a hundred packets.
const LOSS_PERCENT: u8 = 30;

/// How far a clock jumps, forth or back.
const STEP_S: i64 = 3600;

/// A fault with what it hits: decided before anything is done, so that it can be told first.
#[derive(Debug)]
pub(crate) struct Blow {
    fault: Fault,
    victim: Victim,
    /// How far a clock jumps, in seconds.
    step: i64,
    /// For people.
    pub(crate) target: String,
    /// The groups in which a stranger ends a znode or a session.
    pub(crate) deposed: Vec<String>,
}

#[derive(Debug)]
enum Victim {
    Host(Host),
    Actor(usize),
    Server(usize),
    AllServers,
    Member(Member),
    Group(String, Vec<Member>),
}

/// Decides whom `fault` hits; `None` if nobody is there for it to hit.
pub(crate) fn aim(fault: Fault, pick: u64, stage: &Stage) -> Result<Option<Blow>, Stop> {
    let victim = match fault {
        Fault::ClientCut
        | Fault::ClientCutOut
        | Fault::ClientCutIn
        | Fault::ClientLoss
        | Fault::ClientReset => leader(stage, pick, |_| true)
            .map(|place| Victim::Host(stage.cast.all()[place].spec.host.clone())),
        Fault::ClientDelay | Fault::ClockStep => slow_host(stage).map(Victim::Host),
        Fault::ClientStop | Fault::ClientKill => leader(stage, pick, |_| true).map(Victim::Actor),
        Fault::ClientFreeze => {
            leader(stage, pick, |job| matches!(job, Job::Run(_))).map(Victim::Actor)
        }
        Fault::FollowerCut | Fault::ServerStopFollower | Fault::ServerKillFollower => {
            choose(&stage.ensemble.followers(), pick).map(Victim::Server)
        }
        Fault::LeaderCut | Fault::ServerStopLeader | Fault::ServerKillLeader => {
            Some(Victim::Server(stage.ensemble.leader()))
        }
        Fault::ServerLoss => choose(&[0, 1, 2], pick).map(Victim::Server),
        Fault::QuorumLost | Fault::RollingRestart | Fault::EnsembleDown => Some(Victim::AllServers),
        Fault::DeleteMember | Fault::Expire | Fault::DeleteGroup => {
            let groups = stage.cast.groups();
            let index = usize::try_from(pick % groups.len().max(1) as u64).unwrap_or(0);
            let Some(group) = groups.get(index).cloned() else {
                return Ok(None);
            };
            let members = stage.look_until(|look| look.members(&group))?;
            match fault {
                Fault::DeleteGroup => Some(Victim::Group(group, members)),
                _ => members.into_iter().next().map(Victim::Member),
            }
        }
    };
    Ok(victim.map(|victim| Blow {
        fault,
        target: victim.target(stage),
        deposed: victim.deposed(),
        victim,
        step: if pick.is_multiple_of(2) {
            STEP_S
        } else {
            -STEP_S
        },
    }))
}

fn choose<T: Copy>(among: &[T], pick: u64) -> Option<T> {
    let index = usize::try_from(pick % among.len().max(1) as u64).unwrap_or(0);
    among.get(index).copied()
}

/// The place of one who leads, with such a job.
fn leader(stage: &Stage, pick: u64, fits: impl Fn(&Job) -> bool) -> Option<usize> {
    let leads = stage
        .cast
        .all()
        .iter()
        .enumerate()
        .filter(|(_, actor)| actor.leads().is_some() && fits(&actor.spec.job));
    let places: Vec<usize> = leads.map(|(place, _)| place).collect();
    choose(&places, pick)
}

/// The host whose clients talk through proxies, and have a wall clock of their own.
fn slow_host(stage: &Stage) -> Option<Host> {
    (!stage.proxies.is_empty()).then(|| stage.lab.host(crate::run::SLOW_HOST))
}

impl Victim {
    fn target(&self, stage: &Stage) -> String {
        match self {
            Self::Host(host) => format!("host {}", host.name()),
            Self::Actor(place) => stage.cast.all()[*place].name.clone(),
            Self::Server(index) => format!("server{}", index + 1),
            Self::AllServers => "all servers".to_owned(),
            Self::Member(member) => member.path.clone(),
            Self::Group(group, _) => group.clone(),
        }
    }

    fn deposed(&self) -> Vec<String> {
        match self {
            Self::Member(member) => {
                let group = member
                    .path
                    .rsplit_once('/')
                    .map(|(group, _)| group.to_owned());
                group.into_iter().collect()
            }
            Self::Group(group, _) => vec![group.clone()],
            Self::Host(_) | Self::Actor(_) | Self::Server(_) | Self::AllServers => Vec::new(),
        }
    }
}

impl Blow {
    /// Begins the fault.
    pub(crate) fn strike(&self, stage: &mut Stage) -> Result<(), Stop> {
        match (&self.victim, self.fault) {
            (Victim::Host(host), Fault::ClientCut) => each_server(stage, |stage, server| {
                stage.lab.cut_between(host, server);
            }),
            (Victim::Host(host), Fault::ClientCutOut) => each_server(stage, |stage, server| {
                stage.lab.cut_one_way(host, server);
            }),
            (Victim::Host(host), Fault::ClientCutIn) => each_server(stage, |stage, server| {
                stage.lab.cut_one_way(server, host);
            }),
            (Victim::Host(host), Fault::ClientReset) => each_server(stage, |stage, server| {
                stage.lab.reset_between(host, server);
            }),
            (Victim::Host(host), Fault::ClientLoss) => host.lose(LOSS_PERCENT),
            (Victim::Host(_), Fault::ClientDelay) => {
                let delay = stage.settings.session_timeout / 10;
                stage.proxies.iter().for_each(|proxy| proxy.delay(delay));
            }
            (Victim::Host(_), Fault::ClockStep) => stage.step_clock(self.step)?,
            (Victim::Actor(place), Fault::ClientStop) => stage.cast.stop(*place, false),
            (Victim::Actor(place), Fault::ClientFreeze) => stage.cast.stop(*place, true),
            (Victim::Actor(place), _) => stage.cast.kill(*place),
            (Victim::Server(index), Fault::FollowerCut | Fault::LeaderCut) => {
                each_other(stage, *index, |stage, one, other| {
                    stage.lab.cut_between(one, other);
                });
            }
            (Victim::Server(index), Fault::ServerLoss) => {
                stage.server_hosts[*index].lose(LOSS_PERCENT);
            }
            (Victim::Server(index), Fault::ServerStopFollower | Fault::ServerStopLeader) => {
                stage.ensemble.server(*index).pause();
            }
            (Victim::Server(index), _) => stage.ensemble.server(*index).kill(),
            (Victim::AllServers, Fault::QuorumLost) => {
                for index in 0..SERVERS {
                    each_other(stage, index, |stage, one, other| {
                        stage.lab.cut_between(one, other);
                    });
                }
            }
            (Victim::AllServers, Fault::RollingRestart) => rolling_restart(stage)?,
            (Victim::AllServers, _) => {
                stage.ensemble.servers().for_each(Zookeeper::kill);
            }
            (Victim::Member(member), Fault::Expire) => expire(stage, member)?,
            (Victim::Member(member), _) => delete(stage, std::slice::from_ref(member), None)?,
            (Victim::Group(group, members), _) => delete(stage, members, Some(group))?,
            (Victim::Host(_), _) => {}
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) fn mend(&self, stage: &mut Stage) -> Result<(), Stop> {
        match (&self.victim, self.fault) {
            (Victim::Host(host), Fault::ClientLoss) => host.lose(0),
            (Victim::Host(_), Fault::ClientDelay) => {
                let none = Duration::ZERO;
                stage.proxies.iter().for_each(|proxy| proxy.delay(none));
            }
            (Victim::Host(_), Fault::ClockStep) => stage.step_clock(0)?,
            (Victim::Host(host), _) => each_server(stage, |stage, server| {
                stage.lab.heal_between(host, server);
            }),
            (Victim::Actor(place), Fault::ClientStop | Fault::ClientFreeze) => {
                stage.cast.resume(*place);
            }
            (Victim::Actor(place), _) => stage.cast.start_again(*place),
            (Victim::Server(index), Fault::FollowerCut | Fault::LeaderCut) => {
                each_other(stage, *index, |stage, one, other| {
                    stage.lab.heal_between(one, other);
                });
            }
            (Victim::Server(index), Fault::ServerLoss) => stage.server_hosts[*index].lose(0),
            (Victim::Server(index), Fault::ServerStopFollower | Fault::ServerStopLeader) => {
                stage.ensemble.server(*index).resume();
            }
            (Victim::Server(index), _) => stage.ensemble.server(*index).start_again(),
            (Victim::AllServers, Fault::QuorumLost) => {
                for index in 0..SERVERS {
                    each_other(stage, index, |stage, one, other| {
                        stage.lab.heal_between(one, other);
                    });
                }
            }
            (Victim::AllServers, Fault::EnsembleDown) => {
                let servers = stage.ensemble.servers();
                servers.for_each(Zookeeper::start_again);
            }
            (Victim::AllServers | Victim::Member(_) | Victim::Group(..), _) => {}
        }
        Ok(())
    }
}

fn each_server(stage: &Stage, act: impl Fn(&Stage, &Host)) {
    stage
        .server_hosts
        .iter()
        .for_each(|server| act(stage, server));
}

fn each_other(stage: &Stage, index: usize, act: impl Fn(&Stage, &Host, &Host)) {
    let hosts = &stage.server_hosts;
    let others = hosts
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index);
    others.for_each(|(_, other)| act(stage, &hosts[index], other));
}

/// Followers first, as one does it.
fn rolling_restart(stage: &mut Stage) -> Result<(), Stop> {
    let mut order = stage.ensemble.followers();
    order.push(stage.ensemble.leader());
    for index in order {
        stage.ensemble.server(index).stop();
        stage.ensemble.server(index).start_again();
        stage.ensemble.wait_quorum();
        stage.let_pass(Duration::ZERO)?;
    }
    Ok(())
}

fn delete(stage: &Stage, members: &[Member], group: Option<&str>) -> Result<(), Stop> {
    stage.look_until(|look| {
        for member in members {
            look.delete(&member.path)?;
        }
        if let Some(group) = group {
            // Whoever has enrolled again at once keeps it alive, which is fine too.
            drop(look.delete(group));
        }
        Ok(())
    })
}

fn expire(stage: &Stage, member: &Member) -> Result<(), Stop> {
    let server = stage.ensemble.leader();
    let addr = stage.ensemble.server(server).addr();
    let password = raw::password_of(member.session);
    let ended = stage.server_hosts[server]
        .netns()
        .enter(|| raw::expire_session(addr, member.session, &password));
    ended.map_err(|error| Stop::Failed(format!("a session cannot be ended: {error}")))
}
