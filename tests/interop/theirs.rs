//! Members that kazoo has made in the forms of Mesos, and our detectors: the library's and the tool's.

use crate::foreign::{Foreign, Kazoo, foreign};
use crate::{LIMIT, open, shared, wait_detected, wait_none};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use tenure::{Client, Detector};
use tenure_field::tool::{Tool, is};
use tenure_field::{Process, built_tool};
use tenure_mesos::info::decode;

/// Name, protobuf in hexadecimal, JSON: Google's encoder and Python's wrote them.
const VECTORS: &str = include_str!("../../crates/mesos/tests/golden/vectors.tsv");

/// The payloads of one master, in protobuf and in JSON.
fn vector(wanted: &str) -> (Vec<u8>, String) {
    let mut lines = VECTORS.lines().map(|line| line.split('\t'));
    let mut fields = lines.find_map(|mut fields| (fields.next() == Some(wanted)).then_some(fields));
    let mut field = || fields.as_mut().unwrap().next().unwrap();
    let (hex, json) = (field(), field().to_owned());
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    ((0..hex.len()).step_by(2).map(byte).collect(), json)
}

/// A member of kazoo, and our reading of it.
struct Form {
    prefix: &'static str,
    data: Vec<u8>,
    /// Label, id, address, host and version, as Mesos reads them.
    label: Option<&'static str>,
    id: &'static str,
    host: &'static str,
    version: Option<&'static str>,
}

/// The three forms of Mesos. All masters have the same address.
fn forms() -> [Form; 3] {
    [
        Form {
            prefix: "json.info_",
            data: vector("mesos-1.12").1.into_bytes(),
            label: Some("json.info"),
            id: "3f0f2b7e-5c0a-4a39-9c43-2b9b6c7d1e55",
            host: "m1.example.com",
            version: Some("1.12.0"),
        },
        Form {
            prefix: "info_",
            data: vector("mesos-0.20").0,
            label: Some("info"),
            id: "20150101-000000-1761675786-5050-1",
            host: "m1",
            version: None,
        },
        Form {
            prefix: "",
            data: b"master@10.10.1.105:5050".to_vec(),
            label: None,
            id: "master@10.10.1.105:5050",
            host: "10.10.1.105",
            version: None,
        },
    ]
}

/// Our detectors of one group.
struct Ours {
    _client: Client,
    detector: Detector,
    tool: Process,
}

impl Ours {
    fn start(path: &str) -> Self {
        let client = open(path);
        Self {
            detector: client.detect(path).unwrap(),
            tool: Tool::new(built_tool(), crate::T).start("detect", &shared().url(path), &[]),
            _client: client,
        }
    }

    /// Waits until both report a member, and returns the tool's line.
    #[track_caller]
    fn wait_for(&self, path: &str, name: &str, label: Option<&str>, data: &[u8]) -> Value {
        wait_detected(&self.detector, label, data);
        let member = format!("{path}/{name}");
        assert_eq!(self.detector.leader().unwrap().member.path, member);
        let line = self.tool.wait_for(&member, LIMIT, |line| {
            line["event"] == "leader" && line["member"]["path"] == member.as_str()
        });
        let printed = match line["data"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => BASE64
                .decode(line["data_base64"].as_str().unwrap())
                .unwrap(),
        };
        assert_eq!(printed, data, "{line}");
        line
    }

    /// Waits until both report this form, and checks how it is read.
    #[track_caller]
    fn wait_form(&self, path: &str, name: &str, form: &Form) {
        let line = self.wait_for(path, name, form.label, &form.data);
        let leader = self.detector.leader().unwrap();
        let read = decode(leader.member.label.as_deref(), &leader.data).unwrap();
        assert_eq!(read.id, form.id);
        assert_eq!(read.ipv4(), Ipv4Addr::new(10, 10, 1, 105));
        assert_eq!((read.host().as_str(), read.tcp_port()), (form.host, 5050));
        assert_eq!(read.pid.as_deref(), Some("master@10.10.1.105:5050"));
        assert_eq!(read.version.as_deref(), form.version);
        let printed = &line["master"];
        assert_eq!(printed["id"], form.id, "{line}");
        assert_eq!(printed["ip"], "10.10.1.105", "{line}");
        assert_eq!(
            (&printed["host"], &printed["port"]),
            (&json!(form.host), &json!(5050)),
            "{line}"
        );
        assert_eq!(printed["version"].as_str(), form.version, "{line}");
    }
}

fn start(foreign: &Foreign, path: &str) -> (Kazoo, Ours) {
    let kazoo = foreign.kazoo(path);
    let ours = Ours::start(path);
    wait_none(&ours.detector);
    ours.tool.wait_for("none", LIMIT, is("none"));
    (kazoo, ours)
}

#[test]
fn our_detectors_read_each_form_of_a_master() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-forms";
    let (kazoo, ours) = start(foreign, path);
    for form in forms() {
        let name = kazoo.join(form.prefix, &form.data);
        ours.wait_form(path, &name, &form);
        kazoo.delete(&name);
        wait_none(&ours.detector);
        ours.tool.wait_for("none", LIMIT, is("none"));
    }
}

#[test]
fn in_a_mixed_fleet_our_detectors_report_the_oldest_over_all_labels() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-mixed";
    let (kazoo, ours) = start(foreign, path);
    // Each label leads once before each other.
    let [json, info, none] = [0, 1, 2];
    let order = [json, info, none, info, json, none, json];
    let forms = forms();
    let names = order.map(|form| kazoo.join(forms[form].prefix, &forms[form].data));
    for (name, form) in names.iter().zip(order) {
        ours.wait_form(path, name, &forms[form]);
        kazoo.delete(name);
    }
    wait_none(&ours.detector);
}

#[test]
fn a_payload_of_garbage_is_a_leader_with_its_bytes() {
    let Some(foreign) = foreign() else { return };
    let path = "/interop-garbage";
    let (kazoo, ours) = start(foreign, path);
    let protobuf = vector("mesos-0.20").0;
    let payloads: [(&str, &[u8]); 5] = [
        ("json.info_", b"\xff\x00{\"id\":"),
        ("json.info_", b""),
        // The other form under this label.
        ("json.info_", &protobuf),
        ("info_", b"master@10.10.1.105:5050"),
        ("", b"\x80 no address"),
    ];
    for (prefix, data) in payloads {
        let name = kazoo.join(prefix, data);
        let label = prefix.strip_suffix('_');
        let line = ours.wait_for(path, &name, label, data);
        assert!(decode(label, data).is_err());
        assert!(line.get("master").is_none(), "{line}");
        assert_eq!(
            line.get("master_error").is_some(),
            label.is_some(),
            "{line}"
        );
        kazoo.delete(&name);
    }
}
