//! Which rows there are, and what other clients did in them.
//!
//! The peers' figures were measured once, with the same server, timeout, tick and kinds of cuts;
//! they are quoted here.

use crate::rows::addresses::{self, Bad};
use crate::rows::killed::{self, Change};
use crate::rows::{closed, cost, garbage, silence, stopped};
use crate::{Run, Stage, T};
use std::time::Duration;
use tenure_testkit::bad::Kind;

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// For `--only`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What is done.
    pub said: &'static str,
    /// Our columns.
    pub own: &'static [&'static str],
    /// The peers'.
    pub peers: &'static [&'static str],
    /// The lines.
    pub lines: &'static [Line],
    /// Where it can be played.
    pub needs: Needs,
    /// Plays it once.
    pub play: fn(&Stage) -> Run,
}

/// Where a sheet can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Beside others, with the same server.
    Little,
    /// Beside others, with a server of its own to maltreat.
    OwnServer,
    /// Alone on the machine.
    Quiet,
}

/// A line of a table.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What it says.
    pub label: &'static str,
    /// The figures, one for each of our columns.
    pub names: &'static [&'static str],
    /// The peers' cells.
    pub peers: &'static [&'static str],
}

const fn line(
    label: &'static str,
    names: &'static [&'static str],
    peers: &'static [&'static str],
) -> Line {
    Line {
        label,
        names,
        peers,
    }
}

const OURS: &[&str] = &["tenure"];
const PEERS: &[&str] = &[
    "`zookeeper` 0.8",
    "`zookeeper-client` 0.11",
    "kazoo 2.11",
    "C client 3.8",
];

