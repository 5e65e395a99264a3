//! A TLS server that plays the test's script on each connection.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use socket2::SockRef;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tenure_field::tls::Identity;
use tenure_field::wire::{Fields, Payload, read_frame};

/// Longer than any client here waits for a byte.
const PATIENCE: Duration = Duration::from_secs(20);

/// It ends with this value; connections end when their client ends them, or with their play.
pub(crate) struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    closing: AtomicBool,
    connections: AtomicUsize,
}

impl Server {
    /// Starts a server with this certificate, for clients without one.
    pub(crate) fn start(identity: &Identity, play: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap();
        let (config, play) = (Arc::new(config), Arc::new(play));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (addr, shared) = (listener.local_addr().unwrap(), Arc::<Shared>::default());
        let for_thread = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_thread.closing.load(Ordering::SeqCst) {
                    break;
                }
                for_thread.connections.fetch_add(1, Ordering::SeqCst);
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
                let play = Arc::clone(&play);
                std::thread::spawn(move || play(Peer { stream, tls }));
            }
        });
        Self {
            addr,
            shared,
            accepting: Some(accepting),
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.addr));
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

/// One connection, from the server's side.
pub(crate) struct Peer {
    stream: TcpStream,
    tls: ServerConnection,
}

impl Peer {
    /// Completes the handshake.
    pub(crate) fn shake(&mut self) -> io::Result<()> {
        while self.tls.is_handshaking() {
            self.tls.complete_io(&mut self.stream)?;
        }
        Ok(())
    }

    /// Reads the connect request, by TLS or without, and grants the usual session.
    pub(crate) fn grant(&mut self, by_tls: bool) -> io::Result<()> {
        let request = match by_tls {
            true => read_frame(&mut Stream::new(&mut self.tls, &mut self.stream))?,
            false => read_frame(&mut self.stream)?,
        };
        let mut fields = Fields::new(&request);
        let (_protocol, _zxid) = (fields.int(), fields.long());
        let timeout_ms = fields.int().unwrap_or(10_000);
        let (protocol, session, read_only) = (0, 0x7e57_0000_0000_0001, false);
        let response = Payload::new().int(protocol).int(timeout_ms).long(session);
        let frame = response.buffer([7; 16]).bool(read_only).frame();
        match by_tls {
            true => Stream::new(&mut self.tls, &mut self.stream).write_all(&frame),
            false => self.stream.write_all(&frame),
        }
    }

    /// The records that would carry these bytes.
    pub(crate) fn records(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut records = Vec::new();
        self.tls.writer().write_all(bytes).unwrap();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut records).unwrap();
        }
        records
    }

    /// Writes past TLS. A client that is gone gets nothing.
    pub(crate) fn write_plain(&mut self, bytes: &[u8]) {
        drop(self.stream.write_all(bytes));
    }

    /// Waits for bytes of the client and leaves them unread.
    pub(crate) fn receive(&self) {
        drop(self.stream.peek(&mut [0]));
    }

    /// Reads until the client ends the connection.
    pub(crate) fn drain(&mut self) {
        drop(io::copy(
            &mut Read::by_ref(&mut self.stream),
            &mut io::sink(),
        ));
    }

    pub(crate) fn reset(self) {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Announces the end of its stream, and then refuses more.
    pub(crate) fn fin_then_reset(self) {
        drop(self.stream.shutdown(Shutdown::Write));
        self.reset();
    }
}
