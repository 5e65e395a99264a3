//! What a master says of itself.

use super::super::error::tenure_error;
use super::super::event::tenure_event;
use super::super::failure::Failure;
use super::super::guard;
use super::super::handle::{self, Head, Tagged, must_have};
use super::super::status::tenure_status;
use super::super::text::{self, tenure_str};
use crate::mesos::MasterEvent;
use crate::mesos::info::{self, CapabilityKind, Domain, MasterInfo};
use std::ffi::c_void;
use std::net::SocketAddrV4;
use std::sync::OnceLock;

/// The `MasterInfo` of a Mesos master: the payload of its znode. It never changes; any thread may read
/// it. Its texts belong to it and live as long as it.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_master_info {
    head: Head,
    info: MasterInfo,
    address: OnceLock<String>,
    host: OnceLock<String>,
    ip: OnceLock<String>,
    json: OnceLock<String>,
}

impl Tagged for tenure_master_info {
    const TAG: u32 = 0x7465_0010;
    const NAME: &'static str = "a tenure_master_info";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_master_info {
    fn make(info: MasterInfo) -> *mut Self {
        handle::make(Self {
            head: Head::new::<Self>(),
            info,
            address: OnceLock::new(),
            host: OnceLock::new(),
            ip: OnceLock::new(),
            json: OnceLock::new(),
        })
    }

    pub(super) fn inner(&self) -> &MasterInfo {
        &self.info
    }
}

fn shown(
    info: *const tenure_master_info,
    text: impl FnOnce(&'static tenure_master_info) -> Option<&'static str>,
) -> tenure_str {
    let found = guard::look(info, None, text);
    found.map_or(tenure_str::EMPTY, tenure_str::of)
}

/// The `MasterInfo` of a master, with every field that each reader of Mesos's znodes relies on.
///
/// @param id            unique for each start of the master: a random UUID, for example
/// @param address       where it listens, `IPv4:PORT`
/// @param hostname      its host name, or the IP address
/// @param version       its version
/// @param region        the region of its fault domain; the empty text for none
/// @param zone          the zone of its fault domain; the empty text for none
/// @param capabilities  the names of its capabilities (`AGENT_UPDATE`, `AGENT_DRAINING`, `QUOTA_V2`),
///                      separated by commas; the empty text for none
/// @param info_out      the object is written here, on success only
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, for an address,
///         a capability or a domain that cannot be, and for an empty id, hostname or version
///
/// Ownership: the texts are copied; the caller owns the object and frees it with
/// tenure_master_info_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_new(
    id: tenure_str,
    address: tenure_str,
    hostname: tenure_str,
    version: tenure_str,
    region: tenure_str,
    zone: tenure_str,
    capabilities: tenure_str,
    info_out: *mut *mut tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(info_out, "info_out")?;
        let address = address.read("address")?;
        let at: SocketAddrV4 = address
            .parse()
            .ok()
            .filter(|at: &SocketAddrV4| at.port() != 0 && !at.ip().is_unspecified())
            .ok_or_else(|| {
                Failure::invalid(format!(
                    "the address of a master must be IPv4:PORT, as in 10.0.0.1:5050, and is {address:?}"
                ))
            })?;
        let [id, hostname, version] = [(id, "id"), (hostname, "hostname"), (version, "version")]
            .map(|(text, name)| text.read(name));
        let mut info = MasterInfo::new(id?, at, hostname?, version?);
        let (region, zone) = (region.read("region")?, zone.read("zone")?);
        info.domain = match (region.is_empty(), zone.is_empty()) {
            (true, true) => None,
            (false, false) => Some(Domain::of(region, zone)),
            _ => {
                return Err(Failure::invalid(
                    "a fault domain has a region and a zone: give both, or neither",
                ));
            }
        };
        let names = capabilities.read("capabilities")?.split(',').map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            let known = CapabilityKind::OF_MESOS.into_iter();
            let kind = known.clone().find(|kind| kind.name() == name);
            info.capabilities.push(
                kind.ok_or_else(|| {
                    let known: Vec<&str> = known.map(CapabilityKind::name).collect();
                    let known = known.join(", ");
                    Failure::invalid(format!(
                        "there is no capability {name:?} of masters; known are {known}"
                    ))
                })?
                .into(),
            );
        }
        info.encode()
            .map_err(|error| Failure::invalid(error.to_string()))?;
        handle::put(info_out, || tenure_master_info::make(info));
        Ok(())
    })
}

/// Reads the payload of a member, by its label: `json.info` JSON, `info` protobuf, no label the oldest
/// form `master@IP:PORT`.
///
/// @param label      the member's label; the empty text for none
/// @param data       the payload; may be NULL if len is 0
/// @param len        its number of bytes
/// @param info_out   the object is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label that is not Mesos's, and for a
///         payload that cannot be read: the message names the field and the rule
///
/// Ownership: the bytes are copied; the caller owns the object and frees it with
/// tenure_master_info_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_decode(
    label: tenure_str,
    data: *const c_void,
    len: usize,
    info_out: *mut *mut tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(info_out, "info_out")?;
        let label = label.read("label")?;
        let label = (!label.is_empty()).then_some(label);
        let data = text::bytes(data.cast(), len, "data")?;
        let info =
            info::decode(label, data).map_err(|error| Failure::invalid(error.to_string()))?;
        handle::put(info_out, || tenure_master_info::make(info));
        Ok(())
    })
}

