//! What the hazards of a world do to it, one act or plot at a time.

use crate::acts;
use crate::clock::{MS, Nanos, SECOND};
use crate::hazards::Mood;
use crate::node::What;
use crate::plan::Quality;
use crate::plots::{around, calm, timeout};
use crate::wire::Way;
use crate::world::{World, nanos, span};
use std::time::Duration;
use tenure::core::{Command, LeasePolicy};
use tenure::model::{ConnId, LinkOptions};
use tenure::proto::path;
use tenure::proto::{Acl, ConnectRequest, CreateMode, Perms, Request, ServerError, op};

/// A listing that no client takes in: longer than its longest answer.
const HUGE: usize = 30;
const HUGE_NAME: usize = 4070;

type Plot = fn(&mut World);

fn plots(world: &World) -> Vec<Plot> {
    let hazards = &world.plan.hazards;
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
    found
}

/// What is so from the first moment on.
pub(crate) fn begin(world: &mut World) {
    slow_down(world);
    if let Some(per_mille) = world.plan.hazards.refusals {
        for server in 0..world.plan.servers() {
            world
                .ensemble
                .set_refusals(server, per_mille, CODES.to_vec());
        }
    }
}

/// What stays so until the end, and is to be borne.
fn slow_down(world: &mut World) {
    if let Some(part) = world.plan.hazards.slow {
        // A lease that is proved anew takes five answers, R where the tick is untold, and what there
        // is between: with less than that to spare nobody leads, as `lease.rs` says.
        let timeout = world.plan.shortest();
        let room = (timeout * 9 / 10).saturating_sub(timeout / 4 + 800 * MS);
        let most = span((timeout * part / 1000).min(room / 5));
        for server in 0..world.plan.servers() {
            world.ensemble.set_slowness(server, most, most);
        }
    }
}

pub(crate) fn is_due(world: &mut World) -> bool {
    !plots(world).is_empty() && world.more.u8(0..6) == 0
}

pub(crate) fn any(world: &mut World) {
    let found = plots(world);
    let plot = world.more.usize(0..found.len());
    found[plot](world);
}

/// Ends what hazards have begun, as far as a plot needs that.
pub(crate) fn heal(world: &mut World) {
    unlock(world);
    for node in 0..world.nodes.len() {
        world.set_mood(node, Mood::Works);
    }
}

/// Ends what hazards have begun, as far as it can end.
pub(crate) fn end(world: &mut World) {
    heal(world);
    if world.plan.hazards.slow.is_some() {
        // Late answers are borne up to a point, and slow links come on top of slow servers.
        world.set_links(&LinkOptions::default());
    }
    slow_down(world);
    for server in 0..world.plan.servers() {
        world.ensemble.set_refusals(server, 0, Vec::new());
    }
}

// ---- ACLs ----

/// An administrator takes the permission to read a member from everybody, most often that of who
/// leads; then its owner may leave or die.
fn lock_readers_out(world: &mut World) {
    let group = world.more.usize(0..world.plan.groups.len());
    let path = world.plan.groups[group].clone();
    let mut names = world.ensemble.children(&path).unwrap_or_default();
    let token = |w: &World, name: &String| {
        let node = w.ensemble.node(&path::child(&path, name));
        node.map_or(i64::MAX, |(_, stat)| stat.czxid)
    };
    names.sort_by_key(|name| token(world, name));
    let at = match world.more.u8(0..3) {
        0 => world.more.usize(0..names.len().max(1)),
        _ => 0,
    };
    let Some(name) = names.get(at) else {
        return;
    };
    let locked = path::child(&path, name);
    let nobody = Acl {
        perms: Perms(Perms::ALL.0 & !Perms::READ.0),
        ..Acl::open().remove(0)
    };
    if world
        .ensemble
        .set_acl(&locked, &[nobody], span(world.now))
        .is_err()
    {
        return;
    }
    world.marks.hit("readers-locked-out");
    world.note(|| format!("nobody may read {locked} any more"));
    world.locked.push(locked.clone());
    let length = world.more.u64(0..world.plan.timeout());
    world.run(length);
    let owns = |w: &World, id: &usize| {
        let process = w.nodes[*id].process.as_ref();
        let mut all = process.iter().flat_map(|p| p.candidates.values());
        all.any(|c| c.member.as_ref().is_some_and(|m| m.path == locked))
    };
    let owner = (0..world.nodes.len()).find(|id| owns(world, id));
    if let Some(owner) = owner {
        match world.more.u8(0..4) {
            0 => acts::withdraw(world, owner),
            1 => world.kill(owner, true),
            2 => world.reset(owner),
            _ => {}
        }
    }
}

