//! Contenders for the benchmark of `is_leading()`, on a server inside the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tenure::{Client, ClientOptions, Contender, ContenderOptions, Error, LeasePolicy, Url};

const LIMIT: Duration = Duration::from_secs(30);

/// A contender, with its client and the thread that renews its lease. Dropping it ends them.
#[derive(Debug)]
pub struct Measured {
    contender: Arc<Contender>,
    client: Client,
    writer: Option<Writer>,
}

#[derive(Debug)]
struct Writer {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Measured {
    /// A leader with normal renewals: a few times a second.
    ///
    /// # Errors
    /// An error that prevents it from leading.
    pub fn leader(name: &str) -> Result<Self, Error> {
        Self::lead(name, LeasePolicy::Verified)
    }

    fn lead(name: &str, policy: LeasePolicy) -> Result<Self, Error> {
        let measured = Self::open(name, policy)?;
        measured.contender.wait_leading(Some(LIMIT))?;
        Ok(measured)
    }

    /// A leader whose lease is renewed as often as the server answers. That is the policy
    /// `session`, for which any answer is a renewal; a verified lease is published by the same
    /// code, less often.
    ///
    /// # Errors
    /// An error that prevents it from leading.
    pub fn renewed_leader(name: &str) -> Result<Self, Error> {
        let mut measured = Self::lead(name, LeasePolicy::Session)?;
        let (stop, written) = <(Arc<AtomicBool>, Arc<AtomicU64>)>::default();
        let contender = Arc::clone(&measured.contender);
        let (told, count) = (Arc::clone(&stop), Arc::clone(&written));
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                let data = count.load(Ordering::Relaxed).to_be_bytes();
                let change = contender.set_data(data).and_then(|call| call.wait());
                if change.is_err() {
                    return;
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        measured.writer = Some(Writer {
            stop,
            written,
            thread,
        });
        Ok(measured)
    }

    /// A standby, behind the leader of the same name.
    ///
    /// # Errors
    /// `InvalidInput` for a name that no `memory://` URL may have.
    pub fn standby(name: &str) -> Result<Self, Error> {
        Self::open(name, LeasePolicy::Verified)
    }

    fn open(name: &str, policy: LeasePolicy) -> Result<Self, Error> {
        let url = Url::parse(&format!("memory://{name}/bench"))?;
        let client = Client::open(&url, ClientOptions::default())?;
        let contender = client.contend(ContenderOptions::new(url.path()).policy(policy))?;
        Ok(Self {
            contender: Arc::new(contender),
            client,
            writer: None,
        })
    }

    /// The contender.
    pub fn contender(&self) -> &Contender {
        &self.contender
    }

    /// The number of payload changes that were answered so far.
    pub fn renewals(&self) -> u64 {
        let writer = self.writer.as_ref();
        writer.map_or(0, |writer| writer.written.load(Ordering::Relaxed))
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.stop.store(true, Ordering::Relaxed);
            let _ = writer.thread.join();
        }
        let _ = self.client.close().wait_for(LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_renewed_leader_has_its_lease_extended_all_the_time() {
        let measured = Measured::renewed_leader("bench-test").unwrap();
        let end = || measured.contender().leadership().unwrap().lease_end();
        // The pings alone, one each T/3, would take ten minutes.
        let (start, mut last, mut extended) = (Instant::now(), end(), 0);
        while extended < 200 {
            assert!(start.elapsed() < LIMIT, "{extended} extensions");
            let now = end();
            extended += usize::from(now > last);
            last = now;
        }
        assert!(measured.renewals() > 0);
    }
}
