//! Ports for servers that cannot choose a free port themselves.

use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range that Linux gives to outgoing connections (32768 and up), so
/// that a server which is down can have its port back.
const FIRST: u32 = 12_000;
const COUNT: u32 = 20_000;

/// A port that was free a moment ago and that this function has not returned in this process
/// lately. Another process may take it first: callers try again.
///
/// # Panics
/// When none is free, as where `ip` is no address of this machine.
#[must_use]
pub fn free_port(ip: IpAddr) -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Test processes that run at the same time begin at different ports.
    let start = std::process::id().wrapping_mul(7919);
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        let port = u16::try_from(port).expect("FIRST + COUNT is a port");
        if TcpListener::bind((ip, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port on {ip} from {FIRST} on: is this an address of this machine?");
}
