//! `is_leading()` must cost less than 100 ns and take no lock. `workshop/bench/README.md` explains
//! the output.

#![allow(clippy::expect_used)] // without a leader there is nothing to measure

use divan::{Bencher, black_box};
use std::sync::LazyLock;
use tenure_bench_lease::Measured;

static LEADER: LazyLock<Measured> =
    LazyLock::new(|| Measured::leader("steady").expect("an empty group has a leader"));
static STANDBY: LazyLock<Measured> = LazyLock::new(|| {
    assert!(LEADER.contender().is_leading());
    Measured::standby("steady").expect("any contender may be a standby")
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

/// Readers beside a writer that renews the lease as fast as the server commits.
#[divan::bench(threads = [1, 2], sample_size = 10_000)]
fn leader_renewed_all_the_time(bencher: Bencher<'_, '_>) {
    let measured = Measured::renewed_leader("renewed").expect("an empty group has a leader");
    let (contender, before) = (measured.contender(), measured.renewals());
    bencher.bench(|| assert!(black_box(contender).is_leading()));
    assert!(
        measured.renewals() > before,
        "nothing was renewed meanwhile"
    );
}
