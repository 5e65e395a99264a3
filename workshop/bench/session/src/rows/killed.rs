//! The server is killed, and started again or not.

use crate::client_process::{ClientProcess, now, seconds, span};
use crate::network::{any_phase, set_data, sleep_until};
use crate::{LIMIT, Network, Place, Run};
use std::time::Duration;
use tenure_field::{Proxy, raw, wait_until};

/// When the watched znodes change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// After the client has reconnected its session.
    AfterReconnect,
    /// While the server is back and the client is not.
    DuringTheCut,
}

/// Each kind of watch across a kill and a start after a second, for a session with this timeout.
#[must_use]
#[track_caller]
pub fn watches(network: &Network, timeout: Duration, change: Change) -> Run {
    let place = network.place();
    let mut launcher = network.launcher().clone();
    launcher.timeout = timeout;
    let proxy = place
        .host
        .netns()
        .enter(|| Proxy::start(network.server().addr()));
    let client = ClientProcess::start(&launcher, &proxy.url(&place.path), Some(place.host.netns()));
    let start = now();
    client.command("open");
    client.session(start, "connected");
    client.join("one");
    let mut watched = Watched::set_up(network, &place, &client);
    any_phase();

    proxy.refuse(change == Change::DuringTheCut);
    // Read before: the client may notice before the kill has returned.
    let cut = now();
    network.server().kill();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    sleep_until(cut, 1.0);
    network.server().restart();
    let ready = now();
    watched.come_back(network);
    if change == Change::DuringTheCut {
        watched.change();
        proxy.refuse(false);
    }
    run.note("connected again", client.session(cut, "connected"));
    run.note("after ready", run.at("connected again") - span(cut, ready));
    let kept = client.session_if(cut, "expired").is_none();
    run.note("kept", f64::from(u8::from(kept)));
    if !kept {
        // The machine is too slow; the znodes of the session have been replaced.
        return run;
    }
    let changed = if change == Change::AfterReconnect {
        watched.wait_armed(&client, cut);
        watched.change()
    } else {
        cut
    };
    watched.note_events(&client, changed, &mut run);
    run
}

/// A leader for a detector, a group for a view, a contender to be evicted and one to succeed it.
struct Watched {
    other: raw::Session,
    leader: String,
    member: String,
    predecessor: String,
    own: String,
}

impl Watched {
    fn set_up(network: &Network, place: &Place, client: &ClientProcess) -> Self {
        let mut other = network.other_session();
        let mut stand = |group: &str| {
            let group = format!("{}-{group}", place.path);
            other.create(&group, b"", 0).expect("healthy");
            let reply = other
                .create(&format!("{group}/"), b"before", 3)
                .expect("healthy");
            let mut fields = tenure_field::wire::Fields::new(&reply.body);
            String::from_utf8(fields.buffer().expect("a path").to_vec()).expect("text")
        };
        let (leader, member, predecessor) = (stand("d"), stand("g"), stand("c"));
        client.command(&format!("detect {}-d", place.path));
        client.wait(0, "leader", |line| {
            line["what"] == "detector" && line["more"] == "before"
        });
        client.command(&format!("watch {}-g", place.path));
        client.wait(0, "member", |line| {
            line["what"] == "group" && line["more"] == 1
        });
        client.command(&format!("contend heir {}-c", place.path));
        client.contender(0, "heir", "standby");
        client.command(&format!("contend victim {}-c", place.path));
        let victim = client.contender(0, "victim", "standby");
        Self {
            other,
            leader,
            member,
            predecessor,
            own: victim["more"].as_str().expect("a path").to_owned(),
        }
    }

    /// Attaches the other session again, to the restarted server.
    fn come_back(&mut self, network: &Network) {
        let (id, password) = (self.other.id, self.other.password.clone());
        let attach = || {
            raw::Session::attach(
                network.server().addr(),
                id,
                &password,
                Duration::from_secs(10),
            )
        };
        let back = network.near_server(attach).expect("a healthy server");
        self.other = back.expect("ten seconds are not over");
    }

    /// Waits until the client has read everything again; its own requests are answered in order.
    fn wait_armed(&mut self, client: &ClientProcess, cut: u64) {
        wait_until("the client is back", LIMIT, || {
            client.session_if(cut, "connected").map(drop)
        });
        for round in 0..3 {
            let id = format!("armed-{round}-{cut}");
            client.command(&format!("members {id} 0"));
            client.answer(&id);
        }
    }

    fn change(&mut self) -> u64 {
        let changed = now();
        let ok = set_data(&mut self.other, &self.leader, b"after").expect("healthy");
        assert_eq!(ok, 0);
        for path in [&self.member, &self.own, &self.predecessor] {
            let deleted = self.other.delete(path).expect("a healthy server");
            assert_eq!(deleted.error, 0, "{path}");
        }
        changed
    }

    fn note_events(&self, client: &ClientProcess, since: u64, run: &mut Run) {
        let leader = client.wait(since, "new data", |line| {
            line["what"] == "detector" && line["more"] == "after"
        });
        let group = client.wait(since, "an empty group", |line| {
            line["what"] == "group" && line["more"] == 0
        });
        let victim = client.contender(since, "victim", "lost");
        let heir = client.contender(since, "heir", "leading");
        assert_eq!(victim["more"], "Evicted");
        for (name, line) in [
            ("data watch", leader),
            ("children watch", group),
            ("own watch", victim),
            ("predecessor watch", heir),
        ] {
            run.note(name, seconds(since, &line));
        }
    }
}

/// A server that is down for `down` seconds: the cost, and the time until the client is connected.
#[must_use]
#[track_caller]
pub fn down(network: &Network, down: f64) -> Run {
    let place = network.place();
    let client = network.client(&place);
    client.join("one");
    let before = client.usage();
    // Read before: the client may notice before the kill has returned.
    let cut = now();
    network.server().kill();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    sleep_until(cut, down);
    let after = client.usage();
    run.note("connects", after.connects - before.connects);
    run.note("cpu", after.cpu - before.cpu);
    network.server().restart();
    let ready = now();
    let connected = client.session(cut, "connected");
    run.note("after ready", (connected - span(cut, ready)).max(0.0));
    run
}
