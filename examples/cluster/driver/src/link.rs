//! Paths of bytes that can be cut silently: nothing passes, and no socket gets an error or an end. What came
//! meanwhile passes after the cut, as TCP sends it again.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const CHUNK_BYTES: usize = 16 * 1024;
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);

/// Where the connections of a link go.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// All to one program.
    To(SocketAddr),
    /// Each to the address that its client asks for: SOCKS 5 (RFC 1928) without authentication, for IPv4.
    Asked,
}

/// A relay, in front of a program or on its way out. It ends with this value, as do its connections.
#[derive(Debug)]
pub(crate) struct Link {
    shared: Arc<Shared>,
    addr: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    way: Way,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_cut: bool,
    is_closing: bool,
    streams: Vec<TcpStream>,
}

impl Link {
    /// A link in front of the program at this address.
    pub(crate) fn to(program: SocketAddr) -> io::Result<Self> {
        Self::start(Way::To(program))
    }

    /// A link through which a program calls others: a SOCKS 5 proxy.
    pub(crate) fn out() -> io::Result<Self> {
        Self::start(Way::Asked)
    }

    fn start(way: Way) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            way,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let for_thread = Arc::clone(&shared);
        let accepting = spawn(move || accept_all(&listener, &for_thread))?;
        Ok(Self {
            shared,
            addr,
            accepting: Some(accepting),
        })
    }

    /// The address that clients connect to.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// From now on nothing passes, both ways, also on new connections.
    pub(crate) fn cut(&self) {
        self.shared.lock().is_cut = true;
    }

    /// Ends the cut.
    pub(crate) fn heal(&self) {
        self.shared.lock().is_cut = false;
        self.shared.changed.notify_all();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.is_closing = true;
            for stream in state.streams.drain(..) {
                drop(stream.shutdown(Shutdown::Both));
            }
        }
        self.shared.changed.notify_all();
        // It waits for a connection.
        drop(TcpStream::connect_timeout(&self.addr, CONNECT_DEADLINE));
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the link is not cut; false if it is closing.
    fn may_pass(&self) -> bool {
        let waits = |state: &mut State| state.is_cut && !state.is_closing;
        let state = self.changed.wait_while(self.lock(), waits);
        !state.unwrap_or_else(PoisonError::into_inner).is_closing
    }

    /// Has a stream end with the link.
    fn keep(&self, stream: &TcpStream) -> io::Result<()> {
        let mut state = self.lock();
        if state.is_closing {
            return Err(io::ErrorKind::NotConnected.into());
        }
        // Those that have ended are of no use.
        state.streams.retain(|stream| stream.peer_addr().is_ok());
        state.streams.push(stream.try_clone()?);
        Ok(())
    }
}

fn spawn(run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("cluster-link".to_owned())
        .spawn(run)
}

fn accept_all(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        if shared.lock().is_closing {
            return;
        }
        let Ok((client, _)) = accepted else { continue };
        let for_thread = Arc::clone(shared);
        // Without a thread, the client finds its connection closed.
        drop(spawn(move || drop(serve(client, &for_thread))));
    }
}

fn serve(mut client: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    shared.keep(&client)?;
    if !shared.may_pass() {
        return Ok(());
    }
    let upstream = match shared.way {
        Way::To(program) => TcpStream::connect_timeout(&program, CONNECT_DEADLINE)?,
        Way::Asked => connect_as_asked(&mut client)?,
    };
    shared.keep(&upstream)?;
    for stream in [&client, &upstream] {
        stream.set_nodelay(true)?;
    }
    let (back_from, back_to) = (upstream.try_clone()?, client.try_clone()?);
    let for_thread = Arc::clone(shared);
    let back = spawn(move || copy(back_from, back_to, &for_thread))?;
    copy(client, upstream, shared);
    drop(back.join());
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream, shared: &Shared) {
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let length = from.read(&mut chunk).unwrap_or(0);
        // The end of a connection does not pass a cut, either.
        if !shared.may_pass() || length == 0 || to.write_all(&chunk[..length]).is_err() {
            break;
        }
    }
    // The end of one side is the end of both.
    drop(to.shutdown(Shutdown::Both));
    drop(from.shutdown(Shutdown::Both));
}