/// Whoever may not read a member may again. What a leader of the ensemble takes up that is about to be
/// deposed is lost, so it is done again each second until there is no such member.
pub(crate) fn unlock(world: &mut World) {
    if world.locked.is_empty() || world.unlocked + SECOND > world.now {
        return;
    }
    world.unlocked = world.now;
    for path in std::mem::take(&mut world.locked) {
        let open = Acl::open();
        let set = world.ensemble.set_acl(&path, &open, span(world.now));
        if set != Err(ServerError::NoNode) {
            world.locked.push(path);
        }
    }
    world.collect();
}

// ---- refusals ----

/// What servers answer that did nothing: throttled, connection loss, timeout, system error,
/// inconsistency, marshalling.
const CODES: [i32; 6] = [-127, -4, -7, -1, -2, -5];

/// The next requests of somebody are refused.
fn refuse(world: &mut World) {
    let node = world.more.usize(0..world.nodes.len());
    let Some((conn, _)) = world.remote(node) else {
        return;
    };
    let ops = [
        None,
        Some(op::CREATE2),
        Some(op::EXISTS),
        Some(op::DELETE),
        Some(op::GET_CHILDREN2),
        Some(op::GET_DATA),
        Some(op::MULTI),
        Some(op::SET_DATA),
        Some(op::GET_EPHEMERALS),
    ];
    let op = ops[world.more.usize(0..ops.len())];
    let code = match world.more.u8(0..2) {
        0 => CODES[0],
        _ => CODES[world.more.usize(0..CODES.len())],
    };
    let times = world.more.u32(1..4);
    if world.ensemble.refuse_next(conn, op, code, times) {
        world.marks.hit("refused-for-now");
        world.note(|| format!("{times} requests {op:?} of client {node} get {code}"));
    }
    match world.more.u8(0..4) {
        0 => acts::withdraw(world, node),
        1 => acts::stand(world, node),
        _ => {}
    }
}

/// A server takes up what it is asked late, by up to a good part of T.
fn slow_server(world: &mut World) {
    let server = world.more.usize(0..world.plan.servers());
    let most = world.more.u64(0..=world.plan.shortest() / 3);
    world.marks.hit("server-slow");
    world.note(|| format!("server {server} is slow, by up to {} ms", most / MS));
    let span = span(most);
    world.ensemble.set_slowness(server, span / 4, span);
    let length = world.more.u64(0..2 * world.plan.timeout());
    world.run(length);
    slow_down(world);
}

// ---- names ----

/// A machine's resolver hangs, fails, or comes to.
fn change_moods(world: &mut World) {
    let node = world.more.usize(0..world.nodes.len());
    let moods = [Mood::Works, Mood::Hangs, Mood::Fails, Mood::Empty];
    let mood = moods[world.more.usize(0..moods.len())];
    if mood == Mood::Hangs && world.nodes[node].plan.naming.is_some() {
        world.marks.hit("resolver-hangs");
    }
    world.set_mood(node, mood);
    if world.more.bool() {
        world.reset(node);
    }
}

fn move_a_server(world: &mut World) {
    let server = world.more.usize(0..world.plan.servers());
    world.move_server(server);
}

fn reset_somebody(world: &mut World) {
    let node = world.more.usize(0..world.nodes.len());
    world.reset(node);
}

// ---- unequal session timeouts ----

