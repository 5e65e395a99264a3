//! The helper as a process: small, at rest, and gone when it is not needed.

use crate::principal::Principal;
use crate::{LIMIT, fresh_path, helper, server, undertaker_of, wait_gone};
use std::fs;
use std::time::Duration;
use tenure_field::{stats, wait_until};

#[test]
fn it_holds_nothing_of_its_principal_and_rests() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    let mut open: Vec<String> = fs::read_dir(format!("/proc/{undertaker}/fd"))
        .unwrap()
        .map(|entry| fs::read_link(entry.unwrap().path()).unwrap())
        .map(|target| {
            target
                .to_str()
                .unwrap()
                .split(':')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    open.sort();
    let null = "/dev/null";
    assert_eq!(open.len(), 5, "{open:?}");
    assert_eq!(
        open.iter().filter(|name| *name == null).count(),
        3,
        "{open:?}"
    );
    assert!(open.contains(&"socket".to_owned()), "{open:?}");
    let folder = fs::read_link(format!("/proc/{undertaker}/cwd")).unwrap();
    assert_eq!(folder.to_str(), Some("/"));
    let stat = fs::read_to_string(format!("/proc/{undertaker}/stat")).unwrap();
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let [parent, group, session] = [1, 2, 3].map(|at| fields[at].parse::<u32>().unwrap());
    assert_ne!(parent, leader.0.pid(), "it is no child of the host");
    assert_eq!(
        (group, session),
        (undertaker, undertaker),
        "a session of its own"
    );
    assert_eq!(stats::threads(undertaker), 1);
    let private = stats::private_kib(undertaker);
    println!(
        "at rest: {private} KiB private, {} KiB resident",
        stats::rss_kib(undertaker)
    );
    // Code that is not optimised has more pages.
    let limit = if cfg!(debug_assertions) { 4096 } else { 2048 };
    assert!(private <= limit, "{private} KiB");
    let before = stats::cpu_time(undertaker);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(stats::cpu_time(undertaker), before);
}

#[test]
fn nothing_is_left_after_a_close() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let mut descriptors = Vec::new();
    for _ in 0..4 {
        let undertaker = undertaker_of(leader.0.pid());
        leader.ask("close");
        wait_gone(undertaker);
        // The last descriptor goes when the helper has gone.
        let pid = leader.0.pid();
        descriptors.push(wait_until("the descriptors to be closed", LIMIT, || {
            let open = stats::open_fds(pid);
            (descriptors.first().is_none_or(|first| open <= *first)).then_some(open)
        }));
        assert_eq!(stats::descendants(pid), Vec::<u32>::new());
        leader.ask("open");
    }
}

#[test]
fn a_process_that_adopts_orphans_has_no_zombie_of_it() {
    let url = server().url(&fresh_path());
    let leader = Principal::start(&url, Some(helper()), true);
    leader.session();
    let undertaker = undertaker_of(leader.0.pid());
    leader.ask("close");
    wait_gone(undertaker);
    // The library reaps it; a child that only the host could reap would stay.
    wait_until("the undertaker to be reaped", LIMIT, || {
        (!fs::exists(format!("/proc/{undertaker}")).unwrap()).then_some(())
    });
    assert_eq!(leader.ask("reap")["children"], false);
}
