//! Followers on a real server: the frames on their connections, counted by a proxy and by the server, and the time in
//! which all of them learn of another leader.

use crate::follow;
use crate::masters::{self, GROUP, Masters};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tenure_field::proxy::Counts;
use tenure_field::zookeeper::Config;
use tenure_field::{Process, Proxy, Zookeeper, boottime, poll};

/// Long enough for a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// The followers that are measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// tenure's clients, without a detector.
    Bare,
    /// `MasterDetector`s.
    Tenure,
    /// The recipe over kazoo, by this Python.
    Kazoo(PathBuf),
}

/// An interval, and the frames in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interval {
    pub(crate) seconds: f64,
    /// On the followers' connections.
    pub(crate) frames: Counts,
    /// The packets that the server counts as received, without those of masters and four-letter words.
    pub(crate) received: u64,
    /// Processor time of the followers' process, in seconds.
    pub(crate) processor: f64,
}

impl Interval {
    /// Frames from the followers.
    pub(crate) fn sent(&self) -> u64 {
        self.frames.pings + self.frames.total_requests()
    }
}

/// The figures of one kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Followed {
    pub(crate) count: usize,
    /// Watches that the server has.
    pub(crate) watches: u64,
    pub(crate) quiet: Interval,
    /// While standbys come and go; empty for bare clients, as what follows.
    pub(crate) churn: Interval,
    /// Joins, and as many leaves.
    pub(crate) joins: usize,
    /// From the end of the leader's session until all know the next one.
    pub(crate) change: Interval,
    /// For each change without a proxy: milliseconds from the first follower's knowledge to the median and the last.
    pub(crate) times: Vec<(f64, f64)>,
    /// For the same changes: seconds from the kill until the last one knows.
    pub(crate) since_kill: Vec<f64>,
}

/// What is measured.
pub(crate) struct Plan {
    pub(crate) count: usize,
    pub(crate) quiet: Duration,
    pub(crate) joins: usize,
    pub(crate) changes: usize,
}

fn start(kind: &Kind, addr: &str, count: usize) -> Result<Process, String> {
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let count = count.to_string();
    let url = format!("zk://{addr}{GROUP}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("kazoo_followers.py");
    let words = |what: &str| ["--follow", what, &url, &count].map(str::to_owned);
    Ok(match kind {
        Kind::Bare => Process::spawn(&own, words("bare"), None),
        Kind::Tenure => Process::spawn(&own, words("tenure"), None),
        Kind::Kazoo(python) => {
            let script = script.to_string_lossy();
            Process::spawn(python, [&*script, addr, GROUP, &count], None)
        }
    })
}

/// Waits until all followers know a leader; when each learned of it.
fn await_leader(followers: &Process) -> Vec<u64> {
    let line = followers.wait_for("all know the leader", LIMIT, |line| line["what"] == "known");
    let at = line["at"].as_array().cloned().unwrap_or_default();
    at.iter().filter_map(serde_json::Value::as_u64).collect()
}

/// A server with Mesos's usual tick, whose sessions may be as long as the followers'.
pub(crate) fn server() -> Zookeeper {
    Zookeeper::start_with(Config {
        tick_ms: 2_000,
        heap_mb: 512,
        ..Config::default()
    })
}

/// The counts of one instant: the proxy's, and the server's without those of masters and of the question.
struct Look {
    at: Instant,
    frames: Counts,
    received: u64,
    processor: Duration,
}

struct Scene<'a> {
    server: &'a Zookeeper,
    proxy: Proxy,
    masters: Masters,
    followers: Process,
    /// Four-letter words so far.
    words: u64,
}

impl Scene<'_> {
    /// Proxy and server are asked until no frame came between: both have counted the same.
    fn look(&mut self) -> Look {
        let (proxy, server, words) = (&self.proxy, self.server, &mut self.words);
        self.masters
            .while_silent(|of_masters| {
                for attempt in 1.. {
                    let frames = proxy.counts();
                    let at = Instant::now();
                    let received = server.packets().received;
                    *words += 1;
                    if proxy.counts() == frames || attempt == 1_000 {
                        let received = received.saturating_sub(*words + of_masters);
                        let processor = self.followers.cpu_time();
                        return Some(Look {
                            at,
                            frames,
                            received,
                            processor,
                        });
                    }
                }
                None
            })
            .unwrap_or_else(|| unreachable!("the last attempt returns"))
    }

    fn interval(
        &mut self,
        act: impl FnOnce(&Self) -> Result<(), String>,
    ) -> Result<Interval, String> {
        let before = self.look();
        act(self)?;
        let after = self.look();
        Ok(Interval {
            seconds: (after.at - before.at).as_secs_f64(),
            frames: difference(&after.frames, &before.frames),
            received: after.received - before.received,
            processor: (after.processor.saturating_sub(before.processor)).as_secs_f64(),
        })
    }
}

