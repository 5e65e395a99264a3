//! The lists that are generated from the table of public words, `crates/election/src/words/`. Each is checked in;
//! a test compares it with the table, and writes it where `TENURE_WRITE_WORDS` is set: `make words`.

mod c;
mod cpp;
mod document;
pub(crate) mod go;
mod python;
mod rust;
mod text;

use crate::words::read;
use std::path::Path;

/// The mark that a file, or a part of one, is generated.
const NOTE: &str = "do not edit, run `make words`";
/// The end of such a part.
const END: &str = "generated: end";

/// A list in one file.
struct Made {
    path: &'static str,
    /// The part of the file; `None` for a whole file.
    part: Option<&'static str>,
    make: fn() -> String,
}

const fn part(path: &'static str, part: &'static str, make: fn() -> String) -> Made {
    Made {
        path,
        part: Some(part),
        make,
    }
}

const fn whole(path: &'static str, make: fn() -> String) -> Made {
    Made {
        path,
        part: None,
        make,
    }
}

/// Everything that is generated. `include/tenure.h` follows from the second line: `make header`.
const ALL: &[Made] = &[
    part("src/api/contender.rs", "builder", rust::builder),
    whole("src/capi/words.rs", c::words),
    whole("src/capi/mesos/words.rs", c::mesos_words),
    part("src/capi/contender_options.rs", "setters", c::setters),
    part("include/tenure.hpp", "enums", cpp::enums),
    part("include/tenure_mesos.hpp", "enums", cpp::mesos_enums),
    part("include/tenure.hpp", "contender options", cpp::fields),
    part("include/tenure.hpp", "contender setters", cpp::calls),
    part(python::EVENTS, "names", python::event_names),
    part(python::EVENTS, "session events", python::session_events),
    part(python::EVENTS, "contender events", python::contender_events),
    part(python::EVENTS, "detector events", python::detector_events),
    part(python::EVENTS, "group events", python::group_events),
    part(python::ERRORS, "names", python::error_names),
    part(python::ERRORS, "errors", python::errors),
    part(python::ERRORS, "kinds", python::error_kinds),
    part(python::METRICS, "metrics", python::metrics),
    part(python::PACKAGE, "imports", python::imports),
    part(python::PACKAGE, "names", python::names),
    whole(python::OPTIONS, python::options),
    part(python::CLIENT, "contender options", python::parameters),
    part(python::CLIENT, "contender arguments", python::arguments),
    whole("bindings/python/src/options.rs", rust::python_options),
    whole(go::WORDS, go::words),
    whole(go::MESOS_WORDS, go::mesos_words),
    whole(go::EVENTS, go::events),
    whole(go::OPTIONS, go::options),
    whole(go::NATIVE_OPTIONS, go::native_options),
    part("docs/cli.md", "words", document::words),
];

impl Made {
    fn name(&self) -> String {
        match self.part {
            None => self.path.to_owned(),
            Some(part) => format!("{} ({part})", self.path),
        }
    }

    /// The file as it is to be.
    fn expected(&self, kept: &str) -> String {
        let Some(part) = self.part else {
            return (self.make)();
        };
        let begin = format!("generated: {part}; {NOTE}");
        let mut lines = kept.split_inclusive('\n');
        let mut made = String::new();
        let found = lines.by_ref().any(|line| {
            made.push_str(line);
            line.contains(&begin)
        });
        assert!(found, "{}: no line with `{begin}`", self.path);
        let end = lines.find(|line| line.contains(END));
        let end =
            end.unwrap_or_else(|| panic!("{}: no line with `{END}` after `{begin}`", self.path));
        made.push_str(&(self.make)());
        made.push_str(end);
        made.extend(lines);
        made
    }
}

#[test]
fn every_generated_list_is_that_of_the_table() {
    let mut stale = Vec::new();
    for made in ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(made.path);
        let kept = match made.part {
            None => std::fs::read_to_string(&path).unwrap_or_default(),
            Some(_) => read(made.path),
        };
        let expected = made.expected(&kept);
        if kept == expected {
            continue;
        }
        if std::env::var_os("TENURE_WRITE_WORDS").is_some() {
            std::fs::write(&path, expected).unwrap();
        } else {
            stale.push(made.name());
        }
    }
    assert!(
        stale.is_empty(),
        "out of date with crates/election/src/words: run `make words`\n{}",
        stale.join("\n")
    );
}