/// Somebody goes from a generous server to a meagre one and back, and is silent then.
fn less_and_more(world: &mut World) {
    calm(world);
    let Some((node, _)) = world.somebody_who_leads() else {
        return;
    };
    let listed = world.nodes[node].plan.servers.clone();
    let (meagre, generous): (Vec<usize>, Vec<usize>) = listed.iter().partition(|s| **s % 2 == 1);
    if meagre.is_empty() || generous.is_empty() {
        return;
    }
    let patience = world.plan.timeout();
    for servers in [&generous, &meagre, &generous] {
        let server = servers[world.more.usize(0..servers.len())];
        turn_to(world, node, server);
        let there = move |w: &World| {
            let process = w.nodes[node].process.as_ref();
            process.is_some_and(|p| p.attached && p.server == Some(server))
        };
        world.run_until(patience, there);
        let length = around(world, node, 0, 40);
        world.run(length);
    }
    world.marks.hit("granted-less-and-more");
    acts::cut_client(world, node);
    let length = around(world, node, 50, 130);
    world.run(length);
    world.heal_client(node, true);
}

/// A client's connection ends, and this server is the only one that it can reach now.
fn turn_to(world: &mut World, node: usize, server: usize) {
    world.heal_client(node, true);
    let others = (0..world.plan.servers()).filter(|other| *other != server);
    for other in others.clone() {
        world.cut(node, other, Way::Up);
    }
    world.reset(node);
    world.run(10 * MS);
    for other in others {
        world.cut(node, other, Way::Down);
    }
}

// ---- much at once ----

/// Who looks at the group of this hazard and stands nowhere.
fn clerk(world: &World) -> usize {
    world.nodes.len() - 1
}

fn bulk_group(world: &World) -> usize {
    world.plan.groups.len() - 1
}

/// The best that links and servers can be.
fn still(world: &mut World, node: usize) -> bool {
    calm(world);
    // What was to be lost or refused on its connection goes with that.
    world.nodes[node].trap = None;
    world.reset(node);
    heal(world);
    for server in 0..world.plan.servers() {
        world.ensemble.set_refusals(server, 0, Vec::new());
        world
            .ensemble
            .set_slowness(server, Duration::ZERO, Duration::ZERO);
    }
    world.set_links(&LinkOptions::default());
    world.ensemble.set_ping_lateness(Duration::ZERO);
    world.set_quality(node, Quality::GOOD);
    let attached = move |w: &World| {
        let process = w.nodes[node].process.as_ref();
        process.is_some_and(|p| p.attached && !p.closing)
    };
    let patience = world.plan.timeout();
    let there = world.run_until(patience, attached);
    world.run(patience / 2);
    there && attached(world)
}

/// Ends what `still` began.
fn stir(world: &mut World, node: usize) {
    let (links, quality) = (world.plan.links.clone(), world.nodes[node].plan.quality);
    world.set_links(&links);
    world.set_quality(node, quality);
    world.ensemble.set_ping_lateness(span(world.plan.lateness));
    begin(world);
}

fn suspensions(world: &World, node: usize) -> u64 {
    let process = world.nodes[node].process.as_ref();
    process.map_or(0, |process| process.counts.suspended)
}

/// Children of the group that are no members, with names of this length.
fn long_names(world: &mut World, count: usize, length: usize) -> bool {
    let group = world.plan.groups[bulk_group(world)].clone();
    ensure(world, &group);
    for n in 0..count {
        let name = path::child(&group, &format!("{}{n}", "x".repeat(length)));
        if world.ensemble.create(&name, b"", span(world.now)).is_err() {
            return false;
        }
        world.strangers.push(name);
    }
    world.note(|| format!("somebody creates {count} names of {length} bytes in {group}"));
    world.run(50 * MS);
    true
}

fn ensure(world: &mut World, group: &str) {
    for path in ["/app", group] {
        if world.ensemble.node(path).is_none() {
            let _ = world.ensemble.create(path, b"", span(world.now));
            world.run(50 * MS);
        }
    }
}

/// Somebody who leads asks for a listing that is too long to be taken in.
fn huge_listing(world: &mut World) {
    let Some(node) = leader(world) else {
        return;
    };
    if !still(world, node) || !long_names(world, HUGE, HUGE_NAME) {
        acts::remove_strangers(world);
        return stir(world, node);
    }
    let (before, group) = (suspensions(world, node), bulk_group(world));
    world.marks.hit("huge-listing");
    let handle = world.open(node, group);
    world.call(node, What::Ask, |call| Command::Members { handle, call });
    let length = timeout(world, node) / 2;
    world.run(length);
    if suspensions(world, node) > before {
        world.fail(format!(
            "client {node} lost its connection to a listing that is too long"
        ));
    }
    acts::remove_strangers(world);
    world.run(50 * MS);
    stir(world, node);
}

