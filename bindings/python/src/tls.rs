//! The TLS options of a client.

use pyo3::prelude::*;
use std::path::PathBuf;
use tenure::TlsOptions;

/// A `tenure._tls.Tls` as an argument.
#[derive(FromPyObject)]
pub(crate) struct TlsArgument {
    ca: PathBuf,
    client_certificate: Option<(PathBuf, PathBuf)>,
    server_name: Option<String>,
}

impl From<TlsArgument> for TlsOptions {
    fn from(tls: TlsArgument) -> Self {
        let mut options = Self::new(tls.ca);
        if let Some((certificate, key)) = tls.client_certificate {
            options = options.client_certificate(certificate, key);
        }
        if let Some(name) = tls.server_name {
            options = options.server_name(name);
        }
        options
    }
}
