//! `file://`: a URL in a file.

use crate::input::TempFile;
use crate::{LIMIT, Run, TOOL, finish, first, follow, run};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tenure_field::{Process, Signal};

/// A named pipe without a writer; dropping it removes it.
struct Fifo(PathBuf);

impl Fifo {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tenure-cli-{}-fifo", std::process::id()));
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        Self(path)
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

#[test]
fn a_file_is_read_as_what_it_holds() {
    let file = TempFile::new("url", b" \n\tmemory://m/g \r\n\n");
    let process = follow("contend", &format!("file://{}", file.path()), &[]);
    assert_eq!(first(&process)["event"], "enrolled");
    process.signal(Signal::Term);
    assert_eq!(finish(&process).code, Some(0));
}

#[test]
fn a_file_that_cannot_be_read_is_refused_at_once() {
    let fifo = Fifo::new();
    let huge = TempFile::new("huge", &vec![b'x'; 20_000]);
    let fifo = fifo.0.to_str().unwrap();
    for (name, word) in [
        ("", "No such file"),
        ("/nowhere/at/all", "No such file"),
        ("/tmp", "not a file"),
        ("/dev/zero", "not a file"),
        ("/dev/null", "not a file"),
        (fifo, "not a file"),
        (huge.path(), "at most 16384 bytes"),
        // A file of the kernel, which reports a length of zero and is not empty.
        ("/proc/kallsyms", "more than 16384 bytes"),
    ] {
        for command in ["contend", "status"] {
            let Run { code, out, err } = run([command, &format!("file://{name}")]);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{name}: {err}");
            for word in [word, "cannot read the URL from", name] {
                assert!(err.contains(word), "{name}: {err}");
            }
        }
    }
}

#[test]
fn a_file_that_may_not_be_read_is_refused() {
    let file = TempFile::new("secret", b"zk://u:sesame@h/g");
    let nobodys = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(file.path(), nobodys).unwrap();
    let url = format!("file://{}", file.path());
    let Run { code, out, err } = if std::fs::read(file.path()).is_ok() {
        // Only for root: drops the right to read every file.
        let less = "--bounding-set=-dac_override,-dac_read_search";
        let words = [less, TOOL, "detect", &url];
        finish(&Process::spawn(Path::new("setpriv"), words, None))
    } else {
        run(["detect", &url])
    };
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("Permission denied"), "{err}");
    assert!(err.contains(file.path()), "{err}");
}

#[test]
fn what_a_file_holds_is_checked_and_never_repeated() {
    let itself = TempFile::new("itself", b"");
    let itself_url = format!("file://{}", itself.path());
    std::fs::write(itself.path(), &itself_url).unwrap();
    let Run { code, err, .. } = run(["detect", &itself_url]);
    assert_eq!(code, Some(2));
    assert!(err.contains("names another file"), "{err}");

    let long = format!("zk://u:sesame@h/{}", "x".repeat(4000));
    let long_path = format!("zk://u:sesame@h/{}", "x".repeat(5000));
    let too_long = format!("zk://u:sesame@h/{}", "x".repeat(100_000));
    for (content, word) in [
        (&b""[..], "is empty"),
        (b" \n \n", "is empty"),
        (b"\xff\xfesesame", "not UTF-8"),
        (b"sesame", "zk://"),
        (b"u:sesame", "zk://"),
        (b"zk://u:sesame@h", "path"),
        (b"zk://u:sesame@h/", "'/'"),
        (b"zk://u:sesame@h//", "'/'"),
        (b"zk://u:sesame@h/a//b", "//"),
        (b"zk://u:sesame@h/a/../b", ".."),
        (b"zk://u:sesame@h/a\0b", "allow"),
        (b"zk://u:ses\0ame@h:x/a", "port"),
        (b"zk://u:sesame@h/a\nzk://u:sesame@h/b", "give one URL"),
        (b"\x7fELF\x02\x01\x01\0sesame:\0", "zk://"),
        (long_path.as_bytes(), "at most 4096"),
        (too_long.as_bytes(), "at most 16384"),
    ] {
        let file = TempFile::new("held", content);
        for command in ["contend", "detect"] {
            let Run { code, out, err } = run([command, &format!("file://{}", file.path())]);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{content:?}: {err}");
            for word in [word, file.path()] {
                assert!(err.contains(word), "{content:?}: {err}");
            }
            assert!(!err.contains("sesame") && !err.contains('\0'), "{err}");
            assert!(err.len() < 1000, "{err}");
        }
    }
    // The control: a long path is valid.
    let file = TempFile::new("long-url", long.replace("@h", "@127.0.0.1:1").as_bytes());
    let words = ["detect", &format!("file://{}", file.path()), "--json"];
    let process = Process::spawn(Path::new(TOOL), words, None);
    let connecting = process.wait_for("attempt", LIMIT, |line| line["state"] == "connecting");
    assert_eq!(connecting["event"], "session");
    process.signal(Signal::Term);
    assert!(!finish(&process).out.contains("sesame"));
}
