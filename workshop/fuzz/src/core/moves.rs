//! The moves of a script: a byte for the move, and after it the bytes that the move needs.

use super::{Player, Tape};
use crate::secret::SESSION_SECRET;
use std::time::Duration;
use tenure::core::{
    Call, CallId, Command, ContenderSpec, Handle, Input, LeasePolicy, Reenrol, Time,
};
use tenure::proto::{
    ConnectResponse, EventKind, ReplyHeader, Response, ServerError, Stat, WatchEvent, op,
};

/// The longest time for which a script's client tries to close its session.
pub(super) const PATIENCE_MAX: Duration = Duration::from_secs(70);

const GROUPS: [&str; 3] = ["/g", "/g/deep/er", "/other"];
const LABELS: [Option<&str>; 3] = [None, Some("c"), Some("a_b")];

/// Moves of hand-written scripts.
pub(crate) mod script {
    pub(crate) const SERVE: u8 = 0;
    pub(crate) const PASS: u8 = 2;
    pub(crate) const DISCONNECTED: u8 = 6;
    pub(crate) const LIE: u8 = 9;
    pub(crate) const WELCOME: u8 = 10;
    pub(crate) const RAW: u8 = 11;
    pub(crate) const EVENT: u8 = 12;
    pub(crate) const CONTEND: u8 = 13;
    pub(crate) const DETECT: u8 = 14;
    pub(crate) const GROUP: u8 = 15;
    pub(crate) const JOIN: u8 = 16;
    pub(crate) const ASK: u8 = 17;
    pub(crate) const CLOSE: u8 = 18;
    pub(crate) const MEDDLE: u8 = 19;
}

impl Player {
    pub(super) fn play(&mut self, tape: &mut Tape<'_>) {
        match tape.byte() % 20 {
            0 => self.serve(1 + tape.below(16)),
            1 => self.wait_out(),
            2 => {
                let span = tape.span();
                self.pass(span);
            }
            3 => {
                // If time runs backwards, the latest time counts.
                let back = u64::try_from(tape.span().as_nanos()).unwrap_or(0);
                let earlier = Time::from_nanos(self.now.as_nanos().saturating_sub(back));
                self.input_at(Input::Tick, earlier);
            }
            4 => self.look_up(tape),
            5 => {
                let conn = self.pick(tape);
                self.connect(conn, tape.below(3) > 0);
            }
            6 => {
                let conn = self.pick(tape);
                self.cut(conn);
            }
            7 => {
                let conn = self.pick(tape);
                self.next_message(conn, tape.below(4));
            }
            8 => {
                let conn = self.pick(tape);
                self.next_message_torn(conn, tape);
            }
            9 => {
                let conn = self.pick(tape);
                self.lie(conn, tape);
            }
            10 => {
                let conn = self.pick(tape);
                self.welcome(conn, tape);
            }
            11 => {
                let conn = self.pick(tape);
                self.deliver(conn, tape.bytes());
            }
            12 => {
                let conn = self.pick(tape);
                let mut bytes = Vec::new();
                self.event_of(tape).encode(1, &mut bytes);
                self.deliver(conn, &bytes);
            }
            13 => self.contend(tape),
            14 => {
                let (handle, path) = (self.handle(), tape.one_of(&GROUPS).to_owned());
                self.command(Command::Detect { handle, path });
            }
            15 => {
                let (handle, path) = (self.handle(), tape.one_of(&GROUPS).to_owned());
                self.command(Command::Group { handle, path });
            }
            16 => {
                let (handle, call) = (self.any_handle(tape), self.call());
                self.candidacies += 1;
                let label = tape.one_of(&LABELS).map(str::to_owned);
                let data = tape.bytes().to_vec();
                self.command(Command::Call {
                    handle,
                    call,
                    what: Call::Join { label, data },
                });
            }
            17 => self.ask(tape),
            18 => {
                let (call, patience) = (self.call(), tape.span());
                self.closed = true;
                self.command(Command::Close { call, patience });
            }
            _ => self.meddle(tape),
        }
    }

    fn pick(&self, tape: &mut Tape<'_>) -> usize {
        tape.below(self.conns.len())
    }

    /// A new handle.
    fn handle(&mut self) -> Handle {
        self.handles += 1;
        Handle(self.handles)
    }

    /// A handle that exists, or one that does not.
    fn any_handle(&self, tape: &mut Tape<'_>) -> Handle {
        let given = usize::try_from(self.handles).unwrap_or(0);
        Handle(1 + tape.below(given + 1) as u64)
    }

    /// All is well for a while.
    fn serve(&mut self, rounds: usize) {
        for _ in 0..rounds {
            while let Some(lookup) = self.lookups.pop() {
                let result = Ok(vec![([10, 0, 0, 3], 2181).into()]);
                self.input(Input::Resolved { lookup, result });
            }
            for at in 0..self.conns.len() {
                self.connect(at, true);
            }
            let mut delivered = 0;
            while self.conns.iter().any(|conn| !conn.said.is_empty()) && delivered < 64 {
                for at in 0..self.conns.len() {
                    self.next_message(at, 0);
                }
                delivered += 1;
            }
            self.wait_out();
        }
    }

