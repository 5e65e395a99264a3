//! User and password in a URL: the access that they give, and that they are never printed.

use crate::{
    LIMIT, Run, TOOL, create_with_acl, finish, first, follow, fresh_path, next, observe, path, run,
    server,
};
use std::path::Path;
use tenure_field::process::Options;
use tenure_field::{Process, Signal};

fn url(credentials: &str, path: &str) -> String {
    server()
        .url(path)
        .replace("zk://", &format!("zk://{credentials}@"))
}

#[test]
fn a_wrong_password_is_told_with_path_and_permission() {
    let group = fresh_path();
    let owner = follow("contend", &url("u:sesame", &group), &["--data", "d"]);
    let leads = next(&owner, "leading");
    // Everybody may read, no other identity may join or delete.
    let wrong = url("u:poppy", &group);
    let Run { code, out, err } = run(["contend", &wrong]);
    assert_eq!(code, Some(1), "{out}{err}");
    for word in [&group, "CREATE permission"] {
        assert!(err.contains(word), "{err}");
    }
    let Run { code, out, err } = run(["evict", &wrong, path(&leads)]);
    assert_eq!(code, Some(3), "{out}{err}");
    for word in [path(&leads), "DELETE permission"] {
        assert!(err.contains(word), "{err}");
    }
    assert!(observe().stat(path(&leads)).is_some());
    assert_eq!(first(&follow("detect", &wrong, &[]))["data"], "d");
    assert_eq!(run(["status", &wrong]).code, Some(0));
    // The control: the right password may.
    assert_eq!(
        run(["evict", &url("u:sesame", &group), path(&leads)]).code,
        Some(0)
    );
}

#[test]
fn a_group_of_somebody_elses_is_told_with_path_and_permission() {
    let group = fresh_path();
    // A digest that nobody has.
    create_with_acl(&group, 31, "digest", "u:AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    for command in ["contend", "detect", "members", "status", "evict"] {
        let url = url("u:sesame", &group);
        let mut words = vec![command, &url];
        words.extend(match command {
            "detect" => Some("--once"),
            "evict" => Some("0000000001"),
            _ => None,
        });
        let Run { code, out, err } = run(words);
        // For a question 1 would be a certain "no".
        let expected = if command == "contend" { 1 } else { 3 };
        assert_eq!(
            (code, out.contains("sesame")),
            (Some(expected), false),
            "{command}: {out}{err}"
        );
        let permission = match command {
            "contend" => "CREATE permission",
            _ => "list the members",
        };
        for word in [&group, permission, "ACL"] {
            assert!(err.contains(word), "{command}: {err}");
        }
        assert!(!err.contains("sesame"), "{err}");
    }
}

#[test]
fn no_setting_has_a_password_printed() {
    let env = [
        ("RUST_LOG", "trace"),
        ("TENURE_LOG", "trace"),
        ("RUST_BACKTRACE", "full"),
        ("CLAP_DEBUG", "1"),
    ];
    for json in [true, false] {
        let group = fresh_path();
        let url = url("u:sesame", &group);
        let mut done = Vec::new();
        let spawn = |words: &[&str]| {
            let mut args = vec![words[0], &url, "--session-timeout", "4s"];
            args.extend(json.then_some("--json"));
            args.extend(&words[1..]);
            let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let options = Options {
                env: env.to_vec(),
                ..Options::default()
            };
            Process::spawn_with(Path::new(TOOL), args, options)
        };
        let contender = spawn(&["contend", "--data", "d"]);
        contender.wait_for("leading", LIMIT, |line| {
            line.to_string().contains("leading")
        });
        for words in [&["detect", "--once"][..], &["members"], &["status"]] {
            let process = spawn(words);
            let run = finish(&process);
            assert_eq!(run.code, Some(0), "{words:?}: {run:?}");
            done.push(run);
        }
        contender.signal(Signal::Term);
        done.push(finish(&contender));
        // Its guardian and its command have the environment of the tool.
        let process = spawn(&["run", "--", "sh", "-c", "env"]);
        let run = finish(&process);
        assert_eq!(run.code, Some(0), "{run:?}");
        let env: Vec<&str> = run
            .out
            .lines()
            .filter(|l| l.starts_with("TENURE_"))
            .collect();
        assert_eq!(env.len(), 3, "{env:?}");
        assert!(!env.iter().any(|line| line.contains("sesame")), "{env:?}");
        assert!(!run.err.contains("sesame"), "{}", run.err);
        for run in done {
            assert!(
                !format!("{}{}", run.out, run.err).contains("sesame"),
                "{run:?}"
            );
        }
    }
}
