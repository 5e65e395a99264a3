//! Names: of servers that move, names that do not exist for a while, and names without an answer.

use crate::client_process::ClientProcess;
use crate::{LIMIT, T, count, in_state, is, tool};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};
use tenure_field::dns::Answer;
use tenure_field::process::{Options, Stream};
use tenure_field::zookeeper::Config;
use tenure_field::{Dns, Host, Lab, Process, Signal, Zookeeper, or_skip, wait_until};

const NAME: &str = "zookeeper.test";
/// Two names without an answer.
const HANGING: [&str; 2] = ["hangs.test", "hangs-too.test"];
/// With these options of `resolv.conf`, the longest that it respects, the system's resolver waits
/// two and a half minutes for an answer: longer than any test.
const PATIENT: &str = "timeout:30 attempts:5";
/// The limit for an end on a busy machine; a look-up that hangs takes much longer.
const AT_ONCE: Duration = Duration::from_secs(5);

const OLD: Ipv4Addr = Ipv4Addr::new(10, 231, 0, 11);
const NEW: Ipv4Addr = Ipv4Addr::new(10, 231, 0, 12);

/// A server at any address of a lab, a name server, and a host that uses it.
struct NamedServer {
    host: Host,
    dns: Dns,
    server: Zookeeper,
    lab: Lab,
}

impl NamedServer {
    /// `None`, with a printed reason, where namespaces are not allowed.
    fn new(resolver_options: &str) -> Option<Self> {
        let lab = or_skip(Lab::new())?;
        let ask_at = lab.server_addr();
        let dns = lab
            .servers()
            .enter(|| Dns::start_on(ask_at, resolver_options));
        let server = Zookeeper::start_with(Config {
            netns: Some(lab.servers().clone()),
            bind: Ipv4Addr::UNSPECIFIED.into(),
            ..Config::default()
        });
        Some(Self {
            host: lab.host("a"),
            dns,
            server,
            lab,
        })
    }

    fn port(&self) -> u16 {
        self.server.addr().port()
    }

    fn options(&self) -> Options {
        Options {
            netns: Some(self.host.netns().clone()),
            binds: vec![self.dns.bind()],
            ..Options::default()
        }
    }

    /// The tool on the host.
    #[track_caller]
    fn run(&self, command: &str, servers: &str) -> Process {
        let url = format!("zk://{servers}/group");
        let tool = tool(T).with(self.options());
        tool.start(command, &url, &[])
    }
}

/// Whether a line reports that a name could not be looked up.
fn unresolved(line: &Value) -> bool {
    let message = line["message"].as_str().unwrap_or_default();
    line["event"] == "error" && message.contains("cannot look up") && message.contains(NAME)
}

#[track_caller]
fn ends_at_once(process: &Process) {
    let start = Instant::now();
    process.signal(Signal::Term);
    process.wait_exit(AT_ONCE);
    println!("ended {:?} after SIGTERM", start.elapsed());
}

#[test]
fn a_server_that_moves_is_found_again_in_the_same_session() {
    let Some(named) = NamedServer::new("timeout:1") else {
        return;
    };
    named.lab.add_server_addr(OLD);
    named.dns.set(NAME, Answer::Addresses(vec![OLD]));
    let servers = format!("{NAME}:{}", named.port());
    let leader = named.run("contend", &servers);
    let leading = leader.wait_for("leadership", LIMIT, is("leading"));
    let watcher = named.run("detect", &servers);
    watcher.wait_for("the leader", LIMIT, is("leader"));
    let both = [&leader, &watcher];
    // Events of a session and of a handle have no order among them, here and below.
    let sessions =
        both.map(|process| wait_until("a session", LIMIT, || process.find(in_state("connected"))));
    for process in both {
        process.drain();
    }

    let moved = Instant::now();
    named.dns.set(NAME, Answer::Addresses(vec![NEW]));
    named.lab.remove_server_addr(OLD);
    named.lab.add_server_addr(NEW);
    for (process, before) in both.into_iter().zip(&sessions) {
        let cut = process.peek("the loss", LIMIT, in_state("suspended"));
        assert!(
            cut["error"].as_str().unwrap().contains("10.231.0.11"),
            "{cut}"
        );
        let after = process.peek("the new address", LIMIT, in_state("connected"));
        assert_eq!(after["session"], before["session"]);
        println!("attached again after {:?}", moved.elapsed());
    }
    // Read after the leader was attached again, and found its znode.
    let again = leader.peek("leadership", LIMIT, is("leading"));
    assert_eq!(again["token"], leading["token"]);
    assert_eq!(count(&leader, is("lost")), 0);

    // The name servers lose the name, then fail, while the server restarts: its last known address
    // stays in use.
    for answer in [Answer::NoSuchName, Answer::Failure] {
        named.dns.set(NAME, answer);
        for process in both {
            process.drain();
        }
        // A server that is back at once is found before a look-up has failed.
        named.server.stop();
        for process in both {
            process.peek("a failed look-up", LIMIT, unresolved);
        }
        named.server.restart();
        for process in both {
            process.peek("a connection", LIMIT, in_state("connected"));
        }
    }
    leader.peek("leadership", LIMIT, is("leading"));
    wait_until("the leader is known", LIMIT, || {
        let said = |key: &str, process: &Process, event| {
            let mut lines = process.lines().into_iter().map(|line| line.json);
            lines.rfind(is(event)).map(|line| line[key].clone())
        };
        let known = said("token", &watcher, "leader");
        (known == said("token", &leader, "leading")).then_some(())
    });
    for process in both {
        ends_at_once(process);
    }
}

