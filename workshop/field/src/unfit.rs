//! Programs that cannot be an undertaker, for the tests of each language.

use crate::tls::Files;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Programs that cannot be an undertaker. Their files end with this value.
#[derive(Debug)]
pub struct UnfitUndertakers {
    /// The path of each, and a part of the message that says why.
    pub all: Vec<(PathBuf, &'static str)>,
    _folder: Files,
}

impl UnfitUndertakers {
    /// One that is missing, one that is not executable, another program, and one of another release.
    ///
    /// # Panics
    /// When they cannot be written.
    #[must_use]
    #[track_caller]
    #[expect(clippy::new_without_default)] // it writes files
    pub fn new() -> Self {
        let folder = Files::new();
        let plain = folder.write("plain", "#!/bin/sh\n");
        let later = "#!/usr/bin/perl\nopen(my $s, '+<&=', 0); \
                     syswrite($s, pack('aQ<Q<Q<', 'U', 99, 0, $$));\n";
        let later = folder.write("later", later);
        fs::set_permissions(&later, fs::Permissions::from_mode(0o755))
            .expect("our own file can be made executable");
        Self {
            all: vec![
                (folder.path().join("missing"), "No such file"),
                (plain, "ermission denied"),
                ("/bin/true".into(), "does not answer as an undertaker"),
                (later, "version 99"),
            ],
            _folder: folder,
        }
    }
}
