//! Values on the command line, checked.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;
use tenure::LeasePolicy;
use tenure::words::{OPTIONS, Word};

/// A longer duration is a typing error.
const DURATION_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The longest payload that the library accepts; a file is read only up to that and one byte.
const DATA_BYTES_MAX: u64 = 1_000_000;

/// A duration in human notation.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|_| "this is not a duration; write it as in 500ms, 4s or 1m30s")?;
    if duration < Duration::from_millis(1) {
        return Err("it must be at least 1ms".to_owned());
    }
    if duration > DURATION_MAX {
        return Err("at most 365 days are accepted".to_owned());
    }
    Ok(duration)
}

/// One of the library's names of a choice, with its sentence in the help.
pub(super) fn one_of<T: Clone + Default + Send + Sync + 'static>(
    words: &'static [Word],
    named: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    let values = words
        .iter()
        .map(|word| PossibleValue::new(word.name).help(word.tool));
    // The parser accepts no other names.
    PossibleValuesParser::new(values).map(move |name| named(&name).unwrap_or_default())
}

/// A message of the library about options, in the words of the command line.
pub(super) fn with_flags(message: &str) -> String {
    let mut message = message.to_owned();
    for setting in OPTIONS.iter().flat_map(|of| of.settings) {
        let flag = format!("`--{}`", setting.name.replace('_', "-"));
        message = message.replace(&format!("`{}`", setting.name), &flag);
    }
    for policy in LeasePolicy::WORDS {
        let flag = format!("`--policy {}`", policy.name);
        message = message.replace(&format!("the policy `{}`", policy.name), &flag);
    }
    message
}

/// A payload, or the content of the file behind `@`.
pub(super) fn payload(data: &OsStr) -> Result<Vec<u8>, String> {
    let Some(file) = data.as_bytes().strip_prefix(b"@") else {
        return Ok(data.as_bytes().to_vec());
    };
    let file = Path::new(OsStr::from_bytes(file));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(DATA_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("--data: cannot read {}: {error}", file.display()))?;
    if bytes.len() as u64 > DATA_BYTES_MAX {
        return Err(format!(
            "--data: {} has more than {DATA_BYTES_MAX} bytes, the most that are accepted",
            file.display()
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_flags() {
        let said = with_flags("`fail_over` needs the policy `guarded`, not `lease`");
        assert_eq!(
            said,
            "`--fail-over` needs `--policy guarded`, not `--lease`"
        );
    }

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        for bad in ["", "4", "0", "0s", "999us", "-1s", "366d", "1e3s", "soon"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