/// A listing takes longer to arrive than an answer may take.
fn slow_listing(world: &mut World) {
    let node = clerk(world);
    if !still(world, node) {
        return stir(world, node);
    }
    let timeout = timeout(world, node);
    // 60 kB in 0.36 T, for all that list at the same time: two rounds of them are waited for.
    let (count, length) = (20, 3000);
    let process = world.nodes[node].process.as_ref();
    let listers = process.map_or(1, |p| {
        p.detectors.len() + p.groups.len() + p.candidates.len()
    });
    narrow(
        world,
        node,
        60_000 * listers.max(1) as u64,
        timeout * 36 / 100,
    );
    let before = suspensions(world, node);
    world.marks.hit("slow-listing");
    if long_names(world, count, length) {
        world.run(timeout * 3);
        if suspensions(world, node) > before {
            world.fail(format!(
                "client {node} gave a connection up on which an answer was arriving"
            ));
        }
    }
    acts::remove_strangers(world);
    world.run(50 * MS);
    stir(world, node);
}

/// Whatever a server sends to this client passes at the pace of so many bytes in this time.
fn narrow(world: &mut World, node: usize, bytes: u64, within: Nanos) {
    let rate = bytes * SECOND / within.max(1);
    world.set_quality(
        node,
        Quality {
            rate,
            ..Quality::GOOD
        },
    );
}

/// Somebody who leads counts hundreds of members over a narrow link: its proofs must not wait for
/// that.
fn bulk_reads(world: &mut World) {
    let Some(node) = leader(world) else {
        return;
    };
    if !still(world, node) {
        return stir(world, node);
    }
    let count = world.more.u64(250..400);
    let group = bulk_group(world);
    let Some(session) = gather(world, group, count) else {
        return stir(world, node);
    };
    let timeout = timeout(world, node);
    world.run(timeout / 4);
    // A proof waits for 64 small answers; a lease that has no more to spare than that is not meant.
    let ample = |until: Nanos| until > world.now + timeout * 2 / 5;
    let process = world.nodes[node].process.as_ref();
    let leads = process.is_some_and(|process| {
        let mut held = process.candidates.values().filter_map(|c| c.held);
        held.any(|held| ample(held.until))
    });
    narrow(world, node, count * 100, timeout * 35 / 100);
    let before = suspensions(world, node);
    world.marks.hit("bulk-reads");
    let handle = world.open(node, group);
    for _ in 0..2 {
        world.call(node, What::Ask, |call| Command::Members { handle, call });
    }
    world.run(timeout / 2);
    if suspensions(world, node) > before || leads && !world.leads_any(node) {
        world.fail(format!(
            "client {node} lost its connection or its lead to its own questions"
        ));
    }
    stir(world, node);
    disperse(world, session);
}

/// Hundreds of members stand in some group for a while, and go together; whoever stands behind them
/// knows the nearest of them only.
fn crowd(world: &mut World) {
    let group = world.more.usize(0..world.plan.groups.len());
    let stands = |id: &usize| world.nodes[*id].plan.contends.contains(&group);
    let all: Vec<usize> = (0..world.nodes.len()).filter(stands).collect();
    let node = all.get(world.more.usize(0..all.len().max(1))).copied();
    if let Some(node) = node {
        acts::withdraw(world, node);
    }
    let (first, second) = (world.more.u64(3..40), world.more.u64(14..80));
    let older = gather(world, group, first);
    let younger = gather(world, group, second);
    world.marks.hit("crowd");
    if let Some(node) = node {
        acts::stand(world, node);
    }
    let length = world.more.u64(200 * MS..world.plan.timeout() / 2);
    world.run(length);
    if let (Some(session), true) = (younger, second < 40) {
        one_by_one(world, group, session);
    }
    for session in younger.into_iter().chain(older) {
        disperse(world, session);
        let length = world.more.u64(0..500 * MS);
        world.run(length);
    }
}

