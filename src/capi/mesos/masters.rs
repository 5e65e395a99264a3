//! The contender of a master, and masters without ZooKeeper.

use super::super::client::tenure_client;
use super::super::contender::tenure_contender;
use super::super::contender_options::tenure_contender_options;
use super::super::error::tenure_error;
use super::super::guard;
use super::super::handle::{self, must_have};
use super::super::status::tenure_status;
use super::info::tenure_master_info;
use crate::api::ContenderOptions;
use crate::mesos::{self, MasterContender};

/// The session timeout of a master's contender by default, as in Mesos: milliseconds.
pub const TENURE_MASTER_CONTENDER_ZK_SESSION_TIMEOUT_MS: i64 = 10_000;

/// The session timeout of a detector of masters by default, as in Mesos: milliseconds.
pub const TENURE_MASTER_DETECTOR_ZK_SESSION_TIMEOUT_MS: i64 = 10_000;

const _: () = assert!(
    mesos::MASTER_CONTENDER_ZK_SESSION_TIMEOUT.as_millis()
        == TENURE_MASTER_CONTENDER_ZK_SESSION_TIMEOUT_MS as u128
        && mesos::MASTER_DETECTOR_ZK_SESSION_TIMEOUT.as_millis()
            == TENURE_MASTER_DETECTOR_ZK_SESSION_TIMEOUT_MS as u128
);

/// Contends as a Mesos master: as tenure_contender_new, with the label `json.info` and the MasterInfo in
/// JSON as payload. For a later change of it, give tenure_contender_set_data the text of
/// tenure_master_info_json. The detector of masters is a tenure_detector, whose events
/// tenure_event_master_info decodes; contender and detector of one master share a client.
///
/// @param client         a client
/// @param info           what the master says of itself
/// @param options        the options of the contender; their label and payload do not count. NULL for
///                       the group of the client's URL
/// @param contender_out  the contender is written here, on success only
/// @param error_out      an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a MasterInfo that lacks a field that a
///         reader relies on, for a path that ZooKeeper does not allow, and where the client has no
///         session; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
///
/// Ownership: the caller keeps info and options, owns the contender, and frees it with
/// tenure_contender_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_master_contender_new(
    client: *mut tenure_client,
    info: *const tenure_master_info,
    options: *const tenure_contender_options,
    contender_out: *mut *mut tenure_contender,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(contender_out, "contender_out")?;
        let info = handle::get(info)?.inner();
        let path = client.group("");
        let options = if options.is_null() {
            ContenderOptions::new(path)
        } else {
            handle::get(options)?.read(path)
        };
        let contender = MasterContender::contend(client.client(), options, info)?;
        let contender = tenure_contender::of(contender, client)?;
        handle::put(contender_out, || handle::make(contender));
        Ok(())
    })
}

/// Opens a client without servers, for masters without ZooKeeper: its detectors, of whatever path,
/// report the master that tenure_client_appoint names, and none before. It has no session, and nobody
/// can contend by it.
///
/// @param client_out  the client is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller owns the client and frees it with tenure_client_free. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_open_standalone(
    client_out: *mut *mut tenure_client,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(client_out, "client_out")?;
        let client = tenure_client::of(mesos::standalone(), String::new())?;
        handle::put(client_out, || handle::make(client));
        Ok(())
    })
}

/// Appoints the leader that the detectors of a client without servers report, or none. Each call is an
/// event of every detector, also for the same master again.
///
/// @param client     a client of tenure_client_open_standalone
/// @param info       the leading master; NULL for none
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for any other client, and for a MasterInfo
///         that lacks a field that a reader relies on; TENURE_ERR_CLOSED; TENURE_ERR_FORKED
///
/// Ownership: the caller keeps info. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_appoint(
    client: *mut tenure_client,
    info: *const tenure_master_info,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        client.queue().check_process()?;
        let info = if info.is_null() {
            None
        } else {
            Some(handle::get(info)?.inner())
        };
        Ok(mesos::appoint(client.client(), info)?)
    })
}
