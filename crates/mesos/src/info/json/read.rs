//! Reads JSON by the rules of Mesos's reader (Mesos `stout/protobuf.hpp`, `stout/json.hpp`):
//!
//! - unknown keys are ignored there; here they are kept;
//! - `null` is a field that is not set, also in an array;
//! - a number may be given as a string that holds a number;
//! - a single value may stand for an array of it, and arrays in arrays count as one;
//! - the name of an enum that is not known is no error: the field counts as not set;
//! - of a key that is there twice, the last one counts;
//! - any other type than the field's is an error.
//!
//! It differs in two points: Mesos casts a number that does not fit, and here it is an error; and arrays
//! in arrays are read to a depth of [`ARRAYS_MAX`] only.

use super::super::error::shown;
use super::super::{
    Address, Capability, CapabilityKind, DecodeError, Domain, FaultDomain, MasterInfo, NESTING_MAX,
    Place, Unknown,
};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::value::RawValue;

/// How deep the arrays of a repeated field may be nested: each level reads the inner ones again, and the
/// work must stay in proportion to the payload. No known writer nests them.
const ARRAYS_MAX: usize = 8;

/// The paths of required fields that are missing.
type Missing = Vec<String>;

pub(in super::super) fn read(data: &[u8]) -> Result<MasterInfo, DecodeError> {
    let Ok(text) = core::str::from_utf8(data) else {
        return Err(DecodeError::malformed(
            "in JSON is no text: it must be UTF-8",
        ));
    };
    if is_nested_too_deep(text) {
        return Err(DecodeError::too_deep());
    }
    let value: &RawValue = serde_json::from_str(text).map_err(|error| no_json(&error))?;
    let mut missing = Missing::new();
    let Some(object) = Object::of(value, "")? else {
        let kind = kind(value);
        return Err(DecodeError::malformed(format!(
            "in JSON must be an object, and is {kind}"
        )));
    };
    let info = master_info(object, &mut missing)?;
    if missing.is_empty() {
        Ok(info)
    } else {
        Err(DecodeError::missing(&missing))
    }
}

fn no_json(error: &serde_json::Error) -> DecodeError {
    DecodeError::malformed(format!(
        "must be a JSON object, and is no valid JSON: {error}"
    ))
}

/// Counts brackets outside of strings. It may be wrong on text that is no JSON, which is refused anyway.
fn is_nested_too_deep(text: &str) -> bool {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' | b'[' if !is_string => depth += 1,
            b'}' | b']' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING_MAX {
            return true;
        }
    }
    false
}

/// The kind of a value, for errors.
fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// An object whose known keys are taken out one by one; the rest is unknown.
struct Object<'a> {
    /// What is before the name of a key in errors: `address.`
    at: String,
    rest: BTreeMap<String, &'a RawValue>,
}

impl<'a> Object<'a> {
    /// `None` if the value is no object.
    fn of(value: &'a RawValue, at: &str) -> Result<Option<Self>, DecodeError> {
        if kind(value) != "an object" {
            return Ok(None);
        }
        let rest = serde_json::from_str(value.get()).map_err(|error| no_json(&error))?;
        let at = at.to_owned();
        Ok(Some(Self { at, rest }))
    }

    fn path(&self, key: &str) -> String {
        format!("{}{key}", self.at)
    }

    /// The value of a field that is set.
    fn take(&mut self, key: &str) -> Option<&'a RawValue> {
        self.rest.remove(key).filter(|value| kind(value) != "null")
    }

    fn string(&mut self, key: &str) -> Result<Option<String>, DecodeError> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        if kind(value) != "a string" {
            return Err(DecodeError::wrong_type(
                &self.path(key),
                "a string",
                kind(value),
            ));
        }
        string(value).map(Some)
    }

    fn required_string(&mut self, key: &str, missing: &mut Missing) -> Result<String, DecodeError> {
        let found = self.string(key)?;
        Ok(self.required(key, found, missing))
    }

    /// A number from 0 to `max`.
    fn required_number(
        &mut self,
        key: &str,
        max: u32,
        missing: &mut Missing,
    ) -> Result<u32, DecodeError> {
        let found = match self.take(key) {
            Some(value) => Some(self.number(key, max, value)?),
            None => None,
        };
        Ok(self.required(key, found, missing))
    }

    fn number(&self, key: &str, max: u32, value: &RawValue) -> Result<u32, DecodeError> {
        let wrong = |is: &str| {
            let must = format!("a whole number from 0 to {max}");
            DecodeError::wrong_type(&self.path(key), must, is)
        };
        let text = match kind(value) {
            "a number" => value.get().to_owned(),
            "a string" => string(value)?,
            other => return Err(wrong(other)),
        };
        let number = serde_json::from_str(&text).ok().and_then(whole_number);
        number
            .filter(|number| *number <= max)
            .ok_or_else(|| wrong(&shown(&text)))
    }

    fn object(&mut self, key: &str) -> Result<Option<Self>, DecodeError> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let path = self.path(key);
        match Self::of(value, &format!("{path}."))? {
            Some(object) => Ok(Some(object)),
            None => Err(DecodeError::wrong_type(&path, "an object", kind(value))),
        }
    }

    /// Notes a required field that is missing, and goes on with any value.
    fn required<T: Default>(&self, key: &str, found: Option<T>, missing: &mut Missing) -> T {
        found.unwrap_or_else(|| {
            missing.push(self.path(key));
            T::default()
        })
    }

    fn unknown(self) -> Unknown {
        let texts = self.rest.into_iter();
        Unknown {
            json: texts
                .map(|(key, raw)| (key, raw.get().to_owned()))
                .collect(),
            ..Unknown::default()
        }
    }
}

