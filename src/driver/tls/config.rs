//! The configuration of a client's handshakes, made of files.

use super::options::TlsOptions;
use super::words::Words;
use crate::core::{Error, ErrorKind, Host};
use crate::driver::small_file;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, InconsistentKeys, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// A bundle with every public authority has about 200 KiB.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Shared by all connections of a client.
#[derive(Debug)]
pub(crate) struct Config {
    pub(super) rustls: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
    pub(super) words: Arc<Words>,
}

impl Config {
    pub(crate) fn load(options: &TlsOptions) -> Result<Self, Error> {
        let server_name = options
            .name()
            .map(|name| {
                ServerName::try_from(name.to_owned()).map_err(|_| {
                    invalid(format!(
                        "the TLS server name {name:?} is neither a host name nor an IP address"
                    ))
                })
            })
            .transpose()?;
        let ca = options.ca();
        let roots = roots(ca)?;
        // The provider is named here: the one of the process, if it has one, is its owner's.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(ErrorKind::System, format!("cannot use TLS: {error}")))?
            .with_root_certificates(roots);
        let mut config = match options.client() {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = certificates(certificate, "the client's certificate")?;
                let secret = private_key(key)?;
                config
                    .with_client_auth_cert(chain, secret)
                    .map_err(|error| unusable(&error, certificate, key))?
            }
        };
        // Every connection proves the identity of its other end again; there are few connections.
        config.resumption = Resumption::disabled();
        Ok(Self {
            rustls: Arc::new(config),
            server_name,
            words: Arc::new(Words {
                ca: small_file::shown(ca),
                certificate: options.client().map(|(file, _)| small_file::shown(file)),
            }),
        })
    }

    /// Whether a certificate can name this server.
    pub(crate) fn check(&self, server: &Host) -> Result<(), Error> {
        self.name_of(server).map(drop).map_err(invalid)
    }

    /// The name that the certificate of this server must contain.
    pub(super) fn name_of(&self, server: &Host) -> Result<ServerName<'static>, String> {
        if let Some(name) = &self.server_name {
            return Ok(name.clone());
        }
        ServerName::try_from(server.name.clone()).map_err(|_| {
            format!(
                "a certificate cannot contain {:?}, the name of a server; give the TLS server name that \
                 it contains",
                server.name
            )
        })
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

/// The file, its owner in a word or two, and its fault.
fn bad(file: &Path, what: &str, why: impl std::fmt::Display) -> Error {
    invalid(format!("{what} in {:?}: {why}", small_file::shown(file)))
}

fn content(file: &Path, what: &str) -> Result<Vec<u8>, Error> {
    small_file::read(file, FILE_BYTES_MAX)
        .map_err(|why| bad(file, what, format!("cannot be read: {why}")))
}

fn certificates(file: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let expected = "PEM is expected: '-----BEGIN CERTIFICATE-----'";
    let content = content(file, what)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&content).collect();
    let found = found.map_err(|error| bad(file, what, format!("{}; {expected}", fault(&error))))?;
    if found.is_empty() {
        return Err(bad(file, what, format!("there is none; {expected}")));
    }
    Ok(found)
}

fn roots(file: &Path) -> Result<RootCertStore, Error> {
    let what = "the certificate authorities";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file, what)? {
        roots
            .add(certificate)
            .map_err(|_| bad(file, what, "one of them is no X.509 certificate"))?;
    }
    Ok(roots)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let what = "the client's private key";
    let content = content(file, what)?;
    PrivateKeyDer::from_pem_slice(&content).map_err(|error| {
        let is_encrypted = content
            .windows(ENCRYPTED.len())
            .any(|part| part == ENCRYPTED);
        let why = match error {
            pem::Error::NoItemsFound if is_encrypted => {
                "it is encrypted, and nobody is there to ask for its password; \
                 `openssl pkey` decrypts it"
                    .to_owned()
            }
            pem::Error::NoItemsFound => {
                "there is none; PEM is expected: '-----BEGIN PRIVATE KEY-----' (or RSA, or EC)"
                    .to_owned()
            }
            error => fault(&error).to_owned(),
        };
        bad(file, what, why)
    })
}

const ENCRYPTED: &[u8] = b"ENCRYPTED";

/// The fault of the PEM, without any of its text: it may be a key.
fn fault(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "its last section has no end",
        pem::Error::IllegalSectionStart { .. } => "the beginning of a section is malformed",
        pem::Error::Base64Decode(_) => "it is not base64",
        _ => "it is malformed",
    }
}

fn unusable(error: &rustls::Error, certificate: &Path, key: &Path) -> Error {
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => bad(
            key,
            "the client's private key",
            format!(
                "it does not belong to the first certificate in {:?}",
                small_file::shown(certificate)
            ),
        ),
        rustls::Error::InvalidCertificate(_) => bad(
            certificate,
            "the client's certificate",
            "the first one is no X.509 certificate",
        ),
        error => bad(
            key,
            "the client's private key",
            format!(
                "it cannot be used ({error}); RSA of at least 2048 bits, ECDSA on P-256 or P-384 \
                 and Ed25519 can"
            ),
        ),
    }
}
