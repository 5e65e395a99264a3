//! One connection through a proxy: two sockets and two threads.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Cut;
use super::frame::{Conversation, Parsed};
use super::rules::Then;
use super::shared::{Shared, Verdict};
use crate::sys;
use crate::wire::{Payload, read_frame};

/// How often a thread that cannot write checks whether its connection was cut.
const WRITE_PATIENCE: Duration = Duration::from_millis(50);

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Connection {
    number: u64,
    client: TcpStream,
    server: TcpStream,
    cut: AtomicBool,
    conversation: Mutex<Conversation>,
}

impl Connection {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn conversation(&self) -> MutexGuard<'_, Conversation> {
        self.conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    /// Ends both sockets; the first call decides how. Threads that read them wake up.
    pub(super) fn cut(&self, how: Cut) {
        if self.cut.swap(true, Ordering::SeqCst) {
            return;
        }
        for socket in [&self.client, &self.server] {
            // A socket that its peer has closed already refuses all of this.
            drop(match how {
                Cut::Fin => socket.shutdown(Shutdown::Both),
                // A reset goes out when the last owner closes the socket; until then only our own
                // reader notices.
                Cut::Reset => sys::reset_on_close(socket.as_fd())
                    .and_then(|()| socket.shutdown(Shutdown::Read)),
            });
        }
    }
}

/// The direction in which a thread forwards.
#[derive(Clone, Copy)]
enum Way {
    ToServer,
    ToClient,
}

/// Connects `client` to the server and starts to forward, all in threads of its own.
pub(super) fn start_connection(shared: &Arc<Shared>, client: TcpStream) {
    let number = shared.accepted();
    spawn(shared, move |shared| {
        let upstream = shared.lock().upstream;
        let Ok(server) = TcpStream::connect_timeout(&upstream, CONNECT_DEADLINE) else {
            drop(sys::reset_on_close(client.as_fd()));
            return;
        };
        for socket in [&client, &server] {
            socket
                .set_nodelay(true)
                .expect("a connected socket takes options");
            socket
                .set_write_timeout(Some(WRITE_PATIENCE))
                .expect("a connected socket takes options");
        }
        let (cut, conversation) = (AtomicBool::new(false), Mutex::default());
        let connection = Arc::new(Connection {
            number,
            client,
            server,
            cut,
            conversation,
        });
        if !shared.register(&connection) {
            return;
        }
        let other_way = Arc::clone(&connection);
        spawn(shared, move |shared| {
            forward(shared, other_way, Way::ToClient)
        });
        forward(shared, connection, Way::ToServer);
    });
}

fn spawn(shared: &Arc<Shared>, run: impl FnOnce(&Arc<Shared>) + Send + 'static) {
    let shared = Arc::clone(shared);
    std::thread::Builder::new()
        .name("field-connection".into())
        .spawn(move || run(&shared))
        .expect("cannot start a thread for a connection");
}

fn forward(shared: &Shared, connection: Arc<Connection>, way: Way) {
    let how = forward_all(shared, &connection, way);
    // A peer's end counts as a frame for the other side, and a hold delays that.
    drop(shared.wait_while_held(&connection));
    connection.cut(how);
    shared.wake();
    shared.release_connection(connection);
}

/// Forwards until the connection ends; returns how the other side is to end.
fn forward_all(shared: &Shared, connection: &Connection, way: Way) -> Cut {
    type Parse = fn(&mut Conversation, &[u8]) -> Parsed;
    let (mut from, to, parse) = match way {
        Way::ToServer => (
            &connection.client,
            &connection.server,
            Conversation::client_sent as Parse,
        ),
        Way::ToClient => (
            &connection.server,
            &connection.client,
            Conversation::server_sent as Parse,
        ),
    };
    loop {
        let payload = match read_frame(&mut from) {
            Ok(payload) => payload,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Cut::Fin,
            Err(_) => return Cut::Reset,
        };
        shared.delay(connection);
        let payload = match shared.judge(connection, &payload, parse) {
            Verdict::Forward => payload,
            Verdict::Replace(other) => other,
            Verdict::Swallow(Then::Cut(how)) => {
                // At once, also if the proxy holds.
                connection.cut(how);
                return how;
            }
            Verdict::Swallow(Then::Continue | Then::Hold | Then::Refuse(_)) => continue,
            Verdict::Gone => return Cut::Fin,
        };
        let written = write_all(connection, to, &Payload::new().buffer(payload).payload());
        shared.forwarded();
        if written.is_err() {
            return Cut::Reset;
        }
    }
}

/// Writes all of `bytes`, unless the connection is cut meanwhile.
fn write_all(connection: &Connection, mut to: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        if connection.is_cut() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match to.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
