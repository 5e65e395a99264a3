//! Reading a history, all of it or nothing.

use super::{Entry, FILE, History, VERSION};
use std::fmt;
use std::path::{Path, PathBuf};

/// The reason for which a file is not a history that can be checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: PathBuf,
    /// The number of the line; 0 if the file could not be opened.
    pub line: usize,
    /// The fault of that line.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, why } = self;
        match line {
            0 => write!(f, "{}: {why}", file.display()),
            _ => write!(f, "{}, line {line}: {why}", file.display()),
        }
    }
}

/// Reads the history in `path`, a file or the directory of a run.
///
/// # Errors
/// When the file is not a history, or not a whole one.
pub fn read(path: &Path) -> Result<History, Unreadable> {
    let file = match path.is_dir() {
        true => path.join(FILE),
        false => path.to_owned(),
    };
    let text = std::fs::read(&file)
        .map_err(|error| (0, format!("cannot be read: {error}")))
        .and_then(|bytes| {
            String::from_utf8(bytes).map_err(|error| {
                let head = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = head.iter().filter(|byte| **byte == b'\n').count() + 1;
                (line, "this is no UTF-8, so no history".to_owned())
            })
        });
    text.and_then(|text| read_text(&text))
        .map_err(|(line, why)| Unreadable { file, line, why })
}

/// Reads a history from memory.
///
/// # Errors
/// When it is not a history: the number of the line, and its fault.
pub fn read_text(text: &str) -> Result<History, (usize, String)> {
    let mut lines = (1..).zip(text.split_inclusive('\n')).map(parse);
    let header = match lines.next().transpose()? {
        Some((_, Entry::Run(header))) => header,
        Some(_) => return Err((1, "a history begins with a line of kind \"run\"".to_owned())),
        None => return Err((1, "the file is empty".to_owned())),
    };
    if header.version != VERSION {
        let version = header.version;
        return Err((
            1,
            format!("version {version} of the format; {VERSION} is known"),
        ));
    }
    let (mut entries, mut last) = (Vec::new(), 1);
    while let Some((number, entry)) = lines.next().transpose()? {
        last = number;
        let Entry::End {
            at_ns,
            lines: count,
        } = entry
        else {
            if matches!(entry, Entry::Run(_)) {
                return Err((number, "another history begins here".to_owned()));
            }
            entries.push((number, entry));
            continue;
        };
        if count != number {
            return Err((
                number,
                format!("{count} lines were written, {number} are here"),
            ));
        }
        if lines.next().is_some() {
            return Err((number + 1, "something follows the last line".to_owned()));
        }
        return Ok(History {
            header,
            entries,
            end_ns: at_ns,
        });
    }
    let why = "the history is cut off: a whole one ends with a line of kind \"end\"";
    Err((last, why.to_owned()))
}

fn parse((number, line): (usize, &str)) -> Result<(usize, Entry), (usize, String)> {
    let Some(line) = line.strip_suffix('\n') else {
        return Err((number, "this line is cut off".to_owned()));
    };
    let entry = serde_json::from_str(line)
        .map_err(|error| (number, format!("this is no line of a history: {error}")))?;
    Ok((number, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "{\"kind\":\"run\",\"version\":1,\"plan\":\"chaos\",\"seed\":7,\
        \"session_timeout_ms\":4000,\"tick_ms\":500,\"slack_ms\":2000}\n";
    const HEALED: &str = "{\"kind\":\"healed\",\"at_ns\":5}\n";
    const END: &str = "{\"kind\":\"end\",\"at_ns\":9,\"lines\":3}\n";

    fn refused(text: &str) -> (usize, String) {
        read_text(text).unwrap_err()
    }

    #[test]
    fn a_whole_history_is_read() {
        let history = read_text(&[HEAD, HEALED, END].concat()).unwrap();
        assert_eq!((history.header.seed, history.end_ns), (7, 9));
        assert_eq!(history.entries, [(2, Entry::Healed { at_ns: 5 })]);
    }

    #[test]
    fn what_is_no_whole_history_is_refused_with_its_line() {
        let cases = [
            (String::new(), 1, "empty"),
            ("hello\n".to_owned(), 1, "no line of a history"),
            (
                "{\"event\":\"leading\"}\n".to_owned(),
                1,
                "no line of a history",
            ),
            (HEALED.to_owned(), 1, "begins with"),
            (
                HEAD.replace("\"version\":1", "\"version\":2"),
                1,
                "version 2",
            ),
            (HEAD.to_owned(), 1, "cut off"),
            ([HEAD, HEALED].concat(), 2, "cut off"),
            (
                [HEAD, HEALED, END.trim_end()].concat(),
                3,
                "this line is cut off",
            ),
            ([HEAD, END].concat(), 2, "3 lines were written"),
            ([HEAD, HEALED, END, HEALED].concat(), 4, "follows"),
            ([HEAD, HEAD].concat(), 2, "another history"),
            ([HEAD, "{\"kind\":\"healed\"}\n", END].concat(), 2, "at_ns"),
            (
                [HEAD, &HEALED.replace("5", "5,\"x\":1"), END].concat(),
                2,
                "unknown field",
            ),
        ];
        for (text, line, part) in cases {
            let (at, why) = refused(&text);
            assert_eq!(at, line, "{why} in {text}");
            assert!(why.contains(part), "{why} in {text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let refused = read(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("/nowhere/at/all: cannot be read")
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"a\n\xff\n").unwrap();
        let refused = read(file.path()).unwrap_err();
        assert_eq!(refused.line, 2, "{refused}");
    }
}
