//! TLS to the servers, by rustls: bytes in, bytes out; it has no sockets.
//!
//! Without the cargo feature `tls` the types are the same and [`Config::load`] refuses.

mod load;
mod options;

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod config;
#[cfg(feature = "tls")]
mod layer;
#[cfg(feature = "tls")]
mod words;

#[cfg(not(feature = "tls"))]
pub(crate) use absent::Config;
#[cfg(not(feature = "tls"))]
pub(super) use absent::Layer;
#[cfg(feature = "tls")]
pub(crate) use config::Config;
#[cfg(feature = "tls")]
pub(super) use layer::Layer;
pub use options::TlsOptions;

/// Whether this build has TLS.
pub(crate) const HAS_TLS: bool = cfg!(feature = "tls");
