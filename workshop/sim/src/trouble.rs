//! What the hazards of a world do to it, one act or plot at a time.

use crate::acts;
use crate::hazards::Mood;
use crate::plots::{around, calm, timeout};
use crate::trial::Trial;
use crate::user::What;
use std::time::Duration;
use tenure::core::Command;
use tenure::model::{ConnId, LinkOptions};
use tenure::proto::path;
use tenure::proto::{Acl, ConnectRequest, CreateMode, Perms, Request, ServerError, op};
use tenure_worlds::{MS, Nanos, Quality, SECOND, Way, nanos, span};

/// A listing that no client takes in: longer than its longest answer.
const HUGE: usize = 30;
const HUGE_NAME: usize = 4070;

type Plot = fn(&mut Trial);

fn plots(trial: &Trial) -> Vec<Plot> {
    let hazards = &trial.plan.hazards;
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
pub(crate) fn begin(trial: &mut Trial) {
    slow_down(trial);
    if let Some(per_mille) = trial.plan.hazards.refusals {
        for server in 0..trial.plan.servers() {
            trial
                .world
                .ensemble
                .set_refusals(server, per_mille, CODES.to_vec());
        }
    }
}

/// What stays so until the end, and is to be borne.
fn slow_down(trial: &mut Trial) {
    if let Some(part) = trial.plan.hazards.slow {
        // A lease that is proved anew takes five answers, R where the tick is untold, and what there
        // is between: with less than that to spare nobody leads, as `lease.rs` says.
        let timeout = trial.plan.shortest();
        let room = (timeout * 9 / 10).saturating_sub(timeout / 4 + 800 * MS);
        let most = span((timeout * part / 1000).min(room / 5));
        for server in 0..trial.plan.servers() {
            trial.world.ensemble.set_slowness(server, most, most);
        }
    }
}

pub(crate) fn is_due(trial: &mut Trial) -> bool {
    !plots(trial).is_empty() && trial.world.more.u8(0..6) == 0
}

pub(crate) fn any(trial: &mut Trial) {
    let found = plots(trial);
    let plot = trial.world.more.usize(0..found.len());
    found[plot](trial);
}

/// Ends what hazards have begun, as far as a plot needs that.
pub(crate) fn heal(trial: &mut Trial) {
    unlock(trial);
    for node in 0..trial.plan.nodes.len() {
        trial.set_mood(node, Mood::Works);
    }
}

/// Ends what hazards have begun, as far as it can end.
pub(crate) fn end(trial: &mut Trial) {
    heal(trial);
    if trial.plan.hazards.slow.is_some() {
        // Late answers are borne up to a point, and slow links come on top of slow servers.
        trial.world.set_links(&LinkOptions::default());
    }
    slow_down(trial);
    for server in 0..trial.plan.servers() {
        trial.world.ensemble.set_refusals(server, 0, Vec::new());
    }
}

// ---- ACLs ----

/// An administrator takes the permission to read a member from everybody, most often that of who
/// leads; then its owner may leave or die.
fn lock_readers_out(trial: &mut Trial) {
    let group = trial.world.more.usize(0..trial.plan.groups.len());
    let path = trial.plan.groups[group].clone();
    let mut names = trial.world.ensemble.children(&path).unwrap_or_default();
    let token = |w: &Trial, name: &String| {
        let node = w.world.ensemble.node(&path::child(&path, name));
        node.map_or(i64::MAX, |(_, stat)| stat.czxid)
    };
    names.sort_by_key(|name| token(trial, name));
    let at = match trial.world.more.u8(0..3) {
        0 => trial.world.more.usize(0..names.len().max(1)),
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
    if trial
        .world
        .ensemble
        .set_acl(&locked, &[nobody], span(trial.world.now))
        .is_err()
    {
        return;
    }
    trial.judge.marks.hit("readers-locked-out");
    trial
        .world
        .note(|| format!("nobody may read {locked} any more"));
    trial.locked.push(locked.clone());
    let length = trial.world.more.u64(0..trial.plan.timeout());
    trial.run(length);
    let owns = |w: &Trial, id: &usize| {
        let user = w.judge.user(*id);
        let mut all = user.iter().flat_map(|u| u.candidates.values());
        all.any(|c| c.member.as_ref().is_some_and(|m| m.path == locked))
    };
    let owner = (0..trial.plan.nodes.len()).find(|id| owns(trial, id));
    if let Some(owner) = owner {
        match trial.world.more.u8(0..4) {
            0 => acts::withdraw(trial, owner),
            1 => trial.kill(owner, true),
            2 => trial.reset(owner),
            _ => {}
        }
    }
}

/// Whoever may not read a member may again. What a leader of the ensemble takes up that is about to be
/// deposed is lost, so it is done again each second until there is no such member.
pub(crate) fn unlock(trial: &mut Trial) {
    if trial.locked.is_empty() || trial.unlocked + SECOND > trial.world.now {
        return;
    }
    trial.unlocked = trial.world.now;
    for path in std::mem::take(&mut trial.locked) {
        let open = Acl::open();
        let set = trial
            .world
            .ensemble
            .set_acl(&path, &open, span(trial.world.now));
        if set != Err(ServerError::NoNode) {
            trial.locked.push(path);
        }
    }
    trial.collect();
}

// ---- refusals ----

/// What servers answer that did nothing: throttled, connection loss, timeout, system error,
/// inconsistency, marshalling.
const CODES: [i32; 6] = [-127, -4, -7, -1, -2, -5];

/// The next requests of somebody are refused.
fn refuse(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    let Some((conn, _)) = trial.world.remote(node) else {
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
    let op = ops[trial.world.more.usize(0..ops.len())];
    let code = match trial.world.more.u8(0..2) {
        0 => CODES[0],
        _ => CODES[trial.world.more.usize(0..CODES.len())],
    };
    let times = trial.world.more.u32(1..4);
    if trial.world.ensemble.refuse_next(conn, op, code, times) {
        trial.judge.marks.hit("refused-for-now");
        trial
            .world
            .note(|| format!("{times} requests {op:?} of client {node} get {code}"));
    }
    match trial.world.more.u8(0..4) {
        0 => acts::withdraw(trial, node),
        1 => acts::stand(trial, node),
        _ => {}
    }
}

/// A server takes up what it is asked late, by up to a good part of T.
fn slow_server(trial: &mut Trial) {
    let server = trial.world.more.usize(0..trial.plan.servers());
    let most = trial.world.more.u64(0..=trial.plan.shortest() / 3);
    trial.judge.marks.hit("server-slow");
    trial
        .world
        .note(|| format!("server {server} is slow, by up to {} ms", most / MS));
    let span = span(most);
    trial.world.ensemble.set_slowness(server, span / 4, span);
    let length = trial.world.more.u64(0..2 * trial.plan.timeout());
    trial.run(length);
    slow_down(trial);
}

// ---- names ----

/// A machine's resolver hangs, fails, or comes to.
fn change_moods(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    let moods = [Mood::Works, Mood::Hangs, Mood::Fails, Mood::Empty];
    let mood = moods[trial.world.more.usize(0..moods.len())];
    if mood == Mood::Hangs && trial.plan.nodes[node].naming.is_some() {
        trial.judge.marks.hit("resolver-hangs");
    }
    trial.set_mood(node, mood);
    if trial.world.more.bool() {
        trial.reset(node);
    }
}

fn move_a_server(trial: &mut Trial) {
    let server = trial.world.more.usize(0..trial.plan.servers());
    trial.move_server(server);
}

fn reset_somebody(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    trial.reset(node);
}

// ---- unequal session timeouts ----

/// Somebody goes from a generous server to a meagre one and back, and is silent then.
fn less_and_more(trial: &mut Trial) {
    calm(trial);
    let Some((node, _)) = trial.somebody_who_leads() else {
        return;
    };
    let listed = trial.plan.nodes[node].servers.clone();
    let (meagre, generous): (Vec<usize>, Vec<usize>) = listed.iter().partition(|s| **s % 2 == 1);
    if meagre.is_empty() || generous.is_empty() {
        return;
    }
    let patience = trial.plan.timeout();
    for servers in [&generous, &meagre, &generous] {
        let server = servers[trial.world.more.usize(0..servers.len())];
        turn_to(trial, node, server);
        let there = move |w: &Trial| {
            let user = w.judge.user(node);
            user.is_some_and(|u| u.attached && u.server == Some(server))
        };
        trial.run_until(patience, there);
        let length = around(trial, node, 0, 40);
        trial.run(length);
    }
    trial.judge.marks.hit("granted-less-and-more");
    acts::cut_client(trial, node);
    let length = around(trial, node, 50, 130);
    trial.run(length);
    trial.world.heal_client(node, true);
}

/// A client's connection ends, and this server is the only one that it can reach now.
fn turn_to(trial: &mut Trial, node: usize, server: usize) {
    trial.world.heal_client(node, true);
    let others = (0..trial.plan.servers()).filter(|other| *other != server);
    for other in others.clone() {
        trial.world.cut(node, other, Way::Up);
    }
    trial.reset(node);
    trial.run(10 * MS);
    for other in others {
        trial.world.cut(node, other, Way::Down);
    }
}

// ---- much at once ----

/// Who looks at the group of this hazard and stands nowhere.
fn clerk(trial: &Trial) -> usize {
    trial.plan.nodes.len() - 1
}

fn bulk_group(trial: &Trial) -> usize {
    trial.plan.groups.len() - 1
}

/// The best that links and servers can be.
fn still(trial: &mut Trial, node: usize) -> bool {
    calm(trial);
    // What was to be lost or refused on its connection goes with that.
    trial.world.hosts[node].trap = None;
    trial.reset(node);
    heal(trial);
    for server in 0..trial.plan.servers() {
        trial.world.ensemble.set_refusals(server, 0, Vec::new());
        trial
            .world
            .ensemble
            .set_slowness(server, Duration::ZERO, Duration::ZERO);
    }
    trial.world.set_links(&LinkOptions::default());
    trial.world.ensemble.set_ping_lateness(Duration::ZERO);
    trial.world.set_quality(node, Quality::GOOD);
    let attached = move |w: &Trial| {
        let user = w.judge.user(node);
        user.is_some_and(|u| u.attached && !u.closing)
    };
    let patience = trial.plan.timeout();
    let there = trial.run_until(patience, attached);
    trial.run(patience / 2);
    there && attached(trial)
}

/// Ends what `still` began.
fn stir(trial: &mut Trial, node: usize) {
    let (links, quality) = (trial.plan.links.clone(), trial.plan.nodes[node].quality);
    trial.world.set_links(&links);
    trial.world.set_quality(node, quality);
    trial
        .world
        .ensemble
        .set_ping_lateness(span(trial.plan.lateness));
    begin(trial);
}

fn suspensions(trial: &Trial, node: usize) -> u64 {
    let user = trial.judge.user(node);
    user.map_or(0, |user| user.counts.suspended)
}

/// Children of the group that are no members, with names of this length.
fn long_names(trial: &mut Trial, count: usize, length: usize) -> bool {
    let group = trial.plan.groups[bulk_group(trial)].clone();
    ensure(trial, &group);
    for n in 0..count {
        let name = path::child(&group, &format!("{}{n}", "x".repeat(length)));
        if trial
            .world
            .ensemble
            .create(&name, b"", span(trial.world.now))
            .is_err()
        {
            return false;
        }
        trial.judge.strangers.push(name);
    }
    trial
        .world
        .note(|| format!("somebody creates {count} names of {length} bytes in {group}"));
    trial.run(50 * MS);
    true
}

fn ensure(trial: &mut Trial, group: &str) {
    for path in ["/app", group] {
        if trial.world.ensemble.node(path).is_none() {
            let _ = trial
                .world
                .ensemble
                .create(path, b"", span(trial.world.now));
            trial.run(50 * MS);
        }
    }
}

/// Somebody who leads asks for a listing that is too long to be taken in.
fn huge_listing(trial: &mut Trial) {
    let Some(node) = leader(trial) else {
        return;
    };
    if !still(trial, node) || !long_names(trial, HUGE, HUGE_NAME) {
        acts::remove_strangers(trial);
        return stir(trial, node);
    }
    let (before, group) = (suspensions(trial, node), bulk_group(trial));
    trial.judge.marks.hit("huge-listing");
    let handle = trial.open(node, group);
    trial.call(node, What::Ask, |call| Command::Members { handle, call });
    let length = timeout(trial, node) / 2;
    trial.run(length);
    if suspensions(trial, node) > before {
        trial.world.fail(format!(
            "client {node} lost its connection to a listing that is too long"
        ));
    }
    acts::remove_strangers(trial);
    trial.run(50 * MS);
    stir(trial, node);
}

/// A listing takes longer to arrive than an answer may take.
fn slow_listing(trial: &mut Trial) {
    let node = clerk(trial);
    if !still(trial, node) {
        return stir(trial, node);
    }
    let timeout = timeout(trial, node);
    // 60 kB in 0.36 T, for all that list at the same time: two rounds of them are waited for.
    let (count, length) = (20, 3000);
    let user = trial.judge.user(node);
    let listers = user.map_or(1, |u| {
        u.detectors.len() + u.groups.len() + u.candidates.len()
    });
    narrow(
        trial,
        node,
        60_000 * listers.max(1) as u64,
        timeout * 36 / 100,
    );
    let before = suspensions(trial, node);
    trial.judge.marks.hit("slow-listing");
    if long_names(trial, count, length) {
        trial.run(timeout * 3);
        if suspensions(trial, node) > before {
            trial.world.fail(format!(
                "client {node} gave a connection up on which an answer was arriving"
            ));
        }
    }
    acts::remove_strangers(trial);
    trial.run(50 * MS);
    stir(trial, node);
}

/// Whatever a server sends to this client passes at the pace of so many bytes in this time.
fn narrow(trial: &mut Trial, node: usize, bytes: u64, within: Nanos) {
    let rate = bytes * SECOND / within.max(1);
    trial.world.set_quality(
        node,
        Quality {
            rate,
            ..Quality::GOOD
        },
    );
}

/// Somebody who leads counts hundreds of members over a narrow link: its proofs must not wait for
/// that.
fn bulk_reads(trial: &mut Trial) {
    let Some(node) = leader(trial) else {
        return;
    };
    if !still(trial, node) {
        return stir(trial, node);
    }
    let count = trial.world.more.u64(250..400);
    let group = bulk_group(trial);
    let Some(session) = gather(trial, group, count) else {
        return stir(trial, node);
    };
    let timeout = timeout(trial, node);
    trial.run(timeout / 4);
    // A proof waits for 64 small answers; a lease that has no more to spare than that is not meant.
    let ample = |until: Nanos| until > trial.world.now + timeout * 2 / 5;
    let user = trial.judge.user(node);
    let leads = user.is_some_and(|user| {
        let mut held = user.candidates.values().filter_map(|c| c.held);
        held.any(|held| ample(held.until))
    });
    narrow(trial, node, count * 100, timeout * 35 / 100);
    let before = suspensions(trial, node);
    trial.judge.marks.hit("bulk-reads");
    let handle = trial.open(node, group);
    for _ in 0..2 {
        trial.call(node, What::Ask, |call| Command::Members { handle, call });
    }
    trial.run(timeout / 2);
    if suspensions(trial, node) > before || leads && !trial.leads_any(node) {
        trial.world.fail(format!(
            "client {node} lost its connection or its lead to its own questions"
        ));
    }
    stir(trial, node);
    disperse(trial, session);
}

/// Hundreds of members stand in some group for a while, and go together; whoever stands behind them
/// knows the nearest of them only.
fn crowd(trial: &mut Trial) {
    let group = trial.world.more.usize(0..trial.plan.groups.len());
    let stands = |id: &usize| trial.plan.nodes[*id].contends.contains(&group);
    let all: Vec<usize> = (0..trial.plan.nodes.len()).filter(stands).collect();
    let node = all
        .get(trial.world.more.usize(0..all.len().max(1)))
        .copied();
    if let Some(node) = node {
        acts::withdraw(trial, node);
    }
    let (first, second) = (trial.world.more.u64(3..40), trial.world.more.u64(14..80));
    let older = gather(trial, group, first);
    let younger = gather(trial, group, second);
    trial.judge.marks.hit("crowd");
    if let Some(node) = node {
        acts::stand(trial, node);
    }
    let length = trial.world.more.u64(200 * MS..trial.plan.timeout() / 2);
    trial.run(length);
    if let (Some(session), true) = (younger, second < 40) {
        one_by_one(trial, group, session);
    }
    for session in younger.into_iter().chain(older) {
        disperse(trial, session);
        let length = trial.world.more.u64(0..500 * MS);
        trial.run(length);
    }
}

/// The members of a session are deleted, the newest first: whoever stands behind them sees each of
/// them go.
fn one_by_one(trial: &mut Trial, group: usize, session: i64) {
    let group = trial.plan.groups[group].clone();
    let names = trial.world.ensemble.children(&group).unwrap_or_default();
    let mut members: Vec<(i64, String)> = names
        .iter()
        .map(|name| path::child(&group, name))
        .filter_map(|path| {
            let (_, stat) = trial.world.ensemble.node(&path)?;
            (stat.ephemeral_owner == session).then_some((stat.czxid, path))
        })
        .collect();
    members.sort();
    let patience = trial.world.more.u64(5 * MS..30 * MS);
    for (_, path) in members.iter().rev() {
        let _ = trial.world.ensemble.delete(path, span(trial.world.now));
        trial.collect();
        trial.run(patience);
    }
}

/// Members of a session that belongs to nobody here.
fn gather(trial: &mut Trial, group: usize, count: u64) -> Option<i64> {
    let path = trial.plan.groups[group].clone();
    ensure(trial, &path);
    let serves = |s: &usize| trial.world.ensemble.serves(*s) && !trial.world.ensemble.is_paused(*s);
    let servers: Vec<usize> = (0..trial.plan.servers()).filter(serves).collect();
    let server = servers.first().copied()?;
    let conn: ConnId = trial.world.ensemble.accept(server, span(trial.world.now))?;
    let mut bytes = Vec::new();
    let timeout_ms = i32::try_from(trial.plan.timeout() / MS).unwrap_or(i32::MAX);
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
    trial
        .world
        .note(|| format!("{count} members join {path} at server {server}"));
    let present = trial
        .world
        .ensemble
        .children(&path)
        .map_or(0, |c| c.len() as u64);
    trial.judge.crowd = trial.judge.crowd.max(present + count);
    // Questions that are under way find them, too.
    for account in &mut trial.judge.accounts {
        if let Some(user) = &mut account.user {
            user.requests.grant(2 * count * user.calls.len() as u64);
        }
    }
    trial
        .world
        .ensemble
        .receive(conn, &bytes, span(trial.world.now));
    trial.collect();
    trial.run(200 * MS);
    trial.world.ensemble.session_of(conn)
}

fn disperse(trial: &mut Trial, session: i64) {
    trial
        .world
        .note(|| format!("session {session:#x} ends with all its members"));
    trial.world.ensemble.expire(session, span(trial.world.now));
    trial.collect();
}

/// Somebody who leads by what it has proved.
fn leader(trial: &mut Trial) -> Option<usize> {
    calm(trial);
    let leaders = trial.judge.proven(&trial.world);
    let at = trial.world.more.usize(0..leaders.len().max(1));
    leaders.get(at).copied()
}

/// How much longer than without hazards it may take until all is in order.
pub(crate) fn grace(trial: &Trial) -> Nanos {
    let named = trial.plan.nodes.iter().filter_map(|node| {
        let naming = node.naming?;
        let dials = u64::from(naming.dead) * node.servers.len() as u64;
        let dial = nanos(node.timeout) / 4 + 200 * MS;
        // One answer that was under way, one of each name, what is dead; and a pause before each.
        Some(3 * (naming.resolver.most + SECOND) + 2 * dials * dial)
    });
    // Everything takes some twenty round trips, and many questions share a window of 64.
    let slow = trial.plan.hazards.slow.unwrap_or(0) * trial.plan.shortest() / 1000 * 60;
    // A watch that is silent because its znode may not be read is made up for by a look in its turn:
    // contenders and all others in turn, one in T/3, and one in four is at the own znode.
    let turns = trial.plan.nodes.iter().map(|plan| {
        let others = plan.detects.len() + plan.watches.len() + 2 * plan.joins.len();
        2 * plan.contends.len().max(others) as u64 * trial.plan.timeout() / 3 * 4 / 3
    });
    let turns = if trial.plan.hazards.acls {
        turns.max().unwrap_or(0)
    } else {
        0
    };
    named.max().unwrap_or(0) + slow + turns
}
