//! The acts: the target of a fault, its beginning, and its end.

use super::Fault;
use crate::cluster::{Cluster, Job, Member, SERVERS, Stop};
use std::time::Duration;
use tenure_field::raw;
use tenure_field::{Host, Zookeeper};

/// In a hundred packets.
const LOSS_PERCENT: u8 = 30;

/// How far a clock jumps, forwards or backwards.
const STEP_S: i64 = 3600;

/// A fault with its target: decided before any act, so that it can be recorded first.
#[derive(Debug)]
pub(crate) struct Blow {
    fault: Fault,
    victim: Victim,
    /// How far a clock jumps, in seconds.
    step: i64,
    /// In words.
    pub(crate) target: String,
    /// The groups in which a stranger deletes a znode or ends a session.
    pub(crate) deposed: Vec<String>,
    /// Those of them whose path it deletes, too.
    pub(crate) razed: Vec<String>,
    /// The host of a leader that must not learn of it: no packet of a server reaches it meanwhile.
    deaf: Option<Host>,
}

#[derive(Debug)]
enum Victim {
    Host(Host),
    Actor(usize),
    Server(usize),
    AllServers,
    Member(Member),
    Group(String),
}

/// Chooses the target of `fault`; `None` if there is none.
pub(crate) fn aim(fault: Fault, pick: u64, cluster: &Cluster) -> Result<Option<Blow>, Stop> {
    let victim = match fault {
        Fault::ClientCut
        | Fault::ClientCutOut
        | Fault::ClientCutIn
        | Fault::ClientLoss
        | Fault::ClientReset => leader(cluster, pick, |_| true)
            .map(|place| Victim::Host(cluster.cast.all()[place].spec.host.clone())),
        Fault::ClientDelay | Fault::ClockStep => slow_host(cluster).map(Victim::Host),
        Fault::ClientStop | Fault::ClientKill | Fault::ClientKillAlone => {
            leader(cluster, pick, |_| true).map(Victim::Actor)
        }
        Fault::ClientFreeze | Fault::GuardianKill => {
            leader(cluster, pick, |job| matches!(job, Job::Run(_))).map(Victim::Actor)
        }
        Fault::FollowerCut | Fault::ServerStopFollower | Fault::ServerKillFollower => {
            choose(&cluster.ensemble.followers(), pick).map(Victim::Server)
        }
        Fault::LeaderCut | Fault::ServerStopLeader | Fault::ServerKillLeader => {
            Some(Victim::Server(cluster.ensemble.leader()))
        }
        Fault::ServerLoss => choose(&[0, 1, 2], pick).map(Victim::Server),
        Fault::QuorumLost | Fault::RollingRestart | Fault::EnsembleDown => Some(Victim::AllServers),
        Fault::DeleteMember
        | Fault::Expire
        | Fault::DeleteGroup
        | Fault::DeleteGuardedMember
        | Fault::ExpireGuarded
        | Fault::DeleteGuardedGroup => {
            let is_meant = |group: &String| {
                Some(cluster.cast.lease(group).is_some()) == fault.strikes_guarded()
            };
            let groups: Vec<String> = cluster.cast.groups().into_iter().filter(is_meant).collect();
            let index = usize::try_from(pick % groups.len().max(1) as u64).unwrap_or(0);
            let Some(group) = groups.get(index).cloned() else {
                return Ok(None);
            };
            match fault {
                Fault::DeleteGroup | Fault::DeleteGuardedGroup => Some(Victim::Group(group)),
                _ => {
                    let members = cluster.look_until(|look| look.members(&group))?;
                    members.into_iter().next().map(Victim::Member)
                }
            }
        }
    };
    Ok(victim.map(|victim| Blow {
        fault,
        deaf: victim.deaf(fault, cluster),
        target: victim.target(cluster),
        deposed: victim.deposed(),
        razed: match &victim {
            Victim::Group(group) => vec![group.clone()],
            _ => Vec::new(),
        },
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

/// The place of a leader with such a job.
fn leader(cluster: &Cluster, pick: u64, fits: impl Fn(&Job) -> bool) -> Option<usize> {
    let leads = cluster
        .cast
        .all()
        .iter()
        .enumerate()
        .filter(|(_, player)| player.actor.leads().is_some() && fits(&player.spec.job));
    let places: Vec<usize> = leads.map(|(place, _)| place).collect();
    choose(&places, pick)
}

/// The host whose clients use proxies, and have a wall clock of their own.
fn slow_host(cluster: &Cluster) -> Option<Host> {
    (!cluster.proxies.is_empty()).then(|| cluster.lab.host(crate::run::SLOW_HOST))
}

impl Victim {
    fn target(&self, cluster: &Cluster) -> String {
        match self {
            Self::Host(host) => format!("host {}", host.name()),
            Self::Actor(place) => cluster.cast.all()[*place].actor.name().to_owned(),
            Self::Server(index) => format!("server{}", index + 1),
            Self::AllServers => "all servers".to_owned(),
            Self::Member(member) => member.path.clone(),
            Self::Group(group) => group.clone(),
        }
    }

    /// A leader with a guarded lease leads until its lease ends, if it does not learn that it was deposed.
    fn deaf(&self, fault: Fault, cluster: &Cluster) -> Option<Host> {
        let groups = self.deposed();
        let place = cluster.cast.leader(groups.first()?)?;
        let is_deaf = fault.strikes_guarded() == Some(true);
        is_deaf.then(|| cluster.cast.all()[place].spec.host.clone())
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
            Self::Group(group) => vec![group.clone()],
            Self::Host(_) | Self::Actor(_) | Self::Server(_) | Self::AllServers => Vec::new(),
        }
    }
}

impl Blow {
    /// Begins the fault.
    pub(crate) fn strike(&self, cluster: &mut Cluster) -> Result<(), Stop> {
        if let Some(host) = &self.deaf {
            each_server(cluster, |cluster, server| {
                cluster.lab.cut_one_way(server, host);
            });
        }
        match (&self.victim, self.fault) {
            (Victim::Host(host), Fault::ClientCut) => each_server(cluster, |cluster, server| {
                cluster.lab.cut_between(host, server);
            }),
            (Victim::Host(host), Fault::ClientCutOut) => each_server(cluster, |cluster, server| {
                cluster.lab.cut_one_way(host, server);
            }),
            (Victim::Host(host), Fault::ClientCutIn) => each_server(cluster, |cluster, server| {
                cluster.lab.cut_one_way(server, host);
            }),
            (Victim::Host(host), Fault::ClientReset) => each_server(cluster, |cluster, server| {
                cluster.lab.reset_between(host, server);
            }),
            (Victim::Host(host), Fault::ClientLoss) => host.lose(LOSS_PERCENT),
            (Victim::Host(_), Fault::ClientDelay) => {
                let delay = cluster.settings.session_timeout / 10;
                cluster.proxies.iter().for_each(|proxy| proxy.delay(delay));
            }
            (Victim::Host(_), Fault::ClockStep) => cluster.step_clock(self.step)?,
            (Victim::Actor(place), Fault::ClientStop) => cluster.cast.stop(*place, false),
            (Victim::Actor(place), Fault::ClientFreeze) => cluster.cast.stop(*place, true),
            (Victim::Actor(place), Fault::GuardianKill) => cluster.cast.kill_guardian(*place)?,
            (Victim::Actor(place), Fault::ClientKillAlone) => {
                cluster.cast.kill_with_undertaker(*place)?;
            }
            (Victim::Actor(place), _) => cluster.cast.kill(*place),
            (Victim::Server(index), Fault::FollowerCut | Fault::LeaderCut) => {
                each_other(cluster, *index, |cluster, one, other| {
                    cluster.lab.cut_between(one, other);
                });
            }
            (Victim::Server(index), Fault::ServerLoss) => {
                cluster.server_hosts[*index].lose(LOSS_PERCENT);
            }
            (Victim::Server(index), Fault::ServerStopFollower | Fault::ServerStopLeader) => {
                cluster.ensemble.server(*index).pause();
            }
            (Victim::Server(index), _) => cluster.ensemble.server(*index).kill(),
            (Victim::AllServers, Fault::QuorumLost) => {
                for index in 0..SERVERS {
                    each_other(cluster, index, |cluster, one, other| {
                        cluster.lab.cut_between(one, other);
                    });
                }
            }
            (Victim::AllServers, Fault::RollingRestart) => rolling_restart(cluster)?,
            (Victim::AllServers, _) => {
                cluster.ensemble.servers().for_each(Zookeeper::kill);
            }
            (Victim::Member(member), Fault::Expire | Fault::ExpireGuarded) => {
                expire(cluster, member)?
            }
            (Victim::Member(_), _) => cluster.depose(&self.deposed)?,
            (Victim::Group(group), _) => {
                cluster.razed.insert(group.clone());
                cluster.raze(group)?;
            }
            (Victim::Host(_), _) => {}
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) fn mend(&self, cluster: &mut Cluster) -> Result<(), Stop> {
        if let Some(host) = &self.deaf {
            each_server(cluster, |cluster, server| {
                cluster.lab.heal_between(host, server);
            });
        }
        match (&self.victim, self.fault) {
            (Victim::Host(host), Fault::ClientLoss) => host.lose(0),
            (Victim::Host(_), Fault::ClientDelay) => {
                let none = Duration::ZERO;
                cluster.proxies.iter().for_each(|proxy| proxy.delay(none));
            }
            (Victim::Host(_), Fault::ClockStep) => cluster.step_clock(0)?,
            (Victim::Host(host), _) => each_server(cluster, |cluster, server| {
                cluster.lab.heal_between(host, server);
            }),
            (Victim::Actor(place), Fault::ClientStop | Fault::ClientFreeze) => {
                cluster.cast.resume(*place);
            }
            (Victim::Actor(place), _) => cluster.cast.start_again(*place),
            (Victim::Server(index), Fault::FollowerCut | Fault::LeaderCut) => {
                each_other(cluster, *index, |cluster, one, other| {
                    cluster.lab.heal_between(one, other);
                });
            }
            (Victim::Server(index), Fault::ServerLoss) => cluster.server_hosts[*index].lose(0),
            (Victim::Server(index), Fault::ServerStopFollower | Fault::ServerStopLeader) => {
                cluster.ensemble.server(*index).resume();
            }
            (Victim::Server(index), _) => cluster.ensemble.server(*index).start_again(),
            (Victim::AllServers, Fault::QuorumLost) => {
                for index in 0..SERVERS {
                    each_other(cluster, index, |cluster, one, other| {
                        cluster.lab.heal_between(one, other);
                    });
                }
            }
            (Victim::AllServers, Fault::EnsembleDown) => {
                let servers = cluster.ensemble.servers();
                servers.for_each(Zookeeper::start_again);
            }
            (Victim::AllServers | Victim::Member(_) | Victim::Group(_), _) => {}
        }
        Ok(())
    }
}

fn each_server(cluster: &Cluster, act: impl Fn(&Cluster, &Host)) {
    cluster
        .server_hosts
        .iter()
        .for_each(|server| act(cluster, server));
}

fn each_other(cluster: &Cluster, index: usize, act: impl Fn(&Cluster, &Host, &Host)) {
    let hosts = &cluster.server_hosts;
    let others = hosts
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index);
    others.for_each(|(_, other)| act(cluster, &hosts[index], other));
}

/// Followers first, as an operator would do it.
fn rolling_restart(cluster: &mut Cluster) -> Result<(), Stop> {
    let mut order = cluster.ensemble.followers();
    order.push(cluster.ensemble.leader());
    for index in order {
        cluster.ensemble.server(index).stop();
        cluster.ensemble.server(index).start_again();
        cluster.ensemble.wait_quorum();
        cluster.let_pass(Duration::ZERO)?;
    }
    Ok(())
}

fn expire(cluster: &Cluster, member: &Member) -> Result<(), Stop> {
    let server = cluster.ensemble.leader();
    let addr = cluster.ensemble.server(server).addr();
    let password = raw::password_of(member.session);
    let ended = cluster.server_hosts[server]
        .netns()
        .enter(|| raw::expire_session(addr, member.session, &password));
    ended.map_err(|error| Stop::Failed(format!("a session cannot be ended: {error}")))
}
