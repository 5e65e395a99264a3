//! The programs of other projects: how they are made, started, told and heard.

use crate::{LIMIT, shared};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::cell::Cell;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tenure_field::process::Line;
use tenure_field::{Process, or_skip};
use tenure_mesos::info::MasterInfo;

/// The exit code of the script when a tool is missing or a package cannot be fetched.
const CANNOT_BE_HAD: i32 = 3;

/// The folder of the programs.
pub(crate) struct Foreign(PathBuf);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The programs; `None`, with a printed reason, where they cannot be had.
#[track_caller]
pub(crate) fn foreign() -> Option<&'static Foreign> {
    static MADE: OnceLock<Result<Foreign, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let script = root().join("scripts/interop-readers");
        let output = Command::new(script).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let folder = String::from_utf8_lossy(&output.stdout);
        match output.status.code() {
            Some(0) => Ok(Foreign(folder.lines().last().unwrap().into())),
            Some(CANNOT_BE_HAD) => Err(said),
            _ => panic!("scripts/interop-readers: {}\n{said}", output.status),
        }
    });
    or_skip(made.as_ref())
}

impl Foreign {
    fn python(&self, program: &str, args: &[&str]) -> Process {
        let program = root().join("tests/interop/python").join(program);
        let words = ["-B", program.to_str().unwrap()];
        let words = words.into_iter().chain(args.iter().copied());
        Process::spawn(&self.0.join("python/bin/python"), words, None)
    }

    /// A session of kazoo. It creates the group's znode.
    #[track_caller]
    pub(crate) fn kazoo(&self, path: &str) -> Kazoo {
        let server = shared().addr().to_string();
        let client = Kazoo {
            process: self.python("kazoo_client.py", &[&server, path]),
            commands: Cell::new(0),
        };
        client.wait_ready();
        client
    }

    /// The detector and the driver of pymesos. The group's znode must exist.
    pub(crate) fn pymesos(&self, path: &str) -> Pymesos {
        let url = format!("{}{path}", shared().addr());
        Pymesos(self.python("pymesos_reader.py", &[&url]))
    }

    /// The detector of mesos-go.
    pub(crate) fn mesos_go(&self, path: &str) -> MesosGo {
        let program = self.0.join("mesos-go-reader");
        MesosGo(Process::spawn(&program, [shared().url(path)], None))
    }
}

/// The payload in a line; `None` if the member was gone before it was read.
fn payload(line: &Value) -> Option<Vec<u8>> {
    let data = line["data"].as_str()?;
    Some(BASE64.decode(data).unwrap())
}

/// One session of kazoo: `tests/interop/python/kazoo_client.py`.
pub(crate) struct Kazoo {
    process: Process,
    commands: Cell<u64>,
}

impl Kazoo {
    /// Waits until it has looked at the members for the first time: the group's znode exists then.
    #[track_caller]
    fn wait_ready(&self) {
        let looked = |line: &Value| line["event"] == "none" || line["event"] == "lowest";
        self.process.peek("kazoo to look", LIMIT, looked);
    }

    /// The name in the answer to a command.
    #[track_caller]
    fn tell(&self, mut command: Value) -> String {
        self.commands.set(self.commands.get() + 1);
        let id = self.commands.get();
        command["id"] = id.into();
        self.process.write_stdin(format!("{command}\n").as_bytes());
        // Events may come before or after the answer.
        let is_answer = |line: &Value| line["done"] == id;
        let answer = self.process.peek("kazoo to answer", LIMIT, is_answer);
        answer["name"].as_str().unwrap().to_owned()
    }

    /// Creates a member, ephemeral and sequential, and returns its name.
    #[track_caller]
    pub(crate) fn join(&self, prefix: &str, data: &[u8]) -> String {
        self.tell(json!({"do": "join", "name": prefix, "data": BASE64.encode(data)}))
    }

    /// Creates a persistent child that is no member.
    #[track_caller]
    pub(crate) fn create(&self, name: &str) {
        self.tell(json!({"do": "create", "name": name}));
    }

    /// Deletes a child.
    #[track_caller]
    pub(crate) fn delete(&self, name: &str) {
        self.tell(json!({"do": "delete", "name": name}));
    }