/// The `MasterInfo` of a master at a fixed address, `HOST:PORT`, as an agent is given it. Nothing is looked
/// up: a host that is no IPv4 address is the host name, or the IP address if it is an IPv6 address in
/// brackets, and tenure_master_info_ip is then `0.0.0.0`.
///
/// @param address    the address
/// @param info_out   the object is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for a text
///         without a host or without a port from 1 to 65535
///
/// Ownership: the text is copied; the caller owns the object and frees it with tenure_master_info_free.
/// Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_at(
    address: tenure_str,
    info_out: *mut *mut tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(info_out, "info_out")?;
        let info = MasterInfo::at_address(address.read("address")?)
            .map_err(|error| Failure::invalid(error.to_string()))?;
        handle::put(info_out, || tenure_master_info::make(info));
        Ok(())
    })
}

/// Whether a MasterInfo has every field that each reader of Mesos's znodes relies on, so that it may be
/// the payload of a contender: one of tenure_master_info_new has, a decoded one may not.
///
/// @param info       a MasterInfo
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for one that lacks a field: the message
///         names it
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_check(
    info: *const tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(info, error_out, |info| {
        let encoded = info.info.encode();
        encoded
            .map(drop)
            .map_err(|error| Failure::invalid(error.to_string()))
    })
}

/// The `MasterInfo` of the leader that a detector's event reports (TENURE_EVENT_DETECTOR_LEADER), by the
/// leader's label; of a fixed leader, its address. A payload that cannot be read is an error here, and no
/// more: tenure_event_data has its bytes.
///
/// @param event      an event
/// @param info_out   the object is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for an event that reports no leader, and for
///         a payload that cannot be read: the message names the field and the rule
///
/// Ownership: the caller owns the object and frees it with tenure_master_info_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_event_master_info(
    event: *const tenure_event,
    info_out: *mut *mut tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(event, error_out, |event| {
        must_have(info_out, "info_out")?;
        let info = match event.detector().cloned().map(MasterEvent::of) {
            Some(MasterEvent::Leader(master)) => master.info,
            Some(MasterEvent::Undecodable { error, .. }) => {
                return Err(Failure::invalid(error.to_string()));
            }
            _ => {
                return Err(Failure::invalid(
                    "the event reports no leader; give a TENURE_EVENT_DETECTOR_LEADER",
                ));
            }
        };
        handle::put(info_out, || tenure_master_info::make(info));
        Ok(())
    })
}

/// The id of a master: another one at each start.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_id(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| Some(&info.info.id))
}

/// The address from which the messages of a master come, as the roles compare it: the part of the PID
/// behind `@`, or else `IP:PORT`.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_address(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        Some(info.address.get_or_init(|| info.info.sender_address()))
    })
}

/// The host to reach a master at: its host name, or else its IP address.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_host(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        Some(info.host.get_or_init(|| info.info.host()))
    })
}

/// The host name of a master, in the field that redirects of Mesos use.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text where there is none, and if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_hostname(
    info: *const tenure_master_info,
) -> tenure_str {
    shown(info, |info| info.info.hostname.as_deref())
}

/// The IPv4 address of a master; `0.0.0.0` for a fixed leader that was given by its name.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_ip(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        Some(info.ip.get_or_init(|| info.info.ipv4().to_string()))
    })
}

/// The PID of a master: `master@IP:PORT`.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text where there is none, and if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_pid(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| info.info.pid.as_deref())
}

/// The version of a master.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text where there is none, and if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_version(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| info.info.version.as_deref())
}

/// The region of the fault domain of a master.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text where there is none, and if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_region(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        let domain = info.info.domain.as_ref()?;
        Some(&domain.fault_domain.as_ref()?.region.name)
    })
}

/// The zone of the fault domain of a master.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text where there is none, and if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_zone(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        let domain = info.info.domain.as_ref()?;
        Some(&domain.fault_domain.as_ref()?.zone.name)
    })
}

/// The JSON of a MasterInfo, byte for byte as Mesos writes it: the payload of a contender with the label
/// `json.info`.
///
/// @param info  a MasterInfo, or NULL
/// @return the text; the empty text if `info` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_json(info: *const tenure_master_info) -> tenure_str {
    shown(info, |info| {
        Some(info.json.get_or_init(|| info.info.to_json()))
    })
}

/// The TCP port of a master.
///
/// @param info  a MasterInfo, or NULL
/// @return the port; 0 if `info` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_port(info: *const tenure_master_info) -> u16 {
    guard::look(info, 0, |info| info.info.tcp_port())
}

/// How many capabilities a master has.
///
/// @param info  a MasterInfo, or NULL
/// @return the number; 0 if `info` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_capability_count(
    info: *const tenure_master_info,
) -> usize {
    guard::look(info, 0, |info| info.info.capabilities.len())
}

/// The name of a capability of a master: `AGENT_UPDATE`. One that is not known here is `UNKNOWN`.
///
/// @param info   a MasterInfo, or NULL
/// @param index  from 0
/// @return the name; the empty text where there is none
///
/// Ownership: the library owns the text, which lives for ever. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_capability(
    info: *const tenure_master_info,
    index: usize,
) -> tenure_str {
    shown(info, |info| {
        let kind = info.info.capabilities.get(index)?.kind;
        Some(kind.unwrap_or(CapabilityKind::Unknown).name())
    })
}

/// Whether Mesos takes two for the same master: all but address and capabilities is equal. Because of
/// the id, a master that was started again is another one.
///
/// @param a  a MasterInfo, or NULL
/// @param b  a MasterInfo, or NULL
/// @return true if they are; false if either is NULL, or both are
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_is_same(
    a: *const tenure_master_info,
    b: *const tenure_master_info,
) -> bool {
    guard::look(a, false, |a| {
        guard::look(b, false, |b| a.info.is_same_master(&b.info))
    })
}

/// Frees a MasterInfo.
///
/// @param info  a MasterInfo; neither it nor its texts may be used afterwards. NULL has no effect
///
/// Ownership: takes the object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_info_free(info: *mut tenure_master_info) {
    guard::free(info);
}
