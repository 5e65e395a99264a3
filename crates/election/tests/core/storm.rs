//! Faults in an order that a seed chooses: nothing may break the one promise while they last, and
//! everything must be in order soon after they end.
//!
//! `TENURE_STORM_SEED=7 cargo test --test core storm` runs one world again,
//! `TENURE_STORM_COUNT=5000` more of them.

use crate::bench::{Bench, T};
use std::collections::BTreeMap;
use std::time::Duration;
use tenure_election::{Answer, CallId, ContenderEvent, DetectorEvent, LeasePolicy, Reenrol};
use tenure_proto::op;

const CONTENDERS: usize = 4;
const DETECTORS: usize = 2;
const STEPS: usize = 40;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

struct Storm {
    bench: Bench,
    dice: Dice,
    tampering: bool,
    /// The handle under which each client contends now, if it does.
    standing: [Option<u64>; CONTENDERS],
    handles: u64,
    calls: Vec<(usize, CallId)>,
    crashed: bool,
    seen: BTreeMap<&'static str, usize>,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let tampering = dice.roll(3) == 0;
        let mut bench = Bench::new();
        bench.seen.tampered = tampering;
        for _ in 0..CONTENDERS + DETECTORS {
            bench.client();
        }
        for id in CONTENDERS..CONTENDERS + DETECTORS {
            bench.detect(id, 1);
        }
        Self {
            bench,
            dice,
            tampering,
            standing: [None; CONTENDERS],
            handles: 10,
            calls: Vec::new(),
            crashed: false,
            seen: BTreeMap::new(),
        }
    }

    fn any(&mut self) -> usize {
        self.dice.roll((CONTENDERS + DETECTORS) as u64) as usize
    }

    fn contend(&mut self, id: usize) {
        self.handles += 1;
        let policy = match self.dice.roll(4) {
            0 => LeasePolicy::Strict,
            _ => LeasePolicy::Verified,
        };
        let bench = &mut self.bench;
        bench.contend_with(id, self.handles, policy, Reenrol::Always);
        self.standing[id] = Some(self.handles);
    }

    fn step(&mut self) {
        let id = self.any();
        let what = match self.dice.roll(if self.tampering { 16 } else { 13 }) {
            0 | 1 => {
                self.bench.cut(id);
                "cut"
            }
            2 => {
                self.bench.sever(id);
                "sever"
            }
            3 | 4 => {
                self.bench.heal(id);
                "heal"
            }
            5 => {
                self.bench.pause(id);
                "pause"
            }
            6 => {
                self.bench.resume(id);
                "resume"
            }
            7 => {
                if self.crashed {
                    self.bench.restart();
                } else {
                    self.bench.crash();
                }
                self.crashed = !self.crashed;
                "crash or restart"
            }
            8 | 9 => {
                let ops = [
                    op::CREATE2,
                    op::DELETE,
                    op::EXISTS,
                    op::GET_CHILDREN2,
                    op::GET_DATA,
                ];
                let op = ops[self.dice.roll(ops.len() as u64) as usize];
                self.bench.swallow_reply_of(op);
                "swallow a reply"
            }
            10..=12 => {
                let id = id % CONTENDERS;
                match self.standing[id].take() {
                    Some(handle) => {
                        let call = self.bench.withdraw(id, handle);
                        self.calls.push((id, call));
                    }
                    None => self.contend(id),
                }
                "contend or withdraw"
            }
            13 => {
                let members = self.bench.members();
                if let Some(member) = members.first().filter(|_| !self.crashed) {
                    self.bench
                        .delete(&format!("{}/{member}", crate::bench::GROUP));
                }
                "evict"
            }
            14 => {
                if !self.crashed && !self.bench.members().is_empty() {
                    self.bench.delete_tree(crate::bench::GROUP);
                }
                "wipe"
            }
            _ => {
                let sessions = self.bench.world.ensemble.sessions();
                if !self.crashed && !sessions.is_empty() {
                    let pick = self.dice.roll(sessions.len() as u64) as usize;
                    self.bench.expire_session(sessions[pick]);
                }
                "expire"
            }
        };
        *self.seen.entry(what).or_default() += 1;
        let span = match self.dice.roll(4) {
            0 => Duration::ZERO,
            1 => Duration::from_micros(self.dice.roll(5_000)),
            2 => Duration::from_millis(self.dice.roll(500)),
            _ => Duration::from_millis(self.dice.roll(T.as_millis() as u64 * 4 / 3)),
        };
        self.bench.run(span);
    }

    fn heal_all(&mut self) {
        self.bench.spare_replies();
        if self.crashed {
            self.bench.restart();
        }
        for id in 0..CONTENDERS + DETECTORS {
            self.bench.heal(id);
            self.bench.resume(id);
        }
        for id in 0..CONTENDERS {
            if self.standing[id].is_none() {
                self.contend(id);
            }
        }
    }

    /// The first thing that is still wrong, if any.
    fn disorder(&self) -> Option<String> {
        let bench = &self.bench;
        let leading = |id: usize| self.standing[id].and_then(|handle| bench.token(id, handle));
        let tokens: Vec<u64> = (0..CONTENDERS).filter_map(leading).collect();
        let [token] = tokens[..] else {
            return Some(format!("leaders: {tokens:?}"));
        };
        let members = bench.members();
        if members.len() != CONTENDERS {
            return Some(format!("members: {members:?}"));
        }
        for id in CONTENDERS..CONTENDERS + DETECTORS {
            match bench.detector_events(id, 1).last() {
                Some(DetectorEvent::Leader(l)) if l.member.token == token => {}
                other => return Some(format!("detector {id} says {other:?}, not {token}")),
            }
        }
        let waiting =
            |(id, call): &&(usize, CallId)| !bench.seen.nodes[*id].done.contains_key(call);
        let call = self.calls.iter().find(waiting)?;
        Some(format!("{call:?} waits"))
    }

    /// Each candidacy ends once, tokens rise from tenure to tenure, and a loss ends each tenure.
    fn check_histories(&self) {
        for id in 0..CONTENDERS {
            for handle in 11..=self.handles {
                let (mut led, mut open, mut last) = (false, false, 0);
                for event in self.bench.contender_events(id, handle) {
                    match event {
                        ContenderEvent::Enrolling => {
                            assert!(!open, "a candidacy began within another");
                            open = true;
                        }
                        ContenderEvent::Leading { member, .. } => {
                            assert!(open);
                            assert!(member.token >= last, "tokens fell");
                            assert!(!led || member.token == last, "a revived tenure");
                            (led, last) = (true, member.token);
                        }
                        ContenderEvent::Lost { led_until, .. } => {
                            assert!(open, "a second loss of one candidacy");
                            assert_eq!(led_until.is_some(), led);
                            (led, open) = (false, false);
                        }
                        _ => assert!(open),
                    }
                }
            }
        }
        for (id, call) in &self.calls {
            let answer = &self.bench.seen.nodes[*id].done[call];
            assert!(matches!(answer, Ok(Answer::Removed(_))), "{answer:?}");
        }
        for node in 0..self.bench.seen.nodes.len() {
            let [machines, seats, watchers] = self.bench.core(node).footprint();
            assert!(seats <= 1, "{seats} seats");
            assert!(machines <= STEPS && watchers <= 6, "{watchers} watchers");
        }
    }
}

