//! Groups whose children are members of another library's election: marathon#5525.

use crate::{LIMIT, Run, create_with_rights, finish, follow, fresh_path, next, run, server, token};
use serde_json::{Value, json};
use tenure_field::Signal;
use tenure_field::raw::Session;
use tenure_field::wire::{Payload, opcode};

const ALL: i32 = 31;
const EPHEMERAL_SEQUENTIAL: i32 = 3;

/// A group with members of another recipe, as long as the session is kept.
fn group(names: &[&str]) -> (String, Session) {
    let path = fresh_path();
    create_with_rights(&path, ALL);
    let mut session = Session::open(server().addr(), LIMIT).unwrap();
    for name in names {
        let body = Payload::new().buffer(format!("{path}/{name}")).buffer(b"a");
        let body = body.int(1).int(ALL).buffer("world").buffer("anyone");
        let reply = session.request(opcode::CREATE, body.int(EPHEMERAL_SEQUENTIAL));
        assert_eq!(reply.unwrap().error, 0, "{name}");
    }
    (path, session)
}

const LATCHES: [&str; 2] = [
    "_c_1a2b3c4d-0000-4000-8000-0123456789ab-latch-",
    "_c_5e6f7a8b-0000-4000-8000-0123456789ab-latch-",
];

#[test]
fn f16_a_group_of_curator_latches_is_not_said_to_be_empty_without_a_word() {
    let (path, session) = group(&LATCHES);
    let url = server().url(&path);
    let example = format!("{}0000000000", LATCHES[0]);
    let expected = json!({"count": 2, "recipe": "Curator LeaderLatch", "example": example});
    for (args, code) in [
        (&["status", &url][..], 1),
        (&["members", &url], 0),
        (&["detect", &url, "--once"], 0),
    ] {
        let run_with = |more: &[&str]| run(args.iter().chain(more));
        let Run {
            code: exit,
            out,
            err,
        } = run_with(&["--json"]);
        assert_eq!(exit, Some(code), "{args:?}: {err}");
        let line: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(line["strangers"], expected, "{args:?}: {out}");
        let Run { out, .. } = run_with(&[]);
        for word in [
            "2 children",
            "Curator LeaderLatch",
            &example,
            "path of its own",
        ] {
            assert!(out.contains(word), "{args:?}: {out}");
        }
    }
    session.close().unwrap();
}

#[test]
fn f16_a_contender_warns_that_it_leads_beside_members_of_another_recipe() {
    for (names, recipe) in [
        (&LATCHES[..], "Curator LeaderLatch"),
        (
            &["_c_1a2b3c4d-0000-4000-8000-0123456789ab-lock-"],
            "Curator LeaderSelector",
        ),
        (&["1a2b3c4d00004000800001234567890a__lock__"], "kazoo"),
    ] {
        let (path, session) = group(names);
        let url = server().url(&path);
        let contender = follow("contend", &url, &[]);
        let warning = next(&contender, "strangers");
        let message = warning["message"].as_str().unwrap();
        assert!(
            message.contains(recipe) && message.contains(names[0]),
            "{message}"
        );
        contender.signal(Signal::Term);
        assert_eq!(finish(&contender).code, Some(0));
        let words = ["--", "sleep", "100"];
        let command = follow("run", &url, &words);
        let warning = next(&command, "strangers");
        assert!(
            warning["message"].as_str().unwrap().contains(recipe),
            "{warning}"
        );
        command.signal(Signal::Term);
        command.wait_exit(LIMIT);
        session.close().unwrap();
    }
}

#[test]
fn f16_members_of_mesos_are_no_strangers() {
    let (path, session) = group(&["json.info_", "info_", ""]);
    create_with_rights(&format!("{path}/log_replicas"), ALL);
    let url = server().url(&path);
    let Run { out, .. } = run(["status", &url, "--json"]);
    let status: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (status.get("strangers"), &status["standbys"]),
        (None, &json!(2))
    );
    let contender = follow("contend", &url, &[]);
    next(&contender, "standby");
    let seen = contender.lines();
    assert!(
        seen.iter().all(|line| !line.text.contains("strangers")),
        "{seen:?}"
    );
    session.close().unwrap();
    assert!(token(&next(&contender, "leading")) > 0);
    contender.signal(Signal::Term);
    assert_eq!(finish(&contender).code, Some(0));
}
