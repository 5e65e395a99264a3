//! Long listings, narrow links.

use super::begin;
use super::crowds::{disperse, ensure, gather};
use super::heal;
use crate::acts;
use crate::plots::{calm, timeout};
use crate::trial::Trial;
use crate::user::What;
use std::time::Duration;
use tenure::core::{Call, Command};
use tenure::model::LinkOptions;
use tenure::proto::path;
use tenure_worlds::{MS, Nanos, Quality, SECOND, span};

/// A listing that every client refuses: longer than its longest answer.
const HUGE: usize = 30;
const HUGE_NAME: usize = 4070;

/// A client that looks at the group of this hazard and contends nowhere.
fn clerk(trial: &Trial) -> usize {
    trial.plan.nodes.len() - 1
}

fn bulk_group(trial: &Trial) -> usize {
    trial.plan.groups.len() - 1
}

/// Makes links and servers as good as they can be.
fn still(trial: &mut Trial, node: usize) -> bool {
    calm(trial);
    // A loss or refusal that was set for its connection ends with that.
    trial.world.hosts[node].trap = None;
    trial.reset(node);
    heal(trial);
    for server in 0..trial.plan.servers() {
        trial.world.ensemble.set_refusals(server, 0, Vec::new());
        trial
            .world
            .ensemble
            .set_slowness(server, Duration::ZERO, Duration::ZERO);
    }
    trial.world.set_links(&LinkOptions::default());
    trial.world.ensemble.set_ping_lateness(Duration::ZERO);
    trial.world.set_quality(node, Quality::GOOD);
    let attached = move |w: &Trial| {
        let user = w.judge.user(node);
        user.is_some_and(|u| u.attached && !u.closing)
    };
    let patience = trial.plan.timeout();
    let there = trial.run_until(patience, attached);
    trial.run(patience / 2);
    there && attached(trial)
}

/// Ends the effect of `still`.
fn stir(trial: &mut Trial, node: usize) {
    let (links, quality) = (trial.plan.links.clone(), trial.plan.nodes[node].quality);
    trial.world.set_links(&links);
    trial.world.set_quality(node, quality);
    trial
        .world
        .ensemble
        .set_ping_lateness(span(trial.plan.lateness));
    begin(trial);
}

fn suspensions(trial: &Trial, node: usize) -> u64 {
    let user = trial.judge.user(node);
    user.map_or(0, |user| user.counts.suspended)
}

/// Children of the group that are not members, with names of this length.
fn long_names(trial: &mut Trial, count: usize, length: usize) -> bool {
    let group = trial.plan.groups[bulk_group(trial)].clone();
    ensure(trial, &group);
    for n in 0..count {
        let name = path::child(&group, &format!("{}{n}", "x".repeat(length)));
        if trial
            .world
            .ensemble
            .create(&name, b"", span(trial.world.now))
            .is_err()
        {
            return false;
        }
        trial.judge.strangers.push(name);
    }
    trial
        .world
        .note(|| format!("a stranger creates {count} names of {length} bytes in {group}"));
    trial.run(50 * MS);
    true
}

/// A leader asks for a listing that is too long to be accepted.
pub(super) fn huge_listing(trial: &mut Trial) {
    let Some(node) = leader(trial) else {
        return;
    };
    if !still(trial, node) || !long_names(trial, HUGE, HUGE_NAME) {
        acts::remove_strangers(trial);
        return stir(trial, node);
    }
    let (before, group) = (suspensions(trial, node), bulk_group(trial));
    trial.judge.marks.hit("huge-listing");
    let handle = trial.open(node, group);
    trial.call(node, What::Ask, |call| Command::Call {
        handle,
        call,
        what: Call::Members,
    });
    let length = timeout(trial, node) / 2;
    trial.run(length);
    if suspensions(trial, node) > before {
        trial.world.fail(format!(
            "client {node} lost its connection to a listing that is too long"
        ));
    }
    acts::remove_strangers(trial);
    trial.run(50 * MS);
    stir(trial, node);
}

/// A listing takes longer to arrive than an answer may take.
pub(super) fn slow_listing(trial: &mut Trial) {
    let node = clerk(trial);
    if !still(trial, node) {
        return stir(trial, node);
    }
    let timeout = timeout(trial, node);
    // 60 kB in 0.36 T, for all clients that list at the same time: the plot waits for two rounds.
    let (count, length) = (20, 3000);
    let user = trial.judge.user(node);
    let listers = user.map_or(1, |u| {
        u.detectors.len() + u.groups.len() + u.candidates.len()
    });
    narrow(
        trial,
        node,
        60_000 * listers.max(1) as u64,
        timeout * 36 / 100,
    );
    let before = suspensions(trial, node);
    trial.judge.marks.hit("slow-listing");
    if long_names(trial, count, length) {
        trial.run(timeout * 3);
        if suspensions(trial, node) > before {
            trial.world.fail(format!(
                "client {node} gave a connection up on which an answer was arriving"
            ));
        }
    }
    acts::remove_strangers(trial);
    trial.run(50 * MS);
    stir(trial, node);
}

/// From now on, the bytes of a server to this client pass at the rate of so many bytes in this
/// time.
fn narrow(trial: &mut Trial, node: usize, bytes: u64, within: Nanos) {
    let rate = bytes * SECOND / within.max(1);
    trial.world.set_quality(
        node,
        Quality {
            rate,
            ..Quality::GOOD
        },
    );
}

/// A leader counts hundreds of members over a narrow link: its proofs must not wait for that.
pub(super) fn bulk_reads(trial: &mut Trial) {
    let Some(node) = leader(trial) else {
        return;
    };
    if !still(trial, node) {
        return stir(trial, node);
    }
    let count = trial.world.more.u64(250..400);
    let group = bulk_group(trial);
    let Some(session) = gather(trial, group, count) else {
        return stir(trial, node);
    };
    let timeout = timeout(trial, node);
    trial.run(timeout / 4);
    // A proof waits for 64 small answers; leases without more than that to spare are left out.
    let ample = |until: Nanos| until > trial.world.now + timeout * 2 / 5;
    let user = trial.judge.user(node);
    let leads = user.is_some_and(|user| {
        let mut held = user.candidates.values().filter_map(|c| c.held);
        held.any(|held| ample(held.until))
    });
    narrow(trial, node, count * 100, timeout * 35 / 100);
    let before = suspensions(trial, node);
    trial.judge.marks.hit("bulk-reads");
    let handle = trial.open(node, group);
    for _ in 0..2 {
        trial.call(node, What::Ask, |call| Command::Call {
            handle,
            call,
            what: Call::Members,
        });
    }
    trial.run(timeout / 2);
    if suspensions(trial, node) > before || leads && !trial.leads_any(node) {
        trial.world.fail(format!(
            "client {node} lost its connection or its lead to its own questions"
        ));
    }
    stir(trial, node);
    disperse(trial, session);
}

/// A leader by a proof.
fn leader(trial: &mut Trial) -> Option<usize> {
    calm(trial);
    let leaders = trial.judge.proven(&trial.world);
    let at = trial.world.more.usize(0..leaders.len().max(1));
    leaders.get(at).copied()
}
