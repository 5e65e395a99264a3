//! The name server, with the system's own resolver in a process that sees its file.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use tenure_field::dns::Answer;
use tenure_field::process::Options;
use tenure_field::{Dns, Lab, Process};

const LONG: Duration = Duration::from_secs(20);
const NAME: &str = "some.test";

/// The result of `getent` for the name: its exit code and the first word of each line.
fn look_up(lab: &Lab, dns: &Dns) -> (Option<i32>, Vec<String>) {
    let options = Options {
        netns: Some(lab.host("a").netns().clone()),
        binds: vec![dns.bind()],
        ..Options::default()
    };
    let process = Process::spawn_with(Path::new("getent"), ["ahostsv4", NAME], options);
    let code = process.wait_exit(LONG).code();
    let lines = process.lines().into_iter().map(|line| line.text);
    let mut addresses: Vec<String> = lines
        .filter(|line| line.contains("STREAM"))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    addresses.sort();
    (code, addresses)
}

#[test]
fn it_says_what_it_was_told() {
    let Ok(lab) = Lab::new().inspect_err(|why| eprintln!("skipped: {why}")) else {
        return;
    };
    let at = lab.server_addr();
    let dns = lab
        .servers()
        .enter(|| Dns::start_on(at, "timeout:1 attempts:1"));
    let own = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let none = (Some(2), vec![]);
    assert_eq!(look_up(&lab, &dns), none);
    let addresses = [Ipv4Addr::new(10, 9, 8, 7), Ipv4Addr::new(10, 9, 8, 6)];
    dns.set(NAME, Answer::Addresses(addresses.to_vec()));
    let both = vec!["10.9.8.6".to_owned(), "10.9.8.7".to_owned()];
    assert_eq!(look_up(&lab, &dns), (Some(0), both));
    for answer in [Answer::Failure, Answer::Silence, Answer::NoSuchName] {
        let before = dns.questions(NAME);
        dns.set(NAME, answer);
        assert_eq!(look_up(&lab, &dns), none);
        assert!(dns.questions(NAME) > before);
    }
    // The mount was the children's alone.
    let now = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    assert_eq!(now, own);
}