fn string(value: &RawValue) -> Result<String, DecodeError> {
    serde_json::from_str(value.get()).map_err(|error| no_json(&error))
}

/// `5050`, `5050.0` and `5.05e3` are one number to Mesos.
fn whole_number(value: &RawValue) -> Option<u32> {
    let text = value.get();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let float: f64 = text.parse().ok()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the comparison finds it
    let number = float as u32;
    (f64::from(number) == float).then_some(number)
}

fn port(number: u32) -> u16 {
    u16::try_from(number).unwrap_or_default()
}

fn master_info(mut object: Object<'_>, missing: &mut Missing) -> Result<MasterInfo, DecodeError> {
    Ok(MasterInfo {
        id: object.required_string("id", missing)?,
        ip: object.required_number("ip", u32::MAX, missing)?,
        port: port(object.required_number("port", u16::MAX.into(), missing)?),
        pid: object.string("pid")?,
        hostname: object.string("hostname")?,
        version: object.string("version")?,
        address: object
            .object("address")?
            .map(|inner| address(inner, missing))
            .transpose()?,
        domain: object
            .object("domain")?
            .map(|inner| domain(inner, missing))
            .transpose()?,
        capabilities: capabilities(&mut object)?,
        unknown: object.unknown(),
    })
}

fn address(mut object: Object<'_>, missing: &mut Missing) -> Result<Address, DecodeError> {
    Ok(Address {
        hostname: object.string("hostname")?,
        ip: object.string("ip")?,
        port: port(object.required_number("port", u16::MAX.into(), missing)?),
        unknown: object.unknown(),
    })
}

fn domain(mut object: Object<'_>, missing: &mut Missing) -> Result<Domain, DecodeError> {
    Ok(Domain {
        fault_domain: object
            .object("fault_domain")?
            .map(|inner| fault_domain(inner, missing))
            .transpose()?,
        unknown: object.unknown(),
    })
}

fn fault_domain(mut object: Object<'_>, missing: &mut Missing) -> Result<FaultDomain, DecodeError> {
    Ok(FaultDomain {
        region: place(&mut object, "region", missing)?,
        zone: place(&mut object, "zone", missing)?,
        unknown: object.unknown(),
    })
}

fn place(outer: &mut Object<'_>, key: &str, missing: &mut Missing) -> Result<Place, DecodeError> {
    let found = match outer.object(key)? {
        Some(mut object) => Some(Place {
            name: object.required_string("name", missing)?,
            unknown: object.unknown(),
        }),
        None => None,
    };
    Ok(outer.required(key, found, missing))
}

fn capabilities(object: &mut Object<'_>) -> Result<Vec<Capability>, DecodeError> {
    const KEY: &str = "capabilities";
    let path = object.path(KEY);
    let mut found = Vec::new();
    // An array's values are put before the rest: no recursion.
    let mut waiting: Vec<(usize, &RawValue)> = Vec::new();
    waiting.extend(object.take(KEY).map(|value| (0, value)));
    while let Some((depth, value)) = waiting.pop() {
        match kind(value) {
            "null" => {}
            "an array" if depth < ARRAYS_MAX => {
                let values: Vec<&RawValue> =
                    serde_json::from_str(value.get()).map_err(|error| no_json(&error))?;
                waiting.extend(values.into_iter().rev().map(|value| (depth + 1, value)));
            }
            other => match Object::of(value, &format!("{path}."))? {
                Some(inner) => found.push(capability(inner)?),
                None => return Err(DecodeError::wrong_type(&path, "an array of objects", other)),
            },
        }
    }
    Ok(found)
}

fn capability(mut object: Object<'_>) -> Result<Capability, DecodeError> {
    const KEY: &str = "type";
    let raw = object.rest.get(KEY).copied();
    let name = object.string(KEY)?;
    let kind = name.as_deref().and_then(CapabilityKind::by_name);
    if let (Some(raw), Some(_), None) = (raw, name, kind) {
        // It stays among the unknown, and is written again.
        object.rest.insert(KEY.to_owned(), raw);
    }
    Ok(Capability {
        kind,
        unknown: object.unknown(),
    })
}
