//! A client of a few lines: one connection, one request at a time, without pings of its own, with
//! nothing hidden.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::wire::{Fields, Payload, opcode, read_frame, xid};

/// How long a server may take to answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// How long a server that ends a session may keep the connection of the request to end it.
const HEARD_NO_MORE: Duration = Duration::from_millis(500);

/// A session over one connection. Dropping it closes the connection and leaves
/// the session to expire.
#[derive(Debug)]
pub struct Session {
    stream: TcpStream,
    /// The session's number.
    pub id: i64,
    /// The password with which its owner attaches to it again.
    pub password: Vec<u8>,
    /// The timeout that the server granted.
    pub timeout: Duration,
    /// The payloads of the watch events that came between replies.
    pub watch_events: Vec<Vec<u8>>,
    last_xid: i32,
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction that the server has seen last.
    pub zxid: i64,
    /// 0 or a negative error code.
    pub error: i32,
    /// The bytes after the header.
    pub body: Vec<u8>,
}

impl Session {
    /// Opens a new session.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn open(addr: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let session = Self::attach(addr, 0, &[0; 16], timeout)?;
        session.ok_or_else(|| io::Error::other("the server refuses a new session"))
    }

    /// Opens a new session that accepts a server without a quorum.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn open_read_only(addr: SocketAddr, timeout: Duration) -> io::Result<Self> {
        let session = Self::shake_hands(addr, &connect_request(0, &[0; 16], timeout, true))?;
        session.ok_or_else(|| io::Error::other("the server refuses a new session"))
    }

    /// Attaches to a session; `None` if it has ended or the password is wrong.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn attach(
        addr: SocketAddr,
        id: i64,
        password: &[u8],
        timeout: Duration,
    ) -> io::Result<Option<Self>> {
        Self::shake_hands(addr, &connect_request(id, password, timeout, false))
    }

    fn shake_hands(addr: SocketAddr, request: &[u8]) -> io::Result<Option<Self>> {
        let mut stream = connect(addr)?;
        stream.write_all(request)?;
        let Some(granted) = read_connect_response(&mut stream)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            stream,
            id: granted.id,
            password: granted.password,
            timeout: granted.timeout,
            watch_events: Vec::new(),
            last_xid: 0,
        }))
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// Those of the connection; `InvalidData` for a reply to another request.
    pub fn request(&mut self, opcode: i32, body: Payload) -> io::Result<Reply> {
        self.last_xid += 1;
        self.send(self.last_xid, opcode, body)
    }

    /// Keeps the session alive.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn ping(&mut self) -> io::Result<()> {
        self.send(xid::PING, opcode::PING, Payload::new()).map(drop)
    }

    /// Creates a znode that anyone may do anything to. `flags` are 1 for ephemeral and 2 for
    /// sequential.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn create(&mut self, path: &str, data: &[u8], flags: i32) -> io::Result<Reply> {
        let everyone = |payload: Payload| payload.int(1).int(31).buffer("world").buffer("anyone");
        let body = everyone(Payload::new().buffer(path).buffer(data)).int(flags);
        self.request(opcode::CREATE, body)
    }

    /// Whether a znode exists, with a watch on it if `watch`.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn exists(&mut self, path: &str, watch: bool) -> io::Result<bool> {
        let reply = self.request(opcode::EXISTS, Payload::new().buffer(path).bool(watch))?;
        Ok(reply.error == 0)
    }

    /// Deletes a znode of any version.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn delete(&mut self, path: &str) -> io::Result<Reply> {
        self.request(opcode::DELETE, Payload::new().buffer(path).int(-1))
    }

    /// Sends `name:password` to the server, as `digest` credentials.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn authenticate(&mut self, credentials: &str) -> io::Result<Reply> {
        let body = Payload::new().int(0).buffer("digest").buffer(credentials);
        self.send(xid::AUTH, opcode::AUTH, body)
    }

    /// Sets the ACL of a znode: entries of rights, scheme and name.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn set_acl(&mut self, path: &str, entries: &[(i32, &str, &str)]) -> io::Result<Reply> {
        let count = i32::try_from(entries.len()).expect("a few entries");
        let body = Payload::new().buffer(path).int(count);
        let body = entries.iter().fold(body, |body, (rights, scheme, name)| {
            body.int(*rights).buffer(scheme).buffer(name)
        });
        self.request(opcode::SET_ACL, body.int(-1))
    }

    /// Creates znodes without payload that anyone may do anything to, all or none.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn create_all(&mut self, paths: &[String]) -> io::Result<Reply> {
        let body = paths.iter().fold(Payload::new(), |body, path| {
            let body = body.int(opcode::CREATE).bool(false).int(-1);
            let body = body.buffer(path).buffer("").int(1).int(31);
            body.buffer("world").buffer("anyone").int(0)
        });
        self.request(opcode::MULTI, body.int(-1).bool(true).int(-1))
    }

    /// Deletes znodes of any version, all or none. The reply has one header for each: -1 in front of it is an
    /// error.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn delete_all(&mut self, paths: &[&str]) -> io::Result<Reply> {
        let body = paths.iter().fold(Payload::new(), |body, path| {
            let body = body.int(opcode::DELETE).bool(false).int(-1);
            body.buffer(path).int(-1)
        });
        self.request(opcode::MULTI, body.int(-1).bool(true).int(-1))
    }

    /// Ends the session.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn close(mut self) -> io::Result<()> {
        self.request(opcode::CLOSE_SESSION, Payload::new())
            .map(drop)
    }

    /// Waits for the next watch event, unless one came already.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn wait_watch_event(&mut self) -> io::Result<Vec<u8>> {
        while self.watch_events.is_empty() {
            self.read_message()?;
        }
        Ok(self.watch_events.remove(0))
    }

    fn send(&mut self, xid: i32, opcode: i32, body: Payload) -> io::Result<Reply> {
        self.stream.write_all(&request(xid, opcode, body))?;
        loop {
            let Some((answered, reply)) = self.read_message()? else {
                continue;
            };
            if answered == xid {
                return Ok(reply);
            }
            return Err(invalid(format!(
                "a reply to request {answered} while {xid} was open"
            )));
        }
    }

    /// Reads a reply, or stores a watch event.
    fn read_message(&mut self) -> io::Result<Option<(i32, Reply)>> {
        let payload = read_frame(&mut self.stream)?;
        let mut fields = Fields::new(&payload);
        let header = (|| Some((fields.int()?, fields.long()?, fields.int()?)))();
        let (answered, zxid, error) = header.ok_or_else(|| invalid("a reply without a header"))?;
        let body = payload[16..].to_vec();
        if answered == xid::WATCH_EVENT {
            self.watch_events.push(body);
            return Ok(None);
        }
        Ok(Some((answered, Reply { zxid, error, body })))
    }
}

