//! One row of the table: the cost of one number of groups.

use crate::usage;
use std::fmt;
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, Contender, ContenderOptions, Detector, MemoryServer, SessionEvent, Url,
};

const TIMEOUT: Duration = Duration::from_secs(10);
/// The limit of one phase.
const LIMIT: Duration = Duration::from_secs(300);

pub(crate) const HEAD: &str = "\
| groups | elect | reconnect | expire | idle, a second | close | memory |
|---|---|---|---|---|---|---|";

/// The cost of one group: nanoseconds of processor time, and bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    groups: usize,
    /// In the order of [`HEAD`]; the last are bytes.
    costs: [u64; 6],
}

impl Row {
    /// The line that [`from_line`](Self::from_line) reads.
    pub(crate) fn to_line(self) -> String {
        let costs = self.costs.map(|cost| cost.to_string()).join(" ");
        format!("{} {costs}", self.groups)
    }

    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ').map(str::parse::<u64>);
        let groups = usize::try_from(words.next()?.ok()?).ok()?;
        let mut costs = [0; 6];
        for cost in &mut costs {
            *cost = words.next()?.ok()?;
        }
        Some(Self { groups, costs })
    }

    /// The median of each figure.
    pub(crate) fn median(rows: &[Self]) -> Self {
        let mut median = rows.first().copied().unwrap_or_default();
        for (at, cost) in median.costs.iter_mut().enumerate() {
            let mut all: Vec<u64> = rows.iter().map(|row| row.costs[at]).collect();
            all.sort_unstable();
            *cost = all.get(all.len() / 2).copied().unwrap_or_default();
        }
        median
    }

    /// The cost of one group here, divided by its cost in `first`.
    pub(crate) fn ratios(&self, first: &Self) -> String {
        let mut line = format!("| {} : {} |", self.groups, first.groups);
        for (mine, other) in self.costs.iter().zip(first.costs) {
            let ratio = *mine as f64 / other.max(1) as f64;
            line.push_str(&format!(" {ratio:.2} |"));
        }
        line
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [elect, reconnect, expire, idle, close, memory] = self.costs;
        write!(f, "| {} |", self.groups)?;
        for nanos in [elect, reconnect, expire, idle, close] {
            write!(f, " {:.2} µs |", nanos as f64 / 1e3)?;
        }
        write!(f, " {:.2} KiB |", memory as f64 / 1024.0)
    }
}

struct Crowd {
    client: Client,
    server: MemoryServer,
    contenders: Vec<Contender>,
    detectors: Vec<Detector>,
}

impl Crowd {
    fn open() -> Result<Self, String> {
        let url = Url::parse("memory://crowd/groups").map_err(|e| e.to_string())?;
        let server = MemoryServer::of(&url).map_err(|e| e.to_string())?;
        let options = ClientOptions::default().session_timeout(TIMEOUT);
        let client = Client::open(&url, options).map_err(|e| e.to_string())?;
        Ok(Self {
            client,
            server,
            contenders: Vec::new(),
            detectors: Vec::new(),
        })
    }

    fn elect(&mut self, groups: usize) -> Result<(), String> {
        for group in 0..groups {
            let path = format!("/groups/{group}");
            let detector = self.client.detect(&path).map_err(|e| e.to_string())?;
            let contender = self.client.contend(ContenderOptions::new(&path));
            self.contenders.push(contender.map_err(|e| e.to_string())?);
            self.detectors.push(detector);
        }
        self.lead()
    }

    /// Waits until every contender leads by a renewed lease, and every detector has its leader.
    fn lead(&self) -> Result<(), String> {
        let began = Instant::now();
        let mut tokens = Vec::with_capacity(self.contenders.len());
        for contender in &self.contenders {
            let leadership = contender.wait_leading(Some(LIMIT));
            tokens.push(leadership.map_err(|e| e.to_string())?.token());
        }
        for (detector, token) in self.detectors.iter().zip(tokens) {
            while detector
                .leader()
                .is_none_or(|leader| leader.member.token != token)
            {
                if began.elapsed() > LIMIT {
                    return Err("a detector does not know the leader".to_owned());
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        usage::settle(LIMIT)
    }

    fn await_session(&self, pick: impl Fn(&SessionEvent) -> bool) -> Result<(), String> {
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            let event = self.client.events().next(Some(LIMIT));
            if pick(&event.map_err(|e| e.to_string())?) {
                return Ok(());
            }
        }
        Err("the session does not change".to_owned())
    }

    fn reconnect(&self) -> Result<(), String> {
        self.server.cut().map_err(|e| e.to_string())?;
        self.await_session(|event| matches!(event, SessionEvent::Suspended { .. }))?;
        self.server.heal().map_err(|e| e.to_string())?;
        self.await_session(|event| matches!(event, SessionEvent::Connected { .. }))?;
        usage::settle(LIMIT)?;
        self.lead()
    }

    fn expire(&self) -> Result<(), String> {
        self.server.expire_all().map_err(|e| e.to_string())?;
        self.await_session(|event| matches!(event, SessionEvent::Expired { .. }))?;
        usage::settle(LIMIT)?;
        self.lead()
    }

    fn close(&self) -> Result<(), String> {
        self.client
            .close()
            .wait_for(LIMIT)
            .map_err(|e| e.to_string())
    }
}

pub(crate) fn measure(groups: usize, idle: u64) -> Result<Row, String> {
    let mut crowd = Crowd::open()?;
    crowd.await_session(|event| matches!(event, SessionEvent::Connected { .. }))?;
    let mut row = Row {
        groups,
        ..Row::default()
    };
    let before = usage::memory()?;
    let per_group = |spent: Duration| spent.as_nanos() as u64 / groups as u64;
    let phase = |act: &mut dyn FnMut() -> Result<(), String>| {
        let began = usage::processor_time()?;
        act()?;
        Ok::<u64, String>(per_group(usage::processor_time()? - began))
    };
    row.costs[0] = phase(&mut || crowd.elect(groups))?;
    row.costs[5] = (usage::memory()?.saturating_sub(before)) / groups as u64;
    row.costs[1] = phase(&mut || crowd.reconnect())?;
    row.costs[2] = phase(&mut || crowd.expire())?;
    let seconds = idle.max(1);
    row.costs[3] = phase(&mut || {
        std::thread::sleep(Duration::from_secs(seconds));
        Ok(())
    })? / seconds;
    row.costs[4] = phase(&mut || crowd.close())?;
    Ok(row)
}
