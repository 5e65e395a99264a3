//! Readers that do not read: a full pipe as standard output or standard error.

use crate::ending::Piped;
use crate::{LIMIT, fresh_path, is, observe, server};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use serde_json::Value;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tenure_field::bad::{Kind, Server};
use tenure_field::wire::opcode;
use tenure_field::{Proxy, Signal, wait_until};
use tenure_observer::Mode;

/// How much a pipe holds unless somebody changes it.
const PIPE: usize = 65_536;
/// The tool ends within this time although nobody reads; a leader that waits for its reader never
/// ends.
const A_MOMENT: Duration = Duration::from_secs(3);

/// A pipe that has room for so many bytes, and the text in it.
fn pipe_with_room(room: usize) -> (PipeReader, PipeWriter, String) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let filler = format!("{}\n", "-".repeat(PIPE - room - 1));
    writer.write_all(filler.as_bytes()).unwrap();
    (reader, writer, filler)
}

fn full_pipe() -> (PipeReader, PipeWriter, String) {
    pipe_with_room(0)
}

/// All that a reader gets after the text that was there before.
fn read(mut reader: PipeReader, filler: &str) -> String {
    let mut all = String::new();
    reader.read_to_string(&mut all).unwrap();
    all.strip_prefix(filler).unwrap().to_owned()
}

/// The lines of a program, each whole and none before its predecessor.
fn objects(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "a torn line");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let times = lines.iter().map(|line| line["boottime_ns"].as_u64());
    assert!(times.is_sorted());
    lines
}

fn wait_member(group: &str) {
    let observer = observe();
    wait_until("a member", LIMIT, || {
        (observer.stat(group).is_some() && !observer.children(group).is_empty()).then_some(())
    });
}

#[track_caller]
fn end_at_once(tool: Piped, signal: Signal, code: i32) {
    let asked = Instant::now();
    tool.signal(signal);
    assert_eq!(tool.end().0, Some(code));
    assert!(asked.elapsed() < A_MOMENT, "{:?}", asked.elapsed());
}

#[test]
fn f7_a_leader_whose_lines_nobody_reads_withdraws_and_ends_when_asked() {
    for json in [false, true] {
        let group = fresh_path();
        let url = server().url(&group);
        let mut args = vec!["contend", &url];
        args.extend(json.then_some("--json"));
        let (reader, writer, filler) = full_pipe();
        let tool = Piped::start(&args, writer.into());
        wait_member(&group);
        end_at_once(tool, Signal::Term, 0);
        assert_eq!(observe().children(&group).len(), 0);
        // The lines that found no room are gone, and no part of one is there.
        assert_eq!(read(reader, &filler), "");
    }
}

#[test]
fn f7_both_streams_may_be_one_full_pipe() {
    let nobody = Server::start(Kind::Reset);
    let (reader, writer, filler) = full_pipe();
    let url = nobody.url("/g");
    let stderr = writer.try_clone().unwrap();
    let tool = Piped::start_with(&["contend", &url], writer.into(), stderr.into());
    wait_until("some attempts", LIMIT, || {
        (nobody.connections() > 3).then_some(())
    });
    let text = std::thread::spawn(move || read(reader, &filler));
    end_at_once(tool, Signal::Term, 0);
    // They are in one order.
    let text = text.join().unwrap();
    let of = |word| text.lines().position(|line| line.contains(word)).unwrap();
    assert!(of("connecting") < of("tenure: "), "{text}");
    assert!(of("tenure: ") < of("closed"), "{text}");
}

#[test]
fn f7_a_pipe_that_another_process_made_non_blocking_is_only_slow() {
    let group = fresh_path();
    let url = server().url(&group);
    for reads in [true, false] {
        let (reader, writer, filler) = full_pipe();
        fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
        let tool = Piped::start(&["contend", &url, "--json"], writer.into());
        wait_member(&group);
        if reads {
            let text = std::thread::spawn(move || read(reader, &filler));
            end_at_once(tool, Signal::Term, 0);
            assert!(objects(&text.join().unwrap()).iter().any(is("lost")));
        } else {
            end_at_once(tool, Signal::Term, 0);
            assert_eq!(read(reader, &filler), "");
        }
        assert_eq!(observe().children(&group).len(), 0);
    }
}

