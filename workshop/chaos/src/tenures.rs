//! The tenures of a history: the times of belief, computed from the clients' own lines.

use crate::history::{Change, Entry, History};
use std::collections::BTreeMap;
use std::time::Duration;
use tenure_field::tool::{self, Event, Role, Tenure};

/// A tenure in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Led {
    /// The group.
    pub group: String,
    /// The client.
    pub client: String,
    /// The line of the history that begins it.
    pub line: usize,
    /// The tenure as the client's lines give it.
    pub tenure: Tenure,
    /// The last instant at which the client may have believed that it leads: at most until its
    /// process ended, or the history did.
    pub end_ns: u64,
    /// Whether its process was ended before it could print its loss.
    pub killed: bool,
    /// The instant before its process was killed, if it was.
    pub killing_ns: Option<u64>,
    /// The times for which it was stopped while it led.
    pub stops: Vec<(u64, u64)>,
}

/// The life of one client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The group for which it contends, or which it follows.
    pub group: String,
    /// Its role.
    pub role: Role,
    /// When it was started.
    pub started_ns: u64,
    /// The length of its guarded lease, if its policy is that.
    pub lease: Option<Duration>,
    /// The instant before it was killed.
    pub killing_ns: Option<u64>,
    /// When it was ended.
    pub ended_ns: Option<u64>,
    /// Its events, each with the line of the history.
    pub events: Vec<(usize, Event)>,
    /// The times for which it was stopped.
    pub stops: Vec<(u64, u64)>,
}

/// All clients by name.
#[must_use]
pub fn clients(history: &History) -> BTreeMap<String, Client> {
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    for (number, entry) in &history.entries {
        match entry {
            Entry::Process {
                at_ns,
                client,
                group,
                role,
                change,
                lease_ms,
            } => {
                let client = clients.entry(client.clone()).or_insert_with(|| Client {
                    group: group.clone(),
                    role: *role,
                    started_ns: *at_ns,
                    lease: lease_ms.map(Duration::from_millis),
                    killing_ns: None,
                    ended_ns: None,
                    events: Vec::new(),
                    stops: Vec::new(),
                });
                match change {
                    Change::Started => {}
                    Change::Stopped => client.stops.push((*at_ns, history.end_ns)),
                    Change::Resumed => {
                        if let Some(stop) = client.stops.last_mut() {
                            stop.1 = *at_ns;
                        }
                    }
                    Change::Killing => client.killing_ns = Some(*at_ns),
                    Change::Ended => client.ended_ns = Some(*at_ns),
                }
            }
            Entry::Client { client, line } => {
                // Another check reports lines that cannot be read.
                if let (Some(client), Ok(event)) = (clients.get_mut(client), Event::read(line)) {
                    client.events.push((*number, event));
                }
            }
            _ => {}
        }
    }
    clients
}

/// All tenures, in the order in which they began.
#[must_use]
pub fn tenures(history: &History, clients: &BTreeMap<String, Client>) -> Vec<Led> {
    let of_one = |(name, client): (&String, &Client)| of_one(name, client, history.end_ns);
    let mut tenures: Vec<Led> = clients.iter().flat_map(of_one).collect();
    tenures.sort_by_key(|led| (led.tenure.begin_ns, led.tenure.token));
    tenures
}

fn of_one(name: &str, client: &Client, history_end: u64) -> Vec<Led> {
    // The undertaker of a killed process may have closed its session before the harness knows the end.
    let last = client.killing_ns.or(client.ended_ns).unwrap_or(history_end);
    let events = client.events.iter().map(|(_, event)| event);
    let led = |tenure: Tenure| {
        let until = tenure.lost_ns.unwrap_or(last);
        let during = |(from, to): &&(u64, u64)| *from <= until && *to >= tenure.begin_ns;
        Led {
            group: client.group.clone(),
            client: name.to_owned(),
            line: client.events[tenure.event].0,
            end_ns: tenure.end_ns.unwrap_or(last),
            killed: tenure.open && client.ended_ns.is_some(),
            killing_ns: client.killing_ns,
            stops: client.stops.iter().filter(during).copied().collect(),
            tenure,
        }
    };
    let tenures = tool::tenures(events, Some(last)).into_iter();
    tenures.map(led).collect()
}
