//! One name for all servers of an ensemble.

use crate::{LIMIT, is, tool};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tenure_field::dns::Answer;
use tenure_field::ensemble::Options as EnsembleOptions;
use tenure_field::process::Options;
use tenure_field::{Apart, Dns, Process, Proxy, or_skip};

const NAME: &str = "zookeeper.test";
const PORT: u16 = 2181;
/// How many leaders, each in a group of its own, go through it at once.
const LEADERS: usize = 12;
const T: Duration = Duration::from_secs(4);

/// The server that the leaders use is a follower and is cut off from the others. The name has two
/// more addresses: the leaders try these servers, and keep their leaderships.
#[test]
fn f13_a_name_with_three_addresses_is_three_servers() {
    let options = EnsembleOptions {
        // The follower gives its leader up after 10 s.
        sync_limit: 20,
        ..EnsembleOptions::default()
    };
    let Some(apart) = or_skip(Apart::start(options)) else {
        return;
    };
    let follower = apart.ensemble.followers()[0];
    let host = apart.lab.host("a");
    // An address of the host itself for each server, all with the same port.
    let addresses: Vec<Ipv4Addr> = (1..=3).map(|n| Ipv4Addr::new(127, 0, 0, n)).collect();
    let (proxies, dns) = host.netns().enter(|| {
        let at = |ip: &Ipv4Addr| SocketAddr::new((*ip).into(), PORT);
        let pairs = addresses.iter().map(at).zip(apart.ensemble.addrs());
        let proxies: Vec<Proxy> = pairs.map(|(at, to)| Proxy::start_at(at, to)).collect();
        (
            proxies,
            Dns::start_on(Ipv4Addr::LOCALHOST.into(), "timeout:1"),
        )
    });
    dns.set(NAME, Answer::Addresses(addresses));
    for (index, proxy) in proxies.iter().enumerate() {
        proxy.refuse(index != follower);
    }
    let start = |n: usize| {
        let url = format!("zk://{NAME}:{PORT}/group-{n}");
        let options = Options {
            netns: Some(host.netns().clone()),
            binds: vec![dns.bind()],
            ..Options::default()
        };
        let tool = tool(T).with(options);
        tool.start("contend", &url, &[])
    };
    let leaders: Vec<Process> = (0..LEADERS).map(start).collect();
    let tokens: Vec<_> = leaders
        .iter()
        .map(|leader| leader.wait_for("leadership", LIMIT, is("leading"))["token"].clone())
        .collect();
    assert_eq!(proxies[follower].open_connections(), LEADERS);
    // A lease that has just begun is longer than those that follow.
    std::thread::sleep(T);
    for proxy in &proxies {
        proxy.refuse(false);
    }

    apart.cut_off(follower);
    for (leader, token) in leaders.iter().zip(tokens) {
        leader.wait_for("doubt", LIMIT, is("jeopardy"));
        let news = |line: &serde_json::Value| is("leading")(line) || is("lost")(line);
        let next = leader.wait_for("the end of the doubt", LIMIT, news);
        let all: Vec<String> = leader.lines().iter().map(|l| l.json.to_string()).collect();
        assert_eq!(next["event"], "leading", "{all:#?}");
        assert_eq!(next["token"], token);
    }
}
