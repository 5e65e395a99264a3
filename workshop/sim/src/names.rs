//! Names of servers: who looks them up, and where they lead.

use crate::clock::{MS, Nanos, SECOND};
use crate::hazards::{Mood, Naming};
use crate::world::World;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tenure::core::{Host, Input};

/// The port of servers that have names.
const PORT: u16 = 2181;
/// The name of all servers of a client.
const ALL: &str = "ensemble.example";

/// A look-up that was not answered yet.
#[derive(Debug)]
pub(crate) struct Lookup {
    node: usize,
    incarnation: u32,
    number: u64,
    name: String,
    /// When it is answered; never, as long as nobody says when.
    at: Option<Nanos>,
}

/// Where a connection goes.
pub(crate) enum Target {
    Server(usize),
    /// Nothing is there; whether it refuses.
    Nothing {
        refuses: bool,
    },
}

/// What a client calls these servers.
pub(crate) fn hosts(servers: &[usize], naming: Option<Naming>) -> Vec<Host> {
    match naming {
        None => servers
            .iter()
            .map(|server| Host {
                name: "127.0.0.1".to_owned(),
                port: u16::try_from(server + 1).unwrap_or(1),
            })
            .collect(),
        Some(naming) if naming.one => vec![Host {
            name: ALL.to_owned(),
            port: PORT,
        }],
        Some(_) => servers
            .iter()
            .map(|server| Host {
                name: format!("zk{server}.example"),
                port: PORT,
            })
            .collect(),
    }
}

fn address(generation: u8, server: usize, dead: u8) -> SocketAddr {
    let server = u8::try_from(server).unwrap_or(u8::MAX);
    SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(10, generation, server, dead)),
        PORT,
    )
}

impl World {
    /// Where this address leads.
    pub(crate) fn target(&self, node: usize, to: SocketAddr) -> Target {
        let IpAddr::V4(ip) = to.ip() else {
            return Target::Nothing { refuses: true };
        };
        let [first, generation, server, dead] = ip.octets();
        if first == 127 {
            return Target::Server(usize::from(to.port()).saturating_sub(1));
        }
        let server = usize::from(server);
        if dead == 0 && self.generations.get(server) == Some(&generation) {
            return Target::Server(server);
        }
        let naming = self.nodes[node].plan.naming;
        Target::Nothing {
            refuses: naming.is_some_and(|naming| naming.refuses),
        }
    }

    pub(crate) fn look_up(&mut self, node: usize, number: u64, host: &Host) {
        let Some(naming) = self.nodes[node].plan.naming else {
            return self.fail("a numeric address was looked up".to_owned());
        };
        self.marks.hit("name-looked-up");
        let resolver = naming.resolver;
        let hangs = resolver.mood == Mood::Hangs;
        let wait = self.more.u64(resolver.least..=resolver.most);
        let lookup = Lookup {
            node,
            incarnation: self.nodes[node].incarnation,
            number,
            name: host.name.clone(),
            at: (!hangs).then_some(self.now + wait),
        };
        let timeout = self.plan.timeout();
        if hangs || wait > timeout / 4 {
            self.marks.hit("look-up-slower-than-an-attempt");
        }
        self.history.note(self.now, (node, number), || {
            format!("client {node} looks up {host} (#{number})")
        });
        self.lookups.push(lookup);
    }

    pub(crate) fn next_answer(&self) -> Option<Nanos> {
        let awake = |lookup: &&Lookup| !self.nodes[lookup.node].paused;
        let lookups = self.lookups.iter().filter(awake);
        lookups.filter_map(|lookup| lookup.at).min()
    }

    /// Answers what is due to be answered.
    pub(crate) fn answer_lookups(&mut self) {
        let now = self.now;
        let due = |w: &Self, lookup: &Lookup| {
            let node = &w.nodes[lookup.node];
            lookup.at.is_some_and(|at| at <= now) && !node.paused
        };
        while let Some(found) = self.lookups.iter().position(|lookup| due(self, lookup)) {
            let lookup = self.lookups.remove(found);
            let node = &self.nodes[lookup.node];
            if node.incarnation != lookup.incarnation {
                continue;
            }
            let (Some(naming), id) = (node.plan.naming, lookup.node) else {
                continue;
            };
            let result = match naming.resolver.mood {
                Mood::Fails => Err("the name servers do not know it".to_owned()),
                Mood::Empty => Ok(Vec::new()),
                Mood::Works | Mood::Hangs => Ok(self.addresses(id, &lookup.name, naming)),
            };
            self.history.note(now, (id, lookup.number), || {
                format!("client {id}: look-up #{} gives {result:?}", lookup.number)
            });
            let lookup = lookup.number;
            self.input(id, Input::Resolved { lookup, result });
        }
    }

    fn addresses(&mut self, node: usize, name: &str, naming: Naming) -> Vec<SocketAddr> {
        let all = self.nodes[node].plan.servers.clone();
        let of_name = |server: &usize| naming.one || name == format!("zk{server}.example");
        let named: Vec<usize> = all.into_iter().filter(of_name).collect();
        let mut found = Vec::new();
        for server in named {
            let generation = self.generations[server];
            found.push(address(generation, server, 0));
            found.extend((1..=naming.dead).map(|dead| address(generation, server, dead)));
        }
        self.more.shuffle(&mut found);
        found
    }

    /// Changes how a machine's resolver is disposed. One that works again answers what it has been
    /// asked meanwhile, when its caller asks again.
    pub(crate) fn set_mood(&mut self, node: usize, mood: Mood) {
        let Some(naming) = &mut self.nodes[node].plan.naming else {
            return;
        };
        if naming.resolver.mood == mood {
            return;
        }
        naming.resolver.mood = mood;
        let most = naming.resolver.most;
        self.note(|| format!("the resolver of client {node}: {mood:?}"));
        if mood == Mood::Works {
            for lookup in &mut self.lookups {
                if lookup.node == node && lookup.at.is_none() {
                    let late = self.more.u64(0..=most + SECOND);
                    lookup.at = Some(self.now + late);
                }
            }
        }
    }

    /// A server comes back at another address, and its name leads there.
    pub(crate) fn move_server(&mut self, server: usize) {
        self.marks.hit("address-moved");
        self.note(|| format!("server {server} moves"));
        self.crash(server, true);
        self.generations[server] = self.generations[server].wrapping_add(1);
        let late = self.more.u64(0..500 * MS);
        self.run(late);
        self.restart(server);
    }
}
