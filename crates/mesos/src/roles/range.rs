//! Options and their ranges.

use alloc::string::String;
use core::fmt::Debug;
use core::ops::RangeInclusive;

/// An option is out of its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfRange {
    /// The name of the option, as in Mesos's flags, without the dashes.
    pub option: &'static str,
    /// The range and the value that was given, in words.
    why: String,
}

impl core::fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the option {} {}", self.option, self.why)
    }
}

impl core::error::Error for OutOfRange {}

/// Refuses a value that is out of range.
pub(super) fn check<T: PartialOrd + Debug>(
    option: &'static str,
    given: &T,
    range: &RangeInclusive<T>,
) -> Result<(), OutOfRange> {
    if range.contains(given) {
        return Ok(());
    }
    let (least, most) = (range.start(), range.end());
    let why = alloc::format!("must be from {least:?} to {most:?}, not {given:?}");
    Err(OutOfRange { option, why })
}
