//! A name server that gives the answers that a test wants, or none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tempfile::TempDir;

/// The port of name servers; resolvers know no other.
const PORT: u16 = 53;

/// The length of a message's header.
const HEADER_BYTES: usize = 12;

/// A question for an IPv4 address.
const TYPE_A: u16 = 1;

/// The answer to questions for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// These addresses, not to be cached; no IPv6 address.
    Addresses(Vec<Ipv4Addr>),
    /// NXDOMAIN: the name does not exist.
    NoSuchName,
    /// SERVFAIL: the name server has no answer.
    Failure,
    /// No answer at all.
    Silence,
}

/// A name server on port 53 of one address. It ends with this value.
///
/// Start it inside a namespace of a [`Lab`](crate::Lab), and give
/// [`resolv_conf`](Self::resolv_conf) to the processes that are to ask it
/// ([`Options::binds`](crate::process::Options::binds)).
#[derive(Debug)]
pub struct Dns {
    shared: Arc<Shared>,
    directory: TempDir,
    answering: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    socket: UdpSocket,
    closing: AtomicBool,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    answers: BTreeMap<String, Answer>,
    questions: BTreeMap<String, usize>,
}

impl Dns {
    /// Starts a name server at `ip` that knows no names. `options` are those of
    /// `resolv.conf`, such as `timeout:1 attempts:2`; blank for the system's own.
    ///
    /// # Panics
    /// When the port cannot be bound.
    #[must_use]
    #[track_caller]
    pub fn start_on(ip: IpAddr, options: &str) -> Self {
        let socket = UdpSocket::bind((ip, PORT))
            .unwrap_or_else(|error| panic!("cannot bind port {PORT} of {ip}: {error}"));
        let shared = Arc::new(Shared {
            socket,
            closing: AtomicBool::new(false),
            names: Mutex::default(),
        });
        let directory = tempfile::tempdir().expect("a temporary directory");
        let text = format!("nameserver {ip}\noptions {options}\n");
        fs::write(directory.path().join("resolv.conf"), text).expect("room for a line");
        let for_thread = Arc::clone(&shared);
        let answering = std::thread::Builder::new()
            .name("field-dns".into())
            .spawn(move || for_thread.answer_all())
            .expect("cannot start the name server's thread");
        Self {
            shared,
            directory,
            answering: Some(answering),
        }
    }

    /// Sets the answer for `name` from now on; before the first call, the answer is NXDOMAIN.
    pub fn set(&self, name: &str, answer: Answer) {
        self.shared.lock().answers.insert(name.to_owned(), answer);
    }

    /// How many times `name` was asked for so far, answered or not.
    #[must_use]
    pub fn questions(&self, name: &str) -> usize {
        self.shared.lock().questions.get(name).copied().unwrap_or(0)
    }

    /// A file that sends resolvers here, for the place of `/etc/resolv.conf`.
    #[must_use]
    pub fn resolv_conf(&self) -> PathBuf {
        self.directory.path().join("resolv.conf")
    }

    /// The mount for that, for [`Options::binds`](crate::process::Options::binds).
    #[must_use]
    pub fn bind(&self) -> (PathBuf, PathBuf) {
        (self.resolv_conf(), Path::new("/etc/resolv.conf").to_owned())
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        // An empty datagram ends the wait for the next question.
        let woken = self.shared.socket.local_addr();
        let woken = woken.and_then(|own| self.shared.socket.send_to(&[], own));
        if woken.is_ok() {
            drop(self.answering.take().map(JoinHandle::join));
        }
    }
}

impl Shared {
    fn answer_all(&self) {
        let mut buffer = [0; 1500];
        while !self.closing.load(Ordering::SeqCst) {
            match self.socket.recv_from(&mut buffer) {
                // A datagram that is not a question, or cannot be answered, is ignored.
                Ok((len, from)) => {
                    if let Some(reply) = self.reply(&buffer[..len]) {
                        drop(self.socket.send_to(&reply, from));
                    }
                }
                // An error of an earlier answer; the next question is not affected.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) => panic!("the name server cannot read: {error}"),
            }
        }
    }

    fn reply(&self, query: &[u8]) -> Option<Vec<u8>> {
        let question = Question::read(query)?;
        let mut names = self.lock();
        *names.questions.entry(question.name.clone()).or_default() += 1;
        let answer = names.answers.get(&question.name).cloned();
        drop(names);
        let (code, addresses) = match answer.unwrap_or(Answer::NoSuchName) {
            Answer::Addresses(addresses) if question.kind == TYPE_A => (0, addresses),
            Answer::Addresses(_) => (0, Vec::new()),
            Answer::Failure => (2, Vec::new()),
            Answer::NoSuchName => (3, Vec::new()),
            Answer::Silence => return None,
        };
        let count = u16::try_from(addresses.len()).ok()?;
        let mut reply = query[..2].to_vec();
        // A response, recursion desired and available, and its code.
        reply.extend([0x81, 0x80 | code]);
        for section in [1, count, 0, 0] {
            reply.extend(section.to_be_bytes());
        }
        reply.extend(&query[HEADER_BYTES..question.end]);
        for address in addresses {
            // The name of the question, an address of class "internet", cached for 0 s.
            reply.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
            reply.extend(address.octets());
        }
        Some(reply)
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Question {
    name: String,
    kind: u16,
    /// The end of the name in the message.
    end: usize,
}

impl Question {
    fn read(query: &[u8]) -> Option<Self> {
        let (mut at, mut labels) = (HEADER_BYTES, Vec::new());
        loop {
            let len = usize::from(*query.get(at)?);
            at += 1;
            if len == 0 {
                break;
            }
            labels.push(std::str::from_utf8(query.get(at..at + len)?).ok()?);
            at += len;
        }
        let kind = query.get(at..at + 2)?;
        Some(Self {
            name: labels.join(".").to_lowercase(),
            kind: u16::from_be_bytes([kind[0], kind[1]]),
            // After type and class.
            end: query.get(..at + 4)?.len(),
        })
    }
}
