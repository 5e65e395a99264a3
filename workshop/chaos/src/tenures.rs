//! Who believed to lead, from when to when: what the clients' own lines add up to.

use crate::history::{Change, Entry, History, News, Role};
use std::collections::BTreeMap;

/// One client's time as leader of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The group.
    pub group: String,
    /// The client.
    pub client: String,
    /// The fencing token.
    pub token: u64,
    /// The line of the history that begins it.
    pub line: usize,
    /// When it said that it leads, or the end of the lease if that was over then: news that a
    /// stopped process tells late.
    pub begin_ns: u64,
    /// Until when it may have believed: the earlier of what it said last of its lease and of
    /// the moment at which it said that it has lost, or the end of the process.
    pub end_ns: u64,
    /// When it said that it has lost.
    pub lost_ns: Option<u64>,
    /// Whether it gave leadership up by itself.
    pub given_up: bool,
    /// Whether its process was ended before it could say so.
    pub killed: bool,
    /// When it was stopped and when it ran on, while it led.
    pub stops: Vec<(u64, u64)>,
}

/// The life of one client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The group that it stands in or follows.
    pub group: String,
    /// What it is there for.
    pub role: Role,
    /// When it was started.
    pub started_ns: u64,
    /// When it was ended.
    pub ended_ns: Option<u64>,
    /// What it said, with the line of the history.
    pub news: Vec<(usize, News)>,
    /// When it was stopped and when it ran on.
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
            } => {
                let client = clients.entry(client.clone()).or_insert_with(|| Client {
                    group: group.clone(),
                    role: *role,
                    started_ns: *at_ns,
                    ended_ns: None,
                    news: Vec::new(),
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
                    Change::Ended => client.ended_ns = Some(*at_ns),
                }
            }
            Entry::Client { client, line } => {
                // Whose lines make no sense are dealt with elsewhere.
                if let (Some(client), Ok(news)) = (clients.get_mut(client), News::read(line)) {
                    client.news.push((*number, news));
                }
            }
            _ => {}
        }
    }
    clients
}

/// All tenures, in the order in which they began.
#[must_use]
pub fn tenures(history: &History, clients: &BTreeMap<String, Client>) -> Vec<Tenure> {
    let mut tenures = Vec::new();
    for (name, client) in clients {
        tenures.extend(of_one(name, client, history.end_ns));
    }
    tenures.sort_by_key(|tenure| (tenure.begin_ns, tenure.token));
    tenures
}

fn of_one(name: &str, client: &Client, history_end: u64) -> Vec<Tenure> {
    let last = client.ended_ns.unwrap_or(history_end);
    let mut done = Vec::new();
    let mut open: Option<Tenure> = None;
    // Said while in doubt; a renewal makes it void.
    let mut doubted: Option<u64> = None;
    for (line, news) in &client.news {
        match *news {
            News::Leading {
                at_ns,
                token,
                lease_end_ns,
            } => {
                doubted = None;
                if open.as_ref().is_some_and(|tenure| tenure.token == token) {
                    continue;
                }
                let next = Tenure {
                    group: client.group.clone(),
                    client: name.to_owned(),
                    token,
                    line: *line,
                    begin_ns: at_ns.min(lease_end_ns),
                    end_ns: last,
                    lost_ns: None,
                    given_up: false,
                    killed: false,
                    stops: Vec::new(),
                };
                if let Some(mut former) = open.replace(next) {
                    // It never said that it lost; it cannot lead twice.
                    former.end_ns = at_ns;
                    done.push(former);
                }
            }
            News::Jeopardy { lease_end_ns, .. } => doubted = Some(lease_end_ns),
            News::Lost {
                at_ns,
                token: Some(token),
                lease_end_ns,
                given_up,
            } => {
                doubted = None;
                if let Some(mut tenure) = open.take_if(|tenure| tenure.token == token) {
                    tenure.end_ns = at_ns.min(lease_end_ns);
                    tenure.lost_ns = Some(at_ns);
                    tenure.given_up = given_up;
                    done.push(tenure);
                }
            }
            _ => {}
        }
    }
    if let Some(mut tenure) = open {
        tenure.end_ns = doubted.map_or(last, |end| end.min(last));
        tenure.killed = client.ended_ns.is_some();
        done.push(tenure);
    }
    for tenure in &mut done {
        let until = tenure.lost_ns.unwrap_or(last);
        let during = |(from, to): &&(u64, u64)| *from <= until && *to >= tenure.begin_ns;
        tenure.stops = client.stops.iter().filter(during).copied().collect();
    }
    done
}
