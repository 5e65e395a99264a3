//! The TLS options of a client.

use super::super::undertaker::codec::{Reader, Writer};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
#[cfg(feature = "tls")]
use std::path::Path;
use std::path::PathBuf;

/// TLS to the servers, at their `secureClientPort`: the certificate authorities to trust, and the
/// client's certificate.
///
/// Files are PEM, of at most 1 MiB. [`Client::open`](crate::Client::open) reads and checks them, and
/// the client does not read them again: a certificate that was replaced counts from the next
/// [`Client::open`](crate::Client::open) on. The server's certificate must contain the host of the
/// URL to which the client connected, or its IP address, as a subject alternative name; no option
/// turns this check off. The wall clock decides whether the certificate is valid now.
///
/// The type exists in every build; it works with the cargo feature `tls`.
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
    /// Trusts the certificate authorities in the file `ca` and no others, not even the system's. To
    /// trust the system's, give the file of the system's bundle.
    pub fn new(ca: impl Into<PathBuf>) -> Self {
        Self {
            ca: ca.into(),
            client: None,
            server_name: None,
        }
    }

    /// The client's certificate, in the file `certificate`, followed there by the certificates that
    /// lead to its authority; and its private key, in the file `key` (PKCS#8, PKCS#1 or SEC1, not
    /// encrypted; it may be the same file). Servers require a certificate unless their
    /// `ssl.clientAuth` says otherwise.
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.client = Some((certificate.into(), key.into()));
        self
    }

    /// The name or IP address that every server's certificate must contain, instead of the host in
    /// the URL.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
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

impl TlsOptions {
    /// The same files, for a process with another working directory.
    pub(in crate::driver) fn absolute(self) -> Self {
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        Self {
            ca: absolute(self.ca),
            client: self
                .client
                .map(|(one, other)| (absolute(one), absolute(other))),
            server_name: self.server_name,
        }
    }

    pub(in crate::driver) fn write(&self, writer: &mut Writer) {
        writer.bytes(self.ca.as_os_str().as_bytes());
        writer.option(self.client.as_ref(), |writer, (certificate, key)| {
            writer.bytes(certificate.as_os_str().as_bytes());
            writer.bytes(key.as_os_str().as_bytes());
        });
        writer.option(self.server_name.as_ref(), |writer, name| {
            writer.bytes(name.as_bytes());
        });
    }

    pub(in crate::driver) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let path = |bytes| PathBuf::from(OsStr::from_bytes(bytes));
        Some(Self {
            ca: path(reader.bytes()?),
            client: reader.option(|reader| Some((path(reader.bytes()?), path(reader.bytes()?))))?,
            server_name: reader.option(Reader::text)?,
        })
    }
}
