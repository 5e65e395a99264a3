//! Detectors in sessions of their own, on a server in memory, in virtual time: exact counts of requests.

use crate::world::{Counts, World};
use std::ops::Range;
use std::time::Duration;
use tenure::core::{Command, ContenderSpec, Handle};
use tenure::proto::op;

/// The session timeout of every client: Mesos's.
const TIMEOUT: Duration = Duration::from_secs(10);
const GROUP: &str = "/mesos";
/// The limit of each wait, in simulated time.
const LIMIT: Duration = Duration::from_secs(120);

/// The counts, of all detectors together.
#[derive(Debug, Clone)]
pub(crate) struct Simulated {
    pub(crate) detectors: usize,
    pub(crate) minutes: u32,
    /// Watches that the server has for the detectors.
    pub(crate) watches: usize,
    /// As many sessions without a detector: what a session costs by itself.
    pub(crate) bare: Counts,
    /// While nothing changes.
    pub(crate) quiet: Counts,
    /// While standbys come and go.
    pub(crate) churn: Counts,
    pub(crate) joins: u32,
    pub(crate) leaves: u32,
    /// At a change of the leader whose successor was there when the detectors read the list.
    pub(crate) known: Counts,
    /// At a change of the leader whose successor joined later.
    pub(crate) unknown: Counts,
}

struct Run {
    world: World,
    detectors: Range<usize>,
    leader: u64,
}

fn contend(handle: u64) -> Command {
    let spec = ContenderSpec {
        label: Some("json.info".into()),
        data: b"{}".to_vec(),
        ..ContenderSpec::new(GROUP)
    };
    let handle = Handle(handle);
    Command::Contend { handle, spec }
}

/// Simulates so many detectors, and each of the calm phases for so many minutes.
pub(crate) fn simulate(detectors: usize, minutes: u32) -> Result<Simulated, String> {
    let bare = {
        let mut world = World::new();
        let sessions = open(&mut world, detectors, false)?;
        world.run(TIMEOUT * 2, |_| false)?;
        world.reset_counts();
        world.run(minute() * minutes, |_| false)?;
        world.counts(sessions)
    };
    let mut world = World::new();
    let mut masters = Vec::new();
    for contends in [true, true, false] {
        let id = world.start(TIMEOUT)?;
        if contends {
            world.command(id, contend(1))?;
        }
        world.run(Duration::from_secs(1), |_| false)?;
        masters.push(id);
    }
    let before = world.watches();
    let detectors = open(&mut world, detectors, true)?;
    let mut run = Run {
        world,
        detectors: detectors.clone(),
        leader: 0,
    };
    run.await_leader()?;
    run.world.run(TIMEOUT * 2, |_| false)?;
    let watches = run.world.watches() - before;

    run.world.reset_counts();
    run.world.run(minute() * minutes, |_| false)?;
    let quiet = run.counts()?;

    run.world.reset_counts();
    let (joins, leaves) = run.churn(masters[2], minutes)?;
    let churn = run.counts()?;

    let known = run.change(masters[0])?;
    // Those that joined while the detectors followed lead next.
    let unknown = run.change(masters[1])?;
    Ok(Simulated {
        detectors: detectors.len(),
        minutes,
        watches,
        bare,
        quiet,
        churn,
        joins,
        leaves,
        known,
        unknown,
    })
}

