//! The whole cluster: the ensemble, the seats, and the record of both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tenure_field::zookeeper::Config;
use tenure_field::{Ensemble, Zookeeper, boottime, ensemble};

use crate::beliefs::{Belief, Part};
use crate::failure::{Step, Stop};
use crate::leaderships::{Leadership, leaderships};
use crate::leases::Leases;
use crate::programs::{Programs, TICK};
use crate::record::{Entry, Fault, LEASE, Record};
use crate::seat::Seat;
use crate::web::Web;

const MASTERS: usize = 3;
const AGENTS: usize = 2;

/// The leading master, as it prints itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Led {
    pub(crate) seat: usize,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) token: u64,
    pub(crate) at_ns: u64,
}

/// Everything that runs. It ends with this value.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) seats: Vec<Seat>,
    pub(crate) record: Record,
    pub(crate) web: Web,
    pub(crate) logs: PathBuf,
    programs: Programs,
    leases: Leases,
    // Dropped last.
    pub(crate) ensemble: Arc<Ensemble>,
}

/// Starts three servers.
pub(crate) fn start_ensemble() -> Ensemble {
    let server = Config {
        tick_ms: u32::try_from(TICK.as_millis()).unwrap_or(u32::MAX),
        ..Config::default()
    };
    let options = ensemble::Options {
        server,
        ..ensemble::Options::default()
    };
    Ensemble::start_with(3, &options)
}

impl Cluster {
    /// The seats, with nobody in them yet.
    pub(crate) fn new(ensemble: Ensemble, programs: Programs, logs: &Path) -> Step<Self> {
        let masters = (1..=MASTERS).map(|number| (format!("m{number}"), Part::Master));
        let agents = (1..=AGENTS).map(|number| (format!("a{number}"), Part::Agent));
        let all = masters
            .chain(agents)
            .chain([("s1".to_owned(), Part::Scheduler)]);
        let servers = ensemble.addrs();
        let seats = all
            .enumerate()
            .map(|(number, (name, part))| Seat::new(&name, part, number, &servers, logs));
        let no_sockets =
            |error: std::io::Error| Stop::failed("sockets, logs and threads", error.to_string());
        let seats: Vec<Seat> = seats.collect::<std::io::Result<_>>().map_err(no_sockets)?;
        let masters = seats
            .iter()
            .enumerate()
            .filter(|(_, seat)| seat.part == Part::Master);
        let masters = masters
            .map(|(index, seat)| (index, seat.address.clone()))
            .collect();
        Ok(Self {
            leases: Leases::of(masters).map_err(no_sockets)?,
            seats,
            record: Record::default(),
            web: Web::new(),
            logs: logs.to_owned(),
            programs,
            ensemble: Arc::new(ensemble),
        })
    }

    /// Starts the processes of a part.
    pub(crate) fn start(&mut self, part: Part) {
        for seat in self.seats.iter_mut().filter(|seat| seat.part == part) {
            self.record.entries.push(seat.start(&self.programs));
        }
    }

    /// Reads what all programs have printed, and starts those again that have ended; returns the index of the first
    /// new entry.
    pub(crate) fn read(&mut self) -> Step<usize> {
        let first = self.record.entries.len();
        for seat in &mut self.seats {
            self.record.entries.extend(seat.read(&self.programs)?);
        }
        for lease in self.leases.seen() {
            let life = self.seats[lease.seat].life;
            let line = json!({
                "event": LEASE, "token": lease.token.to_string(),
                "lease_end_boottime_ns": lease.end_ns.to_string(),
            });
            let entry = Entry::of_line(lease.seat, life, boottime::now_ns(), line);
            self.record.entries.push(entry);
        }
        // Lines of one process keep their order: the sort is stable.
        self.record.entries[first..].sort_by_key(|entry| entry.at_ns);
        Ok(first)
    }

