//! Leaders to be asked whether they lead, on a server inside the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tenure::{Client, ClientOptions, Contender, ContenderOptions, Error, LeasePolicy, Url};

const LIMIT: Duration = Duration::from_secs(30);

/// A contender, and whatever makes it be what it is. It ends with this value.
#[derive(Debug)]
pub struct Subject {
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

impl Subject {
    /// A leader, whose lease is renewed a few times a second, as leases are.
    ///
    /// # Errors
    /// What keeps it from leading.
    pub fn leader(name: &str) -> Result<Self, Error> {
        Self::lead(name, LeasePolicy::Verified)
    }

    fn lead(name: &str, policy: LeasePolicy) -> Result<Self, Error> {
        let subject = Self::open(name, policy)?;
        subject.contender.wait_leading(Some(LIMIT))?;
        Ok(subject)
    }

    /// A leader whose lease is renewed as often as the server answers. That is the policy
    /// `session`, to which any answer is a renewal; a verified lease is published by the same code,
    /// less often.
    ///
    /// # Errors
    /// What keeps it from leading.
    pub fn renewed_leader(name: &str) -> Result<Self, Error> {
        let mut subject = Self::lead(name, LeasePolicy::Session)?;
        let (stop, written) = <(Arc<AtomicBool>, Arc<AtomicU64>)>::default();
        let contender = Arc::clone(&subject.contender);
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
        subject.writer = Some(Writer {
            stop,
            written,
            thread,
        });
        Ok(subject)
    }

    /// A contender that stands by, behind the leader of the same name.
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

    /// Who is asked.
    pub fn contender(&self) -> &Contender {
        &self.contender
    }

    /// Changes of the payload that were answered so far.
    pub fn renewals(&self) -> u64 {
        let writer = self.writer.as_ref();
        writer.map_or(0, |writer| writer.written.load(Ordering::Relaxed))
    }
}

impl Drop for Subject {
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
        let subject = Subject::renewed_leader("bench-test").unwrap();
        let end = || subject.contender().leadership().unwrap().lease_end();
        // The pings alone, one each T/3, would take ten minutes.
        let (start, mut last, mut extended) = (Instant::now(), end(), 0);
        while extended < 200 {
            assert!(start.elapsed() < LIMIT, "{extended} extensions");
            let now = end();
            extended += usize::from(now > last);
            last = now;
        }
        assert!(subject.renewals() > 0);
    }
}