    fn wait_out(&mut self) {
        let due = self.wait.unwrap_or(self.now);
        self.now = self.now.max(due);
        self.tick();
    }

    fn look_up(&mut self, tape: &mut Tape<'_>) {
        let strange = u64::from(tape.byte());
        let lookup = self.lookups.pop().unwrap_or(strange);
        let addresses = (0..tape.below(4)).map(|n| ([10, 0, 1, n as u8], 2181).into());
        let result = match tape.below(2) {
            0 => Ok(addresses.collect()),
            _ => Err("no such name".to_owned()),
        };
        self.input(Input::Resolved { lookup, result });
    }

    /// A connection is established, to an honest server or to none.
    fn connect(&mut self, at: usize, honest: bool) {
        let server = honest.then(|| self.model.accept(self.since_start()));
        let Some(conn) = self.conns.get_mut(at) else {
            // On a connection that was never requested.
            self.input(Input::Connected { conn: u64::MAX });
            return;
        };
        if conn.stands {
            return;
        }
        (conn.stands, conn.server) = (true, server.flatten());
        let conn = conn.number;
        self.input(Input::Connected { conn });
    }

    fn cut(&mut self, at: usize) {
        let why = "cut".to_owned();
        if at >= self.conns.len() {
            let conn = u64::MAX;
            self.input(Input::Disconnected { conn, why });
            return;
        }
        let conn = self.conns.remove(at);
        self.hang_up(&conn);
        let conn = conn.number;
        self.input(Input::Disconnected { conn, why });
    }

    /// The client gets the next message of the honest server: once, not at all, twice.
    fn next_message(&mut self, at: usize, how: usize) {
        let next = self
            .conns
            .get_mut(at)
            .and_then(|conn| conn.said.pop_front());
        let Some(bytes) = next else { return };
        if how == 1 {
            return;
        }
        self.deliver(at, &bytes);
        if how == 2 {
            self.deliver(at, &bytes);
        }
    }

    /// In two pieces, one byte of it changed by choice.
    fn next_message_torn(&mut self, at: usize, tape: &mut Tape<'_>) {
        let next = self
            .conns
            .get_mut(at)
            .and_then(|conn| conn.said.pop_front());
        let Some(mut bytes) = next.filter(|bytes| !bytes.is_empty()) else {
            return;
        };
        let (cut, place) = (tape.below(bytes.len()), tape.below(bytes.len()));
        bytes[place] ^= tape.byte();
        let number = self.conns[at].number;
        self.deliver(at, &bytes[..cut]);
        if self.conns.get(at).is_some_and(|conn| conn.number == number) {
            self.deliver(at, &bytes[cut..]);
        }
    }

    /// An answer to the oldest request: mostly of its kind, and untrue.
    fn lie(&mut self, at: usize, tape: &mut Tape<'_>) {
        let asked = self.conns.get(at).and_then(|conn| conn.asked.front());
        let Some(asked) = asked else { return };
        let (xid, of_its_kind) = (asked.xid, shape_of(asked.request.op()));
        let errors = [
            0, 0, 0, -101, -102, -103, -110, -111, -112, -115, -118, -6, -8, 7,
        ];
        let zxid = i64::from(tape.number());
        let header = ReplyHeader {
            xid,
            zxid,
            err: tape.one_of(&errors),
        };
        let stat = self.stat(tape);
        let path = format!("/g/{}", String::from_utf8_lossy(tape.bytes()));
        let shape = Some(tape.below(20)).filter(|shape| *shape < 9);
        let response = match shape.unwrap_or(of_its_kind) {
            0 => Response::Empty,
            1 => Response::Path(path.clone()),
            2 => Response::Created {
                path: path.clone(),
                stat,
            },
            3 => Response::Stat(stat),
            4 => Response::Data {
                data: tape.bytes().to_vec(),
                stat,
            },
            5 => {
                let names = [
                    "0000000000",
                    "0000000007",
                    "c_0000000001",
                    "a_b_-000000002",
                    "foo",
                ];
                let count = tape.below(6);
                let children = (0..count).map(|_| tape.one_of(&names).to_owned());
                Response::Children {
                    children: children.collect(),
                    stat,
                }
            }
            6 => Response::Synced,
            7 => Response::Ephemerals(vec![path.clone(); tape.below(4)]),
            _ => {
                let count = tape.below(5);
                let outcomes = (0..count).map(|_| match tape.below(3) {
                    0 => Ok(Response::Empty),
                    1 => Err(ServerError::NoNode),
                    _ => Err(ServerError::from_code(tape.one_of(&errors))),
                });
                Response::Multi(outcomes.collect())
            }
        };
        let mut bytes = Vec::new();
        response.encode(header, &path, &mut bytes);
        self.deliver(at, &bytes);
    }

    fn stat(&self, tape: &mut Tape<'_>) -> Stat {
        let sessions = self.model.sessions();
        let owner = sessions.last().copied().unwrap_or(1);
        Stat {
            czxid: tape.number().into(),
            mzxid: tape.number().into(),
            version: tape.number(),
            ephemeral_owner: tape.one_of(&[owner, 0, 1, -1]),
            num_children: tape.number(),
            ..Stat::default()
        }
    }

