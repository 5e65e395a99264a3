//! Arbitrary bytes for all code of tenure that reads bytes: each target is a function that panics
//! when a promise is broken. `README.md` describes how to run them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a panic is the finding

mod core;
mod frames;
mod info;
mod mutate;
mod names;
mod secret;
mod seeds;
mod url;

pub use mutate::Mutator;

/// A target of the fuzzing.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its promise, in words.
    pub holds: &'static str,
    /// Panics when a promise is broken.
    pub run: fn(&[u8]),
    /// First inputs, by name.
    pub seeds: fn() -> Vec<(String, Vec<u8>)>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "url",
        holds: "a URL is read or refused; its shown form reads back, and has no password",
        run: url::run,
        seeds: seeds::urls,
    },
    Target {
        name: "names",
        holds: "znode paths, labels and members' names are read or refused, and read back",
        run: names::run,
        seeds: seeds::names,
    },
    Target {
        name: "frames",
        holds: "every record of the protocol is read or refused, and reads back as written",
        run: frames::run,
        seeds: seeds::frames,
    },
    Target {
        name: "info",
        holds: "a payload of a Mesos master is read or refused, and nothing that was read is lost",
        run: info::run,
        seeds: seeds::infos,
    },
    Target {
        name: "core",
        holds: "a client among servers that lie: its contract, its leases, its calls, its secrets",
        run: core::run,
        seeds: seeds::scripts,
    },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
