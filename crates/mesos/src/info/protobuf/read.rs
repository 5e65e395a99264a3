//! Reads protobuf by the rules of proto2: of a field that is there twice the last one counts, two
//! occurrences of a message are merged, and a field of another wire type, or an enum of an unknown
//! number, is an unknown field.

use super::super::{
    Address, Capability, CapabilityKind, DecodeError, Domain, FaultDomain, MasterInfo, Place,
};
use super::number;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The paths of required fields that are missing.
type Missing = Vec<String>;

/// A field of a message.
struct Field<'a> {
    number: u32,
    value: Value<'a>,
    /// All its bytes.
    raw: &'a [u8],
}

enum Value<'a> {
    Varint(u64),
    /// A string or a message.
    Bytes(&'a [u8]),
    /// No field of ours has this type.
    Other,
}

/// The fields of a message, each bounds-checked.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Result<Field<'a>, prost::DecodeError> {
        let start = self.rest;
        let (number, wire_type) = decode_key(&mut self.rest)?;
        let mut value = self.rest;
        skip_field(wire_type, number, &mut self.rest, DecodeContext::default())?;
        let value = match wire_type {
            WireType::Varint => Value::Varint(decode_varint(&mut value)?),
            WireType::LengthDelimited => {
                decode_varint(&mut value)?;
                let length = value.len() - self.rest.len();
                Value::Bytes(value.get(..length).unwrap_or_default())
            }
            _ => Value::Other,
        };
        let length = start.len() - self.rest.len();
        let raw = start.get(..length).unwrap_or_default();
        Ok(Field { number, value, raw })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field().map_err(|error| {
            // Behind a fault there is nothing to read.
            self.rest = &[];
            DecodeError::malformed(format!("in protobuf is cut off or damaged: {error}"))
        });
        Some(field)
    }
}

fn string(field: &str, bytes: &[u8]) -> Result<Option<String>, DecodeError> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(DecodeError::wrong_type(
            field,
            "text in UTF-8",
            "something else",
        )),
    }
}

/// A `uint32` or an `int32`, of which parsers take the lower half of the number.
#[allow(clippy::cast_possible_truncation)] // that is the rule
fn low(varint: u64) -> u32 {
    varint as u32
}

fn port(field: &str, varint: u64) -> Result<Option<u16>, DecodeError> {
    let is = low(varint);
    match u16::try_from(is) {
        Ok(port) => Ok(Some(port)),
        Err(_) => Err(DecodeError::wrong_type(
            field,
            "a whole number from 0 to 65535",
            is,
        )),
    }
}

/// Notes a required field that is missing, and goes on with any value.
fn required<T: Default>(found: Option<T>, path: &str, missing: &mut Missing) -> T {
    found.unwrap_or_else(|| {
        missing.push(path.to_owned());
        T::default()
    })
}

/// Two occurrences of a message are one after the other, which is how protobuf merges them.
fn merge(into: &mut Option<Vec<u8>>, bytes: &[u8]) {
    into.get_or_insert_default().extend_from_slice(bytes);
}

