//! Every target for a moment, with inputs that are the same each time.

#![allow(clippy::unwrap_used)] // a test may panic

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tenure_fuzz::{Mutator, TARGETS, Target};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn short(name: &str, inputs: usize) {
    let target: &Target = tenure_fuzz::target(name).unwrap();
    let seeds: Vec<_> = (target.seeds)()
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect();
    for seed in &seeds {
        (target.run)(seed);
    }
    let mut mutator = Mutator::new(7, seeds);
    for count in 0..inputs {
        let input = mutator.next_input();
        if let Err(panic) = std::panic::catch_unwind(|| (target.run)(&input)) {
            eprintln!("{name}: input {count}: {input:?}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn urls() {
    short("url", 20_000);
}

#[test]
fn names() {
    short("names", 20_000);
}

#[test]
fn frames() {
    short("frames", 50_000);
}

#[test]
fn infos() {
    short("info", 30_000);
}

#[test]
fn core() {
    short("core", 2_000);
}

#[test]
fn what_once_broke_a_promise_keeps_it_now() {
    for target in TARGETS {
        let Ok(found) = fs::read_dir(corpus().join(target.name).join("found")) else {
            continue;
        };
        for entry in found {
            (target.run)(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn the_seeds_in_the_tree_are_what_the_encoders_write() {
    for target in TARGETS {
        let made: BTreeMap<String, Vec<u8>> = (target.seeds)().into_iter().collect();
        let entries = fs::read_dir(corpus().join(target.name)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let kept: BTreeMap<String, Vec<u8>> = paths
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap())
            })
            .collect();
        assert_eq!(
            kept, made,
            "cargo run --package tenure-fuzz -- --write-seeds workshop/fuzz/corpus writes them again"
        );
    }
}
