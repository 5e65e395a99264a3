//! A lease is at stake: a part between a leader and the quorum fails at a bad moment.

use super::tools::{after_proof, around, only, proof_sent, relay, timeout};
use crate::acts;
use crate::trial::Trial;
use tenure_worlds::{MS, Trap, Way};

pub(super) fn cut_after_proof(trial: &mut Trial) {
    let Some((node, server)) = trial.a_leader() else {
        return;
    };
    after_proof(trial, node);
    trial.judge.marks.hit("cut-after-proof");
    match trial.world.dice.u8(0..3) {
        0 => {
            let way = acts::either(trial);
            trial.world.cut(node, server, way);
        }
        _ => acts::cut_client(trial, node),
    }
    let length = around(trial, node, 20, 170);
    trial.run(length);
    let prompt = trial.world.dice.bool();
    trial.world.heal_client(node, prompt);
}

/// The follower continues to answer its client, and is cut off from the other servers.
pub(super) fn cut_follower_off(trial: &mut Trial) {
    let Some((node, server)) = trial.a_leader() else {
        return;
    };
    let Some(leader) = trial
        .world
        .ensemble
        .leader()
        .filter(|leader| *leader != server)
    else {
        return depose_with_client(trial);
    };
    if trial.world.dice.bool() {
        only(trial, node, server);
    }
    match trial.world.dice.u8(0..3) {
        0 => after_proof(trial, node),
        1 => proof_sent(trial, node),
        _ => {}
    }
    let token = trial.leads_any(node);
    trial.judge.marks.hit("follower-cut-off-while-leading");
    if trial.world.dice.bool() {
        acts::cut_servers(trial, server, leader);
    } else {
        acts::isolate(trial, server);
    }
    let length = around(trial, node, 50, 200);
    let answered = trial.judge.user(node).map(|u| u.received);
    trial.run(length);
    let user = trial.judge.user(node);
    let received = user.map(|u| u.received) > answered;
    if token && received && !trial.leads_any(node) && user.is_some_and(|u| u.server == Some(server))
    {
        trial.judge.marks.hit("follower-kept-answering-past-lease");
    }
    acts::heal_servers(trial);
    trial.world.heal_client(node, false);
}

/// ZooKeeper's leader stops between a proof's arrival and its commit, for about T, and then handles
/// the messages that have arrived meanwhile in any order.
pub(super) fn pause_zookeeper_leader(trial: &mut Trial) {
    let (Some((node, server)), Some(leader)) = (trial.a_leader(), trial.world.ensemble.leader())
    else {
        return;
    };
    only(trial, node, server);
    let rounds = trial.world.dice.u8(1..4);
    for _ in 0..rounds {
        proof_sent(trial, node);
        let late = trial.world.dice.u64(0..4 * MS);
        trial.run(late);
        trial
            .judge
            .marks
            .hit("zookeeper-leader-paused-during-proof");
        acts::pause_server(trial, leader);
        let length = around(trial, node, 5, 120);
        trial.run(length);
        if trial.world.dice.u8(0..3) == 0 {
            trial.pause(node);
        }
        acts::resume_server(trial, leader);
        let length = trial.world.dice.u64(0..20 * MS);
        trial.run(length);
        if trial.world.dice.u8(0..3) == 0 {
            // None of the next proofs arrives.
            acts::cut_servers(trial, leader, server);
        }
    }
    let length = around(trial, node, 50, 150);
    trial.run(length);
    trial.resume(node);
    acts::heal_servers(trial);
    trial.world.heal_client(node, true);
}