/// All sheets, in the order of the document.
pub const SHEETS: &[Sheet] = &[
    Sheet {
        id: "idle-hole",
        title: "a. Black hole of 30 s, idle client",
        said: "Seconds after the cut. The client holds one znode and does nothing.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected",
                &["disconnected"],
                &[
                    "**never** (0 of 5)",
                    "1.07 / 1.20 / 1.77",
                    "1.07 / 1.21 / 2.44",
                    "1.38 / 1.90 / 2.53",
                ],
            ),
            line(
                "server removed the znode",
                &["gone"],
                &[
                    "1.45 / 2.12 / 3.88",
                    "3.38 / 3.66 / 4.12",
                    "3.12 / 3.38 / 4.44",
                    "2.94 / 3.62 / 3.88",
                ],
            ),
            line(
                "told expired",
                &["expired"],
                &[
                    "**never** (0 of 5)",
                    "4.87 / 5.01 / 5.57",
                    "30.6 / 33.7 / 34.7, after the heal",
                    "30.0 / 30.5 / 30.9, after the heal",
                ],
            ),
            line(
                "margin: removed minus told disconnected",
                &["margin"],
                &[
                    "-52.9 / -51.7 / **-27.1**",
                    "2.22 / 2.45 / 2.59",
                    "**0.01** / 1.42 / 2.18",
                    "1.35 / 1.52 / 1.76",
                ],
            ),
            line(
                "told expired minus removed",
                &["expired late"],
                &["27 … 53", "1.21 / 1.35 / 1.58", "26 … 31", "27 … 28"],
            ),
            line(
                "a new session, after the heal",
                &["connected again"],
                &[
                    "-",
                    "never: the handle is dead",
                    "follows LOST",
                    "never: the handle is dead",
                ],
            ),
        ],
        needs: Needs::Little,
        play: |stage| silence::idle(stage, 30.0),
    },
    Sheet {
        id: "leader-hole",
        title: "a. The same, a leader",
        said: "Seconds after the cut. A session that leads asks more often and gives up sooner. The peers have no leases.",
        own: OURS,
        peers: &[],
        lines: &[
            line("told disconnected", &["disconnected"], &[]),
            line("told `Jeopardy`", &["jeopardy"], &[]),
            line("told `Lost`", &["lost"], &[]),
            line(
                "server removed the znode: a successor may lead",
                &["gone"],
                &[],
            ),
            line("margin: removed minus told `Lost`", &["margin"], &[]),
            line("told expired", &["expired"], &[]),
            line("leads again, after the heal", &["leads again"], &[]),
        ],
        needs: Needs::Little,
        play: silence::leading,
    },
    Sheet {
        id: "calls",
        title: "a. Calls made in the black hole of 30 s",
        said: "Seconds from the call. Reads at +0.3, +2.5 and +20 s, a write at +10 s; each once with `wait_for(1 s)` and once without a limit.",
        own: &[
            "tenure, `wait_for(1 s)`: `Timeout` at",
            "tenure, no limit: answered at",
            "of these, by an error",
            "after the heal",
        ],
        peers: &[
            "`zookeeper`: error at",
            "`zookeeper-client`",
            "kazoo",
            "C client",
        ],
        lines: &[
            line(
                "+0.3 s, read",
                &[
                    "+0.3 given up",
                    "+0.3 answered",
                    "+0.3 failed",
                    "+0.3 after the heal",
                ],
                &[
                    "30.0 / 31.4 / 54.4",
                    "0.82 / 1.17 / 1.23",
                    "2.17 / 3.26 / 3.32",
                    "1.23 / 1.38 / 2.35",
                ],
            ),
            line(
                "+2.5 s, read",
                &[
                    "+2.5 given up",
                    "+2.5 answered",
                    "+2.5 failed",
                    "+2.5 after the heal",
                ],
                &[
                    "27.8 / 29.2 / 52.2",
                    "2.42 / 2.77 / 2.83",
                    "1.02 / 1.06 / 31.03",
                    "0.14 / 1.82 / 2.06",
                ],
            ),
            line(
                "+10 s, write",
                &[
                    "+10 given up",
                    "+10 answered",
                    "+10 failed",
                    "+10 after the heal",
                ],
                &[
                    "20.3 / 21.7 / 44.7",
                    "0.00",
                    "20.2 / 20.4 / 23.5",
                    "0.03 / 2.40 / 2.55",
                ],
            ),
            line(
                "+20 s, read",
                &[
                    "+20 given up",
                    "+20 answered",
                    "+20 failed",
                    "+20 after the heal",
                ],
                &[
                    "10.3 / 11.7 / 34.7",
                    "0.00",
                    "10.2 / 10.4 / 13.5",
                    "0.60 / 0.75 / 1.72",
                ],
            ),
        ],
        needs: Needs::Little,
        play: |stage| silence::calls(stage, 30.0),
    },
    Sheet {
        id: "own-link",
        title: "a3. The client's own link is down for 30 s, numeric address",
        said: "Connecting fails at once with ENETUNREACH. Seconds after the cut, unless said.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected",
                &["disconnected"],
                &[
                    "30.0, after the heal",
                    "1.05 / 1.17 / 1.76",
                    "1.43 / 1.79 / 2.14",
                    "1.46 / 1.83 / 2.39",
                ],
            ),
            line(
                "server removed the znode",
                &["gone"],
                &[
                    "1.76 / 2.33 / 3.79",
                    "3.34 / 3.79 / 4.34",
                    "3.26 / 3.79 / 4.35",
                    "2.84 / 3.34 / 3.83",
                ],
            ),
            line(
                "told expired",
                &["expired"],
                &[
                    "30.0, after the heal",
                    "**30.0**, when the link came back",
                    "30.1 / 33.3 / 51.4",
                    "30.0, after the heal",
                ],
            ),
            line(
                "CPU in the 30 s",
                &["cpu"],
                &["0.00", "**20.6 / 22.6 / 23.4**", "0.03", "0.07"],
            ),
            line(
                "a call with a limit of 1 s is given up after",
                &["looked at"],
                &["-", "22.0: its executor starves", "-", "-"],
            ),
            line(
                "a new session, after the heal",
                &["connected again"],
                &[
                    "-",
                    "never: the handle is dead",
                    "0.1 / 3.3 / 21.4",
                    "never: the handle is dead",
                ],
            ),
        ],
        needs: Needs::Little,
        play: |stage| silence::own_link(stage, 30.0),
    },
    Sheet {
        id: "short",
        title: "a. Black hole of 2.7 s: the session survives. What becomes of writes",
        said: "Answers in seconds after the cut. Five writes: one before the cut, two at +0.1 s (one of them given up at +1.1 s), two at +2.2 s (one of them given up at once). *Changes* are all creates and deletes that the server ever did. 3: nothing was done twice. 5: the write that was given up on a connection that was not known to be dead was sent again by the kernel, done, found, and undone. Where the session was not kept, its writes went with it.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "session kept (1 = yes)",
                &["kept"],
                &["**0 of 5**", "5 of 5", "4 of 5", "4 of 5"],
            ),
            line(
                "write at +0.1 s",
                &["early"],
                &[
                    "ConnectionLoss, not applied",
                    "`Custom` at 1.01 / 1.18 / 1.77, not applied",
                    "ConnectionLoss, **applied in 2 of 5**",
                    "-7, **applied in 1 of 5**",
                ],
            ),
            line(
                "write at +2.2 s",
                &["late"],
                &[
                    "ConnectionLoss, not applied",
                    "2.77 / 2.83 / 2.94",
                    "ConnectionLoss, not applied",
                    "applied in 4 of 5",
                ],
            ),
            line(
                "znodes in the end (3 wanted)",
                &["members"],
                &["-", "-", "-", "-"],
            ),
            line(
                "changes in the end (3 or 5)",
                &["changes"],
                &[
                    "-",
                    "a write whose future was dropped is **applied** in 5 of 5",
                    "-",
                    "-",
                ],
            ),
        ],
        needs: Needs::Little,
        play: silence::short,
    },
    Sheet {
        id: "writes",
        title: "a. Black hole of 5 s, T = 10 s: the same writes",
        said: "As above, with a session that surely survives. Old connections are where a system sends again what was written before they were given up.",
        own: OURS,
        peers: &[],
        lines: &[
            line("session kept (1 = yes)", &["kept"], &[]),
            line("told disconnected", &["disconnected"], &[]),
            line("write at +0.1 s", &["early"], &[]),
            line("write at +4.5 s", &["late"], &[]),
            line("znodes in the end (3 wanted)", &["members"], &[]),
            line("changes in the end (3 or 5)", &["changes"], &[]),
        ],
        needs: Needs::Little,
        play: |stage| silence::writes(stage, Duration::from_secs(10), 5.0, true),
    },
    Sheet {
        id: "stop-10",
        title: "b. SIGSTOP of the server for 10 s",
        said: "Seconds after the stop, unless said.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected",
                &["disconnected"],
                &[
                    "**never** (1 of 5), or 10.01",
                    "1.02 / 1.38 / 1.76",
                    "1.64 / 2.46 / 2.74",
                    "1.41 / 1.63 / 2.40",
                ],
            ),
            line(
                "told expired",
                &["expired"],
                &[
                    "never, or 10.01",
                    "6.26 / 6.58 / 6.90",
                    "10.01 … 10.39 (3 of 5)",
                    "10.01 … 10.09 (4 of 5)",
                ],
            ),
            line(
                "attempts to connect that failed",
                &["attempts"],
                &["-", "-", "-", "-"],
            ),
            line(
                "a new session, after the server goes on",
                &["connected again"],
                &[
                    "-",
                    "never: the handle is dead",
                    "0.01 … 0.39",
                    "never: the handle is dead",
                ],
            ),
            line(
                "old znode gone, after the server goes on",
                &["gone"],
                &["-", "0.01 / 0.03 / **4.38**", "-", "-"],
            ),
        ],
        needs: Needs::OwnServer,
        play: |stage| stopped::stopped(stage, 10.0),
    },
    Sheet {
        id: "stop-30",
        title: "b. SIGSTOP of the server for 30 s",
        said: "Seconds after the stop, unless said.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected",
                &["disconnected"],
                &[
                    "30.01 (4 of 5)",
                    "1.00 / 1.05 / 1.08",
                    "1.79 / 2.74 / 2.93",
                    "1.45 / 2.15 / 2.35",
                ],
            ),
            line(
                "told expired",
                &["expired"],
                &["-", "6.20 / 6.26 / 6.27", "31.8 / 35.9 / 37.1", "30.1"],
            ),
            line(
                "attempts to connect that failed",
                &["attempts"],
                &["-", "-", "-", "-"],
            ),
            line(
                "a new session, after the server goes on",
                &["connected again"],
                &[
                    "-",
                    "never: the handle is dead",
                    "-",
                    "never: the handle is dead",
                ],
            ),
            line(
                "old znode gone, after the server goes on",
                &["gone"],
                &["-", "-", "-", "-"],
            ),
        ],
        needs: Needs::OwnServer,
        play: |stage| stopped::stopped(stage, 30.0),
    },
    Sheet {
        id: "kill-after",
        title: "c. kill -9 and a start after 1 s; what is watched changes after the reconnect",
        said: "Watches: seconds from the change to the news.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected, after the kill",
                &["disconnected"],
                &["0.007", "0.007", "0.007", "0.007"],
            ),
            line(
                "connected again, after the server was ready",
                &["after ready"],
                &[
                    "0.01 / 0.93 / 1.86 (2 of 5)",
                    "0.14 / 0.35 / 0.45",
                    "0.01 / 1.16 / 1.36",
                    "0.01 / 0.04 / 0.04",
                ],
            ),
            line(
                "session kept (1 = yes)",
                &["kept"],
                &["**2 of 5**; busy: 0 of 5", "20 of 20", "5 of 5", "5 of 5"],
            ),
            line(
                "data watch (detector)",
                &["data watch"],
                &[
                    "**0 of 5**",
                    "one-shot 15 of 15",
                    "**0 of 5**: must be set again",
                    "5 of 5",
                ],
            ),
            line(
                "children watch (group)",
                &["children watch"],
                &["**0 of 5**", "one-shot 15 of 15", "**0 of 5**", "5 of 5"],
            ),
            line(
                "own znode (contender)",
                &["own watch"],
                &[
                    "**0 of 10** persistent",
                    "**0 of 20** persistent",
                    "no API",
                    "-",
                ],
            ),
            line(
                "predecessor (contender)",
                &["predecessor watch"],
                &[
                    "**0 of 10** recursive",
                    "**0 of 20** recursive",
                    "no API",
                    "-",
                ],
            ),
        ],
        needs: Needs::OwnServer,
        play: |stage| killed::watches(stage, T, Change::AfterReconnect),
    },
    Sheet {
        id: "kill-during",
        title: "c. The same; it changes while the server is back and the client is not",
        said: "Seconds from the kill to the news.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "connected again",
                &["connected again"],
                &["-", "-", "-", "-"],
            ),
            line("session kept (1 = yes)", &["kept"], &["-", "-", "-", "-"]),
            line(
                "data watch (detector)",
                &["data watch"],
                &["**0 of 5**", "one-shot 5 of 5", "**0 of 5**", "5 of 5"],
            ),
            line(
                "children watch (group)",
                &["children watch"],
                &["**0 of 5**", "one-shot 5 of 5", "**0 of 5**", "5 of 5"],
            ),
            line(
                "own znode (contender)",
                &["own watch"],
                &[
                    "**0 of 10** persistent",
                    "**0 of 20** persistent",
                    "no API",
                    "-",
                ],
            ),
            line(
                "predecessor (contender)",
                &["predecessor watch"],
                &[
                    "**0 of 10** recursive",
                    "**0 of 20** recursive",
                    "no API",
                    "-",
                ],
            ),
        ],
        needs: Needs::OwnServer,
        play: |stage| killed::watches(stage, T, Change::DuringTheCut),
    },
    Sheet {
        id: "down",
        title: "c. The server is down for 4 s",
        said: "",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "connection attempts in 4 s",
                &["connects"],
                &["**165,354 / 167,648 / 174,174**", "6", "4 / 4 / 6", "61"],
            ),
            line("CPU in 4 s", &["cpu"], &["about 4", "-", "-", "-"]),
            line(
                "connected again, after the server was ready",
                &["after ready"],
                &["-", "-", "-", "-"],
            ),
        ],
        needs: Needs::OwnServer,
        play: |stage| killed::down(stage, 4.0),
    },
    Sheet {
        id: "closed",
        title: "d. The session is closed by another client, id and password in hand",
        said: "Seconds after the other client began. A fast client can win its session back once or twice before it is gone, so *told expired* is also counted from the instant at which the znode went.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "told disconnected",
                &["disconnected"],
                &["0.01", "0.002 / 0.004 / 0.005", "0.003", "0.003"],
            ),
            line(
                "told expired",
                &["expired"],
                &[
                    "**never** (0 of 10)",
                    "0.005 / 0.007 / 0.027",
                    "0.098 / 0.129 / 0.144",
                    "0.005 / 0.093 / 2.75",
                ],
            ),
            line(
                "told expired, after the znode was gone",
                &["after gone"],
                &["**never**", "-", "-", "-"],
            ),
            line("leadership told lost", &["lost"], &["-", "-", "-", "-"]),
            line(
                "a new session",
                &["new session"],
                &[
                    "2 of 10, without a word",
                    "never: a new client is needed",
                    "0.2",
                    "never: the handle is dead",
                ],
            ),
            line("leads again", &["leads again"], &["-", "-", "-", "-"]),
        ],
        needs: Needs::Little,
        play: closed::closed,
    },
    Sheet {
        id: "addresses",
        title: "e. Addresses that cannot work",
        said: "Opening a client never fails and never blocks (0.00 s in each row); each failed attempt is an event. Watched for 10 s.",
        own: &[
            "tenure: told at",
            "`wait_for(2 s)` ends at",
            "connects in 10 s",
            "CPU in 10 s",
            "`close()` takes",
        ],
        peers: PEERS,
        lines: &[
            line(
                "refused",
                &[
                    "Refused: told",
                    "Refused: given up",
                    "Refused: connects",
                    "Refused: cpu",
                    "Refused: closed",
                ],
                &[
                    "Closed at 5.0; **3.6-4.8 s CPU**",
                    "Timeout 4.00",
                    "time-out 15.0",
                    "retries for ever, says nothing",
                ],
            ),
            line(
                "no route",
                &[
                    "NoRoute: told",
                    "NoRoute: given up",
                    "NoRoute: connects",
                    "NoRoute: cpu",
                    "NoRoute: closed",
                ],
                &[
                    "**panic**",
                    "**hangs > 20 s, 100 % CPU**",
                    "15.1",
                    "as above",
                ],
            ),
            line(
                "no such neighbour",
                &[
                    "NoNeighbour: told",
                    "NoNeighbour: given up",
                    "NoNeighbour: connects",
                    "NoNeighbour: cpu",
                    "NoNeighbour: closed",
                ],
                &["Closed 5.1", "Timeout 4.00", "15.6", "as above"],
            ),
            line(
                "SYN black hole",
                &[
                    "BlackHole: told",
                    "BlackHole: given up",
                    "BlackHole: connects",
                    "BlackHole: cpu",
                    "BlackHole: closed",
                ],
                &["**nothing in 20 s**", "Timeout 4.00", "16.6", "as above"],
            ),
            line(
                "name, resolver refuses",
                &[
                    "NoName: told",
                    "NoName: given up",
                    "NoName: connects",
                    "NoName: cpu",
                    "NoName: closed",
                ],
                &[
                    "BadArguments 0.001 (NXDOMAIN)",
                    "Timeout 4.00, cause not told",
                    "15.1",
                    "NULL, errno 2",
                ],
            ),
            line(
                "name, resolver silent",
                &[
                    "SilentResolver: told",
                    "SilentResolver: given up",
                    "SilentResolver: connects",
                    "SilentResolver: cpu",
                    "SilentResolver: closed",
                ],
                &["**blocks 10.0**", "Timeout 4.00", "20.2", "**blocks 10.0**"],
            ),
        ],
        needs: Needs::Little,
        play: all_addresses,
    },
    Sheet {
        id: "garbage",
        title: "f. Garbage replies, 12 s each",
        said: "All kinds side by side. *Memory* is the peak minus what the process had before it opened the client. No panic, no abort in any run; the client is then closed in order.",
        own: &["tenure: told at", "connects", "CPU s", "memory, MB"],
        peers: PEERS,
        lines: &[
            line(
                "silent",
                &[
                    "Silent: told",
                    "Silent: connects",
                    "Silent: cpu",
                    "Silent: grown",
                ],
                &["-", "-", "-", "-"],
            ),
            line(
                "random bytes",
                &[
                    "Garbage(1): told",
                    "Garbage(1): connects",
                    "Garbage(1): cpu",
                    "Garbage(1): grown",
                ],
                &[
                    "silent, hangs",
                    "Timeout 4.0-5.6",
                    "time-out",
                    "**11 s of CPU** in 4 of 5",
                ],
            ),
            line(
                "length 0x7fffffff and a stream",
                &[
                    "HugeFrame: told",
                    "HugeFrame: connects",
                    "HugeFrame: cpu",
                    "HugeFrame: grown",
                ],
                &[
                    "**403 MB**, hang",
                    "**403 MB**",
                    "**422 MB**",
                    "**18,000 connects**",
                ],
            ),
            line(
                "length -1",
                &[
                    "NegativeLength: told",
                    "NegativeLength: connects",
                    "NegativeLength: cpu",
                    "NegativeLength: grown",
                ],
                &[
                    "**403 MB**, hang",
                    "Timeout 4.0",
                    "time-out",
                    "**18,900 connects**, 12 s CPU",
                ],
            ),
            line(
                "zero-length frames",
                &[
                    "EmptyFrames: told",
                    "EmptyFrames: connects",
                    "EmptyFrames: cpu",
                    "EmptyFrames: grown",
                ],
                &[
                    "**panic**",
                    "Timeout 4.0",
                    "time-out",
                    "**19,300 connects**",
                ],
            ),
            line(
                "HTTP 400 and close",
                &["Http: told", "Http: connects", "Http: cpu", "Http: grown"],
                &["Closed 5.0", "Timeout 4.0", "time-out", "retries"],
            ),
            line(
                "handshake too short",
                &[
                    "ShortHandshake: told",
                    "ShortHandshake: connects",
                    "ShortHandshake: cpu",
                    "ShortHandshake: grown",
                ],
                &[
                    "**panic** (password of 2 GiB)",
                    "Timeout 4.0",
                    "connects(!)",
                    "connects(!)",
                ],
            ),
            line(
                "good handshake, then silence",
                &[
                    "HandshakeThenSilent: told",
                    "HandshakeThenSilent: connects",
                    "HandshakeThenSilent: cpu",
                    "HandshakeThenSilent: grown",
                ],
                &["-", "-", "-", "-"],
            ),
            line(
                "good handshake, then close",
                &[
                    "HandshakeThenClose: told",
                    "HandshakeThenClose: connects",
                    "HandshakeThenClose: cpu",
                    "HandshakeThenClose: grown",
                ],
                &["-", "-", "-", "-"],
            ),
            line(
                "good handshake, random frames",
                &[
                    "RandomFrames(1): told",
                    "RandomFrames(1): connects",
                    "RandomFrames(1): cpu",
                    "RandomFrames(1): grown",
                ],
                &["**panic**", "Timeout 4.0", "LOST", "**SIGABRT** 5 of 5"],
            ),
            line(
                "good handshake, unknown xid",
                &[
                    "UnknownXid: told",
                    "UnknownXid: connects",
                    "UnknownXid: cpu",
                    "UnknownXid: grown",
                ],
                &[
                    "error, later hang",
                    "Timeout 4.8",
                    "LOST",
                    "**SIGABRT** 2 of 2",
                ],
            ),
            line(
                "inner length 2 GiB - 1",
                &[
                    "HugeInnerLength: told",
                    "HugeInnerLength: connects",
                    "HugeInnerLength: cpu",
                    "HugeInnerLength: grown",
                ],
                &[
                    "MarshallingError",
                    "**panic in the caller's task**",
                    "error",
                    "**SIGSEGV** 2 of 2",
                ],
            ),
            line(
                "no body",
                &[
                    "EmptyBody: told",
                    "EmptyBody: connects",
                    "EmptyBody: cpu",
                    "EmptyBody: grown",
                ],
                &["-", "-", "-", "-"],
            ),
            line(
                "watch event, path not UTF-8",
                &[
                    "WatchPathNotUtf8: told",
                    "WatchPathNotUtf8: connects",
                    "WatchPathNotUtf8: cpu",
                    "WatchPathNotUtf8: grown",
                ],
                &["**panic**, hang", "Timeout 4.8", "LOST", "reconnects"],
            ),
        ],
        needs: Needs::Little,
        play: all_garbage,
    },
    Sheet {
        id: "idle-cost",
        title: "g. Idle cost, 20 s connected",
        said: "",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "threads added",
                &["threads"],
                &["3", "1, and the executor's", "3", "2"],
            ),
            line(
                "memory added, MB",
                &["rss"],
                &["2.6", "2.8", "20.6 (with Python)", "2.1"],
            ),
            line(
                "CPU, ms in 20 s",
                &["cpu ms per 20 s"],
                &[
                    "1.3 / 1.4 / 1.7",
                    "12.7 / 13.9 / 15.1",
                    "9.9 / 9.9 / 10.3",
                    "4.1 / 4.7 / 5.8",
                ],
            ),
            line(
                "context switches a second",
                &["switches"],
                &["2.0", "20", "2.2", "2.0"],
            ),
            line(
                "packets a second, in",
                &["packets in"],
                &["0.40", "1.25", "0.85", "1.50"],
            ),
            line(
                "packets a second, out",
                &["packets out"],
                &["0.80", "2.50", "1.70", "2.25"],
            ),
        ],
        needs: Needs::Quiet,
        play: |stage| cost::idle(stage, 20.0),
    },
    Sheet {
        id: "many",
        title: "g. A contender and a detector in each of 1,000 groups, one client",
        said: "At rest for 10 s after all lead and all are known to lead.",
        own: OURS,
        peers: &[],
        lines: &[
            line("all lead and are known, s", &["ready"], &[]),
            line("connections", &["connections"], &[]),
            line("threads added", &["threads"], &[]),
            line("memory of the process, MB", &["rss"], &[]),
            line("memory added, MB", &["grown"], &[]),
            line("CPU, ms in 20 s", &["cpu ms per 20 s"], &[]),
            line("packets a second, in", &["packets in"], &[]),
            line("packets a second, out", &["packets out"], &[]),
        ],
        needs: Needs::Quiet,
        play: |stage| cost::many(stage, 1_000, 10.0),
    },
    Sheet {
        id: "reads",
        title: "h. 2,000 reads of 100 bytes, one connection",
        said: "Milliseconds. The peers' best variant each.",
        own: OURS,
        peers: PEERS,
        lines: &[
            line(
                "all at once",
                &["at_once_ms"],
                &[
                    "116 / 152 / 174",
                    "107 / 147 / 157",
                    "207 / 225 / 289",
                    "120 / 147 / 156",
                ],
            ),
            line(
                "one after the other",
                &["by_one_ms"],
                &[
                    "361 / 391 / 534",
                    "344 / 363 / 418",
                    "659 / 694 / 751",
                    "472 / 512 / 742",
                ],
            ),
        ],
        needs: Needs::Quiet,
        play: |stage| cost::reads(stage, 2_000),
    },
];

fn all_addresses(stage: &Stage) -> Run {
    side_by_side(Bad::ALL, |bad| addresses::bad(stage, bad, 10.0))
}

fn all_garbage(stage: &Stage) -> Run {
    side_by_side(Kind::ALL, |kind| {
        garbage::garbage(stage.launcher(), kind, 12.0)
    })
}

/// One run of many kinds; the kind stands before the name of each figure.
fn side_by_side<K: std::fmt::Debug + Copy + Send + Sync, const N: usize>(
    kinds: [K; N],
    play: impl Fn(K) -> Run + Sync,
) -> Run {
    let play = &play;
    let runs: Vec<(K, Run)> = std::thread::scope(|scope| {
        let threads = kinds.map(|kind| (kind, scope.spawn(move || play(kind))));
        threads
            .map(|(kind, thread)| (kind, thread.join().expect("it said why")))
            .into()
    });
    let mut all = Run::default();
    for (kind, run) in runs {
        for name in run.names() {
            all.note_some(&format!("{kind:?}: {name}"), run.get(name));
        }
    }
    all
}
