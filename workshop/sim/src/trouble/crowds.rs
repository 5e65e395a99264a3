//! Hundreds of members.

use crate::acts;
use crate::trial::Trial;
use tenure::model::ConnId;
use tenure::proto::{Acl, ConnectRequest, CreateMode, Request, path};
use tenure_worlds::{MS, span};

/// Hundreds of members stand in some group for a while, and leave together; a member behind them
/// knows only the nearest of them.
pub(super) fn crowd(trial: &mut Trial) {
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

/// The members of a session are deleted, the newest first: a member behind them sees each of them
/// go.
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

/// Members of a session of its own, which belongs to no client of the world.
pub(super) fn gather(trial: &mut Trial, group: usize, count: u64) -> Option<i64> {
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

pub(super) fn disperse(trial: &mut Trial, session: i64) {
    trial
        .world
        .note(|| format!("session {session:#x} ends with all its members"));
    trial.world.ensemble.expire(session, span(trial.world.now));
    trial.collect();
}

/// Creates the path of the group where it is missing.
pub(super) fn ensure(trial: &mut Trial, group: &str) {
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
