//! How an undertaker reaches the servers of a session.

use super::super::tls::TlsOptions;
use super::codec::{Reader, Writer};
use crate::core::{ANSWER_BYTES_MAX, Host, Secret, SessionOptions};
use std::time::Duration;

/// The servers of a session, and what they ask for before they answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) servers: Vec<Host>,
    /// The session timeout that the client asked for.
    pub(crate) timeout: Duration,
    pub(crate) credentials: Option<Secret>,
    pub(crate) tls: Option<TlsOptions>,
}

impl Charge {
    pub(crate) fn of(options: &SessionOptions, tls: Option<TlsOptions>) -> Self {
        Self {
            servers: options.servers.clone(),
            timeout: options.timeout,
            credentials: options.credentials.clone(),
            // The helper has another working directory.
            tls: tls.map(TlsOptions::absolute),
        }
    }

    pub(crate) fn session_options(&self) -> SessionOptions {
        SessionOptions {
            servers: self.servers.clone(),
            timeout: self.timeout,
            credentials: self.credentials.clone(),
            tick: None,
            answer_bytes_max: ANSWER_BYTES_MAX,
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.number(nanos(self.timeout));
        writer.number(self.servers.len() as u64);
        for server in &self.servers {
            writer.bytes(server.name.as_bytes());
            writer.number(server.port.into());
        }
        writer.option(self.credentials.as_ref(), |writer, secret| {
            writer.bytes(secret.expose());
        });
        writer.option(self.tls.as_ref(), |writer, tls| tls.write(writer));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let timeout = Duration::from_nanos(reader.number()?);
        let count = reader.number()?;
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(Host {
                name: reader.text()?,
                port: u16::try_from(reader.number()?).ok()?,
            });
        }
        Some(Self {
            servers,
            timeout,
            credentials: reader.option(|reader| Some(Secret::new(reader.bytes()?)))?,
            tls: reader.option(TlsOptions::read)?,
        })
    }
}

pub(super) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
