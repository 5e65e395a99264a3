//! The requests: drawn from a seed, and mostly on znodes that exist.

use crate::pair::Pair;
use tenure::proto::{Acl, CreateMode, MultiOp, Perms, Request, WatchMode, WatchTable, Watches};

/// Draws requests, the same for the same seed.
pub(crate) struct Rng(fastrand::Rng);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.u64(..bound)
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.usize(..of.len())]
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The root of all requests.
pub(crate) const BASE: &str = "/base";

/// Only the creator may read the znode.
const SECRET: &str = "/base/secret";

const NAMES: [&str; 8] = ["a", "b", "ab", "a/x", "a/y", "b/x", "a/x/z", "secret/s"];

/// The first requests of a run.
pub(crate) fn first() -> [Request; 2] {
    [BASE, SECRET].map(|path| Request::Create2 {
        path: path.to_owned(),
        data: Vec::new(),
        acl: Acl::open(),
        mode: CreateMode::Persistent,
    })
}

/// `newest` is the newest transaction, counted from the start of the run.
pub(crate) fn next(rng: &mut Rng, pair: &Pair, newest: i64) -> Request {
    let path = path(rng, pair);
    let watch = rng.one_in(2);
    match rng.below(45) {
        0..=4 => create(rng, path),
        5..=9 => create(rng, format!("{path}/n_")),
        10..=13 => Request::Delete {
            path,
            version: version(rng),
        },
        14..=16 => Request::SetData {
            path,
            data: data(rng),
            version: version(rng),
        },
        17..=19 => Request::Exists { path, watch },
        20 | 21 => Request::GetData { path, watch },
        // The server's own znodes differ between the sides.
        22..=24 if path != "/" && path.starts_with('/') && !path.starts_with("/zoo") => {
            Request::GetChildren2 { path, watch }
        }
        25 if path.is_ascii() => Request::Sync { path },
        26 | 27 => Request::GetEphemerals {
            prefix: (*rng.pick(&["", "/", "/base/a", "  ", "/base/b/", "/nope"])).to_owned(),
        },
        28 => Request::Auth {
            scheme: "digest".to_owned(),
            credentials: format!("u{}:p", rng.below(2)).into_bytes(),
        },
        29..=33 => {
            let ops = (0..rng.below(5)).map(|_| part(rng, pair)).collect();
            Request::Multi { ops }
        }
        34 | 35 => {
            let (data, acl) = (data(rng), acl(rng, is_secret(&path)));
            Request::CreateContainer { path, data, acl }
        }
        36 if is_below(&path) => Request::SetAcl {
            acl: acl(rng, is_secret(&path)),
            version: version(rng),
            path,
        },
        36 | 37 => Request::GetAcl { path },
        38 => Request::SetWatches(Box::new(lost(rng, pair, newest))),
        39 => Request::SetWatches2(Box::new(Watches {
            persistent: watched(rng, pair),
            recursive: watched(rng, pair),
            ..lost(rng, pair, newest)
        })),
        40 => Request::AddWatch {
            path,
            mode: *rng.pick(&[WatchMode::Persistent, WatchMode::Recursive]),
        },
        41 | 42 => Request::RemoveWatches {
            path,
            table: *rng.pick(&[WatchTable::Children, WatchTable::Data, WatchTable::Any]),
        },
        43 if rng.one_in(4) => Request::CloseSession,
        43 if rng.one_in(4) => Request::Auth {
            scheme: "nope".to_owned(),
            credentials: Vec::new(),
        },
        _ => Request::Ping,
    }
}

fn is_secret(path: &str) -> bool {
    path.starts_with(SECRET)
}

/// Not a znode that is an ancestor of all others.
fn is_below(path: &str) -> bool {
    path.starts_with(BASE) && path != BASE && path != SECRET
}

/// Watches as after a loss of connection, some from before a missed change.
fn lost(rng: &mut Rng, pair: &Pair, newest: i64) -> Watches {
    // A wrong boundary shows only close to it.
    let ago = if rng.one_in(2) { 40 } else { 4 };
    Watches {
        since: newest - i64::try_from(rng.below(ago)).unwrap(),
        data: watched(rng, pair),
        missing: watched(rng, pair),
        children: watched(rng, pair),
        ..Watches::default()
    }
}

