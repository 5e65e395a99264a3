//! `is_leading()` must cost less than 100 ns and take no lock. `workshop/bench/README.md` says
//! how to read what this prints.

#![allow(clippy::expect_used)] // without a leader there is nothing to measure

use divan::{Bencher, black_box};
use std::sync::LazyLock;
use tenure_bench_lease::Subject;

static LEADER: LazyLock<Subject> =
    LazyLock::new(|| Subject::leader("steady").expect("an empty group has a leader"));
static STANDBY: LazyLock<Subject> = LazyLock::new(|| {
    assert!(LEADER.contender().is_leading());
    Subject::standby("steady").expect("anybody may stand by")
});

fn main() {
    divan::main();
}

#[divan::bench(threads = [1, 2], sample_size = 10_000)]
fn leader(bencher: Bencher<'_, '_>) {
    let contender = LEADER.contender();
    bencher.bench(|| assert!(black_box(contender).is_leading()));
}

#[divan::bench(threads = [1, 2], sample_size = 10_000)]
fn standby(bencher: Bencher<'_, '_>) {
    let contender = STANDBY.contender();
    bencher.bench(|| assert!(!black_box(contender).is_leading()));
}

/// Readers beside a writer that renews as fast as the server commits.
#[divan::bench(threads = [1, 2], sample_size = 10_000)]
fn leader_renewed_all_the_time(bencher: Bencher<'_, '_>) {
    let subject = Subject::renewed_leader("renewed").expect("an empty group has a leader");
    let (contender, before) = (subject.contender(), subject.renewals());
    bencher.bench(|| assert!(black_box(contender).is_leading()));
    assert!(subject.renewals() > before, "nothing was renewed meanwhile");
}
