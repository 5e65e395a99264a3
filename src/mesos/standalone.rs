//! Masters without ZooKeeper: the program says which one leads.

use super::contender::payload;
use super::info::{LABEL, MasterInfo};
use crate::api::{Client, Error};

/// A client without servers, as Mesos's `StandaloneMasterDetector`: its detectors, of whatever group, report
/// the master that [`appoint`] names, and none before. It has no session and no thread, and nobody can
/// contend by it; for a master that is alone, contend on `memory://NAME/mesos`, which elects within the
/// process.
///
/// ```
/// use tenure::mesos::{self, MasterDetector, MasterEvent, MasterInfo};
/// let client = mesos::standalone();
/// let detector = MasterDetector::new(&client, "/mesos")?;
/// assert_eq!(detector.state(), MasterEvent::None);
/// let info = MasterInfo::new("3f0f2b7e", "10.0.0.1:5050".parse()?, "m1.example.com", "1.12.0");
/// mesos::appoint(&client, Some(&info))?;
/// assert_eq!(detector.master().map(|master| master.info), Some(info));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn standalone() -> Client {
    Client::standalone()
}

/// Appoints the leader of a [`standalone`] client, or none. Every detector gets an event, also if the same
/// master is appointed again: then it registers its agents anew, as in Mesos. The member of an appointed
/// master has its [sender address](MasterInfo::sender_address) as path, the number of the appointment as
/// sequence, and the token 0.
///
/// # Errors
/// `InvalidInput` for another client, and for a `MasterInfo` that Mesos could not read; `Closed`.
pub fn appoint(client: &Client, master: Option<&MasterInfo>) -> Result<(), Error> {
    let Some(info) = master else {
        return client.appoint(None);
    };
    let address = info.sender_address();
    client.appoint(Some((&address, Some(LABEL), payload(info)?)))
}