#[test]
fn a_name_that_nobody_knows_yet_is_waited_for() {
    let Some(named) = NamedServer::new("timeout:1") else {
        return;
    };
    let servers = format!("{NAME}:{}", named.port());
    for command in ["contend", "detect"] {
        let process = named.run(command, &servers);
        for _ in 0..3 {
            process.wait_for("a failed look-up", LIMIT, unresolved);
        }
        assert_eq!(process.exit_status(), None);
        ends_at_once(&process);
    }
    let patient = named.run("contend", &servers);
    patient.wait_for("a failed look-up", LIMIT, unresolved);
    named.lab.add_server_addr(NEW);
    named.dns.set(NAME, Answer::Addresses(vec![NEW]));
    patient.wait_for("leadership", LIMIT, is("leading"));
    ends_at_once(&patient);
}

#[test]
fn names_that_hang_keep_nobody_from_a_numeric_address() {
    let Some(named) = NamedServer::new(PATIENT) else {
        return;
    };
    let [one, other] = HANGING;
    for name in HANGING {
        named.dns.set(name, Answer::Silence);
    }
    let port = named.port();
    let good: IpAddr = named.lab.server_addr();
    let servers = format!("{one}:{port},{good}:{port},{other}:{port}");
    let process = named.run("detect", &servers);
    process.wait_for("an answer", LIMIT, is("none"));
    // Whichever came first then, the next round has passed the names without an answer.
    named.server.restart();
    process.wait_for("the loss", LIMIT, in_state("suspended"));
    process.wait_for("a connection", LIMIT, in_state("connected"));
    let asked = HANGING.map(|name| named.dns.questions(name));
    assert!(asked.iter().any(|times| *times > 0), "{asked:?}");

    // A client that has only such names reports it, and ends when it is asked to.
    let lost = named.run("contend", &format!("{one}:{port}"));
    lost.wait_for("an error", LIMIT, |line| {
        line["message"]
            .as_str()
            .is_some_and(|m| m.contains("takes too long"))
    });
    ends_at_once(&lost);
    ends_at_once(&process);
}

/// The first of two name servers is dead: the system's resolver gives it up after five seconds,
/// each time, and the answer of the other is later than any attempt to connect may take.
#[test]
fn b1_names_whose_look_up_takes_longer_than_any_attempt_are_found() {
    let Some(named) = NamedServer::new("") else {
        return;
    };
    named.lab.add_server_addr(OLD);
    let dead = named.lab.servers().enter(|| Dns::start_on(OLD.into(), ""));
    dead.set(NAME, Answer::Silence);
    named.lab.add_server_addr(NEW);
    named.dns.set(NAME, Answer::Addresses(vec![NEW]));
    let alive = named.lab.server_addr();
    let resolv_conf = format!("nameserver {OLD}\nnameserver {alive}\n");
    std::fs::write(named.dns.resolv_conf(), resolv_conf).unwrap();

    let start = Instant::now();
    let leader = named.run("contend", &format!("{NAME}:{}", named.port()));
    let leading = leader.wait_for("leadership", LIMIT, is("leading"));
    println!("leads after {:?}", start.elapsed());
    // The addresses stay in use: a client that comes back need not look them up first.
    let asked = dead.questions(NAME);
    assert!(asked > 0 && asked <= 8, "asked {asked} times");
    leader.drain();
    let restarted = Instant::now();
    named.server.restart();
    leader.peek("a connection", LIMIT, in_state("connected"));
    println!(
        "attached again {:?} after the order to restart",
        restarted.elapsed()
    );
    let again = leader.peek("leadership", LIMIT, is("leading"));
    if count(&leader, is("lost")) == 0 {
        assert_eq!(again["token"], leading["token"]);
    }
    ends_at_once(&leader);
}

#[test]
fn look_ups_that_hang_take_few_threads_and_no_leadership() {
    let Some(named) = NamedServer::new(PATIENT) else {
        return;
    };
    for name in HANGING {
        named.dns.set(name, Answer::Silence);
    }
    let port = named.port();
    let url = format!("zk://{}:{port}/group", named.lab.server_addr());
    let options = Options {
        events: Stream::Stderr,
        ..named.options()
    };
    let client = ClientProcess::start(&url, Duration::from_secs(2), options);
    let token = client.ask("lead")["token"].clone();
    let at_rest = client.process.threads();
    // Each of these gives way after half a second, and starts no other look-up while that one
    // hangs; later clients wait for the same answer.
    for name in HANGING.into_iter().cycle().take(20) {
        client.ask(&format!("open zk://{name}:{port}/group"));
    }
    let slow = |line: &Value| {
        let error = line["error"].as_str().unwrap_or_default();
        error.contains("takes too long")
    };
    let mut most = 0;
    for _ in 0..60 {
        client.process.wait_for("a slow look-up", LIMIT, slow);
        most = most.max(client.process.threads());
    }
    assert_eq!(most, at_rest + 2, "{at_rest} at rest");
    let asked = HANGING.map(|name| named.dns.questions(name));
    println!("questions for what hangs: {asked:?}");
    let answers = Answer::Addresses(vec![NEW]);
    named.dns.set(NAME, answers);
    client.ask(&format!("open zk://{NAME}:1/group"));
    client.process.wait_for("its address", LIMIT, |line| {
        line["error"]
            .as_str()
            .is_some_and(|e| e.contains("10.231.0.12:1"))
    });
    let state = client.ask("state");
    assert_eq!(state["token"], token, "{state}");
    assert_eq!(state["lost"], 0, "{state}");
    ends_at_once(&client.process);
}
