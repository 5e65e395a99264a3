//! The exit codes of questions: 1 is a certain "no", and what may pass is asked again.

use crate::ending::Piped;
use crate::{LIMIT, Run, create_with_rights, fresh_path, observe, run, server};
use serde_json::Value;
use std::fs::File;
use tenure_field::bad::{Kind, Server};
use tenure_field::proxy::Cut;
use tenure_field::wire::opcode;
use tenure_field::{Proxy, Signal, wait_until, zookeeper};
use tenure_observer::{Mode, Observer};

/// The questions about a group.
fn questions<'a>(url: &'a str, words: &[&'a str]) -> [Vec<&'a str>; 4] {
    let with = |question: &[&'a str]| [question, words].concat();
    [
        with(&["status", url]),
        with(&["members", url]),
        with(&["detect", url, "--once"]),
        with(&["evict", url, "m_0000000000"]),
    ]
}

/// A group with one member, which leaves with the observer.
fn group_with_member() -> (String, Observer) {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let path = format!("{group}/m_");
    observer.create_raw(&path, b"payload", Mode::EphemeralSequential);
    (group, observer)
}

#[test]
fn f10_what_is_not_known_is_not_answered_as_no() {
    let group = fresh_path();
    create_with_rights(&group, 2);
    let refuses = zookeeper::Zookeeper::start_with(zookeeper::Config {
        properties: vec![(
            "zookeeper.DigestAuthenticationProvider.enabled".to_owned(),
            "false".to_owned(),
        )],
        ..zookeeper::Config::default()
    });
    let (nobody, silent) = (Server::start(Kind::Refuse), Server::start(Kind::Silent));
    for (url, cause) in [
        (server().url(&group), "ACL"),
        (
            refuses.url("/g").replace("zk://", "zk://u:sesame@"),
            "credentials",
        ),
        (nobody.url("/g"), "refused"),
        (silent.url("/g"), "not known after"),
    ] {
        let asked = questions(&url, &["--timeout", "1500ms"]).map(|args| {
            let tool = crate::tenure(&args);
            (args, tool)
        });
        for (args, tool) in asked {
            let Run { code, out, err } = crate::finish(&tool);
            assert_eq!(code, Some(3), "{args:?}: {err}");
            assert!(err.contains(cause), "{args:?}: {err}");
            let answer = out.contains("none") || out.contains("no leader");
            assert!(!answer, "{args:?}: {out}");
        }
    }
    let Run { code, out, .. } = run(["status", &server().url(&group), "--json"]);
    assert_eq!(code, Some(3));
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["event"], &last["known"]),
        (&"status".into(), &false.into())
    );
}

#[test]
fn f10_a_certain_no_is_1_and_a_list_is_no_question_of_yes_and_no() {
    let url = server().url(&fresh_path());
    let codes = questions(&url, &[]).map(|args| run(&args).code);
    assert_eq!(codes, [Some(1), Some(0), Some(0), Some(1)]);
    let (group, _member) = group_with_member();
    let url = server().url(&group);
    let codes = questions(&url, &[]).map(|args| run(&args).code);
    assert_eq!(codes, [Some(0); 4]);
}

#[test]
fn f10_answers_that_decide_nothing_are_asked_again_until_the_timeout() {
    for at_most in [3, u32::MAX / 2] {
        let operations = [opcode::GET_CHILDREN2, opcode::EXISTS];
        let passes = at_most == 3;
        for (number, code) in [-127, -4, -7, -127].into_iter().enumerate() {
            let (group, _member) = group_with_member();
            let proxy = Proxy::start(server().addr());
            for operation in operations {
                proxy.refuse_requests(operation, code, at_most.min(2000));
            }
            let url = proxy.url(&group);
            let limit = if passes { "30s" } else { "1s" };
            let words = ["--timeout", limit, "--session-timeout", "2s"];
            let args = &questions(&url, &words)[number];
            let Run { code, err, .. } = run(args);
            let expected = if passes { 0 } else { 3 };
            assert_eq!(code, Some(expected), "{args:?}: {err}");
            let asked = proxy.counts().request(opcode::GET_CHILDREN2);
            assert!(asked > 2, "{args:?}: {asked}");
        }
    }
}

#[test]
fn f10_a_lost_connection_is_no_answer() {
    for number in 0..4 {
        let (group, _member) = group_with_member();
        let proxy = Proxy::start(server().addr());
        proxy.hold();
        let url = proxy.url(&group);
        let words = ["--timeout", "30s", "--session-timeout", "2s"];
        let tool = crate::tenure(&questions(&url, &words)[number]);
        wait_until("a connection", LIMIT, || {
            (proxy.open_connections() > 0).then_some(())
        });
        proxy.cut_connections(Cut::Reset);
        wait_until("another connection", LIMIT, || {
            (proxy.open_connections() > 0).then_some(())
        });
        proxy.cut_connections(Cut::Reset);
        proxy.release();
        let Run { code, err, .. } = crate::finish(&tool);
        assert_eq!(code, Some(0), "{number}: {err}");
    }
}

#[test]
fn f10_who_ends_a_question_gets_no_answer() {
    let silent = Server::start(Kind::Silent);
    let url = silent.url("/g");
    for args in questions(&url, &[]) {
        for signal in [Signal::Term, Signal::Int, Signal::Hup] {
            let before = silent.connections();
            let tool = crate::tenure(&args);
            wait_until("a connection", LIMIT, || {
                (silent.connections() > before).then_some(())
            });
            tool.signal(signal);
            let Run { code, out, .. } = crate::finish(&tool);
            assert_eq!(code, Some(3), "{args:?}");
            assert!(out.is_empty() || out.contains("not known"), "{out}");
        }
    }
}

#[test]
fn f10_an_answer_that_cannot_be_written_is_none() {
    let url = server().url(&fresh_path());
    for args in questions(&url, &[]) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (code, said) = Piped::start(&args, full.into()).end();
        if args[0] == "evict" {
            // No line is needed to say that there is no such member.
            assert_eq!(code, Some(1), "{said}");
        } else {
            assert_eq!(code, Some(3), "{args:?}");
            assert!(said.contains("cannot write"), "{args:?}: {said}");
        }
    }
}
