//! What a new contender may write.

use crate::golden::real;
use tenure_mesos::info::{LABEL, MasterInfo, decode};

#[test]
fn a_contender_writes_every_field_that_a_reader_relies_on() {
    assert_eq!(
        decode(Some(LABEL), &real().encode().unwrap()).unwrap(),
        real()
    );
    let lacks = |change: fn(&mut MasterInfo)| {
        let mut info = real();
        change(&mut info);
        info.encode().unwrap_err().to_string()
    };
    for (error, field) in [
        (lacks(|i| i.id.clear()), "have id:"),
        (lacks(|i| i.pid = None), "have pid:"),
        (
            lacks(|i| i.hostname = Some(String::new())),
            "have hostname:",
        ),
        (lacks(|i| i.version = None), "have version:"),
        (lacks(|i| i.address = None), "have address:"),
        (
            lacks(|i| i.address.as_mut().unwrap().ip = None),
            "have address.ip:",
        ),
        (
            lacks(|i| i.address.as_mut().unwrap().hostname = None),
            "have address.hostname:",
        ),
    ] {
        assert!(error.contains(field), "{error}");
    }
    let all = MasterInfo::default().encode().unwrap_err().to_string();
    assert!(
        all.contains("id, pid, hostname, version, address:"),
        "{all}"
    );
}

#[test]
fn a_contenders_fields_agree() {
    let differs = |change: fn(&mut MasterInfo)| {
        let mut info = real();
        change(&mut info);
        info.encode().unwrap_err().to_string()
    };
    for (error, word) in [
        (
            differs(|i| i.ip = u32::from_be_bytes([10, 10, 1, 105])),
            "address.ip",
        ),
        (differs(|i| i.port = 80), "address.port"),
        (
            differs(|i| i.address.as_mut().unwrap().ip = Some("h".into())),
            "address.ip",
        ),
        (
            differs(|i| i.pid = Some("master@10.0.0.1:5050".into())),
            "pid",
        ),
        (differs(|i| i.pid = Some("10.10.1.105:5050".into())), "pid"),
        (
            differs(|i| i.version = Some("v".repeat(1 << 20))),
            "1048576",
        ),
    ] {
        assert!(error.contains(word), "{error}");
    }
}
