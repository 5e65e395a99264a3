//! A program that cannot be an undertaker is an error of `Client::open` that says what to do.

use crate::{fresh_path, helper, server, wait_gone};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tenure::{Client, ClientOptions, ErrorKind, Undertaker, Url};
use tenure_field::tls::Files;

#[track_caller]
fn refusal(path: impl AsRef<Path>) -> String {
    let url = Url::parse(&server().url(&fresh_path())).unwrap();
    let undertaker = Undertaker::At(path.as_ref().to_owned());
    let options = ClientOptions::default().undertaker(undertaker);
    let error = Client::open(&url, options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    error.message().to_owned()
}

fn script(folder: &Files, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn what_is_missing_or_cannot_be_executed() {
    let folder = Files::new();
    let missing = refusal(folder.path().join("missing"));
    assert!(
        missing.contains("missing") && missing.contains("tenure-undertaker"),
        "{missing}"
    );
    let plain = script(&folder, "plain", "#!/bin/sh\n", 0o644);
    let text = refusal(&plain);
    assert!(
        text.contains("plain") && text.contains("ermission"),
        "{text}"
    );
    let garbage = script(&folder, "garbage", "\u{1}\u{2}", 0o755);
    assert!(refusal(&garbage).contains("garbage"));
    assert!(refusal("").contains("empty"));
    assert!(refusal(folder.path()).contains("cannot start"));
}

#[test]
fn another_program_or_another_release() {
    let folder = Files::new();
    let other = refusal("/bin/true");
    assert!(
        other.contains("does not answer as an undertaker"),
        "{other}"
    );
    // Two bytes more would be another word of the same message.
    let later = "#!/usr/bin/perl\nopen(my $s, '+<&=', 0); \
                 syswrite($s, pack('aQ<Q<Q<', 'U', 99, 0, $$));\n";
    let later = script(&folder, "later", later, 0o755);
    let text = refusal(&later);
    assert!(
        text.contains("version 99") && text.contains("one release"),
        "{text}"
    );
}

/// It would wait for the end of this process, and a program that tries again would have one more each time.
#[test]
fn nothing_is_left_of_another_release() {
    let folder = Files::new();
    let pid = folder.path().join("pid");
    let later = format!(
        "#!/usr/bin/env python3\n\
         import array, os, socket, struct, time\n\
         if os.fork(): os._exit(0)\n\
         open({pid:?}, 'w').write(str(os.getpid()))\n\
         own = array.array('i', [os.pidfd_open(os.getpid())])\n\
         greeting = struct.pack('<cQQ', b'U', 99, 0)\n\
         with socket.socket(fileno=0) as principal:\n\
         \x20   principal.sendmsg([greeting], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, own)])\n\
         \x20   time.sleep(120)\n"
    );
    let later = script(&folder, "later", &later, 0o755);
    assert!(refusal(&later).contains("version 99"));
    wait_gone(fs::read_to_string(pid).unwrap().parse().unwrap());
}

#[test]
fn one_that_is_not_installed_names_the_places() {
    // The tests' own program is not where the helper is installed.
    let url = Url::parse(&server().url(&fresh_path())).unwrap();
    let options = ClientOptions::default().undertaker(Undertaker::Installed);
    match Client::open(&url, options) {
        Ok(client) => client.close().wait().unwrap(),
        Err(error) => {
            let text = error.message();
            assert!(text.contains("libexec/tenure/tenure-undertaker"), "{text}");
            assert!(text.contains("do without"), "{text}");
        }
    }
}

#[test]
fn what_people_start_by_hand_says_what_it_is() {
    for (word, code, expected) in [
        ("--help", 0, "as soon as it is dead"),
        ("--version", 0, env!("CARGO_PKG_VERSION")),
        ("serve", 2, "only the library starts this program"),
        (
            "of-the-process-that-started-it",
            1,
            "only the library starts this program",
        ),
    ] {
        let run = Command::new(helper()).arg(word).output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(run.status.code(), Some(code), "{word}: {said}");
        assert!(said.contains(expected), "{word}: {said}");
    }
}
