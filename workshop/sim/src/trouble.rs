//! The effects of a world's hazards, one act or plot at a time.

mod acls;
mod bulk;
mod crowds;
mod names;
mod payloads;
mod refusals;
mod timeouts;

use crate::hazards::Mood;
use crate::trial::Trial;
use acls::lock_readers_out;
pub(crate) use acls::unlock;
use bulk::{bulk_reads, huge_listing, slow_listing};
use crowds::crowd;
use names::{change_moods, move_a_server, reset_somebody};
use payloads::overwrite;
use refusals::{CODES, refuse, slow_server};
use tenure::model::LinkOptions;
use tenure_worlds::{MS, Nanos, SECOND, nanos, span};
use timeouts::less_and_more;

type Plot = fn(&mut Trial);

fn plots(trial: &Trial) -> Vec<Plot> {
    let hazards = &trial.plan.hazards;
    let mut found: Vec<Plot> = Vec::new();
    if hazards.names {
        found.extend([
            change_moods as Plot,
            change_moods,
            move_a_server,
            reset_somebody,
        ]);
    }
    if hazards.meagre {
        found.extend([less_and_more as Plot, reset_somebody]);
    }
    if hazards.bulk {
        found.extend([huge_listing as Plot, slow_listing, bulk_reads, crowd]);
    }
    if hazards.acls {
        found.extend([lock_readers_out as Plot, lock_readers_out, unlock]);
    }
    if hazards.refusals.is_some() {
        found.extend([refuse as Plot, refuse, refuse]);
    }
    if hazards.slow.is_some() {
        found.extend([slow_server as Plot]);
    }
    if hazards.payloads {
        found.extend([overwrite as Plot]);
    }
    found
}

/// The effects that begin with the world.
pub(crate) fn begin(trial: &mut Trial) {
    slow_down(trial);
    if let Some(per_mille) = trial.plan.hazards.refusals {
        for server in 0..trial.plan.servers() {
            trial
                .world
                .ensemble
                .set_refusals(server, per_mille, CODES.to_vec());
        }
    }
}

/// The effects that last until the end, so that order must return in spite of them.
fn slow_down(trial: &mut Trial) {
    if let Some(part) = trial.plan.hazards.slow {
        // A new lease takes five answers, R where the tick is not given, and the time between: with
        // less than that to spare no contender leads, as `lease.rs` explains.
        let timeout = trial.plan.shortest();
        let room = (timeout * 9 / 10).saturating_sub(timeout / 4 + 800 * MS);
        let most = span((timeout * part / 1000).min(room / 5));
        for server in 0..trial.plan.servers() {
            trial.world.ensemble.set_slowness(server, most, most);
        }
    }
}

pub(crate) fn is_due(trial: &mut Trial) -> bool {
    !plots(trial).is_empty() && trial.world.more.u8(0..6) == 0
}

pub(crate) fn any(trial: &mut Trial) {
    let found = plots(trial);
    let plot = trial.world.more.usize(0..found.len());
    found[plot](trial);
}

/// Ends the effects of hazards, as far as a plot needs that.
pub(crate) fn heal(trial: &mut Trial) {
    unlock(trial);
    for node in 0..trial.plan.nodes.len() {
        trial.set_mood(node, Mood::Works);
    }
}

/// Ends the effects of hazards, as far as they can end.
pub(crate) fn end(trial: &mut Trial) {
    heal(trial);
    if trial.plan.hazards.slow.is_some() {
        // Clients tolerate late answers only up to a limit, and slow links come on top of slow
        // servers.
        trial.world.set_links(&LinkOptions::default());
    }
    slow_down(trial);
    for server in 0..trial.plan.servers() {
        trial.world.ensemble.set_refusals(server, 0, Vec::new());
    }
}

/// The additional time until order returns, compared with a world without hazards.
pub(crate) fn grace(trial: &Trial) -> Nanos {
    let named = trial.plan.nodes.iter().filter_map(|node| {
        let naming = node.naming?;
        let dials = u64::from(naming.dead) * node.servers.len() as u64;
        let dial = nanos(node.timeout) / 4 + 200 * MS;
        // One answer that was under way, one for each name, dead addresses; and a pause before
        // each.
        Some(3 * (naming.resolver.most + SECOND) + 2 * dials * dial)
    });
    // Everything takes some twenty round trips, and many questions share a window of 64.
    let slow = trial.plan.hazards.slow.unwrap_or(0) * trial.plan.shortest() / 1000 * 60;
    // If a watch is silent because its znode may not be read, a look in its turn replaces it:
    // contenders and all others alternate, one in T/3, and one look in four is at the own znode.
    let turns = trial.plan.nodes.iter().map(|plan| {
        let others = plan.detects.len() + plan.watches.len() + 2 * plan.joins.len();
        2 * plan.contends.len().max(others) as u64 * trial.plan.timeout() / 3 * 4 / 3
    });
    let turns = if trial.plan.hazards.acls {
        turns.max().unwrap_or(0)
    } else {
        0
    };
    named.max().unwrap_or(0) + slow + turns
}