#[test]
fn f7_followers_whose_lines_nobody_reads_end_when_asked() {
    let url = server().url(&fresh_path());
    let args = |words: &[&str]| [&["detect", &url], words].concat().join(" ");
    for line in [
        args(&[]),
        args(&["--json"]),
        format!("members {url} --watch"),
    ] {
        let proxy = Proxy::start(server().addr());
        let line = line.replace(&server().addr().to_string(), &proxy.addr().to_string());
        let args: Vec<&str> = line.split(' ').collect();
        let (_reader, writer, _) = full_pipe();
        let tool = Piped::start(&args, writer.into());
        wait_until("a question", LIMIT, || {
            (proxy.counts().total_replies() > 1).then_some(())
        });
        end_at_once(tool, Signal::Int, 0);
    }
}

#[test]
fn f7_errors_that_nobody_reads_stop_neither_a_contender_nor_run() {
    let nobody = Server::start(Kind::Reset);
    let (_reader, writer, _) = full_pipe();
    let url = nobody.url("/g");
    let tool = Piped::start_with(&["contend", &url], Stdio::null(), writer.into());
    wait_until("some attempts", LIMIT, || {
        (nobody.connections() > 3).then_some(())
    });
    end_at_once(tool, Signal::Term, 0);

    for json in [false, true] {
        let group = fresh_path();
        let url = server().url(&group);
        let mut args = vec!["run", &url];
        args.extend(json.then_some("--json"));
        args.extend(["--", "sh", "-c", "echo runs; exec sleep 1000"]);
        let (reader, writer, filler) = full_pipe();
        let mut tool = Piped::start_with(&args, Stdio::piped(), writer.into());
        let mut said = [0; 5];
        let mut stdout = tool.0.stdout.take().unwrap();
        stdout.read_exact(&mut said).unwrap();
        end_at_once(tool, Signal::Term, 128 + 15);
        assert_eq!(observe().children(&group).len(), 0);
        assert_eq!(read(reader, &filler), "");
    }
}

#[test]
fn f7_a_reader_that_comes_late_gets_every_line_that_had_room() {
    let group = fresh_path();
    let (reader, writer, filler) = full_pipe();
    let tool = Piped::start(&["contend", &server().url(&group), "--json"], writer.into());
    wait_member(&group);
    let text = std::thread::spawn(move || read(reader, &filler));
    wait_until("a leader", LIMIT, || {
        let status = crate::run(["status", &server().url(&group)]);
        (status.code == Some(0)).then_some(())
    });
    end_at_once(tool, Signal::Term, 0);
    let lines = objects(&text.join().unwrap());
    let of = |kind| lines.iter().filter(move |line| is(kind)(line));
    let states: Vec<_> = of("session").map(|line| line["state"].clone()).collect();
    assert_eq!(states, ["connecting", "connected", "closed"]);
    let others: Vec<_> = lines.iter().filter(|line| !is("session")(line)).collect();
    assert!(is("enrolled")(others[0]) && is("lost")(others.last().unwrap()));
    assert_eq!(of("dropped").count(), 0);
}

