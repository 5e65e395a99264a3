//! The contender of a master.

use super::info::{LABEL, MasterInfo};
use crate::api::checks::invalid;
use crate::api::{Client, ClientOptions, Contender, ContenderOptions, Error, Pending, Url};
use std::ops::Deref;
use std::time::Duration;

/// The contender of a master: a [`Contender`] whose znode has the label `json.info` and the master's
/// [`MasterInfo`] in JSON, as every Mesos since 0.24 writes and reads it. It has all methods of a
/// [`Contender`].
///
/// Unlike Mesos's class, which contends once for each call of `contend`, it enrols again by itself after a
/// lost candidacy. Keep that for masters: with [`Reenrol::Never`](crate::Reenrol::Never) a standby whose
/// session expired is a standby no longer, and nothing starts it again, because it did not lead.
#[derive(Debug)]
pub struct MasterContender {
    contender: Contender,
    client: Option<Client>,
}

impl MasterContender {
    /// Contends on the session of a client, which a [`MasterDetector`](super::MasterDetector) of the same
    /// master shares. Label and payload of the options are replaced.
    ///
    /// # Errors
    /// As of [`Client::contend`]; `InvalidInput` for a `MasterInfo` that Mesos could not read.
    pub fn new(
        client: &Client,
        options: ContenderOptions,
        info: &MasterInfo,
    ) -> Result<Self, Error> {
        Ok(Self {
            contender: Self::contend(client, options, info)?,
            client: None,
        })
    }

    /// The contender alone.
    pub(crate) fn contend(
        client: &Client,
        options: ContenderOptions,
        info: &MasterInfo,
    ) -> Result<Contender, Error> {
        client.contend(options.label(LABEL).data(payload(info)?))
    }

    /// Contends by the URL of the masters, `zk://…` or `file://…`, on a session of its own with this session
    /// timeout: [`MASTER_CONTENDER_ZK_SESSION_TIMEOUT`](super::MASTER_CONTENDER_ZK_SESSION_TIMEOUT) in Mesos.
    /// A file keeps the timeout, and may not name another file.
    ///
    /// # Errors
    /// As of [`Url::parse`], [`Client::open`] and [`new`](Self::new).
    pub fn create(url: &str, info: &MasterInfo, session_timeout: Duration) -> Result<Self, Error> {
        let url = Url::parse(url)?;
        let options = ClientOptions::default().session_timeout(session_timeout);
        let client = Client::open(&url, options)?;
        let mut contender = Self::new(&client, ContenderOptions::new(url.path()), info)?;
        contender.client = Some(client);
        Ok(contender)
    }

    /// Changes the `MasterInfo` of this candidacy and of later ones: [`Contender::set_data`].
    ///
    /// # Errors
    /// As of [`Contender::set_data`]; `InvalidInput` for a `MasterInfo` that Mesos could not read.
    pub fn set_info(&self, info: &MasterInfo) -> Result<Pending<bool>, Error> {
        self.contender.set_data(payload(info)?)
    }

    /// The client that [`create`](Self::create) opened: to close it in order, and for its events.
    pub fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }
}

impl Deref for MasterContender {
    type Target = Contender;

    fn deref(&self) -> &Contender {
        &self.contender
    }
}

/// The JSON.
pub(crate) fn payload(info: &MasterInfo) -> Result<Vec<u8>, Error> {
    info.encode()
        .map_err(|error| invalid(format!("the MasterInfo cannot be written: {error}")))
}