/// Ends a session without its owner, as the server would after its timeout, and returns when the
/// server no longer has it.
///
/// Connect request and closeSession go out in one segment, so that the owner, which may be
/// attaching at the same time, cannot come between. Repeats this until the server answers that
/// there is no such session.
///
/// # Errors
/// When the server cannot be reached, or the session still lives after 10 s.
pub fn expire_session(addr: SocketAddr, id: i64, password: &[u8]) -> io::Result<()> {
    let started = Instant::now();
    while started.elapsed() < ANSWER_DEADLINE {
        let mut stream = connect(addr)?;
        stream.set_read_timeout(Some(HEARD_NO_MORE))?;
        let timeout = Duration::from_secs(10);
        let mut segment = connect_request(id, password, timeout, false);
        segment.extend(request(1, opcode::CLOSE_SESSION, Payload::new()));
        stream.write_all(&segment)?;
        match read_connect_response(&mut stream) {
            Ok(None) => return Ok(()),
            // Closed; the next round sees it gone. It is not gone before the server has closed this
            // connection, unless its owner attached in between: then the server closes the owner's
            // connection, and not this one.
            Ok(Some(_)) => drop(stream.read_to_end(&mut Vec::new())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(error),
            // Its owner attached again at the same moment.
            Err(_) => {}
        }
    }
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        format!("session {id:#x} does not end"),
    ))
}

/// The password of session `id`: ZooKeeper derives passwords from the session's number, by Java's
/// `Random`.
#[must_use]
pub fn password_of(id: i64) -> Vec<u8> {
    const SALT: i64 = 0xB341_5C00;
    const MASK: u64 = (1 << 48) - 1;
    let mut state = ((id ^ SALT).cast_unsigned() ^ 0x5_DEEC_E66D) & MASK;
    let ints = std::iter::repeat_with(|| {
        state = state.wrapping_mul(0x5_DEEC_E66D).wrapping_add(0xB) & MASK;
        u32::try_from(state >> 16).expect("48 bits less 16")
    });
    ints.take(4).flat_map(u32::to_le_bytes).collect()
}

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, ANSWER_DEADLINE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_DEADLINE))?;
    Ok(stream)
}

/// The frame that begins a connection.
fn connect_request(id: i64, password: &[u8], timeout: Duration, read_only: bool) -> Vec<u8> {
    let (protocol, last_zxid) = (0, 0);
    let timeout_ms = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    let head = Payload::new()
        .int(protocol)
        .long(last_zxid)
        .int(timeout_ms)
        .long(id);
    head.buffer(password).bool(read_only).frame()
}

fn request(xid: i32, opcode: i32, body: Payload) -> Vec<u8> {
    Payload::new()
        .int(xid)
        .int(opcode)
        .raw(&body.payload())
        .frame()
}

struct Granted {
    id: i64,
    password: Vec<u8>,
    timeout: Duration,
}

/// `None` when there is no such session: the server grants a timeout of zero.
fn read_connect_response(stream: &mut impl Read) -> io::Result<Option<Granted>> {
    let payload = read_frame(stream)?;
    let mut fields = Fields::new(&payload);
    let granted = (|| {
        let (_protocol, timeout_ms, id) = (fields.int()?, fields.int()?, fields.long()?);
        let timeout = Duration::from_millis(u64::try_from(timeout_ms).ok()?);
        Some(Granted {
            id,
            password: fields.buffer()?.to_vec(),
            timeout,
        })
    })();
    let granted =
        granted.ok_or_else(|| invalid(format!("a connect response that is none: {payload:?}")))?;
    Ok((!granted.timeout.is_zero()).then_some(granted))
}

fn invalid(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}