#[test]
fn f7_a_slow_reader_gets_the_newest_state_and_the_number_of_lines_before_it() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let long = |number: usize| format!("{number} {}", "x".repeat(900_000)).into_bytes();
    let path = format!("{group}/m_");
    let path = observer.create_raw(&path, &long(0), Mode::EphemeralSequential);
    for json in [true, false] {
        let proxy = Proxy::start(server().addr());
        let url = proxy.url(&group);
        let mut args = vec!["detect", &url];
        args.extend(json.then_some("--json"));
        let (reader, writer, filler) = full_pipe();
        let tool = Piped::start(&args, writer.into());
        let wait_read = |times| {
            wait_until("the payload to be read", LIMIT, || {
                (proxy.counts().reply(opcode::GET_DATA) >= times).then_some(())
            });
        };
        wait_read(1);
        // A text has only the beginning of a payload: there the number of lines is the limit.
        let changes = if json { 9 } else { 1100 };
        for number in 1..=changes {
            let data = if json {
                long(number)
            } else {
                number.to_string().into_bytes()
            };
            observer.set_data(&path, &data);
            wait_read(number as u64 + 1);
        }
        let newest = format!("{} end", changes + 1);
        observer.set_data(&path, newest.as_bytes());
        let (seen, sees) = std::sync::mpsc::channel();
        let text = std::thread::spawn(move || {
            let mut text = String::new();
            let mut reader = BufReader::new(reader);
            while reader.read_line(&mut text).unwrap() > 0 {
                if text.trim_end_matches(['\n', '}', '"']).ends_with(" end") {
                    seen.send(()).unwrap();
                }
            }
            text.strip_prefix(&filler).unwrap().to_owned()
        });
        sees.recv_timeout(LIMIT).unwrap();
        end_at_once(tool, Signal::Term, 0);
        let text = text.join().unwrap();
        if json {
            let lines = objects(&text);
            let leaders = lines.iter().filter(|line| is("leader")(line)).count();
            let dropped: u64 = lines.iter().filter_map(|line| line["count"].as_u64()).sum();
            assert!(dropped > 0);
            // The library may have merged some.
            assert!(leaders as u64 + dropped <= changes as u64 + 2);
            let leader = lines.iter().rfind(|line| is("leader")(line)).unwrap();
            assert_eq!(leader["data"], newest);
        } else {
            assert!(text.contains("left out here"), "{text}");
            let leader = text
                .lines()
                .rfind(|line| line.contains("  leader "))
                .unwrap();
            assert!(leader.ends_with(&newest), "{leader}");
        }
    }
}

#[test]
fn f7_a_line_that_does_not_fit_is_not_begun() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let proxy = Proxy::start(server().addr());
    let path = format!("{group}/m_");
    observer.create_raw(&path, &[b'x'; 30_000], Mode::EphemeralSequential);
    let (reader, writer, filler) = pipe_with_room(20_000);
    let tool = Piped::start(&["detect", &proxy.url(&group), "--json"], writer.into());
    wait_until("the payload to be read", LIMIT, || {
        (proxy.counts().reply(opcode::GET_DATA) > 0).then_some(())
    });
    end_at_once(tool, Signal::Term, 0);
    let lines = objects(&read(reader, &filler));
    assert!(lines.iter().all(is("session")), "{lines:?}");
    assert!(!lines.is_empty());
}

#[test]
fn an_answer_waits_for_its_reader_and_a_part_of_it_is_a_failure() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let path = format!("{group}/m_");
    for _ in 0..4 {
        observer.create_raw(&path, &[b'x'; 900_000], Mode::EphemeralSequential);
    }
    for reads in [true, false] {
        let proxy = Proxy::start(server().addr());
        let (reader, writer, filler) = full_pipe();
        let url = proxy.url(&group);
        let tool = Piped::start(&["members", &url, "--json"], writer.into());
        wait_until("the answer and the end of the session", LIMIT, || {
            let read = proxy.counts().reply(opcode::GET_DATA) >= 4;
            (read && proxy.open_connections() == 0).then_some(())
        });
        if reads {
            let lines = objects(&read(reader, &filler));
            assert_eq!(lines[0]["members"].as_array().unwrap().len(), 4);
            assert_eq!(tool.end(), (Some(0), String::new()));
        } else {
            end_at_once(tool, Signal::Term, 3);
        }
    }
}
