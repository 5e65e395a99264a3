//! Mixed fleets, in which readers disagree by their own rules.
//!
//! | reader | the leader is | a payload that it cannot read |
//! |---|---|---|
//! | tenure, Mesos | the oldest member, whatever its label | is reported as it is; Mesos ends the process |
//! | pymesos | the child with the lowest name as text: no label, `info_`, `json.info_` | its driver stays as it was |
//! | mesos-go | the lowest number with `json.info_`, or else with `info_`; never without a label | no master |
//!
//! So all agree where every member has the label `json.info`. `docs/mesos.md` has the cases below as a table.

use crate::foreign::{Kazoo, MesosGo, Pymesos, foreign};
use crate::{contend, master, open, wait_detected};
use serde_json::Value;
use tenure::{Client, Detector};
use tenure_mesos::info::{MasterInfo, decode};

/// The forms of a member.
#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    Protobuf,
    Text,
    /// The label of JSON, and a payload that is none.
    Garbage,
}
use Form::{Garbage, Json, Protobuf, Text};

impl Form {
    fn prefix(self) -> &'static str {
        match self {
            Json | Garbage => "json.info_",
            Protobuf => "info_",
            Text => "",
        }
    }

    fn payload(self, info: &MasterInfo) -> Vec<u8> {
        match self {
            Json => info.encode().unwrap(),
            Protobuf => info.to_protobuf(),
            Text => info.pid.clone().unwrap().into_bytes(),
            Garbage => format!("no JSON: {}", info.id).into_bytes(),
        }
    }
}

/// A fleet, oldest member first; and who leads it, by the place in the fleet.
struct Case {
    fleet: &'static [Form],
    pymesos: usize,
    /// Whether the driver of pymesos connects to it.
    is_read: bool,
    mesos_go: MesosGoSays,
}

/// The first report of mesos-go.
enum MesosGoSays {
    Master(usize),
    /// There is no master.
    No,
    /// It reports nothing.
    Nothing,
}
use MesosGoSays::{Master, No, Nothing};

#[rustfmt::skip] // a table
const CASES: &[Case] = &[
    Case { fleet: &[Json, Json], pymesos: 0, is_read: true, mesos_go: Master(0) },
    Case { fleet: &[Json, Protobuf], pymesos: 1, is_read: false, mesos_go: Master(0) },
    Case { fleet: &[Protobuf, Json], pymesos: 0, is_read: false, mesos_go: Master(1) },
    Case { fleet: &[Json, Text], pymesos: 1, is_read: false, mesos_go: Master(0) },
    Case { fleet: &[Text, Json], pymesos: 0, is_read: false, mesos_go: Master(1) },
    Case { fleet: &[Protobuf, Text], pymesos: 1, is_read: false, mesos_go: Master(0) },
    Case { fleet: &[Text, Protobuf], pymesos: 0, is_read: false, mesos_go: Master(1) },
    Case { fleet: &[Protobuf, Protobuf], pymesos: 0, is_read: false, mesos_go: Master(0) },
    Case { fleet: &[Garbage, Json], pymesos: 0, is_read: false, mesos_go: No },
    Case { fleet: &[Text, Text], pymesos: 0, is_read: false, mesos_go: Nothing },
];

/// A fleet on the server, and its readers.
struct Played {
    case: &'static Case,
    path: String,
    masters: Vec<MasterInfo>,
    client: Client,
    detector: Detector,
    kazoo: Kazoo,
    pymesos: Pymesos,
    mesos_go: MesosGo,
}

#[test]
fn readers_of_a_mixed_fleet_report_what_their_own_rules_say() {
    let Some(foreign) = foreign() else { return };
    let start = |(number, case): (usize, &'static Case)| {
        let path = format!("/interop-fleet-{number}");
        let kazoo = foreign.kazoo(&path);
        let ports = (7000..).take(case.fleet.len());
        let masters: Vec<MasterInfo> = ports.map(master).collect();
        for (form, info) in case.fleet.iter().zip(&masters) {
            kazoo.join(form.prefix(), &form.payload(info));
        }
        let client = open(&path);
        Played {
            case,
            detector: client.detect(&path).unwrap(),
            client,
            kazoo,
            pymesos: foreign.pymesos(&path),
            mesos_go: foreign.mesos_go(&path),
            masters,
            path,
        }
    };
    let played: Vec<Played> = CASES.iter().enumerate().map(start).collect();
    played.iter().for_each(Played::check);
}

impl Played {
    fn payload(&self, at: usize) -> Vec<u8> {
        self.case.fleet[at].payload(&self.masters[at])
    }

    #[track_caller]
    fn check(&self) {
        println!("{:?}", self.case.fleet);
        // Ours, and kazoo with the rule of Mesos: the oldest.
        let label = self.case.fleet[0].prefix().strip_suffix('_');
        wait_detected(&self.detector, label, &self.payload(0));
        self.kazoo.wait_lowest(&self.payload(0));
        let read = decode(label, &self.payload(0)).ok().map(|read| read.pid);
        let garbage = matches!(self.case.fleet[0], Garbage);
        assert_eq!(read, (!garbage).then(|| self.masters[0].pid.clone()));
        let detected = self.pymesos.wait_detected(&self.payload(self.case.pymesos));
        let address = self.masters[self.case.pymesos].pid.as_deref().unwrap();
        let connects = address
            .strip_prefix("master@")
            .filter(|_| self.case.is_read);
        assert_eq!(
            detected["master"],
            connects.map_or(Value::Null, Value::from),
            "{detected}"
        );
        match self.case.mesos_go {
            Master(at) => self.mesos_go.wait_for(&self.masters[at]),
            No => self.mesos_go.wait_none(),
            // What it reports first is a master that comes now.
            Nothing => {
                let info = master(7100);
                let client = open(&self.path);
                let _contender = contend(&client, &self.path, &info);
                self.mesos_go.wait_for(&info);
                assert_eq!(self.mesos_go.reported(), [Some(info.id)]);
            }
        }
        drop(self.client.close());
    }
}
