//! Scenarios in programs of other languages: the program uses its binding, and requests the acts on
//! servers and networks. The harness gives it the name of a scenario, and the program uses its
//! standard streams, one line at a time:
//!
//! - it prints `ask WORDS`, and reads one line of answer: `ok`, followed by the result if there is one,
//!   or `no REASON`;
//! - it prints `done` when all its checks have passed, and ends with 0;
//! - all other lines are for people.
//!
//! One space separates words, and a word has none. `N` is the number of a proxy or of a server that
//! an earlier request started; `WHO` is `user:password`, or `-` for no credentials.
//!
//! | words | effect | result |
//! |---|---|---|
//! | `server` | – | the address of the server that all scenarios share |
//! | `path` | – | a path that no other scenario uses |
//! | `file TEXT` | a file that holds the text | its path |
//! | `proxy` | a proxy before that server | `N ADDRESS` |
//! | `cut N`, `heal N` | every connection ends by a reset and none is accepted; accepts again | |
//! | `hold N`, `release N` | nothing passes and no connection ends; everything passes | |
//! | `swallow N REQUEST THEN` | the next answer to such a request vanishes; then `THEN` happens to its connection: `hold`, `fin` or `reset` | |
//! | `count N WHAT` | – | the number of `connections`, `replies`, or requests of a kind |
//! | `forget N` | sets all counts to zero | |
//! | `expire SESSION` | ends the session, without its owner | |
//! | `children PATH` | – | the names of its children |
//! | `await PATH COUNT` | waits until it has this many children | their names |
//! | `create WHO PATH DATA` | a znode; `-` is no data | |
//! | `ephemeral PATH` | a znode of a session that lasts until the end | |
//! | `write WHO PATH DATA` | – | |
//! | `delete PATH` | – | |
//! | `allow WHO PATH RIGHTS:SCHEME:NAME...` | sets the ACL | |
//! | `rights WHO PATH` | – | the ACL, in the same form |
//! | `own [MIN_MS MAX_MS]` | a server that no other scenario uses, with bounds for session timeouts | `N ADDRESS` |
//! | `kill N`, `restart N` | kills that server; starts it again with its data | |
//!
//! Kinds of requests are `create`, `delete`, `children`, `data`, `write`. The answer to a request
//! that a server refuses is `no` and the error's number.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::proxy::{Cut, Then};
use crate::wire::{Fields, Payload, opcode};
use crate::zookeeper::Config;
use crate::{Process, Proxy, Zookeeper, raw, wait_until};

/// How long a program may take from one line to the next, and a server to carry out a request.
const LIMIT: Duration = Duration::from_secs(60);

/// The timeout of the sessions that a scenario requests.
const SESSION: Duration = Duration::from_secs(10);

/// All permissions.
const ALL: i32 = 31;

const GET_ACL: i32 = 6;
const SET_ACL: i32 = 7;

/// The outcome of a request: a result, or the reason of its refusal.
type Answer = Result<String, String>;

/// Carries out the requests of one scenario's program, until the program ends.
///
/// # Panics
/// When the program ends without `done`, or with another code than 0; the message shows all that it
/// printed.
#[track_caller]
pub fn play(server: &Zookeeper, program: &Process) {
    let mut resources = Resources {
        server,
        proxies: Vec::new(),
        servers: Vec::new(),
        sessions: Vec::new(),
        folder: tempfile::tempdir().expect("a temporary directory"),
    };
    loop {
        let line = program.wait_for("its next question", LIMIT, |line| {
            (line.as_str()).is_some_and(|text| text == "done" || text.starts_with("ask "))
        });
        let text = line.as_str().unwrap_or_default();
        let Some(question) = text.strip_prefix("ask ") else {
            break;
        };
        let answer = match resources.answer(question) {
            Ok(result) if result.is_empty() => "ok\n".to_owned(),
            Ok(result) => format!("ok {result}\n"),
            Err(reason) => format!("no {reason}\n"),
        };
        program.write_stdin(answer.as_bytes());
    }
    let status = program.wait_exit(LIMIT);
    assert!(status.success(), "{status}\n{}", program.text());
}

