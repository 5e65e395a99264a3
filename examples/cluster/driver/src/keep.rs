//! A cluster that is kept: commands from standard input break it.

use std::io::{self, BufRead};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::beliefs::{Belief, Part};
use crate::cluster::{Cluster, server_names, start_servers, stop_servers};
use crate::command::{Command, HELP, Target, parse};
use crate::failure::{Step, Stop};
use crate::picture::ENSEMBLE_DOWN;
use crate::story::Story;

/// How often the lines of the programs are read while no command comes.
const TURN: Duration = Duration::from_millis(20);
/// The longest line that is read.
const LINE_BYTES_MAX: usize = 4096;

/// Reads commands until `quit`, the end of the input, or a signal.
pub(crate) fn keep(story: &mut Story, as_json: bool) -> Step<()> {
    let first = about(&story.cluster);
    let print = |story: &Story, value: &Value, text: &str| {
        let line = if as_json {
            value.to_string()
        } else {
            text.to_owned()
        };
        story.narrator.print_always(&line);
    };
    print(story, &first, &as_text(&first));
    let lines = read_lines()?;
    loop {
        let line = match lines.recv_timeout(TURN) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                story.turn()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        story.turn()?;
        let command = match parse(&line) {
            Ok(None) => continue,
            Ok(Some(Command::Quit)) => {
                print(story, &json!({"command": "quit", "ok": true}), "quit");
                return Ok(());
            }
            Ok(Some(command)) => carry_out(story, command)?,
            Err(unknown) => Err(unknown.to_string()),
        };
        let shown: String = line.trim().chars().take(80).collect();
        match command {
            Ok(Done { text, mut more }) => {
                more["command"] = shown.into();
                more["ok"] = true.into();
                more["text"] = text.clone().into();
                print(story, &more, &text);
            }
            Err(error) => {
                let text = format!("not done: {error}");
                print(
                    story,
                    &json!({"command": shown, "ok": false, "error": error}),
                    &text,
                );
            }
        }
    }
}

struct Done {
    text: String,
    /// More for a reader of JSON.
    more: Value,
}

/// Carries out a command; a command that cannot be carried out now is no end of the run.
fn carry_out(story: &mut Story, command: Command) -> Step<Result<Done, String>> {
    let cluster = &mut story.cluster;
    let done = |text: String| {
        Ok(Done {
            text,
            more: json!({}),
        })
    };
    let on = |text: String, name: &str| {
        let more = json!({"process": name});
        Ok(Done { text, more })
    };
    Ok(match command {
        Command::Kill(target) => find(cluster, target).and_then(|seat| {
            let name = cluster.name(seat).to_owned();
            if cluster.seats[seat].pid().is_none() {
                return Err(format!("{name} does not run at the moment"));
            }
            cluster.kill(seat);
            on(
                format!("{name} is killed, and starts again in a second"),
                &name,
            )
        }),
        Command::Cut(target) => find(cluster, target).and_then(|seat| {
            let name = cluster.name(seat).to_owned();
            cluster.seats[seat].cut();
            cluster.begin_fault(format!("{name} cut off"));
            on(
                format!("{name} is cut off from ZooKeeper until heal"),
                &name,
            )
        }),
        Command::Isolate(number) => find(cluster, Target::Agent(number)).and_then(|seat| {
            let name = cluster.name(seat).to_owned();
            cluster.seats[seat].isolate();
            cluster.begin_fault(format!("{name} isolated"));
            on(
                format!("{name} is cut off from all masters until heal"),
                &name,
            )
        }),
        Command::Heal => {
            // An ensemble that is down stays so.
            let is_down = cluster
                .ensemble
                .servers()
                .any(|server| !server.is_running());
            cluster.heal();
            if is_down {
                cluster.begin_fault(ENSEMBLE_DOWN);
            }
            done("all cuts have ended".to_owned())
        }
        Command::StopEnsemble => {
            if !cluster.ensemble.servers().any(|server| server.is_running()) {
                return Ok(Err(
                    "the ensemble is down already: start ensemble".to_owned()
                ));
            }
            cluster.begin_fault(ENSEMBLE_DOWN);
            story.with_servers("the servers to stop", stop_servers)?;
            done("all servers are stopped until start ensemble".to_owned())
        }
        Command::StartEnsemble => {
            if cluster.ensemble.servers().all(|server| server.is_running()) {
                return Ok(Err("the ensemble runs already".to_owned()));
            }
            story.with_servers("the servers to serve", start_servers)?;
            story.cluster.end_fault(ENSEMBLE_DOWN);
            done("all servers serve again".to_owned())
        }
        Command::Status => {
            let more = status(cluster);
            let text = status_text(&more);
            Ok(Done { text, more })
        }
        Command::Help => done(HELP.to_owned()),
        Command::Quit => done(String::new()),
    })
}

