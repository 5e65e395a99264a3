//! The experiments, each with its table and its run.
//!
//! `tables.md` has the tables. The peers' figures in them were measured once, with the same server,
//! timeout, tick and kinds of cuts.

use crate::rows::addresses::{self, Bad};
use crate::rows::killed::{self, Change};
use crate::rows::{closed, cost, garbage, silence, stopped};
use crate::tables::{self, Table};
use crate::{Network, Run, T};
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::bad::Kind;

/// A table, and the experiment that gives its figures.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The table.
    pub table: Table<'static>,
    /// The place that it needs.
    pub needs: Needs,
    /// Runs it once.
    pub play: fn(&Network) -> Run,
}

/// The place that an experiment needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Beside others, with the same server.
    Little,
    /// Beside others, with its own server, which it stops or kills.
    OwnServer,
    /// Alone on the machine.
    Quiet,
}

/// All experiments, in the order of the document.
#[must_use]
pub fn all() -> &'static [Experiment] {
    static ALL: OnceLock<Vec<Experiment>> = OnceLock::new();
    ALL.get_or_init(|| {
        let tables = tables::read(include_str!("tables.md"));
        let tables = tables.unwrap_or_else(|why| panic!("tables.md, {why}"));
        let experiment = |table: Table<'static>| {
            let play = PLAYS.iter().find(|(id, ..)| *id == table.id);
            let (_, needs, play) = *play.unwrap_or_else(|| panic!("no play of {}", table.id));
            Experiment { table, needs, play }
        };
        tables.into_iter().map(experiment).collect()
    })
}

type Play = (&'static str, Needs, fn(&Network) -> Run);

const PLAYS: &[Play] = &[
    ("idle-hole", Needs::Little, |network| {
        silence::idle(network, 30.0)
    }),
    ("leader-hole", Needs::Little, silence::leading),
    ("calls", Needs::Little, |network| {
        silence::calls(network, 30.0)
    }),
    ("own-link", Needs::Little, |network| {
        silence::own_link(network, 30.0)
    }),
    ("short", Needs::Little, silence::short),
    ("writes", Needs::Little, |network| {
        silence::writes(network, Duration::from_secs(10), 5.0, true)
    }),
    ("stop-10", Needs::OwnServer, |network| {
        stopped::stopped(network, 10.0)
    }),
    ("stop-30", Needs::OwnServer, |network| {
        stopped::stopped(network, 30.0)
    }),
    ("kill-after", Needs::OwnServer, |network| {
        killed::watches(network, T, Change::AfterReconnect)
    }),
    ("kill-during", Needs::OwnServer, |network| {
        killed::watches(network, T, Change::DuringTheCut)
    }),
    ("down", Needs::OwnServer, |network| {
        killed::down(network, 4.0)
    }),
    ("closed", Needs::Little, closed::closed),
    ("addresses", Needs::Little, all_addresses),
    ("garbage", Needs::Little, all_garbage),
    ("idle-cost", Needs::Quiet, |network| {
        cost::idle(network, 20.0)
    }),
    ("many", Needs::Quiet, |network| {
        cost::many(network, 1_000, 10.0)
    }),
    ("reads", Needs::Quiet, |network| cost::reads(network, 2_000)),
];

fn all_addresses(network: &Network) -> Run {
    side_by_side(Bad::ALL, |bad| addresses::bad(network, bad, 10.0))
}

fn all_garbage(network: &Network) -> Run {
    side_by_side(Kind::ALL, |kind| {
        garbage::garbage(network.launcher(), kind, 12.0)
    })
}

/// One run of many kinds; the name of each figure starts with the kind.
fn side_by_side<K: std::fmt::Debug + Copy + Send + Sync, const N: usize>(
    kinds: [K; N],
    play: impl Fn(K) -> Run + Sync,
) -> Run {
    let play = &play;
    let runs: Vec<(K, Run)> = std::thread::scope(|scope| {
        let threads = kinds.map(|kind| (kind, scope.spawn(move || play(kind))));
        threads
            .map(|(kind, thread)| (kind, thread.join().expect("the panic has the reason")))
            .into()
    });
    let mut all = Run::default();
    for (kind, run) in runs {
        for name in run.names() {
            all.note_some(&format!("{kind:?}: {name}"), run.get(name));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_a_play_and_each_play_a_table_in_the_same_order() {
        let tables: Vec<&str> = all().iter().map(|experiment| experiment.table.id).collect();
        let plays: Vec<&str> = PLAYS.iter().map(|(id, ..)| *id).collect();
        assert_eq!(tables, plays);
    }
}
