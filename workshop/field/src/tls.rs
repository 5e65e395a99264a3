//! Certificates for tests, and the files that hold them.

use crate::Zookeeper;
use crate::zookeeper::{Config, Secure, Version};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tempfile::TempDir;

/// Signs certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its private key, each as PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// The key, PKCS#8.
    pub key: String,
}

impl Identity {
    /// Both in one text, as a ZooKeeper server needs them.
    #[must_use]
    pub fn both(&self) -> String {
        format!("{}{}", self.key, self.certificate)
    }
}

impl Authority {
    /// A new one called `name`.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a new key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate of its own");
        Self { issuer }
    }

    /// Its own certificate as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for these host names and IP addresses.
    ///
    /// # Panics
    /// When a name is not a host name.
    #[must_use]
    #[track_caller]
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.sign(named("tenure-test", names))
    }

    /// The same, but it was valid only until the end of the last century.
    ///
    /// # Panics
    /// When a name is not a host name.
    #[must_use]
    #[track_caller]
    pub fn issue_expired(&self, names: &[&str]) -> Identity {
        let mut params = named("tenure-test", names);
        params.not_before = date_time_ymd(1999, 1, 1);
        params.not_after = date_time_ymd(1999, 12, 31);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().expect("a new key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a signature");
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

#[track_caller]
fn named(subject: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("host names and addresses");
    params.distinguished_name.push(DnType::CommonName, subject);
    params
}

/// Files in a directory that is removed with this value.
#[derive(Debug)]
pub struct Files(TempDir);

impl Files {
    /// A directory without any.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory for certificates"))
    }

    /// Writes a file and returns its path.
    ///
    /// # Panics
    /// When it cannot be written.
    #[track_caller]
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        path
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

/// An authority, its certificates, and the files of both.
#[derive(Debug)]
pub struct Pki {
    /// The directory of the files.
    pub files: Files,
    /// The authority.
    pub authority: Authority,
    /// The authority's certificate.
    pub ca: PathBuf,
    /// The certificate of a client.
    pub certificate: PathBuf,
    /// The key of that client.
    pub key: PathBuf,
}

impl Pki {
    /// A new authority, with one client.
    ///
    /// # Panics
    /// When the files cannot be written.
    #[must_use]
    pub fn new() -> Self {
        let (files, authority) = (Files::new(), Authority::new("tests of tenure"));
        let client = authority.issue(&["client.test"]);
        Self {
            ca: files.write("ca.pem", authority.pem()),
            certificate: files.write("client.pem", client.certificate),
            key: files.write("client.key", client.key),
            files,
            authority,
        }
    }

    /// The name of the tests' servers.
    #[must_use]
    pub fn server(&self) -> Identity {
        self.authority.issue(&["localhost", "127.0.0.1"])
    }

    /// A ZooKeeper with a port for TLS, which wants certificates of this authority's clients.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    #[track_caller]
    pub fn zookeeper(&self, version: Version, extra: &[(&str, &str)]) -> Zookeeper {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Zookeeper::start_with(Config {
            version,
            secure: Some(Secure {
                key_store: self.files.write("server.pem", self.server().both()),
                trust_store: self.ca.clone(),
                port: None,
            }),
            extra: extra.iter().map(own).collect(),
            ..Config::default()
        })
    }
}

impl Default for Pki {
    fn default() -> Self {
        Self::new()
    }
}
