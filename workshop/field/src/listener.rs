//! A listening socket that can refuse connections and keep its port.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;

use crate::{ports, sys};

/// A socket that is bound to one port for as long as it lives, listening or not.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    addr: SocketAddr,
}

impl Listener {
    /// Listens on a free port of the loopback device.
    #[track_caller]
    pub(crate) fn bind_local() -> Self {
        Self::bind(Ipv4Addr::LOCALHOST.into())
    }

    /// Listens on a free port of `ip`.
    #[track_caller]
    pub(crate) fn bind(ip: IpAddr) -> Self {
        // The port is requested by number: only then does Linux keep it for a socket that does not
        // listen.
        let socket = (0..16).find_map(|_| TcpListener::bind((ip, ports::free_port(ip))).ok());
        Self::of(socket.unwrap_or_else(|| panic!("cannot bind a port of {ip}")))
    }

    /// Listens at this address.
    #[track_caller]
    pub(crate) fn bind_at(addr: SocketAddr) -> Self {
        let socket = TcpListener::bind(addr);
        Self::of(socket.unwrap_or_else(|error| panic!("cannot bind {addr}: {error}")))
    }

    fn of(socket: TcpListener) -> Self {
        let addr = socket.local_addr().expect("a bound socket has an address");
        Self { socket, addr }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Waits for a connection; fails while connections are refused.
    pub(crate) fn accept(&self) -> io::Result<TcpStream> {
        self.socket.accept().map(|(stream, _)| stream)
    }

    /// Refuses connections from now on; those not accepted yet are reset, and a blocked
    /// [`accept`](Self::accept) fails.
    pub(crate) fn refuse(&self) {
        sys::stop_listening(self.socket.as_fd()).expect("a bound socket can stop listening");
    }

    /// Ends [`refuse`](Self::refuse).
    pub(crate) fn listen_again(&self) {
        sys::listen(self.socket.as_fd()).expect("a bound socket can listen");
    }
}