fn storm(seed: u64) -> BTreeMap<&'static str, usize> {
    let mut storm = Storm::new(seed);
    for _ in 0..STEPS {
        storm.step();
    }
    storm.heal_all();
    // A session that has just attached lives for T and a tick; its owner may be gone.
    let limit = 2 * T + Duration::from_secs(2);
    let healed = storm.bench.now() + limit;
    while let Some(disorder) = storm.disorder() {
        assert!(
            storm.bench.now() < healed,
            "not in order after {limit:?}: {disorder}"
        );
        storm.bench.run(Duration::from_millis(50));
    }
    storm.check_histories();
    storm.seen
}

#[test]
fn storms_break_no_promise_and_leave_no_disorder() {
    let number = |name: &str| -> Option<u64> {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse()
                .unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")),
        )
    };
    let seeds = match number("TENURE_STORM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TENURE_STORM_COUNT").unwrap_or(300),
    };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in seeds.clone() {
        let run = std::panic::catch_unwind(|| storm(seed)).unwrap_or_else(|cause| {
            eprintln!("again: TENURE_STORM_SEED={seed} cargo test --test core storm");
            std::panic::resume_unwind(cause)
        });
        for (what, times) in run {
            *seen.entry(what).or_default() += times;
        }
    }
    assert!(
        seeds.end - seeds.start < 100 || seen.len() == 11,
        "not all faults: {seen:?}"
    );
}
