//! Failures of other libraries in which two led at once.

use crate::{
    LIMIT, SHORT, T, close, contend, expire, fresh_path, leading, loss, observe, open, open_for,
    session_of, shared, shut, standing_by, token_of, until, wait_children,
};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tenure::{Contender, ContenderEvent, ContenderOptions, LostReason};
use tenure_field::ensemble::Options;
use tenure_field::proxy::Cut;
use tenure_field::tool::{Tool, is, token};
use tenure_field::{Apart, Proxy, boottime, or_skip, raw, wait_until};

/// Runs `act` while a thread checks repeatedly that no two of `group` lead at once.
#[track_caller]
fn with_one_leader_at_most<R>(group: &[Contender], act: impl FnOnce() -> R) -> R {
    /// Also set when `act` panics.
    struct Tell<'a>(&'a AtomicBool);
    impl Drop for Tell<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let done = AtomicBool::new(false);
    let leads = |contender: &Contender| contender.leadership().map(|lead| lead.token());
    let look = || {
        while !done.load(Ordering::Relaxed) {
            for (n, one) in group.iter().enumerate() {
                // It led before and after another one was seen to lead: both led at once.
                let Some(token) = leads(one) else { continue };
                let others = group.iter().enumerate().filter(|(other, _)| *other != n);
                let also: Vec<u64> = others.filter_map(|(_, other)| leads(other)).collect();
                assert!(
                    also.is_empty() || leads(one) != Some(token),
                    "{token} led beside {also:?}"
                );
            }
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        let looking = scope.spawn(look);
        let tell = Tell(&done);
        let result = act();
        drop(tell);
        looking
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        result
    })
}

/// CURATOR-696.
#[test]
fn a1_znode_of_the_own_old_session_is_not_claimed() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = observe();
    let client = open(&proxy.url(&path));
    let options = ContenderOptions::new(&path).label("c").data("me");
    let contender = client.contend(options).unwrap();
    let token = token_of(&contender);
    let session = session_of(&client);
    let name = wait_children(&observer, &path, 1).remove(0);
    // Its session ends while it is cut off. A stranger's znode stands for one that the server has
    // not removed yet: the same payload, older than any that the contender will have.
    shut(&proxy);
    expire(session);
    wait_children(&observer, &path, 0);
    let mut ghost = raw::Session::open(shared().addr(), LIMIT).unwrap();
    let ephemeral = 1;
    let made = ghost.create(&format!("{path}/{name}"), b"me", ephemeral);
    assert_eq!(made.unwrap().error, 0);
    proxy.refuse(false);
    assert_eq!(loss(&contender), LostReason::SessionExpired);
    until(contender.events(), standing_by);
    assert_ne!(session_of(&client), session);
    assert!(!contender.is_leading());
    wait_children(&observer, &path, 2);
    ghost.close().unwrap();
    let second = token_of(&contender);
    assert!(second > token);
    let name = wait_children(&observer, &path, 1).remove(0);
    let stat = observer.stat(&format!("{path}/{name}")).unwrap();
    assert_eq!(u64::try_from(stat.czxid).unwrap(), second);
    close([client]);
}

/// CURATOR-653.
#[test]
fn a2_two_that_reconnect_and_reset_at_once_never_lead_together() {
    let path = fresh_path();
    let proxies = [0, 1].map(|_| Proxy::start(shared().addr()));
    let clients = [0, 1].map(|n: usize| open_for(&proxies[n].url(&path), SHORT));
    let contenders = [0, 1].map(|n: usize| contend(&clients[n], &path, "x"));
    let mut sessions = [0, 1].map(|n: usize| session_of(&clients[n]));
    let observer = observe();
    let one_leads = |least: u64| {
        wait_until("one to lead", LIMIT, || {
            let leading = contenders.iter().filter_map(Contender::leadership);
            let tokens: Vec<u64> = leading.map(|lead| lead.token()).collect();
            (tokens.len() == 1 && tokens[0] >= least).then(|| tokens[0])
        })
    };
    with_one_leader_at_most(&contenders, || {
        let mut token = one_leads(0);
        for round in 0..12 {
            wait_children(&observer, &path, 2);
            for proxy in &proxies {
                proxy.refuse(true);
            }
            for proxy in &proxies {
                let how = if round % 2 == 0 { Cut::Reset } else { Cut::Fin };
                proxy.cut_connections(how);
            }
            // The session of neither ends, of one, of the other, of both. That of a leader does
            // not before its time.
            for (n, session) in sessions.iter().enumerate() {
                if round & (1 << n) != 0 {
                    wait_until("the lease to end", LIMIT, || {
                        (!contenders[n].is_leading()).then_some(())
                    });
                    expire(*session);
                }
            }
            for proxy in &proxies {
                proxy.refuse(false);
            }
            sessions = [0, 1].map(|n: usize| session_of(&clients[n]));
            token = one_leads(token);
        }
    });
    wait_children(&observer, &path, 2);
    close(clients);
}

