//! What a user says of TLS.

use super::Config;
use crate::core::Error;
#[cfg(feature = "tls")]
use std::path::Path;
use std::path::PathBuf;

/// TLS to the servers, at their `secureClientPort`: which certificate authorities to trust, and
/// which certificate to show.
///
/// Files are PEM, at most 1 MiB, read and checked when a client is opened and not again: a
/// certificate that was replaced counts from the next [`Client::open`](crate::Client::open) on. The
/// server's certificate must name the host of the URL that was connected to, or its IP address, as
/// a subject alternative name; nothing turns that off. Whether it is valid now is judged by the
/// wall clock.
///
/// The type is there in every build; the cargo feature `tls` makes it work.
///
/// ```
/// use tenure::{ClientOptions, TlsOptions};
/// let tls = TlsOptions::new("/etc/app/ca.pem")
///     .client_certificate("/etc/app/client.pem", "/etc/app/client.key");
/// let options = ClientOptions::default().tls(tls);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsOptions {
    ca: PathBuf,
    client: Option<(PathBuf, PathBuf)>,
    server_name: Option<String>,
}

impl TlsOptions {
    /// Trusts the certificate authorities in the file `ca` and no others, also not the system's:
    /// who does not keep an authority of its own names the system's bundle.
    pub fn new(ca: impl Into<PathBuf>) -> Self {
        Self {
            ca: ca.into(),
            client: None,
            server_name: None,
        }
    }

    /// Shows the certificate in the file `certificate`, followed there by those that lead to its
    /// authority, and proves it by the private key in the file `key` (PKCS#8, PKCS#1 or SEC1, not
    /// encrypted; it may be the same file). Servers require one unless their `ssl.clientAuth`
    /// says otherwise.
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.client = Some((certificate.into(), key.into()));
        self
    }

    /// The name, or the IP address, that every server's certificate must hold, instead of the host
    /// in the URL.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Reads and checks everything, as [`Client::open`](crate::Client::open) does.
    ///
    /// # Errors
    /// `InvalidInput` with the file and what is expected of it: for one that is missing, cannot be
    /// read or holds nothing of use, and for a key that does not belong to the certificate; for a
    /// server name that is none; and always in a build without the cargo feature `tls`.
    pub fn validate(&self) -> Result<(), Error> {
        self.load().map(drop)
    }

    pub(crate) fn load(&self) -> Result<Config, Error> {
        Config::load(self)
    }
}

#[cfg(feature = "tls")]
impl TlsOptions {
    pub(super) fn ca(&self) -> &Path {
        &self.ca
    }

    /// The certificate's file and the key's.
    pub(super) fn client(&self) -> Option<(&Path, &Path)> {
        let files = self.client.as_ref();
        files.map(|(certificate, key)| (certificate.as_path(), key.as_path()))
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }
}