struct Resources<'a> {
    server: &'a Zookeeper,
    proxies: Vec<Proxy>,
    servers: Vec<Zookeeper>,
    sessions: Vec<raw::Session>,
    folder: TempDir,
}

impl Resources<'_> {
    fn answer(&mut self, question: &str) -> Answer {
        // They live as long as they send requests.
        for session in &mut self.sessions {
            session.ping().map_err(|error| error.to_string())?;
        }
        let words: Vec<&str> = question.split(' ').collect();
        match words[..] {
            ["server"] => Ok(self.server.addr().to_string()),
            ["path"] => {
                static LAST: AtomicUsize = AtomicUsize::new(0);
                Ok(format!("/played-{}", LAST.fetch_add(1, Ordering::Relaxed)))
            }
            ["file", text] => {
                let path = self.folder.path().join("file");
                std::fs::write(&path, text).map_err(|error| error.to_string())?;
                Ok(path.display().to_string())
            }
            ["proxy"] => {
                self.proxies.push(Proxy::start(self.server.addr()));
                let proxy = self.proxies.len() - 1;
                Ok(format!("{proxy} {}", self.proxies[proxy].addr()))
            }
            ["own"] => Ok(self.start(Config::default())),
            ["own", min, max] => Ok(self.start(Config {
                min_session_timeout_ms: Some(number(min)?),
                max_session_timeout_ms: Some(number(max)?),
                ..Config::default()
            })),
            ["kill", which] => self.own(which).map(Zookeeper::kill).map(nothing),
            ["restart", which] => self.own(which).map(Zookeeper::restart).map(nothing),
            ["create", who, path, data] => self.create(who, path, data),
            ["ephemeral", path] => {
                let mut session = self.open("-")?;
                fine(session.create(path, b"", 1))?;
                self.sessions.push(session);
                Ok(String::new())
            }
            ["write", who, path, data] => {
                let body = Payload::new().buffer(path).buffer(data).int(-1);
                self.as_user(who, |session| session.request(opcode::SET_DATA, body))
                    .map(nothing)
            }
            ["delete", path] => self
                .as_user("-", |session| session.delete(path))
                .map(nothing),
            ["children", path] => self.children(path).map(|names| names.join(" ")),
            ["await", path, count] => {
                let count: usize = number(count)?;
                let names = wait_until("the children", LIMIT, || {
                    self.children(path)
                        .ok()
                        .filter(|names| names.len() == count)
                });
                Ok(names.join(" "))
            }
            ["allow", who, path, ref entries @ ..] => self.allow(who, path, entries),
            ["rights", who, path] => self.rights(who, path),
            ["expire", session] => {
                let id: i64 = number(session)?;
                raw::expire_session(self.server.addr(), id, &raw::password_of(id))
                    .map(nothing)
                    .map_err(|error| error.to_string())
            }
            [verb, which, ref rest @ ..] => {
                let index: usize = number(which)?;
                let proxy = (self.proxies.get(index)).ok_or_else(|| format!("no proxy {which}"))?;
                on_proxy(proxy, verb, rest)
            }
            _ => Err(format!("{question:?} is no question")),
        }
    }

    fn start(&mut self, config: Config) -> String {
        self.servers.push(Zookeeper::start_with(config));
        let last = self.servers.len() - 1;
        format!("{last} {}", self.servers[last].addr())
    }

    fn own(&self, which: &str) -> Result<&Zookeeper, String> {
        let index: usize = number(which)?;
        (self.servers.get(index)).ok_or_else(|| format!("no server {which}"))
    }

    fn open(&self, who: &str) -> Result<raw::Session, String> {
        let addr: SocketAddr = self.server.addr();
        let mut session = raw::Session::open(addr, SESSION).map_err(|error| error.to_string())?;
        if who != "-" {
            let body = Payload::new().int(0).buffer("digest").buffer(who);
            fine(session.request(opcode::AUTH, body))?;
        }
        Ok(session)
    }

    /// One request in a session of its own.
    fn as_user(
        &self,
        who: &str,
        act: impl FnOnce(&mut raw::Session) -> io::Result<raw::Reply>,
    ) -> Result<Vec<u8>, String> {
        let mut session = self.open(who)?;
        let reply = fine(act(&mut session))?;
        session.close().map_err(|error| error.to_string())?;
        Ok(reply.body)
    }

    fn create(&self, who: &str, path: &str, data: &str) -> Answer {
        let data = if data == "-" { "" } else { data };
        self.as_user(who, |session| session.create(path, data.as_bytes(), 0))
            .map(nothing)
    }

    fn children(&self, path: &str) -> Result<Vec<String>, String> {
        let body = Payload::new().buffer(path).bool(false);
        let body = self.as_user("-", |session| session.request(opcode::GET_CHILDREN, body))?;
        let mut fields = Fields::new(&body);
        let count = fields.int().ok_or("a short answer")?;
        (0..count)
            .map(|_| {
                fields
                    .buffer()
                    .map(text)
                    .ok_or_else(|| "a short answer".to_owned())
            })
            .collect()
    }

    fn allow(&self, who: &str, path: &str, entries: &[&str]) -> Answer {
        let count = i32::try_from(entries.len()).map_err(|error| error.to_string())?;
        let mut body = Payload::new().buffer(path).int(count);
        for entry in entries {
            let parts: Vec<&str> = entry.splitn(3, ':').collect();
            let [rights, scheme, name] = parts[..] else {
                return Err(format!("{entry:?} is no entry of an ACL"));
            };
            let rights = if rights == "all" {
                ALL
            } else {
                number(rights)?
            };
            body = body.int(rights).buffer(scheme).buffer(name);
        }
        let body = body.int(-1);
        self.as_user(who, |session| session.request(SET_ACL, body))
            .map(nothing)
    }

    fn rights(&self, who: &str, path: &str) -> Answer {
        let body = Payload::new().buffer(path);
        let body = self.as_user(who, |session| session.request(GET_ACL, body))?;
        let mut fields = Fields::new(&body);
        let count = fields.int().ok_or("a short answer")?;
        let entries: Option<Vec<String>> = (0..count)
            .map(|_| {
                let (rights, scheme, name) = (fields.int()?, fields.buffer()?, fields.buffer()?);
                Some(format!("{rights}:{}:{}", text(scheme), text(name)))
            })
            .collect();
        Ok(entries.ok_or("a short answer")?.join(" "))
    }
}

