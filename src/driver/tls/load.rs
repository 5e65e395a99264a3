//! From the options of a client to the configuration of its handshakes.

use super::Config;
use super::options::TlsOptions;
use crate::core::Error;

impl TlsOptions {
    /// Reads and checks all files and names, as [`Client::open`](crate::Client::open) does.
    ///
    /// # Errors
    /// `InvalidInput` for a file that is missing, cannot be read or contains nothing usable, and for a
    /// key that does not belong to the certificate: the message names the file and says what is
    /// expected; for a server name that is neither a host name nor an IP address; and always in a
    /// build without the cargo feature `tls`.
    pub fn validate(&self) -> Result<(), Error> {
        self.load().map(drop)
    }

    pub(crate) fn load(&self) -> Result<Config, Error> {
        Config::load(self)
    }
}
