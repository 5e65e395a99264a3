//! `MasterInfo` in protobuf: `master_info.proto`, by the primitives of `prost`.
//!
//! Not by its derived messages: they drop unknown fields, and do not tell a required field that is
//! missing from one that is empty. So nobody needs `protoc`, nor code that it generated; the vectors of
//! `tests/golden/`, which Google's implementation made from the same `.proto`, compare the two.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// The numbers of fields.
mod number {
    pub(super) const ID: u32 = 1;
    pub(super) const IP: u32 = 2;
    pub(super) const PORT: u32 = 3;
    pub(super) const PID: u32 = 4;
    pub(super) const HOSTNAME: u32 = 5;
    pub(super) const VERSION: u32 = 6;
    pub(super) const ADDRESS: u32 = 7;
    pub(super) const DOMAIN: u32 = 8;
    pub(super) const CAPABILITIES: u32 = 9;

    pub(super) const ADDRESS_HOSTNAME: u32 = 1;
    pub(super) const ADDRESS_IP: u32 = 2;
    pub(super) const ADDRESS_PORT: u32 = 3;

    pub(super) const FAULT_DOMAIN: u32 = 1;
    pub(super) const REGION: u32 = 1;
    pub(super) const ZONE: u32 = 2;
    pub(super) const NAME: u32 = 1;

    pub(super) const TYPE: u32 = 1;
}