fn difference(after: &Counts, before: &Counts) -> Counts {
    let requests = after.requests.iter();
    let requests = requests.map(|(op, times)| (*op, times - before.request(*op)));
    Counts {
        requests: requests.filter(|(_, times)| *times > 0).collect(),
        pings: after.pings - before.pings,
        pongs: after.pongs - before.pongs,
        watch_events: after.watch_events - before.watch_events,
        connections: after.connections - before.connections,
        ..Counts::default()
    }
}

/// Measures one kind of followers.
pub(crate) fn measure(server: &Zookeeper, kind: &Kind, plan: &Plan) -> Result<Followed, String> {
    let mut followed = counted(server, kind, plan)?;
    if *kind != Kind::Bare {
        timed(server, kind, plan, &mut followed)?;
    }
    Ok(followed)
}

/// Through a proxy, which counts each frame.
fn counted(server: &Zookeeper, kind: &Kind, plan: &Plan) -> Result<Followed, String> {
    let masters = Masters::stand(server, 3)?;
    let proxy = Proxy::start(server.addr());
    let watches_before = server.watch_count();
    let followers = start(kind, &proxy.addr().to_string(), plan.count)?;
    await_leader(&followers);
    // The first pings are over.
    std::thread::sleep(follow::SESSION_TIMEOUT);
    let mut followed = Followed {
        count: plan.count,
        watches: server.watch_count() - watches_before,
        joins: plan.joins,
        ..Followed::default()
    };
    let mut scene = Scene {
        server,
        proxy,
        masters,
        followers,
        words: 0,
    };
    followed.quiet = scene.interval(|_| {
        std::thread::sleep(plan.quiet);
        Ok(())
    })?;
    if *kind == Kind::Bare {
        return Ok(followed);
    }
    let pause = plan.quiet / u32::try_from(2 * plan.joins.max(1)).map_err(|e| e.to_string())?;
    followed.churn = scene.interval(|scene| {
        (0..plan.joins).try_for_each(|n| scene.masters.come_and_go(100 + n, pause))
    })?;

    scene.masters.kill_the_leader();
    let mut before = scene.proxy.counts();
    let (mut began, mut processor) = (Instant::now(), scene.followers.cpu_time());
    let events = before.watch_events;
    // Looks often, so that few pings of the wait for the end of the session are counted.
    let noticed = poll(LIMIT, || {
        let (now, counts) = (Instant::now(), scene.proxy.counts());
        let came = counts.watch_events > events;
        if !came {
            (before, began, processor) = (counts, now, scene.followers.cpu_time());
        }
        came.then_some(())
    });
    noticed.ok_or("the session of the killed leader does not end")?;
    await_leader(&scene.followers);
    followed.change = Interval {
        seconds: began.elapsed().as_secs_f64(),
        frames: difference(&scene.proxy.counts(), &before),
        processor: (scene.followers.cpu_time().saturating_sub(processor)).as_secs_f64(),
        ..Interval::default()
    };
    Ok(followed)
}

/// On connections of their own.
fn timed(
    server: &Zookeeper,
    kind: &Kind,
    plan: &Plan,
    followed: &mut Followed,
) -> Result<(), String> {
    let masters = Masters::stand(server, plan.changes + 1)?;
    let followers = start(kind, &server.addr().to_string(), plan.count)?;
    await_leader(&followers);
    for _ in 0..plan.changes {
        std::thread::sleep(masters::SESSION_TIMEOUT / 2);
        let killed = boottime::now_ns();
        masters.kill_the_leader();
        let mut at = await_leader(&followers);
        at.sort_unstable();
        let (Some(first), Some(last)) = (at.first(), at.last()) else {
            return Err("no follower says when it learned of the leader".to_owned());
        };
        let millis = |at: u64| (at - first) as f64 / 1e6;
        followed
            .times
            .push((millis(at[at.len() / 2]), millis(*last)));
        followed.since_kill.push((last - killed) as f64 / 1e9);
    }
    Ok(())
}