    /// Waits until the member with the lowest number has that payload, and returns the line.
    #[track_caller]
    pub(crate) fn wait_lowest(&self, data: &[u8]) -> Value {
        self.process
            .wait_for("kazoo to read the leader", LIMIT, |line| {
                line["event"] == "lowest" && payload(line).as_deref() == Some(data)
            })
    }

    /// Waits until it reports that there is no member.
    #[track_caller]
    pub(crate) fn wait_none(&self) {
        let none = |line: &Value| line["event"] == "none";
        self.process.wait_for("kazoo to report none", LIMIT, none);
    }

    /// All that it has reported: the names of the lowest members, `None` for none.
    pub(crate) fn reported(&self) -> Vec<Option<String>> {
        reported(&self.process, "/name")
    }

    /// Closes the session, and with it ends its members.
    #[track_caller]
    pub(crate) fn close(self) {
        end(&self.process);
    }
}

/// All events that a program has printed: the text at that place, `None` where it has none.
fn reported(process: &Process, place: &str) -> Vec<Option<String>> {
    let lines = process.lines();
    let events = lines.iter().filter(|line| line.json["event"].is_string());
    let text = |line: &Line| line.json.pointer(place)?.as_str().map(str::to_owned);
    events.map(text).collect()
}

/// Ends a program in order.
#[track_caller]
fn end(process: &Process) {
    process.close_stdin();
    let status = process.wait_exit(LIMIT);
    assert!(status.success(), "{status}\n{}", process.text());
}

/// The detector and the driver of pymesos: `tests/interop/python/pymesos_reader.py`.
pub(crate) struct Pymesos(Process);

impl Pymesos {
    /// Waits until its driver connects to that master because of that payload.
    #[track_caller]
    pub(crate) fn wait_for(&self, info: &MasterInfo) {
        let data = info.encode().unwrap();
        let line = self.wait_detected(&data);
        let address = info.address.as_ref().unwrap();
        let connects = format!("{}:{}", address.ip.as_deref().unwrap(), address.port);
        assert_eq!(line["master"], connects.as_str(), "{line}");
    }

    /// Waits until its detector gives that payload to its driver, and returns the line.
    #[track_caller]
    pub(crate) fn wait_detected(&self, data: &[u8]) -> Value {
        self.0.wait_for("pymesos to detect", LIMIT, |line| {
            line["event"] == "detected" && payload(line).as_deref() == Some(data)
        })
    }

    /// Waits until it reports that there is no member.
    #[track_caller]
    pub(crate) fn wait_none(&self) {
        let none = |line: &Value| line["event"] == "none";
        self.0.wait_for("pymesos to report none", LIMIT, none);
    }

    /// All that it has reported: the names of the members, `None` for none.
    pub(crate) fn reported(&self) -> Vec<Option<String>> {
        reported(&self.0, "/name")
    }

    #[track_caller]
    pub(crate) fn end(self) {
        end(&self.0);
    }
}

/// The detector of mesos-go: `tests/interop/go`.
pub(crate) struct MesosGo(Process);

impl MesosGo {
    /// Waits until it reports that master, field by field.
    #[track_caller]
    pub(crate) fn wait_for(&self, info: &MasterInfo) {
        let line = self.0.wait_for("mesos-go to report", LIMIT, |line| {
            line["event"] == "leader" && line["master"]["id"] == info.id.as_str()
        });
        let address = info.address.as_ref().unwrap();
        let ip: Ipv4Addr = address.ip.as_deref().unwrap().parse().unwrap();
        let expected = json!({
            "id": info.id, "version": info.version,
            // The four bytes as a little-endian machine reads them.
            "ip": u32::from_le_bytes(ip.octets()),
            "port": address.port, "hostname": address.hostname, "pid": format!("master@{ip}:{}", address.port),
            "address": {"ip": ip, "port": address.port, "hostname": address.hostname},
        });
        assert_eq!(line["master"], expected);
    }

    /// Waits until it reports that there is no master.
    #[track_caller]
    pub(crate) fn wait_none(&self) {
        let none = |line: &Value| line["event"] == "none";
        self.0.wait_for("mesos-go to report none", LIMIT, none);
    }

    /// All that it has reported: the ids of the masters, `None` for none.
    pub(crate) fn reported(&self) -> Vec<Option<String>> {
        reported(&self.0, "/master/id")
    }

    #[track_caller]
    pub(crate) fn end(self) {
        end(&self.0);
    }
}