fn find(cluster: &Cluster, target: Target) -> Result<usize, String> {
    let nth = |part: Part, word: &str, number: usize| {
        let seats = cluster.of(part);
        let found = number.checked_sub(1).and_then(|index| seats.get(index));
        found
            .copied()
            .ok_or_else(|| format!("there is no {word} {number}: they are 1 to {}", seats.len()))
    };
    match target {
        Target::Leader => {
            let none = || "no master leads at the moment".to_owned();
            cluster.leader().map(|led| led.seat).ok_or_else(none)
        }
        Target::Standby => {
            let standbys = cluster.believing(Part::Master, Belief::Standby);
            standbys
                .first()
                .copied()
                .ok_or_else(|| "no master is a standby at the moment".to_owned())
        }
        Target::Master(number) => nth(Part::Master, "master", number),
        Target::Agent(number) => nth(Part::Agent, "agent", number),
        Target::Scheduler => nth(Part::Scheduler, "scheduler", 1),
    }
}

/// The processes, with their addresses and beliefs.
fn status(cluster: &Cluster) -> Value {
    let of = |part| -> Value {
        let seats = cluster
            .of(part)
            .into_iter()
            .map(|index| &cluster.seats[index]);
        seats
            .map(|seat| {
                let address = match part {
                    Part::Agent => seat.own_address(),
                    Part::Master | Part::Scheduler => seat.address.clone(),
                };
                let leader = match seat.state.leader.as_str() {
                    "" => Value::Null,
                    leader => cluster.name_of(leader).into(),
                };
                json!({
                    "name": seat.name, "url": format!("http://{address}/"), "address": address, "pid": seat.pid(),
                    "life": seat.life, "state": seat.state.belief.word(), "leader": leader,
                })
            })
            .collect()
    };
    json!({
        "leader": cluster.leader().map(|led| json!({"name": led.name, "token": led.token.to_string()})),
        "masters": of(Part::Master),
        "agents": of(Part::Agent),
        "schedulers": of(Part::Scheduler),
        "faults": cluster.record.faults.iter().filter(|fault| fault.until_ns.is_none()).map(|fault| fault.name.clone())
            .collect::<Vec<String>>(),
    })
}

/// The first line: the status, the servers and the logs.
fn about(cluster: &Cluster) -> Value {
    let mut about = status(cluster);
    about["event"] = "started".into();
    about["servers"] = server_names(&cluster.ensemble).into();
    about["logs"] = cluster.logs.display().to_string().into();
    about
}

fn as_text(about: &Value) -> String {
    let servers: Vec<&str> = about["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    format!(
        "\nThe cluster runs. Open the page of any master; those that do not lead send you to the leader, and /self is\n\
         the page of that very master.\n\n{}\n\nservers   {}\nlogs      {}\n\n{HELP}\n",
        status_text(about),
        servers.join(", "),
        about["logs"].as_str().unwrap_or_default()
    )
}

fn status_text(status: &Value) -> String {
    let mut lines = Vec::new();
    for part in ["masters", "agents", "schedulers"] {
        for seat in status[part].as_array().into_iter().flatten() {
            let text = |key: &str| seat[key].as_str().unwrap_or_default().to_owned();
            let pid = seat["pid"]
                .as_u64()
                .map_or_else(|| "-".to_owned(), |pid| pid.to_string());
            let leader = match text("leader") {
                leader if leader.is_empty() => leader,
                leader => format!(", {leader}"),
            };
            lines.push(format!(
                "{:<4} {:<26} pid {pid:<8} {}{leader}",
                text("name"),
                text("url"),
                text("state")
            ));
        }
    }
    for fault in status["faults"].as_array().into_iter().flatten() {
        lines.push(format!("fault: {}", fault.as_str().unwrap_or_default()));
    }
    lines.join("\n")
}

/// The lines of standard input, from a thread that waits for them.
fn read_lines() -> Step<Receiver<String>> {
    let (to, from) = mpsc::channel();
    let read = move || {
        let mut input = io::stdin().lock();
        loop {
            let mut line = Vec::new();
            let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
            match io::Read::take(&mut input, limit).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_)
                    if to
                        .send(String::from_utf8_lossy(&line).into_owned())
                        .is_err() =>
                {
                    return;
                }
                Ok(_) => {}
            }
        }
    };
    let thread = thread::Builder::new()
        .name("cluster-input".to_owned())
        .spawn(read);
    thread.map_err(|error| Stop::failed("a thread that reads commands", error.to_string()))?;
    Ok(from)
}