/// CURATOR-460: whatever the session timeout, in a black hole the lease ends first.
#[test]
fn a4_in_a_black_hole_lost_comes_before_the_successor_leads() {
    std::thread::scope(|scope| {
        for seconds in [2, 4, 10] {
            scope.spawn(move || black_hole(Duration::from_secs(seconds)));
        }
    });
}

fn black_hole(timeout: Duration) {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let clients = [proxy.url(&path), shared().url(&path)].map(|url| open_for(&url, timeout));
    let first = contend(&clients[0], &path, "first");
    until(first.events(), leading);
    let second = contend(&clients[1], &path, "second");
    until(second.events(), standing_by);
    let contenders = [first, second];
    with_one_leader_at_most(&contenders, || {
        proxy.hold();
        let cut = boottime::now_ns();
        let told = until(contenders[0].events(), crate::lost);
        assert!(
            matches!(told.first(), Some(ContenderEvent::Jeopardy { .. })),
            "{told:?}"
        );
        let Some(ContenderEvent::Lost {
            led_until: Some(end),
            reason: LostReason::LeaseLapsed,
            ..
        }) = told.last()
        else {
            panic!("{told:?}");
        };
        // ZooKeeper may end the session a whole timeout after its last request.
        let led = Duration::from_nanos(end.as_nanos().saturating_sub(cut));
        assert!(led < timeout, "{led:?} of {timeout:?}");
        token_of(&contenders[1]);
        assert!(end.as_nanos() < boottime::now_ns());
    });
    proxy.release();
    drop(contenders);
    close(clients);
}

/// patroni#2957: the client stays attached to a ZooKeeper follower that the others have lost, and
/// that continues to answer pings.
#[test]
fn a5_attached_to_a_follower_that_is_cut_off_it_stops_before_the_successor_leads() {
    let options = Options {
        // The follower gives its leader up after 10 s.
        sync_limit: 20,
        ..Options::default()
    };
    let Some(apart) = or_skip(Apart::start(options)) else {
        return;
    };
    let (ensemble, lab) = (&apart.ensemble, &apart.lab);
    let (leader, follower) = (ensemble.leader(), ensemble.followers()[0]);
    let run = |host: &str, command: &str, server: usize| {
        let url = ensemble.url_of(server, "/group");
        let tool = Tool::new(tenure_field::built_tool(), T).on(lab.host(host).netns());
        tool.start(command, &url, &["--tick", "500ms"])
    };
    let a = run("a", "contend", follower);
    let first = a.wait_for("a leads", LIMIT, is("leading"));
    let b = run("b", "contend", leader);
    b.wait_for("b stands by", LIMIT, is("standby"));
    let addr = ensemble.server(follower).addr();
    let idle = || raw::Session::open(addr, Duration::from_secs(10));
    let mut idle = lab.host("c").netns().enter(idle).unwrap();
    apart.cut_off(follower);
    let second = b.wait_for("b leads", LIMIT, is("leading"));
    idle.ping().expect("the follower goes on answering pings");
    let lost = a.wait_for("a has lost", LIMIT, is("lost"));
    assert_eq!(lost["reason"], "lease_lapsed", "{lost}");
    let at = |line: &Value, clock: &str| line[clock].as_u64().unwrap();
    let end = at(&lost, "lease_end_boottime_ns");
    assert!(end < at(&second, "boottime_ns"), "{lost} {second}");
    assert!(token(&second) > token(&first));
    apart.heal(follower);
    a.wait_for("a stands by", LIMIT, is("standby"));
}
