//! The timeline of a run.

use tenure_field::boottime;

use crate::beliefs;
use crate::cluster::Cluster;
use crate::timeline::{Band, Chart, Lane, Span, draw};

/// The record of a cluster as an image.
pub(crate) fn draw_run(cluster: &Cluster, from_ns: u64) -> String {
    let until_ns = boottime::now_ns();
    let record = &cluster.record;
    let led = cluster.leaderships();
    let bands: Vec<Band> = record
        .faults
        .iter()
        .map(|fault| Band {
            name: fault.name.clone(),
            from_ns: fault.from_ns,
            until_ns: fault.until_ns.unwrap_or(until_ns),
        })
        .collect();
    let mut lanes = vec![ensemble_lane(&bands, from_ns, until_ns)];
    for (index, seat) in cluster.seats.iter().enumerate() {
        let name_of = |address: &str| cluster.name_of(address);
        lanes.push(beliefs::lane(
            &seat.name,
            seat.part,
            index,
            &record.entries,
            &led,
            until_ns,
            name_of,
        ));
    }
    draw(&Chart {
        title: "tenure: the example cluster, as each process believed it to be".to_owned(),
        from_ns,
        until_ns,
        lanes,
        bands,
        steps: record.steps.clone(),
    })
}

/// The name of the fault in which all servers are stopped.
pub(crate) const ENSEMBLE_DOWN: &str = "ensemble down";

fn ensemble_lane(bands: &[Band], from_ns: u64, until_ns: u64) -> Lane {
    let mut spans = Vec::new();
    let mut at_ns = from_ns;
    let serving = |from_ns, until_ns| Span {
        from_ns,
        until_ns,
        class: "serving",
        label: "serves".to_owned(),
    };
    for down in bands.iter().filter(|band| band.name == ENSEMBLE_DOWN) {
        spans.push(serving(at_ns, down.from_ns));
        at_ns = down.until_ns;
    }
    spans.push(serving(at_ns, until_ns));
    Lane {
        name: "ZooKeeper".to_owned(),
        spans,
        marks: Vec::new(),
    }
}