    /// Ends a process by SIGKILL; it is started again after a while. Returns the instant of its end.
    pub(crate) fn kill(&mut self, seat: usize) -> u64 {
        let entries = self.seats[seat].kill();
        let at_ns = entries
            .last()
            .map_or_else(boottime::now_ns, |end| end.at_ns);
        self.record.entries.extend(entries);
        at_ns
    }

    /// The seats of a part, in order.
    pub(crate) fn of(&self, part: Part) -> Vec<usize> {
        let seats = self.seats.iter().enumerate();
        seats
            .filter(|(_, seat)| seat.part == part)
            .map(|(index, _)| index)
            .collect()
    }

    /// The seats of a part that believe this.
    pub(crate) fn believing(&self, part: Part, belief: Belief) -> Vec<usize> {
        let mut seats = self.of(part);
        seats.retain(|seat| self.seats[*seat].state.belief == belief);
        seats
    }

    /// The master that believes that it leads, if it is one alone.
    pub(crate) fn leader(&self) -> Option<Led> {
        let mut leaders = self.believing(Part::Master, Belief::Leader);
        leaders.extend(self.believing(Part::Master, Belief::Jeopardy));
        let [seat] = leaders[..] else { return None };
        let elected = self.record.last_of(seat, &["elected"])?;
        Some(Led {
            seat,
            name: self.seats[seat].name.clone(),
            address: self.seats[seat].address.clone(),
            token: elected.number("token")?,
            at_ns: elected.at_ns,
        })
    }

    /// All leaderships so far.
    pub(crate) fn leaderships(&self) -> Vec<Leadership> {
        leaderships(&self.record.entries, |seat| {
            self.seats[seat].part == Part::Master
        })
    }

    /// The name of the program at an address; the address itself if it is of no seat.
    pub(crate) fn name_of(&self, address: &str) -> String {
        let at = |seat: &&Seat| seat.address == address || seat.own_address() == address;
        let found = self.seats.iter().find(at);
        found.map_or_else(|| address.to_owned(), |seat| seat.name.clone())
    }

    pub(crate) fn name(&self, seat: usize) -> &str {
        &self.seats[seat].name
    }

    pub(crate) fn address(&self, seat: usize) -> &str {
        &self.seats[seat].address
    }

    /// Notes that a fault begins.
    pub(crate) fn begin_fault(&mut self, name: impl Into<String>) {
        self.record.faults.push(Fault {
            name: name.into(),
            from_ns: boottime::now_ns(),
            until_ns: None,
        });
    }

    /// Ends all cuts, and notes that no fault is left.
    pub(crate) fn heal(&mut self) {
        for seat in &mut self.seats {
            seat.heal();
        }
        self.end_faults();
    }

    /// Notes that one kind of fault has ended.
    pub(crate) fn end_fault(&mut self, name: &str) {
        let now_ns = boottime::now_ns();
        for fault in self
            .record
            .faults
            .iter_mut()
            .filter(|fault| fault.name == name)
        {
            fault.until_ns.get_or_insert(now_ns);
        }
    }

    /// Notes that all faults have ended.
    pub(crate) fn end_faults(&mut self) {
        let now_ns = boottime::now_ns();
        for fault in &mut self.record.faults {
            fault.until_ns.get_or_insert(now_ns);
        }
    }
}

/// Stops all servers that run, at the same time.
pub(crate) fn stop_servers(ensemble: &Ensemble) {
    std::thread::scope(|scope| {
        for server in ensemble.servers().filter(|server| server.is_running()) {
            scope.spawn(|| server.stop());
        }
    });
}

/// Starts all servers that do not run, and waits until all serve.
pub(crate) fn start_servers(ensemble: &Ensemble) {
    for server in ensemble.servers().filter(|server| !server.is_running()) {
        server.start_again();
    }
    ensemble.wait_quorum();
}

/// The addresses of the servers.
pub(crate) fn server_names(ensemble: &Ensemble) -> Vec<String> {
    ensemble
        .servers()
        .map(Zookeeper::addr)
        .map(|addr| addr.to_string())
        .collect()
}
