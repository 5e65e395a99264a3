//! Completions and the manual.

use crate::{Run, run};
use std::path::PathBuf;
use std::process::Command;

const COMMANDS: [&str; 6] = ["contend", "run", "detect", "members", "status", "evict"];

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let Run { code, out, err } = run(["completions", shell]);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{shell}");
        for word in COMMANDS.iter().chain(&["session-timeout", "stop-timeout"]) {
            assert!(out.contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(run(["completions", "csh"]).code, Some(2));
}

#[test]
fn bash_completes_a_command() {
    let script = r#"source /dev/stdin; COMP_WORDS=(tenure sta); COMP_CWORD=1
        _tenure tenure sta tenure; echo "${COMPREPLY[@]}""#;
    let Run { out, .. } = run(["completions", "bash"]);
    let file = crate::input::TempFile::new("completions", out.as_bytes());
    let script = script.replace("/dev/stdin", file.path());
    let bash = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&bash.stdout), "status\n");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let Run { code, out, .. } = run(["man"]);
    assert_eq!(code, Some(0));
    assert!(out.contains(".TH"), "{out}");
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man");
    let Run { code, out, err } = run(["man", "--dir", dir.to_str().unwrap()]);
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "", ""));
    for command in COMMANDS {
        let page = std::fs::read_to_string(dir.join(format!("tenure-{command}.1"))).unwrap();
        assert!(page.contains("Exit codes"), "{command}: {page}");
    }
    assert!(dir.join("tenure.1").exists());
    std::fs::remove_dir_all(&dir).unwrap();
    let Run { code, err, .. } = run(["man", "--dir", "/dev/null/x"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("/dev/null/x"), "{err}");
}
