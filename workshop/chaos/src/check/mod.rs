//! The invariants of every history, one a file.

mod alone;
mod campaign;
mod contained;
mod fence;
mod lapsed;
mod lines;
mod substance;
#[cfg(test)]
mod tests;
mod tokens;
mod told;
mod truth;

use crate::history::{Entry, History, Phase};
use crate::tenures::{Client, Led, clients, tenures};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use tenure_field::tool::Role;

/// A violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The broken invariant.
    pub invariant: &'static str,
    /// The line of the history that shows it.
    pub line: usize,
    /// The event.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            invariant,
            line,
            what,
        } = self;
        write!(f, "{invariant}: {what} (line {line})")
    }
}

/// A history and the values that follow from it.
#[derive(Debug)]
pub struct Case<'a> {
    /// The history.
    pub history: &'a History,
    /// All clients.
    pub clients: BTreeMap<String, Client>,
    /// All tenures, in the order of their beginnings.
    pub tenures: Vec<Led>,
    /// The groups in which all leases are guarded, and the longest of those leases.
    pub guarded: BTreeMap<String, Duration>,
}

impl<'a> Case<'a> {
    /// Computes the values of a history.
    #[must_use]
    pub fn new(history: &'a History) -> Self {
        let clients = clients(history);
        let tenures = tenures(history, &clients);
        Self {
            history,
            guarded: guarded(&clients),
            clients,
            tenures,
        }
    }

    /// All violations.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let all: [fn(&Case<'_>) -> Vec<Violation>; 10] = [
            substance::check,
            lines::check,
            alone::check,
            tokens::check,
            lapsed::check,
            told::check,
            truth::check,
            fence::check,
            contained::check,
            campaign::check,
        ];
        all.iter().flat_map(|check| check(self)).collect()
    }

    /// The tenures of each group, in the order of their beginnings.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<&str, Vec<&Led>> {
        let mut groups: BTreeMap<&str, Vec<&Led>> = BTreeMap::new();
        for led in &self.tenures {
            groups.entry(&led.group).or_default().push(led);
        }
        groups
    }

    /// Whether leaders of `group` may overlap because a stranger has deleted a znode or ended a session there
    /// between two moments. A guarded lease allows for strangers.
    #[must_use]
    pub fn was_deposed(&self, group: &str, from_ns: u64, to_ns: u64) -> bool {
        if self.guarded.contains_key(group) {
            return false;
        }
        self.history.entries.iter().any(|(_, entry)| match entry {
            Entry::Fault {
                at_ns,
                phase: Phase::Begin,
                deposed,
                ..
            } => (from_ns..=to_ns).contains(at_ns) && deposed.iter().any(|name| name == group),
            _ => false,
        })
    }
}

fn guarded(clients: &BTreeMap<String, Client>) -> BTreeMap<String, Duration> {
    let mut longest: BTreeMap<&str, Option<Duration>> = BTreeMap::new();
    for client in clients
        .values()
        .filter(|client| client.role == Role::Contender)
    {
        longest
            .entry(&client.group)
            .and_modify(|longest| *longest = longest.zip(client.lease).map(|(a, b)| a.max(b)))
            .or_insert(client.lease);
    }
    let guarded = longest.into_iter();
    guarded
        .filter_map(|(group, lease)| Some((group.to_owned(), lease?)))
        .collect()
}

/// A span for people.
pub(crate) fn span(from_ns: u64, to_ns: u64) -> String {
    let (sign, ns) = match to_ns.checked_sub(from_ns) {
        Some(ns) => ("", ns),
        None => ("-", from_ns - to_ns),
    };
    format!(
        "{sign}{}.{:03} s",
        ns / 1_000_000_000,
        ns / 1_000_000 % 1000
    )
}
