//! Addresses that cannot work.

use crate::client_process::{ClientProcess, now, seconds};
use crate::network::sleep_until;
use crate::{Launcher, Network, Run};
use std::process::Command;

/// The fault of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// No process listens.
    Refused,
    /// ENETUNREACH.
    NoRoute,
    /// EHOSTUNREACH, after the system has asked for the neighbour for three seconds.
    NoNeighbour,
    /// SYNs are lost.
    BlackHole,
    /// A name that the hosts file does not have, without a name server.
    NoName,
    /// A name, and a name server that does not answer.
    SilentResolver,
}

impl Bad {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Refused,
        Self::NoRoute,
        Self::NoNeighbour,
        Self::BlackHole,
        Self::NoName,
        Self::SilentResolver,
    ];
}

/// A client of such an address for `watched` seconds.
#[must_use]
#[track_caller]
pub fn bad(network: &Network, bad: Bad, watched: f64) -> Run {
    let place = network.place();
    let netns = place.host.netns();
    let mut launcher = network.launcher().clone();
    let server = match bad {
        Bad::Refused => "127.0.0.1:1".to_owned(),
        Bad::NoRoute => {
            place.host.link_down();
            network.server().addr().to_string()
        }
        Bad::NoNeighbour => {
            ip(&[
                "-n",
                netns.name(),
                "route",
                "add",
                "10.99.0.0/24",
                "dev",
                "eth0",
            ]);
            "10.99.0.9:2181".to_owned()
        }
        Bad::BlackHole => {
            place.host.cut();
            network.server().addr().to_string()
        }
        Bad::NoName => {
            launcher = with_name_server(launcher, "127.0.0.1");
            "zookeeper.example:2181".to_owned()
        }
        Bad::SilentResolver => {
            // Its packets are lost: the hosts' network ends at the servers' namespace.
            launcher = with_name_server(launcher, "10.99.0.9");
            "zookeeper.example:2181".to_owned()
        }
    };
    let url = format!("zk://{server}{}", place.path);
    let client = ClientProcess::start(&launcher, &url, Some(netns));
    let before = client.usage();
    let start = now();
    client.command("open");
    let opened = client.wait(start, "opened", |line| line["what"] == "opened");
    client.command("members call 2000");
    let mut run = Run::default();
    run.note("opened", seconds(start, &opened));
    run.note("told", client.session(start, "retrying"));
    let call = client.answer("call");
    assert_eq!(call["failed"], "Timeout", "{call}");
    run.note("given up", seconds(start, &call));
    sleep_until(start, watched);
    let after = client.usage();
    run.note("cpu", after.cpu - before.cpu);
    run.note("connects", after.connects - before.connects);
    let closing = now();
    client.command("close");
    run.note("closed", seconds(closing, &client.answer("close")));
    run
}

/// Starts the client with another name server, in a mount namespace of its own.
fn with_name_server(launcher: Launcher, server: &str) -> Launcher {
    const SCRIPT: &str = "printf 'nameserver %s\\n' \"$1\" > \"/tmp/tenure-resolv-$$\" \
        && mount --bind \"/tmp/tenure-resolv-$$\" /etc/resolv.conf \
        && rm \"/tmp/tenure-resolv-$$\" && shift && exec \"$@\"";
    let words = ["-m", "sh", "-c", SCRIPT, "sh", server];
    let mut args: Vec<String> = words.map(str::to_owned).to_vec();
    args.push(launcher.program.display().to_string());
    args.extend(launcher.args);
    Launcher {
        program: "unshare".into(),
        args,
        timeout: launcher.timeout,
    }
}

#[track_caller]
fn ip(args: &[&str]) {
    let status = Command::new("ip").args(args).status().expect("ip runs");
    assert!(status.success(), "ip {args:?}");
}