/// The members of a session are deleted, the newest first: whoever stands behind them sees each of
/// them go.
fn one_by_one(world: &mut World, group: usize, session: i64) {
    let group = world.plan.groups[group].clone();
    let names = world.ensemble.children(&group).unwrap_or_default();
    let mut members: Vec<(i64, String)> = names
        .iter()
        .map(|name| path::child(&group, name))
        .filter_map(|path| {
            let (_, stat) = world.ensemble.node(&path)?;
            (stat.ephemeral_owner == session).then_some((stat.czxid, path))
        })
        .collect();
    members.sort();
    let patience = world.more.u64(5 * MS..30 * MS);
    for (_, path) in members.iter().rev() {
        let _ = world.ensemble.delete(path, span(world.now));
        world.collect();
        world.run(patience);
    }
}

/// Members of a session that belongs to nobody here.
fn gather(world: &mut World, group: usize, count: u64) -> Option<i64> {
    let path = world.plan.groups[group].clone();
    ensure(world, &path);
    let serves = |s: &usize| world.ensemble.serves(*s) && !world.ensemble.is_paused(*s);
    let servers: Vec<usize> = (0..world.plan.servers()).filter(serves).collect();
    let server = servers.first().copied()?;
    let conn: ConnId = world.ensemble.accept(server, span(world.now))?;
    let mut bytes = Vec::new();
    let timeout_ms = i32::try_from(world.plan.timeout() / MS).unwrap_or(i32::MAX);
    ConnectRequest {
        last_zxid: 0,
        timeout_ms,
        session: 0,
        password: vec![0; 16],
    }
    .encode(&mut bytes);
    for xid in 1..=count {
        Request::Create {
            path: path::child(&path, "crowd_"),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::EphemeralSequential,
        }
        .encode(i32::try_from(xid).unwrap_or(1), &mut bytes);
    }
    world.note(|| format!("{count} members join {path} at server {server}"));
    let present = world.ensemble.children(&path).map_or(0, |c| c.len() as u64);
    world.crowd = world.crowd.max(present + count);
    // Questions that are under way find them, too.
    for node in &mut world.nodes {
        if let Some(process) = &mut node.process {
            process
                .requests
                .grant(2 * count * process.calls.len() as u64);
        }
    }
    world.ensemble.receive(conn, &bytes, span(world.now));
    world.collect();
    world.run(200 * MS);
    world.ensemble.session_of(conn)
}

fn disperse(world: &mut World, session: i64) {
    world.note(|| format!("session {session:#x} ends with all its members"));
    world.ensemble.expire(session, span(world.now));
    world.collect();
}

/// Somebody who leads by what it has proved.
fn leader(world: &mut World) -> Option<usize> {
    calm(world);
    let leads = |id: &usize| {
        let node = &world.nodes[*id];
        let process = node.process.iter().filter(|p| !p.closing && !node.paused);
        let mut all = process.flat_map(|p| p.candidates.values());
        all.any(|c| c.policy == LeasePolicy::Verified && world.believes(c))
    };
    let leaders: Vec<usize> = (0..world.nodes.len()).filter(leads).collect();
    let at = world.more.usize(0..leaders.len().max(1));
    leaders.get(at).copied()
}

/// How much longer than without hazards it may take until all is in order.
pub(crate) fn grace(world: &World) -> Nanos {
    let named = world.nodes.iter().filter_map(|node| {
        let naming = node.plan.naming?;
        let dials = u64::from(naming.dead) * node.plan.servers.len() as u64;
        let dial = nanos(node.plan.timeout) / 4 + 200 * MS;
        // One answer that was under way, one of each name, what is dead; and a pause before each.
        Some(3 * (naming.resolver.most + SECOND) + 2 * dials * dial)
    });
    // Everything takes some twenty round trips, and many questions share a window of 64.
    let slow = world.plan.hazards.slow.unwrap_or(0) * world.plan.shortest() / 1000 * 60;
    // A watch that is silent because its znode may not be read is made up for by a look in its turn:
    // contenders and all others in turn, one in T/3, and one in four is at the own znode.
    let turns = world.nodes.iter().map(|node| {
        let plan = &node.plan;
        let others = plan.detects.len() + plan.watches.len() + 2 * plan.joins.len();
        2 * plan.contends.len().max(others) as u64 * world.plan.timeout() / 3 * 4 / 3
    });
    let turns = if world.plan.hazards.acls {
        turns.max().unwrap_or(0)
    } else {
        0
    };
    named.max().unwrap_or(0) + slow + turns
}
