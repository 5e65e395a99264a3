//! Names of servers: the look-ups, and the addresses of names.

use crate::hazards::{Mood, Naming};
use crate::plan::Plan;
use crate::trial::Trial;
use fastrand::Rng;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tenure::core::Host;
use tenure_worlds::{Names, Nanos, SECOND, Target};

/// The port of servers that have names.
const PORT: u16 = 2181;
/// The name of all servers of a client.
const ALL: &str = "ensemble.example";

/// The names, and the state of the resolvers of all machines.
pub(crate) struct Phonebook {
    machines: Vec<Machine>,
    /// How many times each server has moved.
    generations: Vec<u8>,
}

struct Machine {
    servers: Vec<usize>,
    naming: Option<Naming>,
}

/// The names that a client has for these servers.
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

impl Phonebook {
    pub(crate) fn new(plan: &Plan) -> Self {
        let machines = plan.nodes.iter().map(|node| Machine {
            servers: node.servers.clone(),
            naming: node.naming,
        });
        Self {
            machines: machines.collect(),
            generations: vec![0; plan.servers()],
        }
    }

    /// Gives the name of a server another address, and leaves the old address without a server.
    pub(crate) fn move_server(&mut self, server: usize) {
        self.generations[server] = self.generations[server].wrapping_add(1);
    }

    fn addresses(&self, id: usize, name: &str, naming: Naming, dice: &mut Rng) -> Vec<SocketAddr> {
        let all = self.machines[id].servers.iter().copied();
        let of_name = |server: &usize| naming.one || name == format!("zk{server}.example");
        let mut found = Vec::new();
        for server in all.filter(of_name) {
            let generation = self.generations[server];
            found.push(address(generation, server, 0));
            found.extend((1..=naming.dead).map(|dead| address(generation, server, dead)));
        }
        dice.shuffle(&mut found);
        found
    }
}

impl Names for Phonebook {
    fn target(&self, host: usize, to: SocketAddr) -> Target {
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
        let naming = self.machines[host].naming;
        Target::Nothing {
            refuses: naming.is_some_and(|naming| naming.refuses),
        }
    }

    fn takes(&mut self, host: usize, _: &str, dice: &mut Rng) -> Result<Option<Nanos>, String> {
        let naming = self.machines[host].naming;
        let resolver = naming.ok_or("a numeric address was looked up")?.resolver;
        let wait = dice.u64(resolver.least..=resolver.most);
        Ok((resolver.mood != Mood::Hangs).then_some(wait))
    }

    fn answer(
        &mut self,
        host: usize,
        name: &str,
        dice: &mut Rng,
    ) -> Result<Vec<SocketAddr>, String> {
        let naming = self.machines[host].naming;
        match naming.map(|naming| (naming.resolver.mood, naming)) {
            None | Some((Mood::Fails, _)) => Err("the name servers do not know it".to_owned()),
            Some((Mood::Empty, _)) => Ok(Vec::new()),
            Some((Mood::Works | Mood::Hangs, naming)) => {
                Ok(self.addresses(host, name, naming, dice))
            }
        }
    }
}

impl Trial {
    /// Changes the state of a machine's resolver. One that works again answers the look-ups that
    /// were pending, when the client asks for them again.
    pub(crate) fn set_mood(&mut self, node: usize, mood: Mood) {
        let Some(naming) = &mut self.world.names.machines[node].naming else {
            return;
        };
        if naming.resolver.mood == mood {
            return;
        }
        naming.resolver.mood = mood;
        let most = naming.resolver.most;
        self.world
            .note(|| format!("the resolver of client {node}: {mood:?}"));
        if mood == Mood::Works {
            self.world.answer_late(node, most + SECOND);
        }
    }
}