/// The client's link stalls for about R, and then the follower is cut off: the requests from before
/// the stall arrived after it.
pub(super) fn stall_the_link(trial: &mut Trial) {
    let Some((node, server)) = trial.a_leader() else {
        return;
    };
    only(trial, node, server);
    let ways: &[Way] = match trial.world.dice.u8(0..3) {
        0 => &[Way::Up],
        1 => &[Way::Down],
        _ => &[Way::Up, Way::Down],
    };
    trial.judge.marks.hit("stall-of-r");
    let rounds = trial.world.dice.u8(1..4);
    for _ in 0..rounds {
        match trial.world.dice.u8(0..3) {
            0 => proof_sent(trial, node),
            1 => after_proof(trial, node),
            _ => {}
        }
        for way in ways {
            trial.world.cut(node, server, *way);
        }
        let relay = relay(trial, node);
        let length = match trial.world.dice.u8(0..4) {
            0 => relay,
            1 => relay + MS,
            2 => relay.saturating_sub(MS),
            _ => trial.world.dice.u64(relay / 2..=relay * 3 / 2),
        };
        // With more, the client would give the connection up.
        trial.run(length.min(timeout(trial, node) * 24 / 100));
        for way in ways {
            trial.world.heal(node, server, *way, true);
        }
    }
    if trial.world.dice.bool() {
        after_proof(trial, node);
    }
    let leader = trial.world.ensemble.leader();
    match leader {
        Some(leader) if leader != server => {
            if trial.world.dice.u8(0..3) == 0 {
                acts::pause_server(trial, leader);
                let length = around(trial, node, 30, 110);
                trial.run(length);
                acts::resume_server(trial, leader);
            } else {
                acts::cut_servers(trial, server, leader);
            }
        }
        _ => acts::cut_client(trial, node),
    }
    let length = around(trial, node, 60, 160);
    trial.run(length);
    acts::heal_servers(trial);
    trial.world.heal_client(node, false);
}

/// ZooKeeper's leader, together with the client that leads, is cut off from the majority.
pub(super) fn depose_with_client(trial: &mut Trial) {
    let (Some((node, server)), Some(leader)) = (trial.a_leader(), trial.world.ensemble.leader())
    else {
        return;
    };
    if trial.world.dice.bool() {
        only(trial, node, server);
    }
    if trial.world.dice.bool() {
        after_proof(trial, node);
    }
    acts::isolate(trial, leader);
    if trial.world.dice.u8(0..3) == 0 {
        let length = around(trial, node, 10, 60);
        trial.run(length);
        acts::heal_servers(trial);
    }
    let length = around(trial, node, 80, 250);
    trial.run(length);
    acts::heal_servers(trial);
    trial.world.heal_client(node, false);
}

/// The connection is lost, and the reply to the next handshake is lost with its connection, or just
/// late.
pub(super) fn reattach_in_the_dark(trial: &mut Trial) {
    let Some((node, server)) = trial.a_leader() else {
        return;
    };
    if trial.world.dice.bool() {
        // Through another server.
        trial.world.cut(node, server, Way::Up);
        trial.world.cut(node, server, Way::Down);
    }
    if trial.world.dice.bool() {
        trial.world.hosts[node].trap = Some(Trap::Handshake);
    } else {
        for server in 0..trial.plan.servers() {
            trial.world.cut(node, server, Way::Down);
        }
    }
    trial.reset(node);
    let length = around(trial, node, 5, 120);
    trial.run(length);
    let prompt = trial.world.dice.bool();
    trial.world.heal_client(node, prompt);
    let length = around(trial, node, 0, 60);
    trial.run(length);
    trial.world.hosts[node].trap = None;
}

/// The process that leads is stopped, sometimes for longer than its lease.
pub(super) fn stop_the_leader(trial: &mut Trial) {
    let Some((node, _)) = trial.a_leader() else {
        return;
    };
    match trial.world.dice.u8(0..3) {
        0 => after_proof(trial, node),
        1 => proof_sent(trial, node),
        _ => {}
    }
    let late = trial.world.dice.u64(0..3 * MS);
    trial.run(late);
    trial.pause(node);
    let length = around(trial, node, 30, 220);
    trial.run(length);
    trial.resume(node);
}