    fn welcome(&mut self, at: usize, tape: &mut Tape<'_>) {
        let timeouts = [4000, 10_000, 0, 1, 600, -1, i32::MIN, i32::MAX];
        let mut bytes = Vec::new();
        ConnectResponse {
            timeout_ms: tape.one_of(&timeouts),
            session: tape.one_of(&[1, 0, -1, i64::MAX, i64::MIN]),
            password: SESSION_SECRET.to_vec(),
        }
        .encode(&mut bytes);
        self.deliver(at, &bytes);
    }

    fn event_of(&self, tape: &mut Tape<'_>) -> WatchEvent {
        let kinds = [
            EventKind::Created,
            EventKind::Deleted,
            EventKind::DataChanged,
            EventKind::ChildrenChanged,
        ];
        WatchEvent {
            kind: tape.one_of(&kinds),
            path: self.path(tape),
        }
    }

    /// A known path, or an unknown one.
    fn path(&self, tape: &mut Tape<'_>) -> String {
        let group = tape.one_of(&GROUPS);
        let members = self.model.children(group).unwrap_or_default();
        match (tape.below(3), members.is_empty()) {
            (0, _) => group.to_owned(),
            (1, false) => format!("{group}/{}", members[tape.below(members.len())]),
            _ => format!("{group}/c_{:010}", tape.byte()),
        }
    }

    fn contend(&mut self, tape: &mut Tape<'_>) {
        let handle = self.handle();
        let group = tape.one_of(&GROUPS);
        let spec = ContenderSpec {
            label: tape.one_of(&LABELS).map(str::to_owned),
            data: tape.bytes().to_vec(),
            policy: tape.one_of(LeasePolicy::ALL),
            reenrol: tape.one_of(Reenrol::ALL),
            warm: tape.one_of(&[false, true]),
            ..ContenderSpec::new(group)
        };
        let stands_for = (spec.path.clone(), spec.policy);
        self.groups.insert(handle, stands_for);
        self.command(Command::Contend { handle, spec });
    }

    /// Any call that a user may make on a handle, whatever kind of handle it is.
    fn ask(&mut self, tape: &mut Tape<'_>) {
        let (handle, what) = (self.any_handle(tape), tape.below(11));
        let (mut path, mut token) = (self.path(tape), tape.number().unsigned_abs().into());
        if let Some((known, its)) = self.known.get(tape.below(8)) {
            (path, token) = (known.clone(), *its);
        }
        let command = match what {
            0 => Command::Watch { handle },
            1 => Command::Drop { handle },
            2 => {
                let call = CallId(1 + u64::from(tape.byte()) % (self.calls + 1));
                self.open_calls.remove(&call);
                Command::Forget { handle, call }
            }
            _ => {
                let (call, data) = (self.call(), tape.bytes().to_vec());
                match what {
                    3 => Command::Call {
                        handle,
                        call,
                        what: Call::Withdraw,
                    },
                    4 => Command::Call {
                        handle,
                        call,
                        what: Call::Cancel { path },
                    },
                    5 => Command::Call {
                        handle,
                        call,
                        what: Call::SetData { data },
                    },
                    6 => Command::Call {
                        handle,
                        call,
                        what: Call::SetMemberData { path, data },
                    },
                    7 => Command::Call {
                        handle,
                        call,
                        what: Call::AwaitEnd { path },
                    },
                    8 => Command::Call {
                        handle,
                        call,
                        what: Call::Evict { path, token },
                    },
                    9 => Command::Call {
                        handle,
                        call,
                        what: Call::Members,
                    },
                    _ => Command::Call {
                        handle,
                        call,
                        what: Call::Data { path },
                    },
                }
            }
        };
        self.command(command);
    }

    /// Another client changes the honest server or its znodes.
    fn meddle(&mut self, tape: &mut Tape<'_>) {
        let (now, path) = (self.since_start(), self.path(tape));
        match tape.below(7) {
            0 => drop(self.model.create(&path, b"", now)),
            1 => drop(self.model.delete(&path, now)),
            2 => drop(self.model.delete_tree(tape.one_of(&GROUPS), now)),
            3 => drop(self.model.set_counter(tape.one_of(&GROUPS), i32::MAX - 1)),
            4 => {
                let sessions = self.model.sessions();
                if let Some(session) = sessions.get(tape.below(sessions.len())) {
                    self.model.expire(*session, now);
                }
            }
            5 => self.model.crash(now),
            _ => self.model.restart(now),
        }
        self.collect();
    }
}

/// Which of the answers of [`Player::lie`] has the form of this operation's reply.
fn shape_of(number: i32) -> usize {
    match number {
        op::CREATE => 1,
        op::CREATE2 => 2,
        op::EXISTS | op::SET_DATA => 3,
        op::GET_DATA => 4,
        op::GET_CHILDREN2 => 5,
        op::SYNC => 6,
        op::GET_EPHEMERALS => 7,
        op::MULTI => 8,
        _ => 0,
    }
}
