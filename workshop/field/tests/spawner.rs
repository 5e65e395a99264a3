//! A child's options decide where it starts, not the thread that started the first one. A file of
//! its own, because the first child of a process matters.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::path::Path;

use tenure_field::{Lab, Process};

#[test]
fn the_first_child_does_not_decide_where_the_others_live() {
    let lab = match Lab::new() {
        Ok(lab) => lab,
        Err(why) => return eprintln!("skipped: {why}"),
    };
    let sleep = || Process::spawn(Path::new("/bin/sleep"), ["60"], None);
    let children = [lab.servers().enter(sleep), sleep()];
    let own = std::fs::read_link("/proc/self/ns/net").unwrap();
    for child in &children {
        let netns = std::fs::read_link(format!("/proc/{}/ns/net", child.pid())).unwrap();
        assert_eq!(netns, own);
    }
}