fn on_proxy(proxy: &Proxy, verb: &str, rest: &[&str]) -> Answer {
    match (verb, rest) {
        ("cut", []) => {
            proxy.refuse(true);
            proxy.cut_connections(Cut::Reset);
        }
        ("heal", []) => proxy.refuse(false),
        ("hold", []) => proxy.hold(),
        ("release", []) => proxy.release(),
        ("forget", []) => proxy.reset_counts(),
        ("swallow", [request, then]) => {
            let then = match *then {
                "hold" => Then::Hold,
                "fin" => Then::Cut(Cut::Fin),
                "reset" => Then::Cut(Cut::Reset),
                other => return Err(format!("{other:?} is nothing that can follow")),
            };
            proxy.swallow_reply(kind(request)?, 1, then);
        }
        ("count", ["connections"]) => return Ok(proxy.counts().connections.to_string()),
        ("count", ["replies"]) => return Ok(proxy.counts().total_replies().to_string()),
        ("count", [request]) => return Ok(proxy.counts().request(kind(request)?).to_string()),
        _ => return Err(format!("{verb:?} is no question")),
    }
    Ok(String::new())
}

fn kind(request: &str) -> Result<i32, String> {
    Ok(match request {
        "create" => opcode::CREATE2,
        "delete" => opcode::DELETE,
        "children" => opcode::GET_CHILDREN2,
        "data" => opcode::GET_DATA,
        "write" => opcode::SET_DATA,
        other => return Err(format!("{other:?} is no kind of request")),
    })
}

fn fine(reply: io::Result<raw::Reply>) -> Result<raw::Reply, String> {
    let reply = reply.map_err(|error| error.to_string())?;
    match reply.error {
        0 => Ok(reply),
        error => Err(error.to_string()),
    }
}

fn nothing<T>(_: T) -> String {
    String::new()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn number<N: std::str::FromStr>(word: &str) -> Result<N, String> {
    (word.parse()).map_err(|_| format!("{word:?} is no number"))
}