/// Opens so many sessions, over the time between two pings, as those of agents that started at different times.
fn open(world: &mut World, count: usize, detect: bool) -> Result<Range<usize>, String> {
    let pause = TIMEOUT / 3 / u32::try_from(count.max(1)).map_err(|e| e.to_string())?;
    let mut opened = 0..0;
    let mut due = world.now();
    for at in 0..count {
        let id = world.start(TIMEOUT)?;
        if detect {
            let (handle, path) = (Handle(1), GROUP.into());
            world.command(id, Command::Detect { handle, path })?;
        }
        if at == 0 {
            opened = id..id;
        }
        opened.end = id + 1;
        due += pause;
        let left = due.saturating_sub(world.now());
        world.run(left, |_| false)?;
    }
    Ok(opened)
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

impl Run {
    /// A standby joins each second, and leaves five seconds later.
    fn churn(&mut self, standbys: usize, minutes: u32) -> Result<(u32, u32), String> {
        let (mut joins, mut leaves) = (0, 0);
        for second in 0..u64::from(minutes) * 60 {
            self.world.command(standbys, contend(10 + second))?;
            joins += 1;
            if let Some(at) = second.checked_sub(5) {
                let handle = Handle(10 + at);
                self.world.command(standbys, Command::Drop { handle })?;
                leaves += 1;
            }
            self.world.run(Duration::from_secs(1), |_| false)?;
        }
        Ok((joins, leaves))
    }

    /// Kills the leader; the counts from the end of its session until all detectors know the next one.
    fn change(&mut self, leader: usize) -> Result<Counts, String> {
        self.world.reset_counts();
        self.world.kill(leader);
        let (detectors, before) = (self.detectors.clone(), self.leader);
        let untouched = self.world.counts(detectors.clone()).watch_events;
        let noticed = move |world: &World| world.server_counts().2 > untouched;
        if !self.world.run(LIMIT, noticed)? {
            return Err("the session of the killed leader does not end".to_owned());
        }
        // The events are under way.
        self.world.reset_counts();
        self.await_leader()?;
        debug_assert_ne!(self.leader, before);
        Ok(self.world.counts(detectors))
    }

    /// Waits until all detectors know the same leader, another one than before.
    fn await_leader(&mut self) -> Result<(), String> {
        let (all, before) = (self.detectors.clone(), self.leader);
        let other = move |world: &World| {
            let leader = world.leader_of_all(all.clone());
            leader.filter(|leader| *leader != before)
        };
        if !self.world.run(LIMIT, |world| other(world).is_some())? {
            return Err("not all detectors know the leader".to_owned());
        }
        self.leader = other(&self.world).unwrap_or_default();
        Ok(())
    }

    /// The detectors' counts. They are compared with the server's own: what it has got is from them and from the
    /// masters, and nothing is missing.
    fn counts(&self) -> Result<Counts, String> {
        let of_masters = self.world.counts(0..self.detectors.start);
        let of_detectors = self.world.counts(self.detectors.clone());
        let (pings, requests, _) = self.world.server_counts();
        // Frames that are under way at either end of the interval: one each client at most.
        let slack = self.detectors.end as u64;
        let sent = of_masters.pings + of_detectors.pings;
        if pings.abs_diff(sent) > slack {
            return Err(format!(
                "the server has {pings} pings, the clients sent {sent}"
            ));
        }
        let sent = of_masters.total() + of_detectors.total();
        if requests.abs_diff(sent) > slack.min(10) {
            return Err(format!(
                "the server has {requests} requests, the clients sent {sent}"
            ));
        }
        Ok(of_detectors)
    }
}

/// The name of an operation, for the table.
pub(crate) fn operation(number: i32) -> String {
    let name = match number {
        op::EXISTS => "exists",
        op::GET_DATA => "getData",
        op::GET_CHILDREN2 => "getChildren2",
        8 => "getChildren",
        op::SYNC => "sync",
        other => return format!("operation {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn following_costs_no_additional_request_until_the_leader_changes() {
        let counts = simulate(20, 1).expect("a simulation");
        assert_eq!(counts.watches, 20);
        let bare = counts.bare.frames();
        assert_eq!((bare, counts.bare.total()), (20 * 18, 0), "{counts:?}");
        for calm in [&counts.quiet, &counts.churn] {
            // A read in the place of each ping, and nothing else.
            assert_eq!(calm.watch_events, 0, "{counts:?}");
            assert!(calm.frames().abs_diff(bare) <= 20, "{counts:?}");
            let reads = calm.requests.get(&op::GET_DATA).copied();
            assert_eq!(calm.total(), reads.unwrap_or_default(), "{counts:?}");
        }
        assert_eq!((counts.joins, counts.leaves), (60, 55));
        for change in [&counts.known, &counts.unknown] {
            assert_eq!(change.watch_events, 20, "{counts:?}");
            assert!((20..=80).contains(&change.total()), "{counts:?}");
        }
    }
}
