//! The replacement of TLS in a build without it: types that have no values.

use super::options::TlsOptions;
use crate::core::{Error, ErrorKind, Host};

#[derive(Debug)]
pub(crate) enum Config {}

impl Config {
    pub(crate) fn load(_: &TlsOptions) -> Result<Self, Error> {
        Err(Error::new(
            ErrorKind::InvalidInput,
            "this build has no TLS; build with --features tls",
        ))
    }

    pub(crate) fn check(&self, _: &Host) -> Result<(), Error> {
        match *self {}
    }
}

pub(in crate::driver) enum Layer {}

impl Layer {
    pub(in crate::driver) fn begin(config: &Config, _: &Host) -> Result<Self, String> {
        match *config {}
    }

    pub(in crate::driver) fn is_shaken(&self) -> bool {
        match *self {}
    }

    pub(in crate::driver) fn take(&mut self, _: &[u8]) {
        match *self {}
    }

    pub(in crate::driver) fn ended(&self) -> Option<&str> {
        match *self {}
    }

    pub(in crate::driver) fn read(&mut self, _: &mut [u8]) -> Result<usize, String> {
        match *self {}
    }

    pub(in crate::driver) fn write(&mut self, _: &[u8]) -> Result<(), String> {
        match *self {}
    }

    pub(in crate::driver) fn outgoing(&mut self) -> Vec<u8> {
        match *self {}
    }

    pub(in crate::driver) fn interrupted(&self, _: &str) -> String {
        match *self {}
    }
}
