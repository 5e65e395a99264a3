//! Writes protobuf: known fields in the order of their numbers, then the unknown ones.

use super::super::{Address, Capability, Domain, FaultDomain, MasterInfo, Place};
use super::number;
use alloc::string::String;
use alloc::vec::Vec;
use prost::encoding::{bytes, int32, string, uint32};

fn optional(number: u32, value: &Option<String>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        string::encode(number, value, out);
    }
}

pub(in super::super) fn write(info: &MasterInfo) -> Vec<u8> {
    let mut out = Vec::new();
    string::encode(number::ID, &info.id, &mut out);
    uint32::encode(number::IP, &info.ip, &mut out);
    uint32::encode(number::PORT, &info.port.into(), &mut out);
    optional(number::PID, &info.pid, &mut out);
    optional(number::HOSTNAME, &info.hostname, &mut out);
    optional(number::VERSION, &info.version, &mut out);
    if let Some(inner) = &info.address {
        bytes::encode(number::ADDRESS, &address(inner), &mut out);
    }
    if let Some(inner) = &info.domain {
        bytes::encode(number::DOMAIN, &domain(inner), &mut out);
    }
    for inner in &info.capabilities {
        bytes::encode(number::CAPABILITIES, &capability(inner), &mut out);
    }
    out.extend_from_slice(&info.unknown.protobuf);
    out
}

fn address(address: &Address) -> Vec<u8> {
    let mut out = Vec::new();
    optional(number::ADDRESS_HOSTNAME, &address.hostname, &mut out);
    optional(number::ADDRESS_IP, &address.ip, &mut out);
    int32::encode(number::ADDRESS_PORT, &address.port.into(), &mut out);
    out.extend_from_slice(&address.unknown.protobuf);
    out
}

fn domain(domain: &Domain) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(inner) = &domain.fault_domain {
        bytes::encode(number::FAULT_DOMAIN, &fault_domain(inner), &mut out);
    }
    out.extend_from_slice(&domain.unknown.protobuf);
    out
}

fn fault_domain(domain: &FaultDomain) -> Vec<u8> {
    let mut out = Vec::new();
    bytes::encode(number::REGION, &place(&domain.region), &mut out);
    bytes::encode(number::ZONE, &place(&domain.zone), &mut out);
    out.extend_from_slice(&domain.unknown.protobuf);
    out
}

fn place(place: &Place) -> Vec<u8> {
    let mut out = Vec::new();
    string::encode(number::NAME, &place.name, &mut out);
    out.extend_from_slice(&place.unknown.protobuf);
    out
}

fn capability(capability: &Capability) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(kind) = capability.kind {
        int32::encode(number::TYPE, &kind.number(), &mut out);
    }
    out.extend_from_slice(&capability.unknown.protobuf);
    out
}