/// Reads the greeting and the request of a SOCKS 5 client, and connects.
fn connect_as_asked(client: &mut TcpStream) -> io::Result<TcpStream> {
    let invalid = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text);
    let [version, methods] = read(client)?;
    if version != 5 {
        return Err(invalid("not SOCKS 5"));
    }
    client.read_exact(&mut vec![0; usize::from(methods)])?;
    client.write_all(&[5, 0])?;
    let [version, command, _, kind] = read(client)?;
    if [version, command, kind] != [5, 1, 1] {
        client.write_all(&[5, 7, 0, 1, 0, 0, 0, 0, 0, 0])?;
        return Err(invalid("only connections to IPv4 addresses"));
    }
    let [a, b, c, d, high, low] = read(client)?;
    let to = SocketAddr::from(([a, b, c, d], u16::from_be_bytes([high, low])));
    let connected = TcpStream::connect_timeout(&to, CONNECT_DEADLINE);
    // 5 is that it was refused.
    let answer = if connected.is_ok() { 0 } else { 5 };
    client.write_all(&[5, answer, 0, 1, 0, 0, 0, 0, 0, 0])?;
    connected
}

fn read<const LENGTH: usize>(from: &mut TcpStream) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that sends back what it gets.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut back = stream.try_clone().unwrap();
                drop(spawn(move || drop(io::copy(&mut stream, &mut back))));
            }
        })
        .unwrap();
        addr
    }

    fn connect(link: &Link) -> TcpStream {
        let stream = TcpStream::connect(link.addr()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
    }

    fn comes_back(stream: &mut TcpStream, text: &[u8]) {
        stream.write_all(text).unwrap();
        let mut back = vec![0; text.len()];
        stream.read_exact(&mut back).unwrap();
        assert_eq!(back, text);
    }

    fn is_silent(stream: &mut TcpStream) {
        stream
            .set_read_timeout(Some(Duration::from_millis(150)))
            .unwrap();
        let error = stream.read(&mut [0]).unwrap_err();
        assert!(
            matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            ),
            "{error}"
        );
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
    }

    #[test]
    fn a_cut_is_silent_and_what_was_sent_meanwhile_comes_after_it() {
        let link = Link::to(echo()).unwrap();
        let mut old = connect(&link);
        comes_back(&mut old, b"one");
        link.cut();
        old.write_all(b"two").unwrap();
        let mut new = connect(&link);
        new.write_all(b"new").unwrap();
        is_silent(&mut old);
        is_silent(&mut new);
        link.heal();
        let mut back = [0; 3];
        old.read_exact(&mut back).unwrap();
        assert_eq!(&back, b"two");
        new.read_exact(&mut back).unwrap();
        assert_eq!(&back, b"new");
    }

    #[test]
    fn a_way_out_goes_where_its_client_asks() {
        let SocketAddr::V4(to) = echo() else {
            panic!("IPv4")
        };
        let link = Link::out().unwrap();
        let mut stream = connect(&link);
        stream.write_all(&[5, 1, 0]).unwrap();
        assert_eq!(read::<2>(&mut stream).unwrap(), [5, 0]);
        let mut request = vec![5, 1, 0, 1];
        request.extend(to.ip().octets());
        request.extend(to.port().to_be_bytes());
        stream.write_all(&request).unwrap();
        assert_eq!(read::<10>(&mut stream).unwrap()[..2], [5, 0]);
        comes_back(&mut stream, b"hello");
        drop(link);
        assert_eq!(
            stream.read(&mut [0]).unwrap(),
            0,
            "its connections end with the link"
        );
    }
}
