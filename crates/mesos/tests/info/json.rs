//! Mesos's rules for reading and writing JSON.

use crate::{from_json, refused};
use std::time::{Duration, Instant};
use tenure_mesos::info::{
    CapabilityKind, Fault, LABEL, MasterInfo, NESTING_MAX, PAYLOAD_BYTES_MAX, decode,
};

const SMALL: &str = r#"{"id":"a","ip":1,"port":2}"#;

fn read(text: &str) -> Result<MasterInfo, tenure_mesos::info::DecodeError> {
    decode(Some(LABEL), text.as_bytes())
}

/// The smallest `MasterInfo`, and these members.
fn with(members: &str) -> String {
    format!("{},{members}}}", SMALL.trim_end_matches('}'))
}

#[test]
fn blanks_and_the_order_of_keys_mean_nothing() {
    let spread = " \t\r\n{ \"port\" : 2 ,\n \"ip\":1, \"id\" : \"a\" } \n";
    assert_eq!(from_json(spread), from_json(SMALL));
    assert_eq!(from_json(spread).to_json(), SMALL);
}

#[test]
fn null_is_a_field_that_is_not_set() {
    let nulls = with(
        r#""pid":null,"hostname":null,"version":null,"address":null,"domain":null,"capabilities":null"#,
    );
    assert_eq!(from_json(&nulls), from_json(SMALL));
    let inside = with(r#""capabilities":[null,{"type":null}],"domain":{"fault_domain":null}"#);
    let expected = with(r#""capabilities":[{}],"domain":{}"#);
    assert_eq!(from_json(&inside), from_json(&expected));
    let required = r#"{"id":null,"ip":null,"port":null}"#;
    refused(read(required), Fault::Missing, &["id, ip, port"]);
}

#[test]
fn numbers_may_be_strings_and_fractions_of_nothing() {
    for text in [
        r#"{"id":"a","ip":"1","port":"2"}"#,
        r#"{"id":"a","ip":" 1 ","port":2.0}"#,
        r#"{"id":"a","ip":1e0,"port":0.2e1}"#,
    ] {
        assert_eq!(from_json(text), from_json(SMALL), "{text}");
    }
}

#[test]
fn one_value_may_stand_for_an_array_and_arrays_for_their_values() {
    let kinds = |members: &str| -> Vec<Option<CapabilityKind>> {
        let info = from_json(&with(members));
        info.capabilities.iter().map(|c| c.kind).collect()
    };
    let quota = Some(CapabilityKind::QuotaV2);
    let update = Some(CapabilityKind::AgentUpdate);
    assert_eq!(kinds(r#""capabilities":{"type":"QUOTA_V2"}"#), [quota]);
    assert_eq!(
        kinds(r#""capabilities":[[{"type":"AGENT_UPDATE"},[]],{"type":"QUOTA_V2"}]"#),
        [update, quota]
    );
    assert_eq!(kinds(r#""capabilities":[]"#), []);
}

#[test]
fn an_enum_that_is_not_known_is_no_error_and_is_kept() {
    let text = with(r#""capabilities":[{"type":"LATER\u002f1"}]"#);
    let info = from_json(&text);
    assert_eq!(info.capabilities[0].kind, None);
    let again = info.to_json();
    assert!(
        again.starts_with(r#"{"capabilities":[{"type":"LATER\u002f1"}],"id""#),
        "{again}"
    );
    assert_eq!(from_json(&again), info);
}

#[test]
fn unknown_members_stay_as_they_were_at_their_place() {
    let text = concat!(
        r#"{"aaa":{"z":1,"a":[1.10,1e999,"\u00e9"]},"address":{"port":1,"zzz":null},"#,
        r#""capabilities":[{"level":2}],"domain":{"fault_domain":{"hall":1,"region":{"name":"r","x":""},"#,
        r#""zone":{"name":"z","y":[]}},"more":false},"id":"a","ip":1,"port":2,"zzz":"\ud83d"}"#
    );
    let info = from_json(text);
    assert_eq!(info.to_json(), text);
    let unknown: Vec<(&str, &str)> = info.unknown.json().collect();
    assert_eq!(unknown[1], ("zzz", r#""\ud83d""#));
    assert!(!info.unknown.is_empty());
    assert!(from_json(SMALL).unknown.is_empty());
}

#[test]
fn of_a_key_that_is_there_twice_the_last_counts() {
    let text = r#"{"id":"x","ip":1,"port":2,"id":"a","z":1,"z":2}"#;
    assert_eq!(from_json(text).to_json(), with(r#""z":2"#));
}

#[test]
fn strings_have_the_escapes_of_rapidjson() {
    let mut info = from_json(SMALL);
    info.id = "\0\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f} !\"\\/\u{7f}\u{80}é\u{2028}👩".to_owned();
    let expected = concat!(
        r#"{"id":"\u0000\u0001\b\t\n\u000B\f\r\u001F !\"\\/"#,
        "\u{7f}\u{80}é\u{2028}👩",
        r#"","ip":1,"port":2}"#
    );
    assert_eq!(info.to_json(), expected);
    assert_eq!(from_json(expected), info);
}

#[test]
fn required_fields_that_are_missing_are_all_named() {
    for (text, missing) in [
        ("{}", "id, ip, port"),
        (r#"{"id":"a","ip":1}"#, ": port"),
        (r#"{"address":{}}"#, "id, ip, port, address.port"),
    ] {
        refused(read(text), Fault::Missing, &[missing]);
    }
    for (members, missing) in [
        (r#""address":{"ip":"x"}"#, ": address.port"),
        (
            r#""domain":{"fault_domain":{}}"#,
            ": domain.fault_domain.region, domain.fault_domain.zone",
        ),
        (
            r#""domain":{"fault_domain":{"region":{},"zone":{}}}"#,
            ": domain.fault_domain.region.name, domain.fault_domain.zone.name",
        ),
    ] {
        refused(read(&with(members)), Fault::Missing, &[missing]);
    }
}

#[test]
fn every_field_refuses_every_other_type_and_is_named() {
    let values = [
        ("a string", r#""x""#),
        ("a number", "7"),
        ("a boolean", "true"),
        ("an array", "[1]"),
        ("an object", "{}"),
    ];
    let fields = [
        ("id", "a string"),
        ("ip", "a number"),
        ("port", "a number"),
        ("pid", "a string"),
        ("hostname", "a string"),
        ("version", "a string"),
        ("address", "an object"),
        ("address.hostname", "a string"),
        ("address.ip", "a string"),
        ("address.port", "a number"),
        ("domain", "an object"),
        ("domain.fault_domain", "an object"),
        ("domain.fault_domain.region", "an object"),
        ("domain.fault_domain.zone", "an object"),
        ("domain.fault_domain.region.name", "a string"),
        ("domain.fault_domain.zone.name", "a string"),
        ("capabilities", "an object"),
        ("capabilities.type", "a string"),
    ];
    for (path, own) in fields {
        for (is, value) in values {
            // An array of something else is read value by value.
            if is == own {
                continue;
            }
            let nested = path.rsplit('.').fold(value.to_owned(), |inner, key| {
                format!(r#"{{"{key}":{inner}}}"#)
            });
            let named = format!("{path:?}");
            refused(read(&nested), Fault::WrongType, &[&named, "must be"]);
        }
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    for (key, value) in [
        ("ip", "4294967296"),
        ("ip", "-1"),
        ("ip", "1.5"),
        ("ip", "1e40"),
        ("ip", "1e999"),
        ("ip", r#""0x1""#),
        ("ip", r#""""#),
        ("ip", r#""1 2""#),
        ("ip", r#""inf""#),
        ("ip", r#""[1]""#),
        ("port", "65536"),
        ("port", "-0.5"),
        ("port", "99999999999999999999999999"),
    ] {
        let text = format!(r#"{{"id":"a","ip":1,"port":2,"{key}":{value}}}"#);
        refused(read(&text), Fault::WrongType, &[key, "whole number"]);
    }
}

#[test]
fn text_that_is_no_object_is_refused() {
    for text in [
        "",
        " ",
        "nonsense",
        "{",
        r#"{"id":"a","ip":1,"port":2"#,
        r#"{"id":"a","ip":1,"port":2}x"#,
        r#"{"id":"a","ip":1,"port":2}{}"#,
        r#"{"id":"a","ip":1,"port":2,}"#,
        r#"{id:"a"}"#,
        "{'id':'a'}",
        "\u{feff}{}",
        "[]",
        "null",
        "7",
        r#""{}""#,
        r#"{"id":"a\x","ip":1,"port":2}"#,
        "{\"id\":\"a\nb\",\"ip\":1,\"port\":2}",
        r#"{"id":"\ud83d","ip":1,"port":2}"#,
        r#"{"id":"a","ip":01,"port":2}"#,
        r#"{"id":"a","ip":NaN,"port":2}"#,
        "master@10.0.0.1:5050",
    ] {
        refused(read(text), Fault::Malformed, &["JSON"]);
    }
    let invalid = b"{\"id\":\"\xff\",\"ip\":1,\"port\":2}";
    refused(decode(Some(LABEL), invalid), Fault::Malformed, &["UTF-8"]);
}

#[test]
fn bombs_are_refused_or_read_in_a_moment() {
    let start = Instant::now();
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{}{}", open.repeat(depth), close.repeat(depth))
    };
    // As an unknown member, as a known one, and without an end.
    let deepest = NESTING_MAX - 1;
    from_json(&with(&format!(r#""x":{}"#, nested("[", "]", deepest))));
    let arrays = |depth| with(&format!(r#""capabilities":{}"#, nested("[", "]", depth)));
    from_json(&arrays(8));
    refused(read(&arrays(9)), Fault::WrongType, &["capabilities"]);
    from_json(&with(&format!(r#""x":"\"{}""#, "[".repeat(10_000))));
    for bomb in [
        with(&format!(r#""x":{}"#, nested("[", "]", NESTING_MAX))),
        with(&format!(
            r#""x":{}1{}"#,
            r#"{"a":"#.repeat(NESTING_MAX),
            "}".repeat(NESTING_MAX)
        )),
        arrays(NESTING_MAX),
        "[".repeat(PAYLOAD_BYTES_MAX),
        r#"{"a":"#.repeat(PAYLOAD_BYTES_MAX / 5),
        r#"{"address":"#.repeat(PAYLOAD_BYTES_MAX / 11),
    ] {
        refused(read(&bomb), Fault::TooLarge, &["nested"]);
    }
    let fill = |open: &str, part: &str, close: &str| {
        let room = PAYLOAD_BYTES_MAX - SMALL.len() - open.len() - close.len() - 2;
        let parts = vec![part; room / (part.len() + 1)].join(",");
        with(&format!("{open}{parts}{close}"))
    };
    // As many values as there is room for, flat and deep.
    from_json(&fill("\"x\":[", "0", "]"));
    from_json(&fill("", r#""k":{}"#, ""));
    from_json(&fill("\"capabilities\":[", "{}", "]"));
    from_json(&fill("\"capabilities\":[", "null", "]"));
    let (open, close) = ("[".repeat(7), "]".repeat(7));
    from_json(&fill(&format!("\"capabilities\":{open}"), "[]", &close));
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(PAYLOAD_BYTES_MAX));
    refused(read(&long), Fault::TooLarge, &["1048576"]);
    // A moment even without optimization, and on a busy machine.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}
