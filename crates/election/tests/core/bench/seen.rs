//! The events of a bench's clients, and the one promise that always holds.

use super::{Bench, Book, GROUP};
use std::collections::BTreeMap;
use tenure_election::{
    Answer, CallId, ContenderEvent, DetectorEvent, Error, Event, GroupEvent, Handle, Lease,
    LostReason, SESSION, SessionEvent, Time,
};
use tenure_proto::Request;
use tenure_worlds::{Arrival, Nanos, Reply, Target, Trap, Witness, World};

/// One client.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) log: Vec<(Time, Handle, Event)>,
    pub(crate) leases: BTreeMap<Handle, Lease>,
    /// The group of each contender.
    pub(super) groups: BTreeMap<Handle, String>,
    pub(crate) done: BTreeMap<CallId, Result<Answer, Error>>,
    /// Every request that it sent, in order.
    pub(crate) sent: Vec<Request>,
    pub(crate) connects: usize,
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) nodes: Vec<Node>,
    /// A session was ended from outside: two may believe that they lead until the lease ends, as
    /// documented.
    pub(crate) tampered: bool,
    /// The fault that waits for a reply to any client.
    pub(super) trap: Option<Trap>,
    /// It has met one, and waits no longer.
    pub(super) sprung: bool,
    /// How many watches have fired, as clients have seen.
    pub(crate) fired: usize,
    /// Replies that were lost so far.
    pub(crate) swallowed: usize,
    /// Every look-up, with its time.
    pub(crate) look_ups: Vec<(Time, String)>,
}

impl Seen {
    /// The token with which a contender would answer that it leads.
    fn token(&self, now: Time, node: usize, handle: Handle) -> Option<u64> {
        let lease = self.nodes[node].leases.get(&handle)?;
        (lease.end > now).then_some(lease.token)
    }

    fn one_leader(&self, now: Time) {
        let mut leaders: BTreeMap<&str, (usize, Handle)> = BTreeMap::new();
        for (id, node) in self.nodes.iter().enumerate() {
            for handle in node.leases.keys().copied() {
                if self.token(now, id, handle).is_none() {
                    continue;
                }
                let group = node.groups[&handle].as_str();
                if let Some(other) = leaders.insert(group, (id, handle)) {
                    panic!("two leaders of {group}: {other:?} and {:?}", (id, handle));
                }
            }
        }
    }
}

impl Witness<Book> for Seen {
    fn dials(&mut self, _: &World<Book>, host: usize, _: Target) {
        self.nodes[host].connects += 1;
    }

    fn looks_up(&mut self, world: &World<Book>, _: usize, name: &str, _: Option<Nanos>) {
        let now = Time::from_nanos(world.now);
        self.look_ups.push((now, name.to_owned()));
    }

    fn sends(&mut self, _: &World<Book>, host: usize, bodies: &[&[u8]]) {
        let requests = bodies.iter().filter_map(|body| Request::decode(body).ok());
        let known = requests.filter_map(|(_, request)| request.ok());
        self.nodes[host].sent.extend(known);
    }

    fn trapped(&mut self, _: &World<Book>, _: usize, _: Reply) {
        self.sprung = true;
        self.swallowed += usize::from(matches!(self.trap, Some(Trap::ReplyTo(_))));
    }

    fn reads(&mut self, _: &World<Book>, arrival: Arrival) {
        self.fired += usize::from(arrival.reply == Reply::Event);
    }

    fn lease(&mut self, _: &World<Book>, host: usize, handle: Handle, lease: Option<Lease>) {
        let leases = &mut self.nodes[host].leases;
        match lease {
            Some(lease) => leases.insert(handle, lease),
            None => leases.remove(&handle),
        };
    }

    fn event(&mut self, world: &World<Book>, host: usize, handle: Handle, event: Event) {
        let now = Time::from_nanos(world.now);
        self.nodes[host].log.push((now, handle, event));
    }

    fn done(&mut self, _: &World<Book>, host: usize, call: CallId, result: Result<Answer, Error>) {
        let before = self.nodes[host].done.insert(call, result);
        assert!(before.is_none(), "{call:?} was answered twice");
    }

    fn stepped(&mut self, world: &World<Book>) {
        if !self.tampered {
            self.one_leader(Time::from_nanos(world.now));
        }
    }

    /// It panics instead of returning.
    fn objection(&mut self) -> Option<String> {
        None
    }
}

/// Questions about the events.
impl Bench {
    pub(crate) fn members(&self) -> Vec<String> {
        self.world.ensemble.children(GROUP).unwrap_or_default()
    }

    /// The data of the group's znode, as text.
    pub(crate) fn mark(&self) -> String {
        let data = self.world.ensemble.node(GROUP).map(|(data, _)| data);
        String::from_utf8(data.unwrap_or_default()).expect("text")
    }

    pub(crate) fn session(&self, node: usize) -> i64 {
        let connected = |(_, _, event): &(Time, Handle, Event)| match event {
            Event::Session(SessionEvent::Connected { session, .. }) => Some(*session),
            _ => None,
        };
        let log = &self.seen.nodes[node].log;
        log.iter().rev().find_map(connected).expect("connected")
    }

    /// Whether `is_leading` of this contender would answer yes.
    pub(crate) fn leads(&self, node: usize, handle: u64) -> bool {
        self.token(node, handle).is_some()
    }

    pub(crate) fn token(&self, node: usize, handle: u64) -> Option<u64> {
        self.seen.token(self.now(), node, Handle(handle))
    }

    pub(crate) fn contender_events(&self, node: usize, handle: u64) -> Vec<ContenderEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Contender(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.seen.nodes[node].log.iter().filter_map(of).collect()
    }

    pub(crate) fn detector_events(&self, node: usize, handle: u64) -> Vec<DetectorEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Detector(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.seen.nodes[node].log.iter().filter_map(of).collect()
    }

    /// How many requests of this operation a client has sent so far.
    pub(crate) fn count_sent(&self, node: usize, op: i32) -> usize {
        let sent = &self.seen.nodes[node].sent;
        sent.iter().filter(|request| request.op() == op).count()
    }

    pub(crate) fn group_events(&self, node: usize, handle: u64) -> Vec<GroupEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Group(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.seen.nodes[node].log.iter().filter_map(of).collect()
    }

    /// The obstacles to this contender's looks and writes, in order.
    pub(crate) fn blocks(&self, node: usize, handle: u64) -> Vec<Error> {
        let of = |event: ContenderEvent| match event {
            ContenderEvent::Blocked { error, .. } => Some(error),
            _ => None,
        };
        let events = self.contender_events(node, handle);
        events.into_iter().filter_map(of).collect()
    }

    /// The reasons for which this contender lost its leadership, in order.
    pub(crate) fn losses(&self, node: usize, handle: u64) -> Vec<LostReason> {
        let of = |event: ContenderEvent| match event {
            ContenderEvent::Lost { reason, .. } => Some(reason),
            _ => None,
        };
        let events = self.contender_events(node, handle);
        events.into_iter().filter_map(of).collect()
    }

    pub(crate) fn session_events(&self, node: usize) -> Vec<SessionEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Session(event) if *h == SESSION => Some(event.clone()),
            _ => None,
        };
        self.seen.nodes[node].log.iter().filter_map(of).collect()
    }

    /// When this node first logged an event that `pick` accepts.
    pub(crate) fn time_of(&self, node: usize, pick: impl Fn(&Event) -> bool) -> Option<Time> {
        let log = &self.seen.nodes[node].log;
        log.iter().find(|(_, _, e)| pick(e)).map(|(at, _, _)| *at)
    }
}