fn watched(rng: &mut Rng, pair: &Pair) -> Vec<String> {
    let paths = (0..rng.below(3)).map(|_| path(rng, pair));
    // A real server answers characters beyond U+FFFF as two surrogates, which are not UTF-8.
    let comparable = |path: &String| !path.starts_with("/zoo") && path != "/" && path.is_ascii();
    paths.filter(comparable).collect()
}

fn part(rng: &mut Rng, pair: &Pair) -> MultiOp {
    let path = path(rng, pair);
    match rng.below(8) {
        0..=3 => MultiOp::Check {
            path,
            version: version(rng),
        },
        4 | 5 => match create(rng, path) {
            Request::Create2 {
                path,
                data,
                acl,
                mode,
            }
            | Request::Create {
                path,
                data,
                acl,
                mode,
            } => MultiOp::Create {
                path,
                data,
                acl,
                mode,
            },
            other => panic!("{other:?} creates nothing"),
        },
        6 => MultiOp::Delete {
            path,
            version: version(rng),
        },
        _ => MultiOp::SetData {
            path,
            data: data(rng),
            version: version(rng),
        },
    }
}

fn path(rng: &mut Rng, pair: &Pair) -> String {
    if rng.one_in(3) {
        let parent = format!("{BASE}/{}", rng.pick(&NAMES));
        let children = pair.children(&parent);
        if !children.is_empty() {
            return format!("{parent}/{}", rng.pick(&children));
        }
    }
    match rng.below(48) {
        0 => BASE.to_owned(),
        // For an ensemble it holds the addresses.
        1 if pair.servers() == 1 => "/zookeeper/config".to_owned(),
        2 => "/zookeeper".to_owned(),
        3 => format!("{BASE}/"),
        4 => "nope".to_owned(),
        5 => "/".to_owned(),
        6 => format!("{BASE}//x"),
        7 => format!("{BASE}/\u{1}"),
        8 => format!("{BASE}/\u{1F600}"),
        9 => format!("{BASE}/a/../b"),
        // Servers accept any length of a name that fits into a request.
        10 => format!("{BASE}/{}", "long".repeat(2000)),
        _ => format!("{BASE}/{}", rng.pick(&NAMES)),
    }
}

fn create(rng: &mut Rng, path: String) -> Request {
    let mode = *rng.pick(&[
        CreateMode::Persistent,
        CreateMode::Ephemeral,
        CreateMode::PersistentSequential,
        CreateMode::EphemeralSequential,
    ]);
    let (data, acl) = (data(rng), acl(rng, is_secret(&path)));
    if rng.one_in(3) {
        Request::Create {
            path,
            data,
            acl,
            mode,
        }
    } else {
        Request::Create2 {
            path,
            data,
            acl,
            mode,
        }
    }
}

fn acl(rng: &mut Rng, secret: bool) -> Vec<Acl> {
    let entry = |perms, scheme: &str, id: &str| Acl {
        perms: Perms(perms),
        scheme: scheme.to_owned(),
        id: id.to_owned(),
    };
    match rng.below(14) {
        _ if secret => vec![entry(31, "auth", "")],
        0 | 1 => Acl::world_read_creator_all(),
        2 => Vec::new(),
        3 => vec![entry(31, "world", "somebody")],
        4 => vec![entry(31, "digest", "a:")],
        5 => vec![entry(31, "digest", "a:b:"), entry(15, "world", "anyone")],
        6 => vec![entry(1, "world", "anyone")],
        7 => vec![entry(31, "nope", "x")],
        8 => vec![entry(30, "world", "anyone")],
        _ => Acl::open(),
    }
}

fn version(rng: &mut Rng) -> i32 {
    *rng.pick(&[-1, -1, -1, 0, 0, 1])
}

fn data(rng: &mut Rng) -> Vec<u8> {
    vec![7; usize::try_from(rng.below(5)).unwrap()]
}