pub(in super::super) fn read(data: &[u8]) -> Result<MasterInfo, DecodeError> {
    let mut info = MasterInfo::default();
    let (mut id, mut ip, mut port_) = (None, None, None);
    let (mut address_, mut domain_) = (None, None);
    for field in (Fields { rest: data }) {
        let field = field?;
        match (field.number, field.value) {
            (number::ID, Value::Bytes(bytes)) => id = string("id", bytes)?,
            (number::IP, Value::Varint(varint)) => ip = Some(low(varint)),
            (number::PORT, Value::Varint(varint)) => port_ = port("port", varint)?,
            (number::PID, Value::Bytes(bytes)) => info.pid = string("pid", bytes)?,
            (number::HOSTNAME, Value::Bytes(bytes)) => info.hostname = string("hostname", bytes)?,
            (number::VERSION, Value::Bytes(bytes)) => info.version = string("version", bytes)?,
            (number::ADDRESS, Value::Bytes(bytes)) => merge(&mut address_, bytes),
            (number::DOMAIN, Value::Bytes(bytes)) => merge(&mut domain_, bytes),
            (number::CAPABILITIES, Value::Bytes(bytes)) => {
                info.capabilities.push(capability(bytes)?);
            }
            _ => info.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    let mut missing = Missing::new();
    info.id = required(id, "id", &mut missing);
    info.ip = required(ip, "ip", &mut missing);
    info.port = required(port_, "port", &mut missing);
    if let Some(bytes) = address_ {
        info.address = Some(address(&bytes, &mut missing)?);
    }
    if let Some(bytes) = domain_ {
        info.domain = Some(domain(&bytes, &mut missing)?);
    }
    if missing.is_empty() {
        Ok(info)
    } else {
        Err(DecodeError::missing(&missing))
    }
}

fn address(data: &[u8], missing: &mut Missing) -> Result<Address, DecodeError> {
    let mut address = Address::default();
    let mut port_ = None;
    for field in (Fields { rest: data }) {
        let field = field?;
        match (field.number, field.value) {
            (number::ADDRESS_HOSTNAME, Value::Bytes(bytes)) => {
                address.hostname = string("address.hostname", bytes)?;
            }
            (number::ADDRESS_IP, Value::Bytes(bytes)) => address.ip = string("address.ip", bytes)?,
            (number::ADDRESS_PORT, Value::Varint(varint)) => port_ = port("address.port", varint)?,
            _ => address.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    address.port = required(port_, "address.port", missing);
    Ok(address)
}

fn domain(data: &[u8], missing: &mut Missing) -> Result<Domain, DecodeError> {
    let mut domain = Domain::default();
    let mut inner = None;
    for field in (Fields { rest: data }) {
        let field = field?;
        match (field.number, field.value) {
            (number::FAULT_DOMAIN, Value::Bytes(bytes)) => merge(&mut inner, bytes),
            _ => domain.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    if let Some(bytes) = inner {
        domain.fault_domain = Some(fault_domain(&bytes, missing)?);
    }
    Ok(domain)
}

fn fault_domain(data: &[u8], missing: &mut Missing) -> Result<FaultDomain, DecodeError> {
    let mut domain = FaultDomain::default();
    let (mut region, mut zone) = (None, None);
    for field in (Fields { rest: data }) {
        let field = field?;
        match (field.number, field.value) {
            (number::REGION, Value::Bytes(bytes)) => merge(&mut region, bytes),
            (number::ZONE, Value::Bytes(bytes)) => merge(&mut zone, bytes),
            _ => domain.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    domain.region = place(region, "domain.fault_domain.region", missing)?;
    domain.zone = place(zone, "domain.fault_domain.zone", missing)?;
    Ok(domain)
}

fn place(data: Option<Vec<u8>>, path: &str, missing: &mut Missing) -> Result<Place, DecodeError> {
    let Some(data) = data else {
        return Ok(required(None, path, missing));
    };
    let mut place = Place::default();
    let path = format!("{path}.name");
    let mut name = None;
    for field in (Fields { rest: &data }) {
        let field = field?;
        match (field.number, field.value) {
            (number::NAME, Value::Bytes(bytes)) => name = string(&path, bytes)?,
            _ => place.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    place.name = required(name, &path, missing);
    Ok(place)
}

fn capability(data: &[u8]) -> Result<Capability, DecodeError> {
    let mut capability = Capability::default();
    for field in (Fields { rest: data }) {
        let field = field?;
        let kind = match (field.number, field.value) {
            (number::TYPE, Value::Varint(varint)) => {
                CapabilityKind::by_number(low(varint).cast_signed())
            }
            _ => None,
        };
        match kind {
            Some(kind) => capability.kind = Some(kind),
            None => capability.unknown.protobuf.extend_from_slice(field.raw),
        }
    }
    Ok(capability)
}
