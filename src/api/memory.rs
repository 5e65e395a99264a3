//! The servers behind `memory://` URLs, for tests.

use super::url::{Place, Url};
use crate::core::{Error, ErrorKind};
use crate::driver::{MemoryAct, memory};

/// The server behind `memory://NAME/…`: a ZooKeeper inside this process, for trials and for your
/// own tests, with the faults that tests need. It is no server for production: it lasts as long as
/// the process, and its data ends with it.
///
/// Its tick is 500 ms, and it grants session timeouts from 1 s to 10 s. `memory://NAME?server=keeper/…`
/// is a ClickHouse Keeper, which grants 10 s to 100 s; [`Url`] names the other kinds, and
/// `docs/model.md` their differences. When a method returns, its
/// effect has happened and has reached connected clients; events may still be on their way to
/// callbacks. All methods may be called from any thread, and from callbacks. A name is known in this
/// process only: two values with one name are one server.
///
/// ```
/// use std::time::Duration;
/// use tenure::{Client, ClientOptions, ContenderOptions, ContenderEvent, MemoryServer, Url};
/// let url = Url::parse("memory://doc-memory/app")?;
/// let options = ClientOptions::default().session_timeout(Duration::from_secs(1));
/// let client = Client::open(&url, options)?;
/// let contender = client.contend(ContenderOptions::new(url.path()))?;
/// let token = contender.wait_leading(None)?.token();
///
/// let server = MemoryServer::of(&url)?;
/// server.cut()?; // a black hole
/// while contender.is_leading() {
///     std::thread::sleep(Duration::from_millis(5)); // not for long: the lease ends by itself
/// }
/// server.heal()?;
/// assert!(contender.wait_leading(None)?.token() > token); // another tenure
/// # Ok::<(), tenure::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryServer {
    name: String,
}

impl MemoryServer {
    /// The server that a `memory://` URL names. It is made when it is first used.
    ///
    /// # Errors
    /// `InvalidInput` for any other URL.
    pub fn of(url: &Url) -> Result<Self, Error> {
        match url.place() {
            Place::Memory(name) => Ok(Self { name: name.clone() }),
            Place::Servers(_) | Place::Standalone(_) => Err(Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "{url} is not a memory:// URL; only a server inside this process can be controlled"
                ),
            )),
        }
    }

    /// Ends a session at once, as if it had expired: its members vanish, and its client is notified.
    /// `false` if there is no such session.
    ///
    /// # Errors
    /// `System` when the I/O thread cannot be started. The methods below can fail with the same error.
    pub fn expire(&self, session: i64) -> Result<bool, Error> {
        self.act(MemoryAct::Expire(Some(session)))
            .map(|ended| ended > 0)
    }

    /// Ends all sessions, and returns the number of ended sessions.
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn expire_all(&self) -> Result<usize, Error> {
        self.act(MemoryAct::Expire(None))
    }

    /// Turns the network of the server into a black hole: nothing gets through, and neither side is
    /// notified. The server goes on, and expires the sessions whose clients no longer reach it.
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn cut(&self) -> Result<(), Error> {
        self.act(MemoryAct::Cut).map(drop)
    }

    /// Ends the effect of [`cut`](Self::cut); data that was sent meanwhile arrives, as in TCP. Without
    /// a cut it has no effect.
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn heal(&self) -> Result<(), Error> {
        self.act(MemoryAct::Heal).map(drop)
    }

    /// Stops the server: its connections close, and new ones are refused. It keeps its data.
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn stop(&self) -> Result<(), Error> {
        self.act(MemoryAct::Stop).map(drop)
    }

    /// Stops the server in an orderly way, as upon SIGTERM. A ClickHouse Keeper (`?server=keeper`)
    /// first closes the sessions of all its clients: their members are gone at once. For every other
    /// kind it is [`stop`](Self::stop).
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn shut_down(&self) -> Result<(), Error> {
        self.act(MemoryAct::ShutDown).map(drop)
    }

    /// Starts a server that was stopped or shut down. Each session gets its whole timeout again.
    ///
    /// # Errors
    /// See [`expire`](Self::expire).
    pub fn start(&self) -> Result<(), Error> {
        self.act(MemoryAct::Start).map(drop)
    }

    fn act(&self, act: MemoryAct) -> Result<usize, Error> {
        memory(&self.name, act)?.wait()
    }
}
